"""Past errors as the weekly tables read them: of the members, and of the ensembles by their weights."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from nba_assets.partitions import season_dates, week_of, weeks_of
from nba_assets.predictions.ensembles import FIXED_WEIGHTS, combined
from nba_assets.predictions.tables import FORECAST_ERRORS, MEMBERS
from nba_assets.predictions.weekly_tables import ENSEMBLE_WEIGHTS
from nba_assets.warehouse.base import Warehouse

# A year and the summer before it: two seasons at most speak for a week.
REMEMBERED_DAYS = 400
KEY = ["game_date", "game_id", "player_id", "cutoff"]
_READ = (
    "game_date", "game_id", "player_id", "cutoff", "system_id", "forecast_points",
    "forecast_minutes", "actual_points", "actual_minutes", "played", "is_rotation", "is_target",
)  # fmt: skip


def past_errors(warehouse: Warehouse, week: date, days: int = REMEMBERED_DAYS) -> pd.DataFrame:
    """Forecasts of players who played before a week, members and ensembles, with `residual`.

    Returns:
        KEY, system_id, forecasts and actuals of points and minutes, is_rotation, is_target and
        residual = actual - forecast in points, in the order of the key.
    """
    dates = season_dates(week - timedelta(days=days), week - timedelta(days=1))
    read = warehouse.read(FORECAST_ERRORS, dates, _READ).to_pandas()
    members = read[read["played"].astype(bool)].drop(columns="played")
    weeks = weeks_of(dates)
    weights = warehouse.read(
        ENSEMBLE_WEIGHTS, weeks, ["game_date", "system_id", "cutoff", "weight"]
    ).to_pandas()
    found = pd.concat([members, ensemble_forecasts(members, weights)], ignore_index=True)
    found["actual_points"] = found["actual_points"].astype(float)
    found["residual"] = found["actual_points"] - found["forecast_points"]
    ordered: pd.DataFrame = found.sort_values([*KEY, "system_id"], ignore_index=True)
    return ordered


def ensemble_forecasts(members: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """What the ensembles forecast of the same rows, with the weights of each row's own week.

    Args:
        members: rows of the members' errors.
        weights: `game_date` (a Monday), `system_id`, `cutoff`, `weight`.
    """
    if members.empty:
        return members
    wide = members.pivot(index=KEY, columns="system_id", values="forecast_points")
    wide = wide.reindex(columns=list(MEMBERS))
    facts = members.groupby(KEY).first()  # of minutes, those of the member that knows them
    parts = []
    by_week: dict[tuple[object, object], dict[str, float]] = {}
    for row in weights.to_dict("records"):
        at = (row["game_date"], row["cutoff"])
        by_week.setdefault(at, {})[row["system_id"]] = row["weight"]
    days = wide.index.get_level_values("game_date")
    mondays = pd.Series([week_of(day) for day in days], index=wide.index)
    cutoffs = wide.index.get_level_values("cutoff")
    for of_week, rows in wide.groupby([mondays.to_numpy(), cutoffs.to_numpy()]):
        for system_id, own in (
            ("ensemble_fixed", FIXED_WEIGHTS),
            ("ensemble", by_week.get((of_week[0], of_week[1]), {})),
        ):
            forecasts = combined(rows, own)
            parts.append(_as_rows(system_id, forecasts, facts))
    return pd.concat(parts, ignore_index=True) if parts else members.head(0)


def _as_rows(system_id: str, forecasts: pd.Series, facts: pd.DataFrame) -> pd.DataFrame:
    known = forecasts.dropna()
    rows = facts.loc[known.index].assign(
        system_id=system_id, forecast_points=known.to_numpy(dtype=float)
    )
    return rows.reset_index()


def paired(errors: pd.DataFrame, system_id: str, other: str, cutoff: str) -> pd.DataFrame:
    """Target rows that both systems have a forecast of: game_date and both absolute errors.

    Returns:
        `game_date`, `own`, `other`: points, on the same rows.
    """
    of_cutoff = errors[(errors["cutoff"] == cutoff) & errors["is_target"]]
    own, base = (
        of_cutoff[of_cutoff["system_id"] == name].set_index(["game_date", "game_id", "player_id"])[
            "residual"
        ]
        for name in (system_id, other)
    )
    both = pd.concat({"own": own.abs(), "other": base.abs()}, axis=1, join="inner")
    return both.reset_index()[["game_date", "own", "other"]]


BOOTSTRAP_DRAWS = 1000
_SEED = 20240414


def gap_interval(gaps: pd.Series, dates: Sequence[object]) -> tuple[float, float]:
    """The 95 % interval of a mean gap, by a bootstrap of dates: games of one night are not independent.

    Args:
        gaps: points, one a row.
        dates: of each row.
    """
    by_date = gaps.groupby(list(dates)).agg(["sum", "size"])
    sums, sizes = by_date["sum"].to_numpy(dtype=float), by_date["size"].to_numpy(dtype=float)
    chance = np.random.default_rng(_SEED)
    drawn = chance.integers(0, len(sums), (BOOTSTRAP_DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
