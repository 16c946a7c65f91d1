"""The most similar of a player's games, by a real DuckDB: worked out by hand, and against a plain scorer."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.precompute.tables import TEAM_DEFENSE_ZONE_ANALYSIS
from nba_assets.predictions.tables import FORECASTS
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.precompute.form_world import DAY, FormWorld, Row, box, only, scheduled, whole
from nba_assets_tests.predictions.rows import predicted, vector, world_of

SIMILARITY = FORECASTS["similarity"]
# Tonight: a defence of the middle tier, at home, on the second day, in flat form.
USUAL: Row = {
    "opponent_def_rating": 112.0, "home": 1.0, "days_since_last_game": 2.0,
    "points_avg_last_5": 15.0, "points_avg_season": 15.0,
}  # fmt: skip
# What old games have in common with it: of the first five no form is known, of the first no rest.
NEW, EARLY = 100, 85


def rated(day: date, rating: float | None, team: str = "BOS") -> Row:
    given: Row = {"game_date": day, "team": team, "defensive_rating_last_15": rating}
    return whole(TEAM_DEFENSE_ZONE_ANALYSIS, **given)


class Career:
    """A player's games, the newest last, each as usual as tonight, and what was known of their dates."""

    def __init__(self, *points: int, days_ago: Sequence[int] = ()) -> None:
        ago = days_ago or range(2 * len(points), 0, -2)
        days = [DAY - timedelta(days=n) for n in ago]
        self.boxes = [box(d, p, is_home=True) for d, p in zip(days, points, strict=True)]
        self.ratings = [rated(day, 112.0) for day in days]
        self.games = [scheduled(day) for day in days]

    def forecast(self, folder: Path, **known: Any) -> pd.DataFrame:
        world = world_of(folder, [vector(**(USUAL | known))])
        world.publish(PLAYER_GAME_SUMMARY, self.boxes)
        world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, self.ratings)
        world.publish(SCHEDULE, self.games)
        return world.read(SIMILARITY)


def mean(*weighed: tuple[int, int]) -> Any:
    total = sum(weight * points for weight, points in weighed)
    return pytest.approx(total / sum(weight for weight, _ in weighed), abs=1e-12)


def test_old_games_weigh_what_they_have_in_common_with_tonight(tmp_path: Path) -> None:
    # Five of them never leave the season's mean by 2: his form is flat throughout.
    career = Career(14, 16, 15, 14, 16, 15, 14, 16, 15, 14, 16, 15)
    career.ratings[6]["defensive_rating_last_15"] = 116.0  # the tier beside: 20 for 40
    career.boxes[7]["is_home"] = False
    career.ratings[9]["defensive_rating_last_15"] = 109.0
    career.boxes[9]["is_home"] = False  # 20 + 30 + 0 + 15 = 65: not similar
    row = only(career.forecast(tmp_path))
    weighed = [(85, 16), (85, 15), (85, 14), (85, 16), (100, 15), (80, 14), (85, 16), (100, 15),
               (100, 16), (100, 15)]  # fmt: skip
    assert row["form_points"] == mean(*weighed)
    assert row["games_used"] == 10
    assert row["forecast_points"] == row["form_points"]
    assert list(row["absent_terms"]) == ["fatigue", "zone", "pace", "usage"]


def test_adjustments_have_their_own_weights(tmp_path: Path) -> None:
    known = {"fatigue_score": 80.0, "shot_zone_mismatch": 4.0, "pace_score": 2.0}
    row = only(Career(*[15] * 8).forecast(tmp_path, **known, usage_spike=-1.0))
    names = ("form_points", "fatigue_points", "zone_points", "pace_points", "usage_points")
    # (80 - 100) / 20; 0.4 4; 0.8 2; 0.8 (-1)
    assert [row[n] for n in names] == pytest.approx([15.0, -1.0, 1.6, 1.6, -0.8], abs=1e-12)
    assert row["forecast_points"] == pytest.approx(16.4, abs=1e-12)
    assert pd.isna(row["venue_points"])
    assert list(row["absent_terms"]) == []


def test_five_similar_games_are_the_least(tmp_path: Path) -> None:
    assert only(Career(*[15] * 6).forecast(tmp_path / "six"))["games_used"] == 5
    assert Career(*[15] * 5).forecast(tmp_path / "five").empty


def test_the_twenty_most_similar_count_and_of_equals_the_newest(tmp_path: Path) -> None:
    career = Career(*[15] * 30)
    for n in range(5, 15):
        career.boxes[n]["is_home"] = False  # 85, as the first ones
    career.boxes[10]["points"] = 16  # the last of twenty
    career.boxes[9]["points"] = 14  # the first of those left out
    row = only(career.forecast(tmp_path))
    assert row["games_used"] == 20
    assert row["form_points"] == mean(*[(100, 15)] * 15, *[(85, 15)] * 4, (85, 16))


@pytest.mark.parametrize(("days_ago", "games"), [(90, 7), (91, 6)])
def test_games_are_of_the_last_ninety_days(tmp_path: Path, days_ago: int, games: int) -> None:
    career = Career(*[15] * 11, days_ago=[100, 98, 96, 94, days_ago, 20, 18, 16, 14, 12, 10])
    # All from the fifth on have 70 or more in common with a third day: only its age lets it out.
    assert only(career.forecast(tmp_path, days_since_last_game=3.0))["games_used"] == games


@pytest.mark.parametrize(
    ("rating", "weight"),
    [(109.9, 80), (110.0, 100), (114.9, 100), (115.0, 80)],
)
def test_defences_are_in_three_tiers(tmp_path: Path, rating: float, weight: int) -> None:
    career = Career(*[15] * 7, 17)
    career.ratings[7]["defensive_rating_last_15"] = rating
    row = only(career.forecast(tmp_path))
    assert row["form_points"] == mean(*[(EARLY, 15)] * 4, *[(NEW, 15)] * 2, (weight, 17))


@pytest.mark.parametrize(("rating", "games"), [(109.0, 6), (112.0, 6), (116.0, 5), (None, 5)])
def test_a_tier_two_away_and_one_that_is_not_known_are_not_alike(
    tmp_path: Path, rating: float | None, games: int
) -> None:
    career = Career(*[15] * 11)
    career.ratings[10]["defensive_rating_last_15"] = rating
    row = only(career.forecast(tmp_path, opponent_def_rating=108.0))
    # The first five have 20 + 30 + 15 at most, those with a form 80.
    assert row["games_used"] == games


def test_a_defence_is_what_was_known_of_it_before_the_old_game(tmp_path: Path) -> None:
    career = Career(*[15] * 7, 17)
    old = career.boxes[7]["game_date"]
    career.ratings += [rated(old + timedelta(days=1), 90.0), rated(old, 90.0, "MIA")]
    row = only(career.forecast(tmp_path))
    assert row["form_points"] == mean(*[(EARLY, 15)] * 4, *[(NEW, 15)] * 2, (NEW, 17))


@pytest.mark.parametrize(("gap", "weight"), [(1, 85), (2, 100), (3, 85), (4, 70), (9, 70)])
def test_rest_is_counted_back_from_the_old_game(tmp_path: Path, gap: int, weight: int) -> None:
    career = Career(*[15] * 7, 17, days_ago=[32, 30, 28, 26, 24, 22, 20, 20 - gap])
    row = only(career.forecast(tmp_path))
    assert row["form_points"] == mean(*[(EARLY, 15)] * 4, *[(NEW, 15)] * 2, (weight, 17))


def test_four_days_of_rest_are_as_good_as_nine(tmp_path: Path) -> None:
    career = Career(*[15] * 10, 17, days_ago=[50, 48, 46, 44, 42, 40, 38, 36, 34, 32, 23])
    row = only(career.forecast(tmp_path, days_since_last_game=4.0))
    # Two days against four: 40 + 15 + 15 of those with a form.
    assert row["form_points"] == mean(*[(70, 15)] * 5, (100, 17))


def test_the_cup_final_is_rest_that_was_not_had_and_no_game_of_form(tmp_path: Path) -> None:
    career = Career(*[15] * 7, 60, 17, days_ago=[32, 30, 28, 26, 24, 22, 20, 19, 18])
    career.boxes[7]["season_type"] = "cup_final"
    row = only(career.forecast(tmp_path))
    # A day after the final: 15 of rest for 30.
    assert row["form_points"] == mean(*[(EARLY, 15)] * 4, *[(NEW, 15)] * 2, (85, 17))


@pytest.mark.parametrize(
    ("is_home", "is_neutral", "venue", "weight"),
    [(True, False, 1.0, 100), (True, None, 1.0, 100), (True, True, 1.0, 85),
     (False, False, 1.0, 85), (False, True, 1.0, 85)],
)  # fmt: skip
def test_the_venue_is_that_of_the_old_game(
    tmp_path: Path, is_home: bool, is_neutral: bool | None, venue: float, weight: int
) -> None:
    career = Career(*[15] * 7, 17)
    career.boxes[7]["is_home"] = is_home
    career.games[7]["is_neutral"] = is_neutral
    row = only(career.forecast(tmp_path, home=venue))
    assert row["form_points"] == mean(*[(EARLY, 15)] * 4, *[(NEW, 15)] * 2, (weight, 17))


def test_a_neutral_site_is_like_another(tmp_path: Path) -> None:
    career = Career(*[15] * 7, 17)
    career.games[7]["is_neutral"] = True
    row = only(career.forecast(tmp_path, home=0.5))
    assert row["form_points"] == mean(*[(70, 15)] * 4, *[(85, 15)] * 2, (100, 17))


@pytest.mark.parametrize(
    ("last_5", "flat", "rising"),
    [(15.0, 100, 90), (16.99, 100, 90), (17.0, 90, 100), (13.01, 100, 90), (13.0, 90, 85)],
)
def test_form_is_flat_rising_or_falling(
    tmp_path: Path, last_5: float, flat: int, rising: int
) -> None:
    # Before each of the last six his five are above his season by 0, 0.3, 1.1, 2.3, 3.6 and 5 points.
    career = Career(*[10] * 5, *[20] * 6)
    row = only(career.forecast(tmp_path, points_avg_last_5=last_5))
    assert row["form_points"] == mean(*[(EARLY, 10)] * 4, *[(flat, 20)] * 3, *[(rising, 20)] * 3)


@pytest.mark.parametrize(("points", "weight"), [(14, 90), (13, 100)])
def test_two_points_above_his_season_are_a_rise(tmp_path: Path, points: int, weight: int) -> None:
    career = Career(*[10] * 5, *[points] * 5, 30)
    row = only(career.forecast(tmp_path))
    known = [(EARLY, 10)] * 4, [(NEW, points)] * 5
    assert row["form_points"] == mean(*known[0], *known[1], (weight, 30))


def bucket(rise: float | None) -> int | None:
    return None if rise is None else (1 if rise >= 2 else -1 if rise <= -2 else 0)


def tier(rating: float | None) -> int | None:
    return None if rating is None else (1 if rating < 110 else 2 if rating < 115 else 3)


def common(one: Any, other: Any, same: int, beside: int) -> int:
    if one is None or other is None or pd.isna(one) or pd.isna(other):
        return 0
    return {0: same, 1: beside}.get(abs(one - other), 0)


class Chance:
    """Games of some players over a season, and nights on which they are predicted, drawn by a seed."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.boxes: list[Row] = []
        self.ratings: dict[tuple[date, str], float | None] = {}
        self.neutral: dict[str, bool | None] = {}
        for ago in range(130, 0, -1):
            day = DAY - timedelta(days=ago)
            for player in "123":
                if draw.random() < 0.55:
                    self._game(draw, day, player)
        self.nights = [DAY - timedelta(days=n) for n in (9, 4, 1)] + [DAY]
        self.vectors = [
            vector(
                player, game_date=day, cutoff=cutoff,
                opponent_def_rating=draw.choice((None, 108.0, 110.0, 112.0, 115.0)),
                home=draw.choice((0.0, 0.5, 1.0)),
                days_since_last_game=draw.choice((None, 1.0, 2.0, 3.0, 4.0, 6.0)),
                points_avg_last_5=draw.choice((None, 10.0, 12.0, 14.0)), points_avg_season=12.0,
                pace_score=draw.choice((None, 1.0)), fatigue_score=draw.choice((None, 75.0)),
            )
            for day in self.nights for player in "123" for cutoff in ("morning", "lock")
        ]  # fmt: skip

    def _game(self, draw: random.Random, day: date, player: str) -> None:
        opponent = draw.choice(("BOS", "MIA", "LAL"))
        kinds = ("regular",) * 20 + ("playoffs", "play_in", "cup_final", "preseason", "all_star")
        own = box(
            day, draw.randint(0, 30), player, opponent=opponent, is_home=draw.random() < 0.5,
            played=draw.random() < 0.9, season_type=draw.choice(kinds),
            season_year=2022 if day < DAY - timedelta(days=75) else 2023,
        )  # fmt: skip
        self.boxes.append(own)
        rating = draw.choice((None, 109.5, 110.0, 113.0, 115.0, 118.0))
        self.ratings.setdefault((day, opponent), rating)
        self.neutral.setdefault(own["game_id"], draw.choice((None, False, False, True)))

    def world(self, folder: Path) -> FormWorld:
        men = [
            predicted(v["player_id"], game_date=v["game_date"], cutoff=v["cutoff"])
            for v in self.vectors
        ]
        world = world_of(folder, self.vectors, men)
        world.publish(PLAYER_GAME_SUMMARY, self.boxes)
        rated_ones = [rated(day, rating, team) for (day, team), rating in self.ratings.items()]
        world.publish(TEAM_DEFENSE_ZONE_ANALYSIS, rated_ones)
        games = {row["game_id"]: row["game_date"] for row in self.boxes}
        world.publish(
            SCHEDULE,
            [
                scheduled(day, game_id=game, is_neutral=self.neutral[game])
                for game, day in games.items()
            ],
        )
        return world

    def old_games(self, player: str) -> list[Row]:
        """His games of this season as they were when they were played."""
        kinds = ("regular", "play_in", "playoffs", "cup_final")
        season = [
            row for row in self.boxes
            if (row["player_id"], row["season_year"], row["played"]) == (player, 2023, True)
            and row["season_type"] in kinds
        ]  # fmt: skip
        found, scored = [], list[int]()
        for n, row in enumerate(season):
            if row["season_type"] != "cup_final":
                rise = (
                    sum(scored[-5:]) / 5 - sum(scored) / len(scored) if len(scored) >= 5 else None
                )
                gap = (row["game_date"] - season[n - 1]["game_date"]).days if n else None
                is_neutral = self.neutral[row["game_id"]]
                found.append(
                    {
                        "day": row["game_date"], "game": row["game_id"], "points": row["points"],
                        "tier": tier(self.ratings[row["game_date"], row["opponent"]]),
                        "rest": None if gap is None else min(gap, 4),
                        "venue": 0.5 if is_neutral else float(row["is_home"]),
                        "form": bucket(None if rise is None else round(rise, 9)),
                    }
                )  # fmt: skip
                scored.append(row["points"])
        return found

    def owed(self, night: Row) -> tuple[int, float] | None:
        """How many of his games are similar, and their weighted mean."""
        last_5 = night["points_avg_last_5"]
        rest = night["days_since_last_game"]
        alike = []
        for old in self.old_games(night["player_id"]):
            if not timedelta(0) < night["game_date"] - old["day"] <= timedelta(days=90):
                continue
            similarity = (
                common(tier(night["opponent_def_rating"]), old["tier"], 40, 20)
                + common(rest and min(rest, 4), old["rest"], 30, 15)
                + 15 * (night["home"] == old["venue"])
                + common(bucket(last_5 and last_5 - 12.0), old["form"], 15, 5)
            )
            if similarity >= 70:
                alike.append((similarity, old["day"], old["game"], old["points"]))
        used = sorted(alike, reverse=True)[:20]
        if len(used) < 5:
            return None
        return len(used), sum(s * p for s, _, _, p in used) / sum(s for s, *_ in used)


@pytest.mark.parametrize("seed", range(4))
def test_the_sql_scores_as_the_rules_say(tmp_path: Path, seed: int) -> None:
    chance = Chance(seed)
    found = chance.world(tmp_path).read(SIMILARITY, chance.nights)
    key = ("game_date", "player_id", "cutoff")
    rows: Mapping[tuple[Any, ...], Row] = {
        tuple(row[name] for name in key): {str(k): v for k, v in row.items()}
        for row in found.to_dict("records")
    }
    owed = {tuple(v[name] for name in key): chance.owed(v) for v in chance.vectors}
    assert set(rows) == {who for who, forecast in owed.items() if forecast}
    assert len(rows) >= 4
    for who, row in rows.items():
        games, points = owed[who] or (0, 0.0)
        assert row["games_used"] == games, who
        assert row["form_points"] == pytest.approx(points, abs=1e-12), who


def test_a_range_answers_as_its_days_do(tmp_path: Path) -> None:
    chance = Chance(9)
    world = chance.world(tmp_path)
    ranged = world.read(SIMILARITY, chance.nights)
    daily = [world.read(SIMILARITY, [day]) for day in chance.nights]
    assert sum(not rows.empty for rows in daily) >= 3
    pd.testing.assert_frame_equal(ranged, pd.concat(daily, ignore_index=True), check_exact=True)


def test_tonights_own_game_and_later_ones_change_nothing(tmp_path: Path) -> None:
    chance = Chance(9)
    before = chance.world(tmp_path / "before").read(SIMILARITY, chance.nights)
    for day in (DAY, DAY + timedelta(days=1)):
        chance.boxes += [box(day, 99, player, is_home=True) for player in "123"]
        chance.neutral[chance.boxes[-1]["game_id"]] = False
        chance.ratings[day, "BOS"] = 112.0
    after = chance.world(tmp_path / "after").read(SIMILARITY, chance.nights)
    pd.testing.assert_frame_equal(before, after, check_exact=True)
