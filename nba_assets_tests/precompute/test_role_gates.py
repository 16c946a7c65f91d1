"""Gates of form and role: red on planted faults, and green beside them."""

from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM
from nba_assets.precompute.role_gates import (
    POSSIBLE_OUTLOOK,
    POSSIBLE_SCORING_FORM,
    constant_form,
    constant_outlooks,
    impossible_outlooks,
    impossible_scoring_form,
    unheard_statuses,
)
from nba_assets.precompute.tables import PLAYER_ROLE_OUTLOOK, PLAYER_SCORING_FORM
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, frame, tonight, whole

USUAL_FORM: Row = {"points_ewma_3": 12.0, "minutes_ewma_8": 24.0, "points_per_minute": 0.5}
USUAL_ROLE: Row = {
    "start_chance": 1.0, "role_minutes": 32.0, "points_share": 0.2, "expected_points": 18.0,
}  # fmt: skip


def form(player_id: str = "1", **changes: Any) -> Row:
    given = {"game_date": DAY, "player_id": player_id, "games_in_window": 40}
    return whole(PLAYER_SCORING_FORM, **(given | changes))


def role(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {"game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "play_chance": 1.0}
    return whole(PLAYER_ROLE_OUTLOOK, **(given | changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"games_in_window": 61}, "games_in_window 61.0 is not within 0 to 60"),
        ({"minutes_ewma_8": 1440.0}, "minutes_ewma_8 1440.0 is not within 0 to 60"),
        ({"points_per_minute": 25.0}, "points_per_minute 25.0 is not within 0 to 3"),
        ({"fga_ewma_8": -0.5}, "fga_ewma_8 -0.5 is not within 0 to 50"),
        ({"starts_share_last_10": 100.0}, "starts_share_last_10 100.0 is not within 0 to 1"),
    ],
)
def test_form_that_nobody_can_have_is_named(changes: Row, told: str) -> None:
    rows = [form("1", **USUAL_FORM), form("2", **(USUAL_FORM | changes)), form("3")]
    found = impossible_scoring_form(frame(PLAYER_SCORING_FORM, rows))
    assert found["player_id"].tolist() == ["2"]
    assert found["reason"].tolist() == [f"possible_form: 2: {told}; "]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"play_chance": 1.5}, "play_chance 1.5 is not within 0 to 1"),
        ({"points_share": -0.1}, "points_share -0.1 is not within 0 to 1"),
        ({"role_minutes": 1920.0}, "role_minutes 1920.0 is not within 0 to 60"),
        ({"expected_points": 101.0}, "expected_points 101.0 is not within 0 to 100"),
    ],
)
def test_a_role_that_nobody_can_have_is_named(changes: Row, told: str) -> None:
    rows = [role("1", **USUAL_ROLE), role("2", **(USUAL_ROLE | changes)), role("3")]
    found = impossible_outlooks(frame(PLAYER_ROLE_OUTLOOK, rows))
    assert found["player_id"].tolist() == ["2"]
    assert found["reason"].tolist() == [f"possible_outlooks: 2 morning: {told}"]


def test_what_is_possible_is_said_of_columns_that_there_are() -> None:
    assert set(POSSIBLE_SCORING_FORM) <= set(PLAYER_SCORING_FORM.column_names)
    assert set(POSSIBLE_OUTLOOK) <= set(PLAYER_ROLE_OUTLOOK.column_names)


def test_a_status_that_nobody_heard_is_named() -> None:
    out: Row = {"status": "out", "available": False}
    players = [
        tonight("1", **out), tonight("2", **out), tonight("3", is_expected_starter=True),
        tonight("4", is_expected_starter=False), tonight("5", status="questionable"), tonight("6"),
        tonight("7", is_expected_starter=True),
    ]  # fmt: skip
    roles = [
        role("1", play_chance=0.5), role("2", play_chance=0.0), role("3", start_chance=0.4),
        role("4", start_chance=1.0), role("5", start_chance=0.3), role("6", start_chance=0.3),
        role("7", start_chance=1.0),
    ]  # fmt: skip
    found = unheard_statuses(
        frame(PLAYER_ROLE_OUTLOOK, roles), frame(UPCOMING_PLAYER_GAME_CONTEXT, players)
    )
    assert found["reason"].tolist() == [
        "statuses_are_heard: 1 morning: is out and may play",
        "statuses_are_heard: 3 morning: is not where the line-up has him",
        "statuses_are_heard: 4 morning: is not where the line-up has him",
    ]


def many(rows: int, **changes: Any) -> pd.DataFrame:
    varied = {f.name: 1.0 for f in ROLE_OUTLOOK}
    return frame(
        PLAYER_ROLE_OUTLOOK,
        [role(str(n), **{k: v + n for k, v in varied.items()} | changes) for n in range(rows)],
    )


def test_one_value_for_fifty_players_holds_the_date() -> None:
    assert constant_outlooks(many(50)).empty
    assert constant_outlooks(many(49, role_minutes=20.0)).empty
    found = constant_outlooks(many(50, role_minutes=20.0))
    assert found["reason"].tolist() == [
        "features_vary: morning role_minutes is one value in 50 rows"
    ]
    assert constant_outlooks(many(50, role_minutes=20.0, is_bootstrap=True)).empty
    # Everybody may be as likely to play as the other.
    assert constant_outlooks(many(50, play_chance=1.0, start_chance=0.0, start_change=0.0)).empty


def test_one_form_for_fifty_players_holds_the_date() -> None:
    rows = [
        form(str(n), **{f.name: 1.0 + n for f in SCORING_FORM} | {"fta_ewma_8": 2.0})
        for n in range(50)
    ]
    found = constant_form(frame(PLAYER_SCORING_FORM, rows))
    assert found["reason"].tolist() == [
        "features_vary: any cut-off fta_ewma_8 is one value in 50 rows"
    ]
