"""A real warehouse in which tests publish raw rows and run the analytics SQL."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import nba_assets.analytics
from nba_assets.analytics.tables import TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.definitions import TABLES
from nba_assets.raw.tables import PLAYER_BOX_SCORES, TEAM_BOX_SCORES
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table
from nba_assets_tests.raw.rows import DAY, Row

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


class World:
    """Tables under a folder, and the room's queries over them."""

    def __init__(self, home: Path) -> None:
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)

    def plant(
        self, players: Iterable[Row], teams: Iterable[Row], days: Sequence[date] = (DAY,)
    ) -> None:
        """Publish raw rows, and the team offence that follows from them."""
        publish(self.warehouse, PLAYER_BOX_SCORES, PLAYER_BOX_SCORES.rows(players), days)
        publish(self.warehouse, TEAM_BOX_SCORES, TEAM_BOX_SCORES.rows(teams), days)
        offense = self.query(TEAM_OFFENSE_GAME_SUMMARY, days)
        publish(self.warehouse, TEAM_OFFENSE_GAME_SUMMARY, offense, days)

    def query(self, table: Table, days: Sequence[date] = (DAY,)) -> pa.Table:
        """What the table's `.sql` answers, typed by the engine."""
        sql = Query(ROOM / f"{table.table_name}.sql")
        staged = self.warehouse.stage_query(table, days, sql, "test")
        self.warehouse.discard(staged)
        return staged.rows

    def read(self, table: Table, days: Sequence[date] = (DAY,)) -> pd.DataFrame:
        """The same as a frame; its columns and types are the contract's."""
        found = self.query(table, days)
        assert found.schema.names == list(table.column_names)
        assert [field.type for field in found.schema] == [c.arrow for c in table.columns]
        return pd.DataFrame(found.to_pandas())
