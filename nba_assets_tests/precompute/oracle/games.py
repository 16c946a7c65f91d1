"""Games that are over: what players and teams did in them, and which of them a window holds."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from nba_assets_tests.precompute.oracle.raw import (
    COUNTED,
    COVERED,
    Raw,
    days_before,
    three_years_before,
)

_NEWEST_FIRST = ["game_date", "game_id"]
SUMMER_DAYS = 200
_TWO_SIDES = ["points", "fga", "fta", "possessions"]


class Games:
    """Finished and expected games, and the windows over them."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.teams = _team_games(raw)
        self.players = _player_games(raw)
        expected = raw.schedule[
            raw.schedule["season_type"].isin(COVERED)
            & ~raw.schedule["status"].isin(("postponed", "cancelled"))
        ]
        self.expected = expected.sort_values(_NEWEST_FIRST, ascending=False)
        self._of_player = dict(list(self.players.groupby("player_id")))
        self._of_team = dict(list(self.teams.groupby("team")))

    def tonight(self, team: str, day: date) -> pd.Series:
        """The schedule's row of the team's game on the date."""
        schedule = self.raw.schedule
        own = schedule[
            (schedule["game_date"] == day)
            & ((schedule["home_team"] == team) | (schedule["away_team"] == team))
            & ~schedule["status"].isin(("postponed", "cancelled"))
        ]
        (row,) = (row for _, row in own.iterrows())
        return row

    @cache  # noqa: B019
    def season_of(self, day: date) -> int:
        schedule = self.raw.schedule
        (season,) = set(schedule.loc[schedule["game_date"] == day, "season_year"])
        return int(season)

    def listings(self, player: str) -> pd.DataFrame:
        """Every box score that lists the player, newest first."""
        return self._of_player.get(player, self.players.iloc[:0])

    def covered(self, player: str, day: date) -> pd.DataFrame:
        """What he played this season before the date, the cup final included, newest first."""
        rows = self.listings(player)
        return rows[
            rows["played"]
            & (rows["game_date"] < day)
            & (rows["season_year"] == self.season_of(day))
            & rows["season_type"].isin(COVERED)
        ]

    @cache  # noqa: B019
    def season(self, player: str, day: date) -> pd.DataFrame:
        """What he played this season before the date, without the cup final, newest first."""
        rows = self.covered(player, day)
        return rows[rows["season_type"].isin(COUNTED)]

    def last_season(self, player: str, day: date) -> pd.DataFrame:
        rows = self.listings(player)
        return rows[
            rows["played"]
            & (rows["season_year"] == self.season_of(day) - 1)
            & rows["season_type"].isin(COUNTED)
        ]

    def against(self, player: str, opponent: str, day: date) -> pd.DataFrame:
        """What he played against a team in the three years before the date."""
        rows = self.listings(player)
        return rows[
            rows["played"]
            & (rows["opponent"] == opponent)
            & (rows["game_date"] < day)
            & (rows["game_date"] >= three_years_before(day))
            & rows["season_type"].isin(COUNTED)
        ]

    def boxes(self, team: str, day: date) -> pd.DataFrame:
        """A team's finished games before the date, whatever the season and kind, newest first."""
        rows = self._of_team.get(team, self.teams.iloc[:0])
        return rows[(rows["game_date"] < day) & rows["season_type"].isin(COVERED)]

    @cache  # noqa: B019
    def of_team(self, team: str, day: date) -> pd.DataFrame:
        """A team's finished games of the season before the date, without the cup final."""
        rows = self.boxes(team, day)
        return rows[
            (rows["season_year"] == self.season_of(day)) & rows["season_type"].isin(COUNTED)
        ]

    def league(self, day: date, days: int) -> pd.DataFrame:
        """Finished games of all teams in so many days before the date, this season's."""
        rows = self.teams
        return rows[
            (rows["game_date"] < day)
            & (rows["game_date"] >= days_before(day, days))
            & (rows["season_year"] == self.season_of(day))
            & rows["season_type"].isin(COUNTED)
        ]

    def scheduled(self, team: str, day: date) -> pd.DataFrame:
        """The games that were expected of a team this season before the date, newest first."""
        rows = self.expected
        return rows[
            ((rows["home_team"] == team) | (rows["away_team"] == team))
            & (rows["game_date"] < day)
            & (rows["season_year"] == self.season_of(day))
        ]

    @cache  # noqa: B019
    def first_published(self, day: date) -> date | None:
        """The first date with a finished game in the three years before and the summer before them.

        Without the summer, the three years would begin later than their first day most of the time.
        """
        rows = self.teams
        since = days_before(three_years_before(day), SUMMER_DAYS)
        found = rows.loc[(rows["game_date"] < day) & (rows["game_date"] >= since), "game_date"]
        return None if found.empty else found.min()


def _team_games(raw: Raw) -> pd.DataFrame:
    """Team box scores beside the opponent's, with possessions, pace and ratings; newest first."""
    own = raw.team_box_scores.assign(
        # Turnovers of players alone: team turnovers are not counted by every source.
        possessions=lambda t: t["fga"] + 0.44 * t["fta"] + t["player_tov"] - t["oreb"]
    )
    other = own[["game_id", "team", *_TWO_SIDES]].rename(
        columns={"team": "opponent", **{name: f"opponent_{name}" for name in _TWO_SIDES}}
    )
    both = own.merge(other, on=["game_id", "opponent"], validate="1:1")
    minutes = 48 + 5 * both["overtime_periods"]
    both["pace"] = 48 * (both["possessions"] + both["opponent_possessions"]) / 2 / minutes
    both["offensive_rating"] = 100 * both["points"] / both["possessions"]
    both["defensive_rating"] = 100 * both["opponent_points"] / both["opponent_possessions"]
    both["margin"] = both["points"] - both["opponent_points"]
    return both.sort_values(_NEWEST_FIRST, ascending=False)


def _player_games(raw: Raw) -> pd.DataFrame:
    """Player box scores with the usage rate in percent; newest first."""
    teams = raw.team_box_scores.assign(
        team_plays=lambda t: t["fga"] + 0.44 * t["fta"] + t["player_tov"]
    )
    rows = raw.player_box_scores.merge(
        teams[["game_id", "team", "team_plays"]], on=["game_id", "team"], validate="m:1"
    )
    team_minutes = 240 + 25 * rows["overtime_periods"]
    plays = rows["fga"] + 0.44 * rows["fta"] + rows["tov"]
    minutes = (rows["seconds_played"] / 60).where(rows["seconds_played"] > 0, np.nan)
    rows["usage"] = 100 * plays * (team_minutes / 5) / (minutes * rows["team_plays"])
    rows["exact_minutes"] = rows["seconds_played"] / 60
    return rows.sort_values(_NEWEST_FIRST, ascending=False)
