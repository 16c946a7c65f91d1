"""What a model is trained on: feature rows of players who played, joined to what they did, cut at the week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.partitions import season_dates
from nba_assets.predictions.estimators import Floats, PointsModel
from nba_assets.predictions.feature_rows import feature_rows, feature_tables, rowless
from nba_assets.predictions.recipes import Recipe
from nba_assets.predictions.vectors import vectors
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table

# Three seasons and the summer between: what is older is another league.
TRAINING_DAYS = 1200
TEST_WEEKS = 4
# A twin sees as many days before the weeks that its model has seen and it has not.
SEEN_DAYS = TRAINING_DAYS + 7 * TEST_WEEKS
MIN_TEST_ROWS = 500
MIN_ROTATION_GAMES, MIN_ROTATION_MINUTES = 5, 10.0
_ORDER = ("game_date", "game_id", "player_id")
_FACTS = (
    "game_date", "game_id", "player_id", "cutoff", "season_type", "player_name",
    "games_played_season", "minutes_avg_last_10", "points_ewma", "line_points",
)  # fmt: skip


@dataclass(frozen=True)
class Examples:
    """Feature rows of one cut-off with what came of them, in the order of date, game and player.

    Attributes:
        rows: of the feature store.
        points: scored.
        minutes: played.
        is_target: the rows that targets are told of.
    """

    rows: pa.Table
    points: Floats
    minutes: Floats
    is_target: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def between(self, first: date, last: date) -> "Examples":
        """Those of the dates, both inclusive."""
        days = self.rows["game_date"]
        return self.where(
            pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)).to_numpy(
                zero_copy_only=False
            )
        )

    def where(self, mask: npt.NDArray[np.bool_]) -> "Examples":
        """Those of the mask."""
        return Examples(
            self.rows.filter(pa.array(mask)),
            self.points[mask],
            self.minutes[mask],
            self.is_target[mask],
        )

    @property
    def has_line(self) -> npt.NDArray[np.bool_]:
        """Whether a book had a line at the cut-off."""
        found: npt.NDArray[np.bool_] = pc.is_valid(self.rows["line_points"]).to_numpy(
            zero_copy_only=False
        )
        return found

    @property
    def dates(self) -> tuple[date, date]:
        """First and last date."""
        days = pc.min_max(self.rows["game_date"]).as_py()
        return days["min"], days["max"]


class History:
    """Everything that models of some weeks may see, read once.

    Args:
        warehouse: where it is published.
        first_date: before which nothing is kept.
        weeks: the Mondays that models are trained for.
        recipe: of the models.
    """

    def __init__(
        self, warehouse: Warehouse, first_date: date, weeks: Sequence[date], recipe: Recipe
    ) -> None:
        self._warehouse = warehouse
        self._tables = seen_tables(recipe)
        first = max(first_date, min(weeks) - timedelta(days=SEEN_DAYS))
        self._dates = season_dates(first, max(weeks) - timedelta(days=1))
        # Taken before the rows are read: a date that is made anew meanwhile is named as it was, and no
        # later training is taken for equal to this one.
        self._digests = {
            day: ",".join([str(day), *(warehouse.digest(t, day) or "" for t in self._tables)])
            for day in self._dates
        }
        known = feature_rows(warehouse, self._dates, [*_FACTS, *recipe.features])
        self._rowless = rowless(known)
        for name in recipe.needs:
            known = known.filter(pc.is_valid(known[name]))
        played = warehouse.read(
            PLAYER_GAME_SUMMARY,
            self._dates,
            ["game_id", "player_id", "points", "minutes", "played"],
        )
        played = played.filter(played["played"]).drop_columns(["played"])
        joined = known.join(played, ["game_id", "player_id"], join_type="inner").sort_by(
            [(name, "ascending") for name in _ORDER]
        )
        self._by_cutoff: dict[str, Examples] = {}
        for cutoff in pc.unique(joined["cutoff"]).to_pylist():
            rows = joined.filter(pc.equal(joined["cutoff"], cutoff)).combine_chunks()
            self._by_cutoff[cutoff] = Examples(
                rows,
                rows["points"].to_numpy().astype(float),
                rows["minutes"].to_numpy().astype(float),
                _targets(rows),
            )

    def before(self, week: date, cutoff: str) -> Examples | None:
        """What a model of the week may see at a cut-off; None where there is nothing."""
        found = self._by_cutoff.get(cutoff)
        if found is None:
            return None
        return found.between(week - timedelta(days=TRAINING_DAYS), week - timedelta(days=1))

    def span(self, week: date) -> list[date]:
        """The dates that a model of the week would see, were all of them published."""
        first = week - timedelta(days=TRAINING_DAYS)
        return [day for day in self._dates if first <= day < week]

    def gaps(self, week: date) -> int:
        """Of these, dates that are not published."""
        span = self.span(week)
        return len(span) - len(self._warehouse.published_dates(PLAYER_GAME_SUMMARY, span))

    def rowless(self, week: date) -> dict[date, str]:
        """What dates lack of form and role, in words; a model of the week has not learned from it."""
        span = set(self.span(week))
        return {day: words for day, words in self._rowless.items() if day in span}

    def snapshot(self, week: date) -> bytes:
        """CSV of what a model of the week has seen: the digest of every table's partition, by date."""
        head = ",".join(["game_date", *(table.name for table in self._tables)])
        return "\n".join([head, *(self._digests[day] for day in self.span(week)), ""]).encode()


def seen_tables(recipe: Recipe) -> tuple[Table, ...]:
    """The tables that a model of the recipe is trained on."""
    store, *others = feature_tables(recipe.features)
    return (store, PLAYER_GAME_SUMMARY, *others)


def _targets(rows: pa.Table) -> npt.NDArray[np.bool_]:
    is_regular = pc.equal(rows["season_type"], "regular").to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.bool_] = is_regular & _rotation(rows)
    return found


def _rotation(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Who plays, in whatever part of the season: `is_rotation` of `predictions.predicted_players`."""
    games = rows["games_played_season"].to_numpy()
    minutes = rows["minutes_avg_last_10"].to_numpy()
    found: npt.NDArray[np.bool_] = (games >= MIN_ROTATION_GAMES) & (minutes >= MIN_ROTATION_MINUTES)
    return found


def fitted(recipe: Recipe, examples: Examples) -> PointsModel:
    """A model of the recipe over the examples."""
    return PointsModel.fit(
        vectors(examples.rows, recipe.features),
        recipe.features,
        examples.points,
        examples.minutes,
        examples.is_target,
        recipe.parts,
    )


@dataclass(frozen=True)
class Test:
    """A twin of a model, which has not seen the last weeks, on the target rows of these weeks.

    Attributes:
        metrics: columns `test_*` of `predictions.models`.
        errors: forecasts and what came of them, of all who played: `TWIN_COLUMNS`.
    """

    metrics: Mapping[str, float | int | None]
    errors: pd.DataFrame


def tested(recipe: Recipe, twin: PointsModel | None, kept: Examples) -> Test:
    """How a model of the recipe does on weeks that it has not seen.

    Args:
        recipe: of the model.
        twin: the model as of before these weeks; None where it would have had too few rows.
        kept: the weeks' rows.
    """
    if twin is None or not len(kept):
        return Test(measured(kept, np.full(len(kept), np.nan)), pd.DataFrame())
    points, minutes = twin.forecast(vectors(kept.rows, recipe.features))
    errors = pd.DataFrame(
        {
            "forecast_points": points,
            "actual_points": kept.points,
            "forecast_minutes": minutes,
            "actual_minutes": kept.minutes,
            # A regular of the playoffs errs as one, though no target is told of him.
            "is_rotation": _rotation(kept.rows),
        }
    )
    return Test(measured(kept, points), errors)


def measured(kept: Examples, forecasts: Floats) -> dict[str, float | int | None]:
    """Errors on the target rows; None where there are fewer than 500, or no forecasts."""
    own = kept.is_target & ~np.isnan(forecasts)
    lined = own & kept.has_line
    ewma = kept.rows["points_ewma"].to_numpy()
    lines = kept.rows["line_points"].to_numpy()
    found: dict[str, float | int | None] = {
        "test_rows": int(own.sum()),
        "test_mae": None,
        "test_ewma_mae": None,
        "test_r2": None,
        "test_lined_rows": int(lined.sum()),
        "test_lined_mae": None,
        "test_line_mae": None,
    }
    if own.sum() >= MIN_TEST_ROWS:
        actual = kept.points[own]
        errors = forecasts[own] - actual
        found |= {
            "test_mae": float(np.abs(errors).mean()),
            "test_ewma_mae": float(np.abs(ewma[own] - actual).mean()),
            "test_r2": float(1 - (errors**2).sum() / ((actual - actual.mean()) ** 2).sum()),
        }
    if lined.sum() >= MIN_TEST_ROWS:
        actual = kept.points[lined]
        found |= {
            "test_lined_mae": float(np.abs(forecasts[lined] - actual).mean()),
            "test_line_mae": float(np.abs(lines[lined] - actual).mean()),
        }
    return found
