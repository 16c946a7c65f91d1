"""Contracts of a date's predictions: who is predicted, what each system says of him, how sure, and what is bet."""

from dataclasses import replace

from nba_assets.analytics.upcoming_tables import PLAYER_AT_A_CUTOFF, PREGAME_QUALITY
from nba_assets.raw.tables import (
    IS_HOME,
    NBA_GAME_ID,
    OPPONENT,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM,
)
from nba_assets.warehouse.table import QUALITY, Column, Table

LINE, EWMA = "line", "ewma"
# Against which every other is measured; they are what there was before, and nothing is bet on them.
BASELINES = (LINE, EWMA)
# Each is an asset of its own; the order is that of the tables shown.
MEMBERS = (
    LINE, EWMA, "moving_average", "zone_matchup", "similarity", "catboost",
    "catboost_with_line",
)  # fmt: skip
ENSEMBLES = ("ensemble_fixed", "ensemble")
SYSTEMS = (*MEMBERS, *ENSEMBLES)
# Systems that are trained; the others are formulas.
TRAINED = ("catboost", "catboost_with_line")

# Points whose probabilities are shown, and held to what happened.
THRESHOLDS = (5, 10, 15, 20, 25)
FORWARD, WALK_FORWARD = "forward", "walk_forward"
BETS = ("OVER", "UNDER")  # of the recommendations
# Why nothing is bet on a row that was said before tip and could not be made again.
WITHDRAWN = "withdrawn"

_CUT = (
    "Only games before the date, nothing observed after `cutoff_at` and no model that saw a game of"
    " its week is in it."
)
_POST_GAME = "It is a post-game fact of its date and never read for that date or its week."

SYSTEM_ID = Column("system_id", "STRING", f"one of {', '.join(SYSTEMS)}")
KIND = Column(
    "kind",
    "STRING",
    "forward: committed before the game's tip by the clock; walk_forward: made later, from what was"
    " known at cutoff_at and models of games before the week",
)
MODEL_ID = Column("model_id", "STRING", "version of the model it is from", "the system has none")
MODEL_AGE_WEEKS = Column(
    "model_age_weeks",
    "INT64",
    "weeks from the model's week to the date's; above 0 the newer ones were refused, or there were"
    " too few rows for them",
    "the system has none",
)
INPUT_DIGESTS = Column(
    "input_digests", "ARRAY<STRING>", "table/partition@digest of all that it is made of"
)
ABSENT_TERMS = Column(
    "absent_terms",
    "ARRAY<STRING>",
    "terms that were not known and added nothing; of a model, features whose mean stood in",
)
IS_ROTATION = Column(
    "is_rotation",
    "BOOL",
    "5 games or more this season and 10 minutes or more over his last 10, before the date",
)

PREDICTED_PLAYERS = Table(
    name="predictions.predicted_players",
    row="player of a team of the slate, and cut-off: whether he is predicted, and why not",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        IS_HOME,
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column(
            "status",
            "STRING",
            "available, probable, questionable, doubtful or out",
            "neither line-up nor injury report speaks of his team",
        ),
        Column(
            "games_before",
            "INT64",
            "games before the date that count: of this season, in bootstrap of the last one too",
        ),
        Column("is_predicted", "BOOL", "every system that knows enough of him predicts him"),
        Column(
            "skip_reason",
            "STRING",
            "out, team_held, no_features, low_quality or few_games: the first that holds",
            "he is predicted",
        ),
        Column(
            "is_few_minutes",
            "BOOL",
            "fewer than 15 projected minutes, or none known, and no line: nothing is bet on him",
        ),
        IS_ROTATION,
        Column("projected_minutes", "FLOAT64", "minutes", "not known"),
        *PREGAME_QUALITY,
    ),
)

_TERMS = tuple(
    Column(f"{name}_points", "FLOAT64", meaning, null)
    for name, meaning, null in (
        ("form", "points of his form, before adjustments", "the system is no sum of terms"),
        ("venue", "points added for the venue", "the system has no such term"),
        ("fatigue", "points added for fatigue, 0 or less", "no such term, or not known"),
        ("zone", "points added for where he shoots from", "no such term, or not known"),
        ("pace", "points added for the expected pace", "no such term, or not known"),
        ("usage", "points added for a changed usage", "no such term, or not known"),
    )
)

FORECAST_COLUMNS = (
    *PLAYER_AT_A_CUTOFF,
    SYSTEM_ID,
    Column("forecast_points", "FLOAT64", "points, the middle of what he may score, 0 to 60"),
    Column("is_out_of_range", "BOOL", "it was cut to 0 or to 60"),
    Column("forecast_minutes", "FLOAT64", "minutes, were he to play", "the system knows none"),
    *_TERMS,
    Column("games_used", "INT64", "games that the form is of", "the system counts none"),
    ABSENT_TERMS,
    MODEL_ID,
    MODEL_AGE_WEEKS,
    Column("feature_hash", "STRING", "of the vector in the feature store that it was made from"),
    INPUT_DIGESTS,
    *PREGAME_QUALITY,
)


def _forecasts(system_id: str, how: str) -> Table:
    return Table(
        name=f"predictions.{system_id}",
        row=f"player who is predicted, and cut-off: {how}",
        may_not_know=_CUT,
        key=("game_id", "player_id", "cutoff"),
        has_every_game=False,
        columns=FORECAST_COLUMNS,
    )


FORECASTS = {
    system_id: _forecasts(system_id, how)
    for system_id, how in {
        "line": "the line itself, against which the others are measured",
        "ewma": "his points, exponentially weighted with a half-life of 8 games",
        "moving_average": "0.5 last 5 + 0.3 last 10 + 0.2 season, adjusted",
        "zone_matchup": "his season, adjusted by what the opponent allows where he shoots from",
        "similarity": "his points in the most similar of his games of the last 90 days",
        "catboost": "the trained model that sees no line",
        "catboost_with_line": "the trained model that sees the line",
        "ensemble_fixed": "the mean of systems with fixed weights",
        "ensemble": "the mean of systems with weights of past weeks",
    }.items()
}

SYSTEM_POINT_FORECASTS = Table(
    name="predictions.system_point_forecasts",
    row="system, player who is predicted, and cut-off: what each member of the ensembles forecasts",
    may_not_know=_CUT,
    key=("game_id", "player_id", "system_id", "cutoff"),
    has_every_game=False,
    columns=FORECAST_COLUMNS,
)

FORECAST_ERRORS = Table(
    name="predictions.forecast_errors",
    row="system, player who was predicted and listed in the finished game, and cut-off",
    may_not_know=_POST_GAME,
    key=("game_id", "player_id", "system_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SYSTEM_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        Column("forecast_points", "FLOAT64", "points"),
        Column("forecast_minutes", "FLOAT64", "minutes", "the system knows none"),
        Column("actual_points", "INT64", "points", "he did not play"),
        Column("actual_minutes", "FLOAT64", "minutes", "he did not play"),
        Column("played", "BOOL", "entered the game"),
        Column("error", "FLOAT64", "points, forecast - actual", "he did not play"),
        IS_ROTATION,
        Column(
            "is_target",
            "BOOL",
            "he played, in a game of the regular season, and is_rotation: what targets are told of",
        ),
        MODEL_ID,
        *QUALITY,
    ),
)

PREDICTION_KEY = ("game_id", "player_id", "system_id", "cutoff")

PLAYER_PREDICTIONS = Table(
    name="predictions.player_predictions",
    row="system, player and game, and cut-off: a distribution of points and what it says of the line",
    may_not_know=_CUT,
    key=PREDICTION_KEY,
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SYSTEM_ID,
        KIND,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        IS_HOME,
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column("status", "STRING", "as of the cut-off", "nothing speaks of his team"),
        Column("tip_at", "TIMESTAMP", "scheduled tip as the slate knew it, UTC"),
        Column(
            "predicted_points",
            "FLOAT64",
            "points, the median; of line and ewma their own value",
        ),
        Column("mean_points", "FLOAT64", "points, the mean", "the system has no past errors yet"),
        *(
            Column(
                f"p{q}", "FLOAT64", f"points, {q} % quantile", "the system has no past errors yet"
            )
            for q in (10, 25, 50, 75, 90)
        ),
        *(
            Column(name, "INT64", meaning, "the system has no past errors yet")
            for share in (50, 80)
            for name, meaning in (
                (
                    f"low_{share}",
                    f"points, lowest within the {share} % interval by mid-probability",
                ),
                (f"high_{share}", f"points, highest within the {share} % interval"),
            )
        ),
        *(
            Column(
                f"p_over_{points}",
                "FLOAT64",
                f"probability of more than {points} points",
                "the system has no past errors yet",
            )
            for points in THRESHOLDS
        ),
        Column("sd", "FLOAT64", "points, deviation", "the system has no past errors yet"),
        Column("predicted_minutes", "FLOAT64", "minutes, were he to play", "no model knows them"),
        Column("minutes_p10", "FLOAT64", "minutes, 10 % quantile", "no model, or no past errors"),
        Column("minutes_p90", "FLOAT64", "minutes, 90 % quantile", "no model, or no past errors"),
        Column(
            "p_over", "FLOAT64", "probability of more than the line", "no line, or no past errors"
        ),
        Column(
            "p_push",
            "FLOAT64",
            "probability of the line; 0 of a half",
            "no line, or no past errors",
        ),
        Column(
            "p_under", "FLOAT64", "probability of less than the line", "no line, or no past errors"
        ),
        Column(
            "confidence",
            "FLOAT64",
            "probability of the better side, given no push, capped by the tier",
            "no line, or no past errors",
        ),
        Column("recommendation", "STRING", "OVER, UNDER, PASS or NO_LINE"),
        Column("pass_reason", "STRING", "the first rule that says PASS", "it is no PASS"),
        Column("line", "FLOAT64", "points, as in analytics.player_line_consensus", "no line"),
        Column("line_observed_at", "TIMESTAMP", "capture of it and its prices, UTC", "no line"),
        Column("over_decimal", "FLOAT64", "best decimal price of more", "no line"),
        Column("over_book", "STRING", "book of that price", "no line"),
        Column("under_decimal", "FLOAT64", "best decimal price of less", "no line"),
        Column("under_book", "STRING", "book of that price", "no line"),
        Column(
            "no_vig_over", "FLOAT64", "market's probability of more, its margin removed", "no line"
        ),
        Column("edge", "FLOAT64", "points, predicted_points - line", "no line"),
        Column(
            "expected_value",
            "FLOAT64",
            "units won per unit at the better side's price",
            "no line, or no past errors",
        ),
        Column(
            "kelly_fraction",
            "FLOAT64",
            "quarter-Kelly share of a bankroll, at most 0.05; for information",
            "no line, or no past errors",
        ),
        Column("is_few_minutes", "BOOL", "as in predictions.predicted_players"),
        IS_ROTATION,
        *_TERMS,
        ABSENT_TERMS,
        Column("contributing_systems", "ARRAY<STRING>", "members of an ensemble; empty of others"),
        Column("agreement", "FLOAT64", "points, deviation across the members", "no ensemble"),
        MODEL_ID,
        MODEL_AGE_WEEKS,
        Column(
            "feature_hash", "STRING", "of the vector in the feature store that it was made from"
        ),
        Column("predicted_at", "TIMESTAMP", "instant of which it knows, UTC: its cut-off"),
        Column(
            "revision",
            "INT64",
            "versions said before this one, before tip",
            "it was made after tip",
        ),
        Column(
            "issued_at",
            "TIMESTAMP",
            "when this version was first committed, by the clock, UTC",
            "it was made after tip",
        ),
        INPUT_DIGESTS,
        *PREGAME_QUALITY,
    ),
)

PREDICTION_REVISIONS = Table(
    name="predictions.prediction_revisions",
    row="version of a prediction that was said before tip; what replaced it has the next number",
    may_not_know=_CUT,
    key=(*PREDICTION_KEY, "revision"),
    has_every_game=False,
    # What was said before tip has a number and an instant.
    columns=tuple(
        replace(c, null_means=None) if c.name in ("revision", "issued_at") else c
        for c in PLAYER_PREDICTIONS.columns
    ),
)

PREDICTION_SKIPS = Table(
    name="predictions.prediction_skips",
    row="player of the slate, cut-off and system that does not predict him, with the reason",
    may_not_know=_CUT,
    key=PREDICTION_KEY,
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        Column("system_id", "STRING", "the system; `all` where none predicts him"),
        TEAM,
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column(
            "skip_reason",
            "STRING",
            "out, team_held, no_features, low_quality, few_games, no_model, not_published (the date of"
            " the system is held, by a model that was refused or by a gate: its run says why) or"
            " no_value",
        ),
        *PREGAME_QUALITY,
    ),
)

PICKS = Table(
    name="predictions.picks",
    row="player and game with a bet, by the champion's active row",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff", "kind"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        KIND,
        SYSTEM_ID,
        NBA_GAME_ID,
        TEAM,
        OPPONENT,
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column("side", "STRING", "OVER or UNDER"),
        Column("line", "FLOAT64", "points"),
        Column("book", "STRING", "whose price it is"),
        Column("price_decimal", "FLOAT64", "decimal"),
        Column("stake_units", "FLOAT64", "1"),
        Column("kelly_fraction", "FLOAT64", "quarter-Kelly share of a bankroll; for information"),
        Column("predicted_points", "FLOAT64", "points, the median"),
        Column(
            "confidence", "FLOAT64", "probability of the side, given no push, capped by the tier"
        ),
        Column("edge", "FLOAT64", "points, predicted_points - line"),
        Column("expected_value", "FLOAT64", "units won per unit"),
        Column(
            "pick_rank",
            "INT64",
            "1 is the highest expected value of the date; behind bets that stood before",
        ),
        MODEL_ID,
        *PREGAME_QUALITY,
    ),
)

TABLES = (
    PREDICTED_PLAYERS,
    *FORECASTS.values(),
    SYSTEM_POINT_FORECASTS,
    FORECAST_ERRORS,
    PLAYER_PREDICTIONS,
    PREDICTION_REVISIONS,
    PREDICTION_SKIPS,
    PICKS,
)
