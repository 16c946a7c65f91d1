"""`make bench`: what the platform costs over its own event log, as ratios measured in one run.

Each figure is a process of its own, started as a user starts it. Absolute times vary between machines;
the ratios are held to the targets of the table this prints.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from nba_assets.automation.backfill import Backfill, selection
from nba_assets.definitions import build_defs
from nba_assets.partitions import season_dates
from nba_assets.sandbox.league import League
from nba_assets.settings import Settings
from nba_assets.sources.feeds.nba import NBA_BOXSCORE
from nba_assets.sources.transport import WallClock
from nba_assets_tests.load import faster, loaded_night, night_of
from nba_assets_tests.platform import SHARED

REPLAY = SHARED / "replay"
SEASONS = {
    "2021-22": (date(2021, 10, 19), date(2022, 4, 10)),
    "2022-23": (date(2022, 10, 18), date(2023, 4, 9)),
    "2023-24": (date(2023, 10, 24), date(2024, 4, 14)),
}
FIRST, LAST = SEASONS["2023-24"]
EDGE = 30  # dates at each end of the season
LATENCY = 0.2  # seconds of an answer under load
# A night at the live rates takes ten minutes. Five times as fast, a turn still outlasts an answer and
# does not vanish beside the second that a refusal asks to wait.
LOAD_SPEED = 5


@dataclass(frozen=True)
class Run:
    """One process: wall seconds and peak resident megabytes."""

    seconds: float
    megabytes: float


def process(home: Path, arguments: Sequence[str], window: tuple[date, date]) -> Run:
    """Run a command in an environment of replay over a window, and time it."""
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("NBA_ASSETS_", "DAGSTER_"))},
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_SOURCE": "replay",
        "NBA_ASSETS_REPLAY_ROOTS": str(REPLAY),
        "NBA_ASSETS_FIRST_DATE": str(window[0]),
        "NBA_ASSETS_LAST_DATE": str(window[1]),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    log = (home / "bench.log").open("ab")
    started = time.monotonic()
    child = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=log, stderr=log)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        tail = (home / "bench.log").read_text()[-2000:]
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}:\n{tail}")
    return Run(seconds, usage.ru_maxrss / 1024)


def backfill(home: Path, first: date, last: date, window: tuple[date, date] = (FIRST, LAST)) -> Run:
    """`nba-assets backfill --from --to`."""
    arguments = ["-m", "nba_assets.cli", "backfill", "--from", str(first), "--to", str(last)]
    return process(home, arguments, window)


def empty_backfill(home: Path) -> Run:
    """The same graph, partitions, checks, verdicts, layers and process; bodies that do nothing."""
    return process(home, ["-m", "nba_assets_tests.bench", "--empty-graph"], (FIRST, LAST))


def run_empty_graph() -> None:
    """Backfill the season through assets that log one passed verdict per gate and date."""
    settings = Settings.load()
    real = build_defs(settings)
    empty = dg.Definitions(
        assets=[
            _emptied(asset) for asset in real.assets or () if isinstance(asset, dg.AssetsDefinition)
        ],
        executor=dg.in_process_executor,
    )
    keys = selection(empty.resolve_asset_graph(), None)
    with dg.DagsterInstance.get() as instance:
        work = Backfill(empty, instance, keys)
        for layer in work.layers:
            for run in work.run(layer, season_dates(FIRST, LAST), "bench"):
                if run.failures:
                    raise SystemExit(str(run.failures))


def _emptied(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    specs = [spec.replace_attributes(automation_condition=None) for spec in asset.specs]
    checks = list(asset.check_specs)

    @dg.multi_asset(
        name=asset.op.name,
        specs=specs,
        check_specs=checks,
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run() if asset.partitions_def else None,
    )
    def nothing(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        for partition in context.partition_keys if asset.partitions_def else [None]:
            for check in checks:
                if check.asset_key in context.selected_asset_keys:
                    context.log_event(
                        dg.AssetCheckEvaluation(
                            asset_key=check.asset_key,
                            check_name=check.name,
                            passed=True,
                            partition=partition,
                            blocking=check.blocking,
                        )
                    )
        for key in (s.key for s in specs if s.key in context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)

    return nothing


def parse_rate() -> float:
    """Box scores a second on one core: gunzip, JSON, payload model, rows."""
    from nba_assets.landing.desk import Reading
    from nba_assets.raw.box_sources import from_box
    from nba_assets.sources.nba import BoxScore

    folder = REPLAY / "cdn.nba.com/static/json/liveData/boxscore"
    paths = sorted(folder.glob("boxscore_00223*.json/*.json.gz"))
    started = time.process_time()
    for path in paths:
        box = NBA_BOXSCORE.payload.model_validate_json(gzip.decompress(path.read_bytes()))
        if not isinstance(box, BoxScore) or not from_box(box.game, Reading()).players:
            raise SystemExit(f"{path} made no rows")
    return len(paths) / (time.process_time() - started)


def one_empty_asset(home: Path) -> Run:
    """`dagster asset materialize` of one empty partitioned asset."""
    home.mkdir(parents=True)
    module = home / "one_empty_asset.py"
    module.write_text(
        "import dagster as dg\n"
        f"dates = dg.DailyPartitionsDefinition('{FIRST}', timezone='America/New_York')\n"
        "@dg.asset(partitions_def=dates)\n"
        "def nothing() -> None: ...\n"
        "defs = dg.Definitions(assets=[nothing])\n"
    )
    arguments = ["asset", "materialize", "-f", str(module), "--select", "nothing"]
    return process(home, ["-m", "dagster", *arguments, "--partition", str(FIRST)], (FIRST, LAST))


def one_date(home: Path) -> Run:
    """One date, all assets, by `dagster asset materialize`."""
    arguments = ["asset", "materialize", "-m", "nba_assets.definitions", "--select", "*"]
    return process(home, ["-m", "dagster", *arguments, "--partition", str(FIRST)], (FIRST, LAST))


class Report:
    """Rows of the table: what was measured, against what was promised."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, what: str, measured: str, target: str, *, met: bool) -> None:
        """Print and keep one figure."""
        self.rows.append({"what": what, "measured": measured, "target": target, "met": met})
        print(f"{'met ' if met else 'MISSED'} | {what} | {measured} | {target}", flush=True)


def main() -> None:
    """Measure everything, or what `--only` names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--empty-graph", action="store_true", help="run the empty graph and stop")
    parser.add_argument("--only", choices=("season", "edges", "three", "one-date", "parse", "load"))
    parser.add_argument("--json", type=Path, help="write the table there, too")
    chosen = parser.parse_args()
    if chosen.empty_graph:
        run_empty_graph()
        return
    if chosen.only != "load" and not REPLAY.is_dir():
        raise SystemExit(f"the benchmark reads recorded seasons, and {REPLAY} is not there")
    report = Report()
    parts: dict[str, Callable[[Path, Report], None]] = {
        "parse": _parse,
        "one-date": _one_date,
        "season": _season,
        "edges": _edges,
        "three": _three,
        "load": _load,
    }
    with tempfile.TemporaryDirectory(prefix="nba_assets_bench_") as folder:
        for name, part in parts.items():
            if chosen.only in (None, name):
                part(Path(folder) / name, report)
    if chosen.json:
        chosen.json.write_text(json.dumps(report.rows, indent=1) + "\n")
    sys.exit(0 if all(row["met"] for row in report.rows) else 1)


def _parse(_home: Path, report: Report) -> None:
    rate = parse_rate()
    report.add("parsing on one core", f"{rate:.0f} box scores/s", "≥ 100/s", met=rate >= 100)


def _one_date(home: Path, report: Report) -> None:
    bare = statistics.median(one_empty_asset(home / f"bare{n}").seconds for n in range(3))
    by_dagster = statistics.median(one_date(home / f"dagster{n}").seconds for n in range(3))
    by_us = statistics.median(backfill(home / f"own{n}", FIRST, FIRST).seconds for n in range(3))
    for name, seconds in (
        ("dagster asset materialize", by_dagster),
        ("nba-assets backfill", by_us),
    ):
        report.add(
            f"one date, all assets, {name}, over one empty asset",
            f"{seconds:.1f} s - {bare:.1f} s = {seconds - bare:.1f} s",
            "≤ 5 s",
            met=seconds - bare <= 5,
        )


def _season(home: Path, report: Report) -> None:
    floor = empty_backfill(home / "empty")
    real = backfill(home / "real", FIRST, LAST)
    limit = 1.5 * floor.seconds + 12.3
    report.add(
        "season backfill T against the empty graph T0",
        f"T {real.seconds:.1f} s, T0 {floor.seconds:.1f} s",
        f"T ≤ 1.5 T0 + 12.3 s = {limit:.1f} s",
        met=real.seconds <= limit,
    )
    report.add(
        "peak memory of the season backfill",
        f"{real.megabytes:.0f} MB (empty graph {floor.megabytes:.0f} MB)",
        "< 1000 MB",
        met=real.megabytes < 1000,
    )


def _edges(home: Path, report: Report) -> None:
    dates = season_dates(FIRST, LAST)
    backfill(home / "without_first", dates[EDGE], LAST)
    first = backfill(home / "without_first", FIRST, dates[EDGE - 1])
    backfill(home / "without_last", FIRST, dates[-EDGE - 1])
    last = backfill(home / "without_last", dates[-EDGE], LAST)
    ratio = last.seconds / first.seconds
    report.add(
        f"last {EDGE} dates against the first {EDGE}, into a home that holds the rest",
        f"{last.seconds:.1f} s / {first.seconds:.1f} s = {ratio:.2f}",
        "≤ 1.2",
        met=ratio <= 1.2,
    )


def _three(home: Path, report: Report) -> None:
    window = (SEASONS["2021-22"][0], LAST)
    one = backfill(home / "one", FIRST, LAST).seconds
    three = [backfill(home / "three", *span, window).seconds for span in SEASONS.values()]
    ratio = sum(three) / one
    report.add(
        "three seasons in one home against one",
        f"{' + '.join(f'{s:.1f}' for s in three)} s / {one:.1f} s = {ratio:.2f}",
        "≤ 3.2",
        met=ratio <= 3.2,
    )


def _load(home: Path, report: Report) -> None:
    home.mkdir(parents=True)
    league = League()
    policies = faster(LOAD_SPEED)
    night = loaded_night(home, league, night_of(league, 15), policies, LATENCY, WallClock())
    least, slowest = max(
        (calls / policies[host].requests_per_second, host) for host, calls in night.calls.items()
    )
    total = sum(night.calls.values())
    what = f"{night.games} games, all nightly feeds, {LATENCY} s an answer, 5 % 429/503"
    report.add(
        f"{what}: unanswered, over budget, breakers open",
        f"{len(night.unanswered)}, {len(night.over_budget)}, {len(night.opened)} of {total} calls",
        "0, 0, 0",
        met=not (night.unanswered or night.over_budget or night.opened),
    )
    report.add(
        f"{what}: time against {slowest}'s own at {LOAD_SPEED} times the live rates",
        f"{night.seconds:.1f} s / {least:.1f} s = {night.seconds / least:.2f}",
        "≤ 1.3",
        met=night.seconds <= 1.3 * least,
    )


if __name__ == "__main__":
    main()
