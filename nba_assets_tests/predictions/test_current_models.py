"""Which model forecasts a week: the newest that is published, and only where it is what the registry says."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.predictions.estimators import PointsModel
from nba_assets.predictions.forecasts import CurrentModels
from nba_assets.predictions.model_gates import OLDEST_WEEKS
from nba_assets.predictions.registry import ModelCard, ModelRefusedError, ModelStore
from nba_assets.predictions.weekly_tables import MODELS
from nba_assets_tests.precompute.form_world import FormWorld, Row, whole
from nba_assets_tests.predictions.small_model import card_of, fitted

WEEK = date(2023, 11, 13)


class Registry:
    """Versions on disk, and what is published of them."""

    def __init__(self, home: Path) -> None:
        self._world = FormWorld(home)
        self._model = fitted()
        self.store = ModelStore(home / "models")
        self._card = card_of(self._model, self._model.files())

    def publish(self, row: Row | None = None, **changes: Any) -> ModelCard:
        """A version that is saved, and its row, which may say something else."""
        card = replace(self._card, **changes)
        self.store.save(card, self._model.files())
        known: Row = {
            "game_date": WEEK, "cutoff": "lock", "system_id": "catboost",
            "model_id": card.model_id, "card_digest": card.digest,
        }  # fmt: skip
        self._world.publish(MODELS["catboost"], [whole(MODELS["catboost"], **known | (row or {}))])
        return card

    def of(self, week: date, cutoff: str = "lock") -> tuple[ModelCard, PointsModel, int] | None:
        return CurrentModels(self._world.warehouse, self.store, "catboost").of(week, cutoff)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def test_without_a_model_nothing_is_forecast(registry: Registry) -> None:
    assert registry.of(WEEK) is None
    registry.publish()
    assert registry.of(WEEK, "morning") is None
    assert registry.of(WEEK - timedelta(weeks=1)) is None, "a later week's is no model of it"


def test_an_older_model_stands_in_for_so_many_weeks_and_says_how_old_it_is(
    registry: Registry,
) -> None:
    card = registry.publish()
    for weeks in (0, 1, OLDEST_WEEKS):
        found = registry.of(WEEK + timedelta(weeks=weeks))
        assert found
        assert (found[0].model_id, found[2]) == (card.model_id, weeks)
    assert registry.of(WEEK + timedelta(weeks=OLDEST_WEEKS + 1)) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system_id": "similarity"}, "it is of the system similarity, not catboost"),
        ({"cutoff": "morning"}, "it is of the cut-off morning, not lock"),
        ({"week": "2023-11-06"}, "it is of the week 2023-11-06, not 2023-11-13"),
        ({"trained_through": str(WEEK)}, "it has seen games of its week, up to 2023-11-13"),
    ],
)
def test_a_model_that_is_not_what_the_registry_says_is_refused(
    registry: Registry, changes: dict[str, Any], said: str
) -> None:
    card = registry.publish(**changes)
    with pytest.raises(ModelRefusedError, match=said) as raised:
        registry.of(WEEK)
    assert card.model_id in str(raised.value)
    assert "materialize predictions.catboost_models again for 2023-11-13" in str(raised.value)


def test_a_row_with_the_digest_of_another_card_is_refused(registry: Registry) -> None:
    registry.publish({"card_digest": "0" * 64})
    with pytest.raises(ModelRefusedError, match="the registry has 000000000000"):
        registry.of(WEEK)


def test_without_the_library_the_failure_names_it_and_no_model_is_refused(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.publish()
    monkeypatch.setitem(sys.modules, "catboost", None)  # as Python tells of what is not installed
    with pytest.raises(ModuleNotFoundError, match="catboost"):
        registry.of(WEEK)
