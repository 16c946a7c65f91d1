"""Lines for people: no rate without its count and interval, and nothing of bets on simulated games."""

import re
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.grading.report import champion_lines, performance_lines, reliability_lines
from nba_assets.grading.tables import PERFORMANCE_SUMMARY, RELIABILITY
from nba_assets.predictions.weekly_tables import WEEKLY_CHAMPIONS
from nba_assets_tests.precompute.form_world import DAY, Row, frame, whole


def row(**changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "system_id": "catboost", "cutoff": "lock", "kind": "forward",
        "window": "season", "slice": "all", "predictions": 3100, "graded": 3000, "voids": 100,
        "picks": 420, "wins": 212, "losses": 188, "hit_rate": 0.53, "hit_rate_low": 0.481,
        "hit_rate_high": 0.578, "mae": 4.7, "lined": 2600, "lined_mae": 5.1, "line_mae": 5.15,
        "mae_gap": 0.05, "mae_gap_low": -0.01, "mae_gap_high": 0.11, "coverage_80": 0.801,
        "coverage_50": 0.499, "calibration_error": 0.012, "break_even": 0.5238, "verdict": "not_distinguishable",
    }  # fmt: skip
    return whole(PERFORMANCE_SUMMARY, **(given | changes))


def lines(*rows: Row, synthetic: bool = False) -> list[str]:
    return performance_lines(frame(PERFORMANCE_SUMMARY, rows), synthetic=synthetic)


def test_a_line_says_all_that_a_rate_needs() -> None:
    heading, line = lines(row())
    assert heading == "season up to 2024-03-05, forward: committed before tip"
    assert line == (
        "  catboost, lock: N=3,000 graded, 100 void; MAE 4.700; gap to the line +0.050"
        " (95 % -0.010 to +0.110; n=2,600, line 5.150); intervals of 80 % and 50 % cover 80.1 and"
        " 49.9 %, calibration error 0.012; hit rate 53.0 % of n=400 bets (95 % 48.1 to 57.8 %, break-even 52.4 %):"
        " not distinguishable from break-even"
    )


@pytest.mark.parametrize(
    ("verdict", "words"), [("above", "above break-even"), ("below", "below break-even")]
)
def test_a_verdict_is_told_in_words(verdict: str, words: str) -> None:
    assert lines(row(verdict=verdict))[1].endswith(f"): {words}")


def test_no_bets_are_no_rate() -> None:
    none = dict.fromkeys(("hit_rate", "hit_rate_low", "hit_rate_high", "break_even"))
    (_, line) = lines(row(wins=0, losses=0, picks=0, **none, verdict="no_bets"))
    assert line.endswith("; no bets")
    assert "hit rate" not in line


def test_a_gap_without_an_interval_says_so() -> None:
    (_, line) = lines(row(mae_gap_low=None, mae_gap_high=None))
    assert "gap to the line +0.050 (no interval: too few rows or dates; n=2,600" in line
    none = dict.fromkeys(("mae_gap", "mae_gap_low", "mae_gap_high", "lined_mae", "line_mae"))
    assert "; no line;" in lines(row(lined=0, **none))[1]


def test_target_rows_are_told_beside_the_whole() -> None:
    (_, line) = lines(row(), row(slice="target", mae=4.61, graded=2000))
    assert "; on target rows MAE 4.610, N=2,000; " in line


def test_forward_and_walk_forward_are_apart() -> None:
    found = lines(row(), row(kind="walk_forward", graded=9999), row(system_id="line"))
    assert [line.startswith("season") for line in found] == [True, *[False] * 2, True, *[False] * 2]
    assert "walk_forward" in found[3]
    assert "never quoted" in found[3]
    assert "9,999" in found[5]
    assert "9,999" not in "".join(found[:3])
    assert [line.split(",")[0] for line in found[1:3]] == ["  line", "  catboost"]


def test_what_was_known_of_archived_line_ups_is_said_of_walk_forward_alone() -> None:
    of_kind = {kind: lines(row(kind=kind)) for kind in ("forward", "walk_forward")}
    assert "40 minutes before tip" in of_kind["walk_forward"][1]
    assert "optimistic against live" in of_kind["walk_forward"][1]
    assert not any("optimistic" in line for line in of_kind["forward"])
    assert not any("optimistic" in line for line in lines(row(kind="walk_forward"), synthetic=True))


def test_issued_bets_are_told_apart() -> None:
    issued = row(slice="picks", wins=30, losses=20, hit_rate=0.6, hit_rate_low=0.462,
                 hit_rate_high=0.724, break_even=0.53)  # fmt: skip
    (_, line) = lines(row(), issued)
    every, apart = line.split("; of the bets that stood ")
    assert every.endswith("n=400 bets (95 % 48.1 to 57.8 %, break-even 52.4 %): not distinguishable from break-even")  # fmt: skip
    assert apart == (
        "hit rate 60.0 % of n=50 bets (95 % 46.2 to 72.4 %, break-even 53.0 %): not distinguishable"
        " from break-even"
    )
    none = dict.fromkeys(("hit_rate", "hit_rate_low", "hit_rate_high", "break_even"))
    waits = row(slice="picks", wins=0, losses=0, **none, verdict="no_bets")
    assert lines(row(), waits)[1].endswith("; of the bets that stood none was decided")
    assert "issued" not in lines(row())[1]
    assert "issued" not in "".join(lines(row(), issued, synthetic=True))


def test_only_the_newest_season_is_told() -> None:
    old = row(game_date=date(2024, 3, 4), graded=1)
    month, edge = row(window="month", graded=2), row(slice="edge:5+", graded=3)
    assert lines(old, month, edge, row()) == lines(row())
    assert lines(month) == ["no graded predictions"]
    assert lines() == ["no graded predictions"]


def test_of_simulated_games_no_hit_rate_is_told() -> None:
    found = lines(row(), row(kind="walk_forward"), synthetic=True)
    assert found[0].startswith("SYNTHETIC")
    told = "\n".join(found[1:])
    assert not re.search("hit rate|break-even|bets", told)
    assert "53.0" not in told


def test_no_rate_stands_without_count_and_interval() -> None:
    rows = [
        row(system_id=system, cutoff=cutoff, kind=kind, wins=wins, losses=losses)
        for system in ("ewma", "line", "catboost")
        for cutoff in ("morning", "lock", "active")
        for kind in ("forward", "walk_forward")
        for wins, losses in ((1, 2), (212, 188))
    ]
    found = lines(*rows)
    assert any("hit rate" in line for line in found)
    told = r"hit rate \d+\.\d % of n=\d+ bets \(95 % \d+\.\d to \d+\.\d %, break-even \d+\.\d %\): "
    for line in found:
        assert len(re.findall("hit rate", line)) == len(re.findall(told, line))


def test_lines_need_no_order() -> None:
    rows = [row(cutoff=c, system_id=s) for c in ("morning", "lock") for s in ("ewma", "catboost")]
    assert lines(*rows) == lines(*rows[::-1])
    assert isinstance(frame(PERFORMANCE_SUMMARY, rows), pd.DataFrame)


def bin_of(number: int, **changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "system_id": "catboost", "cutoff": "lock", "kind": "forward",
        "window": "season", "threshold": "20", "bin": number, "graded": 1400,
        "mean_probability": 0.748, "happened": 1029, "share": 0.735, "share_low": 0.711,
        "share_high": 0.757,
    }  # fmt: skip
    return whole(RELIABILITY, **(given | changes))


def chances(*rows: Row, synthetic: bool = False) -> list[str]:
    return reliability_lines(frame(RELIABILITY, rows), "catboost", synthetic=synthetic)


def test_a_chance_is_told_with_its_count_and_interval() -> None:
    assert chances(bin_of(8)) == [
        "catboost, lock, season up to 2024-03-05, forward: more than 20 points",
        "  given  74.8 %: happened  73.5 % of n=1,400 (95 % 71.1 to 75.7 %)",
    ]


def test_chances_are_told_by_kind_cut_off_and_threshold_in_the_order_of_their_bins() -> None:
    found = chances(
        bin_of(9, mean_probability=0.85),
        bin_of(8),
        bin_of(8, threshold="line"),
        bin_of(8, kind="walk_forward"),
        bin_of(8, cutoff="active"),
        bin_of(8, window="30_days"),
        bin_of(8, system_id="ewma"),
        bin_of(8, game_date=DAY - timedelta(days=1)),
    )
    assert [line for line in found if not line.startswith(" ")] == [
        "catboost, active, season up to 2024-03-05, forward: more than 20 points",
        "catboost, lock, season up to 2024-03-05, forward: more than 20 points",
        "catboost, lock, season up to 2024-03-05, forward: more than the line",
        "catboost, lock, season up to 2024-03-05, walk_forward: more than 20 points",
    ]
    assert [line[:15] for line in found[3:5]] == ["  given  74.8 %", "  given  85.0 %"]


def test_of_simulated_games_no_chance_against_a_line_is_told() -> None:
    found = chances(bin_of(8), bin_of(8, threshold="line"), synthetic=True)
    assert "SYNTHETIC" in found[0]
    assert len(found) == 3


def test_without_graded_chances_it_says_so() -> None:
    assert chances(bin_of(8, system_id="ewma")) == ["no graded chances of catboost"]


MONDAY = date(2024, 3, 4)


def judged(system_id: str, why: str, **changes: Any) -> Row:
    given: Row = {
        "game_date": MONDAY, "system_id": system_id, "cutoff": "lock", "target_rows": 3000,
        "gap": 0.2, "gap_low": 0.15, "gap_high": 0.25, "is_champion": False, "why": why,
    }  # fmt: skip
    return whole(WEEKLY_CHAMPIONS, **(given | changes))


def bets(*rows: Row) -> list[str]:
    return champion_lines(frame(WEEKLY_CHAMPIONS, rows))


def test_without_a_champion_every_system_says_what_it_lacks() -> None:
    few, baseline = "412 target rows, 500 are needed", "a baseline: nothing is bet on it"
    found = bets(
        judged("similarity", "not surely better than ewma"),
        judged("catboost", few),
        judged("ewma", baseline),
        judged("ensemble", few),
        judged("line", baseline),
    )
    assert found == [
        "no bets: no champion at lock in the week of 2024-03-04:",
        "  line, ewma: a baseline: nothing is bet on it",
        "  similarity: not surely better than ewma",
        "  catboost, ensemble: 412 target rows, 500 are needed",
    ]


def test_a_champion_is_told_with_its_gap_count_and_interval_and_nobody_elses_lack() -> None:
    best = judged("catboost", "the lowest error", is_champion=True)
    found = bets(best, judged("ewma", "a baseline"), judged("ewma", "few", cutoff="morning"))
    assert found == [
        "bets at lock in the week of 2024-03-04: catboost is champion, gap to ewma +0.200 points"
        " (95 % +0.150 to +0.250; n=3,000)",
        "no bets: no champion at morning in the week of 2024-03-04:",
        "  ewma: few",
    ]


def test_only_the_newest_weeks_champions_are_told() -> None:
    old = judged("catboost", "it was", game_date=MONDAY - timedelta(days=7), is_champion=True)
    assert bets(old, judged("catboost", "few")) == bets(judged("catboost", "few"))
    assert bets() == ["no bets: no week has its champions published"]
