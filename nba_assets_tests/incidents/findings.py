"""What a platform made of a range of dates, read off before anything changes it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_assets.automation.backfill import LayerRun
from nba_assets.automation.status import Cell
from nba_assets.landing.desk import Desk
from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import dates_between
from nba_assets.sandbox.adapter import SandboxAdapter
from nba_assets.sandbox.server import SandboxServer
from nba_assets.sources.transport import Transport, WallClock
from nba_assets.warehouse.table import LINEAGE_COLUMNS
from nba_assets_tests.platform import SPINE_TABLES, Platform, platform

PLAYERS, TEAMS = "raw.player_box_scores", "raw.team_box_scores"
RAW_BOXES = (PLAYERS, TEAMS)
SUMMARIES = (
    "analytics.team_offense_game_summary",
    "analytics.team_defense_game_summary",
    "analytics.player_game_summary",
)


class HurriedClock(WallClock):
    """The machine's clock, on which every wait between two tries is over at once."""

    def sleep(self, seconds: float) -> None:
        """Go on."""


@contextmanager
def sandboxed(home: Path, server: SandboxServer, **environment: str) -> Iterator[Platform]:
    """A platform over a sandbox that runs already, whose retries do not wait."""
    with platform(home, sandbox_url=server.url, **environment) as found:
        settings = found.settings
        adapter = SandboxAdapter(server.url, settings.sandbox_seed, home / "sandbox")
        transport = Transport(
            lambda session: session.mount("https://", adapter), clock=HurriedClock(), paced=False
        )
        zone = LandingZone(settings.landing_url, home / "quarantine" / "landing")
        found.defs = dg.Definitions(
            assets=found.defs.assets,
            resources={
                **(found.defs.resources or {}),
                "desk": Desk(settings, transport, zone),
            },
            executor=found.defs.executor,
        )
        yield found


@dataclass(frozen=True)
class Verdict:
    """One logged verdict of a gate; `partition` is None where it was logged without a date."""

    asset: str
    gate: str
    partition: str | None
    passed: bool
    effect: str
    offenders: int
    named: str


@dataclass(frozen=True)
class Findings:
    """Everything a reader of a home can see of a range of dates."""

    home: Path
    rows: dict[str, pd.DataFrame]
    cells: dict[tuple[str, date], Cell]
    verdicts: list[Verdict]
    quarantined: dict[tuple[str, date], dict[str, pd.DataFrame]]
    failures: tuple[str, ...]
    metadata: dict[tuple[str, date], dict[str, str]]
    digests: dict[str, str]
    bodies: tuple[str, ...]

    def of_game(self, table: str, game_id: str) -> pd.DataFrame:
        """The published rows of one game."""
        rows = self.rows[table]
        return rows[rows["game_id"] == game_id]

    def of_day(self, table: str, day: date) -> pd.DataFrame:
        """The published rows of one date."""
        rows = self.rows[table]
        return rows[rows["game_date"] == day]

    def state(self, table: str, day: date) -> str:
        """The word of `status` for a date."""
        return self.cells[table.replace(".", "/"), day].state

    def reason(self, table: str, day: date) -> str:
        """What `status` says beside the word."""
        return self.cells[table.replace(".", "/"), day].reason

    def newest(self, table: str, gate: str, day: date) -> Verdict:
        """A gate's newest verdict of a date."""
        asset = table.replace(".", "/")
        logged = (asset, gate, str(day))
        return next(v for v in self.verdicts if (v.asset, v.gate, v.partition) == logged)


def findings(found: Platform, runs: list[LayerRun], first: date, last: date) -> Findings:
    """Read off everything there is about `first` … `last`, both inclusive."""
    days = dates_between(first, last)
    names = {table: table.replace(".", "/") for table in SPINE_TABLES}
    return Findings(
        home=found.settings.home,
        rows={table: found.read(table, first, last) for table in SPINE_TABLES},
        cells=found.status(first, last),
        verdicts=verdicts(found),
        quarantined={
            (table, day): held
            for table in SPINE_TABLES
            for day in days
            if (held := found.quarantined(table, day))
        },
        failures=tuple(
            line for run in runs for failure in run.failures for line in failure.splitlines()
        ),
        metadata={
            (table, day): facts
            for table, asset in names.items()
            for day, facts in materialized_facts(found, asset, days).items()
        },
        digests=found.digests(),
        bodies=bodies(found.settings.home),
    )


def bodies(home: Path) -> tuple[str, ...]:
    """Every kept body, landed or kept apart, relative to the home."""
    return tuple(sorted(str(path.relative_to(home)) for path in home.rglob("*.gz")))


def verdicts(found: Platform) -> list[Verdict]:
    """Every logged verdict, newest first for each gate."""
    logged = []
    for key in found.graph.asset_check_keys:
        for record in found.instance.event_log_storage.get_asset_check_execution_history(
            key, limit=10_000
        ):
            evaluation = record.evaluation
            if record.status.value == "PLANNED" or evaluation is None:
                continue
            metadata = {name: value.value for name, value in evaluation.metadata.items()}
            logged.append(
                Verdict(
                    key.asset_key.to_user_string(),
                    key.name,
                    evaluation.partition,
                    evaluation.passed,
                    str(metadata.get("effect", "")),
                    int(str(metadata.get("offenders", 0))),
                    str(metadata.get("named", "")),
                )
            )
    return logged


def materialized_facts(found: Platform, asset: str, days: list[date]) -> dict[date, dict[str, str]]:
    """The metadata of each date's newest materialization."""
    page = found.instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey(asset.split("/")), asset_partitions=[str(day) for day in days]
        ),
        limit=10_000,
    )
    facts: dict[date, dict[str, str]] = {}
    for record in page.records:
        materialization = record.asset_materialization
        if materialization and record.partition_key:
            facts.setdefault(
                date.fromisoformat(record.partition_key),
                {name: str(value.value) for name, value in materialization.metadata.items()},
            )
    return facts


def of_dates(digests: dict[str, str], first: date, last: date) -> dict[str, str]:
    """The published files of some dates."""
    days = {f"game_date={day}" for day in dates_between(first, last)}
    return {path: digest for path, digest in digests.items() if path.split("/")[2] in days}


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Equal in every value but what their body was called and when it came; never empty."""
    kept = [name for name in left.columns if name not in LINEAGE_COLUMNS]
    assert len(left)
    pd.testing.assert_frame_equal(
        left[kept].reset_index(drop=True),
        right.drop(columns=list(LINEAGE_COLUMNS), errors="ignore").reset_index(drop=True),
        # A column of flags is of another dtype where another row of the range has none.
        check_dtype=False,
        check_exact=True,
    )
