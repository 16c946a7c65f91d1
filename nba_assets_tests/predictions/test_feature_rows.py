"""Vectors from three tables: every row of the store is there, and what it lacks is said."""

from datetime import timedelta
from pathlib import Path

from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_ROLE_OUTLOOK,
    PLAYER_SCORING_FORM,
)
from nba_assets.predictions.feature_rows import feature_rows, feature_tables, rowless
from nba_assets.predictions.tables import FORECASTS
from nba_assets_tests.precompute.form_world import DAY, FormWorld, Row, whole
from nba_assets_tests.predictions.rows import game_on, vector

EVE = DAY - timedelta(days=1)
NAMES = ("expected_points", "home", "points_ewma_3")


def form(player_id: str, points: float | None, **changes: object) -> Row:
    given: Row = {"game_date": DAY, "player_id": player_id, "points_ewma_3": points}
    return whole(PLAYER_SCORING_FORM, **(given | changes))


def role(player_id: str, points: float | None, **changes: object) -> Row:
    given: Row = {
        "game_date": DAY, "game_id": game_on(changes.get("game_date", DAY)),  # type: ignore[arg-type]
        "player_id": player_id, "play_chance": 1.0, "expected_points": points,
    }  # fmt: skip
    return whole(PLAYER_ROLE_OUTLOOK, **(given | changes))


def world_of(home: Path, store: list[Row], forms: list[Row], roles: list[Row]) -> FormWorld:
    world = FormWorld(home)
    world.publish(ML_FEATURE_STORE, store)
    world.publish(PLAYER_SCORING_FORM, forms)
    world.publish(PLAYER_ROLE_OUTLOOK, roles)
    return world


def test_a_row_has_its_own_form_and_role(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        [
            vector("2"), vector("1", cutoff="lock"), vector("1", degraded_reasons=["late"]),
            vector("1", game_date=EVE),
        ],
        [form("1", 11.0), form("2", 22.0), form("1", 10.0, game_date=EVE), form("9", 99.0)],
        [
            role("1", 1.0), role("1", 1.5, cutoff="lock"), role("2", 2.0),
            role("1", 0.5, game_date=EVE), role("9", 9.0),
        ],
    )  # fmt: skip
    rows = feature_rows(world.warehouse, [EVE, DAY], [*NAMES, "degraded_reasons"])
    found = list(zip(*(rows[n].to_pylist() for n in ("player_id", "cutoff", *NAMES)), strict=True))
    assert found == [
        ("1", "morning", 0.5, 1.0, 10.0),
        ("1", "lock", 1.5, 1.0, 11.0),
        ("1", "morning", 1.0, 1.0, 11.0),
        ("2", "morning", 2.0, 1.0, 22.0),
    ]
    assert rows["degraded_reasons"].to_pylist() == [[], [], ["late"], []]
    assert rowless(rows) == {}


def test_a_row_that_is_not_there_is_told_and_one_without_a_value_is_none(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        [vector("1"), vector("2"), vector("3"), vector("3", cutoff="lock")],
        [form("1", None), form("2", 22.0)],
        [role("1", None), role("3", 3.0), role("3", 3.0, cutoff="lock")],
    )
    rows = feature_rows(world.warehouse, [DAY], NAMES)
    assert rows["player_id"].to_pylist() == ["1", "2", "3", "3"]
    assert rows["expected_points"].to_pylist() == [None, None, 3.0, 3.0]
    assert rowless(rows) == {
        DAY: "1 players have no row in precompute.player_scoring_form: 3;"
        " 1 players have no row in precompute.player_role_outlook: 2"
    }


def test_only_tables_that_are_needed_are_read(tmp_path: Path) -> None:
    store = (ML_FEATURE_STORE,)
    assert feature_tables(["home"]) == store
    assert feature_tables(["home", "points_ewma_3"]) == (*store, PLAYER_SCORING_FORM)
    assert feature_tables(["play_chance", "points_ewma_3"]) == (
        *store, PLAYER_SCORING_FORM, PLAYER_ROLE_OUTLOOK,
    )  # fmt: skip
    assert feature_tables(["home", "catboost_points"]) == (*store, FORECASTS["catboost"])
    world = FormWorld(tmp_path)
    world.publish(ML_FEATURE_STORE, [vector("1")])
    assert feature_rows(world.warehouse, [DAY], ["home"])["home"].to_pylist() == [1.0]
