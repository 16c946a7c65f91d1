"""What the gates of the grading hold, and what they let through."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.grading.gates import (
    doubtful_performances,
    impossible_outcomes,
    incredible_performances,
    miscounted_days,
    slices_unlike_the_whole,
    ungraded_games,
    unmatched_predictions,
)
from nba_assets.grading.intervals import wilson
from nba_assets.grading.performance_summary import Daily, performance_summary
from nba_assets.grading.prediction_accuracy import ledger
from nba_assets.grading.system_daily_performance import daily_performance
from nba_assets.grading.tables import (
    PERFORMANCE_SUMMARY,
    PREDICTION_ACCURACY,
    SYSTEM_DAILY_PERFORMANCE,
)
from nba_assets.predictions.tables import PLAYER_PREDICTIONS
from nba_assets.raw.tables import PLAYER_BOX_SCORES
from nba_assets.warehouse.frames import typed
from nba_assets_tests.grading.rows import (
    did,
    entry,
    evidence,
    game,
    ledger_frame,
    lost,
    offer,
    pick,
    prediction,
    sat,
    unlined,
    visitor,
    void,
)
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, frame, whole

WAITING: Row = {
    "outcome": "pending", "outcome_reason": "no_play_status", "profit_units": None,
    **dict.fromkeys(("actual_points", "minutes", "error", "abs_error")),
}  # fmt: skip


ELSEWHERE = [("20240305_DEN_LAL", "no_box_score"), ("20240305_GSW_MIA", "not_scheduled"),
             ("20240305_PHX_UTA", "not_final")]  # fmt: skip


def test_every_branch_that_grading_makes_is_possible() -> None:
    rows = [
        prediction("1", recommendation=side, system_id=system, line=line, cutoff=cutoff)
        for side in ("OVER", "UNDER", "PASS")
        for system, line in (("ewma", 20.5), ("line", 24.0), ("catboost", 30.5))
        for cutoff in ("morning", "lock")
    ]
    others = [prediction("2"), prediction("3", status="out"), unlined("4"), prediction("5")]
    boxes = [did("1", 24), did("2", 0), sat("3"), did("4", 60, minutes=58.0)]
    lines = [offer(22.5, 5)]
    for night in (
        evidence([*rows, *others], boxes, lines=lines, picks=[pick(rows[0])]),
        evidence([*rows, *others], schedule=[game(status="postponed")]),
        evidence([*rows, *others], schedule=[game(status="live")]),
        evidence([*rows, *others], schedule=[game(status="live", season_type="preseason")]),
        evidence([*rows, *others], schedule=[]),
    ):
        made = typed(PREDICTION_ACCURACY, ledger(night)).to_pandas()
        assert impossible_outcomes(made).empty


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (entry(outcome="won"), "is no outcome"),
        (entry(outcome="loss", profit_units=-1.0), "of the points and the line"),
        (entry(recommendation="UNDER"), "of the points and the line"),
        (entry(line=24.0, outcome="win"), "of the points and the line"),
        (entry(outcome="push", profit_units=0.0), "of the points and the line"),
        (entry(recommendation="PASS"), "without a bet"),
        (entry(outcome="no_pick", profit_units=None), "of a bet"),
        (void(actual_points=0), "with points of nobody who played"),
        (void(outcome_reason="tired"), "without a known reason"),
        (void(outcome_reason=None), "without a known reason"),
        (entry(outcome_reason="late_scratch"), "with a reason not to be graded"),
        (entry(actual_points=None), "without points"),
        (entry(minutes=None), "without points"),
        (entry(error=1.0), "another error"),
        (entry(error=None), "another error"),
        (void(profit_units=-1.0), "pays what it does not"),
        (entry(profit_units=0.5), "pays what it does not"),
        (entry(profit_units=None), "pays what it does not"),
        (lost(profit_units=0.0), "pays what it does not"),
        (void(recommendation="PASS"), "pays what it does not"),
        (entry(actual_points=104, error=-80.0), "actual_points 104.0"),
        (entry(minutes=1800.0), "minutes 1800.0"),
        (entry(price_decimal=-110.0, profit_units=-111.0), "price_decimal -110.0"),
    ],
)
def test_an_impossible_outcome_is_named(row: Row, why: str) -> None:
    good = entry("2")
    found = impossible_outcomes(ledger_frame([row, good]))
    assert found["player_id"].tolist() == ["1"]
    assert why in found["reason"].iloc[0]


def predictions(*rows: Row) -> pd.DataFrame:
    return frame(PLAYER_PREDICTIONS, rows)


def test_a_prediction_has_one_row() -> None:
    made = predictions(prediction(cutoff="lock"), prediction("2", cutoff="lock"))
    assert unmatched_predictions(ledger_frame([entry(), entry("2")]), made).empty
    lost_one = unmatched_predictions(ledger_frame([entry()]), made)
    assert lost_one["reason"].tolist() == [
        "one_row_per_key: 2 ewma lock forward is published 1 and graded 0 times"
    ]
    twice = unmatched_predictions(ledger_frame([entry(), *[entry("2")] * 5]), made)
    assert "graded 5 times" in twice["reason"].iloc[0]
    stray = unmatched_predictions(ledger_frame([entry(), entry("2"), entry("3")]), made)
    assert "3 ewma lock forward is published 0 and graded 1" in stray["reason"].iloc[0]
    assert unmatched_predictions(ledger_frame([]), predictions()).empty
    assert len(unmatched_predictions(ledger_frame([]), made)) == 2


def test_every_game_that_waits_is_named() -> None:
    boxes = frame(PLAYER_BOX_SCORES, [did(), visitor()])
    assert ungraded_games(ledger_frame([entry(), void("2")]), boxes).empty
    rows = [
        entry(**WAITING), entry("2", **WAITING), entry("3"),
        *(entry(game_id=game, **WAITING | {"outcome_reason": why}) for game, why in ELSEWHERE),
    ]  # fmt: skip
    found = ungraded_games(ledger_frame(rows), boxes)
    assert not found["blocks"].any()
    assert found["reason"].tolist() == [
        f"nothing_ungraded: {TONIGHT}: 2 rows are pending: no_play_status",
        *(f"nothing_ungraded: {game}: 1 rows are pending: {why}" for game, why in ELSEWHERE),
    ]


def test_a_man_whose_box_is_published_does_not_wait() -> None:
    boxes = frame(PLAYER_BOX_SCORES, [did(), visitor()])
    for why in ("no_box_score", "not_final", "not_scheduled", None):
        rows = ledger_frame(
            [entry("1", **WAITING), entry("2", **WAITING | {"outcome_reason": why})]
        )
        found = ungraded_games(rows, boxes)
        assert found["blocks"].tolist() == [True]
        assert (why or "without a reason") in found["reason"].iloc[0]
    half = frame(PLAYER_BOX_SCORES, [visitor()])
    assert ungraded_games(rows, half)["blocks"].tolist() == [False]


LEDGER = [
    entry("1"), entry("1", cutoff="morning", is_active_row=False), lost("2", system_id="line"),
    void("3"), entry("4", is_home=False, recommendation="UNDER", outcome="loss", profit_units=-1.0),
    entry("5", **WAITING),
]  # fmt: skip


def performance(**changes: Any) -> pd.DataFrame:
    made = typed(SYSTEM_DAILY_PERFORMANCE, daily_performance(ledger_frame(LEDGER))).to_pandas()
    return pd.DataFrame(made).assign(**changes)


def test_counts_of_a_day_add_up_to_its_ledger() -> None:
    rows = ledger_frame(LEDGER)
    assert miscounted_days(performance(), rows).empty
    more = miscounted_days(performance(), ledger_frame([*LEDGER, entry("6")]))
    assert more["reason"].tolist() == ["counts_add_up: ewma forward: 5 of 6 rows of the ledger"]
    less = miscounted_days(performance().query("cutoff != 'morning'"), rows)
    assert "4 of 5 rows" in less["reason"].iloc[0]


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("voids", "graded and void rows are not its predictions"),
        ("wins", "more bets are settled than made"),
        ("lined", "more lined rows than graded"),
        ("over_picks", "the sides are not the whole"),
        ("under_wins", "the sides are not the whole"),
    ],
)
def test_a_count_that_is_off_is_named(column: str, why: str) -> None:
    rows = performance()
    rows[column] += 9
    found = miscounted_days(rows, ledger_frame(LEDGER))
    assert found["reason"].str.contains(why).sum() == len(rows)


def summary(rows: list[Row] = LEDGER) -> pd.DataFrame:
    daily = Daily.of([ledger_frame(rows)])
    return pd.DataFrame(typed(PERFORMANCE_SUMMARY, performance_summary(daily, [DAY])).to_pandas())


@pytest.mark.parametrize(
    ("slice_", "column"),
    [
        ("side:UNDER", "picks"),
        ("venue:away", "predictions"),
        ("forecast:20-25", "predictions"),
        ("line:20-25", "lined"),
    ],
)
def test_a_row_of_no_slice_or_of_two_is_told(slice_: str, column: str) -> None:
    good = summary()
    assert slices_unlike_the_whole(good).empty
    lost_slice = slices_unlike_the_whole(good[good["slice"] != slice_])
    assert f"another number of {column} than all" in lost_slice["reason"].iloc[0]
    double = good.replace({"slice": {slice_: slice_ + "!"}})
    assert len(slices_unlike_the_whole(pd.concat([good, double]))) > 0


def rates(**changes: Any) -> pd.DataFrame:
    """A summary's row that nobody doubts."""
    given: Row = {
        "game_date": DAY, "system_id": "catboost", "cutoff": "active", "kind": "walk_forward",
        "window": "season", "slice": "all", "predictions": 3000, "graded": 3000, "picks": 400,
        "wins": 212, "losses": 188, "hit_rate": 0.53, "hit_rate_low": 0.481, "hit_rate_high": 0.578,
        "mae": 4.7, "lined": 2600, "lined_mae": 5.1, "days": 100, "r2": 0.47, "verdict": "not_distinguishable",
    }  # fmt: skip
    return frame(PERFORMANCE_SUMMARY, [whole(PERFORMANCE_SUMMARY, **(given | changes))])


def of_bets(wins: int, bets: int, **changes: Any) -> pd.DataFrame:
    (low, high) = wilson(pd.Series([wins]), pd.Series([bets]))
    ends = {"hit_rate_low": low[0], "hit_rate_high": high[0], "hit_rate": wins / bets}
    return rates(wins=wins, losses=bets - wins, picks=bets, **ends, **changes)


def test_seventy_six_percent_over_300_bets_are_a_suspected_leak() -> None:
    found = incredible_performances(of_bets(228, 300))
    assert found["reason"].tolist() == [
        "too_good_to_be_true: suspected leakage: catboost active walk_forward season all:"
        " hit rate 76.0 % of n=300 bets (95 % 70.9 to 80.5 %); "
    ]


@pytest.mark.parametrize(
    ("wins", "bets", "slice_", "fires"),
    [
        (228, 300, "side:OVER", True),
        (228, 300, "edge:5+", True),
        (228, 299, "all", False),
        (30, 40, "all", False),
        (228, 300, "line:<8", False),
        (228, 300, "confidence:9", False),
        (228, 300, "player:9", False),
        (180, 300, "all", False),
        (181, 300, "all", False),
        (182, 300, "all", True),
        (186, 300, "all", True),
        (612, 1000, "all", True),
        (600, 1000, "all", False),
    ],
)
def test_only_a_high_rate_of_many_bets_is_too_good(
    wins: int, bets: int, slice_: str, fires: bool
) -> None:
    assert len(incredible_performances(of_bets(wins, bets, slice=slice_))) == fires


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({"mae": 4.19}, True),
        ({"mae": 4.2}, False),
        ({"mae": 4.19, "slice": "all"}, False),
        ({"mae": 3.9, "slice": "line:<8"}, False),
        ({"mae": 4.19, "graded": 1999}, False),
        ({"mae": 4.19, "days": 27}, False),
        ({"mae": 4.19, "days": 28, "system_id": "line"}, True),
        ({"lined_mae": 4.59}, True),
        ({"lined_mae": 4.59, "slice": "all"}, True),
        ({"lined_mae": 4.59, "slice": "line:<8"}, False),
        ({"lined_mae": 4.59, "lined": 1999}, False),
        ({"lined_mae": 4.6}, False),
        ({"lined_mae": None, "lined": 0}, False),
        ({"r2": 0.61}, True),
        ({"r2": 0.6}, False),
        ({"r2": 0.61, "slice": "all"}, False),
        ({"r2": 0.61, "graded": 1999}, False),
        ({"r2": 0.61, "days": 27}, False),
    ],
)
def test_an_error_below_what_is_possible_is_a_suspected_leak(changes: Row, fires: bool) -> None:
    found = incredible_performances(rates(**{"slice": "target"} | changes))
    assert len(found) == fires
    assert all("suspected leakage" in reason for reason in found["reason"])


def test_a_ledger_that_explains_too_much_is_suspected() -> None:
    # Five points off each: a mean error that nobody doubts, of points that differ more than any do.
    rows = [
        entry(str(n), game_date=DAY - timedelta(days=day), outcome="no_pick", recommendation="PASS",
              actual_points=n % 40, predicted_points=n % 40 + 5.0, error=5.0, abs_error=5.0)
        for day in range(28)
        for n in range(72)
    ]  # fmt: skip
    found = incredible_performances(summary(rows))
    assert set(found["window"]) == {"30_days", "season"}
    assert set(found["cutoff"]) == {"active", "lock"}
    assert found["reason"].str.contains(r"target: R² of 0\.\d\d over 2016 target rows; $").all()
    few = [row for row in rows if row["game_date"] > DAY - timedelta(days=27)]
    assert incredible_performances(summary(few)).empty


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mae": 4.39}, ["mean error of 4.39 points over 3000 target rows; "]),
        ({"mae": 4.4}, []),
        ({"mae": 4.39, "slice": "all"}, []),
        ({"mae": 4.39, "graded": 1999}, []),
        ({"mae": 4.39, "days": 27}, []),
        ({"lined_mae": 4.79}, ["mean error of 4.79 points over 2600 lined rows; "]),
        ({"lined_mae": 4.79, "slice": "line:<8"}, []),
        ({"lined_mae": 4.79, "lined": 1999}, []),
        ({"lined_mae": 4.8}, []),
    ],
)
def test_an_error_near_what_is_possible_is_told(changes: Row, told: list[str]) -> None:
    found = doubtful_performances(rates(**{"slice": "target"} | changes))
    assert [reason.split("season ")[1].split(": ")[1] for reason in found["reason"]] == told
    assert all("look for a leak" in reason for reason in found["reason"])


def test_honest_systems_are_not_suspected() -> None:
    for gate in (incredible_performances, doubtful_performances):
        assert gate(rates()).empty
        assert gate(summary()).empty
