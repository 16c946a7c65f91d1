"""Whole rows of any contract, and a real warehouse in which the queries of their rooms run over them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import nba_assets
from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.definitions import TABLES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table
from nba_assets_tests.analytics.world import publish

DAY = date(2024, 3, 5)
TONIGHT = game_id(DAY, "BOS", "NYK")
Row = dict[str, Any]

_DEFAULTS: Row = {
    "STRING": "text", "INT64": 0, "FLOAT64": 0.0, "BOOL": False, "DATE": DAY,
    "TIMESTAMP": datetime(2024, 3, 5, 15, tzinfo=UTC), "ARRAY<STRING>": [],
}  # fmt: skip
_COMMON: Row = {
    "season_year": 2023, "season_type": "regular", "source_score": 100, "quality_score": 100,
    "quality_tier": "gold", "completeness_pct": 100.0, "source": "nba_boxscore",
    "cutoff": "morning", "is_production_ready": True,
}  # fmt: skip


def whole(table: Table, **given: Any) -> Row:
    """A row of the contract: what is given, else NULL where that may be, else something of the type."""
    names = table.column_names
    assert not (unknown := set(given) - set(names)), f"{table.name} has no {unknown}"
    bare = {c.name: None if c.null_means else _DEFAULTS[c.type] for c in table.columns}
    return bare | {n: v for n, v in _COMMON.items() if n in names} | given


def frame(table: Table, rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as gates get them: typed by the contract."""
    return pd.DataFrame(table.rows(rows).to_pandas())


def tonight(player_id: str = "1", **changes: Any) -> Row:
    """A New York player of the slate: Boston comes."""
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "team": "NYK",
        "opponent": "BOS", "is_home": True, "available": True, "player_name": f"Player {player_id}",
    }  # fmt: skip
    return whole(UPCOMING_PLAYER_GAME_CONTEXT, **(given | changes))


def side(team: str = "NYK", opponent: str = "BOS", **changes: Any) -> Row:
    """A side of tonight's game."""
    given: Row = {"game_date": DAY, "game_id": TONIGHT, "team": team, "opponent": opponent}
    return whole(UPCOMING_TEAM_GAME_CONTEXT, **(given | changes))


def box(day: date, points: int, player_id: str = "1", team: str = "NYK", opponent: str = "BOS",
        **changes: Any) -> Row:  # fmt: skip
    """Thirty minutes of a player in a finished game."""
    given: Row = {
        "game_date": day, "game_id": game_id(day, opponent, team), "player_id": player_id,
        "team": team, "opponent": opponent, "played": True, "player_status": "played",
        "seconds_played": 1800, "minutes": 30.0, "points": points, "fga": 10, "fta": 5, "ftm": 4,
        "usage_rate": 20.0,
    }  # fmt: skip
    return whole(PLAYER_GAME_SUMMARY, **(given | changes))


def scheduled(day: date, away: str = "BOS", home: str = "NYK", **changes: Any) -> Row:
    """A game of the schedule."""
    given: Row = {
        "game_date": day, "game_id": game_id(day, away, home), "home_team": home, "away_team": away,
        "status": "final",
    }  # fmt: skip
    return whole(SCHEDULE, **(given | changes))


def boxed(day: date, away: str = "BOS", home: str = "NYK") -> list[Row]:
    """A man of each side of a game whose box is published, nobody of the slate."""
    game = game_id(day, away, home)
    return [
        box(day, 7, f"of {team}", team, opponent, game_id=game)
        for team, opponent in ((away, home), (home, away))
    ]


@cache
def _query(table: Table) -> Query:
    room = Path(nba_assets.__file__).parent / table.schema_name
    return Query(room / f"{table.table_name}.sql")


class FormWorld:
    """Tables under a folder, and the queries of the rooms over them."""

    def __init__(self, home: Path) -> None:
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)

    def publish(self, table: Table, rows: Iterable[Row]) -> None:
        """Replace every date that the rows are of."""
        rows = list(rows)
        days = sorted({row["game_date"] for row in rows})
        publish(self.warehouse, table, table.rows(rows), days)

    def read(self, table: Table, days: Sequence[date] = (DAY,)) -> pd.DataFrame:
        """What the table's `.sql` answers; its columns and types are the contract's."""
        staged = self.warehouse.stage_query(table, days, _query(table), "test")
        self.warehouse.discard(staged)
        found = staged.rows
        assert found.schema.names == list(table.column_names)
        assert [field.type for field in found.schema] == [c.arrow for c in table.columns]
        empty = [c.name for c in table.columns if c.null_means is None and found[c.name].null_count]
        assert not empty
        return pd.DataFrame(found.to_pandas())


def only(rows: pd.DataFrame, **where: object) -> Row:
    """The one row that is so."""
    for column, value in where.items():
        rows = rows[rows[column] == value]
    (row,) = rows.to_dict("records")
    return {str(name): value for name, value in row.items()}
