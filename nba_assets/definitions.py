"""The only assembly: settings → assets, sensors and resources."""

import math
import warnings
from dataclasses import replace

import dagster as dg
from requests.adapters import BaseAdapter

from nba_assets.analytics.assets import analytics_assets
from nba_assets.analytics.tables import TABLES as ANALYTICS_TABLES
from nba_assets.analytics.upcoming_tables import UPCOMING_GAMES
from nba_assets.automation.conditions import (
    FRESHNESS,
    WHEN_ANY_INPUT_IS_NEW,
    WHEN_THE_WEEK_BEGINS,
    when_inputs_are_published,
)
from nba_assets.automation.sensors import automation_sensor, cutoffs_sensor, results_sensor
from nba_assets.gates.publish import NoProgress, Progress
from nba_assets.gates.table_asset import Room, asset_key
from nba_assets.grading.assets import grading_assets
from nba_assets.grading.tables import TABLES as GRADING_TABLES
from nba_assets.landing.assets import landing_assets
from nba_assets.landing.desk import Desk
from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import game_dates, game_weeks
from nba_assets.precompute.assets import precompute_assets
from nba_assets.precompute.tables import TABLES as PRECOMPUTE_TABLES
from nba_assets.predictions.assets import predictions_assets
from nba_assets.predictions.tables import TABLES as PREDICTION_TABLES
from nba_assets.predictions.weekly_tables import WEEKLY_TABLES
from nba_assets.raw.assets import TABLES as RAW_TABLES
from nba_assets.raw.assets import raw_assets
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sandbox.adapter import SandboxAdapter
from nba_assets.settings import Settings
from nba_assets.sources.policy import POLICIES
from nba_assets.sources.replay import ReplayAdapter
from nba_assets.sources.request_log import REQUEST_LOG, RequestLog
from nba_assets.sources.transport import Transport, Witness
from nba_assets.warehouse.duckdb import DuckDBWarehouse

TABLES = {
    table.name: table
    for table in (
        *RAW_TABLES,
        *ANALYTICS_TABLES,
        *PRECOMPUTE_TABLES,
        *PREDICTION_TABLES,
        *WEEKLY_TABLES,
        *GRADING_TABLES,
    )
}


def build_defs(settings: Settings, progress: Progress | None = None) -> dg.Definitions:
    """Everything Dagster runs, for one configuration."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview, code references and backfill policies a beta: known, and
        # held by exact pins and tests.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        warnings.simplefilter("ignore", dg.BetaWarning)
        return _assembled(settings, progress or NoProgress())


def _assembled(settings: Settings, progress: Progress) -> dg.Definitions:
    room = Room(
        game_dates=game_dates(settings.first_date, settings.last_date),
        automation=when_inputs_are_published,
        game_weeks=game_weeks(settings.first_date, settings.last_date),
        automation_weekly=WHEN_THE_WEEK_BEGINS,
        automation_undated=WHEN_ANY_INPUT_IS_NEW,
        freshness=FRESHNESS,
        tables=TABLES,
        first_date=settings.first_date,
        schedule=SCHEDULE,
        expected_games=expected_games,
        synthetic=settings.synthetic,
    )
    return dg.Definitions(
        sensors=[
            automation_sensor(),
            results_sensor(settings),
            cutoffs_sensor(settings, asset_key(UPCOMING_GAMES)),
        ],
        assets=[
            landing_assets(room),
            *raw_assets(room),
            *analytics_assets(room),
            *precompute_assets(room),
            *predictions_assets(room),
            *grading_assets(room),
        ],
        resources={
            "desk": build_desk(settings),
            "warehouse": build_warehouse(settings),
            "progress": progress,
        },
        executor=dg.in_process_executor,
    )


def build_warehouse(settings: Settings) -> DuckDBWarehouse:
    """The warehouse of a configuration."""
    return DuckDBWarehouse(settings.home / "warehouse", settings.home / "quarantine", TABLES)


def build_desk(settings: Settings) -> Desk:
    """Transport and landing zone of a configuration."""
    zone = LandingZone(settings.landing_url, settings.home / "quarantine" / "landing")
    requests = RequestLog(settings.home / REQUEST_LOG)
    return Desk(settings, build_transport(settings, requests), zone, requests)


def build_transport(settings: Settings, witness: Witness | None = None) -> Transport:
    """The client over the internet, an archive or the sandbox."""
    hosts = settings.hosts
    if settings.source == "live":
        return Transport(state=hosts, keys=settings.keys, witness=witness)
    adapter: BaseAdapter
    if settings.source == "replay":
        adapter = ReplayAdapter(settings.replay_roots)
    else:
        faults = settings.home / "sandbox" / "faults.json"
        limits = {} if settings.sandbox_limits == "live" else settings.sandbox_limits
        adapter = SandboxAdapter(settings.sandbox_url, settings.sandbox_seed, faults, limits)
        if settings.sandbox_limits:
            stated = {
                # A pace is stated, a budget is not: it would end a season at its 600th game.
                host: replace(
                    policy, requests_per_second=limits.get(host, math.inf), daily_budget=None
                )
                for host, policy in POLICIES.items()
            }
            return Transport(
                lambda session: session.mount("https://", adapter),
                policies=stated if limits else POLICIES,
                state=hosts,
                keys=settings.keys,
                witness=witness,
            )
    return Transport(
        lambda session: session.mount("https://", adapter),
        paced=False,
        keys=settings.keys,
        witness=witness,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev`, `dg dev` and `dagster asset materialize` load."""
    return build_defs(Settings.load())
