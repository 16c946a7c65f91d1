"""A whole platform in a folder, for tests: real warehouse, real instance, real HTTP to a sandbox."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_assets.automation.backfill import RANGE_END, RANGE_START, Backfill, LayerRun, selection
from nba_assets.automation.event_log import open_event_log
from nba_assets.automation.status import Cell, status
from nba_assets.definitions import TABLES, build_defs, build_warehouse
from nba_assets.partitions import dates_between, season_dates
from nba_assets.settings import Settings

SHARED = Path(__file__).parents[2] / "shared"
# The way from NBA.com's bodies to analytics: what most tests need, at a tenth of the cost of all feeds.
SPINE = (
    "landing/nba_schedule",
    "landing/nba_boxscore",
    "landing/nba_game_log",
    "raw/schedule",
    "raw/player_box_scores",
    "raw/team_box_scores",
    "analytics/team_offense_game_summary",
    "analytics/team_defense_game_summary",
    "analytics/player_game_summary",
)
SPINE_TABLES = {name: table for name, table in TABLES.items() if name.replace(".", "/") in SPINE}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Platform:
    """One home with its definitions and instance."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.instance = instance
        self.defs = build_defs(settings)
        self.warehouse = build_warehouse(settings)
        self.graph = self.defs.resolve_asset_graph()
        ordered = [k.to_user_string() for k in self.graph.toposorted_asset_keys]
        self.keys = [name for name in ordered if name in SPINE]
        nightly = {key.to_user_string() for key in selection(self.graph, None)}
        self.nightly = [name for name in ordered if name in nightly]

    def backfill(
        self, first: date, last: date, assets: Sequence[str] | None = None
    ) -> list[LayerRun]:
        """What `nba-assets backfill` does; by default over the spine."""
        selected = {dg.AssetKey(name.split("/")) for name in assets or self.keys}
        work = Backfill(self.defs, self.instance, selected)
        return [
            run
            for layer in work.layers
            for run in work.run(layer, season_dates(first, last), "test")
        ]

    def run(
        self, assets: Sequence[str], first: date, last: date | None = None
    ) -> dg.ExecuteInProcessResult:
        """One run of some assets over a range, as a click in the UI launches it."""
        return self.defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name.split("/")) for name in assets],
            tags={RANGE_START: str(first), RANGE_END: str(last or first)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def read(self, table: str, first: date, last: date | None = None) -> pd.DataFrame:
        """What is published of a table, in key order."""
        days = dates_between(first, last or first)
        rows: pd.DataFrame = self.warehouse.read(TABLES[table], days).to_pandas()
        return rows

    def status(
        self, first: date, last: date | None = None, assets: Sequence[str] | None = None
    ) -> dict[tuple[str, date], Cell]:
        """The calendar's cells; by default of the spine."""
        keys = [dg.AssetKey(name.split("/")) for name in assets or self.keys]
        cells = status(self.instance, self.graph, keys, dates_between(first, last or first))
        return {(cell.asset, cell.day): cell for cell in cells}

    def quarantined(self, table: str, day: date) -> dict[str, pd.DataFrame]:
        """Quarantined rows of a date by gate."""
        folder = self.settings.home / "quarantine" / table.replace(".", "/") / f"game_date={day}"
        return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}

    def digests(self) -> dict[str, str]:
        """Every published file and the digest of its bytes."""
        root = self.settings.home / "warehouse"
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.glob("*/*/**/*.parquet"))
            if "request_log" not in path.parts  # it tells of every run
        }


@contextmanager
def platform(home: Path, **environment: str) -> Iterator[Platform]:
    """A platform in `home`; keywords are settings without their `NBA_ASSETS_`, in lower case.

    `source="sandbox"` by default; without `sandbox_url` it starts its own sandbox with the first
    request, whose fault book is `home/sandbox/faults.json`.
    """
    given = {"source": "sandbox", **environment, "home": str(home)}
    settings = Settings.load(
        {f"NBA_ASSETS_{name.upper()}": value for name, value in given.items()},
        folder=home,
        today=date(2026, 1, 15),
    )
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    with (
        dg.DagsterInstance.local_temp(str(home / "dagster")) as instance,
        open_event_log(),  # as our commands do
    ):
        yield Platform(settings, instance)


def utc(text: str) -> datetime:
    """An instant as `2026-02-07T06:00Z`."""
    return datetime.fromisoformat(text)
