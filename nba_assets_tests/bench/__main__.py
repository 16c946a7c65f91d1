"""`make bench`: what the platform costs over its own event log, as ratios measured in one run.

Each figure is a process of its own, started as a user starts it. Absolute times vary between machines;
the ratios are held to the targets of the table this prints.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from nba_assets_tests.bench import derived, ingestion, predicted
from nba_assets_tests.bench.processes import REPLAY
from nba_assets_tests.bench.report import Report


def main() -> None:
    """Measure everything, or what `--only` names."""
    parts: dict[str, Callable[[Path, Report], None]] = {
        "parse": ingestion.parse_part,
        "one-date": ingestion.one_date_part,
        "season": ingestion.season_part,
        "edges": ingestion.edges_part,
        "three": ingestion.three_part,
        "load": ingestion.load_part,
    }
    of_homes = {
        "features": derived.features_part,
        "feature-seasons": derived.three_part,
        "sandbox-seasons": derived.seasons_part,
        "predictions": predicted.predictions_part,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=(*parts, *of_homes))
    parser.add_argument("--json", type=Path, help="write the table there, too")
    parser.add_argument(
        "--keep", type=Path, help="a new folder for the homes that are made, which stay there"
    )
    parser.add_argument(
        "--season-home", type=Path, help="a home that holds the raw tables of 2023-24"
    )
    parser.add_argument(
        "--sandbox-home", type=Path, help="a home that holds those of the sandbox's season"
    )
    parser.add_argument(
        "--features-home",
        type=Path,
        help="a home that holds three recorded seasons up to the feature store, and no predictions",
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="of `features`; 3 unless you only look"
    )
    chosen = parser.parse_args()
    if chosen.keep and chosen.keep.exists() and not _is_empty_folder(chosen.keep):
        parser.error(f"--keep wants a new folder, and {chosen.keep} is there already")
    if chosen.only not in ("load", "sandbox-seasons") and not REPLAY.is_dir():
        raise SystemExit(f"the benchmark reads recorded seasons, and {REPLAY} is not there")
    report = Report()
    made_in = (
        nullcontext(chosen.keep)
        if chosen.keep
        else tempfile.TemporaryDirectory(prefix="nba_assets_bench_")
    )
    with made_in as folder:
        homes = derived.Homes(
            Path(folder),
            chosen.season_home,
            chosen.sandbox_home,
            chosen.features_home,
            chosen.rounds,
        )
        parts |= {
            name: partial(_with_homes, part=part, homes=homes) for name, part in of_homes.items()
        }
        for name, part in parts.items():
            if chosen.only in (None, name):
                part(Path(folder) / name, report)
    if chosen.json:
        chosen.json.write_text(json.dumps(report.rows, indent=1) + "\n")
    sys.exit(0 if all(row["met"] for row in report.rows) else 1)


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _with_homes(
    folder: Path,
    report: Report,
    *,
    part: Callable[[Path, derived.Homes, Report], None],
    homes: derived.Homes,
) -> None:
    part(folder, homes, report)


if __name__ == "__main__":
    main()
