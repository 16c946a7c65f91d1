"""What the trained systems are made of: features, parameters, seeds. Chosen on the walk-forward of 2022-23."""

from dataclasses import dataclass

from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM
from nba_assets.predictions.estimators import Parameters, Parts
from nba_assets.predictions.linear import Linear
from nba_assets.predictions.vectors import STACKED


@dataclass(frozen=True)
class Recipe:
    """How a trained system is made.

    Attributes:
        features: of the vector, in order.
        parts: what is fitted.
        needs: columns without which a row is neither learned from nor forecast.
        min_rows: player-games below which nothing is trained.
    """

    features: tuple[str, ...]
    parts: Parts
    needs: tuple[str, ...] = ()
    min_rows: int = 5000


# Of the store, what form and role beside it do not say. What a book told is not among it.
OF_THE_STORE = (
    "points_avg_season", "points_avg_last_10", "points_std_last_10", "points_ewma",
    "points_avg_prior_season", "avg_points_vs_opponent", "minutes_std_last_10", "minutes_change",
    "pct_free_throw", "expected_starter", "teammates_out_points", "days_since_last_game",
    "days_since_return", "rest_advantage", "home", "team_win_pct", "opponent_def_rating",
    "opponent_position_points_vs_league",
)  # fmt: skip
# Said by others of the vector: a chance of a share of starts, and whether the five has him.
_SAID_BY_OTHERS = {"starts_share_last_10", "start_chance"}
# Minutes times points per minute is the frame; what trees find beside it is small.
FRAME = Linear(
    features=(
        "expected_points", "points_by_minutes", "points_by_share", "role_points",
        "points_ewma", "points_ewma_3", "points_ewma_20", "points_avg_season",
        "role_minutes", "minutes_ewma_3", "minutes_ewma_8",
        "points_per_minute", "points_per_minute_change", "plays_per_minute",
        "points_share", "plays_share", "likely_team_minutes", "likely_team_points",
        "vacated_minutes", "vacated_points", "returning_minutes", "returning_points",
        "fga_ewma_8", "fta_ewma_8", "opponent_def_rating", "home", "days_since_last_game",
    ),
    products=(
        ("expected_points", "likely_team_minutes"),
        ("expected_points", "vacated_points"),
        ("expected_points", "returning_points"),
        ("expected_points", "opponent_def_rating"),
    ),
)  # fmt: skip

RECIPES = {
    "catboost": Recipe(
        features=(
            *OF_THE_STORE,
            *(f.name for f in (*SCORING_FORM, *ROLE_OUTLOOK) if f.name not in _SAID_BY_OTHERS),
        ),
        parts=Parts(
            boosted={
                "corrected": Parameters(iterations=150, depth=6, learning_rate=0.05),
                "plain": Parameters(iterations=280, depth=5, learning_rate=0.065),
            },
            minutes=Parameters(iterations=150, depth=5, learning_rate=0.08),
            linear=FRAME,
            correcting=("corrected",),
        ),
        needs=("expected_points",),
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
        needs=("line_points",),
        min_rows=1000,
    ),
}
