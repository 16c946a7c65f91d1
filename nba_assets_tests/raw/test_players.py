"""Who plays for whom: what counts as evidence, from when, and that a day run knows what a range run knows."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant
from nba_assets.raw.players import ENTITY, PLAYERS, nobody, spellings, strangers
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_LINEUPS, NBA_PLAYERS, NBA_ROSTERS
from nba_assets.warehouse.table import UNDATED
from nba_assets_tests.platform import SHARED, platform
from nba_assets_tests.raw.entities import Home, home_in, sandbox_home
from nba_assets_tests.raw.payloads import (
    bench,
    box,
    box_team,
    desk_in,
    five_men,
    land,
    land_box,
    land_log,
    land_schedule,
    log_line,
    scheduled_game,
)
from nba_assets_tests.raw.people_payloads import (
    SLATE,
    about,
    five,
    indexed,
    lined,
    lineup_game,
    member,
    player_index,
    spelled,
    team_roster,
)
from nba_assets_tests.raw.rows import DAY, Row, frame

LOCK = SLATE + timedelta(hours=9)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path)
    land_schedule(desk, scheduled_game())
    return desk


def found(desk: Desk) -> dict[tuple[str, str, str], Row]:
    """The spellings by id, team and name; they fit their contract."""
    rows, _ = spellings(desk)
    PLAYERS.rows(rows)
    return {(row["player_id"], row["team"], row["player_name"]): row for row in rows}


def seen(row: Row) -> tuple[date, date, str]:
    return row["first_seen"], row["last_seen"], row["source"]


def test_a_box_lists_who_played_and_who_did_not(desk: Desk) -> None:
    men = [*five_men(101, (30, 25, 20, 15, 10)), bench(150, status="INACTIVE", name="Hurt Man")]
    path = land_box(desk, box(home_team=box_team("NYK", men)))
    rows = found(desk)
    assert len(rows) == 11
    assert rows["150", "NYK", "Hurt Man"] == {
        "player_id": "150",
        "nba_player_id": "150",
        "player_name": "Hurt Man",
        "player_lookup": "hurtman",
        "season_year": 2025,
        "team": "NYK",
        "first_seen": DAY,
        "last_seen": DAY,
        "source": "nba_boxscore",
        "source_score": 90,
        "quality_score": 90,
        "quality_tier": "silver",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": False,
        "observed_at": results_instant(DAY) - timedelta(hours=1),
        "landing_path": path,
    }


def test_a_line_up_lists_the_inactive_and_its_newest_capture_counts(desk: Desk) -> None:
    expected = {"games": [lineup_game(five(101, "Expected"), [])]}
    confirmed = {"games": [lineup_game([*five(102), lined(150, roster="Inactive")], [])]}
    land(desk, NBA_LINEUPS, about(), expected, LOCK)
    land(desk, NBA_LINEUPS, about(), confirmed, LOCK + timedelta(minutes=10))
    assert {key[0] for key in found(desk)} == {"102", "103", "104", "105", "106", "150"}


def test_a_log_lists_who_played(desk: Desk) -> None:
    land_log(desk, [log_line(101, PLAYER_NAME="Nic Claxton")])
    assert seen(found(desk)["101", "NYK", "Nic Claxton"]) == (DAY, DAY, "nba_game_log")


def test_a_list_without_a_date_counts_from_its_capture(desk: Desk) -> None:
    land(desk, NBA_PLAYERS, about(), player_index(indexed(7, "Jimmy", "Butler III")), SLATE)
    land(desk, NBA_ROSTERS, about(team="NYK"), team_roster(member(8, "Old Man")), SLATE)
    later = SLATE + timedelta(days=2)
    land(desk, NBA_ROSTERS, about(team="NYK"), team_roster(member(9, "New Man")), later)
    rows = found(desk)
    assert seen(rows["7", "NYK", "Jimmy Butler III"]) == (DAY, DAY, "nba_players")
    assert seen(rows["8", "NYK", "Old Man"]) == (DAY, DAY, "nba_rosters")
    assert rows["9", "NYK", "New Man"]["first_seen"] == DAY + timedelta(days=2)


def test_who_is_on_no_team_is_no_candidate_of_any(desk: Desk) -> None:
    land(desk, NBA_PLAYERS, about(), player_index(indexed(7, "Free", "Agent", "")), SLATE)
    assert found(desk) == {}


def test_first_and_last_date_are_those_of_all_evidence(desk: Desk) -> None:
    later = DAY + timedelta(days=2)
    second = "0022500002"
    land_schedule(desk, scheduled_game(), scheduled_game(second, day=later), day=later)
    land_log(desk, [log_line(101, PLAYER_NAME="A B")])
    land_log(desk, [log_line(101, PLAYER_NAME="A B", nba_game_id=second, day=later)], later)
    land(desk, NBA_PLAYERS, about(later), player_index(indexed(101, "A", "B")), SLATE)
    row = found(desk)["101", "NYK", "A B"]
    # The log and the list are both of the first date: the list is trusted more.
    assert seen(row) == (DAY, later, "nba_players")
    assert (row["source_score"], row["quality_tier"]) == (100, "gold")


def test_two_spellings_of_one_id_are_two_rows(desk: Desk) -> None:
    land_log(desk, [log_line(101, PLAYER_NAME="Carlton Carrington")])
    roster = team_roster(member(101, "Bub Carrington"))
    land(desk, NBA_ROSTERS, about(team="NYK"), roster, SLATE)
    assert {(key[0], key[2]) for key in found(desk)} == {
        ("101", "Carlton Carrington"),
        ("101", "Bub Carrington"),
    }


def test_all_star_sides_are_nobodys_teams(desk: Desk) -> None:
    stars = lineup_game(five(101), [], "0032500001")
    land(desk, NBA_LINEUPS, about(), {"games": [stars]}, LOCK)
    assert found(desk) == {}


def test_a_body_that_is_refused_is_no_evidence_and_is_named(desk: Desk) -> None:
    path = land_box(desk, box(gameStatus=2))
    rows, facts = spellings(desk)
    assert rows == []
    assert path in str(facts["passed_over"])


def test_nothing_of_after_the_window_counts(tmp_path: Path) -> None:
    desk = desk_in(tmp_path, last_date=DAY - timedelta(days=1))
    land_log(desk, [log_line(101)])
    assert found(desk) == {}


def test_a_nameless_spelling_is_named() -> None:
    rows = [spelled("A B", "7", "NYK"), spelled(" ", "8", "NYK"), spelled("C D", "0", "NYK")]
    assert nobody(frame(PLAYERS, rows))["player_id"].tolist() == ["8", "0"]


def test_an_unknown_team_is_named() -> None:
    rows = [spelled("A B", "7", "NYK"), spelled("C D", "8", "XYZ")]
    assert strangers(frame(PLAYERS, rows))["reason"].tolist() == ["unknown team 'XYZ' of C D (8)"]


def test_a_player_of_an_unknown_team_is_quarantined_and_the_rest_published(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    lines = [log_line(101, team="NYK"), log_line(102, team="XYZ")]
    land_log(home.desk, lines)
    home.make(ENTITY)
    assert home.read(PLAYERS)["player_id"].tolist() == ["101"]
    held = home.quarantined(PLAYERS, UNDATED)["every_team_is_known"]
    assert held["player_id"].tolist() == ["102"]


FEEDS: tuple[Feed, ...] = (
    NBA_SCHEDULE, NBA_PLAYERS, NBA_ROSTERS, NBA_LINEUPS, NBA_BOXSCORE, NBA_GAME_LOG,
)  # fmt: skip


def test_dates_that_land_one_by_one_end_in_the_table_of_the_range(tmp_path: Path) -> None:
    days = [DAY, DAY + timedelta(days=1)]
    (tmp_path / "range").mkdir()
    (tmp_path / "daily").mkdir()
    ranged = sandbox_home(tmp_path / "range", FEEDS, *days)
    ranged.make(ENTITY)
    daily = sandbox_home(tmp_path / "daily", FEEDS, days[0])
    daily.make(ENTITY)
    first = daily.read(PLAYERS)
    daily = _with(daily, days[1])
    daily.make(ENTITY)
    assert daily.bytes_of(PLAYERS) == ranged.bytes_of(PLAYERS)
    both = first.merge(daily.read(PLAYERS), on=list(PLAYERS.key), suffixes=("_then", "_now"))
    assert len(both) == len(first) > 400
    assert (both["first_seen_then"] == both["first_seen_now"]).all()


def _with(home: Home, day: date) -> Home:
    for feed in FEEDS:
        assert not home.desk.ask(feed, day).failed
    return home


def test_one_run_makes_it_beside_tables_of_dates_and_records_no_date(tmp_path: Path) -> None:
    feeds = ("landing/nba_schedule", "landing/nba_players")
    with platform(tmp_path) as home:
        assert home.run([*feeds, "raw/schedule", "raw/players"], DAY).success
        assert len(home.read("raw.players", DAY)) > 400
        key = dg.AssetKey(["raw", "players"])
        event = home.instance.get_latest_materialization_event(key)
        assert event
        assert event.asset_materialization
        assert event.asset_materialization.partition is None


@pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded bodies are not at ../shared/replay"
)
def test_recorded_weeks_list_everybody_of_their_logs_and_line_ups(tmp_path: Path) -> None:
    first, last = date(2024, 1, 8), date(2024, 1, 14)
    desk = desk_in(tmp_path, landing_url=SHARED / "replay", first_date=first, last_date=last)
    rows, facts = spellings(desk)
    assert "passed_over" not in facts
    assert {row["season_year"] for row in rows} == {2023}
    assert {row["team"] for row in rows} >= {"BOS", "NYK", "LAL"}
    assert len({row["player_id"] for row in rows}) > 450
    assert {row["player_name"] for row in rows if row["player_id"] == "201950"} == {"Jrue Holiday"}
    assert all(first <= row["first_seen"] <= row["last_seen"] <= last for row in rows)
