"""Exact values of the three queries on literal rows, by a real DuckDB."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.raw.tables import COUNT_NAMES
from nba_assets_tests.analytics.world import World, in_lineup, official
from nba_assets_tests.raw.rows import DAY, Row, dnp, player, team

# possessions: 88 + 0.44 · 25 + 13 - 10 = 102; 90 + 0.44 · 20 + 12 - 11 = 99.8
HOME: Row = {
    "points": 110, "fgm": 40, "fga": 88, "fg3m": 12, "fg3a": 30, "ftm": 18, "fta": 25,
    "oreb": 10, "dreb": 34, "ast": 25, "stl": 7, "blk": 5,
}  # fmt: skip
AWAY: Row = {
    "points": 104, "fgm": 38, "fga": 90, "fg3m": 10, "fg3a": 33, "ftm": 18, "fta": 20,
    "oreb": 11, "dreb": 31, "ast": 22, "stl": 6, "blk": 4,
}  # fmt: skip
# plays: 20 + 0.44 · 5 + 3 = 25.2 in 40 minutes
STAR: Row = {"points": 30, "fgm": 11, "fga": 20, "fg3m": 4, "fg3a": 9, "ftm": 4, "fta": 5, "tov": 3}
STAR_SECONDS = 40 * 60


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def game(overtimes: int = 0, **changes: Any) -> tuple[list[Row], list[Row]]:
    """A star, a bench-warmer and a visitor; team rows that count everybody."""
    common = {"overtime_periods": overtimes, **changes}
    players = [
        player("1", seconds_played=STAR_SECONDS, **STAR, **common),
        dnp("2", **common),
        dnp("3", player_status="inactive", **common),
        player("4", "BOS", "NYK", is_home=False, is_starter=False, **common),
    ]
    teams = [
        team(**HOME, player_tov=13, team_tov=1, pf=20, **common),
        team("BOS", "NYK", is_home=False, **AWAY, player_tov=12, pf=19, **common),
    ]
    return players, teams


def one(frame: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    (row,) = frame.to_dict("records")
    return pd.Series(row)


@pytest.mark.parametrize(
    ("overtimes", "usage"), [(0, 27.0), (1, 29.8125), (2, 32.625)], ids=["240", "265", "290"]
)
def test_usage_counts_the_minutes_of_the_overtimes(
    world: World, overtimes: int, usage: float
) -> None:
    world.plant(*game(overtimes))
    star = one(world.read(PLAYER_GAME_SUMMARY), player_id="1")
    assert star["usage_rate"] == pytest.approx(usage, rel=1e-12)


def test_shooting_rates_of_a_player_are_exact(world: World) -> None:
    world.plant(*game())
    star = one(world.read(PLAYER_GAME_SUMMARY), player_id="1")
    assert star["efg_pct"] == pytest.approx((11 + 0.5 * 4) / 20, rel=1e-12)
    assert star["ts_pct"] == pytest.approx(30 / (2 * (20 + 0.44 * 5)), rel=1e-12)


@pytest.mark.parametrize("player_id", ["2", "3"])
def test_who_did_not_play_is_a_row_without_rates(world: World, player_id: str) -> None:
    world.plant(*game())
    row = one(world.read(PLAYER_GAME_SUMMARY), player_id=player_id)
    assert (row["played"], row["seconds_played"], row["points"]) == (False, 0, 0)
    assert pd.isna(row["efg_pct"])
    assert pd.isna(row["ts_pct"])
    assert pd.isna(row["usage_rate"])


def test_who_played_no_second_has_shooting_and_no_usage(world: World) -> None:
    players, teams = game()
    players[0] |= {"seconds_played": 0, "minutes": 0.0}
    world.plant(players, teams)
    row = one(world.read(PLAYER_GAME_SUMMARY), player_id="1")
    assert row["played"]
    assert pd.isna(row["usage_rate"])
    assert row["efg_pct"] == pytest.approx(0.65)


def test_who_only_shot_free_throws_has_true_shooting_alone(world: World) -> None:
    players, teams = game()
    players[0] |= {"fga": 0, "fgm": 0, "fg3m": 0, "fg3a": 0, "points": 4}
    world.plant(players, teams)
    row = one(world.read(PLAYER_GAME_SUMMARY), player_id="1")
    assert pd.isna(row["efg_pct"])
    assert row["ts_pct"] == pytest.approx(4 / (2 * 0.44 * 5), rel=1e-12)


def test_everybody_who_was_listed_is_in_the_summary_with_his_box(world: World) -> None:
    players, teams = game()
    world.plant(players, teams)
    found = world.read(PLAYER_GAME_SUMMARY)
    assert found["player_id"].tolist() == ["1", "2", "3", "4"]
    star = one(found, player_id="1")
    for name in (*COUNT_NAMES, "tov", "pf", "seconds_played", "player_status", "is_starter"):
        assert star[name] == players[0][name], name
    assert one(found, player_id="2")["dnp_reason"] == "DNP_COACH"


def test_a_player_has_won_with_his_team(world: World) -> None:
    world.plant(*game())
    found = world.read(PLAYER_GAME_SUMMARY)
    assert one(found, player_id="1")["is_win"]
    assert not one(found, player_id="4")["is_win"]


def test_possessions_count_the_players_turnovers_only(world: World) -> None:
    players, teams = game()
    teams[0]["team_tov"] = 9
    world.plant(players, teams)
    found = world.read(TEAM_OFFENSE_GAME_SUMMARY)
    assert one(found, team="NYK")["possessions"] == pytest.approx(102.0, rel=1e-12)
    assert one(found, team="BOS")["possessions"] == pytest.approx(99.8, rel=1e-12)
    assert one(found, team="NYK")["team_tov"] == 9
    assert pd.isna(one(found, team="BOS")["team_tov"])


@pytest.mark.parametrize(
    ("overtimes", "pace"),
    [(0, 100.9), (1, 48 * 201.8 / (2 * 53)), (2, 48 * 201.8 / (2 * 58))],
    ids=["48", "53", "58"],
)
def test_pace_is_one_number_for_both_sides_per_48_minutes(
    world: World, overtimes: int, pace: float
) -> None:
    world.plant(*game(overtimes))
    offense, defense = world.read(TEAM_OFFENSE_GAME_SUMMARY), world.read(TEAM_DEFENSE_GAME_SUMMARY)
    assert offense["pace"].tolist() == pytest.approx([pace, pace], rel=1e-12)
    assert len(set(offense["pace"]) | set(defense["pace"])) == 1


def test_ratings_margins_and_wins_are_exact(world: World) -> None:
    world.plant(*game())
    offense = world.read(TEAM_OFFENSE_GAME_SUMMARY)
    home, away = one(offense, team="NYK"), one(offense, team="BOS")
    assert home["offensive_rating"] == pytest.approx(100 * 110 / 102, rel=1e-12)
    assert away["offensive_rating"] == pytest.approx(100 * 104 / 99.8, rel=1e-12)
    assert home["efg_pct"] == pytest.approx((40 + 6) / 88, rel=1e-12)
    assert home["ts_pct"] == pytest.approx(110 / (2 * (88 + 11)), rel=1e-12)
    assert (home["margin"], home["is_win"], home["opponent_points"]) == (6, True, 104)
    assert (away["margin"], away["is_win"], away["opponent_points"]) == (-6, False, 110)
    assert (home["inactive_players"], home["starters"]) == (1, 1)
    assert pd.isna(away["inactive_players"])  # everybody listed had played: inactives are unknown


def test_a_defense_is_its_opponents_offense_and_its_own_stops(world: World) -> None:
    world.plant(*game())
    offense = one(world.read(TEAM_OFFENSE_GAME_SUMMARY), team="NYK")
    row = one(world.read(TEAM_DEFENSE_GAME_SUMMARY), team="BOS")
    assert row["points_allowed"] == 110
    assert (row["fgm_allowed"], row["fga_allowed"]) == (40, 88)
    assert (row["fg3m_allowed"], row["fg3a_allowed"]) == (12, 30)
    assert (row["ftm_allowed"], row["fta_allowed"], row["oreb_allowed"]) == (18, 25, 10)
    assert row["turnovers_forced"] == 13
    assert (row["stl"], row["blk"], row["dreb"]) == (6, 4, 31)
    assert row["opponent_possessions"] == offense["possessions"]
    assert row["defensive_rating"] == offense["offensive_rating"]
    assert row["opponent_ts_pct"] == offense["ts_pct"]
    assert row["opponent_efg_pct"] == offense["efg_pct"]
    assert (row["opponent"], row["is_home"], row["is_win"], row["margin"]) == ("NYK", False, False, -6)  # fmt: skip


def test_where_no_team_row_was_published_the_players_are_the_team(world: World) -> None:
    players, teams = game()
    players[1] |= {"points": 5, "fga": 3, "fta": 2, "tov": 1, "oreb": 4}
    world.plant(players, teams[1:])
    found = world.read(TEAM_OFFENSE_GAME_SUMMARY)
    home, away = one(found, team="NYK"), one(found, team="BOS")
    assert (home["points"], home["fga"], home["fta"]) == (35, 23, 7)
    assert (home["player_tov"], home["oreb"]) == (4, 4)
    assert pd.isna(home["team_tov"])
    assert home["possessions"] == pytest.approx(23 + 0.44 * 7 + 4 - 4, rel=1e-12)
    assert (home["source_score"], home["quality_tier"], home["is_degraded"]) == (85, "silver", True)
    assert (away["points"], away["possessions"]) == (104, pytest.approx(99.8, rel=1e-12))
    assert away["source_score"] == 85


def test_a_row_is_trusted_as_little_as_the_least_of_its_inputs(world: World) -> None:
    players, teams = game()
    for row in players:
        row |= {"source": "nba_game_log", "source_score": 95}
    for row in teams:
        row |= {"source": "nba_game_log", "source_score": 85, "is_degraded": True}
        row |= {"degraded_reasons": ["nba_game_log instead of nba_boxscore: 404"]}
    world.plant(players, teams)
    offense = one(world.read(TEAM_OFFENSE_GAME_SUMMARY), team="NYK")
    assert (offense["source_score"], offense["quality_tier"]) == (85, "silver")
    assert offense["degraded_reasons"].tolist() == ["nba_game_log instead of nba_boxscore: 404"]
    summary = one(world.read(PLAYER_GAME_SUMMARY), player_id="1")
    assert (summary["source_score"], summary["quality_score"]) == (85, 85)
    assert (summary["quality_tier"], summary["source"]) == ("silver", "nba_game_log")


def test_clean_rows_are_gold_and_not_degraded(world: World) -> None:
    world.plant(*game())
    for table in (PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY, TEAM_DEFENSE_GAME_SUMMARY):
        found = world.read(table)
        assert set(found["quality_tier"]) == {"gold"}
        assert not found["is_degraded"].any()
        assert all(len(reasons) == 0 for reasons in found["degraded_reasons"])


ANNOUNCED = datetime(2025, 11, 5, 23, 30, tzinfo=UTC)


def test_a_starter_has_the_label_of_the_newest_confirmed_lineup(world: World) -> None:
    players, teams = game()
    lineups = [
        in_lineup("1", ANNOUNCED - timedelta(hours=1), position="PG"),
        in_lineup("1", ANNOUNCED, position="SG"),
        in_lineup("1", ANNOUNCED + timedelta(hours=1), lineup_status="expected", position="SF"),
        in_lineup("2", ANNOUNCED - timedelta(hours=1), position="PF"),
        in_lineup("2", ANNOUNCED, is_starter=False),
        in_lineup("4", ANNOUNCED, team="BOS", opponent="NYK", position="C", is_home=False),
    ]
    world.plant(players, teams, lineups=lineups)
    found = world.read(PLAYER_GAME_SUMMARY)
    assert found["player_id"].tolist() == ["1", "2", "3", "4"]
    assert found["position"].fillna("").tolist() == ["SG", "", "", "C"]


def test_captures_of_different_teams_each_label_their_own(world: World) -> None:
    players, teams = game()
    boston: Row = {"team": "BOS", "opponent": "NYK", "is_home": False}
    lineups = [
        in_lineup("1", ANNOUNCED, position="PG"),
        in_lineup("4", ANNOUNCED - timedelta(hours=1), position="PF", **boston),
        in_lineup("4", ANNOUNCED + timedelta(hours=1), position="C", **boston),
        # He changed sides between the captures: each names him, and he has one row.
        in_lineup("2", ANNOUNCED, position="SG"),
        in_lineup("2", ANNOUNCED + timedelta(hours=1), position="SF", **boston),
    ]
    world.plant(players, teams, lineups=lineups)
    found = world.read(PLAYER_GAME_SUMMARY)
    assert found["player_id"].tolist() == ["1", "2", "3", "4"]
    assert found["position"].fillna("").tolist() == ["PG", "SG", "", "C"]


def test_without_a_lineup_nobody_has_a_position(world: World) -> None:
    players, teams = game()
    world.plant(players, teams, lineups=[in_lineup("1", ANNOUNCED, lineup_status="expected")])
    assert world.read(PLAYER_GAME_SUMMARY)["position"].isna().all()


def test_a_crew_is_who_worked_in_alphabetical_order_for_both_sides(world: World) -> None:
    players, teams = game()
    officials = [
        official("Zach Zarba", 1),
        official("Scott Foster", 2),
        official("Tony Brothers", 3, worked=False),
        official("Marat Kogut", 4),
    ]
    world.plant(players, teams, officials=officials)
    crews = world.read(TEAM_OFFENSE_GAME_SUMMARY)["officials_crew"].tolist()
    assert crews == ["Marat Kogut, Scott Foster, Zach Zarba"] * 2


@pytest.mark.parametrize("worked", [False, None])
def test_a_game_whose_box_names_no_officials_has_no_crew(world: World, worked: bool | None) -> None:
    players, teams = game()
    world.plant(players, teams, officials=[official("Zach Zarba", 1, worked=worked)])
    assert world.read(TEAM_OFFENSE_GAME_SUMMARY)["officials_crew"].isna().all()


def test_a_team_that_never_had_the_ball_has_null_rates(world: World) -> None:
    players = [player("1"), player("4", "BOS", "NYK", is_home=False)]
    world.plant(players, [])
    found = world.read(TEAM_OFFENSE_GAME_SUMMARY)
    assert found["possessions"].tolist() == [0.0, 0.0]
    assert found[["offensive_rating", "efg_pct", "ts_pct"]].isna().all(axis=None)
    assert world.read(PLAYER_GAME_SUMMARY)["usage_rate"].isna().all()


def test_a_game_without_its_opponent_makes_no_team_row(world: World) -> None:
    players, teams = game()
    world.plant(players[:3], teams[:1])
    assert world.read(TEAM_OFFENSE_GAME_SUMMARY).empty
    assert world.read(TEAM_DEFENSE_GAME_SUMMARY).empty


def test_a_date_without_games_answers_with_no_rows(world: World) -> None:
    world.plant([], [])
    for table in (PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY, TEAM_DEFENSE_GAME_SUMMARY):
        assert world.read(table).empty


def test_a_range_answers_as_its_days_do(world: World) -> None:
    days = (DAY, DAY + timedelta(days=1))
    rows = [row for day in days for row in game(game_date=day, game_id=f"{day:%Y%m%d}_BOS_NYK")[0]]
    teams = [row for day in days for row in game(game_date=day, game_id=f"{day:%Y%m%d}_BOS_NYK")[1]]
    rows[0] |= {"fga": 31, "tov": 9}
    world.plant(rows, teams, days)
    for table in (PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY, TEAM_DEFENSE_GAME_SUMMARY):
        ranged = world.read(table, days)
        daily = pd.concat([world.read(table, [day]) for day in days], ignore_index=True)
        assert len(ranged) == len(rows if table is PLAYER_GAME_SUMMARY else teams)
        pd.testing.assert_frame_equal(ranged, daily, check_exact=True)


LINES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 15), st.integers(0, 8), st.integers(1, 2880)),
    min_size=5,
    max_size=13,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES, overtimes=st.integers(0, 3))
def test_usage_adds_up_to_five_players(
    world: World, lines: list[tuple[int, int, int, int]], overtimes: int
) -> None:
    rows = [
        player(
            str(n), fga=1 + fga, fta=fta, tov=tov, seconds_played=seconds, overtime_periods=overtimes
        )
        for n, (fga, fta, tov, seconds) in enumerate(lines)
    ]  # fmt: skip
    visitor = player("99", "BOS", "NYK", is_home=False, overtime_periods=overtimes)
    world.plant([*rows, visitor], [])
    found = world.read(PLAYER_GAME_SUMMARY)
    own = found[found["team"] == "NYK"]
    carried = (own["usage_rate"] * own["seconds_played"] / 60).sum()
    assert carried == pytest.approx(100 * (240 + 25 * overtimes) / 5, rel=1e-9)
