"""Gates on weekly tables, predictions and picks. Pure functions: frames in, offenders out."""

from collections.abc import Callable, Iterator

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons, outside
from nba_assets.predictions.tables import (
    BETS,
    EWMA,
    FORWARD,
    LINE,
    THRESHOLDS,
    TRAINED,
    WALK_FORWARD,
)

# A pick is as a coin that knows a little: over fifty rows nine tenths of one side are a defect.
MANY = 50
MOST_OF_A_SIDE = 0.9
# Points, of everybody predicted on a slate; ewma's mean was 8.6 to 12.1 over the slates of 2021-22.
MEAN_OF_A_SLATE = (5.0, 16.0)
# Points between a system's mean and ewma's of the same players; the most in 2021-22 was 1.6.
MOST_APART = 3.0
TOLERANCE = 1e-6
_OF_A_NIGHT = ["game_date", "system_id", "cutoff"]
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
_TRACED_OF = {
    "line": ("analytics.player_line_consensus",),
    "ensemble_fixed": ("predictions.ensemble_fixed",),
    "ensemble": ("predictions.ensemble", "predictions.ensemble_weights"),
    **{name: (f"predictions.{name}_models", "precompute.ml_feature_store") for name in TRAINED},
}
_QUANTILES = ["p10", "p25", "p50", "p75", "p90"]
# Named by every prediction; then what its system is made of, by the beginning of its name.
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
    has_bet = predictions["recommendation"].isin(BETS)
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


def untraced_predictions(predictions: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """A prediction that cannot say what it was made from cannot be told from one made of nothing.

    Every input that a row names is published and of its date or week, what it is made of at first hand
    as the row names it, and none lacks that its system is made of.

    Args:
        predictions: rows of `predictions.player_predictions` that were made now.
        published: `game_date`, `input`, `digest` of what each date reads of the tables that are named:
            as it is published, NULL where it is not.
    """
    reason = no_reasons(predictions)
    for index, system_id, inputs, known in _inputs_of(predictions, published):
        needed = (*_TRACED, *_TRACED_OF.get(system_id, ("precompute.",)))
        lacking = [n for n in needed if not any(own.startswith(n) for own in inputs)]
        unknown = [n for n, digest in inputs.items() if not digest or not known.get(n)]
        first_hand = [n for n in inputs if n.partition("/")[0] in _TRACED]
        stale = [n for n in first_hand if inputs[n] != known.get(n)]
        if lacking:
            reason[index] = f"lineage_is_complete: does not name {', '.join(lacking)}"
        elif unknown:
            reason[index] = (
                f"lineage_is_complete: made of {', '.join(unknown)}: not published, or of another date"
            )
        elif stale:
            reason[index] = f"lineage_is_complete: made before {', '.join(stale)} was published"
    return _told(predictions, reason)


def inputs_of_before(predictions: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """A forecast of features that were published otherwise since may be another one today.

    A forecast that came out the same is not written again and names what it was first made of: nothing
    is held for it.

    Returns:
        one row per date, system and inputs, with `reason`.
    """
    found = set()
    for index, system_id, inputs, known in _inputs_of(predictions, published):
        if names := [n for n, digest in inputs.items() if digest != known.get(n)]:
            found.add((predictions["game_date"][index], system_id, ", ".join(names)))
    reasons = [
        {"game_date": day, "reason": f"{system_id} names {names} as they were before"}
        for day, system_id, names in sorted(found)
    ]
    return pd.DataFrame(reasons, columns=["game_date", "reason"])


def _inputs_of(
    predictions: pd.DataFrame, published: pd.DataFrame
) -> Iterator[tuple[int, str, dict[str, str], dict[str, str]]]:
    """Of each row its index, system, the digests that it names and the published ones, by partition."""
    by_date = {
        day: dict(zip(own["input"], own["digest"], strict=True))
        for day, own in published.groupby("game_date")
    }
    columns = (predictions[name] for name in ("system_id", "game_date", "input_digests"))
    for index, system_id, day, inputs in zip(predictions.index, *columns, strict=True):
        named = {name: digest for name, _, digest in (text.partition("@") for text in inputs)}
        yield index, system_id, named, by_date.get(day, {})


def constant_confidence(predictions: pd.DataFrame, committed: pd.DataFrame) -> pd.DataFrame:
    """A system that is equally sure of everybody is a default under a model's name.

    Args:
        predictions: rows of `predictions.player_predictions` that were made now.
        committed: those of games that have begun: of the same night, and not to be held.

    Returns:
        the rows of such a system and cut-off, with their index and `reason`; 50 of a date or more.
    """
    night = _night(predictions, committed)
    told = night[night["confidence"].notna() & (night["system_id"] != LINE)]

    def why(system_id: str, cutoff: str, own: pd.DataFrame) -> str:
        if own["confidence"].nunique() >= 2:
            return ""
        return (
            f"confidence_spread: {system_id} at {cutoff} is {own['confidence'].iloc[0]:.3f}"
            f" sure of each of {len(own)} players"
        )

    return _of_systems(predictions, told, why)


def one_sided_picks(predictions: pd.DataFrame, committed: pd.DataFrame) -> pd.DataFrame:
    """Nine sides of ten alike are a biased model, not a market that is wrong about a whole night.

    The sides are those of all players who may be bet on, whether the edge is large enough or not.

    Args:
        predictions: rows of `predictions.player_predictions` that were made now.
        committed: those of games that have begun: of the same night, and not to be held.

    Returns:
        the rows of such a system and cut-off, with their index and `reason`; 50 of a date or more.
    """
    night = _night(predictions, committed)
    is_small = night["pass_reason"].isin(["edge", "expected_value"])
    eligible = night[is_small | night["recommendation"].isin(BETS)]

    def why(system_id: str, cutoff: str, own: pd.DataFrame) -> str:
        over = (own["edge"] > 0).mean()
        share, side = max((over, "OVER"), (1 - over, "UNDER"))
        if share <= MOST_OF_A_SIDE:
            return ""
        return f"pick_mix: {system_id} at {cutoff} says {side} of {share:.0%} of {len(own)}"

    return _of_systems(predictions, eligible, why)


def unlikely_means(predictions: pd.DataFrame, committed: pd.DataFrame) -> pd.DataFrame:
    """A system that is far off on the mean of a whole slate is off by its unit or its features, not by luck.

    Args:
        predictions: rows of `predictions.player_predictions` that were made now.
        committed: those of games that have begun: of the same night, and not to be held.

    Returns:
        the rows of such a system and cut-off, with their index and `reason`; 50 of a date or more.
    """
    night = _night(predictions, committed)
    player = ["game_date", "game_id", "player_id", "cutoff"]
    baseline = night[night["system_id"] == EWMA].drop_duplicates(player)
    beside = night[player].merge(baseline[[*player, "predicted_points"]], on=player, how="left")[
        "predicted_points"
    ]
    night = night.assign(baseline=beside.to_numpy(dtype=float))

    def why(system_id: str, cutoff: str, own: pd.DataFrame) -> str:
        both = own[own["baseline"].notna()]
        if len(both) < MANY:
            return ""
        mean, other = both["predicted_points"].mean(), both["baseline"].mean()
        if system_id == EWMA and not MEAN_OF_A_SLATE[0] <= mean <= MEAN_OF_A_SLATE[1]:
            said = f"{mean:.1f} points, not within {MEAN_OF_A_SLATE[0]} to {MEAN_OF_A_SLATE[1]}"
        elif abs(mean - other) > MOST_APART:
            said = f"{mean:.1f} points, {EWMA} says {other:.1f} of the same"
        else:
            return ""
        return f"mean_of_a_slate: {system_id} at {cutoff} says {said}"

    return _of_systems(predictions, night, why)


def _night(predictions: pd.DataFrame, committed: pd.DataFrame) -> pd.DataFrame:
    """The rows of both, as one night; those that are committed are numbered from -1 downwards."""
    if committed.empty:
        return predictions
    columns = ["game_date", "system_id", "cutoff", "confidence", "pass_reason", "recommendation",
               "edge", "predicted_points", "game_id", "player_id"]  # fmt: skip
    own = [name for name in columns if name in predictions]
    stood = committed[own].set_axis(range(-1, -1 - len(committed), -1))
    return pd.concat([predictions[own], stood]) if len(predictions) else stood


def _of_systems(
    predictions: pd.DataFrame, night: pd.DataFrame, why: Callable[[str, str, pd.DataFrame], str]
) -> pd.DataFrame:
    """The rows of `predictions` of systems and cut-offs with 50 rows of a night or more, and something wrong.

    Args:
        predictions: that may be held.
        night: those that are judged, of `_night`.
        why: what is wrong with the rows of a system at a cut-off; empty where nothing is.
    """
    reason = no_reasons(predictions)
    for (_, system_id, cutoff), own in night.groupby(_OF_A_NIGHT):
        if len(own) >= MANY and (said := why(str(system_id), str(cutoff), own)):
            reason[own.index[own.index >= 0]] = said
    return _told(predictions, reason)


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


def refused_twins(_calibration: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """Errors of another twin would make a model as sure as that one is; without them it is sure of nothing.

    Args:
        refused: `game_date`, `system_id` and `why` of models without a past whose twin cannot be read.

    Returns:
        `game_date` and `reason` of each; the other systems are published without it.
    """
    reasons = (
        "model_is_the_one_named: " + refused["why"] + ": " + refused["system_id"]
        + " says no probability this week"
    )  # fmt: skip
    return refused[["game_date"]].assign(reason=reasons, blocks=False)


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


def picks_without_rule(picks: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """A bet that no published prediction recommends, at its side, line and value, is somebody else's.

    Args:
        picks: rows of `predictions.picks`.
        predictions: rows of `predictions.player_predictions` of the same dates.
    """
    key = ["game_id", "player_id", "system_id", "cutoff", "kind"]
    said = predictions[[*key, "recommendation", "line", "expected_value"]]
    both = picks[[*key, "side", "line", "expected_value", "price_decimal", "book"]].merge(
        said, on=key, how="left", suffixes=("", "_said")
    )
    both.index = picks.index
    reason = no_reasons(picks)
    for text, off in {
        "without a prediction": both["recommendation"].isna(),
        "on the side that is not recommended": both["side"] != both["recommendation"],
        "at a line that is not the prediction's": both["line"] != both["line_said"],
        "at a value that is not the prediction's": both["expected_value"]
        != both["expected_value_said"],
        "at no price of a book": ~(both["price_decimal"] > 1) | both["book"].isna(),
        "that loses money": ~(both["expected_value"] > 0),
    }.items():
        add_reason(reason, off, "a bet " + pd.Series(text, reason.index))
    return _told(picks, reason)


def _told(rows: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    off = rows[reason != ""]
    return off.assign(reason=off["player_name"].astype(str) + " " + reason[off.index])
