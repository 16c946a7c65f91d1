"""Processes that are measured as a user starts them, and what they read."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nba_assets_tests.platform import SHARED

Phases = Mapping[str, Mapping[str, float]]

REPLAY = SHARED / "replay"
SEASONS = {
    "2021-22": (date(2021, 10, 19), date(2022, 4, 10)),
    "2022-23": (date(2022, 10, 18), date(2023, 4, 9)),
    "2023-24": (date(2023, 10, 24), date(2024, 4, 14)),
}
FIRST, LAST = SEASONS["2023-24"]
REPLAYED = {"NBA_ASSETS_SOURCE": "replay", "NBA_ASSETS_REPLAY_ROOTS": str(REPLAY)}
SANDBOX = {"NBA_ASSETS_SOURCE": "sandbox"}


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, peak resident megabytes, and what it ended with."""

    seconds: float
    megabytes: float
    status: int = 0


def process(
    home: Path,
    arguments: Sequence[str],
    window: tuple[date, date] = (FIRST, LAST),
    world: Mapping[str, str] = REPLAYED,
    accepted: Sequence[int] = (0,),
) -> Run:
    """Run Python with arguments over a home and a window of dates, and time it.

    Raises:
        SystemExit: where it ends otherwise than is accepted; a backfill that held a date ends with 1.
    """
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("NBA_ASSETS_", "DAGSTER_"))},
        **world,
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_FIRST_DATE": str(window[0]),
        "NBA_ASSETS_LAST_DATE": str(window[1]),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    with (home / "bench.log").open("ab") as log:
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, *arguments], env=environment, stdout=log, stderr=log
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in accepted:
        tail = (home / "bench.log").read_text()[-2000:]
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}:\n{tail}")
    return Run(seconds, usage.ru_maxrss / 1024, child.returncode)


def backfill(
    home: Path,
    first: date,
    last: date,
    window: tuple[date, date] = (FIRST, LAST),
    select: str | None = None,
    world: Mapping[str, str] = REPLAYED,
    accepted: Sequence[int] = (0,),
) -> Run:
    """`nba-assets backfill --from --to [--select]`."""
    arguments = ["-m", "nba_assets.cli", "backfill", "--from", str(first), "--to", str(last)]
    arguments += ["--select", select] if select else []
    return process(home, arguments, window, world, accepted)


def empty_backfill(home: Path, select: str | None = None) -> Run:
    """The same graph, partitions, checks, verdicts, layers and process; bodies that do nothing."""
    chosen = ["--select", select] if select else []
    return process(home, ["-m", "nba_assets_tests.bench.empty_graph", *chosen])


def phases_of(
    home: Path,
    first: date,
    last: date,
    select: str,
    window: tuple[date, date] = (FIRST, LAST),
) -> tuple[Run, Phases]:
    """A backfill of recorded games, and the seconds of each phase of each table."""
    out = home / "phases.json"
    arguments = ["-m", "nba_assets_tests.bench.phases", str(out), str(first), str(last), select]
    run = process(home, arguments, window)
    phases: Phases = json.loads(out.read_text())
    return run, phases
