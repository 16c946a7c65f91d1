"""When analytics rows are wrong: pure functions from rows to offenders. No Dagster, no warehouse."""

import pandas as pd

from nba_assets.raw.gates import MIN_COVERAGE

# Sums of 13 floats against a whole number: what rounding alone can do, and no more.
RELATIVE_TOLERANCE = 1e-9


def unaccounted_players(summary: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """One player lost in a join is a game that never happened, in every average of his season.

    A game that is missing whole is in quarantine, here or above: as long as 80 % of the date's
    games are there its players are named and hold nothing back.
    """
    keys = ["game_date", "game_id", "player_id"]
    both = players[[*keys, "player_name"]].merge(
        summary[keys], on=keys, how="outer", indicator=True
    )
    off = both[both["_merge"] != "both"]
    side = (
        off["_merge"].map({"left_only": "is missing", "right_only": "has no raw row"}).astype(str)
    )
    games = players[["game_date", "game_id"]].drop_duplicates()
    share = games["game_id"].isin(summary["game_id"]).groupby(games["game_date"]).mean()
    is_whole = ~off["game_id"].isin(summary["game_id"])
    return off.assign(
        blocks=~(is_whole & (off["game_date"].map(share) >= MIN_COVERAGE)),
        reason="row_reconciliation: "
        + off["player_id"]
        + " "
        + off["player_name"].fillna("")
        + " "
        + side,
    )


def teams_whose_usage_does_not_add_up(summary: pd.DataFrame, offense: pd.DataFrame) -> pd.DataFrame:
    """Usage that does not sum to five players has the wrong minutes in it: 48 in an overtime game.

    Σ usage · minutes of a team = 100 · team minutes / 5, by the definition of usage (Basketball-
    Reference glossary, "Usg%"), as far as the team's plays are its players': a field goal nobody is
    charged with makes the sum smaller by its share, which is taken from the team's totals here.
    """
    on_court = summary[summary["seconds_played"] > 0]
    work = on_court.assign(
        carried=on_court["usage_rate"] * on_court["seconds_played"] / 60,
        plays=on_court["fga"] + 0.44 * on_court["fta"] + on_court["tov"],
    )
    sides = work.groupby(["game_date", "game_id", "team"], as_index=False).agg(
        carried=("carried", "sum"), plays=("plays", "sum"), overtimes=("overtime_periods", "max")
    )
    sides = sides.merge(
        offense[["game_date", "game_id", "team", "fga", "fta", "player_tov"]],
        on=["game_date", "game_id", "team"],
    )
    of_team = sides["fga"] + 0.44 * sides["fta"] + sides["player_tov"]
    owed = 100 * (240 + 25 * sides["overtimes"]) / 5 * (sides["plays"] / of_team)
    off = (sides["carried"] - owed).abs() > RELATIVE_TOLERANCE * owed.clip(lower=1)
    return sides.assign(
        reason=sides["team"]
        + " usage_sums: "
        + sides["carried"].round(3).astype(str)
        + " instead of "
        + owed.round(3).astype(str)
    )[off]


def games_without_one_pace(offense: pd.DataFrame) -> pd.DataFrame:
    """A game has one pace and one winner; two paces mean that the sides were read from two games."""
    games = offense.groupby(["game_date", "game_id"], as_index=False).agg(
        sides=("team", "nunique"),
        slowest=("pace", "min"),
        fastest=("pace", "max"),
        margin=("margin", "sum"),
        winners=("is_win", "sum"),
    )
    off = (
        (games["sides"] != 2)
        | (
            (games["fastest"] - games["slowest"]).abs()
            > RELATIVE_TOLERANCE * games["fastest"].abs()
        )
        | (games["margin"] != 0)
        | (games["winners"] != 1)
    )
    return games.assign(
        reason="one_pace: "
        + games["sides"].astype(str)
        + " sides, pace "
        + games["slowest"].round(2).astype(str)
        + " and "
        + games["fastest"].round(2).astype(str)
        + ", margins sum to "
        + games["margin"].astype(str)
    )[off]


def sides_without_their_opponent(defense: pd.DataFrame, offense: pd.DataFrame) -> pd.DataFrame:
    """A defence is its opponent's offence: a side that is missing or differs faces nobody."""
    keys = ["game_date", "game_id", "team"]
    facing = offense.rename(columns={"team": "opponent", "opponent": "team"})[
        [*keys, "points", "offensive_rating"]
    ]
    both = facing.merge(
        defense[[*keys, "points_allowed", "defensive_rating"]], on=keys, how="outer"
    )
    off = ~(
        (both["points"] == both["points_allowed"])
        & (both["offensive_rating"] == both["defensive_rating"])
    )
    return both.assign(
        reason=both["team"]
        + " mirrors_the_offence: allowed "
        + both["points_allowed"].astype(str)
        + ", the opponent scored "
        + both["points"].astype(str)
    )[off]
