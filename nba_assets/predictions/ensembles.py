"""Means of systems: fixed weights, and weights learned from the errors of past weeks. Pure but for the shells."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from nba_assets.predictions.tables import MEMBERS

# Starting values, renormalized over those present (domain rules, section 5.2).
FIXED_WEIGHTS = {"catboost": 0.45, "similarity": 0.25, "moving_average": 0.20, "zone_matchup": 0.10}
# The learned mean sees no line either: what repeats the line cannot tell where it is wrong.
LEARNED = tuple(m for m in MEMBERS if m not in ("line", "catboost_with_line"))
MIN_MEMBERS = 2
# Of the learned weights this much is shared alike: where one member is left of the least squares, the
# mean would be that member under another name, and what past weeks learned is never that sure.
SHARED_ALIKE = 0.1
MIN_ERRORS = 500  # of a system and cut-off: below, its own past does not speak yet
# A member that is often silent is learned of too few rows to be weighed against the others.
MIN_PRESENT = 0.5
# One row that says "the weights sum to one", heavier than all the errors together.
_SUM_TO_ONE = 1e3


def combined(wide: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """The weighted mean of the members that each row has; NaN where fewer than two that weigh anything have a forecast.

    Args:
        wide: forecasts in points, a column per member, NaN where it has none.
        weights: by member; renormalized over those present.
    """
    members = [m for m in wide.columns if weights.get(str(m), 0) > 0]
    values = wide[members].to_numpy(dtype=float)
    is_there = ~np.isnan(values)
    shares = np.where(is_there, np.array([weights[str(m)] for m in members]), 0.0)
    enough = is_there.sum(axis=1) >= MIN_MEMBERS
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nansum(values * shares, axis=1) / shares.sum(axis=1)
    return pd.Series(np.where(enough, means, np.nan), wide.index)


def learned_weights(residuals: pd.DataFrame) -> dict[str, float]:
    """Weights > 0 that sum to one: nine tenths make the squared error of the mean least, one is shared alike.

    The error of a mean is the mean of the errors, so they are learned from errors alone (Lawson and
    Hanson's non-negative least squares). Members that are often silent weigh nothing.

    Args:
        residuals: actual - forecast in points, a column per member of `LEARNED`, NaN without a forecast.

    Returns:
        by member; equal weights where there are fewer than 500 rows to learn from.
    """
    members = [m for m in LEARNED if m in residuals and residuals[m].notna().mean() >= MIN_PRESENT]
    rows = residuals[members].dropna()
    if len(rows) < MIN_ERRORS or len(members) < MIN_MEMBERS:
        return dict.fromkeys(LEARNED, 1 / len(LEARNED))
    from scipy.optimize import nnls  # comes with catboost

    scale = 1 / np.sqrt(len(rows))
    errors: npt.NDArray[np.float64] = rows.to_numpy(dtype=float) * scale
    system = np.vstack([errors, np.full((1, len(members)), _SUM_TO_ONE)])
    target = np.zeros(len(system))
    target[-1] = _SUM_TO_ONE
    found, _ = nnls(system, target)
    least = (1 - SHARED_ALIKE) * found / found.sum()
    alike = SHARED_ALIKE / len(members)
    return {m: float(w) + alike for m, w in zip(members, least, strict=True)}
