"""What a twin is tested on: who counts for its measures, and whose errors are kept as whose."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from nba_assets.predictions import training
from nba_assets.predictions.recipes import Recipe
from nba_assets.predictions.training import Examples
from nba_assets_tests.predictions.small_model import NAMES, PARTS, SMALL

WEEK = date(2024, 5, 6)
SEEN, KEPT = WEEK - timedelta(weeks=6), WEEK - timedelta(days=3)
RECIPE = Recipe(NAMES, replace(PARTS, minutes=SMALL), min_rows=200)


def examples() -> Examples:
    """Eight hundred rows long before the week and six hundred of last Friday: every third is of the
    playoffs, every second of a man of 9 minutes, one has too few games and one no minutes at all."""
    count, first = 1400, 800
    chance = np.random.default_rng(3)
    ewma = chance.uniform(4, 28, count)
    minutes = np.where(np.arange(count) % 2, 9.0, 24.0)
    minutes[first] = np.nan
    games = np.full(count, 40)
    games[first + 2] = 4
    rows = pa.table(
        {
            "game_date": pa.array([SEEN] * first + [KEPT] * (count - first), pa.date32()),
            "season_type": ["playoffs" if n % 3 == 1 else "regular" for n in range(count)],
            "games_played_season": games,
            "points_ewma": ewma,
            "minutes_avg_last_10": pa.array(minutes, pa.float64(), from_pandas=True),
            "home": np.zeros(count),
            "line_points": pa.nulls(count, pa.float64()),
        }
    )
    is_target = (np.arange(count) % 3 != 1) & (games >= 5) & (minutes >= 10)
    points = np.round(ewma + chance.normal(0, 4, count))
    return Examples(rows, points, chance.uniform(5, 40, count), is_target)


def test_a_regular_of_the_playoffs_errs_as_a_regular_and_is_no_target() -> None:
    own = examples()
    twin = training.fitted(RECIPE, own.between(SEEN, SEEN))
    test = training.tested(RECIPE, twin, own.between(KEPT, KEPT))
    is_rotation = test.errors["is_rotation"]
    assert len(is_rotation) == 600
    assert is_rotation.sum() == 300 - 2, "of 24 minutes and 5 games, whatever the season's part"
    assert not is_rotation[[0, 1, 2]].any(), "no minutes, 9 minutes, 4 games"
    assert test.metrics["test_rows"] == 200 - 1, "of the regular season alone"
