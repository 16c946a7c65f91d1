"""When a prediction is a bet, and when it passes. Pure; the thresholds are settings, fixed before they are judged."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nba_assets.predictions.distribution import expected_value, kelly

# How sure a row of a tier may call itself; below bronze nobody is predicted.
CONFIDENCE_CAP = {"gold": 1.00, "silver": 0.95, "bronze": 0.80}


@dataclass(frozen=True)
class PickRule:
    """OVER or UNDER where all of this holds, else PASS.

    Attributes:
        min_edge: points between prediction and line.
        min_expected_value: units per unit at the recorded price.
        min_quality: `quality_score`.
        max_line_age: minutes from the capture of line and prices to the cut-off. A price of hours ago
            is not to be had, and what is known since is no edge over it: on the lines recorded of
            2023-24, a median of 4.5 hours old at lock, the model "won" 60 % (95 % 55 to 65 %) of
            405 bets.
    """

    min_edge: float = 1.5
    min_expected_value: float = 0.02
    min_quality: float = 70.0
    max_line_age: float = 60.0


def judged(rows: pd.DataFrame, rule: PickRule) -> pd.DataFrame:
    """The rows with confidence, recommendation, pass_reason, expected_value and kelly_fraction.

    The side is that of the edge; its price is the best recorded one.

    Args:
        rows: `system_id`, `line`, `line_observed_at`, `cutoff_at`, `edge`, `p_over`, `p_push`,
            `p_under`, `over_decimal`, `under_decimal`, `quality_score`, `quality_tier`,
            `is_bootstrap`, `is_few_minutes`.
        rule: the thresholds.
    """
    has_line = rows["line"].notna().to_numpy()
    edge = rows["edge"].to_numpy(dtype=float)
    is_over = edge >= 0
    over, under = (rows[name].to_numpy(dtype=float) for name in ("p_over", "p_under"))
    p_win, p_lose = np.where(is_over, over, under), np.where(is_over, under, over)
    price = np.where(is_over, rows["over_decimal"], rows["under_decimal"]).astype(float)
    value = expected_value(p_win, p_lose, price)
    decided = over + under
    with np.errstate(invalid="ignore", divide="ignore"):
        sure = np.where(decided > 0, p_win / decided, np.nan)
    cap = rows["quality_tier"].map(CONFIDENCE_CAP).fillna(0.0).to_numpy(dtype=float)
    reason = _first_reason(
        {
            "baseline": (rows["system_id"] == "line").to_numpy(),
            "no_probability": np.isnan(over),
            "bootstrap": rows["is_bootstrap"].to_numpy(dtype=bool),
            "few_minutes": rows["is_few_minutes"].to_numpy(dtype=bool),
            "quality": ~(rows["quality_score"].to_numpy(dtype=float) >= rule.min_quality),
            "stale_line": ~(_age(rows) <= rule.max_line_age),
            "edge": ~(np.abs(edge) >= rule.min_edge),
            "expected_value": ~(value >= rule.min_expected_value),
        },
        rows,
    )
    side = np.where(is_over, "OVER", "UNDER")
    return rows.assign(
        confidence=np.minimum(sure, cap),
        expected_value=value,
        kelly_fraction=kelly(p_win, p_lose, price),
        recommendation=np.where(~has_line, "NO_LINE", np.where(reason.isna(), side, "PASS")),
        pass_reason=reason.where(has_line, None),
    )


def _age(rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Minutes from the capture of the line to the cut-off; NaN without a line."""
    cut, seen = (pd.to_datetime(rows[n], utc=True) for n in ("cutoff_at", "line_observed_at"))
    return np.asarray((cut - seen).dt.total_seconds() / 60, dtype=float)


def _first_reason(tests: dict[str, npt.NDArray[np.bool_]], rows: pd.DataFrame) -> pd.Series:
    found = pd.Series(None, rows.index, dtype=object)
    for name, holds in reversed(tests.items()):
        found[holds] = name
    return found
