"""When tables make themselves: automation conditions over an instance, without a daemon."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest

from nba_assets.definitions import build_defs
from nba_assets.settings import Settings
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


class Automation:
    """The evaluations of one day, tick by tick."""

    def __init__(self, home: Path, instance: dg.DagsterInstance) -> None:
        environment = {
            "NBA_ASSETS_HOME": str(home),
            "NBA_ASSETS_SOURCE": "sandbox",
            "NBA_ASSETS_LAST_DATE": NEWEST,
        }
        self._defs = build_defs(Settings.load(environment, folder=home))
        self._instance = instance
        self._before: dg.EvaluateAutomationConditionsResult | None = None
        for name in UNDATED:
            self.publish_undated(name)
        self.tick()

    def publish(self, names: Sequence[str], *partitions: str) -> None:
        """Record materializations, as a run does."""
        for name in names:
            for partition in partitions:
                self._instance.report_runless_asset_event(
                    dg.AssetMaterialization(name.split("/"), partition=partition)
                )

    def publish_undated(self, name: str) -> None:
        """Record a materialization of a table without dates."""
        self._instance.report_runless_asset_event(dg.AssetMaterialization(name.split("/")))

    def kill(self, names: Sequence[str], week: date) -> None:
        """Record runs that were killed at work, say for want of memory."""
        for name in names:
            kill(self._instance, dg.AssetKey(name.split("/")), week)

    def asks_for(self, name: str) -> bool:
        """Whether the newest tick requested a table without dates, or any week of one."""
        key = dg.AssetKey(name.split("/"))
        assert self._before is not None
        return any(result.key == key and result.true_subset.size for result in self._before.results)

    def tick(self, at: datetime = NOW) -> set[tuple[str, str]]:
        """What is requested now: (asset, partition)."""
        result = dg.evaluate_automation_conditions(
            self._defs,
            self._instance,
            cursor=self._before.cursor if self._before else None,
            evaluation_time=at,
        )
        self._before = result
        found: set[tuple[str, str]] = set()
        for name in (*FEEDS, *RAW, *ANALYTICS):
            key = dg.AssetKey(name.split("/"))
            found |= {(name, p) for p in result.get_requested_partitions(key) if p}
        return found


@pytest.fixture
def automation(tmp_path: Path) -> Iterator[Automation]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Automation(tmp_path, instance)


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
    automation.publish(["raw/player_box_scores"], NEWEST)
    assert automation.tick() == of(ANALYTICS)


def test_tonight_is_the_newest_date_from_midnight_eastern_on(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        automation = Automation(tmp_path, instance)
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
