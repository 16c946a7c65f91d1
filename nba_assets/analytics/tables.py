"""Contracts of the analytics tables: what happened, as rates and totals per player and team."""

from nba_assets.raw.tables import (
    COUNTS,
    GAME_DATE,
    GAME_ID,
    IS_HOME,
    NBA_GAME_ID,
    OPPONENT,
    OVERTIME_PERIODS,
    PERSONAL_FOULS,
    PLAYER_BOX_SCORES,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM,
)
from nba_assets.warehouse.table import LINEAGE_COLUMNS, QUALITY, Column, Table

_OF_THE_GAME = (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    SEASON_YEAR,
    SEASON_TYPE,
    TEAM,
    OPPONENT,
    IS_HOME,
    Column("is_win", "BOOL", "more points than the opponent"),
    Column("margin", "INT64", "points more than the opponent"),
    OVERTIME_PERIODS,
)

TEAM_OFFENSE_GAME_SUMMARY = Table(
    name="analytics.team_offense_game_summary",
    row="team of a finished game",
    may_not_know="It is a post-game fact of its date and never read for that date's predictions.",
    key=("game_id", "team"),
    columns=(
        *_OF_THE_GAME,
        COUNTS[0],
        Column("opponent_points", "INT64", "points"),
        *COUNTS[1:],
        Column("player_tov", "INT64", "turnovers of the players"),
        Column("team_tov", "INT64", "turnovers of nobody but the team", "the source counts none"),
        PERSONAL_FOULS,
        Column("possessions", "FLOAT64", "fga + 0.44 fta + player turnovers - oreb"),
        Column(
            "pace",
            "FLOAT64",
            "possessions of a side per 48 minutes, one number for both",
            "no minutes",
        ),
        Column("offensive_rating", "FLOAT64", "points per 100 possessions", "no possessions"),
        Column("efg_pct", "FLOAT64", "(fgm + 0.5 fg3m) / fga, a fraction", "no attempt"),
        Column("ts_pct", "FLOAT64", "points / (2 (fga + 0.44 fta)), a fraction", "no attempt"),
        Column(
            "inactive_players",
            "INT64",
            "players listed as inactive",
            "the source lists only who played",
        ),
        Column("starters", "INT64", "players in the opening five", "the source knows no starters"),
        *QUALITY,
    ),
)

TEAM_DEFENSE_GAME_SUMMARY = Table(
    name="analytics.team_defense_game_summary",
    row="defending team of a finished game",
    may_not_know="It is a post-game fact of its date and never read for that date's predictions.",
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
        *QUALITY,
    ),
)

_BOX = {c.name: c for c in PLAYER_BOX_SCORES.columns}
_QUALITY_NAMES = {c.name for c in QUALITY}

PLAYER_GAME_SUMMARY = Table(
    name="analytics.player_game_summary",
    row="player listed in a finished game",
    may_not_know="It is a post-game fact of its date and never read for that date's predictions.",
    key=("game_id", "player_id"),
    columns=(
        *(
            column
            for name in (
                *("game_date", "game_id", "player_id", "nba_game_id", "nba_player_id"),
                *("player_name", "player_lookup", "season_year", "season_type", "team", "opponent"),
                "is_home",
            )
            if (column := _BOX[name])
        ),
        Column("is_win", "BOOL", "his team won"),
        *(
            column
            for name, column in _BOX.items()
            if list(_BOX).index(name) > list(_BOX).index("is_home")
            and name not in _QUALITY_NAMES
            and name not in LINEAGE_COLUMNS
        ),
        Column("efg_pct", "FLOAT64", "(fgm + 0.5 fg3m) / fga, a fraction", "no attempt"),
        Column("ts_pct", "FLOAT64", "points / (2 (fga + 0.44 fta)), a fraction", "no attempt"),
        Column(
            "usage_rate",
            "FLOAT64",
            "% of the team's plays he ended while on court, 0-100:"
            " 100 (fga + 0.44 fta + tov) (team minutes / 5) / (minutes (team fga + 0.44 fta + tov))",
            "no time on court",
        ),
        *QUALITY,
    ),
)

TABLES = (TEAM_OFFENSE_GAME_SUMMARY, TEAM_DEFENSE_GAME_SUMMARY, PLAYER_GAME_SUMMARY)
