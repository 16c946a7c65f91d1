"""Contracts of the precompute tables: what the history before a date says of its teams and players."""

from dataclasses import replace

from nba_assets.analytics.upcoming_tables import (
    PLAYER_AT_A_CUTOFF,
    PLAYER_ID,
    PREGAME_QUALITY,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.analytics.zones import ZONES
from nba_assets.precompute.features import ADDED_COLUMNS, FEATURE_COLUMNS, VERSION
from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM
from nba_assets.raw.tables import GAME_DATE, OPPONENT, SEASON_TYPE, SEASON_YEAR, TEAM
from nba_assets.warehouse.table import Column, Table

_HISTORY = "Only games before the date are in it; when they were observed does not matter."
_CUT = f"{_HISTORY} Nothing observed after `cutoff_at` is in it."

IS_PRODUCTION_READY = Column(
    "is_production_ready",
    "BOOL",
    "70 % or more of the window's expected games are published, or none was expected",
)
SAMPLE_LABEL = Column(
    "sample_label",
    "STRING",
    "games of the window against its length: excellent 100 %, good 70 %, limited 50 %, insufficient",
)
_FEW_TEAM_GAMES = "fewer than 5 games with shots in the window"
_PLACES = {"paint": "the paint", "mid": "mid-range", "three": "three"}

TEAM_DEFENSE_ZONE_ANALYSIS = Table(
    name="precompute.team_defense_zone_analysis",
    row="team of the league on a date with games: what its last 15 games allowed",
    may_not_know=_HISTORY,
    key=("game_date", "team"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        TEAM,
        SEASON_YEAR,
        Column("games_in_sample", "INT64", "games of the season among the last 15"),
        Column("games_with_zones", "INT64", "of these, games whose shots are told"),
        *(
            column
            for zone in ZONES
            for column in (
                Column(
                    f"{zone}_fg_pct_allowed",
                    "FLOAT64",
                    f"makes / attempts from {_PLACES[zone]}, a fraction",
                    _FEW_TEAM_GAMES,
                ),
                Column(
                    f"{zone}_attempts_allowed_per_game",
                    "FLOAT64",
                    f"attempts a game from {_PLACES[zone]}",
                    _FEW_TEAM_GAMES,
                ),
                Column(
                    f"{zone}_points_allowed_per_game",
                    "FLOAT64",
                    f"points a game from {_PLACES[zone]}",
                    _FEW_TEAM_GAMES,
                ),
                Column(
                    f"{zone}_blocks_per_game",
                    "FLOAT64",
                    f"blocked attempts a game from {_PLACES[zone]}",
                    f"{_FEW_TEAM_GAMES}, or no play-by-play tells",
                ),
                Column(
                    f"{zone}_vs_league",
                    "FLOAT64",
                    "percentage points allowed above the league's of the 30 days before; positive is"
                    " a weak defence",
                    f"{_FEW_TEAM_GAMES}, or fewer in the league",
                ),
            )
        ),
        Column(
            "weakest_zone",
            "STRING",
            "zone of the highest vs_league",
            f"{_FEW_TEAM_GAMES}, or fewer in the league",
        ),
        Column(
            "strongest_zone",
            "STRING",
            "zone of the lowest vs_league",
            f"{_FEW_TEAM_GAMES}, or fewer in the league",
        ),
        Column(
            "defensive_rating_last_15",
            "FLOAT64",
            "points allowed per 100 possessions, mean of games",
            "fewer than 5 games",
        ),
        Column(
            "opponent_points_last_15",
            "FLOAT64",
            "points allowed, mean of games",
            "fewer than 5 games",
        ),
        Column(
            "pace_last_15",
            "FLOAT64",
            "possessions per 48 minutes, mean of games",
            "fewer than 5 games",
        ),
        *(
            Column(
                f"{group}_points_vs_league",
                "FLOAT64",
                f"points of starting {label} against the team over its last 15 games, a start, above"
                " the league's of the 30 days before",
                "fewer than 5 such starts",
            )
            for group, label in (
                ("guard", "guards"),
                ("forward", "forwards"),
                ("center", "centres"),
            )
        ),
        SAMPLE_LABEL,
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

_FEW_GAMES_WITH_SHOTS = "fewer than 10 games with shots in the window"

PLAYER_SHOT_ZONE_ANALYSIS = Table(
    name="precompute.player_shot_zone_analysis",
    row="player of the date's slate: where he shot from in his last 10 games",
    may_not_know=_HISTORY,
    key=("game_date", "player_id"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        PLAYER_ID,
        SEASON_YEAR,
        Column(
            "games_in_sample",
            "INT64",
            "his last games this season whose shots are told, 10 at most",
        ),
        *(
            column
            for zone in ZONES
            for column in (
                Column(
                    f"{zone}_share",
                    "FLOAT64",
                    f"% of his attempts from {_PLACES[zone]}",
                    f"{_FEW_GAMES_WITH_SHOTS}, or no attempt",
                ),
                Column(
                    f"{zone}_fg_pct",
                    "FLOAT64",
                    f"makes / attempts from {_PLACES[zone]}, a fraction",
                    f"{_FEW_GAMES_WITH_SHOTS}, or no attempt from there",
                ),
                Column(
                    f"{zone}_attempts_per_game",
                    "FLOAT64",
                    f"attempts a game from {_PLACES[zone]}",
                    _FEW_GAMES_WITH_SHOTS,
                ),
                Column(
                    f"{zone}_share_trend",
                    "FLOAT64",
                    "share of the last 10 games - share of the last 20",
                    "fewer than 15 games with shots among the last 20",
                ),
            )
        ),
        Column(
            "assisted_share",
            "FLOAT64",
            "% of his makes that were assisted",
            f"{_FEW_GAMES_WITH_SHOTS}, or no play-by-play tells",
        ),
        Column(
            "primary_zone",
            "STRING",
            "largest of paint (from 40 %), three (40 %) and mid (35 %), else balanced",
            f"{_FEW_GAMES_WITH_SHOTS}, or no attempt",
        ),
        Column("sample_label", "STRING", "high from 10 games with shots, medium from 7, low"),
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

_TAKEN_FROM_CONTEXT = (
    "age", "games_last_7_days", "games_last_14_days", "minutes_last_7_days",
    "minutes_last_14_days", "games_played_season", "points_avg_last_5", "points_avg_last_10",
    "minutes_avg_last_10", "minutes_avg_season", "usage_last_10", "games_in_last_10",
)  # fmt: skip
_CONTEXT = {c.name: c for c in UPCOMING_PLAYER_GAME_CONTEXT.columns}
_FEW = "fewer than 5 games this season"
_NO_GAME = "no game this season yet"

PLAYER_DAILY_CACHE = Table(
    name="precompute.player_daily_cache",
    row="player of the date's slate: his form before the date's first tip",
    may_not_know=_HISTORY,
    key=("game_date", "player_id"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        PLAYER_ID,
        SEASON_YEAR,
        TEAM,
        OPPONENT,
        Column("player_name", "STRING", "as the source of his row writes it"),
        *(_CONTEXT[name] for name in _TAKEN_FROM_CONTEXT),
        Column(
            "points_avg_last_20", "FLOAT64", "points, mean of his last 20 games, 5 at least", _FEW
        ),
        Column("games_in_last_20", "INT64", "games of the season that the last-20 mean is of"),
        Column("points_avg_season", "FLOAT64", "points, mean of the season's games", _NO_GAME),
        Column(
            "points_ewma",
            "FLOAT64",
            "points, exponentially weighted over the season's games, half-life 8 games",
            _NO_GAME,
        ),
        Column(
            "points_std_last_10",
            "FLOAT64",
            "points, sample deviation of his last 10 games, 5 at least",
            _FEW,
        ),
        Column(
            "minutes_std_last_10",
            "FLOAT64",
            "minutes, sample deviation of his last 10 games, 5 at least",
            _FEW,
        ),
        Column(
            "points_trend",
            "FLOAT64",
            "points, mean of games 1-3 less games 4-5, newest first",
            _FEW,
        ),
        Column(
            "minutes_change",
            "FLOAT64",
            "(minutes_avg_last_10 - minutes_avg_season) / minutes_avg_season, a fraction",
            f"{_FEW}, or no minutes",
        ),
        Column("usage_season", "FLOAT64", "usage rate, mean of the season's games", _NO_GAME),
        Column(
            "ts_last_10",
            "FLOAT64",
            "true shooting of his last 10 games together, 5 at least",
            f"{_FEW}, or no attempt",
        ),
        Column(
            "free_throw_points_share_last_10",
            "FLOAT64",
            "free throws made / points over his last 10 games, 5 at least, 0 to 0.5",
            f"{_FEW}, or no point",
        ),
        Column(
            "points_per_minute_last_10",
            "FLOAT64",
            "points / minutes over his last 10 games together, 5 at least",
            f"{_FEW}, or no minutes",
        ),
        Column(
            "team_pace_last_10",
            "FLOAT64",
            "pace of his team, mean of games",
            "fewer than 5 games of the team",
        ),
        Column(
            "team_offensive_rating_last_10",
            "FLOAT64",
            "points of his team per 100 possessions, mean of games",
            "fewer than 5 games of the team",
        ),
        *(
            Column(
                f"{zone}_share_last_10",
                "FLOAT64",
                f"attempts from {_PLACES[zone]} / attempts, a fraction",
                f"{_FEW_GAMES_WITH_SHOTS}, or no attempt",
            )
            for zone in ZONES
        ),
        Column(
            "assisted_share_last_10",
            "FLOAT64",
            "makes that were assisted / makes, a fraction",
            f"{_FEW_GAMES_WITH_SHOTS}, or no play-by-play tells",
        ),
        Column(
            "points_avg_prior_season",
            "FLOAT64",
            "points, mean of last season's games",
            "no game last season",
        ),
        Column("games_prior_season", "INT64", "games he played last season"),
        Column(
            "points_avg_vs_opponent",
            "FLOAT64",
            "points, mean of his games against tonight's opponent in the 3 years before the date",
            "no such game",
        ),
        Column("games_vs_opponent", "INT64", "games of that mean"),
        Column(
            "history_from",
            "DATE",
            "first date with published games of the 1,296 days before the date: 3 years and a summer",
            "none is published",
        ),
        Column("newest_game_date", "DATE", "date of his newest game", "no game in 3 years"),
        Column(
            "newest_input_date",
            "DATE",
            "newest date with a published game of his team",
            "no game of his team this season",
        ),
        Column(
            "newest_input_age_days",
            "INT64",
            "days from the newest published game of his team to its newest scheduled one before the date",
            "no game of his team this season",
        ),
        SAMPLE_LABEL,
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

PLAYER_COMPOSITE_FACTORS = Table(
    name="precompute.player_composite_factors",
    row="player of a team of the slate, and cut-off: adjustments in points",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SEASON_YEAR,
        TEAM,
        OPPONENT,
        Column("fatigue_score", "FLOAT64", "0 to 100, 100 is fresh", "none of its inputs is known"),
        Column(
            "fatigue_adjustment",
            "FLOAT64",
            "points to add: (fatigue_score - 100) / 20, -5 to 0",
            "none of its inputs is known",
        ),
        Column(
            "shot_zone_mismatch",
            "FLOAT64",
            "points, -10 to 10: what the opponent allows where he shoots from",
            "his zones or the opponent's are not known",
        ),
        Column(
            "pace_score",
            "FLOAT64",
            "possessions, -3 to 3: expected pace of the game less his team's own",
            "pace of a side is not known",
        ),
        Column(
            "usage_spike",
            "FLOAT64",
            "points, -3 to 3: 0.3 (projected_usage - usage_last_7_games)",
            "his usage is not known",
        ),
        Column(
            "total_adjustment",
            "FLOAT64",
            "points: fatigue_adjustment + 0.3 mismatch + 0.3 pace + 0.4 usage_spike, of those known",
            "none is known",
        ),
        Column(
            "warnings",
            "ARRAY<STRING>",
            "fatigue below 50, mismatch beyond 8, total beyond 12; empty where none",
        ),
        Column(
            "absent_terms",
            "ARRAY<STRING>",
            "what was not known and added nothing; empty where all was",
        ),
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

PLAYER_SCORING_FORM = Table(
    name="precompute.player_scoring_form",
    row="player of the date's slate: what he has done in his last 60 games, across seasons",
    may_not_know=_HISTORY,
    key=("game_date", "player_id"),
    has_every_game=False,
    columns=(
        GAME_DATE,
        PLAYER_ID,
        SEASON_YEAR,
        Column("player_name", "STRING", "as the source of his row writes it"),
        Column("games_in_window", "INT64", "games of the 400 days before the date, 60 at most"),
        *(f.column for f in SCORING_FORM),
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

PLAYER_ROLE_OUTLOOK = Table(
    name="precompute.player_role_outlook",
    row="player of a team of the slate, and cut-off: who plays, who starts, and what that leaves him",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SEASON_YEAR,
        TEAM,
        OPPONENT,
        Column(
            "games_with_team_last_10",
            "INT64",
            "games he played of his team's last 10 this season",
        ),
        *(f.column for f in ROLE_OUTLOOK),
        IS_PRODUCTION_READY,
        *PREGAME_QUALITY,
    ),
)

_FEATURE_SCORE = (
    "mean of the features' scores: 100 real, 87 of a short window, 40 without games or missing"
)

ML_FEATURE_STORE = Table(
    name="precompute.ml_feature_store",
    row="player of a team of the slate, and cut-off: the features of a model",
    may_not_know=_CUT,
    key=("game_id", "player_id", "cutoff"),
    has_every_game=False,
    columns=(
        *PLAYER_AT_A_CUTOFF,
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        Column("player_name", "STRING", "as the source of his row writes it"),
        *(c for name, c in _CONTEXT.items() if name in {"status", "available", "roster_source"}),
        *FEATURE_COLUMNS,
        *ADDED_COLUMNS,
        Column(
            "feature_version", "STRING", f"{VERSION}: names, order and definitions of the features"
        ),
        Column(
            "feature_hash",
            "STRING",
            "SHA-256 of the features as little-endian doubles in their order, NULL as NaN",
        ),
        Column(
            "feature_sources",
            "STRING",
            "a letter per feature in order: R real, S of a short window, F for want of games, M missing, N not applicable",
        ),
        Column(
            "missing_features",
            "ARRAY<STRING>",
            "without a value although there are games; empty where none",
        ),
        _CONTEXT["absent_blocks"],
        Column(
            "games_played_season",
            "INT64",
            "games he played this season before the date, without cup final",
        ),
        Column("games_in_last_10", "INT64", "games of the season that the last-10 features are of"),
        Column(
            "opponent_games_in_sample",
            "INT64",
            "games that the opponent's features are of",
            "the opponent is not in the zone analysis",
        ),
        *(
            c
            for c in PLAYER_DAILY_CACHE.columns
            if c.name in {"history_from", "newest_input_date", "newest_input_age_days"}
        ),
        SAMPLE_LABEL,
        IS_PRODUCTION_READY,
        Column(
            "input_digests",
            "ARRAY<STRING>",
            "table/partition@digest of what it reads of the date",
        ),
        *(
            replace(c, type="FLOAT64", meaning=f"0-100, {_FEATURE_SCORE}")
            if c.name == "quality_score"
            else c
            for c in PREGAME_QUALITY
        ),
    ),
)

TABLES = (
    TEAM_DEFENSE_ZONE_ANALYSIS,
    PLAYER_SHOT_ZONE_ANALYSIS,
    PLAYER_DAILY_CACHE,
    PLAYER_COMPOSITE_FACTORS,
    ML_FEATURE_STORE,
    PLAYER_SCORING_FORM,
    PLAYER_ROLE_OUTLOOK,
)
