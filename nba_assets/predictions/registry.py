"""Model versions on disk: written once under their own digest, loaded only where every check holds."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from nba_assets.predictions.estimators import Parts, PointsModel
from nba_assets.predictions.vectors import contract_hash, vectors
from nba_assets.warehouse.files import write_whole

CARD = "card.json"
TWIN_FILE = "twin_errors.parquet"
TWIN_COLUMNS = (
    "forecast_points", "actual_points", "forecast_minutes", "actual_minutes", "is_rotation",
)  # fmt: skip
# A golden row is predicted at every load. The same library on another processor may differ in the
# last digits; a different model does not differ by so little.
GOLDEN_TOLERANCE = 1e-6


class ModelRefusedError(RuntimeError):
    """A model is not the one it is said to be; the message names it, the check, and what to do."""


@dataclass(frozen=True)
class ModelCard:
    """Everything that makes a model version what it is, kept beside its files.

    Attributes:
        model_id: system, cut-off, week and the start of the files' digest.
        system_id: of the forecasts.
        cutoff: of the rows it is trained on.
        week: the Monday it is trained for.
        algorithm: library and version.
        parameters: everything given to the library.
        seed: of its randomness.
        feature_version: of the feature store.
        feature_names: in the order of the vector.
        feature_contract_hash: of these features' contracts.
        trained_from: first game date it has seen.
        trained_through: last game date it has seen.
        training_rows: player-games.
        snapshot_digest: of the digests of all partitions it has seen.
        code_version: of the code that trains and reads it.
        file_digest: of its files.
        golden: a row of the training data (its feature values by name) with what the model says of it.
        metrics: of a twin that was kept from the last four weeks.
    """

    model_id: str
    system_id: str
    cutoff: str
    week: str
    algorithm: str
    parameters: Mapping[str, Any]
    seed: int
    feature_version: str
    feature_names: tuple[str, ...]
    feature_contract_hash: str
    trained_from: str
    trained_through: str
    training_rows: int
    snapshot_digest: str
    code_version: str
    file_digest: str
    golden: Mapping[str, Any]
    metrics: Mapping[str, float | int | None] = field(default_factory=dict)


class ModelStore:
    """Model versions under `root/<model_id>/`: `card.json` and the files of the model.

    Args:
        root: the folder of all models.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, card: ModelCard, files: Mapping[str, bytes]) -> None:
        """Write a version; one that is there already is left as it is, for it never changes."""
        folder = self.root / card.model_id
        for name, body in files.items():
            if not (folder / name).exists():
                write_whole(folder / name, body)
        if not (folder / CARD).exists():
            write_whole(folder / CARD, json.dumps(asdict(card), indent=1, default=str).encode())

    def twin_errors(self, model_id: str) -> pd.DataFrame:
        """Forecasts of the twin and what came of them: `TWIN_COLUMNS`; empty where nothing is kept."""
        path = self.root / model_id / TWIN_FILE
        return pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=list(TWIN_COLUMNS))

    def load(self, model_id: str, expected_digest: str) -> tuple[ModelCard, PointsModel]:
        """A version, held to its card, to the registry's digest and to its golden row.

        Args:
            model_id: as the registry names it.
            expected_digest: the `file_digest` that the registry published.

        Raises:
            ModelRefusedError: where a file is missing, the digest or the features are others, or the
                golden row is predicted otherwise.
        """
        folder = self.root / model_id
        again = "; materialize the registry again for its week, or restore the folder"
        try:
            raw = json.loads((folder / CARD).read_text())
            card = ModelCard(**{**raw, "feature_names": tuple(raw["feature_names"])})
            files = {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != CARD}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelRefusedError(
                f"model {model_id} cannot be read from {folder} ({error}){again}"
            ) from None
        if (found := files_digest(files)) != expected_digest:
            raise ModelRefusedError(
                f"model {model_id}: its files have digest {found[:12]}, the registry has"
                f" {expected_digest[:12]}{again}"
            )
        if unknown := _unknown_features(card):
            raise ModelRefusedError(
                f"model {model_id} was trained on other features than there are now ({unknown});"
                " materialize the registry again for this week"
            )
        try:
            model = PointsModel.from_files(files, card.feature_names, Parts.of(card.parameters))
        except (ValueError, TypeError, KeyError) as error:
            raise ModelRefusedError(f"model {model_id}: {error}{again}") from None
        if reason := golden_mismatch(card, model):
            raise ModelRefusedError(f"model {model_id}: {reason}{again}")
        return card, model


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and bytes, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def golden_mismatch(card: ModelCard, model: PointsModel) -> str:
    """What the model says of its golden row, where it is not what it said when it was trained."""
    rows = golden_rows(card.golden["features"])
    points, _ = model.forecast(vectors(rows, card.feature_names))
    said, told = float(points[0]), card.golden["points"]
    if abs(said - told) <= GOLDEN_TOLERANCE:
        return ""
    return f"its golden row ({card.golden['who']}) is predicted at {said:.6f} points instead of {told:.6f}"


def golden_rows(features: Mapping[str, float | None]) -> pa.Table:
    """One row of the feature store with these features."""
    return pa.table({name: pa.array([value], pa.float64()) for name, value in features.items()})


def golden_of(rows: pa.Table, names: Sequence[str], model: PointsModel, who: str) -> dict[str, Any]:
    """The golden row of a new model: the first of the rows, with what the model says of it."""
    row = rows.slice(0, 1)
    points, _ = model.forecast(vectors(row, names))
    features = {name: row[name][0].as_py() for name in names}
    return {
        "who": who,
        "features": features,
        "points": float(points[0]),
    }


def _unknown_features(card: ModelCard) -> str:
    try:
        now = contract_hash(card.feature_names)
    except KeyError as error:
        return f"{error.args[0]} is no feature any more"
    return "" if now == card.feature_contract_hash else "a contract has changed"
