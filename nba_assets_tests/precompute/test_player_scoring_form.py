"""Form across seasons, by a real DuckDB on literal rows and by sums written down beside it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.precompute.tables import PLAYER_SCORING_FORM
from nba_assets_tests.precompute.form_world import DAY, FormWorld, Row, box, only, tonight


def form(home: Path, games: list[Row]) -> Row:
    """His form, after these games."""
    world = FormWorld(home)
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight()])
    world.publish(PLAYER_GAME_SUMMARY, games)
    return only(world.read(PLAYER_SCORING_FORM), player_id="1")


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def weighed(values: list[float], half_life: float) -> float:
    """Their mean, newest first, each half as heavy as the one a half-life after it."""
    weights: list[float] = [0.5 ** (n / half_life) for n in range(len(values))]
    total: float = sum(w * v for w, v in zip(weights, values, strict=True))
    whole: float = sum(weights)
    return total / whole


def test_newer_games_weigh_more(tmp_path: Path) -> None:
    games = [
        box(ago(2), 30, seconds_played=2400, fga=20, fg3a=8, fta=6),
        box(ago(4), 10, seconds_played=1200, fga=8, fg3a=2, fta=0),
        box(ago(6), 16, seconds_played=1800, fga=12, fg3a=5, fta=4),
    ]
    row = form(tmp_path, games)
    assert row["games_in_window"] == 3
    assert row["points_ewma_3"] == pytest.approx(weighed([30, 10, 16], 3))
    assert row["points_ewma_20"] == pytest.approx(weighed([30, 10, 16], 20))
    assert row["minutes_ewma_3"] == pytest.approx(weighed([40, 20, 30], 3))
    assert row["minutes_ewma_8"] == pytest.approx(weighed([40, 20, 30], 8))
    assert row["fga_ewma_8"] == pytest.approx(weighed([20, 8, 12], 8))
    assert row["fg3a_ewma_8"] == pytest.approx(weighed([8, 2, 5], 8))
    assert row["fta_ewma_8"] == pytest.approx(weighed([6, 0, 4], 8))
    assert row["minutes_last_game"] == 40.0
    recent = weighed([30, 10, 16], 3) / weighed([40, 20, 30], 3)
    long = weighed([30, 10, 16], 20) / weighed([40, 20, 30], 20)
    assert row["points_per_minute_change"] == pytest.approx(recent - long)


@pytest.mark.parametrize(
    ("column", "of_game", "of_league"),
    [
        ("points_per_minute", lambda g: g["points"], 0.5),
        ("plays_per_minute", lambda g: g["fga"] + 0.44 * g["fta"] + g["tov"], 0.4),
    ],
)
def test_rates_are_held_by_the_longer_window_and_by_the_league(
    tmp_path: Path, column: str, of_game: Callable[[Row], float], of_league: float
) -> None:
    own = [
        box(ago(2), 30, seconds_played=2400, fga=20, fta=5, tov=2),
        box(ago(4), 10, seconds_played=1200, fga=8, fta=0, tov=1),
    ]
    # A crowd, so that the league's rate is theirs to a hair.
    crowd = [
        box(ago(3), 24000, "2", seconds_played=48000 * 60, fga=19200, fta=0, tov=0),
    ]
    row = form(tmp_path, own + crowd)
    values, minutes = [of_game(g) for g in own], [40, 20]

    def sums(half_life: float) -> tuple[float, float]:
        weights = [0.5 ** (n / half_life) for n in range(2)]
        return (
            sum(w * v for w, v in zip(weights, values, strict=True)),
            sum(w * m for w, m in zip(weights, minutes, strict=True)),
        )

    done, spent = sums(20)
    long = (done + 50 * of_league) / (spent + 50)
    done, spent = sums(8)
    assert row[column] == pytest.approx((done + 500 * long) / (spent + 500), abs=1e-4)


def test_each_role_has_its_minutes_and_a_new_one_what_such_men_get(tmp_path: Path) -> None:
    games = [
        box(ago(2), 10, is_starter=True, seconds_played=2040),
        box(ago(4), 10, is_starter=False, seconds_played=1200),
        box(ago(6), 10, is_starter=True, seconds_played=1800),
    ]
    row = form(tmp_path, games)
    mean = weighed([34, 20, 30], 8)
    started, weight = 34 + 30 * 0.5 ** (2 / 5), 1 + 0.5 ** (2 / 5)
    assert row["minutes_as_starter"] == pytest.approx((started + 20 + mean / 2) / (weight + 1))
    benched, weight = 20 * 0.5 ** (1 / 5), 0.5 ** (1 / 5)
    assert row["minutes_off_bench"] == pytest.approx((benched + 5 + 0.6 * mean) / (weight + 1))
    assert row["starts_share_last_10"] == pytest.approx(2 / 3)

    benched_only = form(tmp_path / "bench", [box(ago(2), 10, seconds_played=1200)])
    assert benched_only["minutes_as_starter"] == pytest.approx(20 + 20 / 2)
    assert benched_only["starts_share_last_10"] == 0.0


def test_last_season_counts_and_what_is_older_than_400_days_does_not(tmp_path: Path) -> None:
    games = [
        box(ago(2), 30),
        box(ago(400), 10, season_year=2022),
        box(ago(401), 90, season_year=2022),
    ]
    row = form(tmp_path, games)
    assert row["games_in_window"] == 2
    assert row["points_ewma_3"] == pytest.approx(weighed([30, 10], 3))


def test_sixty_games_are_the_most(tmp_path: Path) -> None:
    games = [box(ago(n), 0 if n <= 60 else 90) for n in range(1, 71)]
    row = form(tmp_path, games)
    assert (row["games_in_window"], row["points_ewma_20"]) == (60, 0.0)


def test_only_games_he_played_before_the_date_count(tmp_path: Path) -> None:
    games = [
        box(ago(1), 99, played=False, player_status="dnp"),
        box(ago(2), 20),
        box(ago(3), 99, season_type="cup_final"),
        box(ago(4), 99, season_type="preseason"),
        box(DAY, 99),
    ]
    row = form(tmp_path, games)
    assert (row["games_in_window"], row["points_ewma_3"]) == (1, 20.0)


def test_a_newcomer_has_no_form_and_says_so(tmp_path: Path) -> None:
    row = form(tmp_path, [box(ago(2), 20, "2")])
    assert row["games_in_window"] == 0
    numbers = [name for name in row if "ewma" in name or "minute" in name or "share" in name]
    assert len(numbers) == 14
    assert pd.isna([row[name] for name in numbers]).all()


def test_form_is_one_row_a_player_whatever_the_cut_offs(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    players = [tonight("1"), tonight("1", cutoff="lock"), tonight("2", cutoff="lock")]
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, players)
    world.publish(PLAYER_GAME_SUMMARY, [box(ago(2), 20), box(ago(2), 10, "2")])
    found = world.read(PLAYER_SCORING_FORM)
    assert sorted(found["player_id"]) == ["1", "2"]


def test_a_range_run_is_its_days(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    days = [ago(4), ago(2), DAY]
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight(game_date=d) for d in days])
    world.publish(
        PLAYER_GAME_SUMMARY,
        [box(d, 10 + n, seconds_played=1000 + 37 * n) for n, d in enumerate([ago(401), *days])],
    )
    daily = pd.concat([world.read(PLAYER_SCORING_FORM, [d]) for d in days], ignore_index=True)
    pd.testing.assert_frame_equal(world.read(PLAYER_SCORING_FORM, days), daily, check_exact=True)
