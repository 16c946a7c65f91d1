"""Gates of team contexts: red on planted faults, and green beside them."""

from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.team_gates import (
    impossible_team_contexts,
    slate_games_without_two_sides,
    unbalanced_rests,
)
from nba_assets.analytics.upcoming_tables import (
    LOCK,
    MORNING,
    UPCOMING_GAMES,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets_tests.analytics.pregame import NIGHT, nights_ago, whole
from nba_assets_tests.raw.rows import Row, frame

GAME, OTHER = "20240120_BOS_NYK", "20240120_LAL_MIA"
SIDES = ((GAME, "BOS"), (GAME, "NYK"), (OTHER, "LAL"), (OTHER, "MIA"))


def context(game_id: str, team: str, cutoff: str = LOCK, **changes: Any) -> Row:
    is_visitor = team in ("BOS", "LAL")
    spread = 4.5 if is_visitor else -4.5
    return whole(
        UPCOMING_TEAM_GAME_CONTEXT,
        {
            "game_date": NIGHT,
            "game_id": game_id,
            "team": team,
            "cutoff": cutoff,
            "days_rest": 1 if is_visitor else 2,
            "rest_advantage": -1 if is_visitor else 1,
            "game_spread": spread,
            "game_total": 221.5,
            **changes,
        },
    )


def contexts(changes: dict[tuple[str, str], Row] | None = None) -> pd.DataFrame:
    """Two games at both cut-offs, with changes at lock by game and team."""
    rows = [context(*side, MORNING) for side in SIDES]
    rows += [context(*side, **(changes or {}).get(side, {})) for side in SIDES]
    return frame(UPCOMING_TEAM_GAME_CONTEXT, rows)


def slate(*games: str, cutoffs: tuple[str, ...] = (MORNING, LOCK)) -> pd.DataFrame:
    return frame(
        UPCOMING_GAMES,
        [
            whole(
                UPCOMING_GAMES,
                {
                    "game_date": NIGHT,
                    "game_id": game,
                    "cutoff": cutoff,
                    "away_team": game[9:12],
                    "home_team": game[13:],
                },
            )
            for game in games
            for cutoff in cutoffs
        ],
    )


def test_a_whole_night_offends_no_gate() -> None:
    rows = contexts()
    assert slate_games_without_two_sides(rows, slate(GAME, OTHER)).empty
    assert unbalanced_rests(rows).empty
    assert impossible_team_contexts(rows).empty


def test_a_game_without_two_sides_is_named_and_holds_nothing_beside_a_whole_one() -> None:
    rows = contexts()
    rows = rows[~((rows["team"] == "BOS") & (rows["cutoff"] == LOCK))]
    found = slate_games_without_two_sides(rows, slate(GAME, OTHER))
    assert found["game_id"].tolist() == [GAME]
    assert found["reason"].tolist() == ["two_sides: lock has 1 of its teams"]
    assert not found["blocks"].any()


def test_a_cut_off_without_any_context_holds_the_date() -> None:
    rows = contexts()
    rows = rows[rows["cutoff"] == MORNING]
    found = slate_games_without_two_sides(rows, slate(GAME, OTHER))
    assert found[["game_id", "cutoff"]].to_numpy().tolist() == [[GAME, LOCK], [OTHER, LOCK]]
    assert found["blocks"].all()


def test_no_context_at_all_holds_the_date() -> None:
    empty = frame(UPCOMING_TEAM_GAME_CONTEXT, [])
    found = slate_games_without_two_sides(empty, slate(GAME))
    assert (found["game_date"] == NIGHT).all()
    assert found["blocks"].tolist() == [True, True]


def test_a_side_of_another_team_is_not_a_side() -> None:
    rows = contexts()
    rows["team"] = rows["team"].replace("BOS", "CHI")
    found = slate_games_without_two_sides(rows, slate(GAME, OTHER))
    assert found["game_id"].tolist() == [GAME, GAME]


def test_nothing_is_owed_where_there_is_no_game() -> None:
    empty = frame(UPCOMING_TEAM_GAME_CONTEXT, [])
    assert slate_games_without_two_sides(empty, slate()).empty
    assert unbalanced_rests(empty).empty
    assert impossible_team_contexts(empty).empty


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rest_advantage": 2}, "rest advantages sum to 3"),
        ({"game_spread": 5.0}, "2 spreads that sum to 0.5"),
        ({"game_spread": None}, "1 spreads that sum to -4.5"),
        ({"game_total": 222.0}, "2 totals from 221.5 to 222.0"),
        ({"game_total": None}, "1 totals from 221.5 to 221.5"),
    ],
)
def test_two_views_of_one_game_that_disagree_are_named(changes: Row, told: str) -> None:
    found = unbalanced_rests(contexts({(GAME, "BOS"): changes}))
    assert found["game_id"].tolist() == [GAME]
    assert found["reason"].iloc[0].startswith("one_game_two_views: lock: ")
    assert told in found["reason"].iloc[0]


def test_a_game_without_a_line_is_balanced() -> None:
    none: Row = {"game_spread": None, "game_total": None}
    assert unbalanced_rests(contexts(dict.fromkeys(SIDES, none))).empty


@pytest.mark.parametrize(
    ("column", "value", "edge"),
    [
        ("travel_miles", 12500.5, 12500.0),
        ("travel_miles", -1.0, 0.0),
        ("games_last_7_days", 8, 7),
        ("pace_last_10", 48.0, 70.0),
        ("offensive_rating_last_10", 1.12, 60.0),
        ("defensive_rating_last_10", 161.0, 160.0),
        ("game_spread", -110.0, -60.0),
        ("game_total", 110.0, 120.0),
        ("win_pct", 55.0, 1.0),
    ],
)
def test_what_no_team_can_bring_is_named_and_the_edge_is_not(
    column: str, value: float, edge: float
) -> None:
    found = impossible_team_contexts(contexts({(GAME, "BOS"): {column: value}}))
    assert found[["game_id", "team", "cutoff"]].to_numpy().tolist() == [[GAME, "BOS", LOCK]]
    assert f"{column} {float(value)} is not within" in found["reason"].iloc[0]
    assert impossible_team_contexts(contexts({(GAME, "BOS"): {column: edge}})).empty


def test_each_night_is_judged_by_its_own_games() -> None:
    eve = slate(GAME).assign(game_date=nights_ago(1))
    found = slate_games_without_two_sides(contexts(), pd.concat([eve, slate(GAME, OTHER)]))
    assert found["game_date"].tolist() == [nights_ago(1)] * 2
