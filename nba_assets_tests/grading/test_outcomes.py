"""Every branch of what becomes of a prediction, with its exact values."""

import pandas as pd
import pytest

from nba_assets.predictions.active import is_active
from nba_assets_tests.grading.rows import did, game, graded, prediction, sat, unlined, visitor
from nba_assets_tests.precompute.form_world import Row

UNDER: Row = {"recommendation": "UNDER"}
RESULT_COLUMNS = ("actual_points", "minutes", "error", "abs_error", "within_3", "within_5", "in_50",
                  "in_80", "line_abs_error", "brier", "log_loss", "market_brier")  # fmt: skip


def told(row: Row) -> tuple[object, ...]:
    return row["outcome"], row["outcome_reason"], row["actual_points"], row["profit_units"]


@pytest.mark.parametrize(
    ("changes", "points", "outcome", "profit"),
    [
        ({}, 21, "win", 0.9),
        ({}, 20, "loss", -1.0),
        (UNDER, 20, "win", 0.92),
        (UNDER, 21, "loss", -1.0),
        ({"line": 20.0}, 20, "push", 0.0),
        ({"line": 20.0} | UNDER, 20, "push", 0.0),
        ({"line": 20.0}, 21, "win", 0.9),
        ({"line": 20.0}, 19, "loss", -1.0),
        ({"line": 20.0} | UNDER, 19, "win", 0.92),
        ({}, 0, "loss", -1.0),
        (UNDER, 0, "win", 0.92),
    ],
)
def test_a_bet_is_settled_by_points_and_line(
    changes: Row, points: int, outcome: str, profit: float
) -> None:
    row = graded(prediction(**changes), did(points=points))
    assert told(row)[:3] == (outcome, None, points)
    assert row["profit_units"] == pytest.approx(profit, abs=1e-12)


def test_zero_points_in_twenty_minutes_are_a_result() -> None:
    row = graded(prediction(**UNDER), did(points=0, minutes=20.0, seconds_played=1200))
    assert told(row)[:3] == ("win", None, 0)
    assert (row["minutes"], row["error"], row["is_target"]) == (20.0, 24.0, True)


def test_who_entered_the_game_without_a_second_on_the_clock_has_played() -> None:
    row = graded(prediction(**UNDER), did(points=0, minutes=0.0, seconds_played=0))
    assert told(row)[:3] == ("win", None, 0)


@pytest.mark.parametrize(
    ("status", "box", "reason"),
    [
        ("out", sat(), "injury_known"),
        ("doubtful", sat(dnp_reason="DNP_COACH"), "injury_known"),
        ("doubtful", None, "injury_known"),
        ("questionable", sat(player_status="inactive"), "late_scratch"),
        ("probable", sat(), "late_scratch"),
        ("questionable", None, "late_scratch"),
        ("available", sat(dnp_reason="DNP_COACH"), "coach_decision"),
        ("available", sat(), "coach_decision"),
        ("available", sat(player_status="inactive"), "late_scratch"),
        ("available", sat(dnp_reason="DND_INJURY"), "late_scratch"),
        ("available", None, "not_listed"),
        (None, sat(dnp_reason="DNP_COACH"), "coach_decision"),
        (None, sat(dnp_reason="DNP - Coach's Decision"), "coach_decision"),
        (None, sat(), "coach_decision"),
        (None, sat(dnp_reason="DND_INJURY"), "late_scratch"),
        (None, sat(player_status="inactive", dnp_reason="INACTIVE_INJURY"), "late_scratch"),
        (None, None, "not_listed"),
    ],
)
def test_who_did_not_enter_a_final_game_is_void_for_a_reason(
    status: str | None, box: Row | None, reason: str
) -> None:
    row = graded(prediction(status=status), box or did("2"))
    assert told(row) == ("void", reason, None, 0.0)
    assert {row[name] for name in RESULT_COLUMNS} == {None}
    assert row["is_target"] is False


def test_a_man_of_no_bet_who_sat_is_void_without_a_profit() -> None:
    assert told(graded(unlined(), sat())) == ("void", "coach_decision", None, None)


@pytest.mark.parametrize("recommendation", ["PASS", "NO_LINE"])
def test_no_bet_is_no_pick_and_its_error_is_graded(recommendation: str) -> None:
    made = prediction if recommendation == "PASS" else unlined
    row = graded(made() | {"recommendation": recommendation}, did(points=20))
    assert told(row) == ("no_pick", None, 20, None)
    assert (row["error"], row["within_3"], row["within_5"]) == (4.0, False, True)
    assert row["price_decimal"] is None
    assert row["line_abs_error"] == (0.5 if recommendation == "PASS" else None)
    assert (row["brier"] is None) == (recommendation == "NO_LINE")


@pytest.mark.parametrize(
    ("status", "outcome", "reason", "profit"),
    [
        ("postponed", "void", "game_postponed", 0.0),
        ("cancelled", "void", "game_cancelled", 0.0),
        ("final", "pending", "no_box_score", None),
        ("live", "pending", "no_box_score", None),
        ("scheduled", "pending", "no_box_score", None),
    ],
)
def test_a_game_without_a_box_is_void_or_waits(
    status: str, outcome: str, reason: str, profit: float | None
) -> None:
    row = graded(prediction(), schedule=[game(status=status)])
    assert told(row) == (outcome, reason, None, profit)
    passed = graded(unlined(), schedule=[game(status=status)])
    assert told(passed) == (outcome, reason, None, None)


def test_a_game_that_the_schedule_has_lost_waits() -> None:
    assert told(graded(prediction(), schedule=[])) == ("pending", "not_scheduled", None, None)
    other = game(game_id="20240305_BOS_LAL")
    assert told(graded(prediction(), schedule=[other]))[1] == "not_scheduled"


def test_a_game_that_owes_no_result_waits_until_it_is_final() -> None:
    known = {
        status: told(graded(prediction(), schedule=[game(status=status, season_type="preseason")]))
        for status in ("scheduled", "final")
    }
    assert known["scheduled"][:2] == ("pending", "not_final")
    assert known["final"][:2] == ("pending", "no_box_score")


def test_a_box_score_counts_whatever_the_schedule_says() -> None:
    row = graded(prediction(), did(points=30), schedule=[game(status="postponed")])
    assert told(row)[0] == "win"


def test_half_a_box_makes_nobody_absent() -> None:
    half = [visitor()]
    row = graded(prediction(), *half)
    assert told(row)[:2] == ("pending", "no_box_score")


def test_a_box_that_contradicts_itself_waits() -> None:
    row = graded(prediction(), did(played=False))
    assert told(row) == ("pending", "no_play_status", None, None)


@pytest.mark.parametrize(
    ("rows", "active"),
    [
        ([("morning", "forward"), ("lock", "forward")], ["lock"]),
        ([("morning", "walk_forward"), ("lock", "walk_forward")], ["lock"]),
        ([("morning", "walk_forward"), ("lock", "forward")], ["lock"]),
        ([("morning", "forward"), ("lock", "walk_forward")], ["morning"]),
        ([("morning", "forward")], ["morning"]),
        ([("morning", "walk_forward")], ["morning"]),
        ([("lock", "forward")], ["lock"]),
    ],
)
def test_the_lock_counts_where_it_was_published_before_tip(
    rows: list[tuple[str, str]], active: list[str]
) -> None:
    frame = pd.DataFrame(rows, columns=["cutoff", "kind"]).assign(game_id="g", system_id="ewma")
    assert frame[is_active(frame)]["cutoff"].tolist() == active


def test_a_man_without_a_lock_row_has_no_active_row_where_his_game_has_one() -> None:
    rows = [("1", "morning"), ("2", "morning"), ("2", "lock")]
    frame = pd.DataFrame(rows, columns=["player_id", "cutoff"]).assign(
        game_id="g", system_id="ewma", kind="forward"
    )
    assert frame[is_active(frame)]["player_id"].tolist() == ["2"]
    other = frame.assign(system_id=["ewma", "line", "line"])
    assert other[is_active(other)]["player_id"].tolist() == ["2"], "it is the game that counts"
