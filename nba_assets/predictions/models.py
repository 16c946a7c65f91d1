"""The registries: a model version per cut-off and week, each trained on what was before it."""

import hashlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from io import BytesIO
from itertools import product
from typing import Any

import pandas as pd

from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.gates.publish import Compute, Computed
from nba_assets.precompute.features import VERSION
from nba_assets.predictions import estimators, feature_rows, linear, recipes, training, vectors
from nba_assets.predictions.estimators import PointsModel, algorithm
from nba_assets.predictions.forecasts import WITHOUT_ROWS
from nba_assets.predictions.recipes import RECIPES, Recipe
from nba_assets.predictions.registry import (
    SNAPSHOT_FILE,
    TWIN_COLUMNS,
    TWIN_FILE,
    ModelCard,
    ModelStore,
    digests_of,
    golden_of,
)
from nba_assets.predictions.training import TEST_WEEKS, Examples, History, fitted, tested
from nba_assets.predictions.vectors import CONTRACTS, contract_hash
from nba_assets.predictions.weekly import week_quality
from nba_assets.predictions.weekly_tables import MODELS
from nba_assets.warehouse.base import Warehouse

Row = dict[str, object]

CONSTANT = "constant_training_features"
NOTE = "no_model"
CODE_VERSION = hashlib.sha256(
    "".join(
        inspect.getsource(m) for m in (estimators, feature_rows, linear, recipes, training, vectors)
    ).encode()
).hexdigest()


def trained(system_id: str) -> Compute:
    """The compute of a registry: every model of the weeks; one that has too few rows has no row."""

    def compute(desk: Any, warehouse: Warehouse, weeks: list[date]) -> Computed:
        recipe, table = RECIPES[system_id], MODELS[system_id]
        store = ModelStore(desk.settings.home / "models")
        history = History(warehouse, desk.settings.first_date, weeks, recipe)
        rows: list[Row] = []
        constant: list[Row] = []
        notes: dict[date, dict[str, object]] = {}
        for week, cutoff in product(weeks, CUTOFFS):
            examples = history.before(week, cutoff)
            if examples is None or len(examples) < recipe.min_rows:
                have = 0 if examples is None else len(examples)
                lacking = f"{cutoff}: {have} of {recipe.min_rows} player-games"
                notes.setdefault(week, {})[f"{NOTE}_{cutoff}"] = lacking
                continue
            if lacking_rows := history.rowless(week):
                told = [f"{day}: {words}" for day, words in sorted(lacking_rows.items())]
                notes.setdefault(week, {})[WITHOUT_ROWS] = "; ".join(told[-5:])
            row = _trained(system_id, cutoff, week, examples, history, store)
            rows.append(row)
            constant += [
                {"game_date": week, "model_id": row["model_id"], "feature": name}
                for name in constant_features(recipe, examples)
            ]
        evidence = {CONSTANT: pd.DataFrame(constant, columns=["game_date", "model_id", "feature"])}
        return Computed(table.rows(rows), evidence, notes=notes)

    return compute


def constant_features(recipe: Recipe, examples: Examples) -> Iterator[str]:
    """Continuous features that have one value in all training rows; those without any value are absent."""
    for name in recipe.features:
        if CONTRACTS[name].is_continuous:
            values = examples.rows[name].drop_null().unique()
            if len(values) == 1:
                yield name


def _trained(
    system_id: str,
    cutoff: str,
    week: date,
    examples: Examples,
    history: History,
    store: ModelStore,
) -> Row:
    recipe = RECIPES[system_id]
    model = fitted(recipe, examples)
    kept = examples.between(_then(week), week - timedelta(days=1))
    twin = _twin(system_id, cutoff, week, history, store) if len(kept) else None
    test = tested(recipe, twin, kept)
    files = {
        **model.files(),
        TWIN_FILE: _parquet(test.errors),
        SNAPSHOT_FILE: history.snapshot(week),
    }
    first, last = examples.dates
    newest = examples.between(last, last)
    who = f"{newest.rows['player_name'][0]}, {newest.rows['game_id'][0]}"
    gaps = history.gaps(week)
    card = ModelCard(
        system_id=system_id,
        cutoff=cutoff,
        week=str(week),
        **_training(recipe, history, week),
        trained_from=str(first),
        trained_through=str(last),
        training_rows=len(examples),
        twin_snapshot_digest=_snapshot_digest(history, _then(week)) if twin else "",
        file_digests=digests_of(files),
        golden=golden_of(newest.rows, recipe.features, model, who),
        metrics=test.metrics,
    )
    store.save(card, files)
    return {
        "game_date": week,
        "model_id": card.model_id,
        "file_digest": card.file_digest,
        "card_digest": card.digest,
        **{k: v for k, v in asdict(card).items() if k in MODELS[system_id].column_names},
        "parameters": json.dumps(card.parameters, sort_keys=True),
        "feature_names": list(card.feature_names),
        "trained_from": first,
        "trained_through": last,
        "lined_rows": int(examples.has_line.sum()),
        "history_gaps": gaps,
        **test.metrics,
        **week_quality(len(history.span(week)) - gaps, history.span(week)),
    }


def _training(recipe: Recipe, history: History, week: date) -> dict[str, Any]:
    """What decides, in a card's words, what a model of a cut-off says: two that agree in it are equal."""
    return {
        "algorithm": algorithm(),
        "parameters": asdict(recipe.parts),
        "seed": recipe.parts.seed,
        "feature_version": VERSION,
        "feature_names": recipe.features,
        "feature_contract_hash": contract_hash(recipe.features),
        "snapshot_digest": _snapshot_digest(history, week),
        "code_version": CODE_VERSION,
    }


def _snapshot_digest(history: History, week: date) -> str:
    return hashlib.sha256(history.snapshot(week)).hexdigest()


def _then(week: date) -> date:
    """The Monday before which a twin has seen games."""
    return week - timedelta(weeks=TEST_WEEKS)


def _twin(
    system_id: str, cutoff: str, week: date, history: History, store: ModelStore
) -> PointsModel | None:
    """The model as of four weeks ago: that of then where it saw the same, or one that is trained now.

    None where it has too few rows.
    """
    recipe, then = RECIPES[system_id], _then(week)
    seen = history.before(then, cutoff)
    if seen is None or len(seen) < recipe.min_rows:
        return None
    # Between seasons nothing is played: the model of a later week has seen the same.
    weeks = [then + timedelta(weeks=n) for n in range(TEST_WEEKS)]
    kept = store.equal(system_id, cutoff, weeks, _training(recipe, history, then))
    return kept or fitted(recipe, seen)


def _parquet(errors: pd.DataFrame) -> bytes:
    body = BytesIO()
    errors.reindex(columns=list(TWIN_COLUMNS)).to_parquet(body, index=False)
    return body.getvalue()
