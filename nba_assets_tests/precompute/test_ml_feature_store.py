"""The feature store, by a real DuckDB on literal rows; its letters against a scorer made of the contract."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.precompute.features import FEATURE_NAMES, FEATURES, SCORES, Fact, Feature, Letter
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets.warehouse.table import Table
from nba_assets_tests.precompute.form_world import (
    DAY,
    TONIGHT,
    FormWorld,
    Row,
    only,
    side,
    tonight,
    whole,
)

LONG_AGO = DAY - timedelta(days=1096)
INPUTS = (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
    PLAYER_DAILY_CACHE,
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)


def form(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "player_id": player_id, "team": "NYK", "opponent": "BOS",
        "history_from": LONG_AGO,
    }  # fmt: skip
    return whole(PLAYER_DAILY_CACHE, **(given | changes))


def defends(team: str = "BOS", **changes: Any) -> Row:
    given: Row = {"game_date": DAY, "team": team, "games_in_sample": 15, "games_with_zones": 15}
    return whole(TEAM_DEFENSE_ZONE_ANALYSIS, **(given | changes))


def adjusted(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "team": "NYK",
        "opponent": "BOS", "fatigue_score": 90.0,
    }  # fmt: skip
    return whole(PLAYER_COMPOSITE_FACTORS, **(given | changes))


def stored(
    home: Path,
    player: Row | None = None,
    cache: Row | None = None,
    defense: Row | None = None,
    team: Row | None = None,
) -> Row:
    """His row, where so much is known."""
    world = FormWorld(home)
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, [tonight(**(player or {}))])
    world.publish(UPCOMING_TEAM_GAME_CONTEXT, [side(**(team or {})), side("BOS", "NYK")])
    world.publish(PLAYER_DAILY_CACHE, [form(**(cache or {}))])
    world.publish(PLAYER_COMPOSITE_FACTORS, [adjusted()])
    world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, [defends(**(defense or {}))])
    return only(world.read(ML_FEATURE_STORE))


def letter(
    feature: Feature,
    has_value: bool,
    games: Mapping[str, int],
    blocks: Sequence[str],
    facts: Sequence[Fact],
) -> Letter:
    """What the contract of the feature says of its value."""
    is_absent = feature.block is not None and feature.block in blocks
    if is_absent and feature.needs_whole_window:
        return "N"
    if has_value:
        return "S" if games[feature.whose] < feature.short_below else "R"
    if is_absent:
        return "N"
    if games[feature.whose] < feature.needs_games:
        return "F"
    return "N" if feature.fact in facts else "M"


class Chance:
    """Rows of a date in which every column of form may be there or not, whatever its games are."""

    def __init__(self, day: date, players: int, *, has_zones: bool, is_whole: bool) -> None:
        self._random = random.Random(day.toordinal())
        self.day = day
        self.rows: dict[str, list[Row]] = {table.name: [] for table in INPUTS}
        self.games: dict[str, dict[str, int]] = {}
        self.facts: dict[str, list[Fact]] = {}
        self.blocks: dict[str, list[str]] = {}
        self._games_with_zones = 5 if has_zones else 0
        self._history_from = day - timedelta(days=1096 if is_whole else 1095)
        self._absent = [*([] if has_zones else ["zones"]), *([] if is_whole else ["prior_seasons"])]
        for number in range(players):
            self._player(str(number))

    def _maybe(self, table: Table, **given: Any) -> Row:
        numbers = [c.name for c in table.columns if c.null_means and c.type in ("INT64", "FLOAT64")]
        drawn = {name: self._random.choice((None, 0, 1)) for name in numbers if name not in given}
        return whole(table, **(drawn | {"game_date": self.day} | given))

    def _add(self, table: Table, **given: Any) -> Row:
        row = self._maybe(table, **given)
        self.rows[table.name].append(row)
        return row

    def _player(self, number: str) -> None:
        draw = self._random.choice
        games = {
            "player": draw((0, 1, 4, 5, 9, 10, 30)),
            "team": draw((0, 4, 5, 9, 10)),
            "opponent": draw((0, 4, 5, 14, 15)),
        }
        rival = draw((0, 4, 5, 9, 10))
        blocks = draw(([], ["injuries"], ["injuries", "lines"]))
        key = {"game_id": f"game{number}", "player_id": number}
        sides = {"team": f"own{number}", "opponent": f"other{number}"}
        self._add(
            UPCOMING_PLAYER_GAME_CONTEXT, **key, **sides, absent_blocks=blocks,
            games_played_season=games["player"], games_in_last_10=min(10, games["player"]),
        )  # fmt: skip
        for team, count in ((sides["team"], games["team"]), (sides["opponent"], rival)):
            self._add(
                UPCOMING_TEAM_GAME_CONTEXT,
                game_id=key["game_id"],
                team=team,
                games_in_last_10=count,
            )
        self._add(
            TEAM_DEFENSE_ZONE_ANALYSIS, team=sides["opponent"], games_in_sample=games["opponent"],
            games_with_zones=self._games_with_zones,
        )  # fmt: skip
        self._add(PLAYER_COMPOSITE_FACTORS, **key, **sides, fatigue_score=90.0)
        facts: list[Fact] = ["no_line", "no_report"]
        if draw((True, True, True, False)) or not self.games:
            meetings = draw((0, 3))
            cache = self._add(
                PLAYER_DAILY_CACHE, player_id=number, **sides, games_vs_opponent=meetings,
                history_from=self._history_from,
            )  # fmt: skip
            facts += ["no_meeting"] if meetings == 0 else []
            facts += ["no_point"] if cache["points_avg_last_10"] == 0 else []
            facts += ["no_minute"] if cache["minutes_avg_last_10"] == 0 else []
        if draw((True, False)):
            shots = self._add(
                PLAYER_SHOT_ZONE_ANALYSIS, player_id=number, games_in_sample=draw((9, 10))
            )
            if shots["games_in_sample"] == 10 and shots["paint_share"] is None:
                facts.append("no_attempt")
        self.games[number] = games | {"both_teams": min(games["team"], rival)}
        self.facts[number] = facts
        self.blocks[number] = [*blocks, *self._absent]


NIGHTS = (
    Chance(DAY, 300, has_zones=True, is_whole=True),
    Chance(DAY + timedelta(days=1), 150, has_zones=False, is_whole=True),
    Chance(DAY + timedelta(days=2), 150, has_zones=True, is_whole=False),
)


def test_the_sql_scores_as_the_contract_says(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    for table in INPUTS:
        world.publish(table, [row for night in NIGHTS for row in night.rows[table.name]])
    found = world.read(ML_FEATURE_STORE, [night.day for night in NIGHTS])
    assert len(found) == sum(len(night.games) for night in NIGHTS)
    seen: dict[str, set[str]] = {name: set() for name in FEATURE_NAMES}
    for night in NIGHTS:
        for row in found[found["game_date"] == night.day].to_dict("records"):
            who = str(row["player_id"])
            letters = [
                letter(
                    feature,
                    not pd.isna(row[feature.name]),
                    night.games[who],
                    night.blocks[who],
                    night.facts[who],
                )
                for feature in FEATURES
            ]
            told = "".join(letters)
            assert row["feature_sources"] == told, (night.day, who)
            missing = [n for n, x in zip(FEATURE_NAMES, letters, strict=True) if x == "M"]
            assert list(row["missing_features"]) == missing
            scores = [SCORES[x] for x in letters if x != "N"]
            assert row["quality_score"] == pytest.approx(sum(scores) / len(scores), rel=1e-12)
            assert list(row["absent_blocks"]) == night.blocks[who]
            for name, x in zip(FEATURE_NAMES, letters, strict=True):
                seen[name].add(x)
    for feature in FEATURES:
        owed = {"R"} | ({"S"} if feature.short_below else set())
        owed |= {"F"} if feature.needs_games else set()
        owed |= {"N"} if feature.fact or feature.block else set()
        never = ("no_line", "no_report")
        owed |= {"M"} if feature.null_means and feature.fact not in never else set()
        if feature.name == "fatigue_score":
            owed -= {"M"}  # known in every row here
        assert seen[feature.name] == owed, feature.name


@pytest.mark.parametrize(
    ("trend", "step"),
    [(5.0, 2), (4.99, 1), (2.0, 1), (1.99, 0), (0.0, 0), (-1.99, 0), (-2.0, -1), (-4.99, -1),
     (-5.0, -2)],
)  # fmt: skip
def test_a_rising_trend_is_positive(tmp_path: Path, trend: float, step: int) -> None:
    assert stored(tmp_path, cache={"points_trend": trend})["recent_trend"] == step


@pytest.mark.parametrize(
    ("change", "step"),
    [(0.5, 2), (0.2, 2), (0.19, 1), (0.1, 1), (0.09, 0), (-0.09, 0), (-0.1, -1), (-0.19, -1),
     (-0.2, -2)],
)  # fmt: skip
def test_minutes_change_in_steps(tmp_path: Path, change: float, step: int) -> None:
    assert stored(tmp_path, cache={"minutes_change": change})["minutes_change"] == step


@pytest.mark.parametrize(
    ("is_home", "is_neutral", "home"),
    [(True, False, 1.0), (False, False, 0.0), (True, None, 1.0), (True, True, 0.5),
     (False, True, 0.5)],
)  # fmt: skip
def test_nobody_is_at_home_at_a_neutral_site(
    tmp_path: Path, is_home: bool, is_neutral: bool | None, home: float
) -> None:
    assert stored(tmp_path, {"is_home": is_home, "is_neutral": is_neutral})["home"] == home


@pytest.mark.parametrize(
    ("kind", "flag"), [("playoffs", 1), ("play_in", 0), ("regular", 0), ("cup_final", 0)]
)
def test_a_play_in_is_no_playoff_game(tmp_path: Path, kind: str, flag: int) -> None:
    assert stored(tmp_path, {"season_type": kind})["playoff_game"] == flag


def test_flags_are_those_of_the_context(tmp_path: Path) -> None:
    row = stored(
        tmp_path,
        {"back_to_back": True, "points_line": 20.0, "is_expected_starter": False, "injury_risk": 2,
         "rest_advantage": -1, "game_spread": -7.5, "implied_points": 117.25},
    )  # fmt: skip
    names = ("back_to_back", "has_line", "line_points", "expected_starter", "injury_risk",
             "rest_advantage", "blowout_risk", "team_implied_points")  # fmt: skip
    assert [row[n] for n in names] == [1, 1, 20.0, 0, 2, -1, 7.5, 117.25]
    bare = stored(tmp_path / "bare")
    assert [bare[n] for n in ("back_to_back", "has_line")] == [0, 0]
    assert pd.isna([bare[n] for n in ("line_points", "expected_starter", "injury_risk")]).all()


@pytest.mark.parametrize(
    ("position", "points"),
    [("PG", 1.0), ("SG", 1.0), ("G", 1.0), ("G-F", 1.0), ("SF", 2.0), ("PF", 2.0), ("F-C", 2.0),
     ("C", 3.0), ("C-F", 3.0), (None, None)],
)  # fmt: skip
def test_the_opponent_is_measured_against_his_position(
    tmp_path: Path, position: str | None, points: float | None
) -> None:
    defense = {
        "guard_points_vs_league": 1.0, "forward_points_vs_league": 2.0,
        "center_points_vs_league": 3.0,
    }  # fmt: skip
    found = stored(tmp_path, {"position": position}, defense=defense)
    value = found["opponent_position_points_vs_league"]
    assert pd.isna(value) if points is None else value == points


def test_figures_of_another_team_are_missing_and_not_taken(tmp_path: Path) -> None:
    cache: Row = {
        "team": "LAL", "opponent": "MIA", "team_pace_last_10": 99.0, "games_vs_opponent": 3,
        "team_offensive_rating_last_10": 110.0, "points_avg_vs_opponent": 20.0,
        "points_avg_last_10": 15.0,
    }  # fmt: skip
    row = stored(tmp_path, {"games_played_season": 20}, cache, team={"games_in_last_10": 10})
    names = ("team_pace", "team_off_rating", "avg_points_vs_opponent", "games_vs_opponent")
    assert pd.isna([row[n] for n in names]).all()
    assert set(names) <= set(row["missing_features"])
    assert row["points_avg_last_10"] == 15.0


def test_history_that_reaches_its_window_is_whole(tmp_path: Path) -> None:
    late = LONG_AGO + timedelta(days=1)
    whole_one = stored(tmp_path / "whole", cache={"history_from": LONG_AGO})
    part = stored(tmp_path / "part", cache={"history_from": late, "points_avg_vs_opponent": 9.0})
    assert list(whole_one["absent_blocks"]) == []
    assert list(part["absent_blocks"]) == ["prior_seasons"]
    position = FEATURE_NAMES.index("avg_points_vs_opponent")
    assert part["feature_sources"][position] == "N"
    assert part["avg_points_vs_opponent"] == 9.0


def test_a_block_is_named_once(tmp_path: Path) -> None:
    blocks = ["injuries", "zones", "prior_seasons"]
    row = stored(
        tmp_path, {"absent_blocks": blocks}, {"history_from": DAY}, {"games_with_zones": 0}
    )
    assert list(row["absent_blocks"]) == blocks


@pytest.mark.parametrize(
    ("own", "team", "ready", "least"),
    [(65.0, 100.0, False, 65.0), (100.0, 60.0, False, 60.0), (70.0, 95.0, True, 70.0),
     (None, 92.0, True, 92.0)],
)  # fmt: skip
def test_a_row_is_ready_where_player_and_both_teams_are(
    tmp_path: Path, own: float | None, team: float, ready: bool, least: float
) -> None:
    row = stored(tmp_path, cache={"completeness_pct": own}, team={"completeness_pct": team})
    assert (row["completeness_pct"], row["is_production_ready"]) == (least, ready)
    assert row["is_degraded"] == (least < 90)


def test_the_score_tells_real_from_missing_and_not_where_it_came_from(tmp_path: Path) -> None:
    trusted, less = (stored(tmp_path / str(n), {"source_score": n}) for n in (90, 60))
    assert (trusted["source_score"], less["source_score"]) == (90, 60)
    assert trusted["quality_score"] == less["quality_score"]
    assert trusted["quality_tier"] == less["quality_tier"]


def test_who_is_out_has_a_row_and_digests_are_left_to_the_engine(tmp_path: Path) -> None:
    row = stored(tmp_path, {"available": False, "status": "out"})
    assert (row["available"], row["status"]) == (False, "out")
    assert (row["feature_hash"], list(row["input_digests"])) == ("", [])
    assert row["feature_version"] == "f33plus"


def test_unknown_minutes_stay_unknown_and_cost_nothing(tmp_path: Path) -> None:
    known = stored(tmp_path / "known", player={"projected_minutes": 31.0})
    unknown = stored(tmp_path / "unknown", player={"projected_minutes": None})
    assert known["projected_minutes"] == 31.0
    assert pd.isna(unknown["projected_minutes"])
    same = ("feature_sources", "quality_score", "quality_tier", "is_production_ready")
    assert [unknown[name] for name in same] == [known[name] for name in same]


def test_each_cutoff_reads_its_own_captures(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    players = [tonight(points_line=20.5), tonight(cutoff="lock", points_line=19.5)]
    world.publish(UPCOMING_PLAYER_GAME_CONTEXT, players)
    both = [side(win_pct=0.5), side(cutoff="lock", win_pct=0.25)]
    world.publish(UPCOMING_TEAM_GAME_CONTEXT, both)
    spikes = [adjusted(usage_spike=1.0), adjusted(cutoff="lock", usage_spike=2.0)]
    world.publish(PLAYER_COMPOSITE_FACTORS, spikes)
    world.publish(PLAYER_DAILY_CACHE, [form(points_ewma=12.5)])
    found = world.read(ML_FEATURE_STORE)
    names = ["line_points", "team_win_pct", "usage_spike", "points_ewma"]
    assert [only(found, cutoff="morning")[n] for n in names] == [20.5, 0.5, 1.0, 12.5]
    assert [only(found, cutoff="lock")[n] for n in names] == [19.5, 0.25, 2.0, 12.5]


def test_a_range_answers_as_its_days_do(tmp_path: Path) -> None:
    world = FormWorld(tmp_path)
    for table in INPUTS:
        world.publish(table, [row for night in NIGHTS for row in night.rows[table.name]])
    days = [night.day for night in NIGHTS]
    ranged = world.read(ML_FEATURE_STORE, days)
    daily = pd.concat([world.read(ML_FEATURE_STORE, [d]) for d in days], ignore_index=True)
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
