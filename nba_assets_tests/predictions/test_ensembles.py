"""Means of systems: who counts, and what is learned from past errors."""

import numpy as np
import pandas as pd
import pytest

from nba_assets.predictions.ensembles import (
    FIXED_WEIGHTS,
    LEARNED,
    MIN_ERRORS,
    combined,
    learned_weights,
)


def wide(**forecasts: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(forecasts, dtype=float)


def test_fixed_weights_are_divided_anew_over_those_present() -> None:
    rows = wide(
        catboost=[20, 20, 20, None],
        similarity=[10, None, None, None],
        moving_average=[15, 15, None, None],
        zone_matchup=[5, None, None, 5],
        ewma=[99, 99, 99, 99],
    )
    found = combined(rows, FIXED_WEIGHTS)
    assert found[0] == pytest.approx(0.45 * 20 + 0.25 * 10 + 0.2 * 15 + 0.1 * 5)
    assert found[1] == pytest.approx((0.45 * 20 + 0.2 * 15) / 0.65)
    assert found[2:].isna().all(), "one member is no mean"


def test_weights_of_nobody_make_no_forecast() -> None:
    assert combined(wide(catboost=[20], ewma=[10]), {}).isna().all()


def errors_of(deviations: dict[str, float], rows: int = 4000) -> pd.DataFrame:
    chance = np.random.default_rng(5)
    return pd.DataFrame({name: chance.normal(0, d, rows) for name, d in deviations.items()})


def test_learned_weights_are_those_of_inverse_variance_where_errors_are_independent() -> None:
    found = learned_weights(errors_of({"catboost": 1.0, "ewma": 2.0}))
    assert sum(found.values()) == pytest.approx(1)
    assert found["catboost"] == pytest.approx(0.9 * 0.8 + 0.05, abs=0.03)


def test_a_member_that_only_adds_noise_weighs_its_share_of_the_tenth_and_no_more() -> None:
    errors = errors_of({"catboost": 1.0})
    errors["ewma"] = errors["catboost"] + np.random.default_rng(6).normal(0, 3, len(errors))
    weights = learned_weights(errors)
    assert weights["ewma"] == pytest.approx(0.05, abs=1e-6)
    forecasts = wide(catboost=[20.0], ewma=[10.0])
    assert combined(forecasts, weights).tolist() == pytest.approx([19.5]), "it is a mean of two"


def test_a_member_that_is_mostly_silent_weighs_nothing() -> None:
    errors = errors_of({"catboost": 1.0, "ewma": 1.0, "similarity": 0.1})
    errors.loc[errors.index[: int(0.6 * len(errors))], "similarity"] = np.nan
    assert learned_weights(errors).get("similarity", 0.0) == 0.0


def test_few_errors_are_equal_weights() -> None:
    found = learned_weights(errors_of({"catboost": 1.0, "ewma": 2.0}, MIN_ERRORS - 1))
    assert found == dict.fromkeys(LEARNED, 1 / len(LEARNED))


def test_the_line_is_no_member() -> None:
    assert {"line", "catboost_with_line"}.isdisjoint(LEARNED)
