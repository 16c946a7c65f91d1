"""What is made of all systems' forecasts: one table of them, their errors, and who has none and why."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.predictions.tables import (
    FORECAST_ERRORS,
    FORECASTS,
    MEMBERS,
    PREDICTED_PLAYERS,
    PREDICTION_SKIPS,
    SYSTEM_POINT_FORECASTS,
    SYSTEMS,
)
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, FormWorld, Row, box, only
from nba_assets_tests.predictions.rows import forecast, game_on, predicted

EVE = DAY - timedelta(days=1)
MODEL: Row = {"model_id": "catboost-1", "model_age_weeks": 0}


def publish(world: FormWorld, rows: Iterable[Row]) -> FormWorld:
    """Publish forecasts as those of their systems."""
    by_system: dict[str, list[Row]] = {}
    for row in rows:
        by_system.setdefault(row["system_id"], []).append(row)
    for system_id, own in by_system.items():
        world.publish(FORECASTS[system_id], own)
    return world


def test_members_stand_in_one_table_as_they_are(tmp_path: Path) -> None:
    rows = [
        forecast(s, forecast_points=float(n), input_digests=[f"of {s}"], absent_terms=["pace"], **MODEL)
        for n, s in enumerate(MEMBERS)
    ]  # fmt: skip
    world = publish(FormWorld(tmp_path), [*rows, forecast("ensemble"), forecast("ensemble_fixed")])
    found = world.read(SYSTEM_POINT_FORECASTS)
    assert len(found) == len(MEMBERS)
    for n, system_id in enumerate(MEMBERS):
        row = only(found, system_id=system_id)
        own = only(pd.DataFrame(world.warehouse.read(FORECASTS[system_id], [DAY]).to_pandas()))
        assert (row["forecast_points"], list(row["input_digests"])) == (n, [f"of {system_id}"])
        pd.testing.assert_series_equal(pd.Series(row), pd.Series(own), check_names=False)


def test_a_member_that_has_nothing_of_the_date_is_no_row(tmp_path: Path) -> None:
    world = publish(FormWorld(tmp_path), [forecast("ewma"), forecast("line", game_date=EVE)])
    assert world.read(SYSTEM_POINT_FORECASTS)["system_id"].tolist() == ["ewma"]


def missed(folder: Path, played: Row | None = None, man: Row | None = None, **said: Any) -> Row:
    """How far off a forecast was, where so much is known."""
    world = FormWorld(folder)
    world.publish(SYSTEM_POINT_FORECASTS, [forecast("catboost", **(MODEL | said))])
    world.publish(PREDICTED_PLAYERS, [predicted(**(man or {}))])
    scored: Row = {"points": 17, "minutes": 31.5} | (played or {})
    world.publish(PLAYER_GAME_SUMMARY, [box(DAY, **scored)])
    return only(world.read(FORECAST_ERRORS))


def test_an_error_is_the_forecast_less_what_he_scored(tmp_path: Path) -> None:
    row = missed(tmp_path, forecast_points=20.5, forecast_minutes=30.0)
    names = ("forecast_points", "actual_points", "actual_minutes", "error", "forecast_minutes")
    assert [row[n] for n in names] == [20.5, 17, 31.5, 3.5, 30.0]
    assert (row["played"], row["is_rotation"], row["is_target"]) == (True, True, True)
    assert row["model_id"] == "catboost-1"
    low = missed(tmp_path / "low", {"points": 40}, forecast_points=20.0)
    assert low["error"] == -20.0


def test_no_point_in_positive_minutes_is_a_result(tmp_path: Path) -> None:
    row = missed(tmp_path, {"points": 0}, forecast_points=2.0)
    assert (row["actual_points"], row["error"], row["is_target"]) == (0, 2.0, True)


def test_who_did_not_play_has_a_row_and_no_error(tmp_path: Path) -> None:
    row = missed(tmp_path, {"played": False, "points": 0, "minutes": 0.0})
    assert pd.isna([row[n] for n in ("actual_points", "actual_minutes", "error")]).all()
    assert (row["played"], row["is_target"], row["is_rotation"]) == (False, False, True)


@pytest.mark.parametrize(
    ("played", "man", "is_target"),
    [({}, {}, True), ({"season_type": "playoffs"}, {}, False), ({"season_type": "play_in"}, {}, False),
     ({"season_type": "cup_final"}, {}, False), ({}, {"is_rotation": False}, False)],
)  # fmt: skip
def test_targets_are_the_rotation_in_the_regular_season(
    tmp_path: Path, played: Row, man: Row, is_target: bool
) -> None:
    assert missed(tmp_path, played, man)["is_target"] == is_target


def test_who_is_in_no_box_score_has_no_error(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    world.publish(SYSTEM_POINT_FORECASTS, [forecast(player_id=n) for n in ("1", "2")])
    world.publish(PREDICTED_PLAYERS, [predicted(n) for n in ("1", "2")])
    # Another game of his on the date is none of this one.
    boxes = [box(DAY, 9, "1"), box(DAY, 9, "2", game_id=game_on(EVE))]
    world.publish(PLAYER_GAME_SUMMARY, boxes)
    assert world.read(FORECAST_ERRORS)["player_id"].tolist() == ["1"]


def test_each_cutoff_and_system_has_its_own_error(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    rows = [forecast(s, cutoff=c, forecast_points=p) for s, c, p in
            (("ewma", "morning", 10.0), ("ewma", "lock", 11.0), ("line", "lock", 12.0))]  # fmt: skip
    world.publish(SYSTEM_POINT_FORECASTS, rows)
    world.publish(PREDICTED_PLAYERS, [predicted(), predicted(cutoff="lock", is_rotation=False)])
    world.publish(PLAYER_GAME_SUMMARY, [box(DAY, 9)])
    found = world.read(FORECAST_ERRORS)
    assert only(found, cutoff="morning")["error"] == 1.0
    lock = found[found["cutoff"] == "lock"].set_index("system_id")
    assert lock["error"].to_dict() == {"ewma": 2.0, "line": 3.0}
    assert not lock["is_rotation"].any()


def skipped(world: FormWorld) -> dict[tuple[str, str], str]:
    found = world.read(PREDICTION_SKIPS)
    return {
        (row["player_id"], row["system_id"]): row["skip_reason"] for row in found.to_dict("records")
    }


def test_whoever_is_not_predicted_has_one_reason_for_all_systems(tmp_path: Path) -> None:
    reasons = ("out", "team_held", "no_features", "low_quality", "few_games")
    world = FormWorld(tmp_path)
    world.publish(
        PREDICTED_PLAYERS, [predicted(str(n), skip_reason=r) for n, r in enumerate(reasons)]
    )
    assert skipped(world) == {(str(n), "all"): r for n, r in enumerate(reasons)}


def test_a_predicted_player_has_a_forecast_or_a_reason_of_each_system(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    world.publish(
        PREDICTED_PLAYERS, [predicted("1"), predicted("2"), predicted("3", skip_reason="out")]
    )
    told = [forecast(s, "1") for s in ("ewma", "moving_average", "catboost", "ensemble_fixed")]
    publish(world, told[-1:])
    world.publish(SYSTEM_POINT_FORECASTS, [*told[:-1], forecast("ewma", "2")])
    found = skipped(world)
    assert {s for who, s in found if who == "1"} == set(SYSTEMS) - {
        "ewma", "moving_average", "catboost", "ensemble_fixed",
    }  # fmt: skip
    assert {s for who, s in found if who == "2"} == set(SYSTEMS) - {"ewma"}
    assert found["3", "all"] == "out"
    # A model of the lines there is none; of the other one there is, for somebody else.
    assert {who_and_system for who_and_system, reason in found.items() if reason == "no_model"} == {
        ("1", "catboost_with_line"), ("2", "catboost_with_line"),
    }  # fmt: skip
    assert found["2", "catboost"] == "no_value"
    assert found["2", "ensemble"] == found["1", "line"] == "no_value"


def test_a_model_of_one_cutoff_or_date_is_none_of_another(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    world.publish(PREDICTED_PLAYERS, [predicted("1"), predicted("1", cutoff="lock")])
    world.publish(SYSTEM_POINT_FORECASTS, [forecast("catboost", cutoff="lock")])
    found = world.read(PREDICTION_SKIPS)
    own = found[found["system_id"] == "catboost"]
    assert own[["cutoff", "skip_reason"]].to_numpy().tolist() == [["morning", "no_model"]]


def test_a_model_speaks_also_where_the_table_of_all_systems_is_held(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    world.publish(PREDICTED_PLAYERS, [predicted("1")])
    publish(world, [forecast("catboost", "1")])
    found = skipped(world)
    assert found["1", "catboost"] == "no_value"
    assert found["1", "catboost_with_line"] == "no_model"


def test_a_skip_is_told_with_the_name_and_quality_of_its_player(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    world.publish(PREDICTED_PLAYERS, [predicted("7", skip_reason="low_quality", quality_score=31,
                                                quality_tier="poor", is_bootstrap=True)])  # fmt: skip
    row = only(world.read(PREDICTION_SKIPS))
    names = ("player_name", "team", "quality_score", "quality_tier", "is_bootstrap", "game_id")
    assert [row[n] for n in names] == ["Player 7", "NYK", 31, "poor", True, TONIGHT]


def test_a_range_answers_as_its_days_do(tmp_path: Path) -> None:
    days = [EVE, DAY]
    world = FormWorld(tmp_path)
    said, men, boxes = [], [], []
    for day in days:
        for n in range(5):
            key = {"game_date": day, "game_id": game_on(day)}
            men.append(predicted(str(n), skip_reason="out" if n == 4 else None, **key))
            boxes.append(box(day, 5 * n, str(n), played=n != 1))
            systems = ("ewma", "catboost") if (n, day) != (2, EVE) else ("ewma",)
            said += [forecast(s, str(n), forecast_points=n + 0.5, **key) for s in systems if n != 4]
    world.publish(SYSTEM_POINT_FORECASTS, said)
    world.publish(PREDICTED_PLAYERS, men)
    world.publish(PLAYER_GAME_SUMMARY, boxes)
    for table, rows in ((FORECAST_ERRORS, 15), (PREDICTION_SKIPS, 7 * 8 + 1 + 2)):
        ranged = world.read(table, days)
        daily = pd.concat([world.read(table, [d]) for d in days], ignore_index=True)
        assert len(ranged) == rows
        pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
