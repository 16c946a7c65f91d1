"""Contracts of the analytics tables: what happened, as rates and totals per player and team."""

from nba_assets.analytics.upcoming_tables import UPCOMING_TABLES
from nba_assets.analytics.zones import zone_counts
from nba_assets.raw.tables import (
    COUNTS,
    IS_HOME,
    OVERTIME_PERIODS,
    PERSONAL_FOULS,
    PLAYER_BOX_SCORES,
    SIDE_OF_A_GAME,
    TEAM_TURNOVERS,
)
from nba_assets.warehouse.table import LINEAGE_COLUMNS, QUALITY, Column, Table

_POST_GAME = "It is a post-game fact of its date and never read for that date's predictions."

_SHOOTING = (
    Column("efg_pct", "FLOAT64", "(fgm + 0.5 fg3m) / fga, a fraction", "no attempt"),
    Column("ts_pct", "FLOAT64", "points / (2 (fga + 0.44 fta)), a fraction", "no attempt"),
)

_OF_THE_GAME = (
    *SIDE_OF_A_GAME,
    Column("is_win", "BOOL", "more points than the opponent"),
    Column("margin", "INT64", "points more than the opponent"),
    OVERTIME_PERIODS,
)

TEAM_OFFENSE_GAME_SUMMARY = Table(
    name="analytics.team_offense_game_summary",
    row="team of a finished game",
    may_not_know=_POST_GAME,
    key=("game_id", "team"),
    columns=(
        *_OF_THE_GAME,
        COUNTS[0],
        Column("opponent_points", "INT64", "points"),
        *COUNTS[1:],
        *TEAM_TURNOVERS,
        PERSONAL_FOULS,
        Column("possessions", "FLOAT64", "fga + 0.44 fta + player turnovers - oreb"),
        Column(
            "pace",
            "FLOAT64",
            "possessions of a side per 48 minutes, one number for both",
            "no minutes",
        ),
        Column("offensive_rating", "FLOAT64", "points per 100 possessions", "no possessions"),
        *_SHOOTING,
        Column(
            "inactive_players",
            "INT64",
            "players listed as inactive",
            "the source lists only who played",
        ),
        Column("starters", "INT64", "players in the opening five", "the source knows no starters"),
        *zone_counts(),
        Column(
            "officials_crew",
            "STRING",
            "names of the officials who worked, in alphabetical order, joined by a comma",
            "no box score names officials",
        ),
        *QUALITY,
    ),
)

TEAM_DEFENSE_GAME_SUMMARY = Table(
    name="analytics.team_defense_game_summary",
    row="defending team of a finished game",
    may_not_know=_POST_GAME,
    key=("game_id", "team"),
    columns=(
        *_OF_THE_GAME,
        Column("points_allowed", "INT64", "points"),
        *(
            Column(f"{c.name}_allowed", "INT64", f"{c.meaning} by the opponent")
            for c in COUNTS
            if c.name in ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb")
        ),
        Column("turnovers_forced", "INT64", "turnovers of the opponent's players"),
        *(c for c in COUNTS if c.name in ("stl", "blk")),
        Column("dreb", "INT64", "defensive rebounds"),
        Column("opponent_possessions", "FLOAT64", "possessions of the opponent"),
        Column("pace", "FLOAT64", "the game's pace, per 48 minutes", "no minutes"),
        Column(
            "defensive_rating", "FLOAT64", "points allowed per 100 possessions", "no possessions"
        ),
        Column(
            "opponent_ts_pct", "FLOAT64", "true shooting of the opponent, a fraction", "no attempt"
        ),
        Column(
            "opponent_efg_pct",
            "FLOAT64",
            "effective shooting of the opponent, a fraction",
            "no attempt",
        ),
        *zone_counts("_allowed"),
        *QUALITY,
    ),
)

_OF_NO_BOX = {*(c.name for c in QUALITY), *LINEAGE_COLUMNS}
_BOX = [c for c in PLAYER_BOX_SCORES.columns if c.name not in _OF_NO_BOX]
_AFTER_THE_SIDE = _BOX.index(IS_HOME) + 1

PLAYER_GAME_SUMMARY = Table(
    name="analytics.player_game_summary",
    row="player listed in a finished game",
    may_not_know=_POST_GAME,
    key=("game_id", "player_id"),
    columns=(
        *_BOX[:_AFTER_THE_SIDE],
        Column("is_win", "BOOL", "his team won"),
        *_BOX[_AFTER_THE_SIDE:],
        *_SHOOTING,
        Column(
            "usage_rate",
            "FLOAT64",
            "% of the team's plays he ended while on court, 0-100:"
            " 100 (fga + 0.44 fta + tov) (team minutes / 5) / (minutes (team fga + 0.44 fta + tov))",
            "no time on court",
        ),
        *zone_counts(),
        Column("position", "STRING", "label in the game's line-up", "did not start, or no line-up"),
        Column("points_line", "FLOAT64", "points: consensus at the lock cut-off", "no line"),
        Column("opening_line", "FLOAT64", "points: as of the lock cut-off", "no opening line"),
        Column("line_source", "STRING", "feed of the consensus line", "no line"),
        Column("line_observed_at", "TIMESTAMP", "newest capture of it, UTC", "no line"),
        Column("margin", "FLOAT64", "points - points_line", "did not play, or no line"),
        Column("over_under_result", "STRING", "OVER, UNDER or PUSH", "did not play, or no line"),
        *QUALITY,
    ),
)

TABLES = (
    TEAM_OFFENSE_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    PLAYER_GAME_SUMMARY,
    *UPCOMING_TABLES,
)
