"""Parts of the benchmark that reach from landing on: rates of parsing, whole backfills, nights under load."""

import gzip
import statistics
import time
from pathlib import Path

from nba_assets.partitions import season_dates
from nba_assets.sandbox.league import League
from nba_assets.sources.feeds.nba import NBA_BOXSCORE
from nba_assets.sources.transport import WallClock
from nba_assets_tests.bench.processes import (
    FIRST,
    LAST,
    REPLAY,
    SEASONS,
    Run,
    backfill,
    empty_backfill,
    process,
)
from nba_assets_tests.bench.report import Report
from nba_assets_tests.load import faster, loaded_night, night_of

EDGE = 30  # dates at each end of the season
LATENCY = 0.2  # seconds of an answer under load
# A night at the live rates takes ten minutes. Five times as fast, a turn still outlasts an answer and
# does not vanish beside the second that a refusal asks to wait.
LOAD_SPEED = 5


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
    """One date, all assets that have it, by `dagster asset materialize`."""
    arguments = [
        "asset",
        "materialize",
        "-m",
        "nba_assets.definitions",
        "--select",
        "not tag:nba_assets/weekly",
    ]
    return process(home, ["-m", "dagster", *arguments, "--partition", str(FIRST)], (FIRST, LAST))


def parse_part(_home: Path, report: Report) -> None:
    """Box scores a second."""
    rate = parse_rate()
    report.add("parsing on one core", f"{rate:.0f} box scores/s", "≥ 100/s", met=rate >= 100)


def one_date_part(home: Path, report: Report) -> None:
    """One date of all assets against one empty asset."""
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


def season_part(home: Path, report: Report) -> None:
    """The whole season, from landing to features, against its event log."""
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


def edges_part(home: Path, report: Report) -> None:
    """The last dates of a season against its first."""
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


def three_part(home: Path, report: Report) -> None:
    """Three seasons in one home against one."""
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


def load_part(home: Path, report: Report) -> None:
    """Fifteen games at once, a provider that refuses one call in twenty."""
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
