"""Gates on weekly tables, predictions and picks. Pure functions: frames in, offenders out."""

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons, outside
from nba_assets.predictions.tables import (
    BASELINE,
    FORWARD,
    THRESHOLDS,
    WALK_FORWARD,
)

# A pick is as a coin that knows a little: over fifty rows nine tenths of one side are a defect.
MANY = 50
MOST_OF_A_SIDE = 0.9
TOLERANCE = 1e-6
POSSIBLE = {
    "predicted_points": (0.0, 60.0),
    "mean_points": (0.0, 70.0),
    "sd": (0.0, 30.0),
    "predicted_minutes": (0.0, 60.0),
    "confidence": (0.0, 1.0),
    "no_vig_over": (0.0, 1.0),
    "kelly_fraction": (0.0, 0.05),
    **dict.fromkeys(("p_over", "p_push", "p_under"), (0.0, 1.0)),
    **dict.fromkeys((f"p_over_{points}" for points in THRESHOLDS), (0.0, 1.0)),
}
_QUANTILES = ["p10", "p25", "p50", "p75", "p90"]
# Named by every prediction; an ensemble's or a system's own inputs come beside them.
_TRACED = (
    "analytics.upcoming_games",
    "predictions.predicted_players",
    "predictions.system_point_forecasts",
    "predictions.weekly_calibration",
)


def impossible_predictions(predictions: pd.DataFrame) -> pd.DataFrame:
    """A probability above one, or quantiles that cross, would be priced as if they meant something.

    Returns:
        rows of `predictions.player_predictions`, with their index and `reason`.
    """
    reason = outside(predictions, POSSIBLE)
    quantiles = predictions[_QUANTILES].astype(float)
    crossed = (quantiles.diff(axis=1).iloc[:, 1:] < -TOLERANCE).any(axis=1)
    shown = [", ".join(map(str, row)) for row in quantiles[crossed].to_numpy()]
    texts = pd.Series(shown, reason.index[crossed], dtype=object)
    add_reason(reason, crossed, "quantiles cross: " + texts)
    whole = predictions[["p_over", "p_push", "p_under"]].astype(float).sum(axis=1, min_count=3)
    off = whole.notna() & ((whole - 1).abs() > TOLERANCE)
    add_reason(reason, off, "over, push and under sum to " + whole.astype(str))
    has_bet = predictions["recommendation"].isin(["OVER", "UNDER"])
    add_reason(
        reason,
        has_bet & predictions["line_observed_at"].isna(),
        pd.Series("line_provenance: a bet on a line that nobody was seen to offer", reason.index),
    )
    add_reason(
        reason,
        ~predictions["kind"].isin([FORWARD, WALK_FORWARD]),
        "kind " + predictions["kind"].astype(str),
    )
    return _told(predictions, reason)


def untraced_predictions(predictions: pd.DataFrame, digests: pd.DataFrame) -> pd.DataFrame:
    """A prediction that cannot say what it was made from cannot be told from one made of nothing.

    Rows that were made now name the partitions as they are published; those that were committed before
    a tip that has passed keep the names of what they were made from.

    Args:
        predictions: rows of `predictions.player_predictions`.
        digests: `game_date`, `input`: table@digest of the date's inputs as published.
    """
    published = digests.groupby("game_date")["input"].agg(set).to_dict()
    reason = no_reasons(predictions)
    for index, day, kind, inputs in zip(
        predictions.index,
        predictions["game_date"],
        predictions["kind"],
        predictions["input_digests"],
        strict=True,
    ):
        named = {text.partition("@")[0] for text in inputs}
        if lacking := [table for table in _TRACED if table not in named]:
            reason[index] = f"lineage_is_complete: does not name {', '.join(lacking)}"
        elif kind == WALK_FORWARD and (unread := published.get(day, set()) - set(inputs)):
            reason[index] = f"lineage_is_complete: made before {', '.join(sorted(unread))}"
        elif not all(text.partition("@")[2] for text in inputs):
            reason[index] = "lineage_is_complete: an input has no digest"
    return _told(predictions, reason)


def constant_confidence(predictions: pd.DataFrame) -> pd.DataFrame:
    """A system that is equally sure of everybody is a default under a model's name.

    Returns:
        `game_date` and `reason` per system and cut-off.
    """
    told = predictions[predictions["confidence"].notna() & (predictions["system_id"] != BASELINE)]
    found = []
    for (day, system_id, cutoff), own in told.groupby(["game_date", "system_id", "cutoff"]):
        if len(own) >= MANY and own["confidence"].nunique() < 2:
            found.append(
                {
                    "game_date": day,
                    "cutoff": cutoff,
                    "reason": f"confidence_spread: {system_id} at {cutoff} is {own['confidence'].iloc[0]:.3f}"
                    f" sure of each of {len(own)} players",
                }
            )
    return pd.DataFrame(found, columns=["game_date", "cutoff", "reason"])


def one_sided_picks(predictions: pd.DataFrame) -> pd.DataFrame:
    """Nine bets of ten on one side are a biased model, not a market that is wrong about a whole night.

    Returns:
        `game_date` and `reason` per system and cut-off with 50 bets or more.
    """
    bets = predictions[predictions["recommendation"].isin(["OVER", "UNDER"])]
    found = []
    for (day, system_id, cutoff), own in bets.groupby(["game_date", "system_id", "cutoff"]):
        shares = own["recommendation"].value_counts(normalize=True)
        if len(own) >= MANY and shares.iloc[0] > MOST_OF_A_SIDE:
            found.append(
                {
                    "game_date": day,
                    "cutoff": cutoff,
                    "reason": f"pick_mix: {system_id} at {cutoff} says {shares.index[0]} of"
                    f" {shares.iloc[0]:.0%} of {len(own)}",
                }
            )
    return pd.DataFrame(found, columns=["game_date", "cutoff", "reason"])


def unplaced_weights(weights: pd.DataFrame) -> pd.DataFrame:
    """Weights that do not sum to one would shift every prediction of the week.

    Returns:
        `game_date` and `reason` per cut-off.
    """
    found = []
    for (day, cutoff), own in weights.groupby(["game_date", "cutoff"]):
        whole, least = own["weight"].sum(), own["weight"].min()
        if abs(whole - 1) > TOLERANCE or least < 0:
            found.append(
                {
                    "game_date": day,
                    "reason": f"weights at {cutoff} sum to {whole:.6f}, the least is {least:.6f}",
                }
            )
    return pd.DataFrame(found, columns=["game_date", "reason"])


def untold_errors(calibration: pd.DataFrame) -> pd.DataFrame:
    """Quantiles that fall are no distribution, and every probability made of them is wrong.

    Returns:
        `game_date` and `reason` per system, cut-off and bucket.
    """
    key = ["game_date", "system_id", "cutoff", "bucket"]
    ordered = calibration.sort_values([*key, "level"])
    steps = ordered.groupby(key)["residual"].diff()
    off = ordered[steps < -TOLERANCE].drop_duplicates(key)
    text = off["system_id"] + " at " + off["cutoff"] + ": quantiles of " + off["bucket"] + " fall"
    return off.assign(reason=text)[["game_date", "reason"]]


def several_champions(champions: pd.DataFrame) -> pd.DataFrame:
    """Two champions would bet twice on one player.

    Returns:
        `game_date` and `reason` per cut-off.
    """
    own = champions[champions["is_champion"]]
    found = [
        {"game_date": day, "reason": f"{' and '.join(rows['system_id'])} are champions at {cutoff}"}
        for (day, cutoff), rows in own.groupby(["game_date", "cutoff"])
        if len(rows) > 1
    ]
    return pd.DataFrame(found, columns=["game_date", "reason"])


def picks_without_rule(picks: pd.DataFrame) -> pd.DataFrame:
    """A bet against the prediction that it is made from is a mistake of a sign.

    Returns:
        rows of `predictions.picks`, with their index and `reason`.
    """
    reason = no_reasons(picks)
    is_over = picks["side"] == "OVER"
    off = is_over != (picks["edge"] >= 0)
    add_reason(reason, off, picks["side"] + " at an edge of " + picks["edge"].astype(str))
    cheap = picks["price_decimal"] <= 1
    add_reason(reason, cheap, "a price of " + picks["price_decimal"].astype(str))
    return _told(picks, reason)


def _told(rows: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    off = rows[reason != ""]
    return off.assign(reason=off["player_name"].astype(str) + " " + reason[off.index])
