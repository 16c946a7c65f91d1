"""Intervals against published numbers, and what they allow to say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from nba_assets.grading.intervals import gap_intervals, seed_of, verdicts, wilson

DAY = date(2024, 3, 5)


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17,
# 1998, table I, method 3.
@pytest.mark.parametrize(
    ("wins", "tries", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(
    wins: int, tries: int, low: float, high: float
) -> None:
    ends = wilson(pd.Series([wins]), pd.Series([tries]))
    assert [round(end.iloc[0], 4) for end in ends] == [low, high]


def test_wilsons_interval_is_of_something_and_within_0_and_1() -> None:
    low, high = wilson(pd.Series([0, 0, 7]), pd.Series([0, 7, 7]))
    assert low.isna().tolist() == high.isna().tolist() == [True, False, False]
    assert low.iloc[1] == pytest.approx(0.0, abs=1e-12)
    assert high.iloc[2] == pytest.approx(1.0, abs=1e-12)
    assert low.min() >= 0
    assert high.max() <= 1


def test_an_interval_that_holds_break_even_says_nothing() -> None:
    wins = pd.Series([165, 180, 150, 0])
    low, high = wilson(wins, pd.Series([300, 300, 300, 0]))
    said = verdicts(low, high, pd.Series([0.5238] * 3 + [np.nan]))
    assert said.tolist() == ["not_distinguishable", "above", "not_distinguishable", "no_bets"]
    below = verdicts(*wilson(pd.Series([120]), pd.Series([300])), pd.Series([0.5238]))
    assert below.tolist() == ["below"]


# Domain rules, section 8: as many bets exclude 52.38 %, and a tenth fewer do not.
@pytest.mark.parametrize(("rate", "bets"), [(0.54, 3637), (0.55, 1386), (0.56, 723), (0.60, 159)])
def test_as_many_bets_as_the_rules_say_tell_from_break_even(rate: float, bets: int) -> None:
    tries = pd.Series([1.05 * bets, 0.9 * bets])
    low, high = wilson(rate * tries, tries)
    said = verdicts(low, high, pd.Series([0.5238, 0.5238]))
    assert said.tolist() == ["above", "not_distinguishable"]


def nights(count: int, groups: int = 1, rows: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """A mean gap of 0.2 points a row that differs by 0.5 from night to night."""
    random = np.random.default_rng(1)
    lined = np.full((count, groups), float(rows))
    return lined * random.normal(0.2, 0.5, (count, groups)), lined


def test_a_bootstrap_is_as_wide_as_its_nights_differ() -> None:
    gaps, lined = nights(100)
    (low,), (high,) = gap_intervals(gaps, lined, DAY, "season")
    mean, deviation = (gaps / lined).mean(), (gaps / lined).std()
    assert low < mean < high
    assert (high - low) / 2 == pytest.approx(1.96 * deviation / 10, rel=0.1)


def test_a_bootstrap_of_rows_that_go_together_is_not_of_single_rows() -> None:
    gaps, lined = nights(50, rows=20)
    (low,), (high,) = gap_intervals(gaps, lined, DAY, "season")
    more, rows = gap_intervals(gaps * 10, lined * 10, DAY, "season")
    assert (low, high) == pytest.approx((more[0], rows[0]), abs=1e-5)


def test_the_same_key_has_the_same_interval_and_another_another() -> None:
    gaps, lined = nights(40)
    once = gap_intervals(gaps, lined, DAY, "season")
    np.testing.assert_array_equal(once, gap_intervals(gaps, lined, DAY, "season"))
    assert not np.array_equal(once, gap_intervals(gaps, lined, DAY, "30_days"))
    assert seed_of(DAY, "season") == 13414408022399377072


def test_a_groups_interval_is_its_own_whoever_stands_beside_it() -> None:
    gaps, lined = nights(40, groups=7)
    low, high = gap_intervals(gaps, lined, DAY, "season")
    for n in range(7):
        alone = gap_intervals(gaps[:, [n]], lined[:, [n]], DAY, "season")
        np.testing.assert_array_equal(alone, ([low[n]], [high[n]]))
    silent = np.zeros((40, 1))
    beside = gap_intervals(np.hstack([silent, gaps]), np.hstack([silent, lined]), DAY, "season")
    np.testing.assert_array_equal(beside, ([np.nan, *low], [np.nan, *high]))


@pytest.mark.parametrize(
    ("count", "rows", "is_told"), [(5, 6, True), (5, 5, False), (4, 100, False)]
)
def test_few_rows_and_few_nights_have_no_interval(count: int, rows: int, is_told: bool) -> None:
    low, _ = gap_intervals(*nights(count, rows=rows), DAY, "season")
    assert bool(np.isfinite(low[0])) is is_told


def test_a_group_that_is_lined_on_few_of_the_nights_has_an_interval() -> None:
    gaps, lined = nights(60, groups=2)
    gaps[6:, 1], lined[6:, 1] = 0, 0
    low, high = gap_intervals(gaps, lined, DAY, "season")
    assert np.isfinite([*low, *high]).all()
    assert low[1] < (gaps[:, 1].sum() / lined[:, 1].sum()) < high[1]
