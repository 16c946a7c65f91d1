"""Model versions on disk: written once, and refused where anything is not as it was."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.predictions.estimators import Parts, PointsModel
from nba_assets.predictions.registry import (
    CARD,
    TWIN_FILE,
    ModelCard,
    ModelRefusedError,
    ModelStore,
    digests_of,
)
from nba_assets.predictions.vectors import (
    CONTRACTS,
    FeatureMismatchError,
    contract_hash,
    vectors,
)
from nba_assets_tests.predictions.small_model import NAMES, PARTS, SMALL, card_of, fitted, rows

WEEK = date(2023, 11, 13)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def kept(store: ModelStore) -> ModelCard:
    """A version that was saved."""
    model = fitted()
    files = model.files()
    card = card_of(model, files)
    store.save(card, files)
    return card


def test_a_loaded_model_says_what_it_said(store: ModelStore, kept: ModelCard) -> None:
    card, model = store.load(kept.model_id, kept.digest)
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
        store.load(card.model_id, digest or card.digest)
    assert card.model_id in str(raised.value)
    assert "materialize" in str(raised.value)
    return str(raised.value)


def rewrite(store: ModelStore, card: ModelCard, **changes: object) -> None:
    path = store.root / card.model_id / CARD
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def spoil(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def saved(store: ModelStore, card: ModelCard, **changes: object) -> ModelCard:
    """Another version of the same files."""
    files = {name: (store.root / card.model_id / name).read_bytes() for name in card.file_digests}
    other = replace(card, **changes)  # type: ignore[arg-type]
    store.save(other, files)
    return other


def test_a_missing_folder_is_refused(store: ModelStore, kept: ModelCard) -> None:
    assert "cannot be read" in refusal(store, replace(kept, seed=8))


@pytest.mark.parametrize("name", ["plain.cbm", "minutes.cbm", "linear.json"])
def test_a_missing_file_is_refused(store: ModelStore, kept: ModelCard, name: str) -> None:
    (store.root / kept.model_id / name).unlink()
    assert f"its {name} cannot be read" in refusal(store, kept)


def test_one_bit_that_is_another_is_refused(store: ModelStore, kept: ModelCard) -> None:
    spoil(store.root / kept.model_id / "plain.cbm")
    assert "its plain.cbm is not the one it was saved with" in refusal(store, kept)


def test_the_registry_of_another_version_is_refused(store: ModelStore, kept: ModelCard) -> None:
    assert "the registry has ffffffffffff" in refusal(store, kept, "f" * 64)


@pytest.mark.parametrize(
    "changes",
    [
        {"trained_through": "2023-11-30"},
        {"week": "2023-11-20"},
        {"cutoff": "morning"},
        {"system_id": "catboost_with_line"},
        {"seed": 8},
        {"code_version": "another"},
        {"parameters": {}},
        {"metrics": {"test_mae": 4.0}},
        {"golden": {}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_card_that_was_edited_is_refused(
    store: ModelStore, kept: ModelCard, changes: dict[str, object]
) -> None:
    rewrite(store, kept, **changes)
    assert "its card.json is not the one it was saved with" in refusal(store, kept)


def test_a_card_of_other_words_cannot_be_read(store: ModelStore, kept: ModelCard) -> None:
    rewrite(store, kept, nobody=1)
    assert "unexpected keyword" in refusal(store, kept)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"feature_contract_hash": "0" * 64}, "a contract has changed"),
        ({"feature_names": ("points_ewma", "home", "luck")}, "luck is no feature any more"),
        ({"parameters": {"linear": None}}, "boosted"),
    ],
)
def test_a_version_of_what_is_not_known_any_more_is_refused(
    store: ModelStore, kept: ModelCard, changes: dict[str, object], said: str
) -> None:
    assert said in refusal(store, saved(store, kept, **changes))


@pytest.mark.parametrize("what", ["points", "minutes"])
@pytest.mark.parametrize("off", [0.01, None])
def test_a_model_that_says_something_else_of_its_golden_row_is_refused(
    store: ModelStore, kept: ModelCard, what: str, off: float | None
) -> None:
    said = kept.golden[what]
    golden = {**kept.golden, what: off and said + off}
    found = refusal(store, saved(store, kept, golden=golden))
    expected = f"is predicted at {said} {what} instead of {golden[what]}"
    assert f"its golden row (A, 20231112_BOS_NYK) {expected}" in found


def test_a_model_that_forecasts_no_minutes_says_none_of_its_golden_row(store: ModelStore) -> None:
    parts = replace(PARTS, minutes=None)
    model = fitted(parts)
    files = model.files()
    card = replace(card_of(model, files), parameters=asdict(parts))
    store.save(card, files)
    assert card.golden["minutes"] is None
    assert store.load(card.model_id, card.digest)[0].digest == card.digest


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (("catboost", "lock", WEEK), ""),
        (("catboost_with_line", "lock", WEEK), "of the system catboost, not catboost_with_line"),
        (("catboost", "morning", WEEK), "of the cut-off lock, not morning"),
        (("catboost", "lock", WEEK + timedelta(days=7)), "of the week 2023-11-13, not 2023-11-20"),
    ],
)
def test_a_card_tells_what_model_it_is_not(
    kept: ModelCard, said: tuple[str, str, date], reason: str
) -> None:
    found = kept.misplaced(*said)
    assert reason in found
    assert bool(found) is bool(reason)


@pytest.mark.parametrize("day", ["2023-11-13", "2023-11-19"])
def test_a_model_that_has_seen_its_week_is_none_of_it(kept: ModelCard, day: str) -> None:
    seen = replace(kept, trained_through=day)
    assert f"it has seen games of its week, up to {day}" in seen.misplaced("catboost", "lock", WEEK)


def test_everything_in_a_card_is_in_its_id(kept: ModelCard) -> None:
    changes = [
        {"seed": 8}, {"trained_through": "2023-11-11"}, {"code_version": "d"}, {"snapshot_digest": "t"},
        {"feature_contract_hash": "0"}, {"metrics": {"test_mae": 4.0}}, {"file_digests": {}},
    ]  # fmt: skip
    others = {replace(kept, **change).model_id for change in changes}  # type: ignore[arg-type]
    assert len({kept.model_id, *others}) == len(changes) + 1
    assert replace(kept).model_id == kept.model_id


def stats(store: ModelStore, card: ModelCard) -> dict[str, tuple[int, int]]:
    files = (store.root / card.model_id).iterdir()
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def test_a_version_that_is_whole_is_never_written_again(store: ModelStore, kept: ModelCard) -> None:
    before = stats(store, kept)
    store.save(kept, fitted().files())
    assert stats(store, kept) == before
    with pytest.raises(ValueError, match="its card is of other files"):
        store.save(kept, {"plain.cbm": b"other"})
    assert stats(store, kept) == before


@pytest.mark.parametrize("name", ["plain.cbm", "linear.json", CARD])
@pytest.mark.parametrize("is_gone", [False, True], ids=["spoilt", "gone"])
def test_training_again_heals_what_is_damaged_and_nothing_else(
    store: ModelStore, kept: ModelCard, name: str, is_gone: bool
) -> None:
    before = stats(store, kept)
    path = store.root / kept.model_id / name
    if is_gone:
        path.unlink()
    else:
        spoil(path)
    refusal(store, kept)
    store.save(kept, fitted().files())
    assert store.load(kept.model_id, kept.digest)[0].digest == kept.digest
    after = stats(store, kept)
    assert {n for n in before if before[n] != after[n]} == {name}


def test_training_again_heals_a_contract_that_was_reworded(
    store: ModelStore, kept: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    reworded = replace(CONTRACTS["home"], unit="1 at home, else 0")
    monkeypatch.setitem(CONTRACTS, "home", reworded)
    assert "a contract has changed" in refusal(store, kept)
    model = fitted()
    again = card_of(model, model.files())
    store.save(again, model.files())
    assert again.file_digests == kept.file_digests, "the same training"
    assert again.model_id != kept.model_id
    store.load(again.model_id, again.digest)
    assert "a contract has changed" in refusal(store, kept), "the old version stays what it was"


TWIN = {TWIN_FILE: pd.DataFrame({"forecast_points": [1.0]}).to_parquet()}


@pytest.fixture
def twin(store: ModelStore) -> ModelCard:
    """A version with the errors of a twin."""
    model = fitted()
    files = {**model.files(), **TWIN}
    card = card_of(model, files)
    store.save(card, files)
    return card


def test_the_errors_of_a_twin_are_kept_with_its_model(store: ModelStore, twin: ModelCard) -> None:
    assert store.twin_errors(twin.model_id)["forecast_points"].tolist() == [1.0]


def test_a_model_without_a_twin_has_no_errors(store: ModelStore, kept: ModelCard) -> None:
    assert store.twin_errors(kept.model_id).empty
    (store.root / kept.model_id / TWIN_FILE).write_bytes(TWIN[TWIN_FILE])
    assert store.twin_errors(kept.model_id).empty, "its card names no such file"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (Path.unlink, "its twin_errors.parquet cannot be read"),
        (spoil, "its twin_errors.parquet is not the one it was saved with"),
    ],
)
def test_the_errors_of_a_twin_that_are_others_or_gone_are_refused_until_it_is_trained_again(
    store: ModelStore, twin: ModelCard, damage: Callable[[Path], None], said: str
) -> None:
    damage(store.root / twin.model_id / TWIN_FILE)
    with pytest.raises(ModelRefusedError, match=said) as raised:
        store.twin_errors(twin.model_id)
    assert twin.model_id in str(raised.value)
    assert said in refusal(store, twin)
    store.save(twin, {**fitted().files(), **TWIN})
    assert len(store.twin_errors(twin.model_id)) == 1


def test_the_errors_of_a_twin_whose_card_is_another_are_refused(
    store: ModelStore, twin: ModelCard
) -> None:
    rewrite(store, twin, file_digests=digests_of(fitted().files()))
    with pytest.raises(ModelRefusedError, match=r"its card\.json is not the one"):
        store.twin_errors(twin.model_id)


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


HOW = ("parameters", "feature_names", "snapshot_digest", "code_version", "algorithm")


def equal(store: ModelStore, kept: ModelCard, *weeks: date, **others: object) -> object:
    """What is taken for a model that was trained as a kept one was, or otherwise in what is named."""
    training = {name: getattr(kept, name) for name in HOW} | others
    return store.equal("catboost", "lock", weeks or (WEEK,), training)


def test_a_model_that_was_trained_just_so_is_taken_for_it(
    store: ModelStore, kept: ModelCard
) -> None:
    found = equal(store, kept, WEEK - timedelta(weeks=1), WEEK)
    assert isinstance(found, PointsModel)
    matrix = vectors(rows(), NAMES)
    assert np.array_equal(found.forecast(matrix), fitted().forecast(matrix))


@pytest.mark.parametrize(
    "others",
    [
        {"parameters": {}}, {"feature_names": NAMES[:1]}, {"snapshot_digest": "t"},
        {"code_version": "d"}, {"algorithm": "catboost 0"},
    ],
    ids=lambda others: next(iter(others)),
)  # fmt: skip
def test_a_model_that_was_trained_otherwise_is_not(
    store: ModelStore, kept: ModelCard, others: dict[str, object]
) -> None:
    assert equal(store, kept, **others) is None


def test_a_model_of_another_week_cutoff_or_system_is_not_looked_at(
    store: ModelStore, kept: ModelCard
) -> None:
    training = {name: getattr(kept, name) for name in HOW}
    assert equal(store, kept, WEEK + timedelta(weeks=1)) is None
    assert store.equal("catboost", "morning", (WEEK,), training) is None
    assert store.equal("catboost_with_line", "lock", (WEEK,), training) is None


def test_a_spoilt_model_is_not_taken_and_named(
    store: ModelStore, kept: ModelCard, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(store.root / kept.model_id / "plain.cbm")
    assert equal(store, kept) is None
    assert f"model {kept.model_id}: its plain.cbm is not the one" in caplog.text


def test_a_model_that_was_kept_without_its_golden_minutes_is_refused(
    store: ModelStore, kept: ModelCard
) -> None:
    golden = {name: value for name, value in kept.golden.items() if name != "minutes"}
    said = refusal(store, saved(store, kept, golden=golden))
    assert "its golden row (A, 20231112_BOS_NYK) was kept without minutes" in said
