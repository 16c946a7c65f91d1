"""`python -m nba_assets_tests.bench.phases OUT FIRST LAST SELECT`: a backfill as a user runs it, and where its seconds go.

Of each table: `computing` is from the call for its rows until they are staged (its inputs are read, the
query runs, the rows are sorted and written to the staging file), `audit` is the gates with what they
read, `publish` is the digests and files of its dates. The rest of the process is Dagster's and Python's.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nba_assets.cli import main
from nba_assets.gates.publish import Step

DERIVED = "group:analytics or group:precompute"
PREDICTED = "group:predictions or group:grading"
Seconds = defaultdict[str, dict[str, float]]


def watched() -> Seconds:
    """Seconds per phase and table of every step from now on."""
    seconds: Seconds = defaultdict(dict)

    def clocked(phase: str, original: Any) -> Any:
        def step(self: Step, *arguments: Any) -> Any:
            started = time.perf_counter()
            found = original(self, *arguments)
            seconds[phase][self.table.name] = time.perf_counter() - started
            return found

        return step

    stage = Step.staged

    @contextmanager
    def staged(self: Step, *arguments: Any) -> Iterator[Any]:
        started = time.perf_counter()
        with stage(self, *arguments) as found:
            seconds["computing"][self.table.name] = time.perf_counter() - started
            yield found

    for name, replacement in (
        ("staged", staged),
        ("audited", clocked("audit", Step.audited)),
        ("published", clocked("publish", Step.published)),
    ):
        setattr(Step, name, replacement)
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("first")
    parser.add_argument("last")
    parser.add_argument("select")
    chosen = parser.parse_args()
    seconds = watched()
    span = ["--from", chosen.first, "--to", chosen.last]
    try:
        main(["backfill", *span, "--select", chosen.select], standalone_mode=False)
    finally:
        chosen.out.write_text(json.dumps(seconds))
