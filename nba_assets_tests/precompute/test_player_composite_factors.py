"""Adjustments in points, by a real DuckDB on literal rows."""

from pathlib import Path

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.precompute.tables import (
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets_tests.precompute.form_world import DAY, FormWorld, Row, only, side, tonight, whole

FRESH: Row = {
    "back_to_back": False, "days_since_last_game": 2, "games_last_7_days": 2,
    "minutes_last_7_days": 60.0, "minutes_per_game_last_7_games": 30.0,
    "back_to_backs_last_14_days": 0, "age": 25.0,
}  # fmt: skip


def factors(
    home: Path,
    player: Row,
    shots: Row | None = None,
    defense: Row | None = None,
    team: Row | None = None,
    cache: Row | None = None,
) -> Row:
    """His factors, where so much is known."""
    world = FormWorld(home)
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight(**(FRESH | player))])
    world.publish(UPCOMING_TEAM_GAME_CONTEXT, [side(**(team or {})), side("BOS", "NYK")])
    if shots is not None:
        row = whole(PLAYER_SHOT_ZONE_ANALYSIS, game_date=DAY, player_id="1", **shots)
        world.publish(PLAYER_SHOT_ZONE_ANALYSIS, [row])
    if defense is not None:
        row = whole(TEAM_DEFENSE_ZONE_ANALYSIS, game_date=DAY, team="BOS", **defense)
        world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, [row])
    if cache is not None:
        row = whole(PLAYER_DAILY_CACHE, game_date=DAY, player_id="1", **cache)
        world.publish(PLAYER_DAILY_CACHE, [row])
    return only(world.read(PLAYER_COMPOSITE_FACTORS))


@pytest.mark.parametrize(
    ("state", "score"),
    [
        ({}, 100),
        ({"days_since_last_game": 3}, 100),  # 105, clamped
        ({"games_last_7_days": 4}, 90),
        ({"games_last_7_days": 4, "days_since_last_game": 3}, 95),
        ({"games_last_7_days": 3}, 100),
        ({"back_to_back": True, "days_since_last_game": 1}, 85),
        ({"minutes_last_7_days": 240.0}, 100),
        ({"minutes_last_7_days": 240.5}, 90),
        ({"minutes_per_game_last_7_games": 35.0}, 100),
        ({"minutes_per_game_last_7_games": 35.5}, 92),
        ({"back_to_backs_last_14_days": 1}, 95),
        ({"back_to_backs_last_14_days": 2}, 88),
        ({"age": 29.99}, 100),
        ({"age": 30.0}, 95),
        ({"age": 35.0}, 90),
        ({"back_to_back": True, "days_since_last_game": 1, "games_last_7_days": 4,
          "minutes_last_7_days": 250.0, "minutes_per_game_last_7_games": 36.0,
          "back_to_backs_last_14_days": 3, "age": 36.0}, 35),
    ],
)  # fmt: skip
def test_fatigue_counts_each_rule_once(tmp_path: Path, state: Row, score: float) -> None:
    row = factors(tmp_path, state)
    assert row["fatigue_score"] == score
    assert row["fatigue_adjustment"] == pytest.approx((score - 100) / 20)
    assert (list(row["warnings"]) == ["fatigue_score"]) == (score < 50)


def test_a_rested_player_is_never_punished(tmp_path: Path) -> None:
    rested = factors(tmp_path / "rested", {"days_since_last_game": 5})
    tired = factors(tmp_path / "tired", {"back_to_back": True, "days_since_last_game": 1})
    assert rested["fatigue_adjustment"] == 0.0
    assert tired["fatigue_adjustment"] == -0.75
    assert tired["total_adjustment"] < rested["total_adjustment"]


def zones(primary: str, paint: float, mid: float, three: float) -> Row:
    return {
        "primary_zone": primary, "paint_share": paint, "mid_share": mid, "three_share": three,
        "games_in_sample": 10,
    }  # fmt: skip


WEAK_PAINT: Row = {"paint_vs_league": 4.0, "mid_vs_league": -2.0, "three_vs_league": 1.0}


@pytest.mark.parametrize(
    ("shots", "defense", "mismatch"),
    [
        (zones("paint", 40, 20, 40), WEAK_PAINT, 3.2),
        (zones("paint", 60, 10, 30), WEAK_PAINT, 4.0),
        (zones("mid", 20, 50, 30), WEAK_PAINT, -2.0),
        (zones("three", 20, 5, 75), WEAK_PAINT, 1.0),
        (zones("balanced", 38, 30, 32), WEAK_PAINT, 0.38 * 4 - 0.3 * 2 + 0.32),
        (zones("paint", 60, 10, 30), WEAK_PAINT | {"paint_vs_league": 5.0}, 5.0),
        (zones("paint", 60, 10, 30), WEAK_PAINT | {"paint_vs_league": 6.0}, 7.2),
        (zones("paint", 60, 10, 30), WEAK_PAINT | {"paint_vs_league": -9.0}, -10.0),
    ],
)
def test_a_mismatch_is_what_the_opponent_allows_where_he_shoots(
    tmp_path: Path, shots: Row, defense: Row, mismatch: float
) -> None:
    row = factors(tmp_path, {}, shots, defense)
    assert row["shot_zone_mismatch"] == pytest.approx(mismatch, rel=1e-12)
    assert (list(row["warnings"]) == ["shot_zone_mismatch"]) == (abs(mismatch) > 8)


@pytest.mark.parametrize(
    ("own", "opponent", "pace"),
    [(98.0, 102.0, 2.0), (102.0, 98.0, -2.0), (95.0, 104.0, 3.0), (104.0, 95.0, -3.0)],
)
def test_pace_is_that_of_the_game_less_the_teams_own(
    tmp_path: Path, own: float, opponent: float, pace: float
) -> None:
    row = factors(tmp_path, {"opponent_pace_last_10": opponent}, team={"pace_last_10": own})
    assert row["pace_score"] == pace


@pytest.mark.parametrize(
    ("projected", "last", "spike"),
    [(25.0, 20.0, 1.5), (20.0, 25.0, -1.5), (40.0, 20.0, 3.0), (10.0, 30.0, -3.0)],
)
def test_absences_are_counted_once_in_the_usage(
    tmp_path: Path, projected: float, last: float, spike: float
) -> None:
    state: Row = {"projected_usage": projected, "usage_last_7_games": last, "star_teammates_out": 2}
    assert factors(tmp_path, state)["usage_spike"] == pytest.approx(spike)


def test_the_sum_weighs_its_terms(tmp_path: Path) -> None:
    row = factors(
        tmp_path,
        {"games_last_7_days": 4, "opponent_pace_last_10": 102.0, "projected_usage": 25.0,
         "usage_last_7_games": 20.0},
        zones("paint", 60, 10, 30),
        WEAK_PAINT,
        {"pace_last_10": 98.0},
    )  # fmt: skip
    assert row["total_adjustment"] == pytest.approx(-0.5 + 0.3 * 4 + 0.3 * 2 + 0.4 * 1.5)
    assert list(row["absent_terms"]) == []
    assert list(row["warnings"]) == []


def test_what_is_not_known_adds_nothing_and_is_named(tmp_path: Path) -> None:
    first_game: Row = {
        "days_since_last_game": None, "minutes_per_game_last_7_games": None, "age": None,
        "games_last_7_days": 4,
    }  # fmt: skip
    row = factors(tmp_path, first_game)
    assert (row["fatigue_score"], row["total_adjustment"]) == (90.0, -0.5)
    assert pd.isna([row["shot_zone_mismatch"], row["pace_score"], row["usage_spike"]]).all()
    assert list(row["absent_terms"]) == [
        "days_since_last_game", "minutes_per_game_last_7_games", "age", "shot_zone_mismatch",
        "pace_score", "usage_spike",
    ]  # fmt: skip


def test_zones_without_an_opponent_are_no_mismatch(tmp_path: Path) -> None:
    row = factors(tmp_path, {}, zones("paint", 60, 10, 30))
    assert pd.isna(row["shot_zone_mismatch"])
    assert "shot_zone_mismatch" in list(row["absent_terms"])


@pytest.mark.parametrize(
    ("own", "team", "ready", "least"), [(65.0, 100.0, False, 65.0), (90.0, 60.0, False, 60.0),
                                        (70.0, 90.0, True, 70.0), (None, 80.0, True, 80.0)],
)  # fmt: skip
def test_a_row_is_as_complete_as_the_least_of_player_and_teams(
    tmp_path: Path, own: float | None, team: float, ready: bool, least: float
) -> None:
    row = factors(
        tmp_path,
        {},
        team={"completeness_pct": team},
        cache={"completeness_pct": own, "source_score": 85},
    )
    assert (row["completeness_pct"], row["is_production_ready"]) == (least, ready)
    assert row["is_degraded"] == (least < 90)
    assert (row["source_score"], row["quality_tier"]) == (85, "silver")


def test_each_cutoff_has_its_own_usage(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    usage: Row = {"usage_last_7_games": 20.0}
    world.publish(
        UPCOMING_PLAYER_GAME_CONTEXT,
        [
            tonight(**FRESH, **usage, projected_usage=20.0),
            tonight(**FRESH, **usage, projected_usage=24.0, cutoff="lock"),
        ],
    )
    found = world.read(PLAYER_COMPOSITE_FACTORS)
    assert only(found, cutoff="morning")["usage_spike"] == 0.0
    assert only(found, cutoff="lock")["usage_spike"] == pytest.approx(1.2)
