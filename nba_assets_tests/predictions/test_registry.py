"""Model versions on disk: written once, and refused where anything is not as it was."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.predictions.estimators import Parts
from nba_assets.predictions.registry import (
    CARD,
    TWIN_FILE,
    ModelCard,
    ModelRefusedError,
    ModelStore,
    files_digest,
)
from nba_assets.predictions.vectors import (
    FeatureMismatchError,
    contract_hash,
    vectors,
)
from nba_assets_tests.predictions.small_model import NAMES, SMALL, card_of, fitted, rows


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def kept(store: ModelStore) -> ModelCard:
    """A version that was saved."""
    model = fitted()
    files = model.files()
    card = card_of(model, files_digest(files))
    store.save(card, files)
    return card


def test_a_loaded_model_says_what_it_said(store: ModelStore, kept: ModelCard) -> None:
    card, model = store.load(kept.model_id, kept.file_digest)
    assert card == replace(kept, parameters=json.loads(json.dumps(kept.parameters)))
    matrix = vectors(rows(), NAMES)
    for found, expected in zip(model.forecast(matrix), fitted().forecast(matrix), strict=True):
        assert (found == expected).all()
    points, minutes = model.forecast(matrix)
    assert np.corrcoef(points, matrix[:, 0])[0, 1] > 0.95
    assert np.corrcoef(minutes, matrix[:, 1])[0, 1] > 0.95


def test_the_same_training_is_the_same_bytes() -> None:
    assert fitted().files() == fitted().files()


def test_points_are_told_from_their_anchors() -> None:
    parts = Parts(boosted={"corrected": SMALL}, anchors=("points_ewma", "minutes_avg_last_10"))
    matrix = vectors(rows(), NAMES)
    points, minutes = fitted(parts).forecast(matrix)
    assert np.abs(points - matrix[:, 0]).mean() < 4
    assert np.isnan(minutes).all(), "it has no regressor of minutes"


def refusal(store: ModelStore, card: ModelCard, digest: str | None = None) -> str:
    with pytest.raises(ModelRefusedError) as raised:
        store.load(card.model_id, digest or card.file_digest)
    assert card.model_id in str(raised.value)
    assert "materialize" in str(raised.value)
    return str(raised.value)


def rewrite(store: ModelStore, card: ModelCard, **changes: object) -> None:
    path = store.root / card.model_id / CARD
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_missing_folder_is_refused(store: ModelStore, kept: ModelCard) -> None:
    assert "cannot be read" in refusal(store, replace(kept, model_id="nobody"))


@pytest.mark.parametrize("name", ["plain.cbm", "minutes.cbm", "linear.json"])
def test_a_missing_file_is_refused(store: ModelStore, kept: ModelCard, name: str) -> None:
    (store.root / kept.model_id / name).unlink()
    assert "its files have digest" in refusal(store, kept)


def test_one_byte_more_is_refused(store: ModelStore, kept: ModelCard) -> None:
    path = store.root / kept.model_id / "plain.cbm"
    path.write_bytes(path.read_bytes() + b"\0")
    assert "its files have digest" in refusal(store, kept)


def test_the_registry_of_another_version_is_refused(store: ModelStore, kept: ModelCard) -> None:
    assert "the registry has ffffffffffff" in refusal(store, kept, "f" * 64)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"feature_contract_hash": "0" * 64}, "a contract has changed"),
        ({"feature_names": ["points_ewma", "home", "luck"]}, "luck is no feature any more"),
        ({"parameters": {}}, "boosted"),
        ({"week": None, "nobody": 1}, "unexpected keyword"),
    ],
)
def test_another_card_is_refused(
    store: ModelStore, kept: ModelCard, changes: dict[str, object], said: str
) -> None:
    rewrite(store, kept, **changes)
    if said == "boosted":
        changes = {"parameters": {"linear": None}}
        rewrite(store, kept, **changes)
    assert said in refusal(store, kept)


def test_a_model_that_says_something_else_of_its_golden_row_is_refused(
    store: ModelStore, kept: ModelCard
) -> None:
    rewrite(store, kept, golden={**kept.golden, "points": kept.golden["points"] + 0.01})
    assert "its golden row (A, 20231112_BOS_NYK) is predicted at" in refusal(store, kept)


def test_a_version_that_is_there_is_never_written_again(store: ModelStore, kept: ModelCard) -> None:
    path = store.root / kept.model_id / "plain.cbm"
    before = path.stat().st_mtime_ns
    store.save(kept, {"plain.cbm": b"other"})
    assert path.stat().st_mtime_ns == before


def test_a_model_without_a_twin_has_no_errors(store: ModelStore, kept: ModelCard) -> None:
    assert store.twin_errors(kept.model_id).empty
    (store.root / kept.model_id / TWIN_FILE).write_bytes(
        pd.DataFrame({"forecast_points": [1.0]}).to_parquet()
    )
    assert len(store.twin_errors(kept.model_id)) == 1


def test_vectors_keep_the_order_that_is_asked_for_and_null_is_nan() -> None:
    table = pa.table({"home": [1.0, None], "points_ewma": [10.0, 20.0]})
    found = vectors(table, ("points_ewma", "home"))
    assert found[0].tolist() == [10.0, 1.0]
    assert np.isnan(found[1, 1])


def test_a_vector_that_lacks_a_feature_or_has_another_type_is_refused() -> None:
    table = pa.table({"home": pa.array([1], pa.int64())})
    with pytest.raises(FeatureMismatchError, match=r"home is int64, points_ewma is not there"):
        vectors(table, ("home", "points_ewma"))


def test_another_order_is_another_contract() -> None:
    assert contract_hash(NAMES) != contract_hash(tuple(reversed(NAMES)))
