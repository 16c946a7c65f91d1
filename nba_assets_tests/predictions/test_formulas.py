"""Systems that are formulas, by a real DuckDB on literal rows; every value is worked out by hand."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS
from nba_assets.precompute.tables import PLAYER_SHOT_ZONE_ANALYSIS, TEAM_DEFENSE_ZONE_ANALYSIS
from nba_assets.predictions.tables import FORECASTS
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, only, whole
from nba_assets_tests.predictions.rows import (
    HASH,
    forecast_of,
    game_on,
    predicted,
    vector,
    world_of,
)

EVE = DAY - timedelta(days=1)
TERMS = ("form_points", "venue_points", "fatigue_points", "zone_points", "pace_points",
         "usage_points")  # fmt: skip
FORM: Row = {"points_avg_last_5": 20.0, "points_avg_last_10": 18.0, "points_avg_season": 16.0}
FACTORS: Row = {
    "fatigue_score": 80.0, "shot_zone_mismatch": 4.0, "pace_score": 2.0, "usage_spike": -1.0,
}  # fmt: skip


def terms_of(row: Row) -> list[float | None]:
    return [None if pd.isna(row[name]) else pytest.approx(row[name], abs=1e-12) for name in TERMS]


def offered(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {"game_date": DAY, "game_id": TONIGHT, "player_id": player_id}
    return whole(PLAYER_LINE_CONSENSUS, **(given | changes))


def shoots(day: Any = DAY, **changes: Any) -> Row:
    given: Row = {
        "game_date": day, "player_id": "1", "paint_attempts_per_game": 8.0,
        "mid_attempts_per_game": 4.0, "three_attempts_per_game": 6.0,
    }  # fmt: skip
    return whole(PLAYER_SHOT_ZONE_ANALYSIS, **(given | changes))


def allows(team: str = "BOS", day: Any = DAY, **changes: Any) -> Row:
    given: Row = {
        "game_date": day, "team": team, "paint_vs_league": 5.0, "mid_vs_league": -10.0,
        "three_vs_league": 4.0,
    }  # fmt: skip
    return whole(TEAM_DEFENSE_ZONE_ANALYSIS, **(given | changes))


def matchup(
    folder: Path,
    shots: Row | None = None,
    defense: Row | None = None,
    *others: Row,
    **known: Any,
) -> Row:
    world = world_of(folder, [vector(**({"points_avg_season": 20.0} | known))])
    world.publish(PLAYER_SHOT_ZONE_ANALYSIS, [shoots(**(shots or {}))])
    world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, [allows(**(defense or {})), *others])
    return only(world.read(FORECASTS["zone_matchup"]))


def test_ewma_is_his_weighted_points_and_no_adjustment(tmp_path: Path) -> None:
    row = forecast_of("ewma", tmp_path, points_ewma=17.25, games_played_season=12, **FACTORS)
    assert (row["forecast_points"], row["games_used"]) == (17.25, 12)
    assert terms_of(row) == [17.25, None, None, None, None, None]
    assert list(row["absent_terms"]) == []
    assert row["feature_hash"] == HASH
    assert row["system_id"] == "ewma"


def test_without_a_game_there_is_nothing_to_weigh(tmp_path: Path) -> None:
    world = world_of(tmp_path, [vector("1", points_ewma=9.0), vector("2", points_ewma=None)])
    assert world.read(FORECASTS["ewma"])["player_id"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("points", "forecast", "is_cut"),
    [(60.0, 60.0, False), (60.5, 60.0, True), (0.0, 0.0, False), (-0.5, 0.0, True)],
)
def test_what_lies_beyond_the_range_is_cut_and_flagged(
    tmp_path: Path, points: float, forecast: float, is_cut: bool
) -> None:
    row = forecast_of("ewma", tmp_path, points_ewma=points)
    assert (row["forecast_points"], row["is_out_of_range"]) == (forecast, is_cut)
    assert row["form_points"] == points


def test_the_line_of_a_cutoff_is_the_forecast_of_that_cutoff(tmp_path: Path) -> None:
    world = world_of(tmp_path, [vector(), vector(cutoff="lock"), vector("2")])
    lines = [offered(points_line=20.0), offered(cutoff="lock", points_line=18.5),
             offered("3", points_line=9.5)]  # fmt: skip
    world.publish(PLAYER_LINE_CONSENSUS, lines)
    found = world.read(FORECASTS["line"])
    assert len(found) == 2
    assert only(found, cutoff="morning")["forecast_points"] == 20.0
    row = only(found, cutoff="lock")
    assert row["forecast_points"] == 18.5
    assert terms_of(row) == [None] * 6
    assert pd.isna(row["games_used"])
    assert (list(row["absent_terms"]), row["feature_hash"]) == ([], HASH)


def test_only_the_predicted_have_a_forecast(tmp_path: Path) -> None:
    known = FORM | {"points_ewma": 9.0}
    men = [predicted("1"), predicted("2", skip_reason="few_games")]
    world = world_of(tmp_path, [vector("1", **known), vector("2", **known)], men)
    world.publish(PLAYER_LINE_CONSENSUS, [offered(n, points_line=9.5) for n in ("1", "2")])
    for system_id in ("line", "ewma", "moving_average", "zone_matchup"):
        assert world.read(FORECASTS[system_id])["player_id"].tolist() == ["1"]


def test_a_forecast_carries_the_quality_of_its_player(tmp_path: Path) -> None:
    own: Row = {"quality_score": 77, "quality_tier": "silver", "source_score": 60, "is_bootstrap": True,
           "completeness_pct": 88.0, "is_degraded": True, "degraded_reasons": ["a box lacks"]}  # fmt: skip
    world = world_of(tmp_path, [vector(points_ewma=9.0)], [predicted(**own)])
    row = only(world.read(FORECASTS["ewma"]))
    assert {name: row[name] for name in own} | {"degraded_reasons": ["a box lacks"]} == own
    assert list(row["degraded_reasons"]) == ["a box lacks"]


def test_the_moving_average_is_three_means_and_his_adjustments(tmp_path: Path) -> None:
    row = forecast_of("moving_average", tmp_path, **FORM, **FACTORS)
    # 0.5 20 + 0.3 18 + 0.2 16; home; (80 - 100) / 20; 0.3 4; 0.3 2; 0.4 (-1)
    assert terms_of(row) == [18.6, 0.5, -1.0, 1.2, 0.6, -0.4]
    assert row["forecast_points"] == pytest.approx(19.5, abs=1e-12)
    assert list(row["absent_terms"]) == []
    assert row["games_used"] == 40


@pytest.mark.parametrize(
    ("home", "of_average", "of_zones"), [(1.0, 0.5, 0.8), (0.0, -0.5, -0.8), (0.5, 0.0, 0.0)]
)
def test_a_neutral_site_adds_nothing(
    tmp_path: Path, home: float, of_average: float, of_zones: float
) -> None:
    average = forecast_of("moving_average", tmp_path / "average", home=home, **FORM)
    assert average["venue_points"] == of_average
    assert average["forecast_points"] == pytest.approx(18.6 + of_average, abs=1e-12)
    zones = matchup(tmp_path / "zones", home=home)
    assert zones["venue_points"] == of_zones


@pytest.mark.parametrize(("score", "points"), [(100.0, 0.0), (95.0, -0.25), (0.0, -5.0)])
@pytest.mark.parametrize("system_id", ["moving_average", "zone_matchup"])
def test_who_is_fresh_loses_nothing_and_who_is_tired_does(
    tmp_path: Path, system_id: str, score: float, points: float
) -> None:
    row = forecast_of(system_id, tmp_path, fatigue_score=score, **FORM)
    assert row["fatigue_points"] == points
    rested = forecast_of(system_id, tmp_path / "rested", fatigue_score=100.0, **FORM)
    assert row["forecast_points"] == pytest.approx(rested["forecast_points"] + points, abs=1e-12)


@pytest.mark.parametrize(
    "missing", ["points_avg_last_5", "points_avg_last_10", "points_avg_season"]
)
def test_without_one_of_the_three_means_there_is_no_average(tmp_path: Path, missing: str) -> None:
    known = FORM | FACTORS | {missing: None}
    assert world_of(tmp_path, [vector(**known)]).read(FORECASTS["moving_average"]).empty


def test_terms_that_are_not_known_add_nothing_and_are_named(tmp_path: Path) -> None:
    bare = forecast_of("moving_average", tmp_path / "bare", **FORM)
    assert terms_of(bare) == [18.6, 0.5, None, None, None, None]
    assert bare["forecast_points"] == pytest.approx(19.1, abs=1e-12)
    assert list(bare["absent_terms"]) == ["fatigue", "zone", "pace", "usage"]
    part = forecast_of(
        "moving_average", tmp_path / "part", **FORM, **(FACTORS | {"shot_zone_mismatch": None})
    )
    assert part["forecast_points"] == pytest.approx(18.3, abs=1e-12)
    assert list(part["absent_terms"]) == ["zone"]


def test_a_sum_beyond_the_range_is_cut_and_its_terms_are_not(tmp_path: Path) -> None:
    low = dict.fromkeys(FORM, 1.0)
    row = forecast_of("moving_average", tmp_path, **low, home=0.0, fatigue_score=0.0)
    assert (row["forecast_points"], row["is_out_of_range"]) == (0.0, True)
    assert terms_of(row)[:3] == [1.0, -0.5, -5.0]


def test_zones_are_each_against_what_the_opponent_allows_there(tmp_path: Path) -> None:
    row = matchup(tmp_path, fatigue_score=90.0, pace_score=2.0, usage_spike=3.0)
    # 0.5 8 2 5 / 100 + 0.5 4 2 (-10) / 100 + 0.5 6 3 4 / 100 = 0.4 - 0.4 + 0.36
    assert terms_of(row) == [20.0, 0.8, -0.5, 0.36, 0.8, None]
    assert row["forecast_points"] == pytest.approx(21.46, abs=1e-12)
    assert list(row["absent_terms"]) == []
    swapped = matchup(
        tmp_path / "swapped", defense={"paint_vs_league": -10.0, "mid_vs_league": 5.0}
    )
    assert swapped["zone_points"] == pytest.approx(-0.8 + 0.2 + 0.36, abs=1e-12)


@pytest.mark.parametrize(
    ("allowed", "points"), [(40.0, 3.0), (-40.0, -3.0), (37.5, 3.0), (25.0, 2.0)]
)
def test_a_zone_adds_three_points_at_most(tmp_path: Path, allowed: float, points: float) -> None:
    known = {"paint_vs_league": allowed, "mid_vs_league": 0.0, "three_vs_league": 0.0}
    assert matchup(tmp_path, defense=known)["zone_points"] == pytest.approx(points, abs=1e-12)


def test_each_zone_is_cut_by_itself(tmp_path: Path) -> None:
    known = {"paint_vs_league": 60.0, "mid_vs_league": -60.0, "three_vs_league": 60.0}
    # 4.8 → 3; -2.4; 5.4 → 3
    assert matchup(tmp_path, defense=known)["zone_points"] == pytest.approx(3.6, abs=1e-12)


def test_neither_his_own_team_nor_another_date_is_the_opponent(tmp_path: Path) -> None:
    row = matchup(
        tmp_path,
        None,
        None,
        allows("NYK", paint_vs_league=50.0),
        allows(day=EVE, paint_vs_league=50.0),
    )
    assert row["zone_points"] == pytest.approx(0.36, abs=1e-12)


@pytest.mark.parametrize(
    ("shots", "defense", "points", "absent"),
    [
        ({"paint_attempts_per_game": None}, {}, -0.04, ["zone_paint"]),
        ({}, {"mid_vs_league": None, "three_vs_league": None}, 0.4, ["zone_mid", "zone_three"]),
        ({"player_id": "2"}, {}, None, ["zone"]),
        ({}, {"team": "MIA"}, None, ["zone"]),
    ],
)
def test_zones_that_are_not_known_add_nothing_and_are_named(
    tmp_path: Path, shots: Row, defense: Row, points: float | None, absent: list[str]
) -> None:
    row = matchup(tmp_path, shots, defense, fatigue_score=100.0, pace_score=0.0)
    assert terms_of(row)[3] == points
    assert list(row["absent_terms"]) == absent
    assert row["forecast_points"] == pytest.approx(20.8 + (points or 0), abs=1e-12)


def test_without_a_game_this_season_there_is_no_matchup(tmp_path: Path) -> None:
    assert world_of(tmp_path, [vector(**FACTORS)]).read(FORECASTS["zone_matchup"]).empty


@pytest.mark.parametrize("system_id", ["line", "ewma", "moving_average", "zone_matchup"])
def test_a_range_answers_as_its_days_do(tmp_path: Path, system_id: str) -> None:
    days = [EVE, DAY]
    vectors = [
        vector(str(n), game_date=day, cutoff=cutoff, points_ewma=n / 3, points_avg_last_5=n / 7,
               points_avg_last_10=n / 11, points_avg_season=n / 13 + day.day,
               fatigue_score=90.0 - n, pace_score=None if n == 2 else n / 9)
        for n in range(4) for day in days for cutoff in ("morning", "lock")
    ]  # fmt: skip
    world = world_of(tmp_path, vectors)
    lines = [offered(game_date=d, game_id=game_on(d), points_line=9.5 + d.day) for d in days]
    world.publish(PLAYER_LINE_CONSENSUS, lines)
    world.publish(PLAYER_SHOT_ZONE_ANALYSIS, [shoots(d, mid_attempts_per_game=d.day) for d in days])
    world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, [allows(day=d, mid_vs_league=d.day) for d in days])
    table = FORECASTS[system_id]
    ranged = world.read(table, days)
    daily = pd.concat([world.read(table, [d]) for d in days], ignore_index=True)
    assert len(ranged) == (2 if system_id == "line" else 16)
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
