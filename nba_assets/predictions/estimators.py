"""The trained model of points and minutes: fitting, forecasting, and its files. It knows no tables."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from nba_assets.predictions.linear import Linear, LinearMedian

if TYPE_CHECKING:
    from catboost import CatBoostRegressor

Floats = npt.NDArray[np.float64]

MINUTES, LINEAR_FILE = "minutes", "linear.json"
_THREADS = 2
# What the library writes into a file beside the model: with it, the same training were another file.
_OF_THE_CLOCK = ("train_finish_time", "model_guid")


def algorithm() -> str:
    """The library that trains, with its version; not read before something trains, as it may be absent."""
    return f"catboost {version('catboost')}"


@dataclass(frozen=True)
class Parameters:
    """What CatBoost is given for one regressor; the seed is part of it."""

    iterations: int
    depth: int
    learning_rate: float
    l2_leaf_reg: float = 20.0
    loss_function: str = "MAE"
    border_count: int = 64
    bootstrap_type: str = "Bernoulli"
    subsample: float = 0.7
    rsm: float = 0.3
    random_seed: int = 7

    def as_given(self) -> dict[str, Any]:
        """Keyword arguments of the library."""
        return {
            **asdict(self),
            "boosting_type": "Plain",
            "thread_count": _THREADS,
            "verbose": False,
            "allow_writing_files": False,
        }


@dataclass(frozen=True)
class Parts:
    """What a model is put together from; the forecast of points is the mean of the boosted parts.

    Attributes:
        boosted: regressors of points, by name.
        minutes: the regressor of minutes, if they are forecast.
        linear: a linear forecast that some of the boosted ones correct, if any.
        correcting: names of those.
        anchors: features whose mean points are told from; none are told from 0.
    """

    boosted: Mapping[str, Parameters]
    minutes: Parameters | None = None
    linear: Linear | None = None
    correcting: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The parts that `dataclasses.asdict` told, as a file keeps them.

        Raises:
            TypeError, KeyError: where they are others than are known now.
        """
        return cls(
            boosted={name: Parameters(**given) for name, given in kept["boosted"].items()},
            minutes=kept["minutes"] and Parameters(**kept["minutes"]),
            linear=kept["linear"] and Linear.of(kept["linear"]),
            correcting=tuple(kept["correcting"]),
            anchors=tuple(kept["anchors"]),
        )

    @property
    def seed(self) -> int:
        """Of their randomness; the parts share one."""
        return next(iter(self.boosted.values())).random_seed


class PointsModel:
    """Regressors over one vector: the median of points and, where it is fitted, minutes.

    Args:
        names: of the vector's features.
        parts: what it is put together from.
        regressors: fitted, by name; `minutes` among them where it is a part.
        linear: fitted, where it is a part.
    """

    def __init__(
        self,
        names: Sequence[str],
        parts: Parts,
        regressors: Mapping[str, "CatBoostRegressor"],
        linear: LinearMedian | None,
    ) -> None:
        self._names = list(names)
        self._parts = parts
        self._regressors = dict(regressors)
        self._linear = linear

    @classmethod
    def fit(
        cls,
        matrix: Floats,
        names: Sequence[str],
        points: Floats,
        minutes: Floats,
        is_target: npt.NDArray[np.bool_],
        parts: Parts,
    ) -> Self:
        """Fit all parts on rows of players who played; the linear one on target rows alone.

        Args:
            matrix: rows by features.
            names: of the features.
            points: scored.
            minutes: played.
            is_target: rows that targets are told of.
            parts: what is fitted.
        """
        # Heavy, and needed by what trains or forecasts alone: not when definitions load.
        from catboost import CatBoostRegressor, Pool

        told = points - anchored(matrix, names, parts.anchors)
        linear = None
        if parts.linear:
            linear = LinearMedian.fit(matrix[is_target], names, told[is_target], parts.linear)
        fitted = {}
        for name, given in {
            **parts.boosted,
            **({MINUTES: parts.minutes} if parts.minutes else {}),
        }.items():
            base = linear.forecast(matrix, names) if linear and name in parts.correcting else None
            target = minutes if name == MINUTES else told
            fitted[name] = CatBoostRegressor(**given.as_given())
            fitted[name].fit(Pool(matrix, target, baseline=base, feature_names=list(names)))
        return cls(names, parts, fitted, linear)

    def forecast(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Points and minutes of each row, not held to what is possible; minutes are NaN where not fitted."""
        base = self._linear.forecast(matrix, self._names) if self._linear else np.zeros(len(matrix))
        said = [
            self._said(name, matrix) + (base if name in self._parts.correcting else 0.0)
            for name in self._parts.boosted
        ]
        points = np.mean(said, axis=0) + anchored(matrix, self._names, self._parts.anchors)
        minutes = np.full(len(matrix), np.nan)
        return points, self._said(MINUTES, matrix) if self._parts.minutes else minutes

    def filled(self, matrix: Floats) -> list[list[str]]:
        """Of each row, the features without a value that the linear part took as their mean in training."""
        if not self._linear:
            return [[] for _ in range(len(matrix))]
        return self._linear.filled(matrix, self._names)

    def _said(self, name: str, matrix: Floats) -> Floats:
        return np.asarray(self._regressors[name].predict(matrix), dtype=float)

    def files(self) -> dict[str, bytes]:
        """A file for each part; equal training, equal bytes."""
        found = {LINEAR_FILE: self._linear.to_json()} if self._linear else {}
        with tempfile.TemporaryDirectory() as folder:
            for name, regressor in self._regressors.items():
                metadata = regressor.get_metadata()
                for entry in _OF_THE_CLOCK:
                    metadata[entry] = ""
                path = Path(folder) / f"{name}.cbm"
                regressor.save_model(str(path))
                found[path.name] = path.read_bytes()
        return found

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], names: Sequence[str], parts: Parts) -> Self:
        """The model whose files these are.

        Args:
            files: by name; others than those of parts are passed over.
            names: of the features.
            parts: what it is put together from.

        Raises:
            ValueError: where one is missing or cannot be read.
        """
        from catboost import CatBoostError, CatBoostRegressor

        regressors = {}
        for name in (*parts.boosted, *([MINUTES] if parts.minutes else [])):
            regressors[name] = CatBoostRegressor()
            try:
                regressors[name].load_model(blob=files[f"{name}.cbm"])
            except KeyError:
                raise ValueError(f"{name}.cbm is missing") from None
            except CatBoostError as error:
                raise ValueError(f"{name}.cbm: {str(error).splitlines()[0]}") from None
        linear = None
        if parts.linear:
            if LINEAR_FILE not in files:
                raise ValueError(f"{LINEAR_FILE} is missing")
            linear = LinearMedian.from_json(files[LINEAR_FILE])
        return cls(names, parts, regressors, linear)


def anchored(matrix: Floats, names: Sequence[str], anchors: Sequence[str]) -> Floats:
    """The mean of the anchors of each row; 0 without any."""
    places = [list(names).index(name) for name in anchors]
    found: Floats = matrix[:, places].mean(axis=1) if places else np.zeros(len(matrix))
    return found
