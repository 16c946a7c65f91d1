"""What is known of a team before its game."""

from datetime import date
from functools import cache

import pandas as pd

from nba_assets_tests.precompute.oracle.games import Games
from nba_assets_tests.precompute.oracle.lines import Lines
from nba_assets_tests.precompute.oracle.raw import Raw, Values, days_before, mean, ratio
from nba_assets_tests.precompute.oracle.slate import Slate

LONGEST_REST = 7
EARLY, MID = 20, 60
LEAST = 5
USUAL_STARTS = 6


class Teams:
    """`analytics.upcoming_team_game_context`."""

    def __init__(self, raw: Raw, games: Games, slate: Slate, lines: Lines) -> None:
        self.games = games
        self.slate = slate
        self.lines = lines
        arenas = raw.arenas
        self._home = {
            row["home_team"]: row["arena"] for _, row in arenas[arenas["is_current"]].iterrows()
        }
        self._ways = {
            (row["from_arena"], row["to_arena"]): (float(row["miles"]), int(row["time_zones"]))
            for _, row in raw.arena_distances.iterrows()
        }

    def rest(self, team: str, day: date) -> tuple[int | None, int]:
        """Days since the team's last game, and days of rest."""
        earlier = self.games.scheduled(team, day)
        if earlier.empty:
            return None, LONGEST_REST
        since = (day - earlier["game_date"].iloc[0]).days
        return since, min(since - 1, LONGEST_REST)

    def rest_advantage(self, team: str, opponent: str, day: date) -> int:
        more = self.rest(team, day)[1] - self.rest(opponent, day)[1]
        return max(-2, min(2, more))

    def _arena(self, game: pd.Series) -> str | None:
        return game["arena"] or self._home.get(game["home_team"])

    def _way(self, start: pd.Series, end: pd.Series) -> tuple[float | None, int | None]:
        return self._ways.get((self._arena(start), self._arena(end)), (None, None))

    @cache  # noqa: B019
    def context(self, team: str, day: date, cutoff: str) -> Values:
        """The columns of the team's row."""
        game = self.games.tonight(team, day)
        is_home = bool(game["home_team"] == team)
        opponent = game["away_team"] if is_home else game["home_team"]
        cutoff_at = self.slate.cutoff_at(team, day, cutoff)
        since, rest = self.rest(team, day)
        return {
            "cutoff_at": cutoff_at,
            "nba_game_id": game["nba_game_id"],
            "season_year": int(game["season_year"]),
            "season_type": game["season_type"],
            "opponent": opponent,
            "is_home": is_home,
            "is_neutral": game["is_neutral"],
            "tip_at": game["slate_tip_at"],
            "arena": self._arena(game),
            "days_since_last_game": since,
            "days_rest": rest,
            "back_to_back": since == 1,
            "rest_advantage": self.rest_advantage(team, opponent, day),
            **self._schedule(team, day, game),
            **self._results(team, day, game["season_type"]),
            **self.lines.of_game(game["game_id"], team, cutoff_at),
            **self._absences(team, day, cutoff),
        }

    def _schedule(self, team: str, day: date, tonight: pd.Series) -> Values:
        """How often and how far, by the games that were expected."""
        earlier = self.games.scheduled(team, day)
        within = [row for _, row in earlier.iterrows() if row["game_date"] >= days_before(day, 14)]
        # The way to the first of them begins at the game before the window.
        stops = [tonight, *(row for _, row in earlier.iloc[: len(within) + 1].iterrows())]
        legs = [self._way(stops[i + 1], stops[i])[0] for i in range(len(stops) - 1)]
        miles, zones = (None, None) if earlier.empty else self._way(earlier.iloc[0], tonight)
        road = 0
        for home in (tonight["home_team"], *earlier["home_team"]):
            if home == team:
                break
            road += 1
        return {
            "games_last_7_days": sum(row["game_date"] >= days_before(day, 7) for row in within),
            "games_last_14_days": len(within),
            "travel_miles": miles,
            "time_zones": zones,
            "miles_last_14_days": None if None in legs else sum(leg or 0.0 for leg in legs),
            "consecutive_road_games": road,
        }

    def _results(self, team: str, day: date, season_type: str) -> Values:
        """How the season went so far."""
        season = self.games.of_team(team, day)
        n = len(season)
        is_win = [margin > 0 for margin in season["margin"]]
        streak = 0
        for won in is_win:
            if won != is_win[0]:
                break
            streak += 1 if won else -1
        phase = "early" if n <= EARLY else "mid" if n <= MID else "late"
        last_10, last_15 = season.head(10), season.head(15)
        return {
            "games_played_season": n,
            "season_phase": season_type if season_type in ("play_in", "playoffs") else phase,
            "streak": streak,
            "last_margin": int(season["margin"].iloc[0]) if n else None,
            "win_pct": sum(is_win) / n if n >= LEAST else None,
            "games_in_last_10": len(last_10),
            "pace_last_10": mean(last_10["pace"], LEAST),
            "offensive_rating_last_10": mean(last_10["offensive_rating"], LEAST),
            "defensive_rating_last_10": mean(last_10["defensive_rating"], LEAST),
            "free_throw_rate_allowed_last_15": (
                ratio(last_15["opponent_fta"].sum(), last_15["opponent_fga"].sum())
                if len(last_15) >= LEAST
                else None
            ),
        }

    def _absences(self, team: str, day: date, cutoff: str) -> Values:
        """Usual starters who are out, and the questionable; NULL where nothing tells."""
        men = self.slate.men(team, day, cutoff)
        if all(man["status"] is None for man in men.values()):
            return {"starters_out": None, "questionable_count": None}
        last = self.games.of_team(team, day).head(10)["game_id"]
        starts = {
            player: rows[
                rows["game_id"].isin(last) & (rows["team"] == team) & rows["is_starter"].eq(True)
            ]
            for player in men
            if not (rows := self.games.listings(player)).empty
        }
        usual = {player for player, rows in starts.items() if len(rows) >= USUAL_STARTS}
        return {
            "starters_out": sum(men[p]["status"] in ("out", "doubtful") for p in usual),
            "questionable_count": sum(m["status"] == "questionable" for m in men.values()),
        }
