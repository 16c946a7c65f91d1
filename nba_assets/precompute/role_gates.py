"""When form across seasons and tonight's roles are wrong: pure, from rows to offenders. No Dagster, no warehouse."""

from collections.abc import Mapping

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons, outside
from nba_assets.precompute.gates import one_value_for_all
from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM

_POINTS, _MINUTES, _FRACTION, _ATTEMPTS = (0.0, 80.0), (0.0, 60.0), (0.0, 1.0), (0.0, 50.0)
# The rate is held by the league's, so that a three in four seconds is none of 45 a minute.
_PER_MINUTE = (0.0, 3.0)
# Of sixteen men, all of whom may play: a team has 240, and early in a season many are new.
_TEAM_MINUTES, _TEAM_POINTS = (0.0, 600.0), (0.0, 400.0)

# Column → the lowest and the highest value that is possible; NULL is not judged.
POSSIBLE_SCORING_FORM: Mapping[str, tuple[float, float]] = {
    "games_in_window": (0.0, 60.0), "points_ewma_3": _POINTS, "points_ewma_20": _POINTS,
    "minutes_ewma_3": _MINUTES, "minutes_ewma_8": _MINUTES, "fga_ewma_8": _ATTEMPTS,
    "fg3a_ewma_8": _ATTEMPTS, "fta_ewma_8": _ATTEMPTS, "points_per_minute": _PER_MINUTE,
    "plays_per_minute": _PER_MINUTE, "minutes_as_starter": _MINUTES,
    "minutes_off_bench": _MINUTES, "starts_share_last_10": _FRACTION,
}  # fmt: skip
POSSIBLE_OUTLOOK: Mapping[str, tuple[float, float]] = {
    "games_with_team_last_10": (0.0, 10.0), "play_chance": _FRACTION, "start_chance": _FRACTION,
    "start_change": (-1.0, 1.0), "role_minutes": _MINUTES, "likely_team_minutes": _TEAM_MINUTES,
    "role_points": _POINTS, "likely_team_points": _TEAM_POINTS, "points_share": _FRACTION,
    "plays_share": _FRACTION, "vacated_minutes": (0.0, 400.0), "vacated_points": (0.0, 200.0),
    "expected_team_points": (50.0, 200.0), "rating_difference": (-100.0, 100.0),
    "expected_points": (0.0, 100.0),
}  # fmt: skip
_ROW = ["game_date", "game_id", "player_id", "cutoff"]


def impossible_scoring_form(form: pd.DataFrame) -> pd.DataFrame:
    """A rate or a mean that nobody can have is a unit read wrongly, and every role is made of it.

    Returns:
        rows of `precompute.player_scoring_form`, with their index.
    """
    reason = outside(form, POSSIBLE_SCORING_FORM)
    return form.assign(reason="possible_form: " + form["player_id"] + ": " + reason)[reason != ""]


def impossible_outlooks(outlook: pd.DataFrame) -> pd.DataFrame:
    """A chance above 1 or a share above the team's moves minutes that nobody has to men who play.

    Returns:
        rows of `precompute.player_role_outlook`, with their index.
    """
    return _told(outlook, "possible_outlooks", outside(outlook, POSSIBLE_OUTLOOK))


def unheard_statuses(outlook: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """A man who is out and still counted on keeps the minutes that his team-mates will get.

    Who is told to be out has no chance to play, and who is named in the five, or not, starts or not.

    Args:
        outlook: rows of `precompute.player_role_outlook`.
        players: rows of `analytics.upcoming_player_game_context` of the same dates.

    Returns:
        rows of the outlook, with their index.
    """
    told = outlook[_ROW].merge(players.drop_duplicates(_ROW), how="left", on=_ROW)
    told.index = outlook.index
    reason = no_reasons(outlook)
    is_out = told["status"].isin(["out", "doubtful"]) & (outlook["play_chance"] != 0)
    add_reason(reason, is_out, "is " + told["status"].fillna("") + " and may play")
    five = told["is_expected_starter"].map({True: 1.0, False: 0.0}).astype(float)
    add_reason(
        reason, five.notna() & (outlook["start_chance"] != five), "is not where the line-up has him"
    )
    return _told(outlook, "statuses_are_heard", reason)


def constant_form(form: pd.DataFrame) -> pd.DataFrame:
    """Fifty players with one value of their form are a default, and no error shows it.

    Of each date; not in a season's first days.

    Args:
        form: rows of `precompute.player_scoring_form`.
    """
    continuous = [f.name for f in SCORING_FORM if f.is_continuous]
    return one_value_for_all(form.assign(cutoff="any cut-off"), continuous)


def constant_outlooks(outlook: pd.DataFrame) -> pd.DataFrame:
    """Fifty players with one value of their role are a default, and no error shows it.

    Of each date and cut-off; not in a season's first days.

    Args:
        outlook: rows of `precompute.player_role_outlook`.
    """
    return one_value_for_all(outlook, [f.name for f in ROLE_OUTLOOK if f.is_continuous])


def _told(rows: pd.DataFrame, gate: str, reason: pd.Series) -> pd.DataFrame:
    who = rows["player_id"] + " " + rows["cutoff"]
    return rows.assign(reason=f"{gate}: " + who + ": " + reason.str.removesuffix("; "))[
        reason != ""
    ]
