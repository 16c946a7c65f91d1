"""When what is said before tip-off is wrong: pure functions from rows to offenders. No Dagster, no warehouse."""

import pandas as pd

from nba_assets.raw.gates import MIN_COVERAGE

MIN_AVAILABLE = 8  # a side of fewer cannot be priced
TEAM_MINUTES = 240  # five players on the floor for 48 minutes
SUM_TOLERANCE = 1e-6  # a dozen shares of 240, each rounded once
LONGEST_GAME = 58  # minutes: two overtimes, played through
# What no man can have, whatever a feed says: lowest and highest value by column.
LIMITS: dict[str, tuple[float, float]] = {
    "age": (17, 50),
    "days_rest": (0, 7),
    "games_last_7_days": (0, 7),
    "games_last_14_days": (0, 14),
    "minutes_last_7_days": (0, 7 * LONGEST_GAME),
    "minutes_last_14_days": (0, 14 * LONGEST_GAME),
    "minutes_per_game_last_7_games": (0, LONGEST_GAME),
    "back_to_backs_last_14_days": (0, 13),
    "points_avg_last_5": (0, 100),
    "points_avg_last_10": (0, 100),
    "minutes_avg_last_10": (0, LONGEST_GAME),
    "minutes_avg_season": (0, LONGEST_GAME),
    # One play in a few seconds is a rate of hundreds: a mean of five such nights was 187.
    "usage_last_7_games": (0, 500),
    "usage_last_10": (0, 500),
    "games_in_last_10": (0, 10),
    "projected_minutes": (0, 48),
    "points_line": (0.5, 60),
}
_SIDE = ["game_date", "game_id", "cutoff", "team"]
_INSTANT = "%Y-%m-%d %H:%M:%S"
_MAN = ["game_date", "game_id", "player_id", "cutoff"]


def sides_without_eight_available(rows: pd.DataFrame) -> pd.DataFrame:
    """A side that cannot dress eight is one whose list is wrong: its shares of minutes and shots are too.

    All rows of the game at that cut-off, both sides': the other cut-off and the other games stay.
    """
    dressed = rows[rows["available"].astype(bool)].groupby(_SIDE).size()
    offenders = []
    for (day, game, cutoff), own in rows.groupby(["game_date", "game_id", "cutoff"], sort=False):
        counts = {
            team: int(dressed.get((day, game, cutoff, team), 0))
            for team in sorted({*own["team"], *own["opponent"]})
        }
        short = [f"{n} available of {team}" for team, n in counts.items() if n < MIN_AVAILABLE]
        if short:
            reason = f"eight_available: {', '.join(short)} at {cutoff}"
            offenders.append(own.assign(reason=reason))
    return pd.concat(offenders) if offenders else rows.head(0).assign(reason="")


def players_of_two_games(rows: pd.DataFrame) -> pd.DataFrame:
    """Nobody plays twice a night: in one of the two games others have his minutes.

    Where one confirmed line-up alone names him it is believed, and the list of a game that was cut
    before it came out is as good as it could be. But a second game of his own team is no game.
    """
    keys = ["game_date", "player_id", "cutoff"]
    twice = rows[rows.duplicated(keys, keep=False)]
    by = [twice[key] for key in keys]
    is_lined_up = twice["status_source"].eq("lineup")
    line_ups = is_lined_up.groupby(by).transform("sum")
    is_of_one_team = twice.duplicated([*keys, "team"], keep=False)
    games = (twice["team"] + " in " + twice["game_id"]).groupby(by)
    named = games.transform(lambda sides: " and ".join(sorted(sides)))
    return twice.assign(
        reason="one_game: " + twice["player_id"] + " at " + twice["cutoff"] + " of " + named
    )[(line_ups != 1) | (is_of_one_team & ~is_lined_up)]


def slate_games_without_players(rows: pd.DataFrame, games: pd.DataFrame) -> pd.DataFrame:
    """A slate priced from half its games looks complete to whoever reads only the picks.

    A game of the slate is there, per cut-off, if one of its players is. Without any row the date is
    held; below 80 % of a cut-off's games too, but in the days after opening night, when a team may
    have no list yet, the games are only named.
    """
    keys = ["game_date", "game_id", "cutoff"]
    slate = games[[*keys, "is_bootstrap"]].merge(
        rows[keys].drop_duplicates(), how="left", indicator=True
    )
    slate = slate.assign(is_there=slate["_merge"] == "both").drop(columns="_merge")
    share = slate.groupby(["game_date", "cutoff"])["is_there"].transform("mean")
    is_empty = ~slate.groupby("game_date")["is_there"].transform("any").astype(bool)
    missing = ~slate["is_there"]
    return slate.assign(
        blocks=is_empty | ((share < MIN_COVERAGE) & ~slate["is_bootstrap"].astype(bool)),
        reason="slate_has_players: no player of "
        + slate["game_id"]
        + " is there at "
        + slate["cutoff"],
    )[missing]


def rows_that_know_too_much(rows: pd.DataFrame) -> pd.DataFrame:
    """A capture after the cut-off is the future: it wins in every test and cannot be had in time.

    Every column of an instant `*observed_at` is held against `cutoff_at`.
    """
    later = pd.DataFrame(
        {
            name: (rows[name] > rows["cutoff_at"]).fillna(value=False).astype(bool)
            for name in rows.columns
            if name.endswith("observed_at")
        },
        index=rows.index,
    )
    found = rows[later.any(axis=1)]
    if found.empty:
        return found.assign(reason="")
    what = pd.Series("", found.index)
    for name in later.columns:
        own = found[later.loc[found.index, name]]
        what[own.index] += (
            name
            + " "
            + own[name].dt.strftime(_INSTANT)
            + " is after "
            + own["cutoff_at"].dt.strftime(_INSTANT)
            + "; "
        )
    who = found["player_id"] + " at " if "player_id" in found else ""
    return found.assign(
        reason="known_by_the_cutoff: " + who + found["cutoff"] + ": " + what.str.rstrip("; ")
    )


def unreconciled_players(contexts: pd.DataFrame, availability: pd.DataFrame) -> pd.DataFrame:
    """A man lost between two tables is neither predicted nor skipped: nobody misses him.

    A game that is missing whole at a cut-off is in quarantine, here or above: as long as 80 % of the
    games of the cut-off are there its players are named and hold nothing back.
    """
    both = availability[_MAN].merge(contexts[_MAN], on=_MAN, how="outer", indicator=True)
    off = both[both["_merge"] != "both"]
    side = (
        off["_merge"]
        .map({"left_only": "has no context", "right_only": "is not of player_availability"})
        .astype(str)
    )
    games = availability[["game_date", "game_id", "cutoff"]].drop_duplicates()
    there = contexts[["game_date", "game_id", "cutoff"]].drop_duplicates()
    games = games.merge(there, how="left", indicator=True)
    games = games.assign(is_there=games["_merge"] == "both").drop(columns="_merge")
    games["share"] = games.groupby(["game_date", "cutoff"])["is_there"].transform("mean")
    known = off.merge(games, on=["game_date", "game_id", "cutoff"], how="left")
    is_whole = known["is_there"].eq(False) & (known["share"] >= MIN_COVERAGE)
    return off.assign(
        blocks=~is_whole.to_numpy(dtype=bool),
        reason="row_reconciliation: " + off["player_id"] + " at " + off["cutoff"] + " " + side,
    ).drop(columns="_merge")


def impossible_contexts(rows: pd.DataFrame) -> pd.DataFrame:
    """Eight games in seven days are a join that doubled; a line of 600 points is a price.

    A side whose projected minutes exceed those of a game offends with all its rows.
    """
    reasons = pd.Series("", rows.index)
    for name, (lowest, highest) in LIMITS.items():
        off = (rows[name] < lowest) | (rows[name] > highest)
        off = off.fillna(value=False).astype(bool)
        reasons[off] += (
            name + " " + rows.loc[off, name].astype(str) + f" is not in {lowest} to {highest}; "
        )
    minutes = rows.groupby(_SIDE)["projected_minutes"].transform("sum")
    off = minutes > TEAM_MINUTES + SUM_TOLERANCE
    reasons[off] += (
        "projected minutes of "
        + rows.loc[off, "team"]
        + " sum to "
        + minutes[off].round(3).astype(str)
        + "; "
    )
    found = rows[reasons != ""]
    return found.assign(
        reason="possible_context: "
        + found["player_id"]
        + ": "
        + reasons[found.index].str.rstrip("; ")
    )
