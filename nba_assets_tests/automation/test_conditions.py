"""When tables make themselves: automation conditions over an instance, without a daemon."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import dagster as dg
import pytest
from dagster._core.events import (
    AssetMaterializationPlannedData,
    DagsterEvent,
    DagsterEventType,
    StepMaterializationData,
)
from dagster._core.test_utils import create_run_for_test

from nba_assets.definitions import TABLES, build_defs
from nba_assets.settings import Settings
from nba_assets.sources.feeds import FEEDS as ALL_FEEDS
from nba_assets_tests.gates.test_weekly import kill
from nba_assets_tests.platform import utc

OLDER, LAST_NIGHT, NEWEST = "2025-10-21", "2025-10-22", "2025-10-23"
NOW = utc("2025-10-23T16:00Z")
SCHEDULES = ("landing/nba_schedule", "landing/espn_scoreboard", "landing/bdl_games")
BOXES = (
    "landing/nba_boxscore",
    "landing/nba_game_log",
    "landing/espn_summary",
    "landing/bdl_box_scores",
)
FEEDS = (*SCHEDULES, *BOXES)
RAW = ("raw/schedule", "raw/player_box_scores", "raw/team_box_scores")
OWN_DATA = ("raw/teams", "raw/arenas", "raw/arena_distances")
UNDATED = ("raw/players", *OWN_DATA, "raw/transactions")
MODELS = ("predictions/catboost_models", "predictions/catboost_with_line_models")
WEIGHTS, CALIBRATION = "predictions/ensemble_weights", "predictions/weekly_calibration"
WEEK = date(2025, 10, 20)
ANALYTICS = (
    "analytics/team_offense_game_summary",
    "analytics/team_defense_game_summary",
    "analytics/player_game_summary",
)
WEEKLY = tuple(n.replace(".", "/") for n, table in TABLES.items() if table.is_weekly)
# What the morning and the locks of tonight ask for: no results.
BEFORE_TIP = tuple(
    f"landing/{feed.name}"
    for feed in ALL_FEEDS
    if {"opening", "slate", "lock"} & set(feed.instants) and not feed.on_demand
)
SLATE = "analytics/upcoming_games"
# What a lock changes, from the lines of its games to what is bet on them.
UP_TO_FEATURES = (
    "analytics/player_line_consensus",
    "analytics/player_availability",
    "analytics/upcoming_team_game_context",
    "analytics/upcoming_player_game_context",
    "precompute/player_daily_cache",
    "precompute/player_scoring_form",
    "precompute/player_role_outlook",
    "precompute/player_composite_factors",
    "precompute/ml_feature_store",
)
FORECASTS = (
    "predictions/predicted_players",
    "predictions/moving_average",
    "predictions/ewma",
    "predictions/similarity",
    "predictions/zone_matchup",
    "predictions/line",
)
CATBOOST = ("predictions/catboost", "predictions/catboost_with_line")
UP_TO_PICKS = (
    "predictions/system_point_forecasts",
    "predictions/ensemble",
    "predictions/ensemble_fixed",
    "predictions/player_predictions",
    "predictions/prediction_skips",
    "predictions/prediction_revisions",
    "predictions/picks",
)


class Automation:
    """The evaluations of one day, tick by tick."""

    def __init__(self, defs: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self._defs = defs
        self._instance = instance
        self._before: dg.EvaluateAutomationConditionsResult | None = None
        for name in UNDATED:
            self.publish_undated(name)
        self.tick()

    def publish(self, names: Sequence[str], *partitions: str) -> None:
        """Record one run that materializes the names: what is made in it does not ask for itself."""
        keys = {name: dg.AssetKey(name.split("/")) for name in names}
        run = create_run_for_test(
            self._instance,
            status=dg.DagsterRunStatus.SUCCESS,
            asset_selection=frozenset(keys.values()),
        )
        for key in keys.values():
            for partition in partitions:
                made = dg.AssetMaterialization(key, partition=partition)
                event = DagsterEvent(
                    DagsterEventType.ASSET_MATERIALIZATION.value,
                    "step",
                    event_specific_data=StepMaterializationData(made),
                )
                self._instance.report_dagster_event(event, run.run_id)

    def publish_undated(self, name: str) -> None:
        """Record a materialization of a table without dates."""
        self._instance.report_runless_asset_event(dg.AssetMaterialization(name.split("/")))

    def kill(self, names: Sequence[str], week: date) -> None:
        """Record runs that were killed at work, say for want of memory."""
        for name in names:
            kill(self._instance, dg.AssetKey(name.split("/")), week)

    def begin(self, name: str, partition: str) -> None:
        """Record a run that is at work on a partition, until it is published."""
        run = create_run_for_test(self._instance, status=dg.DagsterRunStatus.STARTED)
        planned = AssetMaterializationPlannedData(dg.AssetKey(name.split("/")), partition=partition)
        event = DagsterEvent.build_asset_materialization_planned_event("step", "step", planned)
        self._instance.report_dagster_event(event, run.run_id)

    def asks_for(self, name: str) -> bool:
        """Whether the newest tick requested a table without dates, or any week of one."""
        key = dg.AssetKey(name.split("/"))
        assert self._before is not None
        return any(result.key == key and result.true_subset.size for result in self._before.results)

    def tick(self, at: datetime = NOW) -> set[tuple[str, str]]:
        """What is requested now of feeds, box scores and what is made of them: (asset, partition)."""
        return {of_one for of_one in self.dated(at) if of_one[0] in (*FEEDS, *RAW, *ANALYTICS)}

    def dated(self, at: datetime) -> set[tuple[str, str]]:
        """What is requested now, tables without dates apart: (asset, partition)."""
        result = dg.evaluate_automation_conditions(
            self._defs,
            self._instance,
            cursor=self._before.cursor if self._before else None,
            evaluation_time=at,
        )
        self._before = result
        return {
            (evaluated.key.to_user_string(), partition)
            for evaluated in result.results
            if isinstance(evaluated.key, dg.AssetKey) and evaluated.true_subset.size
            for partition in result.get_requested_partitions(evaluated.key)
            if partition
        }


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    home = tmp_path_factory.mktemp("home")
    environment = {
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_SOURCE": "sandbox",
        "NBA_ASSETS_LAST_DATE": NEWEST,
    }
    return build_defs(Settings.load(environment, folder=home))


@pytest.fixture
def automation(defs: dg.Definitions) -> Iterator[Automation]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Automation(defs, instance)


def of(names: Sequence[str], partition: str = NEWEST) -> set[tuple[str, str]]:
    return {(name, partition) for name in names}


def test_nothing_is_requested_of_nothing(automation: Automation) -> None:
    assert automation.tick() == set()


def test_the_season_file_alone_requests_the_schedule(automation: Automation) -> None:
    automation.publish(SCHEDULES, NEWEST)
    assert automation.tick() == of(["raw/schedule"])


def test_all_feeds_of_the_newest_date_request_everything_that_is_made_of_them(
    automation: Automation,
) -> None:
    automation.publish(FEEDS, NEWEST)
    assert automation.tick() == of((*RAW, *ANALYTICS))


def test_box_scores_wait_for_their_last_feed(automation: Automation) -> None:
    automation.publish(FEEDS[:-1], NEWEST)
    assert automation.tick() == of(["raw/schedule"])
    automation.publish(["raw/schedule"], NEWEST)
    assert automation.tick() == set()
    automation.publish(FEEDS[-1:], NEWEST)
    assert automation.tick() == of((*RAW[1:], *ANALYTICS))


def test_what_is_requested_once_is_not_requested_again(automation: Automation) -> None:
    automation.publish(FEEDS, NEWEST)
    automation.tick()
    assert automation.tick() == set()


def test_analytics_are_requested_when_raw_is_published(automation: Automation) -> None:
    automation.publish(FEEDS, NEWEST)
    automation.tick()
    automation.tick()  # a request counts as handled one tick after it was made
    automation.publish(RAW, NEWEST)
    assert automation.tick() == of(ANALYTICS)


def test_a_held_date_requests_nothing_below_it(automation: Automation) -> None:
    automation.publish(FEEDS, NEWEST)
    automation.tick()
    automation.publish(["raw/schedule", "raw/team_box_scores"], NEWEST)
    assert automation.tick() == set()
    automation.publish(["raw/player_box_scores"], NEWEST)
    assert automation.tick() == of(ANALYTICS)


def test_an_older_date_that_comes_again_requests_nothing(automation: Automation) -> None:
    automation.publish((*FEEDS, *RAW, *ANALYTICS), OLDER, NEWEST)
    automation.tick()
    automation.publish((*FEEDS, *RAW), OLDER)
    assert automation.tick() == set()


@pytest.mark.parametrize(
    "at", ["2025-10-23T05:30Z", "2025-10-23T16:05Z"], ids=["01:30 ET", "after noon ET"]
)
def test_last_night_is_made_when_it_lands_after_midnight(automation: Automation, at: str) -> None:
    automation.tick(utc(at))
    automation.publish(FEEDS, LAST_NIGHT)
    assert automation.tick(utc(at)) == of((*RAW, *ANALYTICS), LAST_NIGHT)


def test_the_newest_date_that_comes_again_requests_what_is_below_it(
    automation: Automation,
) -> None:
    automation.publish((*FEEDS, *RAW, *ANALYTICS), NEWEST)
    automation.tick()
    automation.tick()  # a request counts as handled one tick after it was made
    automation.publish(["raw/player_box_scores"], NEWEST)
    assert automation.tick() == of(ANALYTICS)


def test_tonight_is_the_newest_date_from_midnight_eastern_on(defs: dg.Definitions) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        automation = Automation(defs, instance)
        automation.publish(FEEDS, NEWEST)
        assert automation.tick(utc("2025-10-23T03:59Z")) == set()
        assert automation.tick(utc("2025-10-23T04:01Z")) == of((*RAW, *ANALYTICS))


def test_a_feed_on_demand_is_waited_for_by_nobody(automation: Automation) -> None:
    automation.publish(FEEDS, NEWEST)
    assert ("raw/player_box_scores", NEWEST) in automation.tick()


def test_a_table_without_dates_is_made_again_when_anything_it_is_made_of_is(
    automation: Automation,
) -> None:
    automation.tick()
    assert not automation.asks_for("raw/players")
    automation.publish(["landing/nba_boxscore"], OLDER)
    automation.tick()
    assert automation.asks_for("raw/players")
    assert not [name for name in OWN_DATA if automation.asks_for(name)], "made of nothing"


def test_a_table_without_dates_makes_no_date_again(automation: Automation) -> None:
    automation.publish((*FEEDS, *RAW, *ANALYTICS), NEWEST)
    automation.tick()
    automation.tick()
    automation.publish_undated("raw/players")
    assert automation.tick() == set()


def test_a_week_whose_models_fail_is_tried_again_and_gets_its_calibration(
    automation: Automation,
) -> None:
    assert all(automation.asks_for(name) for name in (*MODELS, WEIGHTS)), "12:00 ET"
    assert not automation.asks_for(CALIBRATION), "it waits for what it is made of"
    automation.publish([WEIGHTS], str(WEEK))
    automation.kill(MODELS, WEEK)
    for at in ("16:01", "17:29"):
        automation.tick(utc(f"2025-10-23T{at}Z"))
        assert not [name for name in (*MODELS, CALIBRATION) if automation.asks_for(name)]
    automation.tick(utc("2025-10-23T17:31Z"))
    assert all(automation.asks_for(name) for name in MODELS), "13:30 ET"
    assert not automation.asks_for(CALIBRATION), "never in one run with what may fail"
    automation.kill(MODELS, WEEK)
    automation.tick(utc("2025-10-23T17:32Z"))
    assert automation.asks_for(CALIBRATION)
    assert not [name for name in MODELS if automation.asks_for(name)]
    automation.publish([CALIBRATION], str(WEEK))
    automation.tick(utc("2025-10-23T21:31Z"))
    assert all(automation.asks_for(name) for name in MODELS), "17:30 ET"
    assert not automation.asks_for(CALIBRATION), "it is made"


@pytest.fixture
def evening(automation: Automation) -> Automation:
    """An evening on which the feeds of a lock have landed, and what was made of them is published."""
    daily = [n.replace(".", "/") for n, t in TABLES.items() if not (t.is_weekly or t.is_undated)]
    automation.publish([*FEEDS, *BEFORE_TIP, *daily], OLDER, LAST_NIGHT)
    automation.publish(WEEKLY, str(WEEK))
    automation.publish(BEFORE_TIP, NEWEST)
    made = automation.dated(utc("2025-10-23T22:20Z"))
    assert (SLATE, NEWEST) in made
    # What a hand has made of last night is asked for once more.
    for partition in (LAST_NIGHT, NEWEST):
        automation.publish(sorted(name for name, of_one in made if of_one == partition), partition)
    assert automation.dated(utc("2025-10-23T22:21Z")) == set()
    return automation


def test_a_lock_that_has_passed_asks_for_all_that_it_changes_up_to_the_picks(
    evening: Automation,
) -> None:
    evening.publish([SLATE], NEWEST)
    asked = evening.dated(utc("2025-10-23T22:31Z"))
    assert of((*UP_TO_FEATURES, *FORECASTS, *CATBOOST, *UP_TO_PICKS)) <= asked
    assert {partition for _, partition in asked} == {NEWEST}, "and no week"
    rooms = {name.partition("/")[0] for name, _ in asked}
    assert rooms == {"analytics", "precompute", "predictions"}, "nothing is graded before its tip"
    assert not of([*ANALYTICS, "predictions/forecast_errors"]) & asked, "nothing has been played"
    evening.publish(sorted(name for name, _ in asked), NEWEST)
    assert evening.dated(utc("2025-10-23T22:32Z")) == set()
    assert not any(evening.asks_for(name) for name in WEEKLY)


def test_a_lock_that_passes_while_a_run_is_at_work_gets_to_the_picks_when_it_is_over(
    evening: Automation,
) -> None:
    evening.begin(CATBOOST[0], NEWEST)
    evening.publish([SLATE], NEWEST)
    asked = evening.dated(utc("2025-10-23T22:31Z"))
    assert of((*UP_TO_FEATURES, *FORECASTS)) <= asked
    assert not of((*CATBOOST, UP_TO_PICKS[0])) & asked, "they wait for it"
    evening.publish(sorted(name for name, _ in asked), NEWEST)
    assert evening.dated(utc("2025-10-23T22:32Z")) == set()
    evening.publish(CATBOOST[:1], NEWEST)
    # It has read features of before the lock; what is below it was made of its older forecasts.
    assert evening.dated(utc("2025-10-23T22:33Z")) == of((*CATBOOST, *UP_TO_PICKS))
    evening.publish([*CATBOOST, *UP_TO_PICKS], NEWEST)
    for minute in (34, 35, 36):
        assert evening.dated(utc(f"2025-10-23T22:{minute}Z")) == set(), "it comes to rest"
    assert not any(evening.asks_for(name) for name in WEEKLY)


def test_a_lock_that_passes_in_the_minute_in_which_its_lines_are_published_has_its_lines(
    evening: Automation,
) -> None:
    evening.publish(["analytics/player_line_consensus"], NEWEST)
    evening.publish([SLATE], NEWEST)
    asked = evening.dated(utc("2025-10-23T22:31Z"))
    assert of(("analytics/player_line_consensus", *UP_TO_PICKS)) <= asked
