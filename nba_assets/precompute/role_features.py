"""The features of form across seasons and of tonight's role: contracts, beside those of the feature store. Their values are in the SQL."""

from nba_assets.precompute.features import CUT, HISTORY, Feature

_BOX, _FORM, _OUTLOOK = "player_game_summary", "player_scoring_form", "player_role_outlook"
_CONTEXT, _TEAM = "upcoming_player_game_context", "upcoming_team_game_context"
# 60 games are five half-lives of eight: what is older would weigh a fiftieth of the newest.
_WINDOW = "last 60 games of the 400 days before the date"
_WITH_TEAM = "the team's last 10 games this season"
_NO_GAME = "no game in 400 days"
_NO_ROLE = f"{_NO_GAME}, or nothing tells whether he starts"
_NO_GAME_WITH_TEAM = "he has played none of his team's last 10 games this season"
_NO_CHANGE = f"{_NO_GAME_WITH_TEAM}, or nothing tells whether he starts"
_FEW_TEAM_GAMES = "fewer than 5 games of a team this season"

SCORING_FORM: tuple[Feature, ...] = (
    Feature("points_ewma_3", "points a game, half-life 3 games", f"{_BOX}.points", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("points_ewma_20", "points a game, half-life 20 games", f"{_BOX}.points", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("minutes_ewma_3", "minutes a game, half-life 3 games", f"{_BOX}.seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("minutes_ewma_8", "minutes a game, half-life 8 games", f"{_BOX}.seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("fga_ewma_8", "field-goal attempts a game, half-life 8 games", f"{_BOX}.fga", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("fg3a_ewma_8", "three-point attempts a game, half-life 8 games", f"{_BOX}.fg3a", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("fta_ewma_8", "free-throw attempts a game, half-life 8 games", f"{_BOX}.fta", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("points_per_minute", "points a minute, half-life 8 games, held by 500 minutes of half-life 20 and these by 50 of the league's", f"{_BOX}.points and seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("points_per_minute_change", "points a minute, half-life 3 games less half-life 20", f"{_BOX}.points and seconds_played", _WINDOW, HISTORY, f"{_NO_GAME}, or no minutes", is_continuous=True),
    Feature("plays_per_minute", "fga + 0.44 fta + turnovers a minute, held as points_per_minute is", f"{_BOX}.fga, fta, tov and seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("minutes_as_starter", "minutes a game that he started, half-life 5 games, and one game of 20 minutes and half of minutes_ewma_8", f"{_BOX}.seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("minutes_off_bench", "minutes a game off the bench, half-life 5 games, and one game of 5 minutes and 0.6 of minutes_ewma_8", f"{_BOX}.seconds_played", _WINDOW, HISTORY, _NO_GAME, is_continuous=True),
    Feature("starts_share_last_10", "fraction of games started", f"{_BOX}.is_starter", "last 10 games of the 400 days before the date", HISTORY, _NO_GAME),
    Feature("minutes_last_game", "minutes", f"{_BOX}.seconds_played", "last game of the 400 days before the date", HISTORY, _NO_GAME, is_continuous=True),
)  # fmt: skip

ROLE_OUTLOOK: tuple[Feature, ...] = (
    Feature("play_chance", "0 to 1: out and doubtful 0; of who may dress, the share of games dressed for that he played, a questionable one half of it; with no status the share of games; half-life 2 games", f"{_CONTEXT}.status", _WITH_TEAM, CUT),
    Feature("start_chance", "1 in the five, 0 not; without a line-up the share of games started, half-life 2 games", f"{_CONTEXT}.is_expected_starter", _WITH_TEAM, CUT, "no line-up, and no game to tell"),
    Feature("start_change", "start_chance less the share of games started", f"{_CONTEXT}.is_expected_starter", _WITH_TEAM, CUT, _NO_CHANGE),
    Feature("role_minutes", "minutes, if he plays: as starter and off the bench by start_chance", f"{_FORM}.minutes_as_starter", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("likely_team_minutes", "minutes: his role's and those of his team-mates by play_chance; a team has 240", f"{_FORM}.minutes_as_starter", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("expected_minutes", "minutes, if he plays: role_minutes sqrt(240 / likely_team_minutes)", f"{_FORM}.minutes_as_starter", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("role_points", "points, if he plays: role_minutes points_per_minute", f"{_FORM}.points_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("likely_team_points", "points: role_points and those of his team-mates by play_chance", f"{_FORM}.points_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("points_share", "fraction: role_points / likely_team_points", f"{_FORM}.points_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("plays_share", "fraction of the plays that are likely of his team", f"{_FORM}.plays_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("vacated_minutes", "minutes a game of men who are likely to be missing, in the games that he played, half-life 5 games", f"{_BOX}.seconds_played", _WITH_TEAM, CUT, _NO_GAME_WITH_TEAM, is_continuous=True),
    Feature("vacated_points", "points a game of men who are likely to be missing, in the games that he played, half-life 5 games", f"{_BOX}.points", _WITH_TEAM, CUT, _NO_GAME_WITH_TEAM, is_continuous=True),
    Feature("returning_minutes", "likely minutes of team-mates who missed the games that he played, half-life 5 games", f"{_FORM}.minutes_as_starter", _WITH_TEAM, CUT, _NO_GAME_WITH_TEAM, is_continuous=True),
    Feature("returning_points", "likely points of team-mates who missed the games that he played, half-life 5 games", f"{_FORM}.points_per_minute", _WITH_TEAM, CUT, _NO_GAME_WITH_TEAM, is_continuous=True),
    Feature("expected_team_points", "points: mean pace of both teams, mean of the team's offensive and the opponent's defensive rating", f"{_TEAM}.pace_last_10, offensive_rating_last_10 and defensive_rating_last_10", "last 10 games of both teams", HISTORY, _FEW_TEAM_GAMES, is_continuous=True),
    Feature("rating_difference", "points per 100 possessions: net rating of the team less the opponent's", f"{_TEAM}.offensive_rating_last_10 and defensive_rating_last_10", "last 10 games of both teams", HISTORY, _FEW_TEAM_GAMES, is_continuous=True),
    Feature("points_by_minutes", "points, if he plays: expected_minutes points_per_minute", f"{_FORM}.points_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
    Feature("points_by_share", "points, if he plays: points_share expected_team_points", f"{_FORM}.points_per_minute", "last 60 games", CUT, f"{_NO_ROLE}, or {_FEW_TEAM_GAMES}", is_continuous=True),
    Feature("expected_points", "points, if he plays: role_points sqrt(expected_team_points / likely_team_points); role_points while the former is not known", f"{_FORM}.points_per_minute", "last 60 games", CUT, _NO_ROLE, is_continuous=True),
)  # fmt: skip
