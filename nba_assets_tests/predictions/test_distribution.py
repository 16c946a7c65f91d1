"""Distributions of points out of forecasts and past errors, and what they say of a line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.predictions.distribution import (
    BUCKETS,
    KELLY_CAP,
    LEVELS,
    LIMITED,
    MIN_BUCKET,
    MOST_POINTS,
    Distribution,
    buckets,
    distribution,
    expected_value,
    fair_over,
    kelly,
    quantiles_by_bucket,
    residual_quantiles,
)

NORMAL = residual_quantiles(np.random.default_rng(7).normal(0, 6, 20_000))
KEPT = dict.fromkeys((*BUCKETS, LIMITED), NORMAL)


def one(forecast: float, quantiles: np.ndarray = NORMAL) -> Distribution:
    return distribution(np.array([forecast]), ["12-16"], {"12-16": quantiles})


def test_buckets_take_their_lower_edge() -> None:
    forecasts = np.array([7.99, 8.0, 11.9, 12.0, 16.0, 20.0, 24.9, 25.0])
    assert buckets(forecasts, np.full(8, True)).tolist() == [
        "<8", "8-12", "8-12", "12-16", "16-20", "20-25", "20-25", "25+",
    ]  # fmt: skip
    assert buckets(forecasts, np.full(8, False)).tolist() == [LIMITED] * 8


def test_quantiles_of_known_errors_are_theirs() -> None:
    found = residual_quantiles(np.arange(1001.0))
    assert found.tolist() == [float(level) for level in LEVELS]


def test_a_bucket_of_few_errors_takes_those_of_its_neighbours() -> None:
    rare, common = np.full(MIN_BUCKET - 1, 9.0), np.full(5 * MIN_BUCKET, 1.0)
    named = np.array(["25+"] * len(rare) + ["20-25"] * len(common))
    found = quantiles_by_bucket(np.concatenate([rare, common]), named)
    assert found["25+"][1] == len(rare) + len(common)
    assert found["20-25"][1] == len(common)
    assert found["20-25"][0].tolist() == [1.0] * len(LEVELS)
    assert set(found) == {*BUCKETS, LIMITED}


def test_no_errors_are_no_quantiles() -> None:
    assert quantiles_by_bucket(np.array([]), np.array([], dtype=str)) == {}


def test_errors_of_points_are_told_wider_than_they_were_around_their_median() -> None:
    errors = np.random.default_rng(5).gamma(2.0, 3.0, 5000) - 4
    told, _ = quantiles_by_bucket(errors, np.full(5000, "<8"))["<8"]
    were = residual_quantiles(errors)
    middle = LEVELS.index(500)
    assert told[middle] == were[middle]
    assert told - told[middle] == pytest.approx(1.02 * (were - were[middle]))


@given(st.lists(st.floats(0, 60), min_size=1, max_size=20))
def test_probabilities_sum_to_one_and_nothing_is_below_zero(forecasts: list[float]) -> None:
    values = np.array(forecasts)
    found = distribution(values, buckets(values, np.full(len(values), True)).tolist(), KEPT)
    assert np.allclose(found.mass.sum(axis=1), 1)
    assert (found.mass >= -1e-12).all()
    assert (found.levels >= 0).all()
    assert (np.diff(found.levels, axis=1) >= 0).all()


@given(st.floats(0, 45), st.floats(0.5, 60))
def test_over_push_and_under_are_all_there_is(forecast: float, line: float) -> None:
    line = round(2 * line) / 2
    found, lines = one(forecast), np.array([line])
    over, push = found.over(lines)[0], found.push(lines)[0]
    under = found.mass[0, : int(np.ceil(line))].sum()
    assert over + push + under == pytest.approx(1)
    assert push == (found.mass[0, int(line)] if line == int(line) else 0)


def test_a_line_of_twenty_is_a_line_like_any_other() -> None:
    found = one(20.0)
    assert found.push(np.array([20.0]))[0] > 0.05
    assert found.push(np.array([20.5]))[0] == 0
    assert found.over(np.array([20.0]))[0] == pytest.approx(found.over(np.array([20.5]))[0])


def test_without_a_line_there_is_no_probability() -> None:
    nothing = np.array([np.nan])
    assert np.isnan([one(15).over(nothing)[0], one(15).push(nothing)[0]]).all()


def test_mean_and_deviation_are_those_of_the_errors() -> None:
    found = one(30.0)
    assert found.mean[0] == pytest.approx(30.0, abs=0.1)
    assert found.deviation[0] == pytest.approx(6.0, abs=0.15)
    assert found.quantile(500)[0] == pytest.approx(30.0, abs=0.1)
    assert found.quantile(900)[0] == pytest.approx(30 + 1.2816 * 6, abs=0.2)


def test_mass_below_zero_is_zero_points() -> None:
    found = one(1.0)
    assert found.mass[0, 0] > 0.4
    assert found.quantile(100)[0] == 0


def test_an_interval_holds_the_points_whose_middle_lies_within_the_share() -> None:
    mass = np.zeros((1, MOST_POINTS + 1))
    mass[0, :5] = (0.1, 0.2, 0.4, 0.2, 0.1)
    found = Distribution(mass, np.zeros((1, len(LEVELS))))
    # Middles: 0.05, 0.2, 0.5, 0.8, 0.95.
    assert [bound[0] for bound in found.interval(0.8)] == [1, 3]
    assert [bound[0] for bound in found.interval(0.5)] == [2, 2]
    assert [bound[0] for bound in found.interval(0.95)] == [0, 4]


def test_intervals_cover_what_they_say() -> None:
    chance = np.random.default_rng(11)
    forecasts = chance.uniform(8, 30, 20_000)
    actual = np.maximum(np.round(forecasts + chance.normal(0, 6, 20_000)), 0)
    found = distribution(forecasts, ["12-16"] * len(forecasts), {"12-16": NORMAL})
    for share in (0.5, 0.8):
        low, high = found.interval(share)
        assert ((low <= actual) & (actual <= high)).mean() == pytest.approx(share, abs=0.02)


def test_the_margin_is_removed_in_proportion() -> None:
    # -110 both ways, and a favourite at 1.80 against 2.10.
    assert fair_over(np.array([1.909]), np.array([1.909]))[0] == pytest.approx(0.5)
    assert fair_over(np.array([1.80]), np.array([2.10]))[0] == pytest.approx(2.10 / 3.90)


def test_expected_value_is_what_a_unit_wins() -> None:
    assert expected_value(np.array([0.55]), np.array([0.45]), np.array([2.0]))[0] == pytest.approx(
        0.10
    )
    with_push = expected_value(np.array([0.5]), np.array([0.4]), np.array([1.9]))[0]
    assert with_push == pytest.approx(0.5 * 0.9 - 0.4)


def test_kelly_is_a_quarter_and_capped() -> None:
    # p = 0.55 at 2.0: Kelly 0.10, a quarter of it 0.025.
    assert kelly(np.array([0.55]), np.array([0.45]), np.array([2.0]))[0] == pytest.approx(0.025)
    assert kelly(np.array([0.95]), np.array([0.05]), np.array([2.0]))[0] == KELLY_CAP
    assert kelly(np.array([0.40]), np.array([0.60]), np.array([2.0]))[0] == 0
    assert np.isnan(kelly(np.array([np.nan]), np.array([np.nan]), np.array([2.0]))[0])
