"""What a week is begun with: ensemble weights, calibration, champions. Each knows only errors before its Monday."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.gates.publish import Computed
from nba_assets.partitions import season_dates
from nba_assets.predictions.distribution import (
    LEVELS,
    MIN_BUCKET,
    Floats,
    buckets,
    minute_buckets,
    quantiles_by_bucket,
    residual_quantiles,
)
from nba_assets.predictions.ensembles import LEARNED, MIN_ERRORS, learned_weights
from nba_assets.predictions.errors import KEY, REMEMBERED_DAYS, gap_interval, paired, past_errors
from nba_assets.predictions.leaks import MAX_R2, MIN_LEAK_ROWS, MIN_LINED_MAE, MIN_MAE
from nba_assets.predictions.registry import ModelRefusedError, ModelStore
from nba_assets.predictions.tables import (
    BASELINES,
    EWMA,
    FORECAST_ERRORS,
    PLAYER_PREDICTIONS,
    SYSTEMS,
)
from nba_assets.predictions.weekly_tables import (
    ENSEMBLE_WEIGHTS,
    MODELS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets.warehouse.base import Warehouse

Row = dict[str, object]

WEIGHTS_DAYS = 60
_OF_A_SYSTEM = [*KEY, "system_id"]
_DATES_AT_ONCE = 30
REFUSED = "models_whose_twin_is_refused"


def ensemble_weights(desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
    """Weights of `ensemble`, learned on target rows of the 60 days before each week."""
    rows: list[Row] = []
    for week in weeks:
        errors = past_errors(warehouse, week, WEIGHTS_DAYS)
        facts = _quality(warehouse, desk.settings.first_date, week, WEIGHTS_DAYS)
        for cutoff in CUTOFFS:
            own = errors[(errors["cutoff"] == cutoff) & errors["is_target"]]
            wide = own.pivot(
                index=["game_date", "game_id", "player_id"], columns="system_id", values="residual"
            )
            weights = learned_weights(wide.reindex(columns=list(LEARNED)))
            for system_id in LEARNED:
                residuals = (
                    wide[system_id].dropna() if system_id in wide else pd.Series(dtype=float)
                )
                rows.append(
                    {
                        "game_date": week,
                        "system_id": system_id,
                        "cutoff": cutoff,
                        "weight": weights.get(system_id, 0.0),
                        "error_rows": len(residuals),
                        "mae": float(residuals.abs().mean()) if len(residuals) else None,
                        **facts,
                    }
                )
    return Computed(ENSEMBLE_WEIGHTS.rows(rows))


def weekly_calibration(desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
    """Quantiles of each system's past errors; of a model without a past, those of its twin."""
    store = ModelStore(desk.settings.home / "models")
    rows: list[Row] = []
    refused: list[Row] = []
    for week in weeks:
        errors = past_errors(warehouse, week)
        facts = _quality(warehouse, desk.settings.first_date, week, REMEMBERED_DAYS)
        models = {
            (system_id, row["cutoff"]): row["model_id"]
            for system_id, table in MODELS.items()
            for row in warehouse.read(table, [week], ["model_id", "cutoff"]).to_pylist()
        }
        for system_id, cutoff in product(SYSTEMS, CUTOFFS):
            own = errors[(errors["system_id"] == system_id) & (errors["cutoff"] == cutoff)]
            source = "walk_forward"
            if len(own) < MIN_ERRORS and (model_id := models.get((system_id, cutoff))):
                source = "out_of_time"
                try:
                    own = store.twin_errors(model_id)
                except ModelRefusedError as error:
                    refused.append({"game_date": week, "system_id": system_id, "why": str(error)})
                    continue
            if len(own) < MIN_ERRORS:
                continue
            for bucket, (quantiles, count) in calibrated(own).items():
                rows += [
                    {
                        "game_date": week,
                        "system_id": system_id,
                        "cutoff": cutoff,
                        "bucket": bucket,
                        "level": level,
                        "residual": float(value),
                        "error_rows": count,
                        "residual_source": source,
                        **facts,
                    }
                    for level, value in zip(LEVELS, quantiles, strict=True)
                ]
    evidence = {REFUSED: pd.DataFrame(refused, columns=["game_date", "system_id", "why"])}
    return Computed(WEEKLY_CALIBRATION.rows(rows), evidence)


def calibrated(errors: pd.DataFrame) -> dict[str, tuple[Floats, int]]:
    """Quantiles of actual - forecast by bucket, of points and of minutes where they are forecast.

    Args:
        errors: `forecast_points`, `actual_points`, `forecast_minutes`, `actual_minutes`,
            `is_rotation` of players who played.

    Returns:
        by bucket: quantiles at `LEVELS`, and the errors they are of.
    """
    points, minutes = (
        errors[f"forecast_{what}"].to_numpy(dtype=float) for what in ("points", "minutes")
    )
    named = buckets(points, errors["is_rotation"].to_numpy(dtype=bool))
    found = quantiles_by_bucket(errors["actual_points"].to_numpy(dtype=float) - points, named)
    told = ~np.isnan(minutes)
    residuals = errors["actual_minutes"].to_numpy(dtype=float) - minutes
    of_minutes = minute_buckets(minutes)
    for name in np.unique(of_minutes[told]):
        own = residuals[told & (of_minutes == name)]
        if len(own) >= MIN_BUCKET:
            found[str(name)] = (residual_quantiles(own), len(own))
    return found


def weekly_champions(desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
    """Which system picks are made from: the best on target rows, surely better than `ewma`, and no leak."""
    priced = _priced(warehouse, weeks)
    rows: list[Row] = []
    for week in weeks:
        errors = past_errors(warehouse, week)
        own = priced[(priced["game_date"] < week) & (priced["game_date"] >= _first(week))]
        lined = own.merge(errors[[*KEY, "system_id", "residual", "actual_points"]], on=_OF_A_SYSTEM)
        facts = _quality(warehouse, desk.settings.first_date, week, REMEMBERED_DAYS)
        for cutoff in CUTOFFS:
            rows += [
                {"game_date": week, "cutoff": cutoff, **judged, **facts}
                for judged in champions(errors, lined, cutoff)
            ]
    return Computed(WEEKLY_CHAMPIONS.rows(rows))


def _first(week: date) -> date:
    return week - timedelta(days=REMEMBERED_DAYS)


def _priced(warehouse: Warehouse, weeks: Sequence[date]) -> pd.DataFrame:
    """What systems said of lines before the weeks: of a season's rows a few, so they are read by months."""
    dates = season_dates(_first(min(weeks)), max(weeks) - timedelta(days=1))
    columns = [*_OF_A_SYSTEM, "line", "p_over", "p_push", "no_vig_over"]
    parts = [PLAYER_PREDICTIONS.schema_of(columns).empty_table()]
    for n in range(0, len(dates), _DATES_AT_ONCE):
        rows = warehouse.read(PLAYER_PREDICTIONS, dates[n : n + _DATES_AT_ONCE], columns)
        parts.append(rows.filter(pc.is_valid(rows["line"])))
    found: pd.DataFrame = pa.concat_tables(parts).to_pandas()
    return found


def champions(errors: pd.DataFrame, lined: pd.DataFrame, cutoff: str) -> list[Row]:
    """Every system with what it did against `ewma` on the same target rows, and one champion or none.

    Args:
        errors: as `past_errors` tells them.
        lined: rows with a line of players who played: line, p_over, p_push, no_vig_over, residual and
            actual_points by system and cut-off.
        cutoff: of the rows that are judged.
    """
    at_cutoff = errors[(errors["cutoff"] == cutoff) & errors["is_target"]]
    priced = lined[lined["cutoff"] == cutoff]
    judged = [_judged(at_cutoff, priced, system_id, cutoff) for system_id in SYSTEMS]
    best, rows = _lowest(at_cutoff, [row["system_id"] for row in judged if not row["why"]])
    for row in judged:
        row["is_champion"] = row["system_id"] == best
        if row["is_champion"]:
            row["why"] = "the lowest error of those that are surely better than ewma"
        elif not row["why"]:
            row["why"] = f"{best} has the lower error on {rows} rows of both"
    return judged


def _lowest(errors: pd.DataFrame, able: Sequence[str]) -> tuple[str | None, int]:
    """The system with the lowest error on rows that all have a forecast of, and how many these are.

    Errors on stars are larger than on others: means of different players compare players. Where the
    systems have too few rows in common, the one that says least is left out.
    """
    own = errors[errors["system_id"].isin(able)]
    wide = own.assign(size=own["residual"].abs()).pivot(
        index=KEY, columns="system_id", values="size"
    )
    while len(wide.dropna()) < MIN_ERRORS and wide.shape[1] > 1:
        wide = wide.drop(columns=wide.notna().sum().idxmin())
    if not wide.shape[1]:
        return None, 0
    common = wide.dropna()
    return str(common.mean().idxmin()), len(common)


def _judged(
    errors: pd.DataFrame, lined: pd.DataFrame, system_id: str, cutoff: str
) -> dict[str, Any]:
    both = paired(errors, system_id, EWMA, cutoff)
    row: dict[str, Any] = {"system_id": system_id, "target_rows": len(both)}
    row |= dict.fromkeys(("mae", "ewma_mae", "gap", "gap_low", "gap_high"))
    if len(both):
        gaps = both["other"] - both["own"]
        row |= {
            "mae": float(both["own"].mean()),
            "ewma_mae": float(both["other"].mean()),
            "gap": float(gaps.mean()),
        }
        if len(both) >= MIN_ERRORS:
            row["gap_low"], row["gap_high"] = gap_interval(gaps, list(both["game_date"]))
    against, told = _against_the_market(lined[lined["system_id"] == system_id])
    row |= against
    row["why"] = _why_not(row, errors[errors["system_id"] == system_id], told)
    return row


def _against_the_market(lined: pd.DataFrame) -> tuple[dict[str, Any], int]:
    """Error on lined rows and Brier scores of more than the line; NULL where there are fewer than 500.

    Returns:
        them, and of how many rows the Brier scores are, or would be.
    """
    found: dict[str, Any] = {"lined_rows": len(lined), "lined_mae": None}
    found |= {"brier": None, "market_brier": None}
    above = lined["actual_points"] - lined["line"]
    chance = lined["p_over"] / (1 - lined["p_push"])
    told = chance.notna() & lined["no_vig_over"].notna() & (above != 0)
    result = (above > 0).astype(float)
    if len(lined) >= MIN_ERRORS:
        found["lined_mae"] = float(lined["residual"].abs().mean())
    if told.sum() >= MIN_ERRORS:
        found["brier"] = float(((chance - result)[told] ** 2).mean())
        found["market_brier"] = float(((lined["no_vig_over"] - result)[told] ** 2).mean())
    return found, int(told.sum())


def _why_not(row: dict[str, Any], errors: pd.DataFrame, told: int) -> str:
    if row["system_id"] in BASELINES:
        return "a baseline: nothing is bet on it"
    if row["target_rows"] < MIN_ERRORS:
        return f"{row['target_rows']} target rows, {MIN_ERRORS} are needed"
    if leak := _leak(row, errors):
        return f"suspected leakage: {leak}"
    if row["gap_low"] <= 0:
        return "not surely better than ewma"
    if row["lined_rows"] >= MIN_ERRORS and row["brier"] is None:
        return (
            f"its probabilities are not tested against the market yet: {told} of"
            f" {row['lined_rows']} lined rows tell, {MIN_ERRORS} are needed"
        )
    if row["brier"] is not None and row["brier"] > row["market_brier"]:
        return (
            f"its probabilities are worse than the market's: Brier {row['brier']:.4f} against"
            f" {row['market_brier']:.4f} on lined rows"
        )
    return ""


def _leak(row: dict[str, Any], errors: pd.DataFrame) -> str:
    if row["target_rows"] >= MIN_LEAK_ROWS:
        if row["mae"] < MIN_MAE:
            return f"an error of {row['mae']:.2f} over {row['target_rows']} rows"
        r2 = 1 - (errors["residual"] ** 2).mean() / errors["actual_points"].var(ddof=0)
        if r2 > MAX_R2:
            return f"R² {r2:.2f} over {row['target_rows']} rows"
    if row["lined_rows"] >= MIN_LEAK_ROWS and row["lined_mae"] < MIN_LINED_MAE:
        return f"an error of {row['lined_mae']:.2f} over {row['lined_rows']} lined rows"
    return ""


def _quality(warehouse: Warehouse, first_date: date, week: date, days: int) -> Row:
    """Quality columns of a week's rows: which of the dates behind them are published."""
    window = season_dates(max(first_date, week - timedelta(days=days)), week - timedelta(days=1))
    published = warehouse.published_dates(FORECAST_ERRORS, window)
    return week_quality(len(published), window)


def week_quality(published: int, window: Sequence[date]) -> Row:
    """Quality columns of what is made of a window of dates, so many of which are published."""
    gaps = len(window) - published
    return {
        "source": "platform",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0 * published / len(window) if window else None,
        "is_degraded": gaps > 0,
        "degraded_reasons": [f"history: {gaps} of {len(window)} dates are not published"]
        if gaps
        else [],
        "is_bootstrap": False,
    }
