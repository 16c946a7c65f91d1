"""The features of a model: name, unit, source, window, what each may know and what NULL means. Their values are in the SQL."""

from dataclasses import dataclass
from typing import Literal

from nba_assets.warehouse.table import Column

VERSION = "f33plus"

# What no feed may have told of: a NULL out of an absent block is not the player's.
Block = Literal["zones", "injuries", "game_lines", "lines", "rosters", "prior_seasons"]
# Whose games a feature is of: the player's or a team's, of the season; of both teams the fewer.
Whose = Literal["player", "team", "opponent", "both_teams"]
# What makes a NULL an answer instead of a lack.
Fact = Literal["no_line", "no_report", "no_meeting", "no_point", "no_minute", "no_attempt"]
# R real, S real and of a short window, F without a value for want of games, M missing though there
# are games, N not applicable.
Letter = Literal["R", "S", "F", "M", "N"]

# What a feature is worth to `quality_score`; what is not applicable is in no mean. A man of whom
# nothing is known yet is no gold: over 2023-24 the error of his points, as a share of them, is 46 %
# below 5 games, 41 % from 5 to 9 and 40 % from 10 on.
SCORES: dict[Letter, int] = {"R": 100, "S": 87, "F": 40, "M": 40}

HISTORY = "games before the date"
CUT = "captures up to cutoff_at"
SLATE = "the slate of the date"


@dataclass(frozen=True)
class Feature:
    """The contract of one feature.

    Attributes:
        name: its column in the table that holds it.
        unit: what it counts.
        source: table and column it is read from, or made of.
        window: how far back it looks.
        knows: what it may know.
        null_means: why it can be without a value; empty where it never is.
        block: the feed without which it is not applicable.
        needs_whole_window: with an absent block not even a value counts: it is of a part.
        whose: the games that `needs_games` and `short_below` count.
        needs_games: of the season; a NULL below it is for want of games.
        short_below: games of its window below which the value counts as one of a short window.
        fact: what else makes a NULL not applicable.
        is_continuous: whether fifty players of a date with one value are a defect.
    """

    name: str
    unit: str
    source: str
    window: str
    knows: str
    null_means: str = ""
    block: Block | None = None
    needs_whole_window: bool = False
    whose: Whose = "player"
    needs_games: int = 0
    short_below: int = 0
    fact: Fact | None = None
    is_continuous: bool = False

    @property
    def column(self) -> Column:
        """Its column; every feature is a FLOAT64, so that a row is one vector."""
        meaning = f"{self.unit}; {self.window}; {self.source}; knows {self.knows}"
        return Column(self.name, "FLOAT64", meaning, self.null_means or None)


_CACHE, _CONTEXT = "player_daily_cache", "upcoming_player_game_context"
_FACTORS, _DEFENSE = "player_composite_factors", "team_defense_zone_analysis"
_TEAM = "upcoming_team_game_context"
_NO_ROW = "no row of the player in the cache"
_FEW = "fewer than 5 games this season"
_NO_GAME = "no game this season yet"
_TEAM_FEW = "fewer than 5 games of the team this season"
_BOTH_FEW = "fewer than 5 games of a team this season"
_OPPONENT_FEW = "fewer than 5 games of the opponent this season"
_NO_ZONES = "fewer than 10 games with shots, or no attempt in them"
_NO_STATUS = "neither line-up nor injury report speaks of his team"
_NO_ARENA = "no game this season yet, or an arena that nobody knows"

# The order is the vector's: it is fixed for ever under this version.
FEATURES: tuple[Feature, ...] = (
    Feature("points_avg_last_5", "points a game", f"{_CACHE}.points_avg_last_5", "last 5 games", HISTORY, _FEW, needs_games=5, is_continuous=True),
    Feature("points_avg_last_10", "points a game", f"{_CACHE}.points_avg_last_10", "last 10 games", HISTORY, _FEW, needs_games=5, short_below=10, is_continuous=True),
    Feature("points_avg_season", "points a game", f"{_CACHE}.points_avg_season", "season", HISTORY, _NO_GAME, needs_games=1, short_below=5, is_continuous=True),
    Feature("points_std_last_10", "points, sample deviation", f"{_CACHE}.points_std_last_10", "last 10 games", HISTORY, _FEW, needs_games=5, short_below=10, is_continuous=True),
    Feature("games_in_last_7_days", "games he played", f"{_CACHE}.games_last_7_days", "[d-7, d-1]", HISTORY, _NO_ROW),
    Feature("fatigue_score", "0 to 100, 100 is fresh", f"{_FACTORS}.fatigue_score", "14 days", HISTORY, "none of its inputs is known", is_continuous=True),
    Feature("shot_zone_mismatch", "points, -10 to 10", f"{_FACTORS}.shot_zone_mismatch", "last 10 games, opponent's last 15", HISTORY, "his zones or the opponent's are not known", block="zones", needs_games=10, fact="no_attempt", is_continuous=True),
    Feature("pace_score", "possessions, -3 to 3", f"{_FACTORS}.pace_score", "last 10 games of both teams", HISTORY, _BOTH_FEW, whose="both_teams", needs_games=5, short_below=10, is_continuous=True),
    Feature("usage_spike", "points, -3 to 3", f"{_FACTORS}.usage_spike", "last 10 and 7 games", CUT, _FEW, needs_games=5, short_below=10, is_continuous=True),
    Feature("rest_advantage", "days, -2 to 2", f"{_CONTEXT}.rest_advantage", "last game of both teams", SLATE),
    Feature("injury_risk", "0 available to 3 out", f"{_CONTEXT}.injury_risk", "newest capture", CUT, _NO_STATUS, block="injuries", fact="no_report"),
    Feature("recent_trend", "steps, -2 to 2, rising is positive", f"{_CACHE}.points_trend", "last 5 games", HISTORY, _FEW, needs_games=5),
    Feature("minutes_change", "steps, -2 to 2", f"{_CACHE}.minutes_change", "last 10 games, season", HISTORY, f"{_FEW}, or no minutes", needs_games=5, short_below=10, fact="no_minute"),
    Feature("opponent_def_rating", "points per 100 possessions", f"{_DEFENSE}.defensive_rating_last_15", "opponent's last 15 games", HISTORY, _OPPONENT_FEW, whose="opponent", needs_games=5, short_below=15, is_continuous=True),
    Feature("opponent_pace", "possessions per 48 minutes", f"{_DEFENSE}.pace_last_15", "opponent's last 15 games", HISTORY, _OPPONENT_FEW, whose="opponent", needs_games=5, short_below=15, is_continuous=True),
    Feature("home", "1 home, 0 away, 0.5 neutral", f"{_CONTEXT}.is_home and is_neutral", "the game", SLATE),
    Feature("back_to_back", "1 he played yesterday, 0", f"{_CONTEXT}.back_to_back", "last game", HISTORY),
    Feature("playoff_game", "1 playoffs, 0; play-in is 0", f"{_CONTEXT}.season_type", "the game", SLATE),
    Feature("pct_paint", "fraction of attempts", f"{_CACHE}.paint_share_last_10", "last 10 games with shots", HISTORY, _NO_ZONES, block="zones", needs_games=10, fact="no_attempt", is_continuous=True),
    Feature("pct_mid", "fraction of attempts", f"{_CACHE}.mid_share_last_10", "last 10 games with shots", HISTORY, _NO_ZONES, block="zones", needs_games=10, fact="no_attempt", is_continuous=True),
    Feature("pct_three", "fraction of attempts", f"{_CACHE}.three_share_last_10", "last 10 games with shots", HISTORY, _NO_ZONES, block="zones", needs_games=10, fact="no_attempt", is_continuous=True),
    Feature("pct_free_throw", "fraction of points, 0 to 0.5", f"{_CACHE}.free_throw_points_share_last_10", "last 10 games", HISTORY, f"{_FEW}, or no point", needs_games=5, short_below=10, fact="no_point", is_continuous=True),
    Feature("team_pace", "possessions per 48 minutes", f"{_CACHE}.team_pace_last_10", "team's last 10 games", HISTORY, _TEAM_FEW, whose="team", needs_games=5, short_below=10, is_continuous=True),
    Feature("team_off_rating", "points per 100 possessions", f"{_CACHE}.team_offensive_rating_last_10", "team's last 10 games", HISTORY, _TEAM_FEW, whose="team", needs_games=5, short_below=10, is_continuous=True),
    Feature("team_win_pct", "fraction", f"{_TEAM}.win_pct", "season", HISTORY, _TEAM_FEW, whose="team", needs_games=5, is_continuous=True),
    Feature("line_points", "points", f"{_CONTEXT}.points_line", "newest capture of the game", CUT, "no book offers one", block="lines", fact="no_line"),
    Feature("line_opening", "points", f"{_CONTEXT}.opening_line", "first of each book", CUT, "no two captures of one book", block="lines", fact="no_line"),
    Feature("line_move", "points, line_points - line_opening", f"{_CONTEXT}.line_move", "first of each book, newest capture of the game", CUT, "no two captures of one book", block="lines", fact="no_line"),
    Feature("has_line", "1 a book offers a line, 0", f"{_CONTEXT}.points_line", "newest capture of the game", CUT),
    Feature("avg_points_vs_opponent", "points a game", f"{_CACHE}.points_avg_vs_opponent", "3 years against the opponent", HISTORY, "no such game", block="prior_seasons", needs_whole_window=True, fact="no_meeting"),
    Feature("games_vs_opponent", "games", f"{_CACHE}.games_vs_opponent", "3 years against the opponent", HISTORY, _NO_ROW, block="prior_seasons", needs_whole_window=True),
    Feature("minutes_avg_last_10", "minutes a game", f"{_CACHE}.minutes_avg_last_10", "last 10 games", HISTORY, _FEW, needs_games=5, short_below=10, is_continuous=True),
    Feature("points_per_minute_last_10", "points a minute", f"{_CACHE}.points_per_minute_last_10", "last 10 games", HISTORY, f"{_FEW}, or no minutes", needs_games=5, short_below=10, fact="no_minute", is_continuous=True),
)  # fmt: skip

# Beside the vector, to be measured by walk-forward before a model reads them. They enter no score.
ADDED: tuple[Feature, ...] = (
    Feature("projected_minutes", "minutes", f"{_CONTEXT}.projected_minutes", "season, half-life 5 games", CUT, "available, but without a game this season or the season before"),
    Feature("minutes_std_last_10", "minutes, sample deviation", f"{_CACHE}.minutes_std_last_10", "last 10 games", HISTORY, _FEW),
    Feature("expected_starter", "1 in the five, 0", f"{_CONTEXT}.is_expected_starter", "newest line-up", CUT, "no line-up of the game yet"),
    Feature("teammates_out", "players", f"{_CONTEXT}.teammates_out", "newest capture", CUT, _NO_STATUS),
    Feature("teammates_out_minutes", "minutes a game", f"{_CONTEXT}.teammates_out_minutes", "last 10 games of theirs", CUT, _NO_STATUS),
    Feature("teammates_out_points", "points a game", f"{_CONTEXT}.teammates_out_points", "last 10 games of theirs", CUT, _NO_STATUS),
    Feature("teammates_out_usage", "usage weighted with minutes / 48", f"{_CONTEXT}.teammates_out_usage", "last 10 games of theirs", CUT, _NO_STATUS),
    Feature("opponent_position_points_vs_league", "points a start above the league's", f"{_DEFENSE}.guard_points_vs_league and those of forwards and centres, by his position", "opponent's last 15 games", HISTORY, "his position is not known, or fewer than 5 such starts"),
    Feature("opponent_free_throw_rate", "free-throw attempts / field-goal attempts", f"{_CONTEXT}.opponent_free_throw_rate_allowed_last_15", "opponent's last 15 games", HISTORY, _OPPONENT_FEW),
    Feature("team_implied_points", "points", f"{_CONTEXT}.implied_points", "newest of each book", CUT, "no spread or total seen by the cut-off"),
    Feature("blowout_risk", "points, size of the spread", f"{_CONTEXT}.game_spread", "newest of each book", CUT, "no spread seen by the cut-off"),
    Feature("points_ewma", "points a game, half-life 8 games", f"{_CACHE}.points_ewma", "season", HISTORY, _NO_GAME),
    Feature("points_avg_prior_season", "points a game", f"{_CACHE}.points_avg_prior_season", "last season", HISTORY, "no game last season"),
    Feature("travel_miles", "miles", f"{_CONTEXT}.travel_miles", "since the team's last game", SLATE, _NO_ARENA),
    Feature("time_zones", "zones, positive eastward", f"{_CONTEXT}.time_zones", "since the team's last game", SLATE, _NO_ARENA),
    Feature("days_since_return", "days", f"{_CONTEXT}.days_since_return", "season", HISTORY, "no break of ten days or more between two games of this season"),
    Feature("days_since_last_game", "days", f"{_CONTEXT}.days_since_last_game", "season", HISTORY, _NO_GAME),
)  # fmt: skip

FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
FEATURE_COLUMNS = tuple(feature.column for feature in FEATURES)
ADDED_COLUMNS = tuple(feature.column for feature in ADDED)
