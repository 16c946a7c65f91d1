"""`python -m nba_assets_tests.polars_yardstick RAW OUT FIRST LAST`: the dates, raw to feature store, and the seconds it took.

Writes OUT/seconds.json: `made` is reading the raw files and making all tables in memory, `per_table`
writing one file per table, `per_date` writing one per table and date, as the platform does.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

from nba_assets_tests.polars_yardstick.tables import made, written


def main() -> None:
    """Make the tables, write them either way, and tell the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("first", type=date.fromisoformat)
    parser.add_argument("last", type=date.fromisoformat)
    chosen = parser.parse_args()
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    tables = made(chosen.raw, chosen.first, chosen.last)
    seconds["made"] = time.perf_counter() - started
    for way, per_date in (("per_table", False), ("per_date", True)):
        started = time.perf_counter()
        written(tables, chosen.out / way, per_date=per_date)
        seconds[way] = time.perf_counter() - started
    (chosen.out / "seconds.json").write_text(json.dumps(seconds))


if __name__ == "__main__":
    main()
