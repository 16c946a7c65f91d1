"""Windows of a ledger: which dates they hold, and that a range is its days to the bit."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from nba_assets.gates.audit import contract_breaks
from nba_assets.grading.measures import READ
from nba_assets.grading.performance_summary import (
    MIN_PLAYER_ROWS,
    Daily,
    performance_summary,
    window_starts,
)
from nba_assets.grading.tables import PERFORMANCE_SUMMARY, PREDICTION_ACCURACY
from nba_assets.warehouse.frames import typed
from nba_assets_tests.grading.rows import entry, ledger_frame, lost, void
from nba_assets_tests.precompute.form_world import DAY, Row

KEY = ["game_date", *PERFORMANCE_SUMMARY.key[1:]]


def days_ago(count: int) -> date:
    return DAY - timedelta(days=count)


def summary(ledger: pd.DataFrame, dates: Sequence[date]) -> pd.DataFrame:
    made = typed(PERFORMANCE_SUMMARY, performance_summary(Daily.of([ledger]), dates))
    return pd.DataFrame(made.to_pandas()).sort_values(KEY, ignore_index=True)


def of(rows: Iterable[Row], slice_: str = "all", cutoff: str = "active") -> dict[str, Row]:
    """The day's rows of a slice by window."""
    found = typed(PERFORMANCE_SUMMARY, performance_summary(Daily.of([ledger_frame(rows)]), [DAY]))
    return {
        row["window"]: row
        for row in found.to_pylist()
        if row["slice"] == slice_ and row["cutoff"] == cutoff
    }


def test_windows_end_with_the_date_and_the_season_begins_with_its_own() -> None:
    assert window_starts(date(2024, 3, 5)) == {
        "7_days": date(2024, 2, 28),
        "30_days": date(2024, 2, 5),
        "month": date(2024, 3, 1),
        "season": date(2023, 10, 24),
    }


def test_a_window_holds_its_dates_and_no_other() -> None:
    ago = (0, 4, 5, 6, 7, 29, 30, 133, 134)
    rows = [entry(str(n), game_date=days_ago(n)) for n in ago]
    found = of(rows)
    counts = {window: row["wins"] for window, row in found.items()}
    assert counts == {"7_days": 4, "30_days": 6, "month": 2, "season": 8}
    days = {window: row["days"] for window, row in found.items()}
    assert days == {"7_days": 7, "30_days": 30, "month": 5, "season": 134}


def test_days_are_counted_from_the_first_graded_row() -> None:
    found = of([void("1", game_date=days_ago(40)), entry("2", game_date=days_ago(10)), entry("3")])
    assert (found["season"]["days"], found["season"]["predictions"]) == (11, 3)
    assert of([void()])["season"]["days"] is None


def test_a_date_without_a_row_of_the_ledger_has_no_summary() -> None:
    ledger = ledger_frame([entry(game_date=days_ago(1))])
    assert summary(ledger, [DAY]).empty
    assert set(summary(ledger, [days_ago(1), DAY])["game_date"]) == {days_ago(1)}
    assert performance_summary(Daily.of([]), [DAY]).empty


def test_rows_are_of_the_contract() -> None:
    daily = Daily.of([ledger_frame([entry(), lost("2"), void("3")])])
    made = typed(PERFORMANCE_SUMMARY, performance_summary(daily, [DAY]))
    assert contract_breaks(PERFORMANCE_SUMMARY, made, [DAY]) == {}


def test_a_hit_rate_has_its_interval_its_break_even_and_its_verdict() -> None:
    price = 1 + 100 / 110
    won = [entry(str(n), price_decimal=price, profit_units=price - 1) for n in range(6)]
    row = of([*won, *(lost(f"l{n}", price_decimal=price) for n in range(4))])["season"]
    assert row["hit_rate"] == 0.6
    assert row["break_even"] == pytest.approx(0.5238, abs=1e-4)
    assert (row["hit_rate_low"], row["hit_rate_high"]) == pytest.approx((0.3127, 0.8318), abs=1e-4)
    assert row["verdict"] == "not_distinguishable"
    assert row["roi"] == pytest.approx((6 * 100 / 110 - 4) / 10)
    dearer = of([entry(price_decimal=1 + 100 / 115)])["season"]
    assert dearer["break_even"] == pytest.approx(0.5349, abs=1e-4)


def test_issued_bets_have_a_record_of_their_own() -> None:
    rows = [entry("1", is_pick=True), lost("2", is_pick=True), entry("3"), entry("4")]
    rows += [entry("5", is_pick=True, game_date=days_ago(3)), void("6", is_pick=True)]
    every, issued = of(rows)["season"], of(rows, "picks")["season"]
    assert [every[name] for name in ("picks", "wins", "losses", "voids")] == [6, 4, 1, 1]
    assert [issued[name] for name in ("picks", "wins", "losses", "voids")] == [4, 2, 1, 1]
    assert issued["hit_rate"] == pytest.approx(2 / 3)
    ends = (issued["hit_rate_low"], issued["hit_rate_high"])
    assert ends == pytest.approx((0.2077, 0.9385), abs=1e-4)
    assert issued["verdict"] == "not_distinguishable"
    assert of([entry()], "picks") == {}


def test_the_bias_is_told_by_scoring_bucket() -> None:
    low: Row = {"predicted_points": 7.5, "mean_points": 8.0, "actual_points": 9}
    rows = [entry("1", **low), entry("2", **low | {"actual_points": 6}), entry("3")]
    assert of(rows, "forecast:<8")["season"]["bias"] == pytest.approx((-1.0 + 2.0) / 2)
    assert of(rows, "forecast:20-25")["season"]["bias"] == 0.5


def test_no_bets_have_no_rate_and_say_so() -> None:
    row = of([void()])["season"]
    rate = ("hit_rate", "hit_rate_low", "hit_rate_high", "break_even")
    assert [row[name] for name in rate] == [None] * 4
    assert row["verdict"] == "no_bets"


def test_a_player_is_told_of_from_twenty_graded_rows_on() -> None:
    many = [entry("9", game_date=days_ago(n)) for n in range(MIN_PLAYER_ROWS)]
    found = of(many, "player:9")
    assert set(found) == {"season"}
    assert (found["season"]["graded"], found["season"]["calibration_error"]) == (20, None)
    assert of([*many[:-1], void("9", game_date=days_ago(30))], "player:9") == {}
    assert of(many, "player:9", "lock") == {}


def random_ledger(dates: Sequence[date], seed: int = 1) -> pd.DataFrame:
    """Two systems, both cut-offs, ten players a date; some lines, some who sat, awkward floats."""
    random = np.random.default_rng(seed)
    made = []
    for day in dates:
        for n in range(10):
            line, points = float(random.integers(5, 30)) + 0.5, int(random.integers(0, 40))
            sits, lined = random.random() < 0.1, random.random() < 0.8
            for system in ("ewma", "catboost"):
                for cutoff in ("morning", "lock"):
                    said = float(random.normal(15, 5))
                    changes: Row = {
                        "game_date": day, "system_id": system, "cutoff": cutoff,
                        "is_active_row": cutoff == "lock", "is_home": bool(n % 2),
                        "is_back_to_back": None if n == 3 else bool(n % 3 == 0),
                        "kind": "forward" if n % 4 else "walk_forward",
                    }  # fmt: skip
                    if sits:
                        made.append(void(str(n), **changes))
                        continue
                    error = said - points
                    over = said > line
                    changes |= {
                        "predicted_points": said, "mean_points": said + 0.3, "error": error,
                        "abs_error": abs(error), "actual_points": points, "line": line,
                        "line_abs_error": abs(line - points), "edge": said - line,
                        "recommendation": "OVER" if over else "UNDER",
                        "p_over_5": float(random.random()), "confidence": 0.5 + random.random() / 2,
                        "outcome": "win" if over == (points > line) else "loss",
                        "profit_units": 0.9 if over == (points > line) else -1.0,
                        "brier": float(random.random()), "price_decimal": 1.9,
                    }  # fmt: skip
                    if not lined:
                        changes |= {
                            "outcome": "no_pick", "recommendation": "NO_LINE", "line": None,
                            "line_abs_error": None, "edge": None, "confidence": None,
                            "brier": None, "profit_units": None, "price_decimal": None,
                        }  # fmt: skip
                    made.append(entry(str(n), **changes))
    return ledger_frame(made)


def test_a_range_is_its_days_to_the_bit() -> None:
    dates = [days_ago(n) for n in range(45, -1, -1) if n not in (3, 17)]
    ledger = random_ledger(dates)
    last = [days_ago(n) for n in range(8, -1, -1)]
    ranged = summary(ledger, last)
    for day in last:
        known = ledger[ledger["game_date"] <= day]
        # A day's run reads the ledger in other parts, and knows none of the later groups.
        halves = [
            known[known["game_date"] <= days_ago(20)],
            known[known["game_date"] > days_ago(20)],
        ]
        alone = typed(PERFORMANCE_SUMMARY, performance_summary(Daily.of(halves), [day]))
        own = ranged[ranged["game_date"] == day].drop(columns="game_date")
        assert typed(PERFORMANCE_SUMMARY, own.assign(game_date=day)).equals(
            alone.sort_by([(name, "ascending") for name in KEY])
        )
    assert ranged["mae_gap_low"].notna().any()
    assert "player:1" in set(ranged["slice"])


def test_later_rows_change_no_summary() -> None:
    ledger = random_ledger([days_ago(n) for n in range(12, -1, -1)])
    before = summary(ledger[ledger["game_date"] <= days_ago(4)], [days_ago(4)])
    pd.testing.assert_frame_equal(summary(ledger, [days_ago(4)]), before, check_exact=True)


def test_a_seasons_rates_are_those_of_all_its_rows() -> None:
    ledger = random_ledger([days_ago(n) for n in range(12, -1, -1)])
    found = summary(ledger, [DAY])
    rows = ledger[(ledger["system_id"] == "ewma") & (ledger["cutoff"] == "lock")]
    rows = rows[rows["kind"] == "forward"]
    of_all = (
        (found["slice"] == "all") & (found["window"] == "season") & (found["kind"] == "forward")
    )
    is_own = (found["system_id"] == "ewma") & (found["cutoff"] == "active")
    row = found[of_all & is_own].iloc[0]
    assert row["mae"] == pytest.approx(rows["abs_error"].mean())
    lined = rows[rows["line"].notna() & rows["actual_points"].notna()]
    assert row["mae_gap"] == pytest.approx((lined["line_abs_error"] - lined["abs_error"]).mean())
    assert row["mae_gap_low"] < row["mae_gap"] < row["mae_gap_high"]
    assert row["profit_units"] == pytest.approx(rows["profit_units"].sum())


def test_only_some_slices_have_an_interval_of_the_gap() -> None:
    found = summary(random_ledger([days_ago(n) for n in range(40, -1, -1)]), [DAY])
    told = set(found.loc[found["mae_gap_low"].notna(), "slice"])
    assert {"all", "target"} < told
    assert all(name in ("all", "target") or name.startswith("line:") for name in told)


def test_the_ledger_has_the_columns_that_are_read() -> None:
    assert set(PREDICTION_ACCURACY.column_names) >= READ
