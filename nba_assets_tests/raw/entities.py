"""A raw entity made for real: rows computed, audited and published in a warehouse of a temporary home."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nba_assets.definitions import build_desk, build_warehouse
from nba_assets.gates.audit import Audit
from nba_assets.gates.publish import NoProgress, Step
from nba_assets.landing.desk import Desk
from nba_assets.raw.entity import Entity
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import SCHEDULE
from nba_assets.settings import Settings
from nba_assets.sources.feed import Feed
from nba_assets.warehouse.table import UNDATED, Table
from nba_assets_tests.raw.payloads import desk_in
from nba_assets_tests.raw.rows import Row

RUN = "test"


class Home:
    """A desk and the warehouse beside it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.warehouse = build_warehouse(desk.settings)

    def publish(self, table: Table, rows: Iterable[Row], *dates: date) -> None:
        """Publish rows as they are, unjudged; a date without rows is published empty."""
        listed = list(rows)
        days = (
            [UNDATED] if table.is_undated else sorted({r["game_date"] for r in listed} | {*dates})
        )
        staged = self.warehouse.stage_rows(table, days, table.dated.rows(listed), RUN)
        for day in days:
            own = [row for row in listed if table.is_undated or row["game_date"] == day]
            if table.is_undated:
                own = [{"game_date": UNDATED} | row for row in own]
            self.warehouse.publish(staged, day, table.dated.rows(own))
        self.warehouse.discard(staged)

    def audits(self, entity: Entity, *dates: date) -> dict[date, Audit]:
        """What the gates say; nothing is published."""
        step = _step(entity)
        days = [UNDATED] if entity.table.is_undated else list(dates)
        with step.staged(self.desk, self.warehouse, days, RUN) as (computed, staged):
            return step.audited(self.warehouse, computed, staged)

    def make(self, entity: Entity, *dates: date) -> dict[date, dict[str, Any]]:
        """Publish the entity's dates that are not held; what the metadata of each says."""
        step = _step(entity)
        days = [UNDATED] if entity.table.is_undated else list(dates)
        with step.staged(self.desk, self.warehouse, days, RUN) as (computed, staged):
            audits = step.audited(self.warehouse, computed, staged)
            return step.published(self.warehouse, computed, staged, audits, NoProgress())

    def read(self, table: Table, *dates: date) -> pd.DataFrame:
        """What is published."""
        return pd.DataFrame(self.warehouse.read(table, dates).to_pandas())

    def quarantined(self, table: Table, day: date) -> dict[str, pd.DataFrame]:
        """What each gate held out of a date."""
        folder = self.warehouse.quarantine_root / table.schema_name / table.table_name
        dated = folder if table.is_undated else folder / f"game_date={day}"
        return {path.stem: pd.read_parquet(path) for path in sorted(dated.glob("*.parquet"))}

    def bytes_of(self, table: Table) -> dict[str, bytes]:
        """The published files of a table."""
        root = self.warehouse.root / table.schema_name / table.table_name
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.parquet")}


def home_in(folder: Path, **changes: Any) -> Home:
    """A home whose landing zone is written by hand; `landing_url` may be an archive."""
    return Home(desk_in(folder, **changes))


def sandbox_home(folder: Path, feeds: Sequence[Feed], *dates: date) -> Home:
    """A home on the sandbox league, with what the feeds answer for the dates landed."""
    settings = Settings.load(
        {"NBA_ASSETS_SOURCE": "sandbox", "NBA_ASSETS_HOME": str(folder)},
        folder=folder,
        today=date(2026, 1, 15),
    )
    desk = build_desk(settings)
    for day in dates:
        for feed in feeds:
            asked = desk.ask(feed, day)
            assert not asked.failed, f"{feed.name} {day}: {asked.failed}"
    return Home(desk)


def _step(entity: Entity) -> Step:
    inputs = {table.name: table for gate in entity.gates for table in gate.tables}
    inputs |= {table.name: table for table in entity.reads}
    return Step(
        entity.table,
        tuple(inputs.values()),
        tuple(entity.gates),
        entity.rows,
        SCHEDULE,
        expected_games,
    )
