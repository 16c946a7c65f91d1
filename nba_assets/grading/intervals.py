"""Intervals and what they allow to say: Wilson's of a rate, a bootstrap of dates, the verdict. Pure."""

import hashlib
from datetime import date

import numpy as np
import pandas as pd

Z_95 = 1.959963984540054
DRAWS = 1000
MIN_LINED, MIN_DATES = 30, 5  # rows, dates; of fewer dates a resampled interval is far too narrow
ABOVE, BELOW = "above", "below"
NOT_DISTINGUISHABLE, NO_BETS = "not_distinguishable", "no_bets"
# Of a point: as whole numbers sums of a season are exact in any order, and no library changes them.
_UNIT = 2.0**20


def wilson(wins: pd.Series, tries: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Wilson's 95 % score interval of a share; NULL where there were no tries.

    E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927.
    """
    n = tries.astype(float).where(tries > 0)
    share = wins / n
    middle = share + Z_95**2 / (2 * n)
    reach = Z_95 * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    whole = 1 + Z_95**2 / n
    return ((middle - reach) / whole).clip(lower=0), ((middle + reach) / whole).clip(upper=1)


def verdicts(low: pd.Series, high: pd.Series, break_even: pd.Series) -> pd.Series:
    """Whether a hit rate is above or below break-even, as far as its interval tells."""
    told = np.select(
        [low.isna(), low > break_even, high < break_even],
        [NO_BETS, ABOVE, BELOW],
        NOT_DISTINGUISHABLE,
    )
    return pd.Series(told.astype(object), low.index)


def seed_of(day: date, window: str) -> int:
    """The seed of a window's draws: of its key alone, so that whoever draws draws the same."""
    return int.from_bytes(hashlib.sha256(f"{day} {window}".encode()).digest()[:8], "big")


def gap_intervals(
    gaps: np.ndarray, lined: np.ndarray, day: date, window: str
) -> tuple[np.ndarray, np.ndarray]:
    """Paired 95 % percentile intervals of the mean gap to the line, by bootstrap of dates.

    Players of one night share its pace, referees and overtimes: nights are drawn, not rows, and all
    systems have the same draws (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 8.5).
    `predictions.errors.gap_interval` says the same of one group and its rows; here thousands of groups
    share the draws, and their sums are exact, so that a range is its days to the bit.

    Args:
        gaps: dates x groups: sum of |line - actual| - |predicted - actual|, points.
        lined: dates x groups: rows that it is of.
        day: that the window ends with.
        window: its name.

    Returns:
        lower and upper end by group, NaN under `MIN_LINED` rows or `MIN_DATES` dates.
    """
    low, high = np.full((2, gaps.shape[1]), np.nan)
    is_told = (lined.sum(axis=0) >= MIN_LINED) & ((lined > 0).sum(axis=0) >= MIN_DATES)
    is_of_lines = (lined[:, is_told] > 0).any(axis=1)
    nights = int(is_of_lines.sum())
    if not nights:
        return low, high
    random = np.random.default_rng(seed_of(day, window))
    drawn = random.multinomial(nights, np.full(nights, 1 / nights), DRAWS).astype(float)
    # Groups x draws: an interval is of one row.
    gap = np.rint(gaps[is_of_lines][:, is_told] * _UNIT).T @ drawn.T
    rows = lined[is_of_lines][:, is_told].T @ drawn.T
    # None of a group's nights may be drawn; such a draw says nothing of it.
    means = np.divide(gap, rows * _UNIT, out=np.full_like(gap, np.nan), where=rows > 0)
    quantile = np.nanquantile if np.isnan(means).any() else np.quantile  # tenfold the time
    low[is_told], high[is_told] = quantile(means, (0.025, 0.975), axis=1)
    return low, high
