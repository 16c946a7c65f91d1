from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.gates import (
    allowed_zones_that_are_not_the_box,
    games_without_one_pace,
    lines_outside_their_books,
    moves_without_an_opening,
    prices_that_pay_nothing,
    sides_without_their_opponent,
    teams_whose_usage_does_not_add_up,
    unaccounted_players,
    zones_that_are_not_the_box,
)
from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS
from nba_assets.raw.tables import PLAYER_BOX_SCORES
from nba_assets_tests.analytics.world import World, lines_of, prop_line, shots
from nba_assets_tests.raw.rows import DAY, dnp, frame, whole_game

LINE_GATES = (
    lines_outside_their_books,
    prices_that_pay_nothing,
    moves_without_an_opening,
)
GAME, OTHER = "20251105_BOS_NYK", "20251105_LAL_GSW"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two whole games, one with an overtime; everybody shoots, one man sits."""
    return _two_games(tmp_path_factory.mktemp("analytics"))


def _two_games(home: Path) -> World:
    found = World(home)
    first = whole_game("BOS", "NYK")
    second = whole_game("LAL", "GSW", overtime_periods=1, seconds_played=53 * 60)
    for rows in (*first, *second):
        for row in rows:
            share = 1 if "player_id" in row else 5
            row |= {"fga": 18 * share, "fta": 4 * share, "tov": 2 * share}
            if "player_id" not in row:
                row |= {"player_tov": row.pop("tov")}
    found.plant([*first[0], *second[0], dnp("NYK9")], [*first[1], *second[1]])
    return found


@pytest.fixture
def zoned(tmp_path: Path) -> World:
    """A game whose shots a play-by-play tells of: a star, and a visitor who misses once."""
    told = [
        *shots("NYK1", "paint", 3, 2, first=1),
        *shots("NYK1", "mid", 1, 1, first=10),
        *shots("NYK1", "three", 2, 2, first=20),
        *shots("BOS1", "mid", 0, 1, first=30, team="BOS", opponent="NYK"),
    ]
    for shot in told:
        shot |= {"is_assisted": shot["made"], "is_blocked": False, "fouled": False}
    players, teams = whole_game("BOS", "NYK")
    for row in (*players, *teams):
        if row.get("player_id") in ("NYK1", None) and row["team"] == "NYK":
            row |= {"fga": 11, "fgm": 6, "fg3a": 4, "fg3m": 2}
        if row.get("player_id") in ("BOS1", None) and row["team"] == "BOS":
            row |= {"fga": 1}
    found = World(tmp_path)
    found.plant(players, teams, shots=told)
    return found


@pytest.fixture
def lines(tmp_path: Path) -> pd.DataFrame:
    """The lines of two players, one with an opening, at the lock."""
    found = World(tmp_path)
    at = datetime(2025, 11, 5, 20, tzinfo=UTC)
    lines_of(
        found,
        [
            prop_line("fanduel", 19.5, at - timedelta(hours=1)),
            prop_line("fanduel", 20.5, at),
            prop_line("betmgm", 21.5, at),
            prop_line("betmgm", 8.5, at, player_id="2"),
        ],
    )
    return found.read(PLAYER_LINE_CONSENSUS)


@pytest.fixture
def summary(world: World) -> pd.DataFrame:
    return world.read(PLAYER_GAME_SUMMARY)


@pytest.fixture
def offense(world: World) -> pd.DataFrame:
    return world.read(TEAM_OFFENSE_GAME_SUMMARY)


@pytest.fixture
def defense(world: World) -> pd.DataFrame:
    return world.read(TEAM_DEFENSE_GAME_SUMMARY)


@pytest.fixture
def players(world: World) -> pd.DataFrame:
    rows = world.read(PLAYER_GAME_SUMMARY)
    return rows[[c for c in PLAYER_BOX_SCORES.column_names if c in rows]]


def named(offenders: pd.DataFrame) -> list[tuple[str, str]]:
    return sorted(zip(offenders["game_id"], offenders["team"], strict=True))


def where(rows: pd.DataFrame, game: str, team: str) -> pd.Series:
    return (rows["game_id"] == game) & (rows["team"] == team)


def test_rows_that_the_queries_make_offend_nobody(
    summary: pd.DataFrame, offense: pd.DataFrame, defense: pd.DataFrame, players: pd.DataFrame
) -> None:
    assert unaccounted_players(summary, players).empty
    assert teams_whose_usage_does_not_add_up(summary, offense).empty
    assert games_without_one_pace(offense).empty
    assert sides_without_their_opponent(defense, offense).empty


def test_gates_have_nothing_to_say_of_a_date_without_games() -> None:
    no_summary, no_offense = frame(PLAYER_GAME_SUMMARY, []), frame(TEAM_OFFENSE_GAME_SUMMARY, [])
    assert unaccounted_players(no_summary, frame(PLAYER_BOX_SCORES, [])).empty
    assert teams_whose_usage_does_not_add_up(no_summary, no_offense).empty
    assert games_without_one_pace(no_offense).empty
    no_defense, no_lines = frame(TEAM_DEFENSE_GAME_SUMMARY, []), frame(PLAYER_LINE_CONSENSUS, [])
    assert sides_without_their_opponent(no_defense, no_offense).empty
    assert zones_that_are_not_the_box(no_summary).empty
    assert zones_that_are_not_the_box(no_offense).empty
    assert allowed_zones_that_are_not_the_box(no_defense).empty
    for gate in LINE_GATES:
        assert gate(no_lines).empty


def test_a_player_lost_in_a_join_is_named_and_blocks(
    summary: pd.DataFrame, players: pd.DataFrame
) -> None:
    found = unaccounted_players(summary[summary["player_id"] != "NYK9"], players)
    assert found["player_id"].tolist() == ["NYK9"]
    assert found["reason"].tolist() == ["row_reconciliation: NYK9 Player NYK9 is missing"]
    assert found["blocks"].tolist() == [True]


def test_a_player_out_of_nowhere_is_named_and_blocks(
    summary: pd.DataFrame, players: pd.DataFrame
) -> None:
    found = unaccounted_players(summary, players[players["player_id"] != "LAL2"])
    assert found["game_id"].tolist() == [OTHER]
    assert found["reason"].tolist() == ["row_reconciliation: LAL2  has no raw row"]
    assert found["blocks"].tolist() == [True]


def test_the_players_of_a_lost_side_block(summary: pd.DataFrame, players: pd.DataFrame) -> None:
    found = unaccounted_players(summary[~where(summary, OTHER, "LAL")], players)
    assert len(found) == 5
    assert found["blocks"].all()


@pytest.mark.parametrize(("games", "blocks"), [(5, False), (4, True), (10, False)])
def test_a_game_in_quarantine_blocks_where_it_leaves_less_than_four_fifths(
    games: int, blocks: bool
) -> None:
    players = pd.DataFrame(
        {
            "game_date": [DAY] * games,
            "game_id": [f"g{n}" for n in range(games)],
            "player_id": ["1"] * games,
            "player_name": ["One"] * games,
        }
    )
    found = unaccounted_players(players[1:], players)
    assert found["game_id"].tolist() == ["g0"]
    assert found["blocks"].tolist() == [blocks]


def test_a_summary_of_nobody_blocks(summary: pd.DataFrame, players: pd.DataFrame) -> None:
    found = unaccounted_players(summary[:0], players)
    assert len(found) == len(players)
    assert found["blocks"].all()


def test_a_team_whose_usage_is_counted_without_the_overtime_is_named(
    summary: pd.DataFrame, offense: pd.DataFrame
) -> None:
    off = where(summary, OTHER, "GSW")
    summary.loc[off, "usage_rate"] *= 240 / 265
    found = teams_whose_usage_does_not_add_up(summary, offense)
    assert named(found) == [(OTHER, "GSW")]
    assert found["reason"].item() == "GSW usage_sums: 4800.0 instead of 5300.0"


def test_usage_that_is_off_by_a_millionth_is_named(
    summary: pd.DataFrame, offense: pd.DataFrame
) -> None:
    summary.loc[where(summary, GAME, "NYK"), "usage_rate"] *= 1 + 1e-6
    assert named(teams_whose_usage_does_not_add_up(summary, offense)) == [(GAME, "NYK")]


def test_a_heave_that_nobody_is_charged_with_takes_its_share_of_the_usage(
    summary: pd.DataFrame, offense: pd.DataFrame
) -> None:
    own, plays = where(offense, GAME, "NYK"), 5 * (18 + 0.44 * 4 + 2)
    offense.loc[own, "fga"] += 1
    assert named(teams_whose_usage_does_not_add_up(summary, offense)) == [(GAME, "NYK")]
    summary.loc[where(summary, GAME, "NYK"), "usage_rate"] *= plays / (plays + 1)
    assert teams_whose_usage_does_not_add_up(summary, offense).empty


@pytest.mark.parametrize(
    ("column", "value"),
    [("pace", 90.0), ("margin", 4), ("is_win", False)],
)
def test_a_game_told_in_two_ways_is_named(offense: pd.DataFrame, column: str, value: float) -> None:
    offense.loc[where(offense, GAME, "NYK"), column] = value
    found = games_without_one_pace(offense)
    assert found["game_id"].tolist() == [GAME]
    assert found["reason"].item().startswith("one_pace: 2 sides, pace ")


def test_a_game_that_both_have_won_is_named(offense: pd.DataFrame) -> None:
    offense.loc[offense["game_id"] == OTHER, "is_win"] = True
    assert games_without_one_pace(offense)["game_id"].tolist() == [OTHER]


def test_a_side_alone_is_named(offense: pd.DataFrame) -> None:
    found = games_without_one_pace(offense[~where(offense, GAME, "BOS")])
    assert found["game_id"].tolist() == [GAME]
    assert "1 sides" in found["reason"].item()


@pytest.mark.parametrize("column", ["points_allowed", "defensive_rating"])
def test_a_defense_that_is_not_its_opponents_offense_is_named(
    defense: pd.DataFrame, offense: pd.DataFrame, column: str
) -> None:
    defense.loc[where(defense, GAME, "BOS"), column] += 1
    assert named(sides_without_their_opponent(defense, offense)) == [(GAME, "BOS")]


def test_a_defense_that_is_missing_is_named(defense: pd.DataFrame, offense: pd.DataFrame) -> None:
    found = sides_without_their_opponent(defense[~where(defense, OTHER, "GSW")], offense)
    assert named(found) == [(OTHER, "GSW")]


def test_a_defense_that_faces_nobody_is_named(defense: pd.DataFrame, offense: pd.DataFrame) -> None:
    found = sides_without_their_opponent(defense, offense[~where(offense, OTHER, "LAL")])
    assert named(found) == [(OTHER, "GSW")]


def test_zones_that_the_queries_make_offend_nobody(zoned: World, world: World) -> None:
    found = zoned.read(PLAYER_GAME_SUMMARY)
    assert found["paint_assisted_fgm"].sum() == 3
    assert zones_that_are_not_the_box(found).empty
    assert zones_that_are_not_the_box(zoned.read(TEAM_OFFENSE_GAME_SUMMARY)).empty
    assert allowed_zones_that_are_not_the_box(zoned.read(TEAM_DEFENSE_GAME_SUMMARY)).empty
    without = world.read(PLAYER_GAME_SUMMARY)
    assert without["paint_fga"].isna().all()
    assert zones_that_are_not_the_box(without).empty


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("paint_fga", 6, "paint_fga + mid_fga + three_fga = 12, fga = 11"),
        ("mid_fga", 1, "paint_fga + mid_fga + three_fga = 10, fga = 11"),
        ("paint_fgm", 4, "paint_fgm + mid_fgm + three_fgm = 7, fgm = 6"),
        ("three_fga", 5, "three_fga = 5, fg3a = 4"),
        ("three_fgm", 1, "three_fgm = 1, fg3m = 2"),
        ("paint_assisted_fgm", 2, "paint_assisted_fgm + paint_unassisted_fgm = 2, paint_fgm = 3"),
        ("mid_unassisted_fgm", 1, "mid_assisted_fgm + mid_unassisted_fgm = 2, mid_fgm = 1"),
        ("three_assisted_fgm", 0, "three_assisted_fgm + three_unassisted_fgm = 0, three_fgm = 2"),
        ("three_blocked_fga", 3, "three_blocked_fga + three_fgm = 5, three_fga = 4"),
        ("and_ones", 7, "and_ones = 7, fgm = 6"),
        ("paint_fga", None, "only some of the zones are told"),
    ],
)
def test_zones_that_are_not_the_box_score_are_named_with_both_numbers(
    zoned: World, column: str, value: int | None, reason: str
) -> None:
    players, teams = zoned.read(PLAYER_GAME_SUMMARY), zoned.read(TEAM_OFFENSE_GAME_SUMMARY)
    players.loc[players["player_id"] == "NYK1", column] = value
    found = zones_that_are_not_the_box(players)
    assert found["player_id"].tolist() == ["NYK1"]
    assert found["reason"].item().startswith("NYK1 zone_totals: ")
    assert reason in found["reason"].item()
    teams.loc[teams["team"] == "NYK", column] = value
    found = zones_that_are_not_the_box(teams)
    assert named(found) == [(GAME, "NYK")]
    assert reason in found["reason"].item()


def test_a_defense_that_allowed_more_than_was_taken_is_named(zoned: World) -> None:
    defense = zoned.read(TEAM_DEFENSE_GAME_SUMMARY)
    defense.loc[defense["team"] == "BOS", "mid_fga_allowed"] += 1
    found = allowed_zones_that_are_not_the_box(defense)
    assert named(found) == [(GAME, "BOS")]
    assert found["reason"].item() == (
        "BOS zone_totals: paint_fga + mid_fga + three_fga = 12, fga = 11; "
    )


def test_lines_that_the_query_makes_offend_nobody(lines: pd.DataFrame) -> None:
    assert lines["opening_line"].notna().tolist() == [True, False]
    for gate in LINE_GATES:
        assert gate(lines).empty


@pytest.mark.parametrize(
    ("gate", "changes", "reason"),
    [
        (lines_outside_their_books, {"points_line": 22.5}, "22.5 of 2 books from 20.5 to 21.5"),
        (lines_outside_their_books, {"points_line": 19.5}, "19.5 of 2 books from 20.5 to 21.5"),
        (lines_outside_their_books, {"points_line": None}, "nan of 2 books from 20.5 to 21.5"),
        (lines_outside_their_books, {"line_books": 1}, "20.5 of 1 books from 20.5 to 21.5"),
        (prices_that_pay_nothing, {"over_decimal": 1.0}, "pays 1.0 for more and 1.9 for less"),
        (prices_that_pay_nothing, {"under_decimal": -110.0}, "1.9 for more and -110.0 for less"),
        (moves_without_an_opening, {"opening_line": None}, "opening nan, line 20.5, move 1.0"),
        (moves_without_an_opening, {"line_move": None}, "opening 19.5, line 20.5, move nan"),
        (moves_without_an_opening, {"line_move": 0.5}, "opening 19.5, line 20.5, move 0.5"),
    ],
)
def test_a_line_that_cannot_be_is_named(
    lines: pd.DataFrame, gate: Any, changes: dict[str, Any], reason: str
) -> None:
    for column, value in changes.items():
        lines.loc[lines["player_id"] == "1", column] = value
    found = gate(lines)
    assert found["player_id"].tolist() == ["1"]
    assert found["reason"].item().startswith("1 at lock: ")
    assert reason in found["reason"].item()
