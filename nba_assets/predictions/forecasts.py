"""Forecasts of the trained systems and of the ensembles: rows of the contract that all systems share."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.gates.publish import Compute, Computed
from nba_assets.partitions import week_of
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.predictions.ensembles import FIXED_WEIGHTS, combined
from nba_assets.predictions.estimators import PointsModel
from nba_assets.predictions.feature_rows import PLAYER as KEY_OF_A_PLAYER
from nba_assets.predictions.feature_rows import feature_rows, of_players, rowless
from nba_assets.predictions.model_gates import OLDEST_WEEKS
from nba_assets.predictions.recipes import RECIPES
from nba_assets.predictions.registry import ModelCard, ModelRefusedError, ModelStore
from nba_assets.predictions.tables import (
    FORECAST_COLUMNS,
    FORECASTS,
    MEMBERS,
    PREDICTED_PLAYERS,
    SYSTEM_POINT_FORECASTS,
)
from nba_assets.predictions.vectors import FeatureMismatchError, vectors
from nba_assets.predictions.weekly_tables import ENSEMBLE_WEIGHTS, MODELS
from nba_assets.warehouse.base import Warehouse

LOWEST, HIGHEST = 0.0, 60.0
# Of a date's metadata: predicted players without a row of a table that their vector is read from.
WITHOUT_ROWS = "without_rows"
PLAYER = list(KEY_OF_A_PLAYER)
_NAMES = [c.name for c in FORECAST_COLUMNS]
_FROM_THE_STORE = [n for n in _NAMES if n in ML_FEATURE_STORE.column_names]


def trained(system_id: str) -> Compute:
    """The compute of a trained system: each date by the model of its week, never by another's."""

    def compute(desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
        recipe = RECIPES[system_id]
        models = CurrentModels(warehouse, ModelStore(desk.settings.home / "models"), system_id)
        predicted = warehouse.read(
            PREDICTED_PLAYERS, dates, ["game_id", "player_id", "cutoff", "is_predicted"]
        )
        predicted = predicted.filter(predicted["is_predicted"])
        needed = [*_FROM_THE_STORE, *recipe.features]
        known = of_players(feature_rows(warehouse, dates, needed), predicted)
        notes = {day: {WITHOUT_ROWS: words} for day, words in rowless(known).items()}
        for name in recipe.needs:
            known = known.filter(pc.is_valid(known[name]))
        parts: list[pa.Table] = []
        refused: dict[date, list[str]] = {}
        for day in dates:
            for cutoff in CUTOFFS:
                rows = known.filter(
                    pc.and_(pc.equal(known["game_date"], day), pc.equal(known["cutoff"], cutoff))
                )
                try:
                    if rows.num_rows and (found := models.of(week_of(day), cutoff)):
                        parts.append(_forecast(system_id, rows, *found))
                except (ModelRefusedError, FeatureMismatchError) as error:
                    refused.setdefault(day, []).append(f"model_is_the_one_named: {error}")
        table = FORECASTS[system_id]
        rows = pa.concat_tables(parts) if parts else table.schema_of().empty_table()
        return Computed(rows, missing_inputs=refused, notes=notes)

    return compute


class CurrentModels:
    """The model of each week: its own, else the newest older one of the last 8 weeks.

    The week's registry is published, or the date is held: where it has no model of the cut-off, that
    one was refused by a gate, or there were too few rows to make it of. Without any there is no model,
    and nothing is forecast.

    Args:
        warehouse: where the registry is published.
        store: where the files are.
        system_id: of the models.
    """

    def __init__(self, warehouse: Warehouse, store: ModelStore, system_id: str) -> None:
        self._warehouse = warehouse
        self._store = store
        self._system_id = system_id
        self._loaded: dict[str, tuple[ModelCard, PointsModel]] = {}

    def of(self, week: date, cutoff: str) -> tuple[ModelCard, PointsModel, int] | None:
        """Card, model and its age in weeks; None where there is none.

        Raises:
            ModelRefusedError: where the newest published one cannot be loaded, or is of another
                system, cut-off or week, or has seen its week; no other stands in.
        """
        weeks = [week - timedelta(weeks=n) for n in range(OLDEST_WEEKS + 1)]
        columns = ["game_date", "model_id", "cutoff", "card_digest"]
        registered = self._warehouse.read(MODELS[self._system_id], weeks, columns).to_pylist()
        own = [m for m in registered if m["cutoff"] == cutoff]
        if not own:
            return None
        newest = max(own, key=lambda m: m["game_date"])
        model_id = newest["model_id"]
        if model_id not in self._loaded:
            self._loaded[model_id] = self._store.load(model_id, newest["card_digest"])
        card, model = self._loaded[model_id]
        if reason := card.misplaced(self._system_id, cutoff, newest["game_date"]):
            raise ModelRefusedError(
                f"model {model_id}: {reason}; materialize {MODELS[self._system_id].name} again for"
                f" {newest['game_date']}"
            )
        return card, model, (week - newest["game_date"]).days // 7


def _forecast(
    system_id: str, rows: pa.Table, card: ModelCard, model: PointsModel, age: int
) -> pa.Table:
    matrix = vectors(rows, card.feature_names)
    points, minutes = model.forecast(matrix)
    found = rows.select(_FROM_THE_STORE).to_pandas()
    return _as_forecasts(
        system_id,
        found.assign(
            # Whole in a forecast's contract, as every system tells it.
            quality_score=np.floor(found["quality_score"]),
            forecast_points=points,
            forecast_minutes=np.maximum(minutes, 0.0),
            model_id=card.model_id,
            model_age_weeks=age,
            absent_terms=model.filled(matrix),
        ),
    )


def ensemble(system_id: str) -> Compute:
    """The compute of an ensemble: the weighted mean of its members, by the weights of the week."""

    def compute(_desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
        members = warehouse.read(SYSTEM_POINT_FORECASTS, dates).to_pandas()
        weights = weights_of(system_id, warehouse, dates)
        parts = []
        for week, rows in members.groupby([week_of(day) for day in members["game_date"]]):
            for cutoff, own in rows.groupby("cutoff"):
                wide = own.pivot(index=PLAYER, columns="system_id", values="forecast_points")
                means = combined(wide, weights.get((week, str(cutoff)), {})).dropna()
                facts = _facts_of_the_row(own).loc[means.index]
                parts.append(facts.assign(forecast_points=means.to_numpy()).reset_index())
        table = FORECASTS[system_id]
        if not parts:
            return Computed(table.schema_of().empty_table())
        return Computed(_as_forecasts(system_id, pd.concat(parts, ignore_index=True)))

    return compute


def weights_of(
    system_id: str, warehouse: Warehouse, dates: Sequence[date]
) -> Mapping[tuple[date, str], dict[str, float]]:
    """The weights of an ensemble's members, by Monday and cut-off."""
    weeks = sorted({week_of(day) for day in dates})
    if system_id == "ensemble_fixed":
        return {(week, cutoff): dict(FIXED_WEIGHTS) for week in weeks for cutoff in CUTOFFS}
    columns = ["game_date", "system_id", "cutoff", "weight"]
    found: dict[tuple[date, str], dict[str, float]] = {}
    for row in warehouse.read(ENSEMBLE_WEIGHTS, weeks, columns).to_pylist():
        found.setdefault((row["game_date"], row["cutoff"]), {})[row["system_id"]] = row["weight"]
    return found


def _facts_of_the_row(own: pd.DataFrame) -> pd.DataFrame:
    """What the members' rows of a player say alike, and the minutes of the one that knows them."""
    order = {name: n for n, name in enumerate(MEMBERS)}
    ordered = own.sort_values("system_id", key=lambda names: names.map(order), kind="stable")
    minutes = ordered.groupby(PLAYER)["forecast_minutes"].first()
    rows = ordered.drop_duplicates(PLAYER).set_index(PLAYER)
    same = [n for n in _FROM_THE_STORE if n in rows.columns]
    return rows[same].assign(forecast_minutes=minutes)


def _as_forecasts(system_id: str, rows: pd.DataFrame) -> pa.Table:
    """Rows of the contract: in its columns, held to the possible range."""
    points = rows["forecast_points"].to_numpy(dtype=float)
    given = rows.assign(
        system_id=system_id,
        forecast_points=np.clip(points, LOWEST, HIGHEST),
        is_out_of_range=(points < LOWEST) | (points > HIGHEST),
    )
    columns = {}
    for column in FORECAST_COLUMNS:
        if column.name in given:
            values = given[column.name]
            columns[column.name] = pa.array(values, column.arrow, from_pandas=True)
        elif column.type == "ARRAY<STRING>":
            columns[column.name] = pa.array([[]] * len(given), column.arrow)
        else:
            columns[column.name] = pa.nulls(len(given), column.arrow)
    return pa.table(columns)
