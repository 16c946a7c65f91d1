"""Contracts of what a week is begun with: models, ensemble weights, calibration and champions."""

from dataclasses import replace

from nba_assets.analytics.upcoming_tables import PLAYER_AT_A_CUTOFF
from nba_assets.predictions.tables import SYSTEM_ID
from nba_assets.raw.tables import GAME_DATE
from nba_assets.warehouse.table import QUALITY, Column, Table

_WEEK = "Only games before the week's Monday are in it."

MONDAY = replace(GAME_DATE, meaning="Monday of the week it serves, US/Eastern")

_MODEL_COLUMNS = (
    MONDAY,
    Column("model_id", "STRING", "system, cut-off, week and the start of card_digest"),
    SYSTEM_ID,
    PLAYER_AT_A_CUTOFF[3],
    Column("algorithm", "STRING", "library and version"),
    Column("parameters", "STRING", "JSON: everything given to the library, the seed too"),
    Column("feature_version", "STRING", "of the feature store"),
    Column("feature_names", "ARRAY<STRING>", "in the order of the vector"),
    Column("feature_contract_hash", "STRING", "SHA-256 of the contracts of these features"),
    Column("trained_from", "DATE", "first game date it has seen"),
    Column("trained_through", "DATE", "last game date it has seen, before the week"),
    Column("training_rows", "INT64", "player-games"),
    Column("lined_rows", "INT64", "of these, with a line"),
    Column("snapshot_digest", "STRING", "SHA-256 of the digests of all partitions it has seen"),
    Column("code_version", "STRING", "SHA-256 of the code that trains and reads it"),
    Column("file_digest", "STRING", "SHA-256 of the digests of the model's files"),
    Column("card_digest", "STRING", "SHA-256 of all that is kept of it, its files through theirs"),
    Column("test_rows", "INT64", "target rows of the last 4 weeks, kept from a twin"),
    Column("test_mae", "FLOAT64", "points, of the twin on them", "too few rows"),
    Column("test_ewma_mae", "FLOAT64", "points, of ewma on them", "too few rows"),
    Column("test_r2", "FLOAT64", "share of the variance, of the twin on them", "too few rows"),
    Column("test_lined_rows", "INT64", "of these, with a line"),
    Column("test_lined_mae", "FLOAT64", "points, of the twin", "too few lined rows"),
    Column("test_line_mae", "FLOAT64", "points, of the line on the same", "too few lined rows"),
    Column("history_gaps", "INT64", "dates of its span that should be published and are not"),
    *QUALITY,
)

MODELS = {
    system_id: Table(
        name=f"predictions.{system_id}_models",
        row=f"version of the model {what}: cut-off and week it is trained for",
        may_not_know=_WEEK,
        key=("model_id",),
        is_weekly=True,
        has_every_game=False,
        columns=_MODEL_COLUMNS,
    )
    for system_id, what in (
        ("catboost", "that sees no line"),
        ("catboost_with_line", "that sees the line and what the other forecast"),
    )
}

ENSEMBLE_WEIGHTS = Table(
    name="predictions.ensemble_weights",
    row="system and cut-off: its share of `ensemble` in the week",
    may_not_know=_WEEK,
    key=("game_date", "system_id", "cutoff"),
    is_weekly=True,
    has_every_game=False,
    columns=(
        MONDAY,
        SYSTEM_ID,
        PLAYER_AT_A_CUTOFF[3],
        Column("weight", "FLOAT64", "share, before what a player's row lacks is divided anew"),
        Column("error_rows", "INT64", "errors of the last 60 days that it is of"),
        Column("mae", "FLOAT64", "points, over these", "no errors yet"),
        *QUALITY,
    ),
)

WEEKLY_CALIBRATION = Table(
    name="predictions.weekly_calibration",
    row="system, cut-off, bucket of forecasts and level: a quantile of past errors",
    may_not_know=_WEEK,
    key=("game_date", "system_id", "cutoff", "bucket", "level"),
    is_weekly=True,
    has_every_game=False,
    columns=(
        MONDAY,
        SYSTEM_ID,
        PLAYER_AT_A_CUTOFF[3],
        Column(
            "bucket",
            "STRING",
            "of the forecast: <8, 8-12, 12-16, 16-20, 20-25, 25+; limited for who is no is_rotation;"
            " minutes:<15, minutes:15-25, minutes:25+ of forecast minutes",
        ),
        Column("level", "INT64", "thousandths: the share of errors that are lower"),
        Column(
            "residual",
            "FLOAT64",
            "points, or minutes, actual - forecast, at the level; of points widened around the median"
            " by 1.02",
        ),
        Column("error_rows", "INT64", "past errors that the bucket's quantiles are of"),
        Column(
            "residual_source",
            "STRING",
            "walk_forward: errors of published forecasts; out_of_time: of the model's twin",
        ),
        *QUALITY,
    ),
)

WEEKLY_CHAMPIONS = Table(
    name="predictions.weekly_champions",
    row="system and cut-off: how it did before the week, and whether picks are made from it",
    may_not_know=_WEEK,
    key=("game_date", "system_id", "cutoff"),
    is_weekly=True,
    has_every_game=False,
    columns=(
        MONDAY,
        SYSTEM_ID,
        PLAYER_AT_A_CUTOFF[3],
        Column("target_rows", "INT64", "target rows with a forecast of it and of ewma"),
        Column("mae", "FLOAT64", "points, on them", "none yet"),
        Column("ewma_mae", "FLOAT64", "points, of ewma on the same", "none yet"),
        Column("gap", "FLOAT64", "points, ewma_mae - mae: positive is better", "none yet"),
        Column(
            "gap_low", "FLOAT64", "lower end of its 95 % interval, by bootstrap of dates", "too few"
        ),
        Column("gap_high", "FLOAT64", "upper end", "too few"),
        Column("lined_rows", "INT64", "rows of it with a line, of players who played"),
        Column("lined_mae", "FLOAT64", "points, on them", "fewer than 500"),
        Column("brier", "FLOAT64", "of its chance of more than the line", "fewer than 500"),
        Column("market_brier", "FLOAT64", "of the market's, on the same rows", "fewer than 500"),
        Column("is_champion", "BOOL", "picks of the week are made from it"),
        Column("why", "STRING", "why it is, or is not"),
        *QUALITY,
    ),
)

WEEKLY_TABLES = (*MODELS.values(), ENSEMBLE_WEIGHTS, WEEKLY_CALIBRATION, WEEKLY_CHAMPIONS)
