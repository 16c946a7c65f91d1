"""Which model versions are refused before they forecast anything."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.predictions.model_gates import (
    leaking_models,
    models_of_constant_features,
    worse_models,
)

WEEK = date(2023, 11, 13)
FINE: dict[str, Any] = {
    "game_date": WEEK, "model_id": "a", "system_id": "catboost", "cutoff": "lock",
    "test_rows": 4000, "test_mae": 4.60, "test_ewma_mae": 4.85, "test_r2": 0.48,
    "test_lined_rows": 2500, "test_lined_mae": 5.10,
}  # fmt: skip


def models(*changes: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([FINE | change for change in changes])


def test_an_honest_model_passes() -> None:
    assert leaking_models(models({})).empty


@pytest.mark.parametrize(
    ("changes", "metric"),
    [
        ({"test_mae": 3.65}, "test_mae 3.65"),
        ({"test_lined_mae": 4.59}, "test_lined_mae 4.59"),
        ({"test_r2": 0.61}, "test_r2 0.61"),
    ],
)
def test_a_model_that_is_too_good_is_suspected_of_leakage(
    changes: dict[str, Any], metric: str
) -> None:
    (reason,) = leaking_models(models(changes, {"model_id": "b"}))["reason"]
    assert f"suspected leakage: {metric}" in reason
    assert reason.startswith("a ")


def test_few_rows_or_no_measure_are_no_suspicion() -> None:
    few = {"test_mae": 3.0, "test_r2": 0.9, "test_rows": 1999, "test_lined_rows": 10}
    nothing = {"test_mae": None, "test_r2": None, "test_lined_mae": None, "test_rows": 0}
    assert leaking_models(models(few, nothing)).empty


def weeks(*gaps: float) -> pd.DataFrame:
    """A version a week, so many points above or below ewma."""
    return models(
        *(
            {
                "game_date": WEEK + timedelta(weeks=n),
                "model_id": str(n),
                "test_mae": 4.8 + gap,
                "test_ewma_mae": 4.8,
            }
            for n, gap in enumerate(gaps)
        )
    )


NONE_EARLIER = weeks().reindex(columns=list(FINE))


def test_a_version_that_is_worse_than_the_one_before_it_is_refused() -> None:
    found = worse_models(weeks(-0.20, -0.15, -0.09), NONE_EARLIER)
    assert found["model_id"].tolist() == ["2"]
    assert "model_is_not_worse: -0.090" in found["reason"].iloc[0]


def test_the_one_before_is_the_newest_that_was_not_refused() -> None:
    found = worse_models(weeks(-0.20, 0.50, 0.40, -0.18), NONE_EARLIER)
    assert found["model_id"].tolist() == ["1", "2"]


def test_a_week_of_hard_games_is_no_worse_model() -> None:
    rows = weeks(-0.20, -0.20)
    rows.loc[1, ["test_mae", "test_ewma_mae"]] += 0.6
    assert worse_models(rows, NONE_EARLIER).empty


def test_the_published_week_before_a_run_counts() -> None:
    rows = weeks(-0.20, -0.10)
    assert worse_models(rows.iloc[1:], rows.iloc[:1])["model_id"].tolist() == ["1"]
    other = rows.iloc[:1].assign(cutoff="morning")
    assert worse_models(rows.iloc[1:], other).empty


def test_a_version_without_a_measure_is_not_compared() -> None:
    rows = weeks(-0.20, 0.0, -0.18)
    rows.loc[1, "test_mae"] = None
    assert worse_models(rows, NONE_EARLIER).empty


def test_a_model_of_a_constant_feature_is_named_with_it() -> None:
    constant = pd.DataFrame({"model_id": ["b", "b"], "feature": ["usage_spike", "team_pace"]})
    found = models_of_constant_features(models({}, {"model_id": "b"}), constant)
    assert found["reason"].tolist() == ["b constant in training: usage_spike, team_pace; "]
    assert models_of_constant_features(models({}), constant.head(0)).empty
