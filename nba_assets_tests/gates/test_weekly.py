"""Tables of weeks: partitions by Monday, what they wait for, and who reads them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent
from dagster._core.test_utils import create_run_for_test

from nba_assets.automation.backfill import RANGE_END, RANGE_START, Backfill
from nba_assets.automation.conditions import (
    FRESHNESS,
    WHEN_ANY_INPUT_IS_NEW,
    WHEN_THE_WEEK_BEGINS,
    when_inputs_are_published,
)
from nba_assets.automation.status import status
from nba_assets.gates.publish import Computed, NoProgress, is_week_in_season
from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.partitions import dates_between, game_dates, game_weeks, season_of, week_of
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.table import Column, Table
from nba_assets_tests.gates.verdicts import failures
from nba_assets_tests.platform import QUIET, utc
from nba_assets_tests.raw.payloads import desk_in

# A Wednesday, so that the first week has begun before there was anything.
FIRST, LAST = date(2023, 10, 25), date(2023, 11, 14)
MONDAYS = [date(2023, 10, 23), date(2023, 10, 30), date(2023, 11, 6), date(2023, 11, 13)]
GAME_DATE = Column("game_date", "DATE", "day")
GAMES = Table(
    name="raw.games",
    row="game",
    key=("game_date",),
    columns=(GAME_DATE, Column("points", "INT64", "points")),
    has_every_game=False,
)
MEANS = Table(
    name="analytics.means",
    row="week",
    key=("game_date",),
    columns=(GAME_DATE, Column("points", "FLOAT64", "points, mean of the dates before")),
    is_weekly=True,
    has_every_game=False,
)
SPREADS = Table(
    name="analytics.spreads",
    row="week",
    key=("game_date",),
    columns=(GAME_DATE, Column("points", "FLOAT64", "points, above the week's mean")),
    is_weekly=True,
    has_every_game=False,
)
GUESSES = Table(
    name="precompute.guesses",
    row="date",
    key=("game_date",),
    columns=(GAME_DATE, Column("points", "FLOAT64", "points, as the week's mean")),
    has_every_game=False,
)
TABLES = {table.name: table for table in (GAMES, MEANS, SPREADS, GUESSES)}
ROOM = Room(
    game_dates=game_dates(FIRST, LAST),
    game_weeks=game_weeks(FIRST, LAST),
    automation=when_inputs_are_published,
    automation_weekly=WHEN_THE_WEEK_BEGINS,
    automation_undated=WHEN_ANY_INPUT_IS_NEW,
    freshness=FRESHNESS,
    tables=TABLES,
    first_date=FIRST,
    schedule=SCHEDULE,
    expected_games=expected_games,
    synthetic=False,
)


def games(_desk: Any, _warehouse: Warehouse, dates: list[date]) -> Computed:
    return Computed(GAMES.rows({"game_date": day, "points": day.day} for day in dates))


def means(_desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
    rows = []
    for week in weeks:
        before = warehouse.read(GAMES, dates_between(FIRST, week - timedelta(days=1)))
        points = before["points"].to_pylist()
        if points:
            rows.append({"game_date": week, "points": sum(points) / len(points)})
    return Computed(MEANS.rows(rows))


def guesses(_desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
    rows = []
    for day in dates:
        found = warehouse.read(MEANS, [week_of(day)])["points"].to_pylist()
        rows += [{"game_date": day, "points": points} for points in found]
    return Computed(GUESSES.rows(rows))


def spreads(_desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
    rows = warehouse.read(MEANS, weeks).to_pylist()
    return Computed(SPREADS.rows(rows))


HERE = Path(__file__)
DEFS = dg.Definitions(
    assets=[
        table_asset(ROOM, GAMES, games, reads=[], kinds={"python"}, source=HERE),
        table_asset(
            ROOM, MEANS, means, reads=[], history={GAMES: 30}, kinds={"python"}, source=HERE
        ),
        table_asset(
            ROOM, SPREADS, spreads, reads=[], weekly=[MEANS], kinds={"python"}, source=HERE
        ),
        table_asset(
            ROOM, GUESSES, guesses, reads=[GAMES], weekly=[MEANS], kinds={"python"}, source=HERE
        ),
    ],
    executor=dg.in_process_executor,
)


class World:
    """A home, its instance and the three tables over it."""

    def __init__(self, home: Path, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
        self.defs = dg.Definitions(
            assets=DEFS.assets,
            resources={
                "desk": desk_in(home),
                "warehouse": self.warehouse,
                "progress": NoProgress(),
            },
            executor=dg.in_process_executor,
        )
        self.graph = self.defs.resolve_asset_graph()

    def run(self, name: str, first: date, last: date) -> dg.ExecuteInProcessResult:
        job = self.defs.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name.split("/"))],
            tags={RANGE_START: str(first), RANGE_END: str(last)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def recorded(self, name: str) -> set[str]:
        return self.instance.get_materialized_partitions(dg.AssetKey(name.split("/")))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield World(tmp_path, instance)


def test_a_week_begins_with_monday_and_the_first_one_holds_the_first_date() -> None:
    assert ROOM.game_weeks.get_partition_keys() == [str(monday) for monday in MONDAYS]
    assert {week_of(day) for day in dates_between(FIRST, LAST)} == set(MONDAYS)


def test_a_range_of_weeks_is_one_run_and_each_week_knows_only_what_was_before_it(
    world: World,
) -> None:
    assert world.run("raw/games", FIRST, LAST).success
    assert world.run("analytics/means", MONDAYS[0], MONDAYS[-1]).success
    assert world.recorded("analytics/means") == {str(monday) for monday in MONDAYS}
    found = world.warehouse.read(MEANS, MONDAYS).to_pylist()
    before = [dates_between(FIRST, monday - timedelta(days=1)) for monday in MONDAYS[1:]]
    assert [row["points"] for row in found] == [
        sum(day.day for day in days) / len(days) for days in before
    ]


def test_a_week_of_nothing_is_empty_and_is_no_night_without_games(world: World) -> None:
    assert world.run("analytics/means", MONDAYS[0], MONDAYS[0]).success
    (event,) = world.instance.fetch_materializations(
        dg.AssetKey(["analytics", "means"]), limit=1
    ).records
    assert event.asset_materialization
    metadata = event.asset_materialization.metadata
    assert metadata["state"].value == "empty"
    assert "no_games" not in metadata


def test_a_night_that_lacks_costs_no_week_and_is_named(world: World) -> None:
    sunday = MONDAYS[1] - timedelta(days=1)
    assert world.run("raw/games", FIRST, sunday - timedelta(days=1)).success
    assert world.run("analytics/means", MONDAYS[1], MONDAYS[1]).success
    (event,) = world.instance.fetch_materializations(
        dg.AssetKey(["analytics", "means"]), limit=1
    ).records
    assert event.asset_materialization
    assert str(sunday) in str(event.asset_materialization.metadata["history_gaps"].value)


def test_a_date_is_held_without_its_week(world: World) -> None:
    assert world.run("raw/games", FIRST, LAST).success
    assert world.run("analytics/means", MONDAYS[0], MONDAYS[1]).success
    found = world.run("precompute/guesses", MONDAYS[1], MONDAYS[2])
    (said,) = failures(found).values()
    assert "analytics.means is not published for the week of 2023-11-06" in said
    made = {str(day) for day in dates_between(MONDAYS[1], MONDAYS[2] - timedelta(days=1))}
    assert world.recorded("precompute/guesses") == made


def test_the_week_of_opening_night_is_held_without_its_inputs(world: World) -> None:
    opening = MONDAYS[0]
    assert season_of(opening) is None, "a season begins on a Tuesday"
    (said,) = failures(world.run("analytics/spreads", opening, opening)).values()
    assert f"analytics.means is not published for the week of {opening}" in said
    assert world.run("analytics/means", opening, opening).success
    assert world.run("analytics/spreads", opening, opening).success


def test_a_week_is_in_season_where_any_of_its_dates_is() -> None:
    weeks = [date(2024, 6, 17), date(2024, 6, 24), date(2024, 10, 14), date(2024, 10, 21)]
    assert [is_week_in_season(week) for week in weeks] == [True, False, False, True]


def test_a_backfill_runs_weeks_and_dates_in_the_order_of_the_graph(world: World) -> None:
    work = Backfill(world.defs, world.instance, set(world.graph.get_all_asset_keys()))
    dates = dates_between(date(2023, 11, 2), date(2023, 11, 7))
    runs = [run for layer in work.layers for run in work.run(layer, dates, "test")]
    assert [(run.assets, run.dates, run.failures) for run in runs] == [
        (("raw/games",), (dates[0], dates[-1]), []),
        (("analytics/means",), (MONDAYS[1], MONDAYS[2]), []),
        (("analytics/spreads",), (MONDAYS[1], MONDAYS[2]), []),
        (("precompute/guesses",), (dates[0], dates[-1]), []),
    ]
    assert [work.partitions(layer, dates) for layer in work.layers] == [6, 2, 8]


def test_a_single_monday_runs_its_week_and_its_date_apart(world: World) -> None:
    assert world.run("raw/games", FIRST, LAST).success
    keys = {dg.AssetKey(["analytics", "means"]), dg.AssetKey(["raw", "games"])}
    work = Backfill(world.defs, world.instance, keys)
    runs = [run for layer in work.layers for run in work.run(layer, [MONDAYS[1]], "test")]
    assert [(run.assets, run.failures) for run in runs] == [
        (("raw/games",), []),
        (("analytics/means",), []),
    ]


def test_status_shows_a_week_on_its_monday(world: World) -> None:
    assert world.run("raw/games", FIRST, LAST).success
    assert world.run("analytics/means", MONDAYS[1], MONDAYS[1]).success
    cells = status(
        world.instance,
        world.graph,
        [dg.AssetKey(["analytics", "means"])],
        dates_between(FIRST, LAST),
        world.warehouse,
        TABLES,
    )
    assert [(cell.day, cell.state) for cell in cells] == [
        (MONDAYS[0], "missing"),
        (MONDAYS[1], "published"),
        (MONDAYS[2], "missing"),
        (MONDAYS[3], "missing"),
    ]


MEANS_KEY = dg.AssetKey(["analytics", "means"])


SPREADS_KEY = dg.AssetKey(["analytics", "spreads"])


class Ticks:
    """Evaluations of the automation conditions, one after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cursor: Any = None
        self.spreads: set[str | None] = set()

    def ask(self, at: str) -> set[str | None]:
        """The weeks of `means` that are asked for; `spreads` has those of the table above it."""
        found = dg.evaluate_automation_conditions(
            self._world.defs,
            self._world.instance,
            cursor=self._cursor,
            evaluation_time=utc(at),
            asset_selection=dg.AssetSelection.assets(MEANS_KEY, SPREADS_KEY),
        )
        self._cursor = found.cursor
        self.spreads = set(found.get_requested_partitions(SPREADS_KEY))
        return set(found.get_requested_partitions(MEANS_KEY))

    def publish(self, *days: date) -> None:
        for day in days:
            self._world.instance.report_runless_asset_event(
                dg.AssetMaterialization(["raw", "games"], partition=str(day))
            )


def test_a_week_is_asked_for_when_the_seven_dates_before_it_are_there(world: World) -> None:
    ticks = Ticks(world)
    ticks.publish(*dates_between(MONDAYS[2], MONDAYS[3] - timedelta(days=2)))
    assert ticks.ask("2023-11-13T06:00Z") == set()
    ticks.publish(MONDAYS[3] - timedelta(days=1))
    assert ticks.ask("2023-11-13T07:00Z") == {str(MONDAYS[3])}


def test_a_week_with_a_night_held_is_asked_for_in_time_for_mondays_slate(world: World) -> None:
    ticks = Ticks(world)
    ticks.publish(*dates_between(MONDAYS[2], MONDAYS[3] - timedelta(days=2)))
    assert ticks.ask("2023-11-13T14:00Z") == set()
    assert ticks.ask("2023-11-13T14:31Z") == {str(MONDAYS[3])}, "09:31 ET"


def test_a_week_that_is_made_is_not_asked_for_again(world: World) -> None:
    ticks = Ticks(world)
    ticks.publish(*dates_between(MONDAYS[2], MONDAYS[3] - timedelta(days=1)))
    assert ticks.ask("2023-11-13T06:00Z") == {str(MONDAYS[3])}
    world.instance.report_runless_asset_event(
        dg.AssetMaterialization(MEANS_KEY, partition=str(MONDAYS[3]))
    )
    ticks.publish(MONDAYS[3] - timedelta(days=1))
    assert ticks.ask("2023-11-13T17:30Z") == set()


def kill(instance: dg.DagsterInstance, key: dg.AssetKey, week: date) -> None:
    """Record a run of the week that was killed at work."""
    run = create_run_for_test(instance, status=dg.DagsterRunStatus.FAILURE)
    planned = AssetMaterializationPlannedData(key, partition=str(week))
    event = DagsterEvent.build_asset_materialization_planned_event("step", "step", planned)
    instance.report_dagster_event(event, run.run_id)


def test_a_week_that_failed_is_asked_for_again_a_few_times_a_day(world: World) -> None:
    ticks, week = Ticks(world), MONDAYS[3]
    ticks.publish(*dates_between(MONDAYS[2], week - timedelta(days=1)))
    asked = []
    for minutes in range(0, 60 * 48, 30):
        at = utc("2023-11-13T06:05Z") + timedelta(minutes=minutes)
        if ticks.ask(f"{at:%Y-%m-%dT%H:%M}Z") == {str(week)}:
            asked.append(f"{at - timedelta(hours=5):%d %H:%M}")
            kill(world.instance, MEANS_KEY, week)
    assert asked == [
        "13 01:05", "13 09:35", "13 13:35", "13 17:35", "13 21:35",
        "14 09:35", "14 13:35", "14 17:35", "14 21:35",
    ]  # fmt: skip


def test_a_week_that_is_made_at_last_is_not_asked_for_again(world: World) -> None:
    ticks, week = Ticks(world), MONDAYS[3]
    ticks.publish(*dates_between(MONDAYS[2], week - timedelta(days=1)))
    assert ticks.ask("2023-11-13T06:00Z") == {str(week)}
    kill(world.instance, MEANS_KEY, week)
    assert ticks.ask("2023-11-13T06:01Z") == set()
    assert ticks.ask("2023-11-13T14:31Z") == {str(week)}
    world.instance.report_runless_asset_event(
        dg.AssetMaterialization(MEANS_KEY, partition=str(week))
    )
    for at in ("14:32", "18:31", "22:31"):
        assert ticks.ask(f"2023-11-13T{at}Z") == set()


def test_a_week_is_never_asked_for_together_with_what_it_is_made_of(world: World) -> None:
    ticks, week = Ticks(world), MONDAYS[3]
    ticks.publish(*dates_between(MONDAYS[2], week - timedelta(days=1)))
    assert ticks.ask("2023-11-13T06:00Z") == {str(week)}
    assert ticks.spreads == set()
    kill(world.instance, MEANS_KEY, week)
    assert ticks.ask("2023-11-13T06:01Z") == set()
    assert ticks.spreads == set(), "before Monday's slate it waits for all that it reads"
    assert ticks.ask("2023-11-13T14:31Z") == {str(week)}
    assert ticks.spreads == set()
    kill(world.instance, MEANS_KEY, week)
    assert ticks.ask("2023-11-13T14:32Z") == set()
    assert ticks.spreads == {str(week)}, "what it can do without is for its gates to say"
