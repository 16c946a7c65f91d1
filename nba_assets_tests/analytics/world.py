"""A real warehouse in which tests publish raw rows and run the analytics SQL."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import nba_assets.analytics
from nba_assets.analytics.tables import TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import LOCK, MORNING, UPCOMING_GAMES
from nba_assets.definitions import TABLES
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.officials import OFFICIALS
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.shots import SHOTS
from nba_assets.raw.tables import PLAYER_BOX_SCORES, TEAM_BOX_SCORES
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table
from nba_assets_tests.raw.rows import DAY, Row, scheduled

ROOM = Path(nba_assets.analytics.__file__).parent


def publish(
    warehouse: DuckDBWarehouse, table: Table, rows: pa.Table, days: Sequence[date] = (DAY,)
) -> None:
    """Publish rows as they are, past every gate; each of the dates, rows or not."""
    staged = warehouse.stage_rows(table, days, rows, "planted")
    try:
        for day in days:
            own = pc.equal(staged.rows["game_date"], pa.scalar(day))
            warehouse.publish(staged, day, staged.rows.filter(own))
    finally:
        warehouse.discard(staged)


@cache
def _query(table: Table) -> Query:
    return Query(ROOM / f"{table.table_name}.sql")


class World:
    """Tables under a folder, and the room's queries over them."""

    def __init__(self, home: Path) -> None:
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)

    def publish(self, table: Table, rows: Iterable[Row], days: Sequence[date] = (DAY,)) -> None:
        """Publish rows of one table as they are."""
        publish(self.warehouse, table, table.rows(rows), days)

    def plant(
        self,
        players: Iterable[Row],
        teams: Iterable[Row],
        days: Sequence[date] = (DAY,),
        *,
        shots: Iterable[Row] = (),
        officials: Iterable[Row] = (),
        lineups: Iterable[Row] = (),
    ) -> None:
        """Publish raw rows, and the team offence that follows from them."""
        self.publish(PLAYER_BOX_SCORES, players, days)
        self.publish(TEAM_BOX_SCORES, teams, days)
        for table, rows in ((SHOTS, shots), (OFFICIALS, officials), (LINEUPS, lineups)):
            # An optional input that nobody told of is not there at all.
            if rows := list(rows):
                self.publish(table, rows, days)
        self.make(TEAM_OFFENSE_GAME_SUMMARY, days)

    def make(self, table: Table, days: Sequence[date] = (DAY,)) -> None:
        """Publish what the table's `.sql` answers."""
        publish(self.warehouse, table, self.query(table, days), days)

    def query(self, table: Table, days: Sequence[date] = (DAY,)) -> pa.Table:
        """What the table's `.sql` answers, typed by the engine."""
        staged = self.warehouse.stage_query(table, days, _query(table), "test")
        self.warehouse.discard(staged)
        return staged.rows

    def read(self, table: Table, days: Sequence[date] = (DAY,)) -> pd.DataFrame:
        """The same as a frame; its columns and types are the contract's."""
        found = self.query(table, days)
        assert found.schema.names == list(table.column_names)
        assert [field.type for field in found.schema] == [c.arrow for c in table.columns]
        return pd.DataFrame(found.to_pandas())


_QUALITY_NAMES = (
    "source", "source_score", "quality_score", "quality_tier", "completeness_pct", "is_degraded",
    "degraded_reasons", "is_bootstrap",
)  # fmt: skip
_LINEAGE_NAMES = ("observed_at", "landing_path")


def _quality(source: str, *lineage: str) -> Row:
    whole = scheduled()
    return {name: whole[name] for name in (*_QUALITY_NAMES, *lineage)} | {"source": source}


def shots(
    player_id: str,
    zone: str | None,
    made: int,
    missed: int = 0,
    *,
    team: str = "NYK",
    opponent: str = "BOS",
    first: int = 1,
    day: date = DAY,
    **changes: Any,
) -> list[Row]:
    """Attempts from one zone as a shot chart tells of them, numbered from `first` on."""
    pair = sorted((team, opponent))
    return [
        {
            "game_date": day,
            "game_id": game_id(day, *pair),
            "event_seq": first + n,
            "season_year": 2025,
            "season_type": "regular",
            "player_id": player_id,
            "nba_player_id": player_id,
            "team": team,
            "defending_team": opponent,
            "period": 1,
            "clock_s": 700.0 - n,
            "shot_value": 3 if zone == "three" else 2,
            "made": n < made,
            "zone": zone,
            "is_complete": True,
            **_quality("nba_shot_chart", *_LINEAGE_NAMES),
            **changes,
        }
        for n in range(made + missed)
    ]


def in_lineup(
    player_id: str,
    observed_at: datetime,
    *,
    team: str = "NYK",
    opponent: str = "BOS",
    **changes: Any,
) -> Row:
    """A centre of the confirmed five."""
    return {
        "game_date": DAY,
        "game_id": game_id(DAY, *sorted((team, opponent))),
        "player_id": player_id,
        "nba_player_id": player_id,
        "player_name": f"Player {player_id}",
        "player_lookup": f"player{player_id}",
        "season_year": 2025,
        "team": team,
        "opponent": opponent,
        "is_home": team > opponent,
        "lineup_status": "confirmed",
        "is_starter": True,
        "position": "C",
        "roster_status": "active",
        **_quality("nba_lineups", "landing_path"),
        "observed_at": observed_at,
        **changes,
    }  # fmt: skip


def official(name: str, list_position: int, *, worked: bool | None = True) -> Row:
    """Who officiated the game of Boston at New York, or was only announced for it."""
    return {
        "game_date": DAY,
        "game_id": game_id(DAY, "BOS", "NYK"),
        "list_position": list_position,
        "season_year": 2025,
        "season_type": "regular",
        "official_name": name,
        "is_crew_chief": list_position == 1,
        "worked": worked,
        **_quality("nba_boxscore", *_LINEAGE_NAMES),
    }


def slate(day: date = DAY, away: str = "BOS", home: str = "NYK", **changes: Any) -> list[Row]:
    """A game of the slate at both cut-offs: 10:00 in New York, and half an hour before 18:00 there."""
    at = {
        MORNING: datetime.combine(day, time(15), UTC),
        LOCK: datetime.combine(day, time(22, 30), UTC),
    }
    return [
        {
            "game_date": day,
            "game_id": game_id(day, away, home),
            "cutoff": cutoff,
            "cutoff_at": cutoff_at,
            "season_year": 2025,
            "season_type": "regular",
            "home_team": home,
            "away_team": away,
            "tip_at": at[LOCK] + timedelta(minutes=30),
            "absent_blocks": [],
            **_quality("nba_schedule"),
            **changes,
        }
        for cutoff, cutoff_at in at.items()
    ]  # fmt: skip


def prop_line(
    book: str,
    line: float,
    observed_at: datetime,
    over: float | None = 1.9,
    under: float | None = 1.9,
    *,
    player_id: str = "1",
    day: date = DAY,
    **changes: Any,
) -> Row:
    """A book's main line of a player's points in the game of Boston at New York."""
    return {
        "game_date": day,
        "game_id": game_id(day, "BOS", "NYK"),
        "player_id": player_id,
        "nba_player_id": player_id,
        "player_name": f"Player {player_id}",
        "player_lookup": f"player{player_id}",
        "market": "player_points",
        "book": book,
        "line": line,
        "over_decimal": over,
        "under_decimal": under,
        **_quality("odds_player_points", "landing_path"),
        "observed_at": observed_at,
        "superseded_at": None,
        **changes,
    }


def lines_of(world: World, rows: Iterable[Row], days: Sequence[date] = (DAY,)) -> None:
    """Publish lines, each until the next of its game, and the slates that they are offered for."""
    rows = list(rows)
    for row in rows:
        later = {r["observed_at"] for r in rows if r["game_id"] == row["game_id"]}
        ends = (at for at in later if at > row["observed_at"])
        row["superseded_at"] = row["superseded_at"] or min(ends, default=None)
    world.publish(UPCOMING_GAMES, [row for day in days for row in slate(day)], days)
    world.publish(PLAYER_PROP_LINES, rows, days)
