"""Contracts of the raw tables: what a row is, its key, its columns and their units."""

from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

GAME_DATE = Column("game_date", "DATE", "league day of the scheduled tip, US/Eastern")
GAME_ID = Column("game_id", "STRING", "YYYYMMDD_AWAY_HOME, tricodes, scheduled Eastern date")
NBA_GAME_ID = Column(
    "nba_game_id",
    "STRING",
    "NBA.com's id of the game, ten digits",
    "only another provider's schedule names the game",
)
SEASON_YEAR = Column("season_year", "INT64", "year the season starts")
SEASON_TYPE = Column("season_type", "STRING", "kind of game, as the schedule has it")
TEAM = Column("team", "STRING", "tricode")
OPPONENT = Column("opponent", "STRING", "tricode")
OVERTIME_PERIODS = Column("overtime_periods", "INT64", "periods")
PERSONAL_FOULS = Column("pf", "INT64", "personal fouls")
IS_HOME = Column("is_home", "BOOL", "the home side")

SCHEDULE = Table(
    name="raw.schedule",
    row="game on the date, as last known",
    may_not_know=(
        "`slate_*` columns are cut at 10:00 ET of the date; the others may know how the game went."
    ),
    key=("game_id",),
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        Column(
            "season_type", "STRING", "preseason, regular, play_in, playoffs, cup_final or all_star"
        ),
        Column("home_team", "STRING", "tricode"),
        Column("away_team", "STRING", "tricode"),
        Column("tip_at", "TIMESTAMP", "scheduled tip, UTC", "not announced"),
        Column(
            "status",
            "STRING",
            "scheduled, live, final, postponed or cancelled, as the source says; it may lag",
        ),
        Column("home_score", "INT64", "points", "not final in the source"),
        Column("away_score", "INT64", "points", "not final in the source"),
        Column(
            "overtime_periods", "INT64", "periods", "not final in the source, or it counts none"
        ),
        Column("arena", "STRING", "name", "not announced, or not told by the source"),
        Column("is_neutral", "BOOL", "the arena is not one of the home team's", "arena not known"),
        Column("national_tv", "STRING", "broadcasters, joined by a comma", "none told"),
        Column(
            "original_date",
            "DATE",
            "date the game had in the season file of opening night",
            "not moved since, not announced then, or no season file is there",
        ),
        Column(
            "slate_tip_at",
            "TIMESTAMP",
            "scheduled tip as known at 10:00 ET of the date",
            "the slate did not name the game",
        ),
        Column(
            "slate_observed_at",
            "TIMESTAMP",
            "instant of the slate's body",
            "the slate did not name the game",
        ),
        *QUALITY,
        *LINEAGE,
    ),
)

COUNTS = (
    Column("points", "INT64", "points"),
    Column("fgm", "INT64", "field goals made"),
    Column("fga", "INT64", "field goals attempted"),
    Column("fg3m", "INT64", "three-pointers made"),
    Column("fg3a", "INT64", "three-pointers attempted"),
    Column("ftm", "INT64", "free throws made"),
    Column("fta", "INT64", "free throws attempted"),
    Column("oreb", "INT64", "offensive rebounds"),
    Column("dreb", "INT64", "defensive rebounds"),
    Column("ast", "INT64", "assists"),
    Column("stl", "INT64", "steals"),
    Column("blk", "INT64", "blocks"),
)
COUNT_NAMES = tuple(c.name for c in COUNTS)

PLAYER_BOX_SCORES = Table(
    name="raw.player_box_scores",
    row="player listed for a finished game of the date",
    key=("game_id", "player_id"),
    columns=(
        GAME_DATE,
        GAME_ID,
        Column("player_id", "STRING", "the NBA person id"),
        NBA_GAME_ID,
        Column("nba_player_id", "STRING", "the NBA person id"),
        Column("player_name", "STRING", "as the source writes it"),
        Column("player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"),
        SEASON_YEAR,
        SEASON_TYPE,
        TEAM,
        OPPONENT,
        IS_HOME,
        Column("is_starter", "BOOL", "in the opening five", "the source knows no starters"),
        Column("played", "BOOL", "entered the game"),
        Column("player_status", "STRING", "played, dnp or inactive"),
        Column(
            "dnp_reason",
            "STRING",
            "the source's own word for why he did not play",
            "he played, or no reason is given",
        ),
        Column("minutes", "FLOAT64", "minutes on court, decimal"),
        Column("seconds_played", "INT64", "seconds on court, of which the minutes are made"),
        Column("minutes_precision", "STRING", "second or minute: how exactly the source counts"),
        *COUNTS,
        Column("tov", "INT64", "turnovers"),
        PERSONAL_FOULS,
        Column("plus_minus", "INT64", "points", "the source has none"),
        OVERTIME_PERIODS,
        *QUALITY,
        *LINEAGE,
    ),
)

# Which side of which game a row is of.
SIDE_OF_A_GAME = (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    SEASON_YEAR,
    SEASON_TYPE,
    TEAM,
    OPPONENT,
    IS_HOME,
)
TEAM_TURNOVERS = (
    Column("player_tov", "INT64", "turnovers of the players"),
    Column("team_tov", "INT64", "turnovers of nobody but the team", "the source counts none"),
)

TEAM_BOX_SCORES = Table(
    name="raw.team_box_scores",
    row="team of a finished game of the date",
    key=("game_id", "team"),
    columns=(
        *SIDE_OF_A_GAME,
        Column("seconds_played", "INT64", "player-seconds, as the source counts them"),
        Column("minutes", "FLOAT64", "player-minutes, decimal: 240 and 25 per overtime"),
        *COUNTS,
        *TEAM_TURNOVERS,
        PERSONAL_FOULS,
        Column("second_chance_points", "INT64", "points", "the source has none"),
        Column("fast_break_points", "INT64", "points", "the source has none"),
        Column("points_in_paint", "INT64", "points", "the source has none"),
        OVERTIME_PERIODS,
        *QUALITY,
        *LINEAGE,
    ),
)
