"""Readiness: a real prediction by each current model, and a clear word where one cannot be made."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from nba_assets.automation.readiness import Readiness, readiness, show_readiness
from nba_assets.predictions.registry import ModelCard, ModelStore
from nba_assets.predictions.tables import MODELS
from nba_assets_tests.precompute.form_world import FormWorld, whole
from nba_assets_tests.predictions.small_model import card_of, fitted

WEEK = date(2023, 11, 13)
WEEKS = [WEEK - timedelta(days=7), WEEK]


@pytest.fixture
def world(tmp_path: Path) -> FormWorld:
    return FormWorld(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def card(world: FormWorld, store: ModelStore) -> ModelCard:
    """The one model there is, saved and published."""
    model = fitted()
    files = model.files()
    kept = card_of(model, files)
    store.save(kept, files)
    known = {
        "game_date": WEEK, "model_id": kept.model_id, "system_id": "catboost", "cutoff": "lock",
        "card_digest": kept.digest,
    }  # fmt: skip
    world.publish(MODELS["catboost"], [whole(MODELS["catboost"], **known)])
    return kept


def at_lock(world: FormWorld, store: ModelStore) -> Readiness:
    found = {(r.system_id, r.cutoff): r for r in readiness(world.warehouse, store, WEEKS)}
    assert len(found) == 4
    assert [r for key, r in found.items() if key != ("catboost", "lock") and r.model_id] == []
    return found["catboost", "lock"]


def shown(one: Readiness) -> str:
    console = Console(width=300)
    with console.capture() as captured:
        show_readiness(console, [one])
    return captured.get()


def test_a_current_model_predicts_its_golden_row(
    world: FormWorld, store: ModelStore, card: ModelCard
) -> None:
    found = at_lock(world, store)
    assert (found.model_id, found.week, found.problem) == (card.model_id, WEEK, "")
    assert found.prediction == card.golden["points"]
    assert "catboost at lock: predicts" in shown(found)
    assert "A, 20231112_BOS_NYK" in shown(found)


def test_a_model_that_is_gone_cannot_predict(
    world: FormWorld, store: ModelStore, card: ModelCard
) -> None:
    shutil.rmtree(store.root / card.model_id)
    found = at_lock(world, store)
    assert found.prediction is None
    assert "cannot be read" in found.problem
    assert f"CANNOT PREDICT: model {card.model_id}" in shown(found)


def test_a_library_that_cannot_be_imported_is_no_health(
    world: FormWorld, store: ModelStore, card: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "catboost", None)
    found = at_lock(world, store)
    assert "catboost" in found.problem
    assert "CANNOT PREDICT" in shown(found)


def test_without_a_model_there_is_nothing_to_predict_and_nothing_wrong(
    world: FormWorld, store: ModelStore
) -> None:
    found = at_lock(world, store)
    assert (found.model_id, found.prediction, found.problem) == ("", None, "")
    assert shown(found) == "catboost at lock: no model yet\n"
