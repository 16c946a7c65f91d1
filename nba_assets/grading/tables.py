"""Contracts of the grading: what each prediction came to, and what the systems are worth."""

from nba_assets.analytics.upcoming_tables import PLAYER_AT_A_CUTOFF
from nba_assets.predictions.tables import (
    IS_ROTATION,
    KIND,
    MODEL_ID,
    PLAYER_PREDICTIONS,
    SYSTEM_ID,
    THRESHOLDS,
)
from nba_assets.raw.tables import GAME_DATE, NBA_GAME_ID, SEASON_TYPE, SEASON_YEAR, TEAM
from nba_assets.warehouse.table import QUALITY, Column, Table

_POST_GAME = "It is a post-game fact of its date; predictions never read it."
_VOID = "void, or not graded yet"
_NO_BET = "no bet, or not graded yet"
_PROBABILITIES = {f"p_over_{points}" for points in THRESHOLDS}

PREDICTION_ACCURACY = Table(
    name="grading.prediction_accuracy",
    row="published prediction: what it came to",
    may_not_know=_POST_GAME,
    key=("game_id", "player_id", "system_id", "cutoff", "kind"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SYSTEM_ID,
        KIND,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        Column("is_home", "BOOL", "the home side"),
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column("is_back_to_back", "BOOL", "he played yesterday", "no context of his is published"),
        Column(
            "is_active_row",
            "BOOL",
            "the row that counts: lock where it was published before tip, else morning; where neither"
            " was, lock. None that was cut off or said after the tip that the game turned out to have",
        ),
        Column("is_pick", "BOOL", "a bet of the champion was made on it"),
        IS_ROTATION,
        Column("is_target", "BOOL", "played, regular season and is_rotation"),
        Column("outcome", "STRING", "win, loss, push, void, no_pick or pending"),
        Column(
            "outcome_reason",
            "STRING",
            "of a void: injury_known, late_scratch, coach_decision, not_listed, game_postponed or"
            " game_cancelled; of pending: not_final, not_scheduled, no_box_score or no_play_status",
            "graded by points",
        ),
        Column("recommendation", "STRING", "OVER, UNDER, PASS or NO_LINE"),
        Column("predicted_points", "FLOAT64", "points, the median"),
        Column("mean_points", "FLOAT64", "points, the mean", "the system had no past errors"),
        Column("actual_points", "INT64", "points, of the newest box score", _VOID),
        Column("minutes", "FLOAT64", "minutes on court", _VOID),
        Column("error", "FLOAT64", "points, predicted - actual", _VOID),
        Column("abs_error", "FLOAT64", "points, size of the error", _VOID),
        Column("within_3", "BOOL", "abs_error is 3 or less", _VOID),
        Column("within_5", "BOOL", "abs_error is 5 or less", _VOID),
        Column("in_80", "BOOL", "within the 80 % interval", f"{_VOID}, or no distribution"),
        Column("in_50", "BOOL", "within the 50 % interval", f"{_VOID}, or no distribution"),
        *(c for c in PLAYER_PREDICTIONS.columns if c.name in _PROBABILITIES),
        Column("line", "FLOAT64", "points", "no line"),
        Column("line_abs_error", "FLOAT64", "points, size of line - actual", f"no line, {_VOID}"),
        Column(
            "p_over", "FLOAT64", "probability of more than the line", "no line, or no distribution"
        ),
        Column("p_push", "FLOAT64", "probability of the line", "no line, or no distribution"),
        Column("no_vig_over", "FLOAT64", "market's probability of more", "no line"),
        Column("confidence", "FLOAT64", "of the better side", "no line, or no distribution"),
        Column("edge", "FLOAT64", "points, predicted - line", "no line"),
        Column("price_decimal", "FLOAT64", "decimal price of the side", "no bet"),
        Column("profit_units", "FLOAT64", "units: price - 1, -1, or 0", _NO_BET),
        Column(
            "closing_line",
            "FLOAT64",
            "points: consensus of captures in the 30 minutes before tip, later than the one used",
            "no line, or no such capture: after a lock live sources are not asked for any",
        ),
        Column(
            "clv",
            "FLOAT64",
            "points: closing - line of an OVER, line - closing of an UNDER",
            "no bet, or no closing line",
        ),
        Column(
            "brier",
            "FLOAT64",
            "(p_over / (1 - p_push) - result)^2",
            "push, void, no line, or no distribution",
        ),
        Column(
            "log_loss",
            "FLOAT64",
            "nats, of the same probability, kept a millionth from 0 and 1",
            "push, void, no line, or no distribution",
        ),
        Column(
            "market_brier",
            "FLOAT64",
            "of no_vig_over, on the same result",
            "push, void, or no line",
        ),
        Column("market_log_loss", "FLOAT64", "nats, of no_vig_over", "push, void, or no line"),
        Column("graded_version", "INT64", "1, and one more for each restated result"),
        MODEL_ID,
        *QUALITY,
    ),
)

_NONE = "none graded"
_RATES = (
    Column("predictions", "INT64", "rows graded or void"),
    Column("graded", "INT64", "rows whose player played"),
    Column("voids", "INT64", "rows whose player did not"),
    Column("picks", "INT64", "bets, issued or not: OVER and UNDER of rows graded or void"),
    Column("wins", "INT64", "bets won"),
    Column("losses", "INT64", "bets lost"),
    Column("pushes", "INT64", "bets returned: the result was the line"),
    Column("hit_rate", "FLOAT64", "wins / (wins + losses), a fraction", "no bet was decided"),
    Column("mae", "FLOAT64", "points", _NONE),
    Column("rmse", "FLOAT64", "points", _NONE),
    Column(
        "r2",
        "FLOAT64",
        "share of the variance of the points that predicted_points explain; below 0 where their"
        " mean says more",
        "none graded, or all of the same points",
    ),
    Column(
        "bias",
        "FLOAT64",
        "points, mean of mean_points - actual; of predicted_points where there is no mean",
        _NONE,
    ),
    Column("within_3", "FLOAT64", "fraction", _NONE),
    Column("within_5", "FLOAT64", "fraction", _NONE),
    Column(
        "coverage_80", "FLOAT64", "fraction of results within the 80 % interval", "no distribution"
    ),
    Column(
        "coverage_50", "FLOAT64", "fraction of results within the 50 % interval", "no distribution"
    ),
    Column(
        "calibration_error",
        "FLOAT64",
        "expected calibration error of P(points > t), ten equal bins of probability; the mean over"
        " t = 5, 10, 15, 20, 25",
        "no distribution, or the slice of a player",
    ),
    Column("lined", "INT64", "graded rows with a line"),
    Column("lined_mae", "FLOAT64", "points, on rows with a line", "no line"),
    Column("line_mae", "FLOAT64", "points, of the line on the same rows", "no line"),
    Column(
        "mae_gap",
        "FLOAT64",
        "points, line_mae - lined_mae: positive is better than the line",
        "no line",
    ),
    Column("brier", "FLOAT64", "mean", "no line, or no distribution"),
    Column(
        "market_brier",
        "FLOAT64",
        "mean, of the market's probability on the same rows",
        "no line, or no distribution",
    ),
    Column("log_loss", "FLOAT64", "nats, mean", "no line, or no distribution"),
    Column(
        "market_log_loss",
        "FLOAT64",
        "nats, mean, of the market's probability",
        "no line, or no distribution",
    ),
    Column("profit_units", "FLOAT64", "units won at recorded prices"),
    Column("roi", "FLOAT64", "profit_units / bets decided or returned, a fraction", "no bet"),
    Column("clv", "FLOAT64", "points, mean", "no bet with a closing line"),
)

SYSTEM_DAILY_PERFORMANCE = Table(
    name="grading.system_daily_performance",
    row="system and date, per cut-off and kind: what its predictions came to",
    may_not_know=_POST_GAME,
    key=("game_date", "system_id", "cutoff", "kind"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        SYSTEM_ID,
        Column("cutoff", "STRING", "morning, lock, or active: of each game the row that counts"),
        KIND,
        *_RATES,
        Column("over_picks", "INT64", "bets on more"),
        Column("over_wins", "INT64", "of these, won"),
        Column("under_picks", "INT64", "bets on less"),
        Column("under_wins", "INT64", "of these, won"),
        Column("passes", "INT64", "rows with a line and without a bet, graded or void"),
        Column("mean_confidence", "FLOAT64", "mean of the bets", "no bet"),
        Column("confident_picks", "INT64", "bets of 0.60 confidence or more"),
        Column("confident_wins", "INT64", "of these, won"),
        Column("confident_losses", "INT64", "of these, lost"),
        Column("pending", "INT64", "rows that wait for a result"),
        *QUALITY,
    ),
)

_NO_INTERVAL = "fewer than 30 rows with a line or 5 dates with them, or a slice other than all, target and line"

PERFORMANCE_SUMMARY = Table(
    name="grading.performance_summary",
    row="system, cut-off, kind, window that ends with the date, and slice: rates with their intervals",
    may_not_know=_POST_GAME,
    key=("game_date", "system_id", "cutoff", "kind", "window", "slice"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        SYSTEM_ID,
        Column("cutoff", "STRING", "morning, lock, or active: of each game the row that counts"),
        KIND,
        Column("window", "STRING", "7_days, 30_days, month or season, up to the date"),
        Column(
            "slice",
            "STRING",
            "all, target, picks (bets that were issued), side:OVER, side:UNDER, line:<8 … line:25+,"
            " forecast:<8 … forecast:25+ by predicted_points, venue:home, venue:away,"
            " rest:back_to_back, rest:rested, edge:<1.5 … edge:5+ by its size, confidence:1 (0.50 to"
            " 0.55) … confidence:10 (0.95 to 1); of the active rows of a season, player:<id> with 20"
            " graded ones",
        ),
        *_RATES,
        Column(
            "days",
            "INT64",
            "from the first graded date to the window's last date, both counted",
            _NONE,
        ),
        Column(
            "hit_rate_low", "FLOAT64", "lower end of Wilson's 95 % interval", "no bet was decided"
        ),
        Column("hit_rate_high", "FLOAT64", "upper end", "no bet was decided"),
        Column(
            "mae_gap_low",
            "FLOAT64",
            "lower end of its paired 95 % interval, by bootstrap of dates",
            _NO_INTERVAL,
        ),
        Column("mae_gap_high", "FLOAT64", "upper end", _NO_INTERVAL),
        Column(
            "break_even",
            "FLOAT64",
            "hit rate at which the recorded prices win nothing: 1 / mean price of the bets decided",
            "no bet was decided",
        ),
        Column(
            "verdict",
            "STRING",
            "above, below or not_distinguishable from break-even, by the interval; no_bets",
        ),
        *QUALITY,
    ),
)

RELIABILITY = Table(
    name="grading.reliability",
    row="system, cut-off, kind, window that ends with the date, threshold and bin of probability: how"
    " often what was given such a chance happened",
    may_not_know=_POST_GAME,
    key=("game_date", "system_id", "cutoff", "kind", "window", "threshold", "bin"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        SYSTEM_ID,
        Column("cutoff", "STRING", "morning, lock, or active: of each game the row that counts"),
        KIND,
        Column("window", "STRING", "30_days or season, up to the date"),
        Column(
            "threshold",
            "STRING",
            f"what is exceeded: {', '.join(map(str, THRESHOLDS))} points, or line: given that it is"
            " not hit",
        ),
        Column(
            "bin", "INT64", "of the probability: 1 (0 to 0.1) … 10 (0.9 to 1); none without rows"
        ),
        Column("graded", "INT64", "rows whose player played; of the line, pushes are none"),
        Column("mean_probability", "FLOAT64", "mean of their probabilities"),
        Column("happened", "INT64", "of these, how often it happened"),
        Column("share", "FLOAT64", "happened / graded"),
        Column("share_low", "FLOAT64", "lower end of Wilson's 95 % interval of the share"),
        Column("share_high", "FLOAT64", "upper end"),
        *QUALITY,
    ),
)

TABLES = (PREDICTION_ACCURACY, SYSTEM_DAILY_PERFORMANCE, PERFORMANCE_SUMMARY, RELIABILITY)
