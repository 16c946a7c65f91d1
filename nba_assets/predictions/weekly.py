"""What a week is begun with: ensemble weights, calibration, champions. Each knows only errors before its Monday."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

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
from nba_assets.predictions.ensembles import LEARNED, learned_weights
from nba_assets.predictions.errors import REMEMBERED_DAYS, gap_interval, paired, past_errors
from nba_assets.predictions.registry import ModelStore
from nba_assets.predictions.tables import (
    ENSEMBLE_WEIGHTS,
    FORECAST_ERRORS,
    MODELS,
    SYSTEMS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets.warehouse.base import Warehouse

Row = dict[str, object]

WEIGHTS_DAYS = 60
MIN_ERRORS = 500  # of a system and cut-off: below, its own past does not speak yet
# Against which every other is measured; they are what there was before, and nothing is bet on them.
BASELINES = ("line", "ewma")
# An error that small over that many rows is no skill: the floor with minutes known exactly is 4.2.
LEAK_MAE, LEAK_ROWS = 4.2, 2000


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
                own, source = store.twin_errors(model_id), "out_of_time"
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
    return Computed(WEEKLY_CALIBRATION.rows(rows))


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
    rows: list[Row] = []
    for week in weeks:
        errors = past_errors(warehouse, week)
        facts = _quality(warehouse, desk.settings.first_date, week, REMEMBERED_DAYS)
        for cutoff in CUTOFFS:
            rows += [
                {"game_date": week, "cutoff": cutoff, **judged, **facts}
                for judged in champions(errors, cutoff)
            ]
    return Computed(WEEKLY_CHAMPIONS.rows(rows))


def champions(errors: pd.DataFrame, cutoff: str) -> list[Row]:
    """Every system with what it did against `ewma` on the same target rows, and one champion or none."""
    judged = [_against_ewma(errors, system_id, cutoff) for system_id in SYSTEMS]
    able = [row for row in judged if not row["why"]]
    best = min(able, key=lambda row: (row["mae"], row["system_id"]), default=None)
    for row in judged:
        row["is_champion"] = row is best
        if row is best:
            row["why"] = "the lowest error of those that are surely better than ewma"
        elif not row["why"]:
            assert best is not None
            row["why"] = f"{best['system_id']} has the lower error"
    return judged


def _against_ewma(errors: pd.DataFrame, system_id: str, cutoff: str) -> dict[str, Any]:
    both = paired(errors, system_id, "ewma", cutoff)
    row: dict[str, Any] = {
        "system_id": system_id,
        "target_rows": len(both),
        "mae": None,
        "ewma_mae": None,
        "gap": None,
        "gap_low": None,
        "gap_high": None,
        "why": "",
    }
    if len(both):
        gaps = both["other"] - both["own"]
        row |= {
            "mae": float(both["own"].mean()),
            "ewma_mae": float(both["other"].mean()),
            "gap": float(gaps.mean()),
        }
        if len(both) >= MIN_ERRORS:
            row["gap_low"], row["gap_high"] = gap_interval(gaps, list(both["game_date"]))
    row["why"] = _why_not(row)
    return row


def _why_not(row: dict[str, Any]) -> str:
    if row["system_id"] in BASELINES:
        return "a baseline: nothing is bet on it"
    if row["target_rows"] < MIN_ERRORS:
        return f"{row['target_rows']} target rows, {MIN_ERRORS} are needed"
    if row["mae"] < LEAK_MAE and row["target_rows"] >= LEAK_ROWS:
        return f"suspected leakage: an error of {row['mae']:.2f} over {row['target_rows']} rows"
    if row["gap_low"] <= 0:
        return "not surely better than ewma"
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
