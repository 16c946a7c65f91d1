"""The way from raw rows to features over a warehouse of its own, table by table as a backfill goes."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import nba_assets
from nba_assets.analytics import upcoming_games
from nba_assets.analytics.upcoming_tables import UPCOMING_GAMES
from nba_assets.definitions import TABLES, build_desk
from nba_assets.landing.desk import Desk
from nba_assets.precompute.fingerprints import with_fingerprints
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.settings import Settings
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import UNDATED, Table

Raw = Mapping[str, pa.Table]
RESULTS = (
    "analytics.team_offense_game_summary",
    "analytics.team_defense_game_summary",
    "analytics.player_game_summary",
)
# Made of results of the date itself: the errors of its forecasts.
OF_RESULTS = (*RESULTS, "predictions.forecast_errors")
UNDATED_TABLES = frozenset(table.name for table in TABLES.values() if table.is_undated)
# Its file says what its rows were made of: digests that the publish step fills in.
_HAS_INPUT_DIGESTS = ML_FEATURE_STORE.name


class OnceResolved(Query):
    """A query whose columns are resolved once, and not for each of many dates."""

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        return super().columns_read(TABLES)

    def columns_read(self, tables: Mapping[str, Table]) -> dict[str, set[str]]:
        """As the query says, of the platform's own contracts."""
        assert tables is TABLES
        return self._columns


@cache
def queries() -> dict[str, Query]:
    """Every `.sql` file of the package by its table, each after those that it reads."""
    found = {
        f"{path.parent.name}.{path.stem}": OnceResolved(path, UNDATED_TABLES)
        for path in sorted(Path(nba_assets.__file__).parent.glob("*/*.sql"))
    }
    ordered: dict[str, Query] = {}

    def visit(name: str) -> None:
        for upstream in found[name].upstreams:
            if upstream in found and upstream not in ordered:
                visit(upstream)
        ordered.setdefault(name, found[name])

    for name in found:
        visit(name)
    return ordered


def pregame() -> list[str]:
    """Tables that may know nothing of their own date's games, each after those that it reads."""
    return [UPCOMING_GAMES.name, *(name for name in queries() if name not in OF_RESULTS)]


class Chain:
    """A warehouse with raw rows, and what the package's own queries make of them.

    Args:
        home: its folder.
        first_date: before which nothing is kept.
    """

    def __init__(self, home: Path, first_date: date) -> None:
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
        self._home, self._first_date = home, first_date

    def copied(self, home: Path) -> "Chain":
        """Another warehouse that holds the same files."""
        # A published file is replaced and never written into, so the two can share it.
        shutil.copytree(self.warehouse.root, home / "warehouse", copy_function=os.link)
        return Chain(home, self._first_date)

    def _desk(self, as_of: datetime | None) -> Desk:
        environment = {
            "NBA_ASSETS_HOME": str(self._home),
            "NBA_ASSETS_SOURCE": "sandbox",
            "NBA_ASSETS_FIRST_DATE": str(self._first_date),
            **({"NBA_ASSETS_AS_OF": as_of.isoformat()} if as_of else {}),
        }
        return build_desk(Settings.load(environment, folder=self._home, today=date(2026, 1, 15)))

    def plant(self, raw: Raw, days: Sequence[date]) -> None:
        """Publish raw rows past every gate: of the dates, and whole tables without dates."""
        for name, rows in raw.items():
            table = TABLES[name]
            if table.is_undated:
                rows = rows.add_column(0, "game_date", pa.array([UNDATED] * len(rows), pa.date32()))
            self._publish(table, [UNDATED] if table.is_undated else days, rows)

    def make(
        self,
        days: Sequence[date],
        tables: Iterable[str] | None = None,
        as_of: datetime | None = None,
    ) -> None:
        """One run per table over all the dates.

        Args:
            days: the dates.
            tables: by default every one.
            as_of: a cut-off that is later has not come; by default all have.
        """
        wanted = set(tables) if tables is not None else {UPCOMING_GAMES.name, *queries()}
        if UPCOMING_GAMES.name in wanted:
            found = upcoming_games.compute(self._desk(as_of), self.warehouse, list(days)).rows
            assert isinstance(found, pa.Table)
            self._publish(UPCOMING_GAMES, days, found)
        for name in queries():
            if name in wanted:
                self._publish(TABLES[name], days, self.answer(name, days))

    def answer(self, name: str, days: Sequence[date], query: Query | None = None) -> pa.Table:
        """What a table's query, or another one, makes of what is published."""
        staged = self.warehouse.stage_query(
            TABLES[name], list(days), query or queries()[name], "test"
        )
        self.warehouse.discard(staged)
        return staged.rows

    def rows(self, name: str, days: Sequence[date]) -> pa.Table:
        """What is published of the dates."""
        return self.warehouse.read(TABLES[name], days)

    def files(self, day: date, tables: Iterable[str]) -> dict[str, str]:
        """SHA-256 of the published file of a date by table, every byte of it."""
        return {
            name: hashlib.sha256(self._path(name, day).read_bytes()).hexdigest() for name in tables
        }

    def forget(self, days: Iterable[date], tables: Iterable[str]) -> None:
        """Remove what is published of the dates."""
        names = list(tables)
        for day in days:
            for name in names:
                self._path(name, day).unlink(missing_ok=True)

    def _path(self, name: str, day: date) -> Path:
        return self.warehouse.path(TABLES[name], day)

    def _publish(self, table: Table, days: Sequence[date], rows: pa.Table) -> None:
        staged = self.warehouse.stage_rows(table, list(days), rows, "planted")
        for day in days:
            own = staged.rows.filter(pc.equal(staged.rows["game_date"], pa.scalar(day)))
            if table.name == _HAS_INPUT_DIGESTS:
                own = with_fingerprints(own, self._input_digests(table, day))
            self.warehouse.publish(staged, day, own)
        self.warehouse.discard(staged)

    def _input_digests(self, table: Table, day: date) -> dict[str, str]:
        query = queries()[table.name]
        same_date = [name for name in query.upstreams if name not in query.history]
        return {name: self.warehouse.digest(TABLES[name], day) or "" for name in same_date}
