"""Readiness: a real prediction by each current model, and a clear word where one cannot be made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from rich.console import Console

import nba_assets
from nba_assets.automation.readiness import (
    Readiness,
    library_problem,
    readiness,
    show_readiness,
)
from nba_assets.predictions.estimators import PointsModel
from nba_assets.predictions.model_gates import OLDEST_WEEKS
from nba_assets.predictions.registry import ModelCard, ModelStore
from nba_assets.predictions.tables import PREDICTED_PLAYERS
from nba_assets.predictions.weekly_tables import MODELS
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


def at_lock(world: FormWorld, store: ModelStore, weeks: Sequence[date] = tuple(WEEKS)) -> Readiness:
    found = {(r.system_id, r.cutoff): r for r in readiness(world.warehouse, store, weeks)}
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
    monkeypatch.setitem(sys.modules, "catboost", None)
    found = at_lock(world, store)
    assert "catboost" in found.problem
    assert "CANNOT PREDICT" in shown(found)


def test_without_a_model_there_is_nothing_to_predict_and_nothing_wrong(
    world: FormWorld, store: ModelStore
) -> None:
    found = at_lock(world, store)
    assert (found.model_id, found.prediction, found.problem) == ("", None, "")
    assert shown(found) == "catboost at lock: no model yet\n"


def test_without_a_model_the_library_is_tried(
    world: FormWorld, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library_problem() == ""
    monkeypatch.setitem(sys.modules, "catboost", None)
    found = at_lock(world, store)
    assert found.model_id == ""
    assert "the library of the models does not work: ModuleNotFoundError" in found.problem
    assert "catboost at lock: CANNOT PREDICT: the library" in shown(found)


WITHOUT_CATBOOST = """
import importlib.metadata as metadata, sys
whole = metadata.version
def version(name):
    if name == "catboost":
        raise metadata.PackageNotFoundError(name)
    return whole(name)
metadata.version = version
sys.modules["catboost"] = None
from nba_assets.cli import main
main(sys.argv[1:])
"""


def test_without_the_package_everything_loads_and_doctor_ends_with_1(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_CATBOOST, "doctor", "--no-canary"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(nba_assets.__file__).parents[1]),
            "NBA_ASSETS_SOURCE": "sandbox",
            "NBA_ASSETS_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stderr
    assert "catboost at lock: CANNOT PREDICT" in found.stdout
    assert found.stderr == ""


def test_a_library_that_predicts_nonsense_is_no_health(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = np.zeros(20)
    monkeypatch.setattr(PointsModel, "forecast", lambda _model, _matrix: (nothing, nothing))
    assert "the library of the models learns nothing" in library_problem()


@pytest.mark.parametrize("weeks", [0, OLDEST_WEEKS, OLDEST_WEEKS + 1])
def test_a_model_that_is_too_old_for_the_newest_slate_cannot_predict(
    world: FormWorld, store: ModelStore, card: ModelCard, weeks: int
) -> None:
    slate = WEEK + timedelta(weeks=weeks, days=3)
    world.publish(PREDICTED_PLAYERS, [whole(PREDICTED_PLAYERS, game_date=slate)])
    # Weeks to come, and a summer, make no model older.
    asked = [WEEK + timedelta(weeks=n) for n in range(30)]
    found = at_lock(world, store, asked)
    assert found.model_id == card.model_id
    if weeks <= OLDEST_WEEKS:
        assert found.problem == ""
        return
    assert found.problem == (
        f"model {card.model_id} is 9 weeks old: newer ones were refused or never made; materialize"
        " predictions/catboost_models for 2024-01-15"
    )
    assert "CANNOT PREDICT" in shown(found)


def test_the_container_is_asked_early_and_then_every_ten_minutes() -> None:
    compose = yaml.safe_load((Path(nba_assets.__file__).parents[1] / "compose.yaml").read_text())
    check = compose["services"]["daemon"]["healthcheck"]
    assert check["test"] == ["CMD", "nba-assets", "doctor", "--no-canary"]
    assert (check["start_period"], check["start_interval"]) == ("1m", "15s")
    assert (check["interval"], check["timeout"], check["retries"]) == ("10m", "2m", 2)
