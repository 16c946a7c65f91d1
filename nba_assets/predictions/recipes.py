"""What the trained systems are made of: features, parameters, seeds. Chosen on the walk-forward of 2022-23."""

from dataclasses import dataclass

from nba_assets.precompute.features import ADDED, FEATURES
from nba_assets.predictions.estimators import Parameters, Parts
from nba_assets.predictions.vectors import LINE_BLOCK, STACKED


@dataclass(frozen=True)
class Recipe:
    """How a trained system is made.

    Attributes:
        features: of the vector, in order.
        parts: what is fitted.
        needs_line: only rows with a line are learned from and forecast.
        min_rows: player-games below which nothing is trained.
    """

    features: tuple[str, ...]
    parts: Parts
    needs_line: bool = False
    min_rows: int = 5000


RECIPES = {
    "catboost": Recipe(
        features=tuple(f.name for f in (*FEATURES, *ADDED) if f.name not in LINE_BLOCK),
        parts=Parts(
            boosted={"plain": Parameters(iterations=280, depth=5, learning_rate=0.065)},
            minutes=Parameters(iterations=150, depth=5, learning_rate=0.08),
        ),
    ),
    # A thousand rows can correct the mean of line and model; they cannot teach the game anew.
    "catboost_with_line": Recipe(
        features=(
            "line_points",
            "line_move",
            STACKED.name,
            "projected_minutes",
            "points_std_last_10",
        ),
        parts=Parts(
            boosted={
                "corrected": Parameters(
                    iterations=60, depth=2, learning_rate=0.05, l2_leaf_reg=50, rsm=1.0
                )
            },
            anchors=("line_points", STACKED.name),
        ),
        needs_line=True,
        min_rows=1000,
    ),
}
