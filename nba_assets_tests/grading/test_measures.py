"""Rates of a ledger of a few rows, by hand; which rows a slice holds."""

import math
from typing import Any

import pandas as pd
import pytest

from nba_assets.grading.slices import slices
from nba_assets.grading.system_daily_performance import daily_performance
from nba_assets.grading.tables import SYSTEM_DAILY_PERFORMANCE
from nba_assets.warehouse.frames import typed
from nba_assets_tests.grading.rows import entry, ledger_frame, lost, void
from nba_assets_tests.precompute.form_world import DAY, Row

PASSED: Row = {"outcome": "no_pick", "recommendation": "PASS", "profit_units": None,
               "price_decimal": None}  # fmt: skip
UNGRADED: Row = dict.fromkeys(
    ("actual_points", "minutes", "error", "abs_error", "in_50", "in_80", "line_abs_error",
     "profit_units", "brier", "log_loss", "market_brier", "market_log_loss")
)  # fmt: skip
UNLINED: Row = PASSED | {"recommendation": "NO_LINE"} | dict.fromkeys(
    ("line", "line_abs_error", "p_over", "p_push", "no_vig_over", "confidence", "edge", "brier",
     "log_loss", "market_brier", "market_log_loss")
)  # fmt: skip


def performance(*rows: Row) -> dict[tuple[str, ...], Row]:
    made = typed(SYSTEM_DAILY_PERFORMANCE, daily_performance(ledger_frame(rows)))
    assert made.schema == SYSTEM_DAILY_PERFORMANCE.schema_of()
    return {(r["system_id"], r["cutoff"], r["kind"]): r for r in made.to_pylist()}


def only(*rows: Row) -> Row:
    return performance(*rows)["ewma", "active", "forward"]


def test_rates_are_those_of_the_rows() -> None:
    row = only(
        entry("1"),
        lost("2"),
        void("3"),
        entry("4", **PASSED, actual_points=26, error=-2.0, abs_error=2.0, line_abs_error=5.5),
        entry("5", **UNLINED, actual_points=30, error=-6.0, abs_error=6.0, within_3=False,
              within_5=False, in_50=False),
        entry("6", outcome="push", line=24.0, line_abs_error=0.0, profit_units=0.0, brier=None,
              log_loss=None, market_brier=None, market_log_loss=None),
        entry("7", outcome="pending", **UNGRADED),
    )  # fmt: skip
    counts = ("predictions", "graded", "voids", "picks", "wins", "losses", "pushes", "lined",
              "pending", "over_picks", "over_wins", "under_picks", "under_wins")  # fmt: skip
    assert [row[name] for name in counts] == [6, 5, 1, 4, 1, 1, 1, 4, 1, 4, 1, 0, 0]
    assert row["hit_rate"] == 0.5
    assert row["mae"] == (0 + 10 + 2 + 6 + 0) / 5
    assert row["rmse"] == pytest.approx(math.sqrt((100 + 4 + 36) / 5))
    # Of 24, 14, 26, 30 and 24 points, which are 23.6 in the mean.
    assert row["r2"] == pytest.approx(1 - 140 / (0.4**2 + 9.6**2 + 2.4**2 + 6.4**2 + 0.4**2))
    assert row["bias"] == pytest.approx((0.5 + 10.5 - 1.5 - 5.5 + 0.5) / 5)
    assert (row["within_3"], row["within_5"]) == (3 / 5, 3 / 5)
    assert (row["coverage_80"], row["coverage_50"]) == (4 / 5, 3 / 5)
    assert (row["lined_mae"], row["line_mae"]) == (12 / 4, (3.5 + 6.5 + 5.5 + 0) / 4)
    assert row["mae_gap"] == row["line_mae"] - row["lined_mae"]
    assert row["brier"] == pytest.approx((0.16 + 0.36 + 0.16) / 3)
    assert (row["market_brier"], row["market_log_loss"]) == (0.25, pytest.approx(0.7))
    assert (row["profit_units"], row["roi"]) == (0.0, 0.0)
    assert row["clv"] is None


def test_bets_that_were_surer_and_rows_that_were_passed_are_counted_apart() -> None:
    row = only(
        entry("1", confidence=0.6),
        lost("2", confidence=0.7),
        entry("3", confidence=0.59),
        void("4", confidence=0.8),
        entry("5", **PASSED, confidence=0.9),
    )
    names = ("passes", "confident_picks", "confident_wins", "confident_losses")
    assert [row[name] for name in names] == [1, 3, 1, 1]
    assert row["mean_confidence"] == pytest.approx((0.6 + 0.7 + 0.59 + 0.8) / 4)
    assert only(entry(**PASSED))["mean_confidence"] is None


def test_a_mean_that_is_not_known_is_the_predicted_points() -> None:
    assert only(entry(mean_points=None, predicted_points=25.0))["bias"] == 1.0


def test_of_equal_points_no_variance_is_explained() -> None:
    alike = [entry(str(n), actual_points=7, error=17.0, abs_error=17.0) for n in range(3)]
    assert only(*alike)["r2"] is None
    assert only(alike[0])["r2"] is None
    exact = [entry(str(n), actual_points=n, error=0.0, abs_error=0.0) for n in range(3)]
    assert only(*exact)["r2"] == 1.0


def test_calibration_is_off_by_the_distance_of_each_bin() -> None:
    row = only(
        entry("1", actual_points=3, p_over_5=0.25),
        entry("2", actual_points=30, p_over_5=0.22),
        entry("3", actual_points=30, p_over_5=0.75),
        entry("4", actual_points=30, p_over_5=1.0),
    )
    at_5 = (abs(0.25 + 0.22 - 1) + 0.25 + 0.0) / 4
    # Of 1 for 10 to 20 and 0 for 25: the first scored 3.
    others = 3 * 1 / 4 + 3 / 4
    assert row["calibration_error"] == pytest.approx((at_5 + others) / 5)


def test_a_system_without_a_distribution_has_no_calibration_and_no_coverage() -> None:
    bare = [f"p_over_{points}" for points in (5, 10, 15, 20, 25)]
    nothing: Row = dict.fromkeys([*bare, "in_50", "in_80", "brier"])
    row = only(entry(**nothing))
    names = ("calibration_error", "coverage_80", "coverage_50", "brier", "market_brier")
    assert [row[name] for name in names] == [None] * 5


def test_rates_of_nothing_are_null_and_counts_are_0() -> None:
    row = only(void(**PASSED | {"outcome": "void"}))
    assert (row["predictions"], row["graded"], row["voids"], row["picks"]) == (1, 0, 1, 0)
    rates = ("hit_rate", "mae", "rmse", "r2", "bias", "coverage_80", "mae_gap", "roi", "clv")
    assert [row[name] for name in rates] == [None] * 9
    assert row["profit_units"] == 0.0


def test_the_active_cutoff_holds_each_game_once() -> None:
    rows = [
        entry("1", cutoff="morning", is_active_row=False),
        entry("1", cutoff="lock"),
        lost("2", cutoff="morning", game_id="other", is_active_row=True),
    ]
    found = performance(*rows)
    wins = {cutoff: (row["wins"], row["losses"]) for (_, cutoff, _), row in found.items()}
    assert wins == {"morning": (1, 1), "lock": (1, 0), "active": (1, 1)}


def test_kinds_and_systems_are_never_mixed() -> None:
    found = performance(entry("1"), lost("2", kind="walk_forward"), lost("3", system_id="line"))
    active = {key: row["hit_rate"] for key, row in found.items() if key[1] == "active"}
    assert active == {
        ("ewma", "active", "forward"): 1.0,
        ("ewma", "active", "walk_forward"): 0.0,
        ("line", "active", "forward"): 0.0,
    }


def test_what_is_made_of_a_degraded_row_is_degraded() -> None:
    row = only(entry("1", source_score=80, is_degraded=True), entry("2"))
    assert (row["source"], row["source_score"], row["quality_tier"]) == ("platform", 80, "silver")
    assert row["degraded_reasons"] == ["1 of 2 rows of the ledger are degraded"]
    clean = only(entry("1"), entry("2", is_bootstrap=True))
    assert (clean["is_degraded"], clean["degraded_reasons"]) == (False, [])
    assert clean["is_bootstrap"] is True


def sliced(**changes: Any) -> list[str]:
    labels = slices(ledger_frame([entry(**changes)]))
    return [str(label.iloc[0]) for label in labels.values() if pd.notna(label.iloc[0])]


@pytest.mark.parametrize(
    ("changes", "slice_"),
    [
        ({"line": 7.5}, "line:<8"),
        ({"line": 8.0}, "line:8-12"),
        ({"line": 20.0}, "line:20-25"),
        ({"line": 24.5}, "line:20-25"),
        ({"line": 25.0}, "line:25+"),
        ({"predicted_points": 7.9}, "forecast:<8"),
        ({"predicted_points": 8.0}, "forecast:8-12"),
        ({"predicted_points": 25.0}, "forecast:25+"),
        ({"edge": -1.49}, "edge:<1.5"),
        ({"edge": -1.5}, "edge:1.5-3"),
        ({"edge": 3.0}, "edge:3-5"),
        ({"edge": -7.0}, "edge:5+"),
        ({"confidence": 0.5}, "confidence:1"),
        ({"confidence": 0.55}, "confidence:2"),
        ({"confidence": 0.7}, "confidence:5"),
        ({"confidence": 0.95}, "confidence:10"),
        ({"confidence": 1.0}, "confidence:10"),
        ({"recommendation": "UNDER"}, "side:UNDER"),
        ({"is_home": False}, "venue:away"),
        ({"is_back_to_back": True}, "rest:back_to_back"),
        ({"is_back_to_back": False}, "rest:rested"),
    ],
)
def test_a_row_falls_into_one_slice_of_each_family(changes: Row, slice_: str) -> None:
    found = sliced(**changes)
    assert slice_ in found
    assert len(found) == len({name.split(":")[0] for name in found}) == 9


def test_what_is_not_known_of_a_row_puts_it_into_no_slice() -> None:
    found = sliced(**UNLINED, is_target=False, is_back_to_back=None)
    assert found == ["all", "forecast:20-25", "venue:home"]


def test_only_bets_that_were_issued_are_among_the_picks() -> None:
    assert "picks" in sliced(is_pick=True)
    assert "picks" not in sliced(is_pick=False)


def test_dates_are_apart() -> None:
    later = DAY.replace(day=6)
    made = daily_performance(ledger_frame([entry(), lost(game_date=later)]))
    active = made[made["cutoff"] == "active"].set_index("game_date")
    assert active["hit_rate"].to_dict() == {DAY: 1.0, later: 0.0}
