"""Which model versions are refused before they forecast anything."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.predictions.model_gates import (
    MEASURED_ROWS,
    OLDEST_WEEKS,
    leaking_models,
    models_of_constant_features,
    unmeasured_models,
    worse_models,
)
from nba_assets.predictions.training import MIN_TEST_ROWS

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
NOTHING_CONSTANT = pd.DataFrame(columns=["model_id", "feature"])


def worse(
    rows: pd.DataFrame,
    earlier: pd.DataFrame = NONE_EARLIER,
    constant: pd.DataFrame = NOTHING_CONSTANT,
) -> list[str]:
    return worse_models(rows, earlier, constant)["model_id"].tolist()


def refused(rows: pd.DataFrame, earlier: pd.DataFrame, constant: pd.DataFrame) -> set[str]:
    """By any of the gates."""
    return {
        *worse(rows, earlier, constant),
        *leaking_models(rows)["model_id"],
        *models_of_constant_features(rows, constant)["model_id"],
    }


def refused_week_by_week(rows: pd.DataFrame, constant: pd.DataFrame) -> set[str]:
    """As runs of one week each, which see what the runs before them published."""
    found: set[str] = set()
    for week in rows["game_date"]:
        is_earlier = (rows["game_date"] < week) & ~rows["model_id"].isin(found)
        is_earlier &= rows["game_date"] >= week - timedelta(weeks=OLDEST_WEEKS)
        earlier = rows[is_earlier] if is_earlier.any() else NONE_EARLIER
        found |= refused(rows[rows["game_date"] == week], earlier, constant)
    return found


def test_a_version_that_is_worse_than_the_one_before_it_is_refused() -> None:
    found = worse_models(weeks(-0.20, -0.15, -0.09), NONE_EARLIER, NOTHING_CONSTANT)
    assert found["model_id"].tolist() == ["2"]
    assert "model_is_not_worse: -0.090" in found["reason"].iloc[0]


def test_the_one_before_is_the_newest_that_was_not_refused() -> None:
    assert worse(weeks(-0.20, 0.50, 0.40, -0.18)) == ["1", "2"]


def test_one_that_another_gate_refuses_is_no_measure_for_the_weeks_after_it() -> None:
    leak = weeks(-0.15, -1.15, -0.14, -0.16)
    assert leaking_models(leak)["model_id"].tolist() == ["1"]
    assert worse(leak) == []
    constant = pd.DataFrame({"model_id": ["1"], "feature": ["usage_spike"]})
    good = weeks(-0.10, -0.30, -0.11)
    assert worse(good, constant=constant) == []
    assert worse(good) == ["2"]


@pytest.mark.parametrize(
    "gaps",
    [
        (-0.15, -1.15, -0.14, -0.16),
        (-0.20, -0.15, -0.09, -0.30, -0.10),
        (-1.15, -0.10, -0.12),
        (-0.20, *[0.10] * (OLDEST_WEEKS + 2)),
    ],
    ids=["a leak", "worse ones", "a leak at first", "worse for longer than is remembered"],
)
@pytest.mark.parametrize("named", [(), ("3",)], ids=["", "a constant feature"])
def test_a_range_of_weeks_is_judged_as_week_by_week(
    gaps: tuple[float, ...], named: tuple[str, ...]
) -> None:
    rows = weeks(*gaps)
    constant = NOTHING_CONSTANT.assign(model_id=list(named), feature=["usage_spike"] * len(named))
    found = refused(rows, NONE_EARLIER, constant)
    assert found == refused_week_by_week(rows, constant)
    assert found
    assert len(found) < len(rows)


def test_a_week_of_hard_games_is_no_worse_model() -> None:
    rows = weeks(-0.20, -0.20)
    rows.loc[1, ["test_mae", "test_ewma_mae"]] += 0.6
    assert worse(rows) == []


def test_the_published_week_before_a_run_counts() -> None:
    rows = weeks(-0.20, -0.10)
    assert worse(rows.iloc[1:], rows.iloc[:1]) == ["1"]
    assert worse(rows.iloc[1:], rows.iloc[:1].assign(cutoff="morning")) == []


def test_a_version_without_a_measure_is_not_compared() -> None:
    rows = weeks(-0.20, 0.0, -0.18)
    rows.loc[1, "test_mae"] = None
    assert worse(rows) == []


def test_a_version_without_a_measure_is_named_and_holds_nothing() -> None:
    found = unmeasured_models(models({}, {"model_id": "b", "test_mae": None, "test_rows": 499}))
    assert found["reason"].tolist() == [
        "b not measured: 499 target rows of the last 4 weeks kept from a twin, 500 are needed; "
    ]
    assert found["blocks"].tolist() == [False]
    assert unmeasured_models(models({})).empty
    assert MEASURED_ROWS == MIN_TEST_ROWS


def test_a_model_of_a_constant_feature_is_named_with_it() -> None:
    constant = pd.DataFrame({"model_id": ["b", "b"], "feature": ["usage_spike", "team_pace"]})
    found = models_of_constant_features(models({}, {"model_id": "b"}), constant)
    assert found["reason"].tolist() == ["b constant in training: usage_spike, team_pace; "]
    assert models_of_constant_features(models({}), constant.head(0)).empty
