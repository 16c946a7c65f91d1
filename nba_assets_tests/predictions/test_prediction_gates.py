"""Gates on weekly tables, predictions and picks, on rows that break them."""

from datetime import date, timedelta
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
    inputs_of_before,
    one_sided_picks,
    picks_without_rule,
    refused_twins,
    several_champions,
    unlikely_means,
    unplaced_weights,
    untold_errors,
    untraced_predictions,
)
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS
from nba_assets.predictions.weekly_tables import (
    ENSEMBLE_WEIGHTS,
    MODELS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets_tests.precompute.form_world import frame

DAY = date(2024, 3, 2)
INPUTS = [
    "analytics.upcoming_games/2024-03-02@1", "predictions.predicted_players/2024-03-02@2",
    "predictions.system_point_forecasts/2024-03-02@3", "predictions.weekly_calibration/2024-02-26@4",
    "predictions.catboost_models/2024-02-26@5", "precompute.ml_feature_store/2024-03-02@6",
]  # fmt: skip
NOBODY = pd.DataFrame()
FINE: dict[str, Any] = {
    "game_date": DAY, "player_name": "A", "system_id": "catboost", "cutoff": "lock",
    "kind": "walk_forward", "predicted_points": 20.0, "mean_points": 20.3, "sd": 6.0,
    "predicted_minutes": 30.0, "p10": 12.0, "p25": 16.0, "p50": 20.0, "p75": 24.0, "p90": 28.0,
    "p_over": 0.5, "p_push": 0.05, "p_under": 0.45, "confidence": 0.53, "no_vig_over": 0.5,
    "kelly_fraction": 0.0, "recommendation": "PASS", "pass_reason": "edge", "edge": 1.0, "line_observed_at": pd.Timestamp(DAY),
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


NO_TWINS = pd.DataFrame(columns=["game_date", "system_id", "why"])
NO_CONSTANTS = pd.DataFrame(columns=["game_date", "model_id", "feature"])
PUBLISHED = pd.DataFrame(
    [
        {"game_date": DAY, "input": name, "digest": digest}
        for name, digest in (text.split("@") for text in INPUTS)
    ]
)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (INPUTS[1:], "does not name analytics.upcoming_games"),
        (INPUTS[:-2], "does not name predictions.catboost_models, precompute.ml_feature_store"),
        (
            ["analytics.upcoming_games/2024-03-02@0", *INPUTS[1:]],
            "made before analytics.upcoming_games/2024-03-02 was",
        ),
        (
            [*INPUTS, "precompute.player_daily_cache/2024-03-02@1"],
            "made of precompute.player_daily_cache/2024-03-02: not published, or of another date",
        ),
        (
            [*INPUTS[:-1], "precompute.ml_feature_store/2024-03-02@"],
            "made of precompute.ml_feature_store/2024-03-02: not published",
        ),
        (
            [*INPUTS[:-1], "precompute.ml_feature_store/2024-03-01@6"],
            "made of precompute.ml_feature_store/2024-03-01: not published, or of another date",
        ),
    ],
)
def test_a_prediction_that_cannot_be_traced_is_named(inputs: list[str], said: str) -> None:
    (reason,) = reasons(untraced_predictions(two({"input_digests": inputs}), PUBLISHED))
    assert f"lineage_is_complete: {said}" in reason


def two(changes: dict[str, Any]) -> pd.DataFrame:
    return rows({}, changes).reset_index(drop=True)


def test_inputs_of_another_date_are_not_those_of_this_one() -> None:
    other = PUBLISHED.assign(game_date=DAY - timedelta(days=1))
    assert len(untraced_predictions(rows({}), other)) == 1


def test_a_forecast_of_features_of_before_is_told_and_not_held() -> None:
    old = two({"input_digests": [*INPUTS[:-1], "precompute.ml_feature_store/2024-03-02@0"]})
    assert untraced_predictions(old, PUBLISHED).empty
    told = reasons(inputs_of_before(old, PUBLISHED))
    assert told == ["catboost names precompute.ml_feature_store/2024-03-02 as they were before"]
    assert inputs_of_before(rows({}), PUBLISHED).empty


def test_a_system_that_is_equally_sure_of_everybody_is_named() -> None:
    other = {"cutoff": "morning", "confidence": None}
    night = rows(*[{}] * MANY, other).reset_index(drop=True)
    found = constant_confidence(night, NOBODY)
    assert found.index.tolist() == list(range(MANY)), "nobody else's rows"
    said = f"A confidence_spread: catboost at lock is 0.530 sure of each of {MANY} players"
    assert set(reasons(found)) == {said}
    few = rows(*[{}] * (MANY - 1)).reset_index(drop=True)
    assert constant_confidence(few, NOBODY).empty
    found = constant_confidence(few, rows({}))
    assert found.index.tolist() == few.index.tolist(), "with the one of a game that has begun"
    assert constant_confidence(few, rows({"confidence": 0.6})).empty
    assert constant_confidence(few.head(0), few).empty, "what has begun is not held"
    spread = rows({"confidence": 0.6}, *[{}] * MANY).reset_index(drop=True)
    assert constant_confidence(spread, NOBODY).empty


def sides(over: int, under: int, **others: Any) -> pd.DataFrame:
    """Players who may be bet on; of the edges half are large enough."""
    signs = [1] * over + [-1] * under
    edges = [sign * (2.0 if n % 2 else 1.0) for n, sign in enumerate(signs)]
    made = [
        {"edge": edge, "pass_reason": None, "recommendation": "OVER" if edge > 0 else "UNDER"}
        if abs(edge) >= 1.5
        else {"edge": edge}
        for edge in edges
    ]
    return rows(*[row | others for row in made]).reset_index(drop=True)


def test_one_side_alone_is_named_in_every_row_of_the_system() -> None:
    found = one_sided_picks(sides(46, 4), NOBODY)
    assert len(found) == MANY
    assert set(reasons(found)) == {"A pick_mix: catboost at lock says OVER of 92% of 50"}
    assert one_sided_picks(sides(45, 5), NOBODY).empty
    assert one_sided_picks(sides(49, 0), NOBODY).empty
    assert one_sided_picks(sides(60, 0, pass_reason="quality", recommendation="PASS"), NOBODY).empty


def test_games_that_have_begun_are_of_the_same_night() -> None:
    assert len(one_sided_picks(sides(20, 0), sides(30, 0))) == 20
    assert one_sided_picks(sides(20, 0), sides(20, 10)).empty


def slate(points: float, players: int = MANY, **others: Any) -> pd.DataFrame:
    """A night's forecasts of one system, of players who are numbered."""
    given = [
        {"game_id": "g", "player_id": str(n), "predicted_points": points} for n in range(players)
    ]
    return rows(*[row | others for row in given])


def test_a_system_that_is_far_from_ewma_on_a_whole_slate_is_named() -> None:
    ewma = slate(10.0, system_id="ewma")
    for points, is_named in ((13.1, True), (6.9, True), (13.0, False), (7.0, False)):
        night = pd.concat([ewma, slate(points)], ignore_index=True)
        found = unlikely_means(night, NOBODY)
        assert found.index.tolist() == (list(range(MANY, 2 * MANY)) if is_named else [])
    few = pd.concat([ewma.head(MANY - 1), slate(30.0)], ignore_index=True)
    assert unlikely_means(few, NOBODY).empty
    begun = pd.concat([ewma.tail(1), slate(30.0).tail(1)], ignore_index=True)
    assert len(unlikely_means(few.drop(index=few.index[-1]), begun)) == MANY - 1


def test_a_slate_of_another_league_is_named() -> None:
    for points, is_named in ((4.9, True), (16.1, True), (5.0, False), (16.0, False)):
        found = unlikely_means(slate(points, system_id="ewma"), NOBODY)
        assert len(found) == (MANY if is_named else 0)


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


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"player_id": "2"}, "without a prediction"),
        ({"kind": "forward"}, "without a prediction"),
        ({"side": "UNDER"}, "on the side that is not recommended"),
        ({"line": 21.5}, "at a line that is not the prediction's"),
        ({"expected_value": 0.3}, "at a value that is not the prediction's"),
        ({"price_decimal": 1.0}, "at no price of a book"),
        ({"book": None}, "at no price of a book"),
    ],
)
def test_a_pick_that_nobody_recommends_is_named(changes: dict[str, Any], said: str) -> None:
    bet = {"game_id": "g", "player_id": "1", "line": 20.5, "expected_value": 0.05}
    prediction = FINE | bet | {"recommendation": "OVER", "pass_reason": None}
    pick = prediction | {"side": "OVER", "price_decimal": 1.9, "book": "fanduel"}
    made = pd.DataFrame([pick, pick | changes])
    found = picks_without_rule(made, pd.DataFrame([prediction]))
    assert found.index.tolist() == [1]
    assert said in reasons(found)[0]


def test_where_there_is_nothing_nothing_is_wrong() -> None:
    """A night without predictions, a week without models."""
    for table, gates in (
        (
            PLAYER_PREDICTIONS,
            (
                impossible_predictions,
                partial(constant_confidence, committed=NOBODY),
                partial(one_sided_picks, committed=NOBODY),
                partial(unlikely_means, committed=NOBODY),
                partial(untraced_predictions, published=PUBLISHED),
                partial(inputs_of_before, published=PUBLISHED),
            ),
        ),
        (ENSEMBLE_WEIGHTS, (unplaced_weights,)),
        (WEEKLY_CALIBRATION, (untold_errors, partial(refused_twins, refused=NO_TWINS))),
        (WEEKLY_CHAMPIONS, (several_champions,)),
        (PICKS, (partial(picks_without_rule, predictions=frame(PLAYER_PREDICTIONS, [])),)),
        (
            MODELS["catboost"],
            (
                leaking_models,
                partial(worse_models, earlier=frame(MODELS["catboost"], []), constant=NO_CONSTANTS),
                partial(models_of_constant_features, constant=NO_CONSTANTS),
            ),
        ),
    ):
        for gate in gates:
            found = gate(frame(table, []))
            assert found.empty
            assert {"game_date", "reason"} <= set(found.columns)
