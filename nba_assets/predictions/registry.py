"""Model versions on disk: kept under the digest of all they are, loaded only where every check holds."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nba_assets.predictions.estimators import Floats, Parts, PointsModel
from nba_assets.predictions.vectors import contract_hash, vectors
from nba_assets.warehouse.files import write_whole

log = logging.getLogger(__name__)

CARD = "card.json"
# The digests of the partitions it has seen, date by date.
SNAPSHOT_FILE = "snapshot.csv"
TWIN_FILE = "twin_errors.parquet"
TWIN_COLUMNS = (
    "forecast_points", "actual_points", "forecast_minutes", "actual_minutes", "is_rotation",
)  # fmt: skip
# A golden row is predicted at every load. The same library on another processor may differ in the
# last digits; a different model does not differ by so little.
GOLDEN_TOLERANCE = 1e-6
_FORECAST = ("points", "minutes")
_AGAIN = "; materialize the registry again for its week, or restore the folder"


class ModelRefusedError(RuntimeError):
    """A model is not the one it is said to be; the message names it, the check, and what to do."""


@dataclass(frozen=True)
class ModelCard:
    """Everything that makes a model version what it is, kept beside its files.

    Its digest is of all of it, its files through theirs, and of no clock: whatever differs is another
    version under another id, and the same training is the same version.

    Attributes:
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
        snapshot_digest: SHA-256 of `snapshot.csv`, the digests of all partitions it has seen.
        code_version: of the code that trains and reads it.
        file_digests: SHA-256 of each of its files, by name.
        golden: a row of the training data (its feature values by name) with what the model says of it.
        twin_snapshot_digest: the same of a twin that has not seen the last four weeks; empty without one.
        metrics: of the twin.
    """

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
    file_digests: Mapping[str, str]
    golden: Mapping[str, Any]
    twin_snapshot_digest: str = ""
    metrics: Mapping[str, float | int | None] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of the card, written in one way whatever wrote its file."""
        return hashlib.sha256(_written(asdict(self)).encode()).hexdigest()

    @property
    def model_id(self) -> str:
        """System, cut-off, week and the start of the digest."""
        return f"{self.system_id}-{self.cutoff}-{self.week}-{self.digest[:12]}"

    @property
    def file_digest(self) -> str:
        """SHA-256 over the digests of its files, in the order of their names."""
        lines = (f"{name} {digest}\n" for name, digest in sorted(self.file_digests.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def misplaced(self, system_id: str, cutoff: str, week: date) -> str:
        """What it is not, of what a registry says a model is; empty where it is that."""
        for what, own, said in (
            ("system", self.system_id, system_id),
            ("cut-off", self.cutoff, cutoff),
            ("week", self.week, str(week)),
        ):
            if own != said:
                return f"it is of the {what} {own}, not {said}"
        if date.fromisoformat(self.trained_through) >= week:
            return f"it has seen games of its week, up to {self.trained_through}"
        return ""


class ModelStore:
    """Model versions under `root/<model_id>/`: `card.json` and the files of the model.

    Args:
        root: the folder of all models.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, card: ModelCard, files: Mapping[str, bytes]) -> None:
        """Write a version; where it is there and whole it is left as it is, for it never changes.

        What is missing of it, or is not what its id stands for, is written anew: each file at once, and
        the card last. Until then it is refused, as it was.

        Raises:
            ValueError: where the card is of other files.
        """
        if card.file_digests != digests_of(files):
            raise ValueError(f"model {card.model_id}: its card is of other files")
        folder = self.root / card.model_id
        kept = json.dumps(asdict(card), indent=1).encode()
        for name, body in {**files, CARD: kept}.items():
            path = folder / name
            if not (path.is_file() and path.read_bytes() == body):
                write_whole(path, body)

    def twin_errors(self, model_id: str) -> pd.DataFrame:
        """Forecasts of the twin and what came of them: `TWIN_COLUMNS`; empty where there was no twin.

        Raises:
            ModelRefusedError: where the card is not the one that the id stands for, or the file is not
                the one that the card names.
        """
        card = self._card(model_id)
        if TWIN_FILE not in card.file_digests:
            return pd.DataFrame(columns=list(TWIN_COLUMNS))
        return pd.read_parquet(BytesIO(self._body(card, TWIN_FILE)))

    def load(self, model_id: str, expected_digest: str) -> tuple[ModelCard, PointsModel]:
        """A version, held to the registry's digest, to its card and to its golden row.

        Args:
            model_id: as the registry names it.
            expected_digest: the `card_digest` that the registry published.

        Raises:
            ModelRefusedError: where the card or a file is missing or another, the features are others,
                or the golden row is predicted otherwise.
        """
        card = self._card(model_id)
        if card.digest != expected_digest:
            raise ModelRefusedError(
                f"model {model_id}: its card has digest {card.digest[:12]}, the registry has"
                f" {expected_digest[:12]}{_AGAIN}"
            )
        files = {name: self._body(card, name) for name in card.file_digests}
        if unknown := _unknown_features(card):
            raise ModelRefusedError(
                f"model {model_id} was trained on other features than there are now ({unknown});"
                " materialize the registry again for this week"
            )
        try:
            model = PointsModel.from_files(files, card.feature_names, Parts.of(card.parameters))
        except (ValueError, TypeError, KeyError) as error:
            raise ModelRefusedError(f"model {model_id}: {error}{_AGAIN}") from None
        if reason := golden_mismatch(card, model):
            raise ModelRefusedError(f"model {model_id}: {reason}{_AGAIN}")
        return card, model

    def equal(
        self, system_id: str, cutoff: str, weeks: Sequence[date], training: Mapping[str, Any]
    ) -> PointsModel | None:
        """A version of one of the weeks that was trained just so; None where none is kept whole.

        Args:
            system_id: of its forecasts.
            cutoff: of the rows it is trained on.
            weeks: the Mondays to look for it.
            training: fields of a card that all have to agree.
        """
        wanted = _written(training)
        for week in weeks:
            for folder in sorted(self.root.glob(f"{system_id}-{cutoff}-{week}-*")):
                try:
                    card = self._card(folder.name)
                    if _written({name: getattr(card, name) for name in training}) == wanted:
                        return self.load(card.model_id, card.digest)[1]
                except ModelRefusedError as error:
                    log.warning("no model to take instead of training one: %s", error)
        return None

    def _card(self, model_id: str) -> ModelCard:
        """The card of a version, which is the one that its id stands for."""
        folder = self.root / model_id
        try:
            raw = json.loads((folder / CARD).read_text())
            card = ModelCard(**{**raw, "feature_names": tuple(raw["feature_names"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelRefusedError(
                f"model {model_id} cannot be read from {folder} ({error}){_AGAIN}"
            ) from None
        if card.model_id != model_id:
            raise ModelRefusedError(
                f"model {model_id}: its {CARD} is not the one it was saved with, but that of"
                f" {card.model_id}{_AGAIN}"
            )
        return card

    def _body(self, card: ModelCard, name: str) -> bytes:
        """A file of a version, which is the one that its card names."""
        try:
            body = (self.root / card.model_id / name).read_bytes()
        except OSError as error:
            reason = f"its {name} cannot be read ({error.strerror})"
            raise ModelRefusedError(f"model {card.model_id}: {reason}{_AGAIN}") from None
        if hashlib.sha256(body).hexdigest() != card.file_digests[name]:
            raise ModelRefusedError(
                f"model {card.model_id}: its {name} is not the one it was saved with{_AGAIN}"
            )
        return body


def _written(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def digests_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def golden_mismatch(card: ModelCard, model: PointsModel) -> str:
    """What the model says of its golden row, where it is not what it said when it was trained."""
    rows = golden_rows(card.golden["features"])
    who = card.golden["who"]
    for what, forecast in zip(
        _FORECAST, model.forecast(vectors(rows, card.feature_names)), strict=True
    ):
        if what not in card.golden:
            return f"its golden row ({who}) was kept without {what}"
        said, told = _first(forecast), card.golden[what]
        if said != told and (None in (said, told) or abs(said - told) > GOLDEN_TOLERANCE):
            return f"its golden row ({who}) is predicted at {said} {what} instead of {told}"
    return ""


def golden_rows(features: Mapping[str, float | None]) -> pa.Table:
    """One row of the feature store with these features."""
    return pa.table({name: pa.array([value], pa.float64()) for name, value in features.items()})


def golden_of(rows: pa.Table, names: Sequence[str], model: PointsModel, who: str) -> dict[str, Any]:
    """The golden row of a new model: the first of the rows, with what the model says of it."""
    row = rows.slice(0, 1)
    features = {name: row[name][0].as_py() for name in names}
    forecasts = zip(_FORECAST, model.forecast(vectors(row, names)), strict=True)
    return {"who": who, "features": features, **{what: _first(own) for what, own in forecasts}}


def _first(forecast: Floats) -> float | None:
    """What is said of the first row; None, as a file can keep it, where no such thing is forecast."""
    return None if np.isnan(forecast[0]) else float(forecast[0])


def _unknown_features(card: ModelCard) -> str:
    try:
        now = contract_hash(card.feature_names)
    except KeyError as error:
        return f"{error.args[0]} is no feature any more"
    return "" if now == card.feature_contract_hash else "a contract has changed"
