"""The one feature function: feature rows → the matrix that a model is trained on and served with."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nba_assets.precompute.features import ADDED, CUT, FEATURES, VERSION, Feature
from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM

Matrix = npt.NDArray[np.float64]

# What one model says of a row is a feature of the next.
STACKED = Feature(
    "catboost_points",
    "points",
    "predictions.catboost.forecast_points",
    "the week's model",
    CUT,
)
CONTRACTS: dict[str, Feature] = {
    feature.name: feature for feature in (*FEATURES, *ADDED, *SCORING_FORM, *ROLE_OUTLOOK, STACKED)
}
# What a book told, and what follows from it: a model that sees no line sees none of these.
LINE_BLOCK = frozenset(feature.name for feature in FEATURES if feature.block == "lines") | {
    "has_line",
    "team_implied_points",
    "blowout_risk",
}


class FeatureMismatchError(ValueError):
    """Rows do not hold the features that a model was trained on; the message names them."""


def vectors(rows: pa.Table, names: Sequence[str]) -> Matrix:
    """Rows by features as doubles, in the order of the names; NULL is NaN.

    Training and serving both call this, on rows as `feature_rows` reads them, so that a served vector
    is the training row bit for bit.

    Args:
        rows: of `feature_rows`.
        names: features that the rows hold.

    Raises:
        FeatureMismatchError: where the rows lack a feature, or hold it as another type than FLOAT64.
    """
    wrong = [
        f"{name} is {rows[name].type if name in rows.column_names else 'not there'}"
        for name in names
        if name not in rows.column_names or rows[name].type != pa.float64()
    ]
    if wrong:
        raise FeatureMismatchError(
            f"features are not as the model knows them: {', '.join(wrong)}; materialize"
            " the tables of precompute again that hold them, or train a model on what they hold now"
        )
    columns = [rows[name].to_numpy(zero_copy_only=False) for name in names]
    return np.column_stack(columns) if columns else np.empty((rows.num_rows, 0))


def contract_hash(names: Sequence[str]) -> str:
    """SHA-256 over version, order and contracts of features: another definition is another hash."""
    contracts = [asdict(CONTRACTS[name]) for name in names]
    return hashlib.sha256(json.dumps([VERSION, contracts]).encode()).hexdigest()
