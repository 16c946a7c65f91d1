"""Tonight's roles, by a real DuckDB on literal rows."""

from datetime import date, timedelta
from math import sqrt
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.precompute.tables import PLAYER_ROLE_OUTLOOK, PLAYER_SCORING_FORM
from nba_assets_tests.precompute.form_world import (
    DAY,
    FormWorld,
    Row,
    box,
    only,
    side,
    tonight,
    whole,
)

STRONG: Row = {
    "pace_last_10": 100.0, "offensive_rating_last_10": 118.0, "defensive_rating_last_10": 110.0,
}  # fmt: skip
WEAK: Row = {
    "pace_last_10": 98.0, "offensive_rating_last_10": 112.0, "defensive_rating_last_10": 116.0,
}  # fmt: skip


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def formed(
    player_id: str, starter: float, bench: float, rate: float = 0.5, **changes: object
) -> Row:
    """What he plays in each role, and his rates."""
    given: Row = {
        "game_date": DAY, "player_id": player_id, "minutes_as_starter": starter,
        "minutes_off_bench": bench, "points_per_minute": rate, "plays_per_minute": rate,
        "minutes_ewma_8": 20.0, "starts_share_last_10": 0.0,
    }  # fmt: skip
    return whole(PLAYER_SCORING_FORM, **(given | changes))


def outlook(
    home: Path,
    men: list[Row],
    forms: list[Row],
    games: list[Row],
    sides: tuple[Row, Row] = (STRONG, WEAK),
) -> pd.DataFrame:
    """The outlook of the men, where so much is known."""
    world = FormWorld(home)
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, men)
    cutoffs = sorted({m["cutoff"] for m in men})
    world.publish(
        UPCOMING_TEAM_GAME_CONTEXT,
        [
            row
            for c in cutoffs
            for row in (side(cutoff=c, **sides[0]), side("BOS", "NYK", cutoff=c, **sides[1]))
        ],
    )
    world.publish(PLAYER_SCORING_FORM, forms)
    world.publish(PLAYER_GAME_SUMMARY, games)
    return world.read(PLAYER_ROLE_OUTLOOK)


def absent(day: date, player_id: str, status: str = "inactive") -> Row:
    return box(day, 0, player_id, played=False, player_status=status, seconds_played=0)


TOLD: Row = {"cutoff": "lock", "status": "available"}
OUT: Row = {"cutoff": "lock", "status": "out", "available": False, "is_expected_starter": False}
W = 0.5 ** (1 / 2)  # of a game one back, for who plays
V = 0.5 ** (1 / 5)  # of a game one back, for what there was to do


def test_without_a_word_a_man_is_as_likely_as_he_has_played(tmp_path: Path) -> None:
    games = [box(ago(2), 10, "1"), absent(ago(2), "2"), box(ago(4), 10, "1"), box(ago(4), 10, "2")]
    found = outlook(tmp_path, [tonight("1"), tonight("2")], [], games)
    assert only(found, player_id="1")["play_chance"] == 1.0
    assert only(found, player_id="2")["play_chance"] == pytest.approx(W / (1 + W), rel=1e-4)


@pytest.mark.parametrize(
    ("told", "chance"),
    [
        ({"status": "out", "available": False}, 0.0),
        ({"status": "doubtful", "available": False}, 0.0),
        ({"status": "available"}, 1.0),
        ({"status": "questionable"}, 0.5),
    ],
)
def test_a_status_is_heard(tmp_path: Path, told: Row, chance: float) -> None:
    # Who was not dressed was not passed over.
    games = [absent(ago(2), "1"), box(ago(4), 10, "1")]
    found = outlook(tmp_path, [tonight(**(TOLD | told))], [formed("1", 30, 20)], games)
    assert only(found)["play_chance"] == chance


def test_who_dresses_and_stays_on_the_bench_is_less_likely(tmp_path: Path) -> None:
    games = [absent(ago(2), "1", "dnp"), box(ago(4), 10, "1")]
    form = formed("1", 30, 20, minutes_ewma_8=4.0)
    row = only(outlook(tmp_path, [tonight(**TOLD)], [form], games))
    # One game of a man with four minutes of sixteen is added.
    assert row["play_chance"] == pytest.approx((W + 0.25) / (1 + W + 1), rel=1e-4)


def test_before_a_teams_first_game_whoever_is_available_may_play(tmp_path: Path) -> None:
    games = [box(ago(300), 10, "1", season_year=2022)]
    men = [tonight("1"), tonight("2", available=False)]
    found = outlook(tmp_path, men, [formed("1", 30, 20)], games)
    assert [only(found, player_id=p)["play_chance"] for p in "12"] == [1.0, 0.0]
    assert pd.isna(only(found, player_id="1")["vacated_minutes"])


def test_he_has_the_minutes_of_the_role_that_he_starts_in(tmp_path: Path) -> None:
    games = [box(ago(2), 10, "1", is_starter=False), box(ago(4), 10, "1", is_starter=True)]
    men = [tonight(), tonight(**TOLD, is_expected_starter=True)]
    found = outlook(tmp_path, men, [formed("1", 32, 18)], games)
    share = W / (1 + W)
    morning, lock = only(found, cutoff="morning"), only(found, cutoff="lock")
    assert morning["start_chance"] == pytest.approx(share, rel=1e-4)
    assert morning["start_change"] == 0.0
    assert morning["role_minutes"] == pytest.approx(18 + 14 * share, rel=1e-4)
    assert (lock["start_chance"], lock["role_minutes"]) == (1.0, 32.0)
    assert lock["start_change"] == pytest.approx(1 - share, rel=1e-4)


def of_three(home: Path, third: Row) -> pd.DataFrame:
    """Three men who have started two games together; the third may be out tonight."""
    games = [
        box(d, 10 * n, str(n), is_starter=True, seconds_played=600 * n)
        for d in (ago(2), ago(4))
        for n in (1, 2, 3)
    ]
    men = [tonight(str(n), **TOLD, is_expected_starter=True) for n in (1, 2)]
    forms = [formed(str(n), 10.0 * n, 0.0, n / 10) for n in (1, 2, 3)]
    return outlook(home, [*men, tonight("3", **third)], forms, games)


def test_who_is_out_leaves_minutes_and_points(tmp_path: Path) -> None:
    together = only(of_three(tmp_path / "in", TOLD | {"is_expected_starter": True}), player_id="1")
    alone = only(of_three(tmp_path / "out", OUT), player_id="1")
    # 10, 20 and 30 minutes at 0.1, 0.2 and 0.3 points a minute: 1, 4 and 9 points.
    assert (together["likely_team_minutes"], alone["likely_team_minutes"]) == (60.0, 30.0)
    assert together["expected_minutes"] == pytest.approx(10 * sqrt(240 / 60))
    assert alone["expected_minutes"] == pytest.approx(10 * sqrt(240 / 30))
    assert (together["vacated_minutes"], together["vacated_points"]) == (0.0, 0.0)
    assert (alone["vacated_minutes"], alone["vacated_points"]) == (30.0, 30.0)
    assert together["likely_team_points"] == pytest.approx(14.0)
    assert together["points_share"] == pytest.approx(1 / 14)
    assert alone["points_share"] == pytest.approx(1 / 5)
    assert alone["plays_share"] == pytest.approx(1 / 5)
    assert alone["returning_minutes"] == pytest.approx(0.0)


def test_expected_points_go_half_the_way_to_what_the_team_is_expected_to_score(
    tmp_path: Path,
) -> None:
    row = only(of_three(tmp_path, OUT), player_id="2")
    team = 99.0 * (118 + 116) / 2 / 100
    assert row["expected_team_points"] == pytest.approx(team)
    assert row["rating_difference"] == pytest.approx((118 - 110) - (112 - 116))
    assert row["role_points"] == pytest.approx(4.0)
    assert row["points_by_share"] == pytest.approx(4 / 5 * team)
    assert row["points_by_minutes"] == pytest.approx(0.2 * row["expected_minutes"])
    assert row["expected_points"] == pytest.approx(4 * sqrt(team / 5))


def test_a_team_of_which_little_is_known_moves_nobody(tmp_path: Path) -> None:
    unknown: Row = dict.fromkeys(STRONG)
    found = outlook(
        tmp_path, [tonight(**TOLD)], [formed("1", 30, 20)], [box(ago(2), 10)], (unknown, WEAK)
    )
    row = only(found)
    assert pd.isna([row["expected_team_points"], row["points_by_share"]]).all()
    assert row["expected_points"] == row["role_points"]


def test_an_absence_counts_against_the_games_that_he_played_himself(tmp_path: Path) -> None:
    # Man 2 missed the newest game, which man 1 played; man 3 played only the older one.
    games = [
        box(ago(2), 20, "1"), absent(ago(2), "2"), absent(ago(2), "3"),
        box(ago(4), 20, "1"), box(ago(4), 12, "2", seconds_played=1200), box(ago(4), 8, "3"),
    ]  # fmt: skip
    men = [tonight("1", **TOLD), tonight("2", **OUT), tonight("3", **TOLD)]
    forms = [formed(p, 0.0, 20.0) for p in "123"]
    found = outlook(tmp_path, men, forms, games)
    first, third = only(found, player_id="1"), only(found, player_id="3")
    # His older game weighs V of the newer: of 2's twenty minutes that share is gone.
    assert first["vacated_minutes"] == pytest.approx(20 * V / (1 + V), rel=1e-4)
    assert first["vacated_points"] == pytest.approx(12 * V / (1 + V), rel=1e-4)
    assert first["returning_minutes"] == pytest.approx(20 / (1 + V), rel=1e-4)
    assert third["vacated_minutes"] == pytest.approx(20.0)
    assert third["returning_minutes"] == pytest.approx(0.0, abs=1e-6)
    assert (first["games_with_team_last_10"], third["games_with_team_last_10"]) == (2, 1)


def test_who_has_left_the_team_has_left_his_minutes(tmp_path: Path) -> None:
    games = [box(ago(2), 20, "1"), box(ago(2), 15, "sold", seconds_played=1500)]
    found = outlook(tmp_path, [tonight("1", **TOLD)], [formed("1", 30, 20)], games)
    assert only(found)["vacated_minutes"] == pytest.approx(25.0)


def test_a_man_without_a_game_has_no_role_and_adds_nothing(tmp_path: Path) -> None:
    men = [tonight("1", **TOLD, is_expected_starter=False), tonight("new", **TOLD)]
    unknown = whole(PLAYER_SCORING_FORM, game_date=DAY, player_id="new")
    found = outlook(tmp_path, men, [formed("1", 30, 20), unknown], [box(ago(2), 10)])
    assert only(found, player_id="1")["likely_team_minutes"] == 20.0
    new = only(found, player_id="new")
    assert new["play_chance"] == 0.0
    assert pd.isna([new["role_minutes"], new["expected_points"], new["vacated_minutes"]]).all()


def test_the_games_of_the_date_are_in_nothing(tmp_path: Path) -> None:
    games = [box(ago(2), 10, "1"), box(DAY, 99, "1"), box(DAY, 99, "2", seconds_played=2880)]
    men = [tonight("1"), tonight("2")]
    forms = [formed("1", 30, 20), formed("2", 30, 20)]
    clean = outlook(tmp_path / "clean", men, forms, games[:1])
    pd.testing.assert_frame_equal(outlook(tmp_path / "late", men, forms, games), clean)
