"""The linear forecast of a median."""

import numpy as np
import pytest

from nba_assets.predictions.linear import Linear, LinearMedian

NAMES = ("form", "minutes", "silent")


def rows(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Form and minutes that make points, with errors that are skewed: their median is zero, their mean is not."""
    chance = np.random.default_rng(4)
    matrix = np.column_stack([chance.uniform(5, 25, count), chance.uniform(10, 38, count)])
    matrix = np.column_stack([matrix, np.full(count, np.nan)])
    errors = np.where(chance.random(count) < 0.5, -1.0, 1.0) * chance.exponential(2, count)
    errors = np.where(errors > 0, 3 * errors, errors)
    return matrix, 1 + 0.8 * matrix[:, 0] + 0.1 * matrix[:, 1] + errors


def test_it_finds_the_median_not_the_mean() -> None:
    matrix, points = rows()
    fitted = LinearMedian.fit(matrix, NAMES, points, Linear(("form", "minutes"), ridge=0.0))
    said = fitted.forecast(matrix, NAMES)
    assert np.mean(points > said) == pytest.approx(0.5, abs=0.02)
    assert np.mean(points - said) > 1
    at_ten, at_twenty = fitted.forecast(np.array([[10, 30, np.nan], [20, 30, np.nan]]), NAMES)
    assert at_twenty - at_ten == pytest.approx(8.0, abs=0.4)


def test_a_product_is_learned() -> None:
    matrix, _ = rows()
    points = 0.05 * matrix[:, 0] * matrix[:, 1]
    given = Linear(("form", "minutes"), (("form", "minutes"),), ridge=0.01)
    fitted = LinearMedian.fit(matrix, NAMES, points, given)
    assert np.abs(fitted.forecast(matrix, NAMES) - points).max() < 0.05


def test_a_missing_value_is_the_mean_of_its_column_in_training() -> None:
    matrix, points = rows()
    fitted = LinearMedian.fit(matrix, NAMES, points, Linear(("form", "minutes")))
    unknown = np.array([[np.nan, 30.0, np.nan]])
    mean = np.array([[matrix[:, 0].mean(), 30.0, np.nan]])
    assert fitted.forecast(unknown, NAMES) == pytest.approx(fitted.forecast(mean, NAMES))


def test_a_column_without_any_value_says_nothing() -> None:
    matrix, points = rows()
    with_silent = LinearMedian.fit(matrix, NAMES, points, Linear(("form", "minutes", "silent")))
    without = LinearMedian.fit(matrix, NAMES, points, Linear(("form", "minutes")))
    assert with_silent.forecast(matrix, NAMES) == pytest.approx(without.forecast(matrix, NAMES))


def test_a_strong_ridge_leaves_the_median_of_all() -> None:
    matrix, points = rows()
    fitted = LinearMedian.fit(matrix, NAMES, points, Linear(("form",), ridge=1e12))
    assert np.ptp(fitted.forecast(matrix, NAMES)) < 0.01
    assert fitted.forecast(matrix, NAMES)[0] == pytest.approx(np.median(points), abs=0.2)


def test_its_file_is_itself() -> None:
    matrix, points = rows()
    given = Linear(("form", "minutes"), (("form", "minutes"),))
    fitted = LinearMedian.fit(matrix, NAMES, points, given)
    again = LinearMedian.from_json(fitted.to_json())
    assert (again.forecast(matrix, NAMES) == fitted.forecast(matrix, NAMES)).all()
    with pytest.raises(ValueError, match="no linear forecast"):
        LinearMedian.from_json(b'{"means": []}')
