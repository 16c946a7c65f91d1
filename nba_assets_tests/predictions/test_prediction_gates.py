"""Gates on weekly tables, predictions and picks, on rows that break them."""

from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import pytest

from nba_assets.predictions.model_gates import (
    leaking_models,
    models_of_constant_features,
    worse_models,
)
from nba_assets.predictions.prediction_gates import (
    MANY,
    constant_confidence,
    impossible_predictions,
    one_sided_picks,
    picks_without_rule,
    several_champions,
    unplaced_weights,
    untold_errors,
    untraced_predictions,
)
from nba_assets.predictions.tables import (
    ENSEMBLE_WEIGHTS,
    MODELS,
    PICKS,
    PLAYER_PREDICTIONS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets_tests.precompute.form_world import frame

DAY = date(2024, 3, 2)
INPUTS = [
    "analytics.upcoming_games@1", "predictions.predicted_players@2",
    "predictions.system_point_forecasts@3", "predictions.weekly_calibration@4",
]  # fmt: skip
FINE: dict[str, Any] = {
    "game_date": DAY, "player_name": "A", "system_id": "catboost", "cutoff": "lock",
    "kind": "walk_forward", "predicted_points": 20.0, "mean_points": 20.3, "sd": 6.0,
    "predicted_minutes": 30.0, "p10": 12.0, "p25": 16.0, "p50": 20.0, "p75": 24.0, "p90": 28.0,
    "p_over": 0.5, "p_push": 0.05, "p_under": 0.45, "confidence": 0.53, "no_vig_over": 0.5,
    "kelly_fraction": 0.0, "recommendation": "PASS", "line_observed_at": pd.Timestamp(DAY),
    **{f"p_over_{t}": 0.5 for t in (5, 10, 15, 20, 25)}, "input_digests": INPUTS,
}  # fmt: skip


def rows(*changes: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([FINE | change for change in changes])


def reasons(found: pd.DataFrame) -> list[str]:
    return [str(reason) for reason in found["reason"]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"predicted_points": 61.0}, "predicted_points 61.0 is not within 0 to 60"),
        ({"p_over": 1.2}, "p_over 1.2 is not within"),
        ({"p25": 11.0}, "quantiles cross: 12.0, 11.0"),
        ({"p_push": 0.10}, "over, push and under sum to 1.05"),
        (
            {"recommendation": "OVER", "line_observed_at": pd.NaT},
            "line_provenance: a bet on a line that nobody was seen to offer",
        ),
        ({"kind": "later"}, "kind later"),
    ],
)
def test_a_prediction_that_cannot_be_is_named(changes: dict[str, Any], said: str) -> None:
    (reason,) = reasons(impossible_predictions(rows({}, {"player_name": "B"} | changes)))
    assert reason.startswith("B ")
    assert said in reason


def test_without_a_line_or_past_errors_nothing_is_impossible() -> None:
    lacking = dict.fromkeys(
        ("p_over", "p_push", "p_under", "confidence", "no_vig_over", "kelly_fraction")
    )
    unsure = dict.fromkeys(("mean_points", "sd", "p10", "p25", "p50", "p75", "p90"))
    assert impossible_predictions(rows(lacking, lacking | unsure)).empty


PUBLISHED = pd.DataFrame({"game_date": [DAY] * 4, "input": INPUTS})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (INPUTS[1:], "does not name analytics.upcoming_games"),
        (["analytics.upcoming_games@0", *INPUTS[1:]], "made before analytics.upcoming_games@1"),
        ([*INPUTS, "precompute.ml_feature_store@"], "an input has no digest"),
    ],
)
def test_a_prediction_that_cannot_be_traced_is_named(inputs: list[str], said: str) -> None:
    (reason,) = reasons(untraced_predictions(rows({}, {"input_digests": inputs}), PUBLISHED))
    assert f"lineage_is_complete: {said}" in reason


def test_a_row_from_before_its_tip_keeps_the_inputs_it_was_made_from() -> None:
    old = {"kind": "forward", "input_digests": ["analytics.upcoming_games@0", *INPUTS[1:]]}
    assert untraced_predictions(rows(old), PUBLISHED).empty


def test_a_system_that_is_equally_sure_of_everybody_is_named() -> None:
    night = rows(*[{}] * MANY)
    (reason,) = reasons(constant_confidence(night))
    assert reason == f"confidence_spread: catboost at lock is 0.530 sure of each of {MANY} players"
    assert constant_confidence(rows(*[{}] * (MANY - 1))).empty
    assert constant_confidence(rows({"confidence": 0.6}, *[{}] * MANY)).empty


def test_bets_on_one_side_alone_are_named() -> None:
    over, under = {"recommendation": "OVER"}, {"recommendation": "UNDER"}
    (reason,) = reasons(one_sided_picks(rows(*[over] * 46, *[under] * 4)))
    assert reason == "pick_mix: catboost at lock says OVER of 92% of 50"
    assert one_sided_picks(rows(*[over] * 45, *[under] * 5)).empty
    assert one_sided_picks(rows(*[over] * 49)).empty


def test_weights_that_do_not_sum_to_one_are_named() -> None:
    weights = pd.DataFrame({"game_date": DAY, "cutoff": ["lock"] * 2, "weight": [0.5, 0.6]})
    assert "sum to 1.1" in reasons(unplaced_weights(weights))[0]
    assert "least is -0.5" in reasons(unplaced_weights(weights.assign(weight=[1.5, -0.5])))[0]
    assert unplaced_weights(weights.assign(weight=[0.4, 0.6])).empty


def test_quantiles_that_fall_are_named() -> None:
    kept = pd.DataFrame(
        {
            "game_date": DAY, "system_id": "ewma", "cutoff": "lock", "bucket": "25+",
            "level": [0, 500, 1000], "residual": [-5.0, 1.0, 0.0],
        }
    )  # fmt: skip
    assert reasons(untold_errors(kept)) == ["ewma at lock: quantiles of 25+ fall"]
    assert untold_errors(kept.assign(residual=[-5.0, 1.0, 1.0])).empty


def test_two_champions_are_named() -> None:
    judged = pd.DataFrame(
        {"game_date": DAY, "cutoff": "lock", "system_id": ["a", "b"], "is_champion": True}
    )
    assert reasons(several_champions(judged)) == ["a and b are champions at lock"]
    assert several_champions(judged.head(1)).empty


def test_a_pick_against_its_prediction_is_named() -> None:
    pick = {"player_name": "A", "side": "OVER", "edge": 2.0, "price_decimal": 1.9}
    made = pd.DataFrame([pick, pick | {"edge": -2.0}, pick | {"price_decimal": 1.0}])
    assert reasons(picks_without_rule(made)) == [
        "A OVER at an edge of -2.0; ",
        "A a price of 1.0; ",
    ]


def test_where_there_is_nothing_nothing_is_wrong() -> None:
    """A night without predictions, a week without models."""
    for table, gates in (
        (
            PLAYER_PREDICTIONS,
            (
                impossible_predictions,
                constant_confidence,
                one_sided_picks,
                partial(untraced_predictions, digests=PUBLISHED),
            ),
        ),
        (ENSEMBLE_WEIGHTS, (unplaced_weights,)),
        (WEEKLY_CALIBRATION, (untold_errors,)),
        (WEEKLY_CHAMPIONS, (several_champions,)),
        (PICKS, (picks_without_rule,)),
        (
            MODELS["catboost"],
            (
                leaking_models,
                partial(worse_models, earlier=frame(MODELS["catboost"], [])),
                partial(
                    models_of_constant_features,
                    constant=pd.DataFrame(columns=["game_date", "model_id", "feature"]),
                ),
            ),
        ),
    ):
        for gate in gates:
            found = gate(frame(table, []))
            assert found.empty
            assert {"game_date", "reason"} <= set(found.columns)
