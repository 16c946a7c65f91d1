"""A linear forecast of a median: least absolute deviations by reweighted least squares, with a ridge."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = 15
# Errors below it weigh alike: whole points cannot be told finer.
_LEAST_ERROR = 0.7
_HAIR = 1e-9


@dataclass(frozen=True)
class Linear:
    """What a linear forecast is made of.

    Attributes:
        features: columns of the vector.
        products: pairs of columns that are multiplied.
        ridge: how strongly coefficients of standardized columns are held to zero.
    """

    features: tuple[str, ...]
    products: tuple[tuple[str, str], ...] = ()
    ridge: float = 30.0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What `dataclasses.asdict` told, as a file keeps it."""
        products = tuple((a, b) for a, b in kept["products"])
        return cls(tuple(kept["features"]), products, kept["ridge"])


class LinearMedian:
    """Coefficients over standardized columns; a missing value is its column's mean in training.

    Iteratively reweighted least squares (Schlossmacher 1973): each step weighs a row by one over the
    size of its error, so that the sum of absolute errors is made least.
    """

    def __init__(
        self,
        given: Linear,
        means: npt.ArrayLike,
        centers: npt.ArrayLike,
        scales: npt.ArrayLike,
        coefficients: npt.ArrayLike,
    ) -> None:
        self._given = given
        self._means = np.asarray(means, dtype=float)
        self._centers = np.asarray(centers, dtype=float)
        self._scales = np.asarray(scales, dtype=float)
        self._coefficients = np.asarray(coefficients, dtype=float)

    @classmethod
    def fit(cls, matrix: Floats, names: Sequence[str], target: Floats, given: Linear) -> Self:
        """Fit on rows by features.

        Args:
            matrix: NaN where a value is missing.
            names: of the columns.
            target: of each row.
            given: columns, products and ridge.
        """
        known = matrix[:, _used(names, given)]
        counts = (~np.isnan(known)).sum(axis=0)
        means = np.where(counts > 0, np.nansum(known, axis=0) / np.maximum(counts, 1), 0.0)
        columns = _columns(matrix, names, given, means)
        centers, scales = columns.mean(axis=0), columns.std(axis=0)
        # A column that never varies says nothing; its coefficient is held at zero by the ridge.
        scales = np.where(scales > _HAIR, scales, 1.0)
        design = np.column_stack([np.ones(len(columns)), (columns - centers) / scales])
        ridge = given.ridge * np.eye(design.shape[1])
        ridge[0, 0] = 0.0
        found = np.linalg.solve(design.T @ design + ridge, design.T @ target)
        for _ in range(_STEPS):
            weights = 1 / np.maximum(np.abs(target - design @ found), _LEAST_ERROR)
            weighed = design * weights[:, None]
            found = np.linalg.solve(weighed.T @ design + weights.mean() * ridge, weighed.T @ target)
        return cls(given, means, centers, scales, found)

    def forecast(self, matrix: Floats, names: Sequence[str]) -> Floats:
        """The forecast of each row."""
        columns = _columns(matrix, names, self._given, self._means)
        found: Floats = (
            self._coefficients[0]
            + ((columns - self._centers) / self._scales) @ self._coefficients[1:]
        )
        return found

    def filled(self, matrix: Floats, names: Sequence[str]) -> list[list[str]]:
        """Of each row, the used features that have no value: their means stood in."""
        used = np.array(_of(self._given))
        lacking = np.isnan(matrix[:, _used(names, self._given)])
        return [used[own].tolist() for own in lacking]

    def to_json(self) -> bytes:
        """The file that `from_json` reads."""
        return json.dumps(
            {
                "given": asdict(self._given),
                "means": self._means.tolist(),
                "centers": self._centers.tolist(),
                "scales": self._scales.tolist(),
                "coefficients": self._coefficients.tolist(),
            }
        ).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """The forecast whose file this is.

        Raises:
            ValueError: where it is none.
        """
        try:
            kept = json.loads(body)
            given = Linear.of(kept["given"])
            numbers = [kept[name] for name in ("means", "centers", "scales", "coefficients")]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no linear forecast: {error}") from None
        return cls(given, *numbers)


def _used(names: Sequence[str], given: Linear) -> list[int]:
    places = {name: n for n, name in enumerate(names)}
    return [places[name] for name in _of(given)]


def _of(given: Linear) -> list[str]:
    return list(
        dict.fromkeys([*given.features, *(name for pair in given.products for name in pair)])
    )


def _columns(matrix: Floats, names: Sequence[str], given: Linear, means: Floats) -> Floats:
    known = matrix[:, _used(names, given)]
    whole = np.where(np.isnan(known), means, known)
    at = {name: n for n, name in enumerate(_of(given))}
    columns = [whole[:, at[name]] for name in given.features]
    columns += [whole[:, at[a]] * whole[:, at[b]] for a, b in given.products]
    return np.column_stack(columns)
