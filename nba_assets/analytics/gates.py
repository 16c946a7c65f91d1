"""When analytics rows are wrong: pure functions from rows to offenders. No Dagster, no warehouse."""

import pandas as pd

from nba_assets.analytics.zones import ZONES
from nba_assets.raw.gates import MIN_COVERAGE

# Sums of 13 floats against a whole number: what rounding alone can do, and no more.
RELATIVE_TOLERANCE = 1e-9

# Counts of a row, how their sum stands to another of its counts, and which.
_ZONE_SUMS = (
    (tuple(f"{zone}_fga" for zone in ZONES), "=", "fga"),
    (tuple(f"{zone}_fgm" for zone in ZONES), "=", "fgm"),
    (("three_fga",), "=", "fg3a"),
    (("three_fgm",), "=", "fg3m"),
    *(((f"{zone}_assisted_fgm", f"{zone}_unassisted_fgm"), "=", f"{zone}_fgm") for zone in ZONES),
    # A blocked attempt is a missed one.
    *(((f"{zone}_blocked_fga", f"{zone}_fgm"), "<=", f"{zone}_fga") for zone in ZONES),
    (("and_ones",), "<=", "fgm"),
)
_COUNTED = {name for parts, _, whole in _ZONE_SUMS for name in (*parts, whole)}


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


def zones_that_are_not_the_box(rows: pd.DataFrame) -> pd.DataFrame:
    """A shot that is counted in two zones, or in none, is another share in every profile made of it.

    Args:
        rows: players or attacking teams, with their box score beside their zones.
    """
    return _off_the_box(rows, "")


def allowed_zones_that_are_not_the_box(defense: pd.DataFrame) -> pd.DataFrame:
    """A defence charged with a shot too many or in the wrong place is weak where it is not."""
    return _off_the_box(defense, "_allowed")


def _off_the_box(rows: pd.DataFrame, whose: str) -> pd.DataFrame:
    """Rows whose zones are told in part, or not as often as the box score or the rest of the row says."""
    names = [name for name in rows if name in {f"{count}{whose}" for count in _COUNTED}]
    counts = (
        rows[names]
        .apply(pd.to_numeric)
        .astype("Int64")
        .set_axis([str(name).removesuffix(whose) for name in names], axis=1)
    )
    reasons = pd.Series("", rows.index)
    for parts, relation, whole in _ZONE_SUMS:
        told, owed = counts[list(parts)].sum(axis=1, skipna=False), counts[whole]
        off = ((told > owed) | ((told < owed) & (relation == "="))).fillna(False)
        reasons[off] += (
            f"{' + '.join(parts)} = "
            + told[off].astype(str)
            + f", {whole} = "
            + owed[off].astype(str)
            + "; "
        )
    places = counts[[f"{zone}_{what}" for zone in ZONES for what in ("fga", "fgm")]].isna()
    reasons[places.any(axis=1) & ~places.all(axis=1)] += "only some of the zones are told; "
    who = rows["player_id"] if "player_id" in rows else rows["team"]
    return rows.assign(reason=who + " zone_totals: " + reasons)[reasons != ""]


def lines_outside_their_books(lines: pd.DataFrame) -> pd.DataFrame:
    """A consensus that no book offers is an estimate: nobody could have taken it."""
    lowest, highest = lines["line_lowest"], lines["line_highest"]
    within = (lowest <= lines["points_line"]) & (lines["points_line"] <= highest)
    alone = (lines["line_books"] > 1) | (lowest == highest)
    off = ~(within & alone & (lines["line_books"] >= 1))
    return lines.assign(
        reason=_of_line(lines)
        + ": "
        + lines["points_line"].astype(str)
        + " of "
        + lines["line_books"].astype(str)
        + " books from "
        + lowest.astype(str)
        + " to "
        + highest.astype(str)
    )[off]


def prices_that_pay_nothing(lines: pd.DataFrame) -> pd.DataFrame:
    """A decimal price holds the stake: at 1 or less, an American one read as decimal, a win is a loss."""
    off = ~((lines["over_decimal"] > 1) & (lines["under_decimal"] > 1))
    return lines.assign(
        reason=_of_line(lines)
        + ": pays "
        + lines["over_decimal"].astype(str)
        + " for more and "
        + lines["under_decimal"].astype(str)
        + " for less"
    )[off]


def moves_without_an_opening(lines: pd.DataFrame) -> pd.DataFrame:
    """A movement is from the opening to the line; one without the other is a movement from nowhere."""
    opening, move = lines["opening_line"], lines["line_move"]
    apart = opening.isna() != move.isna()
    # Multiples of a half: exact, and so is their difference.
    wrong = opening.notna() & move.notna() & (lines["points_line"] - opening != move)
    return lines.assign(
        reason=_of_line(lines)
        + ": opening "
        + opening.astype(str)
        + ", line "
        + lines["points_line"].astype(str)
        + ", move "
        + move.astype(str)
    )[apart | wrong]


def _of_line(lines: pd.DataFrame) -> pd.Series:
    return lines["player_id"] + " at " + lines["cutoff"]
