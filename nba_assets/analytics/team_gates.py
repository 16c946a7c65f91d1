"""When the contexts of teams are wrong: pure functions from rows to offenders. No Dagster, no warehouse."""

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons, outside

SIDES = 2
MAX_MILES = 12_500.0  # half way around the earth is 12,437
MAX_GAMES_IN_7_DAYS = 7  # one a day; more are games of somebody else
PACE = (70.0, 130.0)  # slower or faster over ten games has nobody played since pace is counted
RATING = (60.0, 160.0)  # points per 100 possessions
MAX_REST_ADVANTAGE = 2  # days, by definition
MAX_SPREAD = 60.0  # points; the widest are near 20
TOTAL = (120.0, 330.0)  # points of both teams; the lowest and highest lines are near 170 and 260

# Column → the lowest and highest value that is possible; NULL is not judged.
POSSIBLE = {
    "travel_miles": (0.0, MAX_MILES),
    "games_last_7_days": (0, MAX_GAMES_IN_7_DAYS),
    "pace_last_10": PACE,
    "offensive_rating_last_10": RATING,
    "defensive_rating_last_10": RATING,
    "game_spread": (-MAX_SPREAD, MAX_SPREAD),
    "game_total": TOTAL,
    "win_pct": (0.0, 1.0),
}


def slate_games_without_two_sides(contexts: pd.DataFrame, games: pd.DataFrame) -> pd.DataFrame:
    """A game that lost its context is priced without rest, travel and opponent: zeros, not unknowns.

    A cut-off of which no game has both sides holds the date. Where some have, the others are named
    and the date is published: one game that is quarantined does not take the night with it.

    Args:
        contexts: rows of `analytics.upcoming_team_game_context`.
        games: rows of `analytics.upcoming_games` of the same dates.
    """
    key = ["game_date", "game_id", "cutoff"]
    wanted = pd.concat(
        [
            games[[*key, "home_team", "away_team"]].rename(columns={"home_team": "team"}),
            games[[*key, "home_team", "away_team"]].rename(columns={"away_team": "team"}),
        ],
        ignore_index=True,
    )[[*key, "team"]]
    both = wanted.merge(contexts[[*key, "team"]].drop_duplicates(), how="left", indicator=True)
    both = both.assign(there=(both["_merge"] == "both").astype(int))
    sides = both.groupby(key, as_index=False).agg(there=("there", "sum"))
    is_whole = sides["there"] == SIDES
    has_any = is_whole.groupby([sides["game_date"], sides["cutoff"]]).transform("any")
    return sides.assign(
        blocks=~has_any,
        reason="two_sides: "
        + sides["cutoff"]
        + " has "
        + sides["there"].astype(str)
        + " of its teams",
    )[~is_whole]


def unbalanced_rests(contexts: pd.DataFrame) -> pd.DataFrame:
    """What tires one side rests the other: two views of a game that disagree price it twice.

    A rest advantage is the days of rest of the side less those of the other, -2 to 2; spreads of a
    game are each other's negatives, its total is one.
    """
    other = contexts.groupby(["game_date", "game_id", "cutoff"])["days_rest"].transform("sum")
    owed = (2 * contexts["days_rest"] - other).clip(-MAX_REST_ADVANTAGE, MAX_REST_ADVANTAGE)
    rows = contexts.assign(
        total=contexts["game_total"],
        has_spread=contexts["game_spread"].notna().astype(int),
        uneven=(contexts["rest_advantage"] != owed).astype(int),
    )
    games = rows.groupby(["game_date", "game_id", "cutoff"], as_index=False).agg(
        rest=("rest_advantage", "sum"),
        uneven=("uneven", "sum"),
        spread=("game_spread", "sum"),
        spreads=("has_spread", "sum"),
        lowest_total=("total", "min"),
        highest_total=("total", "max"),
        totals=("total", "count"),
    )
    uneven_rest = (games["rest"] != 0) | (games["uneven"] != 0)
    uneven_spread = (games["spread"] != 0) | (games["spreads"] % SIDES != 0)
    two_totals = (games["totals"] % SIDES != 0) | (
        (games["totals"] > 0) & (games["lowest_total"] != games["highest_total"])
    )
    reason = no_reasons(games)
    add_reason(
        reason,
        uneven_rest,
        "rest advantages sum to "
        + games["rest"].astype(str)
        + ", "
        + games["uneven"].astype(str)
        + " are not the difference of the days of rest",
    )
    add_reason(
        reason,
        uneven_spread,
        games["spreads"].astype(str) + " spreads that sum to " + games["spread"].astype(str),
    )
    add_reason(
        reason,
        two_totals,
        games["totals"].astype(str)
        + " totals from "
        + games["lowest_total"].astype(str)
        + " to "
        + games["highest_total"].astype(str),
    )
    offends = reason != ""
    return games.assign(reason="one_game_two_views: " + games["cutoff"] + ": " + reason)[offends]


def impossible_team_contexts(contexts: pd.DataFrame) -> pd.DataFrame:
    """Kilometres for miles, a fraction for a rating, a price for a spread: no game is played like it."""
    reason = outside(contexts, POSSIBLE)
    return contexts.assign(
        reason="possible_contexts: " + contexts["team"] + " " + contexts["cutoff"] + ": " + reason
    )[reason != ""]
