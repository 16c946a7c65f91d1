"""Every word of the calendar, by what happened to a date."""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import pytest
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent
from dagster._core.test_utils import create_run_for_test

from nba_assets.automation.status import GAPS, MEANINGS, Cell, status
from nba_assets.definitions import TABLES
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets_tests.platform import Platform, platform

GOOD = date(2025, 10, 21)
FALLBACK = date(2025, 10, 23)
BAD = date(2025, 10, 25)
NEVER = date(2025, 10, 26)
BROKEN = date(2025, 10, 30)
NO_GAMES = date(2025, 11, 27)  # Thanksgiving
SUMMER = date(2026, 7, 4)
PLAYERS = "raw/player_box_scores"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    home = tmp_path_factory.mktemp("status")
    book = FaultBook.load(home / "sandbox" / "faults.json")
    book.add(Fault(kind="missing", feed="nba_boxscore", game="0022500016"))
    book.add(Fault(kind="html", feed="nba_boxscore", date=BAD))
    book.add(Fault(kind="html", feed="nba_game_log", date=BAD))
    with platform(home, last_date="2026-07-10") as found:
        for day in (GOOD, FALLBACK, BAD, NO_GAMES, BROKEN):
            found.backfill(day, day)
        half = home / "warehouse" / "raw" / "schedule" / f"game_date={BROKEN}" / "part-0.parquet"
        half.write_bytes(b"no Parquet")
        found.run([PLAYERS], BROKEN)
        yield found


def cell(world: Platform, name: str, day: date) -> Cell:
    return world.status(day)[name, day]


def test_a_date_that_passed_is_published(world: Platform) -> None:
    for name in world.keys:
        state = "answered" if name.startswith("landing/") else "published"
        assert cell(world, name, GOOD) == Cell(name, GOOD, state)


def test_a_date_with_a_fallback_is_degraded_and_says_why(world: Platform) -> None:
    for name in (PLAYERS, "raw/team_box_scores", "analytics/team_offense_game_summary"):
        assert cell(world, name, FALLBACK).state == "degraded"
    assert "nba_game_log instead of nba_boxscore" in cell(world, PLAYERS, FALLBACK).reason
    assert cell(world, "raw/schedule", FALLBACK).state == "published"


def test_a_request_without_an_answer_is_incomplete_and_named(world: Platform) -> None:
    found = cell(world, "landing/nba_boxscore", BAD)
    assert found.state == "incomplete"
    assert "boxscore_0022500031.json" in found.reason


def test_a_held_date_is_blocked_by_name(world: Platform) -> None:
    found = cell(world, PLAYERS, BAD)
    assert found.state == "blocked"
    assert "scheduled_games_are_covered: " in found.reason
    assert "covered 0.0 %" in found.reason
    assert "last good data" not in found.reason


def test_what_lies_below_a_held_date_is_missing(world: Platform) -> None:
    assert cell(world, "analytics/player_game_summary", BAD).state == "missing"


def test_a_date_that_never_ran_is_missing(world: Platform) -> None:
    assert {found.state for found in world.status(NEVER).values()} == {"missing"}
    assert len(world.status(NEVER)) == len(world.keys)


def test_a_date_without_games_is_empty(world: Platform) -> None:
    for name in world.keys:
        state = "answered" if name == "landing/nba_schedule" else "empty"
        assert cell(world, name, NO_GAMES).state == state, name
    assert cell(world, "landing/nba_boxscore", NO_GAMES).reason == "no games"


def test_a_run_that_broke_before_its_gates_is_failed(world: Platform) -> None:
    found = cell(world, PLAYERS, BROKEN)
    assert found.state == "failed"
    assert found.reason.endswith("the last good data stays")


def test_a_held_date_whose_next_attempt_broke_before_its_gates_is_failed(
    world: Platform,
) -> None:
    assert cell(world, PLAYERS, BAD).state == "blocked"
    schedule = world.warehouse.path(TABLES["raw.schedule"], BAD)
    good = schedule.read_bytes()
    schedule.write_bytes(b"no Parquet")
    assert not world.run([PLAYERS], BAD - timedelta(days=1), BAD).success
    schedule.write_bytes(good)
    assert cell(world, PLAYERS, BAD).state == "failed"
    assert not world.run([PLAYERS], BAD).success
    assert cell(world, PLAYERS, BAD).state == "blocked"
    # A run that lost its process before it planned its checks.
    lost = create_run_for_test(world.instance, status=dg.DagsterRunStatus.FAILURE)
    planned = AssetMaterializationPlannedData(dg.AssetKey(PLAYERS.split("/")), partition=str(BAD))
    event = DagsterEvent.build_asset_materialization_planned_event("raw", "raw", planned)
    world.instance.report_dagster_event(event, lost.run_id)
    assert cell(world, PLAYERS, BAD).state == "failed"


def held_against_the_files(world: Platform, name: str, day: date) -> Cell:
    key = dg.AssetKey(name.split("/"))
    (found,) = status(world.instance, world.graph, [key], [day], world.warehouse, TABLES)
    return found


@pytest.mark.parametrize("body", [None, b"no Parquet"], ids=["gone", "damaged"])
def test_a_published_date_whose_file_is_gone_is_missing(
    world: Platform, body: bytes | None
) -> None:
    table = world.warehouse.path(TABLES["raw.schedule"], GOOD)
    good = table.read_bytes()
    table.unlink()
    if body:
        table.write_bytes(body)
    found = held_against_the_files(world, "raw/schedule", GOOD)
    table.write_bytes(good)
    assert (found.state, found.reason) == ("missing", "recorded as published, but its file is gone")
    assert held_against_the_files(world, "raw/schedule", GOOD).state == "published"


def test_a_run_is_running_until_its_process_is_gone(world: Platform) -> None:
    day, key = date(2025, 11, 3), dg.AssetKey(["raw", "schedule"])
    run = create_run_for_test(world.instance, status=dg.DagsterRunStatus.STARTED)
    planned = AssetMaterializationPlannedData(key, partition=str(day))
    event = DagsterEvent.build_asset_materialization_planned_event("raw", "raw", planned)
    world.instance.report_dagster_event(event, run.run_id)
    assert status(world.instance, world.graph, [key], [day]) == [
        Cell("raw/schedule", day, "running")
    ]
    assert status(world.instance, world.graph, [key], [day], gone={run.run_id}) == [
        Cell("raw/schedule", day, "failed", "its process is gone")
    ]


def test_a_date_between_seasons_has_no_cell_until_it_is_run(world: Platform) -> None:
    assert world.status(SUMMER) == {}
    assert world.run(world.keys, SUMMER).success
    assert {found.state for found in world.status(SUMMER).values()} == {"empty"}


def test_every_word_has_a_meaning_and_gaps_are_words(world: Platform) -> None:
    days = (GOOD, FALLBACK, BAD, NEVER, BROKEN, NO_GAMES)
    words = {found.state for day in days for found in world.status(day).values()}
    assert words <= set(MEANINGS)
    assert set(MEANINGS) > GAPS == {"missing", "blocked", "failed"}


def test_a_held_date_that_is_mended_is_published(world: Platform) -> None:
    FaultBook.load(world.settings.home / "sandbox" / "faults.json").clear()
    world.backfill(BAD, BAD)
    for name in world.keys:
        assert cell(world, name, BAD).state in ("published", "answered")


def test_a_date_that_is_held_later_keeps_its_last_good_data(world: Platform) -> None:
    home = world.settings.home
    schedule = home / "warehouse" / "raw" / "schedule" / f"game_date={GOOD}" / "part-0.parquet"
    good = schedule.read_bytes()
    schedule.unlink()
    before = world.read("raw.player_box_scores", GOOD)
    assert not world.run([PLAYERS], GOOD).success
    schedule.write_bytes(good)
    found = cell(world, PLAYERS, GOOD)
    assert found.state == "blocked"
    assert "raw.schedule is not published" in found.reason
    assert found.reason.endswith("the last good data stays")
    assert len(before) == len(world.read("raw.player_box_scores", GOOD)) > 0
