"""Ten sandbox nights of all tables: made once, and copied by whoever breaks them."""

import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
from click.testing import CliRunner, Result

from nba_assets.automation.backfill import Backfill, LayerRun
from nba_assets.cli import main
from nba_assets.definitions import TABLES
from nba_assets.partitions import dates_between
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.warehouse.table import Table
from nba_assets_tests.analytics.world import publish
from nba_assets_tests.incidents.findings import Verdict, sandboxed
from nba_assets_tests.platform import Platform
from nba_assets_tests.raw.rows import Row

# Opening night, the night of which one game of eight came late, and the last.
FIRST, LATE, LAST = date(2025, 10, 21), date(2025, 10, 25), date(2025, 10, 30)
DAYS = dates_between(FIRST, LAST)
BOXES = ("landing/nba_boxscore", "landing/nba_game_log", "landing/nba_shot_chart")
LANDING = (
    *BOXES,
    *(
        f"landing/{name}"
        for name in (
            "nba_schedule", "nba_players", "nba_rosters", "nba_lineups", "nba_injury_report",
            "odds_events", "odds_player_points", "odds_game_lines",
        )
    ),
)  # fmt: skip
OF_BOXES = ("raw/player_box_scores", "raw/team_box_scores", "raw/shots")
RAW = (
    *(
        f"raw/{name}"
        for name in (
            "teams", "arenas", "arena_distances", "schedule", "players", "lineups", "injuries",
            "rosters", "player_prop_lines", "game_lines",
        )
    ),
    *OF_BOXES,
)  # fmt: skip
# What follows from raw data, each after what it reads.
SUMMARIES = (
    "analytics/team_offense_game_summary",
    "analytics/team_defense_game_summary",
    "analytics/player_game_summary",
)
SLATES = (
    "analytics/upcoming_games",
    "analytics/player_line_consensus",
    "analytics/player_availability",
    "analytics/upcoming_team_game_context",
    "analytics/upcoming_player_game_context",
)
FEATURES = (
    "precompute/team_defense_zone_analysis",
    "precompute/player_shot_zone_analysis",
    "precompute/player_daily_cache",
    "precompute/player_composite_factors",
    "precompute/ml_feature_store",
    "precompute/player_scoring_form",
    "precompute/player_role_outlook",
)
FOLLOWING = (*SUMMARIES, *SLATES, *FEATURES)


def late_game(league: League) -> Fixture:
    """The game of the West coast whose box score is withheld at first: Houston at Golden State."""
    return league.games_on(LATE)[5]


def raw_nights(base: Path, league: League, server: SandboxServer) -> Path:
    """A home with all raw tables of the nights; of one game nobody has told how it ended."""
    home = base / "ten_nights_raw"
    if home.exists():
        return home
    draft = base / "ten_nights_raw.draft"
    late = [
        Fault(kind="missing", feed="nba_boxscore", game=late_game(league).game_id),
        Fault(kind="missing", feed="nba_shot_chart", game=late_game(league).game_id),
        Fault(kind="missing", feed="nba_game_log", date=LATE),
    ]
    for fault in late:
        server.faults.add(fault)
    try:
        with sandboxed(draft, server) as found:
            runs = found.backfill(FIRST, LAST, (*LANDING, *RAW))
    finally:
        server.faults.clear()
    assert not any(run.failures for run in runs)
    return draft.rename(home)


def late_nights(base: Path, league: League, server: SandboxServer) -> Path:
    """All tables of all nights, made while the box score of a game was still to come."""
    home = base / "ten_nights_late"
    if not home.exists():
        draft = _copy(raw_nights(base, league, server), base / "ten_nights_late.draft")
        with sandboxed(draft, server) as found:
            assert found.run(FOLLOWING, FIRST, LAST).success
        draft.rename(home)
    return home


def whole_nights(base: Path, league: League, server: SandboxServer) -> Path:
    """All tables of all nights, made when every box score was there."""
    home = base / "ten_nights_whole"
    if not home.exists():
        draft = _copy(raw_nights(base, league, server), base / "ten_nights_whole.draft")
        with sandboxed(draft, server) as found:
            receive(found)
            assert found.run(FOLLOWING, FIRST, LAST).success
        draft.rename(home)
    return home


def receive(found: Platform) -> None:
    """Ask again for the night of the late game, and make its raw tables of what is answered now."""
    runs = found.backfill(LATE, LATE, (*BOXES, *OF_BOXES))
    assert not any(run.failures or run.unanswered for run in runs)


@contextmanager
def copied(home: Path, to: Path, server: SandboxServer) -> Iterator[Platform]:
    """The platform of a copy."""
    with sandboxed(_copy(home, to), server) as found:
        yield found


def _copy(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)  # with the times of its files
    return to


def restate(found: Platform, server: SandboxServer, first: date) -> Result:
    """`nba-assets restate --from`."""
    settings = {name: None for name in os.environ if name.startswith("NBA_ASSETS_")}
    return CliRunner().invoke(
        main,
        ["restate", "--from", str(first)],
        env={
            **settings,
            "DAGSTER_HOME": None,
            "NBA_ASSETS_HOME": str(found.settings.home),
            "NBA_ASSETS_SOURCE": "sandbox",
            "NBA_ASSETS_SANDBOX_URL": server.url,
        },
    )


def digests(
    found: Platform, assets: Sequence[str] = FOLLOWING, days: Sequence[date] = DAYS
) -> dict[tuple[str, date], str | None]:
    """The digest of every published date: of values, not of names of bodies and their times."""
    return {
        (name, day): found.warehouse.digest(contract(name), day) for name in assets for day in days
    }


def files(
    found: Platform, assets: Sequence[str] = FOLLOWING, days: Sequence[date] = DAYS
) -> dict[tuple[str, date], tuple[int, bytes]]:
    """Every published file with the time of its last change and its bytes."""
    paths = {
        (name, day): found.warehouse.path(contract(name), day) for name in assets for day in days
    }
    return {
        key: (path.stat().st_mtime_ns, path.read_bytes())
        for key, path in paths.items()
        if path.exists()
    }


def events(
    found: Platform, assets: Sequence[str] = FOLLOWING, days: Sequence[date] = DAYS
) -> dict[tuple[str, date], int]:
    """How often each date was recorded as materialized."""
    counts: dict[tuple[str, date], int] = {}
    for name in assets:
        asked = dg.AssetRecordsFilter(dg.AssetKey(name.split("/")), [str(day) for day in days])
        page = found.instance.fetch_materializations(asked, limit=10_000)
        told = Counter(record.partition_key for record in page.records)
        counts |= {(name, day): told[str(day)] for day in days}
    return counts


def said(found: Platform, asset: str, gate: str, day: date) -> Verdict:
    """A gate's newest verdict of a date."""
    key = dg.AssetCheckKey(dg.AssetKey(asset.split("/")), gate)
    history = found.instance.event_log_storage.get_asset_check_execution_history(key, limit=1000)
    for record in history:
        evaluation = record.evaluation
        if evaluation and evaluation.partition == str(day) and evaluation.metadata:
            metadata = {name: value.value for name, value in evaluation.metadata.items()}
            return Verdict(
                asset,
                gate,
                evaluation.partition,
                evaluation.passed,
                str(metadata["effect"]),
                int(str(metadata["offenders"])),
                str(metadata.get("named", "")),
            )
    raise LookupError(f"{gate} of {asset} said nothing of {day}")


def replace(found: Platform, asset: str, day: date, rows: Sequence[Row]) -> None:
    """Publish other rows of a date past every gate, and record it as the platform would."""
    table = contract(asset)
    publish(found.warehouse, table, table.rows(rows), [day])
    found.instance.report_runless_asset_event(
        dg.AssetMaterialization(asset.split("/"), partition=str(day))
    )


def rows(found: Platform, asset: str, day: date) -> list[Row]:
    """The published rows of a date, to be changed and published again."""
    listed: list[Row] = found.warehouse.read(contract(asset), [day]).to_pylist()
    return listed


def withdraw(found: Platform, assets: Collection[str], *days: date) -> None:
    """Take away what is published of dates."""
    for name in assets:
        for day in days:
            found.warehouse.path(contract(name), day).unlink(missing_ok=True)


def backfilled(
    found: Platform, assets: Collection[str], first: date, last: date
) -> tuple[list[LayerRun], dict[tuple[str, date], tuple[str, ...]]]:
    """A backfill's runs, and what it was not asked for with the inputs that lack."""
    work = Backfill(found.defs, found.instance, {dg.AssetKey(n.split("/")) for n in assets})
    days = dates_between(first, last)
    runs = [run for layer in work.layers for run in work.run(layer, days, "test")]
    return runs, {(left.asset, left.day): left.lacks for left in work.left_out}


def contract(asset: str) -> Table:
    """Of an asset's table."""
    return TABLES[asset.replace("/", ".")]
