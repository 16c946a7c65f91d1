"""Seasons in literals: games that were, the slate of a night, and a query over both as the engine runs it."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

import nba_assets
from nba_assets.analytics.tables import TEAM_DEFENSE_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import LOCK, MORNING, UPCOMING_GAMES
from nba_assets.definitions import TABLES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import UNDATED, Table
from nba_assets_tests.raw.rows import Row

ROOT = Path(nba_assets.__file__).parent
NIGHT = date(2024, 1, 20)
SEASON = 2023
UNDATED_TABLES = frozenset(table.name for table in TABLES.values() if table.is_undated)
_EMPTY: Mapping[str, Any] = {
    "STRING": "-",
    "INT64": 0,
    "FLOAT64": 0.0,
    "BOOL": False,
    "DATE": NIGHT,
    "TIMESTAMP": datetime(2024, 1, 1, tzinfo=UTC),
    "ARRAY<STRING>": (),
}
_GOLD: Row = {"source_score": 100, "quality_score": 100, "quality_tier": "gold"}


def nights_ago(days: int, night: date = NIGHT) -> date:
    return night - timedelta(days=days)


def whole(table: Table, given: Row) -> Row:
    """A row of the contract: what is not given is NULL where that has a meaning, else nothing much."""
    unknown = set(given) - set(table.column_names)
    assert not unknown, f"{table.name} has no {unknown}"
    filled = {c.name: _EMPTY[c.type] for c in table.columns if c.null_means is None}
    return {**filled, **{k: v for k, v in _GOLD.items() if k in filled}, **given}


class _Planted(DuckDBWarehouse):
    """The embedded warehouse with what is planted in the place of files: months of them take seconds."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "warehouse", home / "quarantine", TABLES)
        self.rows: dict[Table, dict[date, list[Row]]] = defaultdict(lambda: defaultdict(list))

    def read(
        self, table: Table, dates: Sequence[date], columns: Collection[str] | None = None
    ) -> pa.Table:
        days = [UNDATED] if table.is_undated else sorted(dates)
        by_day = self.rows.get(table, {})
        found = table.rows(row for day in days for row in by_day.get(day, ()))
        wanted = [c.name for c in table.columns if columns is None or c.name in columns]
        return found.select(wanted)


class _ParsedOnce(Query):
    """A query whose columns are resolved once for all tests: the contracts do not change meanwhile."""

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        return super().columns_read(TABLES)

    def columns_read(self, tables: Mapping[str, Table]) -> dict[str, set[str]]:
        assert tables is TABLES
        return self._columns


@cache
def _query(path: str) -> Query:
    return _ParsedOnce(ROOT / path, UNDATED_TABLES)


class Pregame:
    """A warehouse of planted rows, and one query of the platform over it.

    Args:
        home: folder of what is staged.
        query: the SQL file, as `analytics/upcoming_team_game_context.sql`.
    """

    def __init__(self, home: Path, query: str) -> None:
        self.warehouse = _Planted(home)
        self.table = TABLES[query.removesuffix(".sql").replace("/", ".")]
        self._query = _query(query)

    @property
    def planted(self) -> tuple[Table, ...]:
        """The tables that have rows."""
        return tuple(self.warehouse.rows)

    def plant(self, table: Table, rows: Iterable[Row]) -> None:
        """Whole rows of a table; what is not given of them is nothing much."""
        for given in rows:
            row = whole(table, given)
            self.warehouse.rows[table][row.get("game_date", UNDATED)].append(row)

    def played(
        self,
        day: date,
        away: str,
        home: str,
        score: tuple[int, int] = (100, 101),
        *,
        is_published: bool = True,
        scheduled: Row | None = None,
        offense: Row | None = None,
        defense: Row | None = None,
        **common: Any,
    ) -> None:
        """A game that was: its schedule, and the summaries of both sides, away points first."""
        game = {
            "game_date": day,
            "game_id": game_id(day, away, home),
            "season_year": SEASON,
            "season_type": "regular",
            **common,
        }
        sides = {"home_team": home, "away_team": away}
        # The schedule never came to say that the game is over.
        self.plant(SCHEDULE, [{**game, **sides, "status": "scheduled", **(scheduled or {})}])
        for own, other, points, allowed in (
            (away, home, score[0], score[1]),
            (home, away, score[1], score[0]),
        ):
            if not is_published:
                continue
            side = {
                **game,
                "team": own,
                "opponent": other,
                "is_home": own == home,
                "is_win": points > allowed,
                "margin": points - allowed,
            }
            self.plant(
                TEAM_OFFENSE_GAME_SUMMARY,
                [{**side, "points": points, "opponent_points": allowed, **(offense or {})}],
            )
            self.plant(
                TEAM_DEFENSE_GAME_SUMMARY, [{**side, "points_allowed": allowed, **(defense or {})}]
            )

    def tonight(
        self, away: str, home: str, day: date = NIGHT, cutoffs: Sequence[str] = (LOCK,), **more: Any
    ) -> str:
        """A game of the slate, its tip at 00:30 UTC; the id."""
        tip = datetime.combine(day + timedelta(days=1), time(0, 30), UTC)
        at = {
            MORNING: datetime.combine(day, time(15), UTC),
            LOCK: tip - timedelta(minutes=30),
        }
        name = game_id(day, away, home)
        self.plant(
            UPCOMING_GAMES,
            [
                {
                    "game_date": day,
                    "game_id": name,
                    "cutoff": cutoff,
                    "cutoff_at": at[cutoff],
                    "season_year": SEASON,
                    "season_type": "regular",
                    "home_team": home,
                    "away_team": away,
                    "tip_at": tip,
                    **more,
                }
                for cutoff in cutoffs
            ],
        )
        return name

    def answer(self, *days: date) -> pa.Table:
        """What the query answers for the dates in one run."""
        wanted = days or (NIGHT,)
        staged = self.warehouse.stage_query(self.table, wanted, self._query, "test")
        self.warehouse.discard(staged)
        found = staged.rows
        assert found.schema.names == list(self.table.column_names)
        assert [field.type for field in found.schema] == [c.arrow for c in self.table.columns]
        never_null = [c.name for c in self.table.columns if c.null_means is None]
        assert {name: found[name].null_count for name in never_null if found[name].null_count} == {}
        return found

    def ask(self, *days: date) -> pd.DataFrame:
        """The same as a frame."""
        return pd.DataFrame(self.answer(*days).to_pandas())

    def one(self, day: date = NIGHT, **where: str) -> Row:
        """The one row of a night that is looked for."""
        frame = self.ask(day)
        for column, value in where.items():
            frame = frame[frame[column] == value]
        (row,) = frame.to_dict("records")
        return {str(name): None if _is_null(value) else value for name, value in row.items()}


def _is_null(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
