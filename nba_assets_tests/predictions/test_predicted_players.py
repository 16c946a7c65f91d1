"""Who is predicted and why not, by a real DuckDB on literal rows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.precompute.tables import ML_FEATURE_STORE, PLAYER_DAILY_CACHE
from nba_assets.predictions.tables import PREDICTED_PLAYERS
from nba_assets_tests.precompute.form_world import (
    DAY,
    TONIGHT,
    FormWorld,
    Row,
    only,
    tonight,
    whole,
)
from nba_assets_tests.predictions.rows import game_on, vector

NO_LIMIT: Row = {"quality_score": 100.0, "is_production_ready": True}


def cached(player_id: str = "1", **changes: Any) -> Row:
    return whole(PLAYER_DAILY_CACHE, **({"game_date": DAY, "player_id": player_id} | changes))


def judged(
    home: Path, player: Row | None = None, stored: Row | None = None, cache: Row | None = None
) -> Row:
    """His row, where so much is known: by default enough."""
    world = FormWorld(home)
    usual: Row = {"games_played_season": 40, "minutes_avg_last_10": 30.0, "projected_minutes": 30.0}
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight(**(usual | (player or {})))])
    world.publish(ML_FEATURE_STORE, [vector(**(NO_LIMIT | (stored or {})))])
    world.publish(PLAYER_DAILY_CACHE, [cached(**(cache or {}))])
    return only(world.read(PREDICTED_PLAYERS))


def test_whoever_is_known_well_enough_is_predicted(tmp_path: Path) -> None:
    row = judged(tmp_path)
    assert (row["is_predicted"], row["skip_reason"], row["games_before"]) == (True, None, 40)


@pytest.mark.parametrize(
    ("player", "stored", "reason"),
    [
        ({"available": False, "status": "out"}, {}, "out"),
        ({"available": False, "games_played_season": 1}, {"quality_score": 1.0}, "out"),
        ({}, {"game_id": "another game"}, "team_held"),
        ({"games_played_season": 1}, {"game_id": "another game"}, "team_held"),
        ({}, {"cutoff": "lock"}, "team_held"),
        ({"games_played_season": 1}, {"player_id": "2"}, "no_features"),
        ({"games_played_season": 1}, {"quality_score": 49.9}, "low_quality"),
        ({}, {"is_production_ready": False}, "low_quality"),
        ({"games_played_season": 4}, {"quality_score": 50.0}, "few_games"),
        ({"games_played_season": 0}, {}, "few_games"),
    ],
)
def test_the_first_reason_that_holds_is_told(
    tmp_path: Path, player: Row, stored: Row, reason: str
) -> None:
    row = judged(tmp_path, player, stored)
    assert (row["is_predicted"], row["skip_reason"]) == (False, reason)


@pytest.mark.parametrize(
    ("player", "stored"),
    [({"games_played_season": 5}, {}), ({}, {"quality_score": 50.0}), ({"status": None}, {}),
     ({"status": "questionable"}, {}), ({"projected_minutes": None}, {})],
)  # fmt: skip
def test_limits_are_of_those_who_reach_them(tmp_path: Path, player: Row, stored: Row) -> None:
    assert judged(tmp_path, player, stored)["is_predicted"]


def test_a_missing_score_is_none(tmp_path: Path) -> None:
    # The contract of the store knows no such row; a gate that is switched off would let one through.
    columns = tuple(
        replace(c, null_means="broken") if c.name == "quality_score" else c
        for c in ML_FEATURE_STORE.columns
    )
    broken = replace(ML_FEATURE_STORE, columns=columns)
    world = FormWorld(tmp_path)
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight(games_played_season=40)])
    world.publish(broken, [vector(quality_score=None)])
    row = only(world.read(PREDICTED_PLAYERS))
    assert (row["skip_reason"], row["quality_score"]) == ("low_quality", 0)


@pytest.mark.parametrize(
    ("is_bootstrap", "own", "prior", "games", "reason"),
    [
        (True, 0, 5, 5, None),
        (True, 2, 3, 5, None),
        (True, 2, 2, 4, "few_games"),
        (True, 5, 0, 5, None),
        (False, 2, 60, 2, "few_games"),
    ],
)
def test_last_seasons_games_count_in_a_seasons_first_days(
    tmp_path: Path, is_bootstrap: bool, own: int, prior: int, games: int, reason: str | None
) -> None:
    player = {"is_bootstrap": is_bootstrap, "games_played_season": own}
    row = judged(tmp_path, player, cache={"games_prior_season": prior})
    assert (row["games_before"], row["skip_reason"]) == (games, reason)


def test_completeness_gates_nothing_in_a_seasons_first_days(tmp_path: Path) -> None:
    unready = {"is_production_ready": False}
    assert judged(tmp_path / "first", {"is_bootstrap": True}, unready)["is_predicted"]
    assert not judged(tmp_path / "later", {}, unready)["is_predicted"]


def test_without_a_row_of_the_cache_only_this_season_counts(tmp_path: Path) -> None:
    player = {"is_bootstrap": True, "games_played_season": 3}
    row = judged(tmp_path, player, cache={"player_id": "2", "games_prior_season": 60})
    assert (row["games_before"], row["skip_reason"]) == (3, "few_games")


@pytest.mark.parametrize(
    ("minutes", "line", "is_few"),
    [(14.9, None, True), (15.0, None, False), (None, None, True), (14.9, 4.5, False),
     (None, 20.0, False)],
)  # fmt: skip
def test_few_minutes_are_below_fifteen_and_without_a_line(
    tmp_path: Path, minutes: float | None, line: float | None, is_few: bool
) -> None:
    row = judged(tmp_path, {"projected_minutes": minutes, "points_line": line})
    assert row["is_few_minutes"] == is_few
    assert row["is_predicted"]


@pytest.mark.parametrize(
    ("changes", "is_rotation"),
    [
        ({"games_played_season": 5, "minutes_avg_last_10": 10.0}, True),
        ({"games_played_season": 4, "minutes_avg_last_10": 10.0}, False),
        ({"games_played_season": 5, "minutes_avg_last_10": 9.9}, False),
        ({"games_played_season": 5, "minutes_avg_last_10": None}, False),
    ],
)
def test_the_rotation_is_of_this_season_alone(
    tmp_path: Path, changes: Row, is_rotation: bool
) -> None:
    row = judged(tmp_path, changes | {"is_bootstrap": True}, cache={"games_prior_season": 60})
    assert row["is_rotation"] == is_rotation


@pytest.mark.parametrize(("score", "whole_score"), [(94.9, 94), (95.0, 95), (100.0, 100)])
def test_a_score_is_never_rounded_up(tmp_path: Path, score: float, whole_score: int) -> None:
    row = judged(tmp_path, stored={"quality_score": score, "quality_tier": "silver"})
    assert (row["quality_score"], row["quality_tier"]) == (whole_score, "silver")


def test_quality_is_the_stores_and_without_it_the_contexts(tmp_path: Path) -> None:
    player = {"source_score": 90, "completeness_pct": 95.0, "is_degraded": True,
              "degraded_reasons": ["of the slate"]}  # fmt: skip
    stored = {"source_score": 60, "completeness_pct": 80.0, "degraded_reasons": ["of the store"]}
    row = judged(tmp_path / "stored", player, stored)
    names = ("source_score", "completeness_pct", "quality_tier", "is_degraded")
    assert [row[n] for n in names] == [60, 80.0, "gold", False]
    assert list(row["degraded_reasons"]) == ["of the store"]
    bare = judged(tmp_path / "bare", player, {"player_id": "2"})
    assert [bare[n] for n in names] == [90, 95.0, "unusable", True]
    assert list(bare["degraded_reasons"]) == ["of the slate"]
    assert bare["quality_score"] == 0


def test_each_cutoff_is_judged_by_its_own_rows(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    known: Row = {"games_played_season": 40}
    men = [tonight(**known), tonight(cutoff="lock", available=False, **known)]
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, men)
    world.publish(ML_FEATURE_STORE, [vector(), vector(cutoff="lock")])
    found = world.read(PREDICTED_PLAYERS)
    assert only(found, cutoff="morning")["skip_reason"] is None
    assert only(found, cutoff="lock")["skip_reason"] == "out"


def test_a_range_answers_as_its_days_do(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    days = [DAY - timedelta(days=1), DAY]
    men, vectors = [], []
    for day in days:
        for n in range(6):
            key: Row = {"game_date": day, "game_id": game_on(day), "player_id": str(n)}
            own = n if day == DAY else 9
            men.append(tonight(**key, games_played_season=own, available=n != 3))
            vectors += [vector(**key)] if n != 5 else []
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, men)
    world.publish(ML_FEATURE_STORE, vectors)
    ranged = world.read(PREDICTED_PLAYERS, days)
    daily = pd.concat([world.read(PREDICTED_PLAYERS, [d]) for d in days], ignore_index=True)
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
    assert ranged["is_predicted"].sum() == 4
    assert set(ranged.loc[ranged["game_date"] == DAY, "game_id"]) == {TONIGHT}
