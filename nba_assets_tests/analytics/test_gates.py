from pathlib import Path

import pandas as pd
import pytest

from nba_assets.analytics.gates import (
    games_without_one_pace,
    sides_without_their_opponent,
    teams_whose_usage_does_not_add_up,
    unaccounted_players,
)
from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.raw.tables import PLAYER_BOX_SCORES
from nba_assets_tests.analytics.world import World
from nba_assets_tests.raw.rows import DAY, dnp, frame, whole_game

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
    assert sides_without_their_opponent(frame(TEAM_DEFENSE_GAME_SUMMARY, []), no_offense).empty


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
