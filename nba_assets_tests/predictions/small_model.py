"""A trained model of three features, small enough for a test, and the card of its version."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pyarrow as pa

from nba_assets.precompute.features import VERSION
from nba_assets.predictions.estimators import Parameters, Parts, PointsModel, algorithm
from nba_assets.predictions.linear import Linear
from nba_assets.predictions.registry import ModelCard, digests_of, golden_of
from nba_assets.predictions.vectors import contract_hash, vectors

NAMES = ("points_ewma", "minutes_avg_last_10", "home")
SMALL = Parameters(iterations=20, depth=3, learning_rate=0.2, rsm=1.0)
PARTS = Parts(
    boosted={"corrected": SMALL, "plain": SMALL},
    minutes=SMALL,
    linear=Linear(("points_ewma", "minutes_avg_last_10"), (("points_ewma", "home"),)),
    correcting=("corrected",),
)


def rows(count: int = 600) -> pa.Table:
    chance = np.random.default_rng(9)
    return pa.table(
        {
            "points_ewma": chance.uniform(4, 28, count),
            "minutes_avg_last_10": chance.uniform(10, 36, count),
            "home": chance.integers(0, 2, count).astype(float),
        }
    )


def fitted(parts: Parts = PARTS) -> PointsModel:
    table = rows()
    matrix = vectors(table, NAMES)
    chance = np.random.default_rng(10)
    points = matrix[:, 0] + chance.normal(0, 3, len(matrix))
    return PointsModel.fit(matrix, NAMES, points, matrix[:, 1], np.full(len(matrix), True), parts)


def card_of(model: PointsModel, files: Mapping[str, bytes]) -> ModelCard:
    return ModelCard(
        system_id="catboost",
        cutoff="lock",
        week="2023-11-13",
        algorithm=algorithm(),
        parameters=asdict(PARTS),
        seed=PARTS.seed,
        feature_version=VERSION,
        feature_names=NAMES,
        feature_contract_hash=contract_hash(NAMES),
        trained_from="2022-10-18",
        trained_through="2023-11-12",
        training_rows=600,
        snapshot_digest="s",
        code_version="c",
        file_digests=digests_of(files),
        golden=golden_of(rows(), NAMES, model, "A, 20231112_BOS_NYK"),
    )
