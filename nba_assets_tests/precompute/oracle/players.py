"""What is known of a player before his game."""

from datetime import date
from functools import cache
from itertools import pairwise

import pandas as pd

from nba_assets_tests.precompute.oracle.games import Games
from nba_assets_tests.precompute.oracle.lines import Lines
from nba_assets_tests.precompute.oracle.raw import Values, days_before, mean, ratio
from nba_assets_tests.precompute.oracle.slate import BEFORE_TIP, Slate
from nba_assets_tests.precompute.oracle.teams import Teams
from nba_assets_tests.precompute.oracle.zones import ZONES, Zones, sample_label

LONGEST_REST = 7
LEAST = 5
BREAK_DAYS = 10
PRIOR_DAYS = 400
TEAM_MINUTES, MOST_MINUTES = 240.0, 40.0
EVEN_USAGE = 20.0
ROTATION_MINUTES = 10.0
STAR_POINTS, STAR_MINUTES, STAR_USAGE = 18.0, 28.0, 25.0


class Form:
    """What a player's own games say of him, whatever the cut-off."""

    def __init__(self, games: Games, zones: Zones, teams: Teams) -> None:
        self.games = games
        self.zones = zones
        self.teams = teams

    @cache  # noqa: B019
    def rest(self, player: str, day: date) -> Values:
        """Rest and load; the cup final counts here."""
        games = self.games.covered(player, day)
        dates = list(games["game_date"])
        since = (day - dates[0]).days if dates else None
        week, fortnight = (games[games["game_date"] >= days_before(day, n)] for n in (7, 14))
        return {
            "days_since_last_game": since,
            "days_rest": LONGEST_REST if since is None else min(since - 1, LONGEST_REST),
            "back_to_back": since == 1,
            "games_last_7_days": len(week),
            "games_last_14_days": len(fortnight),
            "minutes_last_7_days": float(week["seconds_played"].sum()) / 60,
            "minutes_last_14_days": float(fortnight["seconds_played"].sum()) / 60,
            "back_to_backs_last_14_days": sum(
                days_before(played, 1) in dates for played in fortnight["game_date"]
            ),
            "days_since_return": next(
                (
                    (day - later).days
                    for later, earlier in pairwise(dates)
                    if (later - earlier).days - 1 >= BREAK_DAYS
                ),
                None,
            ),
        }

    @cache  # noqa: B019
    def averages(self, player: str, day: date) -> Values:
        """Means over his games of the season."""
        season = self.games.season(player, day)
        last_5, last_7, last_10 = season.head(5), season.head(7), season.head(10)
        # Five games of the season at least, however long the window.
        few = len(season) < LEAST
        return {
            "games_played_season": len(season),
            "games_in_last_10": len(last_10),
            "points_avg_last_5": None if few else mean(last_5["points"]),
            "points_avg_last_10": None if few else mean(last_10["points"]),
            "minutes_avg_last_10": None if few else mean(last_10["exact_minutes"]),
            "minutes_avg_season": mean(season["exact_minutes"]),
            "minutes_per_game_last_7_games": mean(last_7["exact_minutes"]),
            "usage_last_7_games": None if few else mean(last_7["usage"]),
            "usage_last_10": None if few else mean(last_10["usage"]),
        }

    @cache  # noqa: B019
    def cache_row(self, player: str, team: str, day: date) -> Values:
        """`precompute.player_daily_cache`."""
        game = self.games.tonight(team, day)
        opponent = game["away_team"] if game["home_team"] == team else game["home_team"]
        rest, averages = self.rest(player, day), self.averages(player, day)
        season = self.games.season(player, day)
        last_5, last_10, last_20 = (season.head(n) for n in (5, 10, 20))
        enough = len(season) >= LEAST
        prior = self.games.last_season(player, day)
        met = self.games.against(player, opponent, day)
        shots = self.zones.shooter(player, day)
        own = self.teams.context(team, day, "morning")
        per_season, per_10 = averages["minutes_avg_season"], averages["minutes_avg_last_10"]
        values: Values = {
            "season_year": self.games.season_of(day),
            "team": team,
            "opponent": opponent,
            "player_name": self._name(player, team, day),
            "age": None,  # no roster tells birth dates
            **{k: v for k, v in rest.items() if k.startswith(("games_last", "minutes_last"))},
            **{k: v for k, v in averages.items() if k not in _NOT_IN_CACHE},
            "points_avg_last_20": mean(last_20["points"]) if enough else None,
            "games_in_last_20": len(last_20),
            "points_avg_season": mean(season["points"]),
            "points_ewma": _ewma(season["points"], half_life=8),
            "points_std_last_10": _deviation(last_10["points"]) if enough else None,
            "minutes_std_last_10": _deviation(last_10["exact_minutes"]) if enough else None,
            "points_trend": (
                float(last_5["points"].iloc[:3].mean() - last_5["points"].iloc[3:].mean())
                if enough
                else None
            ),
            "minutes_change": (
                ratio(per_10 - per_season, per_season) if enough and per_season else None
            ),
            "usage_season": mean(season["usage"]),
            "ts_last_10": (
                ratio(
                    last_10["points"].sum(),
                    2 * (last_10["fga"].sum() + 0.44 * last_10["fta"].sum()),
                )
                if enough
                else None
            ),
            "free_throw_points_share_last_10": _capped(
                ratio(last_10["ftm"].sum(), last_10["points"].sum()) if enough else None
            ),
            "points_per_minute_last_10": (
                ratio(last_10["points"].sum(), last_10["seconds_played"].sum() / 60)
                if enough
                else None
            ),
            "team_pace_last_10": own["pace_last_10"],
            "team_offensive_rating_last_10": own["offensive_rating_last_10"],
            **{f"{zone}_share_last_10": _fraction(shots[f"{zone}_share"]) for zone in ZONES},
            "assisted_share_last_10": None,
            "points_avg_prior_season": mean(prior["points"]),
            "games_prior_season": len(prior),
            "points_avg_vs_opponent": mean(met["points"]),
            "games_vs_opponent": len(met),
            "history_from": self.games.first_published(day),
            "newest_game_date": self._newest(player, day),
            **self._newest_of_team(team, day),
            "sample_label": sample_label(len(last_10), 10),
        }
        return values

    def _name(self, player: str, team: str, day: date) -> str:
        """As the line-up writes it; where he is in none, as his newest box score does."""
        men = (self.teams.slate.men(team, day, cutoff) for cutoff in ("lock", "morning"))
        return next(str(listed[player]["player_name"]) for listed in men if player in listed)

    def _newest(self, player: str, day: date) -> date | None:
        rows = self.games.listings(player)
        played = rows[rows["played"] & (rows["game_date"] < day)]
        return None if played.empty else played["game_date"].iloc[0]

    def _newest_of_team(self, team: str, day: date) -> Values:
        """The newest box score of the team this season, and how far the schedule is ahead of it."""
        boxes = self.games.boxes(team, day)
        boxes = boxes[boxes["season_year"] == self.games.season_of(day)]
        if boxes.empty:
            return {"newest_input_date": None, "newest_input_age_days": None}
        newest = boxes["game_date"].iloc[0]
        scheduled = self.games.scheduled(team, day)["game_date"].iloc[0]
        return {"newest_input_date": newest, "newest_input_age_days": (scheduled - newest).days}


class Players:
    """`analytics.upcoming_player_game_context`."""

    def __init__(self, games: Games, slate: Slate, lines: Lines, teams: Teams, form: Form) -> None:
        self.games = games
        self.slate = slate
        self.lines = lines
        self.teams = teams
        self.form = form

    @cache  # noqa: B019
    def context(self, player: str, team: str, day: date, cutoff: str) -> Values:
        """The columns of the player's row."""
        own = self.teams.context(team, day, cutoff)
        opponent = self.teams.context(str(own["opponent"]), day, cutoff)
        game = self.games.tonight(team, day)["game_id"]
        return {
            **{name: own[name] for name in _OF_THE_TEAM},
            "opponent_pace_last_10": opponent["pace_last_10"],
            "opponent_defensive_rating_last_10": opponent["defensive_rating_last_10"],
            "opponent_free_throw_rate_allowed_last_15": opponent["free_throw_rate_allowed_last_15"],
            "team": team,
            "age": None,  # no roster tells birth dates
            "roster_age_days": None,
            "status_reason": None,
            **self.slate.men(team, day, cutoff)[player],
            **self.form.rest(player, day),
            **self.form.averages(player, day),
            **self.projections(team, day, cutoff)[player],
            **self._absent_teammates(player, team, day, cutoff),
            "over_under_streak": self._streak(player, day),
            **self.lines.of_player(game, player, self.slate.cutoff_at(team, day, cutoff)),
        }

    @cache  # noqa: B019
    def projections(self, team: str, day: date, cutoff: str) -> dict[str, Values]:
        """Minutes and usage of a team's players: 240 minutes and one ball for the available."""
        men = self.slate.men(team, day, cutoff)
        expected = {
            player: self._baseline(player, day) if man["available"] else 0.0
            for player, man in men.items()
        }
        # Who is unknown neither has minutes nor takes any of the others'.
        known = {player: value for player, value in expected.items() if value is not None}
        minutes = _shared_out(known)
        usage = {player: self.form.averages(player, day)["usage_last_10"] for player in men}
        counted = [p for p, m in men.items() if m["available"] and usage[p] is not None]
        weighted = ratio(
            sum(minutes[p] * usage[p] for p in counted), sum(minutes[p] for p in counted)
        )
        factor = max(0.85, min(1.25, EVEN_USAGE / weighted)) if weighted else None
        return {
            player: {
                "projected_minutes": minutes.get(player),
                "projected_usage": (
                    None if usage[player] is None or factor is None else usage[player] * factor
                ),
            }
            for player in men
        }

    def _baseline(self, player: str, day: date) -> float | None:
        """Minutes by the season so far; before his first game, by the season before, if he was in it."""
        season = self.games.season(player, day)
        recent = _ewma(season["exact_minutes"], half_life=5)
        if recent is not None:
            return 0.6 * recent + 0.4 * float(season["exact_minutes"].mean())
        prior = self.games.last_season(player, day)
        prior = prior[prior["game_date"] >= days_before(day, PRIOR_DAYS)]
        return mean(prior["exact_minutes"])

    def _absent_teammates(self, player: str, team: str, day: date, cutoff: str) -> Values:
        """The rotation players among the others who are out, and what they leave behind."""
        men = self.slate.men(team, day, cutoff)
        if men[player]["status"] is None:
            return dict.fromkeys(_ABSENT)
        out = [
            form
            for other, man in men.items()
            if other != player
            and man["status"] in ("out", "doubtful")
            and (form := self.form.averages(other, day))["minutes_avg_last_10"] is not None
            and form["minutes_avg_last_10"] >= ROTATION_MINUTES
        ]
        stars = [
            form
            for form in out
            if form["points_avg_last_10"] >= STAR_POINTS
            or form["minutes_avg_last_10"] >= STAR_MINUTES
            or form["usage_last_10"] >= STAR_USAGE
        ]
        return {
            "teammates_out": len(out),
            "star_teammates_out": len(stars),
            "teammates_out_minutes": sum((f["minutes_avg_last_10"] for f in out), 0.0),
            "teammates_out_points": sum((f["points_avg_last_10"] for f in out), 0.0),
            "teammates_out_usage": sum(
                (f["usage_last_10"] * f["minutes_avg_last_10"] / 48 for f in out), 0.0
            ),
        }

    def _streak(self, player: str, day: date) -> int | None:
        """Games in a row over or under the line that each of them had thirty minutes before it."""
        results = []
        for _, row in self.games.season(player, day).iterrows():
            tip_at = self.games.tonight(row["team"], row["game_date"])["slate_tip_at"]
            line = self.lines.of_player(row["game_id"], player, tip_at - BEFORE_TIP)["points_line"]
            if isinstance(line, float):
                results.append(float(row["points"]) - line)
        if not results:
            return None
        decided = [margin > 0 for margin in results if margin != 0]
        streak = 0
        for over in decided:
            if over != decided[0]:
                break
            streak += 1 if over else -1
        return streak


_ABSENT = (
    "teammates_out", "star_teammates_out", "teammates_out_minutes", "teammates_out_points",
    "teammates_out_usage",
)  # fmt: skip
_OF_THE_TEAM = (
    "cutoff_at", "nba_game_id", "season_year", "season_type", "opponent", "is_home", "is_neutral",
    "rest_advantage", "travel_miles", "time_zones", "season_phase", "game_spread", "game_total",
    "implied_points", "starters_out",
)  # fmt: skip
_NOT_IN_CACHE = ("usage_last_7_games", "minutes_per_game_last_7_games")


def _shared_out(expected: dict[str, float]) -> dict[str, float]:
    """Minutes in proportion, 240 in all and 40 at most: what is too much goes to the others."""
    capped: set[str] = set()
    while True:
        others = {p: m for p, m in expected.items() if p not in capped}
        left = TEAM_MINUTES - MOST_MINUTES * len(capped)
        total = sum(others.values())
        shares = {p: m * left / total if total else 0.0 for p, m in others.items()}
        over = {p for p, minutes in shares.items() if minutes > MOST_MINUTES}
        if not over:
            return shares | dict.fromkeys(capped, MOST_MINUTES)
        capped |= over


def _ewma(newest_first: pd.Series, half_life: float) -> float | None:
    """Weights halve every so many games."""
    if newest_first.empty:
        return None
    return float(newest_first[::-1].astype(float).ewm(halflife=half_life).mean().iloc[-1])


def _deviation(values: pd.Series) -> float:
    return float(values.std(ddof=1))


def _fraction(percent: object) -> float | None:
    return float(percent) / 100 if isinstance(percent, float) else None


def _capped(share: float | None) -> float | None:
    return None if share is None else min(share, 0.5)
