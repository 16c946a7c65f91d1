"""When raw rows are wrong: pure functions from rows to offenders. No Dagster, no warehouse."""

import pandas as pd

from nba_assets.raw.tables import COUNT_NAMES
from nba_assets.sources.nba import MIN_PLAYERS, is_expected
from nba_assets.sources.teams import BY_TRICODE

MIN_COVERAGE = 0.8  # two games of eleven may be missing; three mean that a feed is down
REGULATION_MINUTES, OVERTIME_MINUTES = 240, 25  # five players on the floor
TOLERANCE_MINUTES = {"second": 1.0, "minute": 5.0}  # ten players rounded to the minute
STARTERS = 5
# A field goal that nobody is charged with: a heave at the buzzer, in each period at most.
MAX_HEAVES = 6
# What the points are held against beside the players' sum, and who tells it.
TELLINGS_OF_THE_SCORE = {
    "line_score": "its periods",
    "score": "its score",
    "scheduled_score": "the schedule",
}
# What every source counts of a player, and how far whole minutes may lie from any other telling.
COMPARED = (*COUNT_NAMES, "tov", "pf")
ROUNDING_SECONDS = 60


def games_of_unknown_teams(schedule: pd.DataFrame) -> pd.DataFrame:
    """A team that nobody knows joins nothing: its game would vanish from every table without a word."""
    unknown = ~schedule["home_team"].isin(list(BY_TRICODE)) | ~schedule["away_team"].isin(
        list(BY_TRICODE)
    )
    return schedule[unknown].assign(
        reason=lambda rows: "known_team: " + rows["away_team"] + " at " + rows["home_team"]
    )


def teams_playing_twice(schedule: pd.DataFrame) -> pd.DataFrame:
    """A game under two ids would be waited for and counted twice: nobody plays twice a night."""
    live = schedule[~schedule["status"].isin(["postponed", "cancelled"])]
    sides = pd.concat(
        [live.assign(team=live["home_team"]), live.assign(team=live["away_team"])],
        ignore_index=True,
    )
    twice = sides[sides.duplicated(["game_date", "team"], keep=False)]
    return twice.assign(
        reason="one_game_per_team: " + twice["team"] + " plays twice"
    ).drop_duplicates("game_id")


def expected_games(schedule: pd.DataFrame) -> pd.DataFrame:
    """The games that must have results once their date is over, whatever status the schedule gives."""
    kinds = zip(schedule["season_type"], schedule["status"], strict=True)
    expected = [is_expected(season_type, status) for season_type, status in kinds]
    return schedule[pd.Series(expected, schedule.index, dtype=bool)]


def uncovered_games(boxes: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """Four games of seven look like a whole night to whoever reads only the rows.

    A game is covered by box scores of both its teams. Under 80 % of the date's games the date is
    held; from there to 100 % it is published, degraded, and the missing games are named.
    """
    expected = expected_games(schedule)
    sides = boxes.groupby("game_id")["team"].nunique()
    covered = expected["game_id"].map(sides).fillna(0) >= 2
    # The share covered, not the share missing: in floats 1 - 0.8 < 0.2, and one game of five blocks.
    share = covered.groupby(expected["game_date"]).transform("mean")
    missing = expected[~covered]
    return missing.assign(
        blocks=share[~covered] < MIN_COVERAGE,
        reason="coverage_of_schedule: "
        + missing["game_id"]
        + " has no box score, covered "
        + (100 * share[~covered]).round(1).astype(str)
        + " %",
    )


def irreconcilable_games(players: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """A box whose players do not add up to its score is half a box, or another game's.

    Args:
        players: rows of `raw.player_box_scores`.
        teams: their team lines: game_date, game_id, team, points, overtime_periods, and the tellings
            of the score to hold the points against: line_score (sum of the periods), score (of the
            box), scheduled_score (where the schedule calls the game final); NULL is not compared.

    Returns:
        One row per offending team of a game, `reason` naming the rules it breaks.
    """
    by_side = ["game_date", "game_id", "team"]
    sums = players.groupby(by_side, as_index=False).agg(
        player_points=("points", "sum"),
        seconds=("seconds_played", "sum"),
        # "minute" sorts before "second": one rounded row makes the side a rounded one.
        precision=("minutes_precision", "min"),
    )
    sides = sums.merge(
        teams[[*by_side, "points", "overtime_periods", *TELLINGS_OF_THE_SCORE]], on=by_side
    )
    owed = REGULATION_MINUTES + OVERTIME_MINUTES * sides["overtime_periods"]
    minutes = sides["seconds"] / 60
    off = (minutes - owed).abs() > sides["precision"].map(TOLERANCE_MINUTES)
    differs = sides["player_points"] != sides["points"]
    reason = _text(
        differs,
        "team_sum_equals_score: the players have "
        + sides["player_points"].astype(str)
        + " points, the team "
        + sides["points"].astype(str),
    ) + _text(off, "team_minutes: " + minutes.round(1).astype(str) + " of " + owed.astype(str))
    offends = differs | off
    for column, teller in TELLINGS_OF_THE_SCORE.items():
        told = pd.to_numeric(sides[column]).astype("Int64")
        wrong = told.notna() & (told != sides["points"])
        reason += _text(
            wrong,
            f"team_sum_equals_score: {teller} "
            + told.astype(str)
            + ", the team has "
            + sides["points"].astype(str),
        )
        offends |= wrong
    return sides.assign(reason=sides["team"] + " " + reason)[offends]


def implausible_sides(players: pd.DataFrame) -> pd.DataFrame:
    """A player in both teams, four starters, three men who played: the list is not of this game.

    Fewer than eight who played is real (six have finished a game) and no offence.
    """
    by_side = ["game_date", "game_id", "team"]
    sides = players.groupby(by_side, as_index=False).agg(
        played=("played", "sum"),
        starters=("is_starter", lambda flags: flags.eq(True).sum()),
        known=("is_starter", lambda flags: flags.notna().any()),
    )
    starters = sides["known"] & (sides["starters"] != STARTERS)
    short = sides["played"] < MIN_PLAYERS
    sides = sides.assign(
        reason=sides["team"]
        + " "
        + _text(starters, "five_starters: " + sides["starters"].astype(str))
        + _text(short, "players_who_played: " + sides["played"].astype(str))
    )[starters | short]
    in_both = players[
        players.groupby(["game_id", "player_id"])["team"].transform("nunique") > 1
    ].drop_duplicates(["game_id", "player_id"])
    in_both = in_both.assign(
        reason="one_team_per_game: "
        + in_both["player_id"]
        + " "
        + in_both["player_name"]
        + " plays for both"
    )
    return pd.concat([sides, in_both[[*by_side, "player_id", "reason"]]], ignore_index=True)


def teams_off_their_players(
    teams: pd.DataFrame, players: pd.DataFrame, tellings: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Usage and pace divide by team totals: a total that its players do not add up to skews every rate.

    Free throws and turnovers must agree exactly, and minutes be the clock's (the points are held by
    `irreconcilable_games`). Field goals that nobody is charged with, heaves at the buzzer, make
    the team's attempts a few more than the players'.

    Args:
        teams: rows of `raw.team_box_scores`.
        players: rows of `raw.player_box_scores` of the same bodies.
        tellings: the team lines that `irreconcilable_games` reads: with them a game whose players
            are refused is refused with its teams, and is in both tables or in neither.
    """
    by_side = ["game_date", "game_id", "team"]
    exact = {"ftm": "ftm", "fta": "fta", "player_tov": "tov"}
    sums = players.groupby(by_side, as_index=False).agg(
        precision=("minutes_precision", "min"),
        **{f"{name}_players": (name, "sum") for name in (*exact.values(), "fga")},
    )
    both = teams.merge(sums, on=by_side)
    heaves = both["fga"] - both["fga_players"]
    off_attempts = (heaves < 0) | (heaves > MAX_HEAVES)
    owed = REGULATION_MINUTES + OVERTIME_MINUTES * both["overtime_periods"]
    minutes = both["seconds_played"] / 60
    off_minutes = (minutes - owed).abs() > both["precision"].map(TOLERANCE_MINUTES)
    reason = _text(
        off_minutes, "team_minutes: " + minutes.round(1).astype(str) + " of " + owed.astype(str)
    ) + _text(off_attempts, "team_totals: " + heaves.astype(str) + " field goals of nobody")
    offends = off_attempts | off_minutes
    for column, of_players in exact.items():
        differs = both[column] != both[f"{of_players}_players"]
        told = both[column].astype(str) + " and " + both[f"{of_players}_players"].astype(str)
        reason += _text(differs, f"team_totals: {column} of team and players are " + told)
        offends |= differs
    found = both.assign(reason=both["team"] + " " + reason)[offends]
    if tellings is None or tellings.empty:
        return found
    refused = [irreconcilable_games(players, tellings), implausible_sides(players)]
    columns = [*by_side, "reason"]
    return pd.concat([rows[columns] for rows in (found, *refused)], ignore_index=True)


def games_of_unresolved_players(rows: pd.DataFrame, unresolved: pd.DataFrame) -> pd.DataFrame:
    """A game published without one of the men who played in it looks whole to whoever reads it.

    Args:
        rows: players or teams of games, or the games alone: game_date, game_id, landing_path.
        unresolved: names without a player, of every body that was tried; `played` tells who did.
    """
    of_the_body = ["game_date", "game_id", "landing_path"]
    played = unresolved[unresolved["played"].eq(True)]
    found = rows[of_the_body].drop_duplicates().merge(played, on=of_the_body)
    who = found["player_name"] + " (" + found["team"] + ") played: " + found["reason"]
    return found.assign(reason="every_name_is_resolved: " + who)


def disagreements(players: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Two sources that differ are a fact about one of them: it is listed, and nothing is mended.

    Counts have to be equal, and minutes to lie within 60 s where one of two tellings is in whole
    minutes, else within one. A man whom whole minutes give none and who counts nothing is not
    missed.

    Args:
        players: rows of `raw.player_box_scores`.
        others: rows of what other sources tell of the games, who played alone; NULL `player_id` is a
            name that is nobody's of the game.
    """
    key = ["game_date", "game_id", "player_id"]
    columns = [*key, "reason"]
    if others.empty or players.empty:
        return pd.DataFrame(columns=columns)
    ours = players[players["played"]]
    shown = ["player_name", "team", "source", "minutes_precision", "seconds_played", *COMPARED]
    both = ours[[*key, *shown]].merge(
        others.dropna(subset=["player_id"])[[*key, *shown]], on=key, suffixes=("", "_other")
    )
    found = [both[both[name] != both[f"{name}_other"]].assign(field=name) for name in COMPARED]
    apart = (both["seconds_played"] - both["seconds_played_other"]).abs()
    whole = (both["minutes_precision"] == "minute") | (both["minutes_precision_other"] == "minute")
    off = apart > whole.map({True: ROUNDING_SECONDS, False: 1})
    found.append(both[off].assign(field="seconds_played"))
    told = [
        rows.assign(
            reason=_who(rows)
            + f"{name} "
            + rows[name].astype(str)
            + " by "
            + rows["source"]
            + ", "
            + rows[f"{name}_other"].astype(str)
            + " by "
            + rows["source_other"]
        )
        for name, rows in zip((*COMPARED, "seconds_played"), found, strict=True)
    ]
    tellings = others[["game_id", "source"]].drop_duplicates()
    owed = ours.merge(tellings, on="game_id", suffixes=("", "_other"))
    idle = (owed["seconds_played"] <= ROUNDING_SECONDS) & (owed[list(COMPARED)].sum(axis=1) == 0)
    missing = _without(owed[~idle], others, ["game_id", "player_id"], ("source_other", "source"))
    told.append(
        missing.assign(
            reason=_who(missing)
            + "played by "
            + missing["source"]
            + ", not by "
            + missing["source_other"]
        )
    )
    published = others[others["game_id"].isin(players["game_id"])]
    strangers = _without(published, ours, ["game_id", "player_id"], None)
    told.append(
        strangers.assign(
            reason=_who(strangers) + "played by " + strangers["source"] + ", not by the rows"
        )
    )
    return pd.concat([rows[columns] for rows in told], ignore_index=True)


def _without(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    key: list[str],
    also: tuple[str, str] | None,
) -> pd.DataFrame:
    """Rows whose key, and a last column under its name in each frame, is not among those known."""
    left = [*key, *([also[0]] if also else [])]
    right = [*key, *([also[1]] if also else [])]
    seen = set(known[right].itertuples(index=False, name=None))
    return rows[[k not in seen for k in rows[left].itertuples(index=False, name=None)]]


def _who(rows: pd.DataFrame) -> pd.Series:
    return rows["player_name"] + " (" + rows["team"] + "): "


def _text(where: pd.Series, text: pd.Series) -> pd.Series:
    return (text + "; ").where(where, "")
