"""When grades are wrong, or too good to be true: pure, from rows to offenders. No Dagster, no warehouse."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons, outside
from nba_assets.grading.measures import BINS
from nba_assets.grading.outcomes import (
    LOSS,
    NO_PICK,
    NO_PLAY_STATUS,
    OVER,
    PENDING,
    PENDING_REASONS,
    PUSH,
    VOID,
    VOID_REASONS,
    WIN,
    final_games,
)
from nba_assets.grading.slices import ALL, TARGET
from nba_assets.predictions.leaks import (
    DOUBTFUL_LINED_MAE,
    DOUBTFUL_MAE,
    MAX_HIT_RATE,
    MAX_LOWER_BOUND,
    MAX_R2,
    MIN_LEAK_BETS,
    MIN_LEAK_DAYS,
    MIN_LEAK_ROWS,
    MIN_LINED_MAE,
    MIN_MAE,
)
from nba_assets.predictions.tables import BETS

KEY = ["game_date", "game_id", "player_id", "system_id", "cutoff", "kind"]
_SLICES_OF_BETS = (ALL, "side:", "edge:")
# Slices that hold every row once, and of what.
_FAMILIES = (
    ("side:", "picks"), ("venue:", "predictions"), ("forecast:", "predictions"), ("line:", "lined"),
)  # fmt: skip
_FRACTION = (0.0, 1.0)
_LONGEST_GAME = 78.0  # minutes, of six overtimes: 6 January 1951
_TOLERANCE = 1e-9  # points, of a difference of two floats
POSSIBLE_GRADES: Mapping[str, tuple[float, float]] = {
    "actual_points": (0.0, 100.0), "minutes": (0.0, _LONGEST_GAME), "brier": _FRACTION,
    "market_brier": _FRACTION, "log_loss": (0.0, 14.0), "market_log_loss": (0.0, 14.0),
    "price_decimal": (1.0 + _TOLERANCE, 1000.0), "profit_units": (-1.0, 999.0),
    "graded_version": (1.0, 1000.0),
}  # fmt: skip


def unmatched_predictions(ledger: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """A prediction that is not graded, or is twice, makes every rate another one than it was."""
    counts = pd.concat(
        [frame.groupby(KEY, as_index=False).size() for frame in (predictions, ledger)],
        keys=["published", "graded"],
        names=["of", None],
    )
    both = counts.reset_index("of").pivot_table(
        index=KEY, columns="of", values="size", aggfunc="sum", fill_value=0
    )
    both = both.reindex(columns=["published", "graded"], fill_value=0).reset_index()
    off = both[both["published"] != both["graded"]]
    return off.assign(
        reason="one_row_per_key: "
        + off["player_id"] + " " + off["system_id"] + " " + off["cutoff"] + " " + off["kind"]
        + " is published " + off["published"].astype(str)
        + " and graded " + off["graded"].astype(str) + " times"
    )  # fmt: skip


def ungraded_games(ledger: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """A bet that waits for a result is neither won nor lost, and no rate shows it.

    Every game with pending rows is named. The date is held where its box score says what they came
    to: that is our own defect. A game without one, or a man of whom it says nothing, holds nothing:
    the others are graded.
    """
    pending = ledger[ledger["outcome"] == PENDING]
    could_be = pending["game_id"].isin(final_games(boxes))
    rows = pending.assign(
        blocks=could_be & (pending["outcome_reason"] != NO_PLAY_STATUS),
        why=pending["outcome_reason"].fillna("without a reason"),
    )
    games = rows.sort_values("why").groupby(["game_date", "game_id"], as_index=False)
    found = games.agg(
        rows=("player_id", "size"),
        why=("why", lambda reasons: ", ".join(reasons.unique())),
        blocks=("blocks", "any"),
    )
    return found.assign(
        reason="nothing_ungraded: "
        + found["game_id"] + ": " + found["rows"].astype(str) + " rows are pending: " + found["why"]
    )  # fmt: skip


def impossible_outcomes(ledger: pd.DataFrame) -> pd.DataFrame:
    """A loss booked as a win, or a void as a loss, is found in no sum and believed in every one."""
    reasons = outside(ledger, POSSIBLE_GRADES)
    for text, offends in _contradictions(ledger).items():
        add_reason(reasons, offends, ledger.loc[offends, "outcome"].astype(str) + " " + text)
    found = ledger[reasons != ""]
    who = found["player_id"] + " " + found["system_id"] + " " + found["cutoff"]
    return found.assign(reason=who + ": " + reasons[found.index])


def _contradictions(ledger: pd.DataFrame) -> dict[str, pd.Series]:
    """What cannot be true of a row at once, by the words for it."""
    outcome, side, why = ledger["outcome"], ledger["recommendation"], ledger["outcome_reason"]
    actual, line = ledger["actual_points"].astype(float), ledger["line"]
    is_bet, is_settled = side.isin(BETS), outcome.isin([WIN, LOSS, PUSH])
    played = is_settled | (outcome == NO_PICK)
    above = (actual - line) * np.where(side == OVER, 1.0, -1.0)
    owed = pd.Series(
        np.select([above > 0, above < 0, above == 0], [WIN, LOSS, PUSH], "none"), ledger.index
    )
    profit = ledger["profit_units"].astype(float)
    paid = (ledger["price_decimal"] - 1).where(outcome == WIN, 0.0).mask(outcome == LOSS, -1.0)
    is_paid = is_bet & (outcome != PENDING)
    known_reason = ((outcome == VOID) & why.isin(VOID_REASONS)) | (
        (outcome == PENDING) & why.isin(PENDING_REASONS)
    )
    apart = (ledger["predicted_points"] - actual - ledger["error"]).abs() > _TOLERANCE
    return {
        "is no outcome": ~outcome.isin([WIN, LOSS, PUSH, VOID, NO_PICK, PENDING]),
        "is no outcome of the points and the line": is_settled & (outcome != owed),
        "without a bet": is_settled & ~is_bet,
        "of a bet": (outcome == NO_PICK) & is_bet,
        "with points of nobody who played": actual.notna() & ~played,
        "without points": played & (actual.isna() | ledger["minutes"].isna()),
        "without a known reason": ~played & ~known_reason,
        "with a reason not to be graded": played & why.notna(),
        "has another error than predicted - actual": played
        & apart.where(ledger["error"].notna(), True),
        "pays what it does not": (is_paid & ~((profit - paid).abs() <= _TOLERANCE))
        | (~is_paid & profit.notna()),
    }


def miscounted_rates(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts that do not add up hold a row twice or none: the rates made of them are of nobody.

    Args:
        rows: of `grading.system_daily_performance` or `grading.performance_summary`.
    """
    settled = rows["wins"] + rows["losses"] + rows["pushes"]
    rules = {
        "graded and void rows are not its predictions": rows["graded"] + rows["voids"]
        != rows["predictions"],
        "more bets are settled than made": settled > rows["picks"],
        "more bets than predictions": rows["picks"] > rows["predictions"],
        "more settled bets than graded rows": settled > rows["graded"],
        "more lined rows than graded": rows["lined"] > rows["graded"],
        "a negative count": (rows[["predictions", "graded", "voids", "picks"]] < 0).any(axis=1),
    }
    if "over_picks" in rows:
        sides = rows["over_picks"] + rows["under_picks"] != rows["picks"]
        won = rows["over_wins"] + rows["under_wins"] != rows["wins"]
        rules["the sides are not the whole"] = sides | won
    reasons = no_reasons(rows)
    for text, offends in rules.items():
        add_reason(reasons, offends, text)
    found = rows[reasons != ""]
    return found.assign(reason="counts_add_up: " + _who(found) + ": " + reasons[found.index])


def slices_unlike_the_whole(summary: pd.DataFrame) -> pd.DataFrame:
    """A row in two slices of one kind is counted twice, a row in none is hidden.

    Of each window the sides hold all bets, the venues and the forecasts all predictions and the lines
    all lined rows.
    """
    found = miscounted_rates(summary)
    by = ["game_date", "system_id", "cutoff", "kind", "window"]
    whole = summary[summary["slice"] == ALL].set_index(by)
    parts = [found]
    for family, counted in _FAMILIES:
        own = summary[summary["slice"].str.startswith(family)]
        total = own.groupby(by)[counted].sum().reindex(whole.index, fill_value=0)
        off = whole[total != whole[counted]].reset_index()
        reason = f": {family} holds another number of {counted} than all"
        parts.append(off.assign(reason="counts_add_up: " + _who(off) + reason))
    return pd.concat([part for part in parts if len(part)] or [found], ignore_index=True)


def miscounted_days(performance: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """A row of the ledger that no cut-off counts, or that two do, is a rate of other rows.

    The counts of a row add up, and those of morning and lock are the rows of the ledger.
    """
    found = miscounted_rates(performance)
    by = ["game_date", "system_id", "kind"]
    own = performance[performance["cutoff"] != "active"]
    counted = (own["predictions"] + own["pending"]).groupby([own[name] for name in by]).sum()
    sizes = pd.DataFrame({"counted": counted, "rows": ledger.groupby(by).size()}).fillna(0)
    off = sizes[sizes["counted"] != sizes["rows"]].astype("int64").reset_index()
    off = off.assign(
        reason="counts_add_up: " + off["system_id"] + " " + off["kind"] + ": "
        + off["counted"].astype(str) + " of " + off["rows"].astype(str) + " rows of the ledger"
    )  # fmt: skip
    return pd.concat([part for part in (found, off) if len(part)] or [found], ignore_index=True)


def miscounted_bins(rows: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """A probability in no bin, or in two, makes a system look surer of itself than it was, or less.

    The bins of a threshold hold every row of the ledger with a probability of it and a result, each
    in its own bin, and no more happened than was judged.

    Args:
        rows: of `grading.reliability`.
        judged: by window and threshold, how many rows of the ledger there are to judge.
    """
    ends = rows["bin"] / BINS
    mean, share = rows["mean_probability"], rows["share"]
    reasons = no_reasons(rows)
    for text, offends in {
        "more happened than was judged": ~rows["happened"].between(0, rows["graded"]),
        "the mean of its probabilities is in another bin": (mean > ends + _TOLERANCE)
        | (mean < ends - 1 / BINS - _TOLERANCE),
        "the share is not within its interval": (share < rows["share_low"] - _TOLERANCE)
        | (share > rows["share_high"] + _TOLERANCE),
    }.items():
        add_reason(reasons, offends, text)
    own = rows[reasons != ""]
    where = own["threshold"] + " bin " + own["bin"].astype(str)
    own = own.assign(reason="counts_add_up: " + _who(own) + " " + where + ": " + reasons[own.index])
    by = ["game_date", "system_id", "cutoff", "kind", "window", "threshold"]
    sizes = pd.DataFrame(
        {"counted": rows.groupby(by)["graded"].sum(), "rows": judged.groupby(by)["rows"].sum()}
    ).fillna(0)
    off = sizes[sizes["counted"] != sizes["rows"]].astype("int64").reset_index()
    off = off.assign(
        reason="counts_add_up: " + _who(off) + " " + off["threshold"] + ": "
        + off["counted"].astype(str) + " of " + off["rows"].astype(str) + " rows of the ledger"
    )  # fmt: skip
    return pd.concat([part for part in (own, off) if len(part)] or [own], ignore_index=True)


def incredible_performances(summary: pd.DataFrame) -> pd.DataFrame:
    """Who reads a leak as skill bets on it: such rates were the predecessor's 84 %, and its end.

    A hit rate above 60 % over 300 bets or more whose interval begins above 55 %, of all, a side or a
    size of edge; a mean error below 4.2 points on target rows, or below 4.6 on lined ones, or an R²
    above 0.60 on target rows, over 2,000 rows and 4 weeks or more.
    """
    slices = summary["slice"]
    bets = summary["wins"] + summary["losses"]
    lucky = (
        slices.str.startswith(_SLICES_OF_BETS)
        & (bets >= MIN_LEAK_BETS)
        & (summary["hit_rate"] > MAX_HIT_RATE)
        & (summary["hit_rate_low"] > MAX_LOWER_BOUND)
    )
    known = _of_target_rows(summary) & (summary["r2"] > MAX_R2)
    reasons = no_reasons(summary)
    add_reason(reasons, lucky, _hit_rate(summary[lucky]))
    _add_small_errors(reasons, summary, MIN_MAE, MIN_LINED_MAE)
    add_reason(reasons, known, _explained(summary[known]))
    return _told(summary, reasons, "too_good_to_be_true: suspected leakage: ")


def doubtful_performances(summary: pd.DataFrame) -> pd.DataFrame:
    """Better than honest models came, and not impossible yet: the time to look for a leak is now.

    A mean error below 4.4 points on target rows, or below 4.8 on lined ones, over 2,000 rows and 4
    weeks or more.
    """
    reasons = no_reasons(summary)
    _add_small_errors(reasons, summary, DOUBTFUL_MAE, DOUBTFUL_LINED_MAE)
    return _told(summary, reasons, "nearly_too_good: look for a leak: ")


def _of_target_rows(summary: pd.DataFrame) -> pd.Series:
    """Which rows are of target rows, of enough of them and over long enough."""
    is_long = (summary["graded"] >= MIN_LEAK_ROWS) & (summary["days"] >= MIN_LEAK_DAYS)
    return is_long & (summary["slice"] == TARGET)


def _add_small_errors(
    reasons: pd.Series, summary: pd.DataFrame, least: float, least_lined: float
) -> None:
    """Tell of mean errors below these points, on target rows and on lined ones."""
    exact = _of_target_rows(summary) & (summary["mae"] < least)
    lined = (
        (summary["days"] >= MIN_LEAK_DAYS)
        & summary["slice"].isin([ALL, TARGET])
        & (summary["lined"] >= MIN_LEAK_ROWS)
        & (summary["lined_mae"] < least_lined)
    )
    add_reason(reasons, exact, _error(summary[exact], "mae", "graded", "target rows"))
    add_reason(reasons, lined, _error(summary[lined], "lined_mae", "lined", "lined rows"))


def _told(summary: pd.DataFrame, reasons: pd.Series, why: str) -> pd.DataFrame:
    found = summary[reasons != ""]
    return found.assign(reason=why + _who(found) + ": " + reasons[found.index])


def _hit_rate(rows: pd.DataFrame) -> pd.Series:
    low, high = _percent(rows["hit_rate_low"]), _percent(rows["hit_rate_high"])
    bets = (rows["wins"] + rows["losses"]).astype(str)
    rate = _percent(rows["hit_rate"])
    return "hit rate " + rate + " % of n=" + bets + " bets (95 % " + low + " to " + high + " %)"


def _error(rows: pd.DataFrame, mean: str, count: str, of: str) -> pd.Series:
    shown = rows[mean].map("{:.2f}".format).astype(object)
    return "mean error of " + shown + " points over " + rows[count].astype(str) + f" {of}"


def _explained(rows: pd.DataFrame) -> pd.Series:
    shown = rows["r2"].map("{:.2f}".format).astype(object)
    return "R² of " + shown + " over " + rows["graded"].astype(str) + " target rows"


def _percent(share: pd.Series) -> pd.Series:
    return (100 * share).map("{:.1f}".format).astype(object)


def _who(rows: pd.DataFrame) -> pd.Series:
    """System, cut-off, kind and, of a summary, window and slice."""
    said = rows["system_id"] + " " + rows["cutoff"] + " " + rows["kind"]
    for name in ("window", "slice"):
        said = said + " " + rows[name] if name in rows else said
    return said
