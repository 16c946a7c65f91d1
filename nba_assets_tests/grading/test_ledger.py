"""What a row of the ledger holds beside its outcome: scores, closing line, versions, where it is from."""

import math
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.grading.prediction_accuracy import ledger
from nba_assets.grading.tables import PREDICTION_ACCURACY
from nba_assets.warehouse.frames import typed
from nba_assets_tests.grading.rows import (
    TIP,
    USED,
    context,
    did,
    evidence,
    game,
    graded,
    offer,
    pick,
    prediction,
    sat,
    unlined,
)
from nba_assets_tests.precompute.form_world import Row


def test_a_row_is_of_the_contract_and_has_every_column() -> None:
    rows = [prediction(), unlined("2"), prediction("3", cutoff="lock"), prediction("4")]
    found = ledger(evidence(rows, [did(), did("2"), sat("3")]))
    made = typed(PREDICTION_ACCURACY, found)
    assert made.schema == PREDICTION_ACCURACY.schema_of()
    empty = [c.name for c in PREDICTION_ACCURACY.columns
             if c.null_means is None and made[c.name].null_count]  # fmt: skip
    assert empty == []
    assert made.num_rows == 4


def test_half_a_point_is_no_count() -> None:
    found = ledger(evidence([prediction()], [did()])).assign(actual_points=24.5)
    with pytest.raises(TypeError, match="cannot safely cast"):
        typed(PREDICTION_ACCURACY, found)


def test_errors_are_predicted_minus_actual() -> None:
    row = graded(prediction(), did(points=29))
    assert (row["error"], row["abs_error"], row["line_abs_error"]) == (-5.0, 5.0, 8.5)
    assert (row["within_3"], row["within_5"]) == (False, True)
    assert (row["in_50"], row["in_80"]) == (False, True)
    assert (row["predicted_points"], row["mean_points"]) == (24.0, 24.5)


@pytest.mark.parametrize(
    ("points", "in_50", "in_80"),
    [(20, True, True), (28, True, True), (29, False, True), (16, False, True), (15, False, False)],
)
def test_both_ends_are_within_an_interval(points: int, in_50: bool, in_80: bool) -> None:
    row = graded(prediction(), did(points=points))
    assert (row["in_50"], row["in_80"]) == (in_50, in_80)


def test_a_system_without_a_distribution_covers_nothing() -> None:
    bare: Row = dict.fromkeys(("low_50", "high_50", "low_80", "high_80", "p_over", "p_push"))
    row = graded(prediction(**bare), did())
    assert (row["in_50"], row["in_80"], row["brier"]) == (None, None, None)
    assert row["market_brier"] == 0.25


def test_probabilities_are_scored_given_no_push() -> None:
    row = graded(prediction(line=20.0, p_over=0.54, p_push=0.1, p_under=0.36), did(points=24))
    assert row["brier"] == pytest.approx(0.4**2)
    assert row["log_loss"] == pytest.approx(-math.log(0.6))
    assert row["market_brier"] == pytest.approx(0.25)
    assert row["market_log_loss"] == pytest.approx(math.log(2))
    under = graded(prediction(p_over=0.6), did(points=4))
    assert under["brier"] == pytest.approx(0.36)
    assert under["log_loss"] == pytest.approx(-math.log(0.4))


def test_a_push_scores_no_probability() -> None:
    row = graded(prediction(line=24.0), did(points=24))
    assert row["outcome"] == "push"
    scores = ("brier", "log_loss", "market_brier", "market_log_loss")
    assert [row[name] for name in scores] == [None] * 4


def test_what_was_called_impossible_costs_a_millionths_logarithm() -> None:
    row = graded(prediction(p_over=0.0, p_under=1.0), did(points=30))
    assert row["log_loss"] == pytest.approx(-math.log(1e-6))
    assert row["brier"] == 1.0


def test_the_price_is_that_of_the_side() -> None:
    assert graded(prediction(), did())["price_decimal"] == 1.9
    assert graded(prediction(recommendation="UNDER"), did())["price_decimal"] == 1.92
    assert graded(prediction(recommendation="PASS"), did())["price_decimal"] is None


def closing(*lines: Row, of: Row | None = None, **changes: Any) -> tuple[object, object]:
    row = graded(of or prediction(**changes), did(), lines=lines)
    return row["closing_line"], row["clv"]


def test_the_closing_line_is_the_lower_median_of_the_books_of_the_last_capture() -> None:
    lines = [offer(21.5, 20, "fanduel"), offer(22.5, 5, "fanduel"), offer(21.5, 5, "betmgm"),
             offer(23.5, 5, "bet365"), offer(24.5, 5, "draftkings")]  # fmt: skip
    assert closing(*lines) == (22.5, 2.0)
    assert closing(*lines, recommendation="UNDER") == (22.5, -2.0)
    assert closing(*lines, recommendation="PASS") == (22.5, None)


def test_a_book_that_is_gone_from_the_last_capture_closes_nothing() -> None:
    gone = [offer(18.5, 20, "bet365"), offer(19.5, 20, "draftkings"), offer(22.5, 20, "fanduel")]
    another = offer(9.5, 1, player_id="2")
    assert closing(*gone, offer(23.5, 5, "fanduel"), another) == (23.5, 3.0)


@pytest.mark.parametrize(
    ("minutes_before", "counts"), [(31, False), (30, True), (0, True), (-1, False)]
)
def test_only_the_last_half_hour_before_its_own_tip_closes(
    minutes_before: float, counts: bool
) -> None:
    found = closing(offer(22.5, minutes_before))
    assert found == ((22.5, 2.0) if counts else (None, None))


def test_a_capture_that_the_line_was_taken_from_does_not_close_it() -> None:
    taken = TIP - timedelta(minutes=10)
    assert closing(offer(22.5, 10), line_observed_at=taken) == (None, None)
    assert closing(offer(22.5, 10), offer(23.5, 9), line_observed_at=taken) == (23.5, 3.0)


def test_another_market_and_another_man_close_nothing() -> None:
    assert closing(offer(5.5, 5, market="player_assists")) == (None, None)
    assert closing(offer(22.5, 5, player_id="2")) == (None, None)
    assert closing(offer(22.5, 5), of=unlined()) == (None, None)


def test_the_tip_is_the_schedules_newest_or_the_slates() -> None:
    late = TIP + timedelta(hours=1)
    lines = [offer(22.5, 5), offer(25.5, -50)]
    moved = graded(prediction(), did(), lines=lines, schedule=[game(tip_at=late)])
    assert moved["closing_line"] == 25.5
    unknown = graded(prediction(), did(), lines=lines, schedule=[game(tip_at=None)])
    assert unknown["closing_line"] == 22.5


def test_five_lines_of_five_books_are_one_row() -> None:
    lines = [offer(20.5 + n, 5, f"book {n}") for n in range(5)]
    found = ledger(evidence([prediction()], [did()], lines=lines))
    assert len(found) == 1
    assert found["closing_line"].tolist() == [22.5]


def test_a_pick_is_the_champions_bet_and_nobody_elses() -> None:
    rows = [
        prediction(system_id=s, cutoff=c) for s in ("ewma", "line") for c in ("morning", "lock")
    ]
    found = ledger(evidence(rows, [did()], picks=[pick(rows[1])]))
    assert found["is_pick"].tolist() == [False, True, False, False]
    assert found["is_active_row"].tolist() == [False, True, False, True]


def test_a_lock_that_turned_out_to_lie_after_the_true_tip_counts_for_nothing() -> None:
    rows = [prediction(cutoff=cutoff) for cutoff in ("morning", "lock")]
    early = TIP - timedelta(hours=2)
    found = ledger(evidence(rows, [did()], schedule=[game(tip_at=early)]))
    assert found["is_active_row"].tolist() == [False, False]
    assert found["outcome"].tolist() == ["win", "win"], "it is graded all the same"


def test_what_was_said_after_the_true_tip_counts_for_nothing_and_is_no_bet() -> None:
    # Cut off before the tip that was moved forward, and committed after it: who asked so late was told nothing.
    said: dict[str, Any] = {
        "cutoff": "lock",
        "kind": "forward",
        "cutoff_at": TIP - timedelta(minutes=30),
    }
    moved = game(tip_at=TIP - timedelta(minutes=25))
    for minutes, counts in ((20, False), (26, True)):
        row = prediction(**said, issued_at=TIP - timedelta(minutes=minutes))
        found = ledger(evidence([row], [did()], schedule=[moved], picks=[pick(row)]))
        assert found["is_active_row"].tolist() == [counts]
        assert found["is_pick"].tolist() == [counts]


def test_rest_is_that_of_the_context_of_the_cutoff() -> None:
    contexts = [context(back_to_back=True), context(cutoff="lock", back_to_back=False)]
    rows = [prediction(), prediction(cutoff="lock"), prediction("2")]
    found = ledger(evidence(rows, [did()], contexts=contexts))
    assert found["is_back_to_back"].tolist() == [True, False, pd.NA]


def test_a_target_row_is_a_rotation_mans_regular_game() -> None:
    assert graded(prediction(), did())["is_target"] is True
    assert graded(prediction(is_rotation=False), did())["is_target"] is False
    assert graded(prediction(season_type="playoffs"), did())["is_target"] is False


def regraded(before: Row, *boxes: Row, **changes: Any) -> int:
    row = graded(prediction(**changes), *boxes, published=[before])
    return int(row["graded_version"])


def published(*boxes: Row, version: int = 1, **changes: Any) -> Row:
    row = graded(prediction(), *boxes, **changes)
    return row | {"graded_version": version}


def test_the_first_grade_is_version_one() -> None:
    assert graded(prediction(), did())["graded_version"] == 1


def test_an_equal_result_keeps_its_version_and_its_row() -> None:
    before = published(did(), version=3)
    assert regraded(before, did()) == 3
    # Something else of the row is another one: that is no restated result.
    assert regraded(before, did(source="espn_summary"), line=21.5) == 3


@pytest.mark.parametrize(
    "box", [did(points=25), did(minutes=31.0), sat()], ids=["points", "minutes", "played"]
)
def test_a_restated_result_is_one_version_on(box: Row) -> None:
    assert regraded(published(did(), version=2), box) == 3


def test_a_void_that_becomes_a_result_is_restated_and_a_pending_row_is_not() -> None:
    assert regraded(published(sat()), did()) == 2
    waiting = published(schedule=[game(status="live")])
    assert waiting["outcome"] == "pending"
    assert regraded(waiting, did()) == 1


def test_a_result_that_is_withdrawn_is_restated_once() -> None:
    row = graded(prediction(), schedule=[game()], published=[published(did())])
    assert (row["outcome"], row["graded_version"]) == ("pending", 2)
    assert regraded(row, did()) == 2


def test_another_reason_for_the_same_void_is_no_restatement() -> None:
    assert regraded(published(sat(dnp_reason="DNP_COACH")), sat(player_status="inactive")) == 1


def test_a_grade_is_as_good_as_the_lesser_of_box_and_prediction() -> None:
    row = graded(prediction(source_score=90), did(source_score=70, source="espn_summary"))
    assert (row["source"], row["source_score"], row["quality_tier"]) == (
        "espn_summary",
        70,
        "bronze",
    )
    degraded = graded(
        prediction(is_degraded=True, degraded_reasons=["no shots"]),
        did(is_degraded=True, degraded_reasons=["from the log", "no shots"]),
    )
    assert degraded["is_degraded"] is True
    assert degraded["degraded_reasons"] == ["no shots", "from the log"]
    clean = graded(prediction(), did())
    assert (clean["is_degraded"], clean["degraded_reasons"]) == (False, [])


def test_a_row_that_waits_is_degraded_and_says_why() -> None:
    row = graded(prediction(), schedule=[game(status="live")])
    assert row["is_degraded"] is True
    assert row["degraded_reasons"] == ["pending: 20240305_BOS_NYK no_box_score"]
    assert row["completeness_pct"] == 0.0


def test_the_order_of_predictions_is_kept_and_changes_no_row() -> None:
    rows = [prediction(str(n), line=20.5 + n, line_observed_at=USED) for n in range(4)]
    boxes = [did(str(n), 18 + 2 * n) for n in range(4)]
    forth = ledger(evidence(rows, boxes))
    back = ledger(evidence(rows[::-1], boxes[::-1]))
    pd.testing.assert_frame_equal(forth, back.iloc[::-1].reset_index(drop=True))
