"""The form of a player, by a real DuckDB over literal games, against a naive computation."""

import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.precompute.tables import PLAYER_DAILY_CACHE, PLAYER_SHOT_ZONE_ANALYSIS
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.precompute.form_world import (
    DAY,
    FormWorld,
    Row,
    box,
    boxed,
    only,
    scheduled,
    side,
    tonight,
    whole,
)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def season(points: Sequence[int], **changes: Any) -> list[Row]:
    """One game every other day, the last of them two days ago; oldest first."""
    last = len(points)
    return [box(ago(2 * (last - n)), p, **changes) for n, p in enumerate(points)]


def plant(world: FormWorld, boxes: Sequence[Row] = (), players: Sequence[Row] = ()) -> None:
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, players or [tonight()])
    world.publish(
        UPCOMING_TEAM_GAME_CONTEXT, [side(pace_last_10=99.5, offensive_rating_last_10=111.25)]
    )
    world.publish(PLAYER_GAME_SUMMARY, boxes)


def cached(home: Path, boxes: Sequence[Row] = (), players: Sequence[Row] = ()) -> Row:
    world = FormWorld(home)
    plant(world, boxes, players)
    return only(world.read(PLAYER_DAILY_CACHE))


GAMES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 3000), st.integers(0, 20)), min_size=1, max_size=24
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(games=GAMES)
def test_form_is_what_a_naive_reading_of_his_games_says(
    tmp_path: Path, games: list[tuple[int, int, int]]
) -> None:
    last = len(games)
    boxes = [
        box(ago(last - n), points, seconds_played=seconds, fga=fga, usage_rate=seconds / 100)
        for n, (points, seconds, fga) in enumerate(games)
    ]
    world = FormWorld(tmp_path / f"{abs(hash(tuple(games)))}")
    plant(world, boxes)
    row = only(world.read(PLAYER_DAILY_CACHE))
    newest = games[::-1]
    points = [p for p, _, _ in newest]
    weights = [0.5 ** (n / 8) for n in range(last)]
    owed: dict[str, float | None] = {
        "points_avg_season": statistics.fmean(points),
        "points_ewma": sum(w * p for w, p in zip(weights, points, strict=True)) / sum(weights),
        "usage_season": statistics.fmean(s / 100 for _, s, _ in newest),
    }
    ten = newest[:10]
    seconds = [s for _, s, _ in ten]
    tried = sum(f for _, _, f in ten) + 0.44 * 5 * len(ten)
    mean = statistics.fmean(s for _, s, _ in newest)
    made = sum(points[:10])
    enough = {
        "points_avg_last_20": statistics.fmean(points[:20]),
        "points_std_last_10": statistics.stdev(points[:10]) if last > 1 else 0,
        "minutes_std_last_10": statistics.stdev(seconds) / 60 if last > 1 else 0,
        "points_trend": sum(points[:3]) / 3 - sum(points[3:5]) / 2,
        "minutes_change": (statistics.fmean(seconds) - mean) / mean,
        "ts_last_10": made / (2 * tried),
        "free_throw_points_share_last_10": min(4 * len(ten) / made, 0.5) if made else None,
        "points_per_minute_last_10": 60 * made / sum(seconds),
    }
    owed |= enough if last >= 5 else dict.fromkeys(enough)
    for name, value in owed.items():
        if value is None:
            assert pd.isna(row[name]), name
        else:
            assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
    assert row["games_in_last_20"] == min(last, 20)
    assert row["newest_game_date"] == ago(1)


def test_the_date_and_everything_after_it_changes_nothing(tmp_path: Path) -> None:
    *games, late = season([10, 12, 31, 8, 20, 25])
    before = [row["game_date"] for row in (*games, late)]
    later = [box(DAY, 1000), box(ago(-1), 1000), box(ago(-2), 1000, team="LAL")]
    night = ago(-3)
    players = [tonight(), tonight(game_date=night, game_id="20240308_BOS_NYK")]
    clean, poisoned = FormWorld(tmp_path / "clean"), FormWorld(tmp_path / "poisoned")
    plant(clean, games, players)
    plant(poisoned, [*games, *later], players)
    # The newest box before the date is late, and one of the date itself is there.
    for world, days in ((clean, before), (poisoned, [*before, DAY, ago(-1)])):
        world.publish(SCHEDULE, [scheduled(day) for day in days])
    days = [ago(-n) for n in range(4)]
    first = clean.read(PLAYER_DAILY_CACHE, days)
    second = poisoned.read(PLAYER_DAILY_CACHE, days)
    own = [found[found["game_date"] == DAY] for found in (first, second)]
    pd.testing.assert_frame_equal(own[0], own[1], check_exact=True)
    assert only(first, game_date=DAY)["completeness_pct"] == pytest.approx(100 * 5 / 6)
    after = [only(found, game_date=night) for found in (first, second)]
    assert after[0]["points_avg_season"] < 100 < after[1]["points_avg_season"]
    assert after[0]["points_avg_vs_opponent"] < 100 < after[1]["points_avg_vs_opponent"]


def test_the_first_date_of_all_has_no_history(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    night = ago(-1)
    players = [tonight(), tonight(game_date=night, game_id="20240306_BOS_NYK")]
    plant(world, [box(DAY, 20)], players)
    found = world.read(PLAYER_DAILY_CACHE, [DAY, night])
    assert pd.isna(only(found, game_date=DAY)["history_from"])
    assert only(found, game_date=night)["history_from"] == DAY


def test_a_range_answers_as_its_days_do(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    days = [ago(n) for n in (5, 3, 0)]
    players = [
        tonight(player_id, game_date=day, game_id=f"{day:%Y%m%d}_BOS_NYK")
        for day in days
        for player_id in ("1", "2")
    ]
    boxes = [*season([10, 12, 31, 8, 20, 25, 17]), *season([3, 9], player_id="2", team="LAL")]
    boxes += [box(ago(400 + n), 20 + n, season_year=2022) for n in range(4)]
    boxes += [box(ago(1300 + n), 20 + n, season_year=2019) for n in (-3, 0, 3)]
    plant(world, boxes, players)
    missing = {ago(7), ago(1)}
    played = {row["game_date"] for row in boxes}
    world.publish(SCHEDULE, [scheduled(day) for day in sorted(played | missing)])
    ranged = world.read(PLAYER_DAILY_CACHE, days)
    daily = pd.concat([world.read(PLAYER_DAILY_CACHE, [d]) for d in days], ignore_index=True)
    assert len(ranged) == len(players)
    assert ranged["completeness_pct"].min() < 100
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)


def test_a_cup_final_is_his_newest_game_and_in_no_average(tmp_path: Path) -> None:
    games = [*season([10, 20]), box(ago(1), 90, season_type="cup_final")]
    row = cached(tmp_path, games)
    assert (row["points_avg_season"], row["games_in_last_20"]) == (15.0, 2)
    assert row["newest_game_date"] == ago(1)


def test_a_game_that_he_sat_out_is_no_game_of_his(tmp_path: Path) -> None:
    sat = box(ago(1), 0, played=False, player_status="dnp", seconds_played=0)
    row = cached(tmp_path, [*season([10, 20]), sat])
    assert (row["points_avg_season"], row["games_in_last_20"]) == (15.0, 2)
    assert row["newest_game_date"] == ago(2)


def test_a_player_without_games_has_a_row_without_form(tmp_path: Path) -> None:
    row = cached(tmp_path, [box(ago(9), 20, "99")])
    for name in ("points_avg_season", "points_ewma", "points_trend", "newest_game_date",
                 "points_avg_vs_opponent", "points_avg_prior_season", "completeness_pct"):  # fmt: skip
        assert pd.isna(row[name]), name
    assert (row["games_in_last_20"], row["games_prior_season"], row["games_vs_opponent"]) == (
        0,
        0,
        0,
    )
    assert (row["is_production_ready"], row["sample_label"]) == (True, "insufficient")


def test_last_season_is_a_mean_of_its_own(tmp_path: Path) -> None:
    last = [box(ago(330 + n), p, season_year=2022, opponent="MIA") for n, p in enumerate((30, 21))]
    final = box(ago(350), 99, season_year=2022, season_type="cup_final")
    older = box(ago(700), 5, season_year=2021, opponent="MIA")
    row = cached(tmp_path, [*last, final, older])
    assert (row["points_avg_prior_season"], row["games_prior_season"]) == (25.5, 2)
    assert pd.isna(row["points_avg_season"])
    assert row["newest_game_date"] == ago(330)


def test_meetings_count_for_three_years_and_no_day_more(tmp_path: Path) -> None:
    meetings = [
        box(ago(1096), 30, season_year=2020),
        box(ago(1097), 900, season_year=2020),
        box(ago(40), 11),
        box(ago(39), 700, opponent="MIA"),
    ]
    row = cached(tmp_path, meetings)
    assert (row["points_avg_vs_opponent"], row["games_vs_opponent"]) == (20.5, 2)
    assert row["history_from"] == ago(1097)


def test_team_figures_and_zones_are_those_of_the_date(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    plant(world, season([10, 20]))
    told: Row = {
        "paint_share": 50.0,
        "mid_share": 12.5,
        "three_share": 37.5,
        "assisted_share": 80.0,
    }
    world.publish(
        PLAYER_SHOT_ZONE_ANALYSIS,
        [whole(PLAYER_SHOT_ZONE_ANALYSIS, game_date=DAY, player_id="1", **told)],
    )
    row = only(world.read(PLAYER_DAILY_CACHE))
    assert (row["team_pace_last_10"], row["team_offensive_rating_last_10"]) == (99.5, 111.25)
    shares = [row[f"{name}_share_last_10"] for name in ("paint", "mid", "three", "assisted")]
    assert shares == [0.5, 0.125, 0.375, 0.8]


def test_the_morning_lists_him_before_lock_does(tmp_path: Path) -> None:
    players = [
        tonight(cutoff="lock", player_name="late"),
        tonight(player_name="early"),
        tonight("2", cutoff="lock", player_name="only at lock"),
    ]
    world = FormWorld(tmp_path)
    plant(world, season([10]), players)
    found = world.read(PLAYER_DAILY_CACHE)
    assert found["player_id"].tolist() == ["1", "2"]
    assert found["player_name"].tolist() == ["early", "only at lock"]


def complete(home: Path, boxes: Sequence[Row], games: Sequence[tuple[date, str, bool]], **changes: Any) -> Row:  # fmt: skip
    """His row, where these home games are expected of these teams and published or not."""
    world = FormWorld(home)
    others = [row for day, team, there in games if there for row in boxed(day, "MIA", team)]
    plant(world, [*boxes, *others], [tonight(**changes)])
    world.publish(SCHEDULE, [scheduled(day, "MIA", team) for day, team, _ in games])
    return only(world.read(PLAYER_DAILY_CACHE))


def test_a_missing_box_lowers_completeness_and_an_absence_does_not(tmp_path: Path) -> None:
    games = [(ago(n), "NYK", n != 6) for n in (10, 8, 6, 4, 2)]
    # Hurt since his game of ten days ago: what his team played since then is expected all the same.
    row = complete(tmp_path, [box(ago(10), 20, opponent="MIA")], games)
    assert row["completeness_pct"] == pytest.approx(80.0)
    assert (row["is_degraded"], row["is_production_ready"]) == (True, True)
    assert len(row["degraded_reasons"]) == 1


def test_totals_of_a_team_do_not_stand_in_for_a_box_that_is_missing_in_between(
    tmp_path: Path,
) -> None:
    world = FormWorld(tmp_path)
    days = [ago(n) for n in (10, 8, 6, 4, 2)]
    plant(world, [box(day, 20) for day in days if day != ago(6)])
    games = [scheduled(day) for day in days]
    world.publish(SCHEDULE, games)
    totals: list[Row] = [{"game_date": g["game_date"], "game_id": g["game_id"]} for g in games]
    world.publish(
        TEAM_OFFENSE_GAME_SUMMARY,
        [whole(TEAM_OFFENSE_GAME_SUMMARY, **game, team="NYK") for game in totals],
    )
    row = only(world.read(PLAYER_DAILY_CACHE))
    assert row["completeness_pct"] == pytest.approx(80.0)
    assert row["games_in_last_20"] == 4
    assert row["is_degraded"]


def test_below_seventy_percent_he_is_not_ready(tmp_path: Path) -> None:
    games = [(ago(n), "NYK", n not in (6, 4)) for n in (10, 8, 6, 4, 2)]
    row = complete(tmp_path, [box(ago(10), 20, opponent="MIA")], games)
    assert row["completeness_pct"] == pytest.approx(60.0)
    assert not row["is_production_ready"]


def test_only_games_since_his_window_began_are_expected(tmp_path: Path) -> None:
    boxes = [box(ago(2 * n), 10, opponent="MIA") for n in (*range(1, 11), 12)]
    games = [(ago(2 * n), "NYK", n != 11) for n in range(1, 13)]
    assert complete(tmp_path, boxes, games)["completeness_pct"] == 100.0


def test_a_traded_player_is_owed_the_games_of_each_team_while_he_was_there(tmp_path: Path) -> None:
    boxes = [
        box(ago(20), 10, team="LAL", opponent="MIA"),
        box(ago(16), 10, team="LAL", opponent="MIA"),
        box(ago(6), 10, opponent="MIA"),
    ]
    games = [
        (ago(20), "LAL", True), (ago(18), "LAL", False), (ago(16), "LAL", True),
        (ago(14), "NYK", False),  # before he came
        (ago(6), "NYK", True), (ago(4), "LAL", False),  # after he left
        (ago(2), "NYK", True),
    ]  # fmt: skip
    row = complete(tmp_path, boxes, games)
    assert row["completeness_pct"] == pytest.approx(80.0)


def test_after_his_newest_box_the_team_of_tonight_counts(tmp_path: Path) -> None:
    boxes = [box(ago(8), 10, team="LAL", opponent="MIA")]
    games = [
        (ago(8), "LAL", True), (ago(6), "LAL", False), (ago(6), "NYK", True), (ago(4), "NYK", False),
        (ago(2), "NYK", True),
    ]  # fmt: skip
    row = complete(tmp_path, boxes, games)
    assert row["completeness_pct"] == pytest.approx(75.0)
    assert row["newest_input_date"] == ago(2)


def test_a_game_that_was_called_off_is_not_expected(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    plant(world, [box(ago(8), 10)])
    off = [
        scheduled(ago(6), status="postponed"),
        scheduled(ago(4), status="cancelled"),
        scheduled(ago(3), season_type="all_star"),
    ]
    world.publish(SCHEDULE, [scheduled(ago(8)), *off])
    row = only(world.read(PLAYER_DAILY_CACHE))
    assert row["completeness_pct"] == 100.0
    assert (row["newest_input_date"], row["newest_input_age_days"]) == (ago(8), 0)


def test_the_age_of_the_newest_input_is_counted_to_the_newest_expected_game(tmp_path: Path) -> None:
    games = [(ago(9), "NYK", True), (ago(5), "NYK", True), (ago(2), "NYK", False)]
    row = complete(tmp_path, [box(ago(9), 10, opponent="MIA")], games)
    assert (row["newest_input_date"], row["newest_input_age_days"]) == (ago(5), 3)


def test_a_row_is_trusted_as_little_as_the_least_of_his_games(tmp_path: Path) -> None:
    games = season([10, 20, 30])
    games[0]["source_score"] = 85
    row = cached(tmp_path, games)
    assert (row["source_score"], row["quality_score"], row["quality_tier"]) == (85, 85, "silver")


@pytest.mark.parametrize(
    ("games", "label"), [(10, "excellent"), (7, "good"), (5, "limited"), (4, "insufficient")]
)
def test_the_sample_label_is_of_the_last_ten(tmp_path: Path, games: int, label: str) -> None:
    row = cached(tmp_path, season([1]), [tonight(games_in_last_10=games)])
    assert row["sample_label"] == label
