"""When a prediction is a bet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.predictions.rules import PickRule, judged

LOCK_AT = datetime(2024, 3, 2, 23, 30, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "system_id": "catboost", "line": 20.0, "edge": 2.0, "p_over": 0.56, "p_push": 0.04,
    "p_under": 0.40, "over_decimal": 1.95, "under_decimal": 1.85, "quality_score": 100.0,
    "quality_tier": "gold", "is_bootstrap": False, "is_few_minutes": False,
    "cutoff_at": LOCK_AT, "line_observed_at": LOCK_AT - timedelta(minutes=5),
}  # fmt: skip


def row(**changes: Any) -> pd.Series:
    return judged(pd.DataFrame([GOOD | changes]), PickRule()).iloc[0]


def test_a_good_edge_at_a_good_price_is_a_bet_also_at_twenty() -> None:
    found = row()
    assert found["recommendation"] == "OVER"
    assert pd.isna(found["pass_reason"])
    assert found["expected_value"] == pytest.approx(0.56 * 0.95 - 0.40)
    assert found["confidence"] == pytest.approx(0.56 / 0.96)


def test_the_side_is_that_of_the_edge_and_so_is_the_price() -> None:
    found = row(edge=-2.0, p_over=0.40, p_under=0.56)
    assert found["recommendation"] == "UNDER"
    assert found["expected_value"] == pytest.approx(0.56 * 0.85 - 0.40)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"system_id": "line", "edge": 0.0}, "baseline"),
        ({"p_over": None, "p_push": None, "p_under": None}, "no_probability"),
        ({"is_bootstrap": True}, "bootstrap"),
        ({"is_few_minutes": True}, "few_minutes"),
        ({"quality_score": 69.9}, "quality"),
        ({"quality_score": None}, "quality"),
        ({"line_observed_at": LOCK_AT - timedelta(minutes=60, seconds=1)}, "stale_line"),
        ({"edge": 1.49}, "edge"),
        ({"p_over": 0.50, "p_under": 0.46}, "expected_value"),
    ],
)
def test_what_breaks_a_rule_passes_and_says_which(changes: dict[str, Any], reason: str) -> None:
    found = row(**changes)
    assert (found["recommendation"], found["pass_reason"]) == ("PASS", reason)


def test_the_thresholds_themselves_are_enough() -> None:
    an_hour_old = LOCK_AT - timedelta(minutes=60)
    found = row(edge=1.5, quality_score=70.0, line_observed_at=an_hour_old)
    assert found["recommendation"] == "OVER"


def test_without_a_line_there_is_nothing_to_pass_on() -> None:
    nothing = dict.fromkeys(
        (
            "line",
            "line_observed_at",
            "edge",
            "p_over",
            "p_push",
            "p_under",
            "over_decimal",
            "under_decimal",
        )
    )
    found = row(**nothing)
    assert found["recommendation"] == "NO_LINE"
    assert pd.isna(found["pass_reason"])
    assert pd.isna(found["expected_value"])


@pytest.mark.parametrize(
    ("tier", "sure"), [("gold", 0.99), ("silver", 0.95), ("bronze", 0.80), ("poor", 0.0)]
)
def test_no_row_is_surer_than_its_tier(tier: str, sure: float) -> None:
    found = row(quality_tier=tier, p_over=0.99, p_push=0.0, p_under=0.01)
    assert found["confidence"] == pytest.approx(sure)
