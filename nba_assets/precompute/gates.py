"""When form, adjustments and features are wrong: pure, from rows to offenders. No Dagster, no warehouse."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_assets.analytics.gates import RELATIVE_TOLERANCE
from nba_assets.analytics.team_gates import PACE, RATING
from nba_assets.analytics.upcoming_gates import LIMITS, LONGEST_GAME, MIN_AVAILABLE
from nba_assets.gates.reasons import no_reasons, outside
from nba_assets.precompute.features import FEATURE_NAMES, FEATURES, SCORES, VERSION
from nba_assets.precompute.zone_gates import SHARES_TOLERANCE
from nba_assets.raw.gates import MIN_COVERAGE

MIN_ROWS = 50  # non-NULL values; fewer may agree by chance, as on a night of two games
SAME_AS_SEASON = 10  # games: up to here the last ten are all there are
MAX_IMPUTED = 0.2  # of a feature's applicable values; above it a model sees the imputer

LONG_CONSTANT = 7  # game dates; of a flag that never changes for so long, the input is in doubt
WEEKS_BACK = 14  # days in which seven game dates lie, the All-Star break among them
# Those that change from night to night; `playoff_game` and `has_line` may rightly not.
CHANGING = (
    "games_in_last_7_days", "rest_advantage", "injury_risk", "recent_trend", "home", "back_to_back",
    "line_move", "games_vs_opponent",
)  # fmt: skip
CONTINUOUS = tuple(f.name for f in FEATURES if f.is_continuous)
_ROW = ["game_date", "game_id", "player_id", "cutoff"]
NIGHT = ["game_date", "cutoff"]
_SHARES = ("pct_paint", "pct_mid", "pct_three")
_RISKS = {"available": 0, "probable": 1, "questionable": 2, "doubtful": 3, "out": 3}

_POINTS, _MINUTES, _DEVIATION, _FRACTION = (0.0, 80.0), (0.0, 60.0), (0.0, 40.0), (0.0, 1.0)
_LINE = LIMITS["points_line"]
_PER_MINUTE = (0.0, 10.0)  # points; a shot every 18 seconds, all of them threes
_A_GAME = (0.0, 100.0)  # points; the mean of a single meeting is one game, and one was 100
_STEPS = (-2.0, 2.0)
_WEEK = (0.0, 7.0)  # games; one a day

# Column → the lowest and the highest value that is possible; NULL is not judged.
POSSIBLE_FEATURES: Mapping[str, tuple[float, float]] = {
    "points_avg_last_5": _POINTS, "points_avg_last_10": _POINTS, "points_avg_season": _POINTS,
    "points_std_last_10": _DEVIATION, "games_in_last_7_days": _WEEK, "fatigue_score": (0.0, 100.0),
    "shot_zone_mismatch": (-10.0, 10.0), "pace_score": (-3.0, 3.0), "usage_spike": (-3.0, 3.0),
    "rest_advantage": _STEPS, "injury_risk": (0.0, 3.0), "recent_trend": _STEPS,
    "minutes_change": _STEPS, "opponent_def_rating": RATING, "opponent_pace": PACE,
    "home": _FRACTION, "back_to_back": _FRACTION, "playoff_game": _FRACTION,
    "pct_paint": _FRACTION, "pct_mid": _FRACTION, "pct_three": _FRACTION,
    "pct_free_throw": (0.0, 0.5), "team_pace": PACE, "team_off_rating": RATING,
    "team_win_pct": _FRACTION, "line_points": _LINE, "line_opening": _LINE,
    "line_move": (-_LINE[1], _LINE[1]), "has_line": _FRACTION, "avg_points_vs_opponent": _A_GAME,
    "games_vs_opponent": (0.0, 60.0), "minutes_avg_last_10": _MINUTES,
    "points_per_minute_last_10": _PER_MINUTE,
    "projected_minutes": _MINUTES, "minutes_std_last_10": _DEVIATION, "points_ewma": _POINTS,
    "points_avg_prior_season": _POINTS, "days_since_last_game": (1.0, 366.0),
    "quality_score": (0.0, 100.0),
}  # fmt: skip
POSSIBLE_FORM: Mapping[str, tuple[float, float]] = {
    "points_avg_last_5": _POINTS, "points_avg_last_10": _POINTS, "points_avg_last_20": _POINTS,
    "points_avg_season": _POINTS, "points_ewma": _POINTS, "points_avg_prior_season": _POINTS,
    "points_avg_vs_opponent": _A_GAME, "points_std_last_10": _DEVIATION,
    "minutes_std_last_10": _DEVIATION, "minutes_avg_last_10": _MINUTES,
    "minutes_avg_season": _MINUTES, "ts_last_10": (0.0, 1.5), "free_throw_points_share_last_10": (0.0, 0.5),
    "points_per_minute_last_10": _PER_MINUTE, "team_pace_last_10": PACE,
    "team_offensive_rating_last_10": RATING, "games_last_7_days": _WEEK,
    "paint_share_last_10": _FRACTION, "mid_share_last_10": _FRACTION,
    "three_share_last_10": _FRACTION, "assisted_share_last_10": _FRACTION, "age": (17.0, 50.0),
}  # fmt: skip
POSSIBLE_FACTORS: Mapping[str, tuple[float, float]] = {
    "fatigue_score": (0.0, 100.0), "fatigue_adjustment": (-5.0, 0.0),
    "shot_zone_mismatch": (-10.0, 10.0), "pace_score": (-3.0, 3.0), "usage_spike": (-3.0, 3.0),
    # -5 and 0.3 of 10, 0.3 of 3, 0.4 of 3 below; the same above without fatigue.
    "total_adjustment": (-10.1, 5.1),
}  # fmt: skip


def broken_vectors(store: pd.DataFrame) -> pd.DataFrame:
    """A vector whose letters do not tell its values lets a model take a hole for a player.

    One letter a feature; real and short ones have a value, missing ones none, and are the ones that
    are named; the score is the letters' mean.

    Returns:
        rows of the store, with their index.
    """
    sources = store["feature_sources"]
    is_whole = sources.str.len() == len(FEATURES)
    reason = no_reasons(store)
    _note(reason, ~is_whole, "letters are ", sources)
    _note(reason, store["feature_version"] != VERSION, "version is ", store["feature_version"])
    whole = store[is_whole]
    letters = np.array(list("".join(sources[is_whole])), dtype="U1").reshape(-1, len(FEATURES))
    has_value = whole[list(FEATURE_NAMES)].notna().to_numpy()
    is_part = np.isin(FEATURE_NAMES, [f.name for f in FEATURES if f.needs_whole_window])
    fits = np.where(has_value, np.isin(letters, ["R", "S"]), np.isin(letters, ["F", "M", "N"]))
    fits |= (letters == "N") & is_part
    for position, name in enumerate(FEATURE_NAMES):
        off = pd.Series(~fits[:, position], whole.index).reindex(store.index, fill_value=False)
        _note(reason, off, f"{name} has the letter ", sources.str[position])
    missing = [
        [name for name, is_m in zip(FEATURE_NAMES, row, strict=True) if is_m] if row.any() else []
        for row in letters == "M"
    ]
    misnamed = [
        list(named) != m for named, m in zip(whole["missing_features"], missing, strict=True)
    ]
    off = pd.Series(misnamed, whole.index, dtype=bool).reindex(store.index, fill_value=False)
    _note(reason, off, "missing_features are ", store["missing_features"])
    worth = np.zeros(letters.shape)
    for letter, score in SCORES.items():
        worth[letters == letter] = score
    mean = worth.sum(axis=1) / np.maximum((letters != "N").sum(axis=1), 1)
    is_other = (whole["quality_score"] - mean).abs() > RELATIVE_TOLERANCE * mean
    off = is_other.reindex(store.index, fill_value=False)
    _note(reason, off, "quality_score is ", store["quality_score"])
    return _told(store, "whole_vectors", reason)


def constant_features(store: pd.DataFrame, cache: pd.DataFrame) -> pd.DataFrame:
    """Fifty players with one value of a continuous feature are a default, and no error shows it.

    Of each date and cut-off, continuous features only; the change of minutes is judged before it is
    made into steps. Not in a season's first days, when everybody is rested and no team has lost.

    Args:
        store: rows of `precompute.ml_feature_store`.
        cache: rows of `precompute.player_daily_cache` of the same dates.
    """
    # Up to ten games the last ten are the season, and the change is 0 for everybody.
    longer = cache[cache["games_played_season"] > SAME_AS_SEASON]
    of_cache = longer[["game_date", "minutes_change", "is_bootstrap"]].assign(cutoff="any cut-off")
    found = [
        one_value_for_all(store, list(CONTINUOUS)),
        one_value_for_all(of_cache, ["minutes_change"]),
    ]
    return pd.concat(found, ignore_index=True)


def one_value_for_all(rows: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    """Features with one value in fifty rows or more of a date and cut-off, but for a season's first days.

    Args:
        rows: with `game_date`, `cutoff`, `is_bootstrap` and the features.
        features: that are judged.
    """
    nights = rows.groupby(NIGHT)
    told = nights[features].count().stack()
    values = nights[features].nunique().stack()
    found = pd.DataFrame({"told": told, "values": values}).rename_axis([*NIGHT, "feature"])
    off = found[(found["told"] >= MIN_ROWS) & (found["values"] == 1)].reset_index()
    return off.assign(
        reason="features_vary: "
        + off["cutoff"]
        + " "
        + off["feature"]
        + " is one value in "
        + off["told"].astype(str)
        + " rows",
    )[~_in_bootstrap(off, rows)]


def long_constant_features(store: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """A flag with one value for seven game dates has most likely lost its input; a single night proves nothing.

    Of each cut-off, over the newest dates on which the feature has a value; not in a season's first
    days, when nobody has met anybody.

    Args:
        store: rows of `precompute.ml_feature_store`.
        earlier: its rows of the two weeks before the first of them.
    """
    columns = [*NIGHT, "is_bootstrap", *CHANGING]
    rows = pd.concat([earlier[columns], store[columns]]) if len(earlier) else store[columns]
    judged = set(store["game_date"])
    found = []
    for cutoff, own in rows.groupby("cutoff"):
        nights = own.groupby("game_date")[list(CHANGING)]
        lowest, highest = nights.min(), nights.max()
        for name in CHANGING:
            low = lowest[name].astype(float).dropna().rolling(LONG_CONSTANT).min()
            high = highest[name].astype(float).dropna().rolling(LONG_CONSTANT).max()
            found += [
                {
                    "game_date": day,
                    "cutoff": cutoff,
                    "reason": f"flags_change: {cutoff} {name} is {low[day]:g}"
                    f" in every row of {LONG_CONSTANT} game dates",
                }
                for day in low.index[low == high]
                if day in judged
            ]
    off = pd.DataFrame(found, columns=["game_date", "cutoff", "reason"])
    return off[~_in_bootstrap(off, store)]


def unfaithful_discrete_features(
    store: pd.DataFrame, players: pd.DataFrame, cache: pd.DataFrame
) -> pd.DataFrame:
    """A flag that is always 0 looks plausible every night; only its inputs can tell that it is wrong.

    Args:
        store: rows of `precompute.ml_feature_store`.
        players: rows of `analytics.upcoming_player_game_context` of the same dates.
        cache: rows of `precompute.player_daily_cache` of the same dates.

    Returns:
        rows of the store, with their index.
    """
    context = store[_ROW].merge(players.drop_duplicates(_ROW), how="left", on=_ROW)
    form = store[["game_date", "player_id"]].merge(
        cache.drop_duplicates(["game_date", "player_id"]), how="left", on=["game_date", "player_id"]
    )
    context.index = form.index = store.index
    home = np.where(context["is_home"].eq(True), 1.0, 0.0)
    meetings = _number(form["games_vs_opponent"]).where(form["opponent"] == store["opponent"])
    owed = {
        "games_in_last_7_days": _number(form["games_last_7_days"]),
        "rest_advantage": _number(context["rest_advantage"]),
        "injury_risk": context["status"].map(_RISKS).astype(float),
        "recent_trend": _steps(form["points_trend"], 2.0, 5.0),
        "minutes_change": _steps(form["minutes_change"], 0.1, 0.2),
        "home": pd.Series(np.where(context["is_neutral"].eq(True), 0.5, home), store.index),
        "back_to_back": (context["days_since_last_game"] == 1).astype(float),
        "playoff_game": (context["season_type"] == "playoffs").astype(float),
        "line_move": _number(context["points_line"]) - _number(context["opening_line"]),
        "has_line": context["points_line"].notna().astype(float),
        "games_vs_opponent": meetings,
    }
    reason = no_reasons(store)
    for name, values in owed.items():
        found = _number(store[name])
        off = ~((found == values) | (found.isna() & values.isna()))
        _note(reason, off, f"{name} is ", found, " instead of ", values)
    return _told(store, "faithful_features", reason)


def over_imputed_features(store: pd.DataFrame) -> pd.DataFrame:
    """Where a fifth of a feature is missing, a model predicts with what its imputer believes.

    Of each date and cut-off, among the values that are applicable. Not in a season's first days,
    when it is `missing_features` of the rows that tells.
    """
    letters = pd.DataFrame(
        {
            name: store["feature_sources"].str.slice(position, position + 1)
            for position, name in enumerate(FEATURE_NAMES)
        }
    )
    keys = [store[name] for name in NIGHT]
    counts = pd.DataFrame(
        {
            "missing": (letters == "M").groupby(keys).sum().stack(),
            "applicable": letters.isin(["R", "S", "M"]).groupby(keys).sum().stack(),
        }
    ).rename_axis([*NIGHT, "feature"])
    share = counts["missing"] / counts["applicable"].clip(lower=1)
    off = counts[share > MAX_IMPUTED].reset_index()
    return off.assign(
        reason="features_are_known: "
        + off["cutoff"]
        + " "
        + off["feature"]
        + " is missing in "
        + off["missing"].astype(str)
        + " of "
        + off["applicable"].astype(str)
        + " rows",
    )[~_in_bootstrap(off, store)]


def uncovered_slate(store: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A slate of which a fifth has no features is priced from what is left, and nobody sees the rest.

    Args:
        store: rows of `precompute.ml_feature_store`.
        players: rows of `analytics.upcoming_player_game_context` of the same dates.

    Returns:
        the available players without a row; they hold the date where more than 20 % of a cut-off's
        are.
    """
    owed = players.loc[players["available"].eq(True), [*_ROW, "player_name"]]
    found = owed.merge(store[_ROW].drop_duplicates(), how="left", indicator=True)
    is_there = found["_merge"] == "both"
    share = is_there.groupby([found["game_date"], found["cutoff"]]).transform("mean")
    return found.assign(
        blocks=share < MIN_COVERAGE,
        reason="slate_is_covered: "
        + found["cutoff"]
        + " "
        + found["player_id"]
        + " "
        + found["player_name"].fillna("")
        + " has no row",
    )[~is_there]


def missing_players(rows: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A table without the players of the slate is published green, and every factor made of it is 0.

    Args:
        rows: of a table with a row per player of the date, or per player, game and cut-off.
        players: rows of `analytics.upcoming_player_game_context` of the same dates.

    Returns:
        the players without a row; they hold the date where more than 20 % of its players are.
    """
    key = [name for name in _ROW if name in rows]
    owed = players[[*key, "player_name"]].drop_duplicates(key)
    found = owed.merge(rows[key].drop_duplicates(), how="left", indicator=True)
    is_there = found["_merge"] == "both"
    share = is_there.groupby(found["game_date"]).transform("mean")
    return found.assign(
        blocks=share < MIN_COVERAGE,
        reason="required_not_empty: "
        + found["player_id"]
        + " "
        + found["player_name"].fillna("")
        + " of the slate has no row",
    )[~is_there]


def thin_games(store: pd.DataFrame) -> pd.DataFrame:
    """A side of seven was forgotten by its source: minutes and usage of the seven are those of twelve.

    Returns:
        all rows, with their index, of a game and cut-off with fewer than eight available players a
        side.
    """
    side = ["game_id", "cutoff", "team"]
    available = store[store["available"].eq(True)].groupby(side).size()
    own = pd.MultiIndex.from_frame(store[side])
    other = pd.MultiIndex.from_frame(store[["game_id", "cutoff", "opponent"]])
    counts = pd.DataFrame(
        {
            "own": available.reindex(own, fill_value=0).to_numpy(),
            "other": available.reindex(other, fill_value=0).to_numpy(),
        },
        store.index,
    )
    off = counts.min(axis=1) < MIN_AVAILABLE
    return store.assign(
        reason="enough_players: "
        + store["cutoff"]
        + " "
        + store["team"]
        + " has "
        + counts["own"].astype(str)
        + " available, "
        + store["opponent"]
        + " "
        + counts["other"].astype(str)
    )[off]


def history_after_its_date(rows: pd.DataFrame) -> pd.DataFrame:
    """One input of the date itself, and every figure of accuracy is a figure of the leak.

    Args:
        rows: of `precompute.player_daily_cache` or `precompute.ml_feature_store`.

    Returns:
        rows, with their index, whose history is not before their date.
    """
    reason = no_reasons(rows)
    days = pd.to_datetime(rows["game_date"])
    for name in ("newest_input_date", "newest_game_date", "history_from"):
        if name in rows:
            _note(reason, pd.to_datetime(rows[name]) >= days, f"{name} is ", rows[name])
    age = _number(rows["newest_input_age_days"])
    _note(reason, age < 0, "newest_input_age_days is ", age)
    return _told(rows, "history_is_past", reason)


def impossible_features(store: pd.DataFrame) -> pd.DataFrame:
    """A value that no game can make is a unit read wrongly, and a model extrapolates from it.

    Returns:
        rows of the store, with their index.
    """
    reason = outside(store, POSSIBLE_FEATURES)
    _note_uneven(reason, store, _SHARES)
    return _told(store, "possible_features", reason)


def impossible_form(cache: pd.DataFrame) -> pd.DataFrame:
    """Form that nobody can be in is a unit read wrongly, and every table downstream inherits it.

    Returns:
        rows of the cache, with their index.
    """
    shares = ("paint_share_last_10", "mid_share_last_10", "three_share_last_10")
    reason = outside(cache, POSSIBLE_FORM)
    _note_uneven(reason, cache, shares)
    return _told(cache, "possible_form", reason)


def impossible_factors(factors: pd.DataFrame) -> pd.DataFrame:
    """An adjustment beyond its clamp, or with the sign turned, is added to every prediction.

    Returns:
        rows of `precompute.player_composite_factors`, with their index.
    """
    return _told(factors, "possible_factors", outside(factors, POSSIBLE_FACTORS))


def players_past_the_clock(cache: pd.DataFrame) -> pd.DataFrame:
    """Seconds read as minutes would sell every over on the board.

    Returns:
        rows of the cache, with their index.
    """
    reason = no_reasons(cache)
    for name in ("minutes_avg_last_10", "minutes_avg_season"):
        _note(reason, _number(cache[name]) > LONGEST_GAME, f"{name} is ", cache[name])
    return _told(cache, "within_the_clock", reason)


def _number(values: pd.Series) -> pd.Series:
    return values.astype("float64")


def _steps(values: pd.Series, low: float, high: float) -> pd.Series:
    values = _number(values)
    size = values.abs()
    steps = (size >= low).astype(float) + (size >= high).astype(float)
    return steps.where(values >= 0, -steps).where(values.notna())


def _in_bootstrap(nights: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    known = rows.groupby("game_date")["is_bootstrap"].any()
    return nights["game_date"].map(known).astype(bool)


def _note_uneven(reason: pd.Series, rows: pd.DataFrame, names: tuple[str, ...]) -> None:
    shares = rows[list(names)].astype("float64")
    whole = shares.sum(axis=1)
    # All three or none: a sum without one of them is below 1 as well.
    off = shares.notna().any(axis=1) & ((whole - 1).abs() > SHARES_TOLERANCE)
    _note(reason, off, "shares sum to ", whole)


def _note(reason: pd.Series, offends: pd.Series, *words: str | pd.Series) -> None:
    """Add the words to the reasons of those who offend; of a series, each his own."""
    for index in offends.index[offends]:
        reason[index] += "".join(w if isinstance(w, str) else str(w[index]) for w in words) + "; "


def _told(rows: pd.DataFrame, gate: str, reason: pd.Series) -> pd.DataFrame:
    off = rows[reason != ""]
    who = off["player_id"] + (" " + off["cutoff"] if "cutoff" in off else "")
    return off.assign(reason=gate + ": " + who + ": " + reason[off.index].str.removesuffix("; "))
