"""Contracts of what is known before tip-off, per cut-off: games, lines, availability, contexts."""

from dataclasses import replace

from nba_assets.raw.tables import (
    GAME_DATE,
    GAME_ID,
    IS_HOME,
    NBA_GAME_ID,
    OPPONENT,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM,
)
from nba_assets.warehouse.table import QUALITY, Column, Table

MORNING, LOCK = "morning", "lock"
CUTOFFS = (MORNING, LOCK)

CUTOFF = Column(
    "cutoff", "STRING", "morning: 10:00 ET of the date; lock: 30 minutes before the game's own tip"
)
CUTOFF_AT = Column("cutoff_at", "TIMESTAMP", "instant of the cut-off, UTC")
PLAYER_ID = Column("player_id", "STRING", "the NBA person id")
PLAYER_AT_A_CUTOFF = (GAME_DATE, GAME_ID, PLAYER_ID, CUTOFF, CUTOFF_AT)
IS_NEUTRAL = Column(
    "is_neutral", "BOOL", "the arena is not one of the home team's", "arena not known"
)
ABSENT_BLOCKS = Column(
    "absent_blocks",
    "ARRAY<STRING>",
    "injuries, lines, game_lines, rosters, zones: what no feed has told of this"
    " season up to the cut-off; empty where all have",
)
_CUT = (
    "Nothing observed after `cutoff_at` and no result of the date or later is in it."
    " A row whose cut-off has not passed is not made."
)
# Per row, and no share of the date: what of the row's own window is published.
PREGAME_QUALITY = tuple(
    replace(
        c,
        meaning="% of the expected games of the row's window that are published",
        null_means="no game of the window was expected",
    )
    if c.name == "completeness_pct"
    else c
    for c in QUALITY
)

UPCOMING_GAMES = Table(
    name="analytics.upcoming_games",
    row="game of the slate and cut-off",
    may_not_know=_CUT,
    key=("game_id", "cutoff"),
    has_every_game=False,  # the slate is judged by its own rule
    columns=(
        GAME_DATE,
        GAME_ID,
        CUTOFF,
        CUTOFF_AT,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        Column("home_team", "STRING", "tricode"),
        Column("away_team", "STRING", "tricode"),
        Column("tip_at", "TIMESTAMP", "scheduled tip as the slate knew it, UTC"),
        Column("arena", "STRING", "name, as the schedule writes it", "not announced"),
        IS_NEUTRAL,
        ABSENT_BLOCKS,
        *PREGAME_QUALITY,
    ),
)

# The line as bookmakers offered it at a cut-off; NULL as a whole where none did.
LINE_BLOCK = (
    Column(
        "points_line",
        "FLOAT64",
        "points: lower median over the books of the game's newest capture, so that some book offers"
        " it; who is not in it has withdrawn",
        "no book offered one",
    ),
    Column("line_books", "INT64", "books of that capture", "no book had a line"),
    Column("line_lowest", "FLOAT64", "points, over the books", "no book had a line"),
    Column("line_highest", "FLOAT64", "points, over the books", "no book had a line"),
    Column(
        "over_decimal", "FLOAT64", "best decimal price of more at the line", "no book had a line"
    ),
    Column("over_book", "STRING", "book of that price", "no book had a line"),
    Column(
        "under_decimal", "FLOAT64", "best decimal price of less at the line", "no book had a line"
    ),
    Column("under_book", "STRING", "book of that price", "no book had a line"),
    Column(
        "line_observed_at",
        "TIMESTAMP",
        "that capture, of the line and of both prices, UTC",
        "no book had a line",
    ),
    Column(
        "opening_line",
        "FLOAT64",
        "points: lower median of the first lines of the books that were captured 60 minutes apart"
        " or more",
        "no two captures of one book that far apart",
    ),
    Column(
        "line_move",
        "FLOAT64",
        "points_line - opening_line",
        "no two captures of one book that far apart",
    ),
)
_NEVER_NULL = {"points_line", "line_books", "line_lowest", "line_highest", "over_decimal",
               "over_book", "under_decimal", "under_book", "line_observed_at"}  # fmt: skip

PLAYER_LINE_CONSENSUS = Table(
    name="analytics.player_line_consensus",
    row="player with a points line on the date, and cut-off",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,  # a game without a market has no line
    columns=(
        *PLAYER_AT_A_CUTOFF,
        *(replace(c, null_means=None) if c.name in _NEVER_NULL else c for c in LINE_BLOCK),
        *PREGAME_QUALITY,
    ),
)

# What is known of a man before tip-off; the context carries it on.
AVAILABILITY_BLOCK = (
    Column("player_name", "STRING", "as the source of his row writes it"),
    Column("player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"),
    Column(
        "roster_source",
        "STRING",
        "who lists him: the first of rosters, lineup (confirmed, at lock) and recent_box (his team's"
        " last 10 box scores) with 8 available players of the side, else the one with most; whom the"
        " confirmed line-up or the injury report names beside it: lineup, injury_report",
    ),
    Column(
        "roster_age_days",
        "INT64",
        "whole days from the roster's body to 10:00 ET of the date",
        "not from a roster",
    ),
    Column(
        "status",
        "STRING",
        "available, probable, questionable, doubtful or out; who is not in his team's confirmed"
        " line-up at all is out, who is not in its injury report is available",
        "neither line-up nor injury report speaks of his team",
    ),
    Column("status_source", "STRING", "lineup or injury_report", "neither speaks of his team"),
    Column("status_reason", "STRING", "the injury report's words", "none is given"),
    Column(
        "status_observed_at",
        "TIMESTAMP",
        "capture of the status, UTC",
        "neither speaks of his team",
    ),
    Column(
        "available",
        "BOOL",
        "at lock active in the confirmed line-up; else not out or doubtful in the newest injury"
        " report; where neither speaks of his team, played in one of its last 3 games, across the"
        " season's start, or on the roster of a team of which no game is known yet",
    ),
    Column(
        "injury_risk",
        "INT64",
        "0 available, 1 probable, 2 questionable, 3 doubtful or out",
        "neither line-up nor injury report speaks of his team",
    ),
    Column(
        "lineup_status",
        "STRING",
        "of his game's newest line-up: expected or confirmed",
        "no line-up of the game yet",
    ),
    Column(
        "is_expected_starter",
        "BOOL",
        "in the five of the newest line-up, expected or confirmed",
        "no line-up of the game yet",
    ),
    Column(
        "position",
        "STRING",
        "of the roster, else his label in tonight's line-up, else in the newest of an earlier game",
        "none is told",
    ),
    Column("birth_date", "DATE", "date of birth", "no roster tells it"),
)

PLAYER_AVAILABILITY = Table(
    name="analytics.player_availability",
    row="player of a team of the slate, and cut-off",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,  # a side below eight available players holds its game
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        IS_HOME,
        *AVAILABILITY_BLOCK,
        *PREGAME_QUALITY,
    ),
)

_NO_GAME = "no game this season yet"
_FEW_TEAM_GAMES = "fewer than 5 games of the season in the window"

UPCOMING_TEAM_GAME_CONTEXT = Table(
    name="analytics.upcoming_team_game_context",
    row="team with a game on the date, and cut-off",
    may_not_know=_CUT,
    key=("game_id", "team", "cutoff"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        GAME_ID,
        TEAM,
        CUTOFF,
        CUTOFF_AT,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        OPPONENT,
        IS_HOME,
        IS_NEUTRAL,
        Column("tip_at", "TIMESTAMP", "scheduled tip as the slate knew it, UTC"),
        Column("arena", "STRING", "name; the home team's own where none is announced", "not known"),
        Column("days_since_last_game", "INT64", "days since the team's last game", _NO_GAME),
        Column("days_rest", "INT64", "days without a game before it, 0 to 7; 7 on opening night"),
        Column("back_to_back", "BOOL", "the team played yesterday"),
        Column(
            "rest_advantage", "INT64", "days_rest - the opponent's, -2 to 2; a game's two sum to 0"
        ),
        Column("games_last_7_days", "INT64", "games in [d-7, d-1]"),
        Column("games_last_14_days", "INT64", "games in [d-14, d-1]"),
        Column(
            "travel_miles",
            "FLOAT64",
            "miles from the arena of the team's last game to this one, home or away",
            "no game this season yet, or an arena that nobody knows",
        ),
        Column(
            "time_zones",
            "INT64",
            "zones crossed on that way, positive eastward",
            "no game this season yet, or an arena that nobody knows",
        ),
        Column(
            "miles_last_14_days",
            "FLOAT64",
            "miles of the ways to the games of [d-14, d-1] and to this one, from the game before each",
            "an arena on the way that nobody knows",
        ),
        Column("consecutive_road_games", "INT64", "away games in a row up to this one; 0 at home"),
        Column(
            "games_played_season", "INT64", "games of the season before the date, without cup final"
        ),
        Column(
            "season_phase",
            "STRING",
            "early (up to 20 games played), mid (to 60), late; play_in and playoffs by the kind of game",
        ),
        Column("streak", "INT64", "games won in a row, lost ones negative; 0 before the first"),
        Column("last_margin", "INT64", "points more than the opponent in the last game", _NO_GAME),
        Column(
            "win_pct", "FLOAT64", "games won / played this season, a fraction", "fewer than 5 games"
        ),
        Column("games_in_last_10", "INT64", "games of the season that the last-10 means are of"),
        Column(
            "pace_last_10", "FLOAT64", "possessions per 48 minutes, mean of games", _FEW_TEAM_GAMES
        ),
        Column(
            "offensive_rating_last_10",
            "FLOAT64",
            "points per 100 possessions, mean of games",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "defensive_rating_last_10",
            "FLOAT64",
            "points allowed per 100 possessions, mean of games",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "free_throw_rate_allowed_last_15",
            "FLOAT64",
            "opponents' free-throw attempts / field-goal attempts over the last 15 games",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "game_spread",
            "FLOAT64",
            "points, this team's view: negative for the favourite; lower median of the books",
            "no spread seen by the cut-off",
        ),
        Column(
            "game_total",
            "FLOAT64",
            "points of both teams; lower median of the books",
            "no total seen by the cut-off",
        ),
        Column(
            "implied_points",
            "FLOAT64",
            "(game_total - game_spread) / 2",
            "no spread or total seen by the cut-off",
        ),
        Column(
            "opening_spread",
            "FLOAT64",
            "points: lower median of the first spreads of the books captured 60 minutes apart or more",
            "no two captures of one book that far apart",
        ),
        Column(
            "spread_move",
            "FLOAT64",
            "game_spread - opening_spread",
            "no two captures of one book that far apart",
        ),
        Column(
            "opening_total",
            "FLOAT64",
            "points, as opening_spread",
            "no two captures of one book that far apart",
        ),
        Column(
            "total_move",
            "FLOAT64",
            "game_total - opening_total",
            "no two captures of one book that far apart",
        ),
        Column(
            "starters_out",
            "INT64",
            "usual starters (6 or more of the team's last 10 games) who are out or doubtful",
            "neither line-up nor injury report speaks of the team",
        ),
        Column(
            "questionable_count",
            "INT64",
            "players who are questionable",
            "neither line-up nor injury report speaks of the team",
        ),
        ABSENT_BLOCKS,
        *PREGAME_QUALITY,
    ),
)

_OF_THE_TEAM = tuple(
    c
    for c in UPCOMING_TEAM_GAME_CONTEXT.columns
    if c.name
    in {
        "rest_advantage",
        "travel_miles",
        "time_zones",
        "season_phase",
        "game_spread",
        "game_total",
        "implied_points",
        "starters_out",
    }
)
_FEW_GAMES_5 = "fewer than 5 games this season"
_OUT_UNKNOWN = "neither line-up nor injury report speaks of his team"

UPCOMING_PLAYER_GAME_CONTEXT = Table(
    name="analytics.upcoming_player_game_context",
    row="player of a team of the slate, and cut-off",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        IS_HOME,
        IS_NEUTRAL,
        *(c for c in AVAILABILITY_BLOCK if c.name != "birth_date"),
        Column("age", "FLOAT64", "years on the date", "no roster tells his birth date"),
        Column("days_since_last_game", "INT64", "days since he last played", _NO_GAME),
        Column(
            "days_rest", "INT64", "days_since_last_game - 1, capped at 7; 7 before his first game"
        ),
        Column("back_to_back", "BOOL", "he played yesterday"),
        Column("games_last_7_days", "INT64", "games he played in [d-7, d-1]"),
        Column("games_last_14_days", "INT64", "games he played in [d-14, d-1]"),
        Column("minutes_last_7_days", "FLOAT64", "minutes in [d-7, d-1]"),
        Column("minutes_last_14_days", "FLOAT64", "minutes in [d-14, d-1]"),
        Column(
            "minutes_per_game_last_7_games",
            "FLOAT64",
            "minutes, mean of his last 7 games",
            _NO_GAME,
        ),
        Column("back_to_backs_last_14_days", "INT64", "games in [d-14, d-1] a day after another"),
        Column(
            "days_since_return",
            "INT64",
            "days since his newest first game after ten whole days or more without one between two"
            " games of this season: the season's first game ends no break",
            "no such break this season",
        ),
        Column(
            "games_played_season",
            "INT64",
            "games he played this season before the date, without cup final",
        ),
        Column("points_avg_last_5", "FLOAT64", "points, mean of his last 5 games", _FEW_GAMES_5),
        Column(
            "points_avg_last_10",
            "FLOAT64",
            "points, mean of his last 10 games, 5 at least",
            _FEW_GAMES_5,
        ),
        Column(
            "minutes_avg_last_10",
            "FLOAT64",
            "minutes, mean of his last 10 games, 5 at least",
            _FEW_GAMES_5,
        ),
        Column("minutes_avg_season", "FLOAT64", "minutes, mean of the season's games", _NO_GAME),
        Column(
            "usage_last_7_games",
            "FLOAT64",
            "usage rate, mean of his last 7 games, 5 at least",
            _FEW_GAMES_5,
        ),
        Column(
            "usage_last_10",
            "FLOAT64",
            "usage rate, mean of his last 10 games, 5 at least",
            _FEW_GAMES_5,
        ),
        Column("games_in_last_10", "INT64", "games of the season that the last-10 means are of"),
        Column(
            "projected_minutes",
            "FLOAT64",
            "0.6 EWMA (half-life 5 games) + 0.4 season mean; before his first game the mean of the"
            " season before, as far as 400 days reach; 0 if not available; the others of a"
            " team, those of whom nothing is known left out, scaled to 240 and capped at 40, less"
            " than 240 in all where fewer than 6 have any",
            "available, but without a game this season or, as far as 400 days reach, the season"
            " before, cup final aside",
        ),
        Column(
            "projected_usage",
            "FLOAT64",
            "usage_last_10 x 20 / minutes-weighted mean of the available, the factor within 0.85 to"
            " 1.25; of who is not available too, were he to play",
            _FEW_GAMES_5,
        ),
        Column(
            "teammates_out",
            "INT64",
            "team-mates of 10 minutes or more over 10 games who are out",
            _OUT_UNKNOWN,
        ),
        Column(
            "star_teammates_out",
            "INT64",
            "of these, with 18 points, 28 minutes or usage 25 or more over their last 10 games",
            _OUT_UNKNOWN,
        ),
        Column(
            "teammates_out_minutes", "FLOAT64", "their last-10 minutes a game, summed", _OUT_UNKNOWN
        ),
        Column(
            "teammates_out_points", "FLOAT64", "their last-10 points a game, summed", _OUT_UNKNOWN
        ),
        Column(
            "teammates_out_usage",
            "FLOAT64",
            "their last-10 usage, each weighted with his minutes / 48, summed",
            _OUT_UNKNOWN,
        ),
        Column(
            "opponent_pace_last_10",
            "FLOAT64",
            "pace of the opponent, mean of games",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "opponent_defensive_rating_last_10",
            "FLOAT64",
            "points the opponent allowed per 100 possessions, mean of games",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "opponent_free_throw_rate_allowed_last_15",
            "FLOAT64",
            "free-throw attempts / field-goal attempts against the opponent",
            _FEW_TEAM_GAMES,
        ),
        Column(
            "over_under_streak",
            "INT64",
            "games in a row over (negative: under) the line of each of those games, pushes skipped",
            "no earlier game of the season had a line",
        ),
        *_OF_THE_TEAM,
        *LINE_BLOCK,
        ABSENT_BLOCKS,
        *PREGAME_QUALITY,
    ),
)

UPCOMING_TABLES = (
    UPCOMING_GAMES,
    PLAYER_LINE_CONSENSUS,
    PLAYER_AVAILABILITY,
    UPCOMING_TEAM_GAME_CONTEXT,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
