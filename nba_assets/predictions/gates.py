"""When forecasts, their errors and what is left out are wrong: pure, from rows to offenders. No Dagster, no warehouse."""

from itertools import combinations

import pandas as pd

from nba_assets.analytics.gates import RELATIVE_TOLERANCE
from nba_assets.analytics.upcoming_gates import LONGEST_GAME
from nba_assets.gates.reasons import add_reason, no_reasons, outside
from nba_assets.predictions.tables import EWMA, SYSTEMS, TRAINED
from nba_assets.raw.gates import MIN_COVERAGE

LOWEST, HIGHEST = 0.0, 60.0  # points; what lies beyond is cut, and flagged
EVERYBODY = EWMA  # it needs one game of the season, and whoever is predicted has five
MIN_PREDICTED = 0.5  # of the available; on the worst night of 2021-22, the season's 15th day, 0.68
MIN_COMMON = 20  # rows; fewer forecasts may agree by chance

OF_PLAYERS = ("out", "team_held", "no_features", "low_quality", "few_games")
NO_MODEL, NOT_PUBLISHED = "no_model", "not_published"
OF_SYSTEMS = (NO_MODEL, NOT_PUBLISHED, "no_value")
ALL_SYSTEMS = "all"

_ROW = ["game_date", "game_id", "player_id", "cutoff"]
_NIGHT = ["game_date", "cutoff"]
_TERMS = ("venue", "fatigue", "zone", "pace", "usage")
_POSSIBLE = {"forecast_points": (LOWEST, HIGHEST), "forecast_minutes": (0.0, LONGEST_GAME)}


def unknown_reasons(players: pd.DataFrame) -> pd.DataFrame:
    """A player without a forecast and without a reason has vanished, and nobody asks where to.

    Args:
        players: rows of `predictions.predicted_players`.

    Returns:
        rows, with their index, that are predicted with a reason or skipped without a known one.
    """
    skipped = ~players["is_predicted"].astype(bool)
    known = players["skip_reason"].isin(OF_PLAYERS)
    off = (skipped & ~known) | (~skipped & players["skip_reason"].notna())
    return players.assign(
        reason="reasons_are_known: "
        + _who(players)
        + skipped.map({True: " is skipped for ", False: " is predicted in spite of "})
        + players["skip_reason"].fillna("no reason").astype(str)
    )[off]


def unpredicted_slate(players: pd.DataFrame) -> pd.DataFrame:
    """A slate of which half is left out looks whole to whoever reads only the picks.

    Of those who are available in games that are not held. Not in a season's first days: until five
    games are played, whoever is new has none.

    Args:
        players: rows of `predictions.predicted_players`.

    Returns:
        One row per date and cut-off of which fewer than half are predicted.
    """
    is_early = players["is_bootstrap"].astype(bool)
    owed = players[~players["skip_reason"].isin(["out", "team_held"]) & ~is_early]
    found = (
        owed.assign(is_predicted=owed["is_predicted"].astype(bool))
        .groupby(_NIGHT)
        .agg(
            predicted=("is_predicted", "sum"),
            share=("is_predicted", "mean"),
            available=("is_predicted", "size"),
        )
        .reset_index()
    )
    off = found[found["share"] < MIN_PREDICTED]
    return off.assign(
        reason="slate_is_predicted: "
        + off["cutoff"]
        + ": "
        + off["predicted"].astype(str)
        + " of "
        + off["available"].astype(str)
        + " available players are predicted",
    )


def impossible_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Points that nobody scores in a night win every bet on paper and none at a book.

    Args:
        forecasts: rows of any system.

    Returns:
        rows, with their index, out of range, or said to be cut where they are at no end of it.
    """
    reason = outside(forecasts, _POSSIBLE)
    points = forecasts["forecast_points"].astype(float)
    add_reason(reason, points.isna(), "it has no points")
    cut = forecasts["is_out_of_range"].astype(bool) & ~points.isin([LOWEST, HIGHEST])
    add_reason(reason, cut, "it is said to be cut to " + points[cut].astype(str))
    strange = ~forecasts["system_id"].isin(SYSTEMS)
    add_reason(reason, strange, "no system is called " + forecasts["system_id"].astype(str))
    return _told(forecasts, "possible_forecasts", reason)


def unfaithful_sums(forecasts: pd.DataFrame) -> pd.DataFrame:
    """A term with its sign turned, or added twice, bends every forecast the same way and shows in none.

    Args:
        forecasts: rows of a system that is a sum of terms, or its form alone.

    Returns:
        rows, with their index, whose terms do not add up to the forecast, or are named as absent
        although they are known.
    """
    reason = no_reasons(forecasts)
    names = ["form_points", *(f"{term}_points" for term in _TERMS)]
    total = forecasts[names].astype(float).sum(axis=1)
    forecast = forecasts["forecast_points"].astype(float)
    is_sum = forecasts["form_points"].notna()
    gap = (total.clip(LOWEST, HIGHEST) - forecast).abs()
    off = is_sum & (gap > RELATIVE_TOLERANCE * HIGHEST)
    said = "it is " + forecast[off].astype(str) + ", its terms " + total[off].astype(str)
    add_reason(reason, off, said)
    beyond = ~total.between(LOWEST, HIGHEST)
    unflagged = is_sum & (beyond != forecasts["is_out_of_range"].astype(bool))
    # A sum at the very end may be added up to either side of it.
    unflagged &= (total - forecast).abs() > RELATIVE_TOLERANCE * HIGHEST
    flags = "terms of " + total[unflagged].astype(str) + " are flagged as they are not"
    add_reason(reason, unflagged, flags)
    fatigue = forecasts["fatigue_points"].astype(float)
    add_reason(reason, fatigue > 0, "fatigue adds " + fatigue[fatigue > 0].astype(str))
    absent = forecasts["absent_terms"].explode()
    for term in _TERMS:
        named = forecasts.index.to_series().isin(absent.index[absent == term])
        known = forecasts[f"{term}_points"].notna()
        add_reason(reason, named & known, f"{term} is not absent")
    return _told(forecasts, "forecasts_are_their_terms", reason)


def estimated_lines(forecasts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """A line made from a player's own average shares its input with what it is to judge.

    Args:
        forecasts: rows of `predictions.line`.
        lines: rows of `analytics.player_line_consensus` of the same dates.

    Returns:
        rows, with their index, that are not the books' line at that cut-off; 20.0 is one like any other.
    """
    books = forecasts[_ROW].merge(lines[[*_ROW, "points_line"]], how="left", on=_ROW)
    books.index = forecasts.index
    line = books["points_line"].astype(float)
    forecast = forecasts["forecast_points"].astype(float)
    reason = no_reasons(forecasts)
    add_reason(reason, line.isna(), "no book has a line of him")
    other = line.notna() & (line.clip(LOWEST, HIGHEST) != forecast)
    said = "it is " + forecast[other].astype(str) + ", the line " + line[other].astype(str)
    add_reason(reason, other, said)
    return _told(forecasts, "line_provenance", reason)


def forecasts_of_nobody(forecasts: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A forecast of a man who is out, or of whom too little is known, is sold like any other.

    Args:
        forecasts: rows of any system, or of several.
        players: rows of `predictions.predicted_players` of the same dates.

    Returns:
        rows, with their index, of players who are not predicted.
    """
    predicted = players.loc[players["is_predicted"].astype(bool), _ROW]
    off = ~_keys(forecasts).isin(_keys(predicted))
    return forecasts.assign(
        reason="only_the_predicted: "
        + _who(forecasts)
        + " is not predicted, and has a forecast of "
        + forecasts["system_id"]
    )[off]


def uncovered_slate(forecasts: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A slate priced from what is left of it looks complete, and every rank in it is wrong.

    Of each date and cut-off, 80 % of the predicted players have a forecast of the system that needs
    one game of the season, and each of their games has one of any system. In a season's first days
    only the rotation is judged: the others may have no game yet that could be weighed.

    Args:
        forecasts: rows of that system, or of several.
        players: rows of `predictions.predicted_players` of the same dates.

    Returns:
        those players without such a forecast.
    """
    has_games = ~players["is_bootstrap"].astype(bool) | players["is_rotation"].astype(bool)
    owed = players.loc[players["is_predicted"].astype(bool) & has_games, [*_ROW, "player_name"]]
    is_there = pd.Series(
        _keys(owed).isin(_keys(forecasts[forecasts["system_id"] == EVERYBODY])), owed.index
    )
    share = is_there.groupby([owed["game_date"], owed["cutoff"]]).transform("mean")
    game = ["game_id", "cutoff"]
    games = pd.MultiIndex.from_frame(forecasts[game])
    is_left_out = ~pd.MultiIndex.from_frame(owed[game]).isin(games)
    return owed.assign(
        blocks=(share < MIN_COVERAGE) | is_left_out,
        reason="slate_coverage: "
        + _who(owed)
        + " "
        + owed["player_name"].fillna("")
        + f" has no forecast of {EVERYBODY}",
    )[~is_there]


def absent_systems(_forecasts: pd.DataFrame, absent: pd.DataFrame) -> pd.DataFrame:
    """An ensemble without one of its members is another one, and whoever reads it should know.

    Args:
        absent: `game_date` and `table` of systems that are not published.

    Returns:
        `game_date` and `reason` of each; the other systems are published without it.
    """
    reasons = "systems_are_whole: " + absent["table"] + " is not published"
    return absent[["game_date"]].assign(reason=reasons, blocks=False)


def identical_systems(forecasts: pd.DataFrame) -> pd.DataFrame:
    """One system's function under another's name makes an ensemble that only seems to agree.

    Args:
        forecasts: rows of several systems.

    Returns:
        One row per date, cut-off and pair of systems that say the same of each of 20 or more players.
    """
    said = forecasts.pivot_table(
        index=_ROW, columns="system_id", values="forecast_points", aggfunc="first", observed=True
    )
    found = []
    for one, other in combinations(said.columns, 2):
        both = said[[one, other]].dropna()
        same = (both[one] == both[other]).groupby(level=_NIGHT).agg(["size", "all"])
        found += [
            {
                "game_date": day,
                "cutoff": cutoff,
                "reason": f"distinct_systems: {cutoff}: {one} and {other} are the same in"
                f" {same.loc[(day, cutoff), 'size']} rows",
            }
            for day, cutoff in same.index[(same["size"] >= MIN_COMMON) & same["all"].astype(bool)]
        ]
    return pd.DataFrame(found, columns=["game_date", "cutoff", "reason"])


def copies_of_a_member(forecasts: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """A mean that says what one member says is that member under another name, and counts it twice.

    Args:
        forecasts: of an ensemble.
        members: forecasts of its members.
    """
    return identical_systems(pd.concat([forecasts, members], ignore_index=True))


def untraceable_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """A forecast that cannot say which features it was made from cannot be told from yesterday's.

    Args:
        forecasts: rows of several systems, as published.

    Returns:
        rows, with their index, without digests of their inputs, of a trained system without its
        model, or of another vector than the other systems have.
    """
    reason = no_reasons(forecasts)
    hashes = forecasts["feature_hash"]
    add_reason(reason, ~hashes.str.fullmatch("[0-9a-f]{64}"), "its feature_hash is " + hashes)
    bare = forecasts["input_digests"].map(len) == 0
    add_reason(reason, bare, "it names no input")
    unnamed = forecasts["system_id"].isin(TRAINED) & forecasts["model_id"].isna()
    add_reason(reason, unnamed, "it names no model")
    own = forecasts.loc[forecasts["system_id"] == EVERYBODY, [*_ROW, "feature_hash"]]
    others = forecasts[_ROW].merge(own, how="left", on=_ROW)["feature_hash"]
    others.index = forecasts.index
    other = others.notna() & (others != hashes)
    add_reason(reason, other, f"it is of another vector than {EVERYBODY}")
    return _told(forecasts, "lineage", reason)


def wrong_errors(errors: pd.DataFrame) -> pd.DataFrame:
    """An error with its sign turned, or of a man who did not play, teaches every weight the wrong way.

    Args:
        errors: rows of `predictions.forecast_errors`.

    Returns:
        rows, with their index, whose error is not forecast less actual, or that say otherwise than
        `played` and `is_rotation` whether they count.
    """
    reason = no_reasons(errors)
    played = errors["played"].astype(bool)
    actual = errors["actual_points"].astype(float)
    owed = errors["forecast_points"].astype(float) - actual
    error = errors["error"].astype(float)
    off = played & ~((error - owed).abs() <= RELATIVE_TOLERANCE * HIGHEST)
    said = "error is " + error[off].astype(str) + " instead of " + owed[off].astype(str)
    add_reason(reason, off, said)
    told = errors[["actual_points", "actual_minutes", "error"]].notna().any(axis=1)
    add_reason(reason, ~played & told, "he did not play, and has an error")
    target = played & errors["is_rotation"].astype(bool) & (errors["season_type"] == "regular")
    odd = target != errors["is_target"].astype(bool)
    add_reason(reason, odd, "is_target is " + errors["is_target"].astype(str))
    return _told(errors, "right_errors", reason)


def unlisted_players(
    errors: pd.DataFrame, players: pd.DataFrame, boxes: pd.DataFrame
) -> pd.DataFrame:
    """Forecasts that meet no result leave weights and calibration to the few that do, without a word.

    Of each date and cut-off, 80 % of the predicted players of games with a box score have an error.
    Not in a season's first days, when a system may know nobody.

    Args:
        errors: rows of `predictions.forecast_errors`.
        players: rows of `predictions.predicted_players` of the same dates.
        boxes: rows of `analytics.player_game_summary` of the same dates.

    Returns:
        the predicted players without an error, of dates and cut-offs where they are too many.
    """
    is_owed = players["is_predicted"].astype(bool) & ~players["is_bootstrap"].astype(bool)
    is_owed &= players["game_id"].isin(boxes["game_id"])
    owed = players.loc[is_owed, [*_ROW, "player_name"]]
    is_there = pd.Series(_keys(owed).isin(_keys(errors)), owed.index)
    share = is_there.groupby([owed["game_date"], owed["cutoff"]]).transform("mean")
    return owed.assign(
        reason="forecasts_meet_results: "
        + _who(owed)
        + " "
        + owed["player_name"].fillna("")
        + " is in no box score"
    )[~is_there & (share < MIN_COVERAGE)]


def unknown_skips(skips: pd.DataFrame) -> pd.DataFrame:
    """A reason that says nothing, or is given of the wrong thing, sends whoever asks to the wrong input.

    Args:
        skips: rows of `predictions.prediction_skips`.

    Returns:
        rows, with their index, whose reason is none of a player (of all systems) or of a system.
    """
    of_all = skips["system_id"] == ALL_SYSTEMS
    reason = skips["skip_reason"]
    known = (of_all & reason.isin(OF_PLAYERS)) | (
        skips["system_id"].isin(SYSTEMS) & reason.isin(OF_SYSTEMS)
    )
    # A formula has no model that could be missing, or refused.
    known &= ~reason.isin([NO_MODEL, NOT_PUBLISHED]) | skips["system_id"].isin(TRAINED)
    return skips.assign(
        reason="reasons_are_known: " + _who(skips) + ": " + skips["system_id"] + " for " + reason
    )[~known]


def unexplained_players(skips: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A player of the slate whom nobody predicts and nobody explains is found missing by a customer.

    Args:
        skips: rows of `predictions.prediction_skips`.
        players: rows of `predictions.predicted_players` of the same dates.

    Returns:
        players who are not predicted and have no reason, and those who are and have one of all systems.
    """
    skipped = skips[skips["system_id"] == ALL_SYSTEMS]
    is_explained = pd.Series(_keys(players).isin(_keys(skipped)), players.index)
    off = is_explained == players["is_predicted"].astype(bool)
    what = is_explained.map({True: " is predicted, and skipped", False: " has no reason"})
    return players.assign(
        reason="every_player_is_explained: "
        + _who(players)
        + " "
        + players["player_name"].fillna("")
        + what
    )[off]


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[_ROW])


def _who(rows: pd.DataFrame) -> pd.Series:
    return rows["cutoff"] + " " + rows["player_id"]


def _told(rows: pd.DataFrame, gate: str, reason: pd.Series) -> pd.DataFrame:
    off = rows[reason != ""]
    who = _who(off) + " " + off["system_id"]
    return off.assign(reason=gate + ": " + who + ": " + reason[off.index].str.removesuffix("; "))
