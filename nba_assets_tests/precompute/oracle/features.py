"""The factors, the features and their score, put together from what the rest of the oracle says."""

from datetime import date
from functools import cache

from nba_assets_tests.precompute.oracle.games import Games
from nba_assets_tests.precompute.oracle.lines import Lines
from nba_assets_tests.precompute.oracle.players import Form, Players
from nba_assets_tests.precompute.oracle.raw import (
    Raw,
    Values,
    clamp,
    three_years_before,
)
from nba_assets_tests.precompute.oracle.slate import GROUPS, Slate
from nba_assets_tests.precompute.oracle.teams import Teams
from nba_assets_tests.precompute.oracle.zones import Zones, sample_label

SCORES = {"R": 100.0, "S": 87.0, "F": 40.0, "M": 40.0}
TIERS = ((95, "gold"), (75, "silver"), (50, "bronze"), (25, "poor"))


class Oracle:
    """Every table before tip-off, by team or player, date and cut-off."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.games = Games(raw)
        self.lines = Lines(raw)
        self.slate = Slate(raw, self.games)
        self.zones = Zones(raw, self.games, self.slate)
        self.teams = Teams(raw, self.games, self.slate, self.lines)
        self.form = Form(self.games, self.zones, self.teams)
        self.players = Players(self.games, self.slate, self.lines, self.teams, self.form)

    def team_context(self, team: str, day: date, cutoff: str) -> Values:
        """`analytics.upcoming_team_game_context`."""
        own = self.teams.context(team, day, cutoff)
        return own | {"absent_blocks": _in_order(self.absent_feeds(team, day, cutoff))}

    def player_context(self, player: str, team: str, day: date, cutoff: str) -> Values:
        """`analytics.upcoming_player_game_context`."""
        own = self.players.context(player, team, day, cutoff)
        return own | {"absent_blocks": _in_order(self.absent_feeds(team, day, cutoff))}

    @cache  # noqa: B019
    def factors(self, player: str, team: str, day: date, cutoff: str) -> Values:
        """`precompute.player_composite_factors`."""
        known = self.players.context(player, team, day, cutoff)
        defence = self.zones.defence(known["opponent"], day)
        fatigue = _fatigue(known)
        mismatch = _mismatch(self.zones.shooter(player, day), defence)
        own_pace = self.teams.context(team, day, cutoff)["pace_last_10"]
        pace = _half_difference(known["opponent_pace_last_10"], own_pace)
        spike = _spike(known["projected_usage"], known["usage_last_7_games"])
        adjustment = (fatigue - 100) / 20
        terms = ((0.3, mismatch), (0.3, pace), (0.4, spike))
        total = adjustment + sum(weight * term for weight, term in terms if term is not None)
        return {
            "cutoff_at": known["cutoff_at"],
            "season_year": known["season_year"],
            "team": team,
            "opponent": known["opponent"],
            "fatigue_score": fatigue,
            "fatigue_adjustment": adjustment,
            "shot_zone_mismatch": mismatch,
            "pace_score": pace,
            "usage_spike": spike,
            "total_adjustment": total,
        }

    def features(self, player: str, team: str, day: date, cutoff: str) -> Values:
        """The features of `precompute.ml_feature_store` in their order, then those beside them."""
        known = self.players.context(player, team, day, cutoff)
        form = self.form.cache_row(player, team, day)
        factors = self.factors(player, team, day, cutoff)
        own = self.teams.context(team, day, cutoff)
        defence = self.zones.defence(known["opponent"], day)
        group = GROUPS.get(known["position"])
        vector: Values = {
            "points_avg_last_5": form["points_avg_last_5"],
            "points_avg_last_10": form["points_avg_last_10"],
            "points_avg_season": form["points_avg_season"],
            "points_std_last_10": form["points_std_last_10"],
            "games_in_last_7_days": form["games_last_7_days"],
            "fatigue_score": factors["fatigue_score"],
            "shot_zone_mismatch": factors["shot_zone_mismatch"],
            "pace_score": factors["pace_score"],
            "usage_spike": factors["usage_spike"],
            "rest_advantage": known["rest_advantage"],
            "injury_risk": known["injury_risk"],
            "recent_trend": _steps(form["points_trend"], 2, 5),
            "minutes_change": _steps(form["minutes_change"], 0.1, 0.2),
            "opponent_def_rating": defence["defensive_rating_last_15"],
            "opponent_pace": defence["pace_last_15"],
            "home": 0.5 if known["is_neutral"] else float(known["is_home"]),
            "back_to_back": float(known["back_to_back"]),
            "playoff_game": float(known["season_type"] == "playoffs"),
            "pct_paint": form["paint_share_last_10"],
            "pct_mid": form["mid_share_last_10"],
            "pct_three": form["three_share_last_10"],
            "pct_free_throw": form["free_throw_points_share_last_10"],
            "team_pace": form["team_pace_last_10"],
            "team_off_rating": form["team_offensive_rating_last_10"],
            "team_win_pct": own["win_pct"],
            "line_points": known["points_line"],
            "line_opening": known["opening_line"],
            "line_move": known["line_move"],
            "has_line": float(known["points_line"] is not None),
            "avg_points_vs_opponent": form["points_avg_vs_opponent"],
            "games_vs_opponent": form["games_vs_opponent"],
            "minutes_avg_last_10": form["minutes_avg_last_10"],
            "points_per_minute_last_10": form["points_per_minute_last_10"],
        }
        starter, spread = known["is_expected_starter"], known["game_spread"]
        beside: Values = {
            "projected_minutes": known["projected_minutes"],
            "minutes_std_last_10": form["minutes_std_last_10"],
            "expected_starter": None if starter is None else float(starter),
            "teammates_out": known["teammates_out"],
            "teammates_out_minutes": known["teammates_out_minutes"],
            "teammates_out_points": known["teammates_out_points"],
            "teammates_out_usage": known["teammates_out_usage"],
            "opponent_position_points_vs_league": (
                defence[f"{group}_points_vs_league"] if group else None
            ),
            "opponent_free_throw_rate": known["opponent_free_throw_rate_allowed_last_15"],
            "team_implied_points": known["implied_points"],
            "blowout_risk": None if spread is None else abs(spread),
            "points_ewma": form["points_ewma"],
            "points_avg_prior_season": form["points_avg_prior_season"],
            "travel_miles": known["travel_miles"],
            "time_zones": known["time_zones"],
            "days_since_return": known["days_since_return"],
            "days_since_last_game": known["days_since_last_game"],
        }
        return vector | beside | self._quality(player, team, day, cutoff, vector)

    def _quality(self, player: str, team: str, day: date, cutoff: str, vector: Values) -> Values:
        """What is real, of a short window, without games, missing or not applicable, and the score."""
        known = self.players.context(player, team, day, cutoff)
        form = self.form.cache_row(player, team, day)
        sample = self.zones.defence(known["opponent"], day)["games_in_sample"]
        absent = self.absent_blocks(team, day, cutoff)
        own_games, their_games = (
            self.teams.context(side, day, cutoff)["games_in_last_10"]
            for side in (team, known["opponent"])
        )
        windows = {
            "pace_score": (min(own_games, their_games), 10),
            "team_pace": (own_games, 10),
            "team_off_rating": (own_games, 10),
            "points_avg_season": (known["games_played_season"], 5),
            "opponent_def_rating": (sample, 15),
            "opponent_pace": (sample, 15),
        } | dict.fromkeys(_OF_TEN_GAMES, (known["games_in_last_10"], 10))
        letters = {
            name: _letter(value, windows.get(name), name, absent, known)
            for name, value in vector.items()
        }
        counted = [SCORES[letter] for letter in letters.values() if letter != "N"]
        score = sum(counted) / len(counted)
        return {
            "feature_sources": "".join(letters.values()),
            "missing_features": [name for name, letter in letters.items() if letter == "M"],
            "absent_blocks": _in_order(absent),
            "cutoff_at": known["cutoff_at"],
            "season_year": known["season_year"],
            "season_type": known["season_type"],
            "team": team,
            "opponent": known["opponent"],
            "quality_score": score,
            "quality_tier": next((tier for least, tier in TIERS if score >= least), "unusable"),
            "games_played_season": known["games_played_season"],
            "games_in_last_10": known["games_in_last_10"],
            "opponent_games_in_sample": sample,
            "sample_label": sample_label(known["games_in_last_10"], 10),
            "player_name": known["player_name"],
            "status": known["status"],
            "available": known["available"],
            "roster_source": known["roster_source"],
            "history_from": form["history_from"],
            "newest_input_date": form["newest_input_date"],
            "newest_input_age_days": form["newest_input_age_days"],
        }

    @cache  # noqa: B019
    def absent_feeds(self, team: str, day: date, cutoff: str) -> frozenset[str]:
        """The feeds that have told nothing of the season up to the cut-off."""
        cutoff_at = self.slate.cutoff_at(team, day, cutoff)
        season = self.games.season_of(day)
        # The archive has neither injury reports nor rosters, which `Raw` sees to.
        absent = {"injuries", "rosters"}
        for block, rows in (
            ("lines", self.raw.player_prop_lines),
            ("game_lines", self.raw.game_lines),
        ):
            own = rows[rows["game_date"].map(self._season_of_line) == season]
            if own[own["observed_at"] <= cutoff_at].empty:
                absent.add(block)
        shots = self.raw.shots
        if shots[(shots["season_year"] == season) & (shots["game_date"] < day)].empty:
            absent.add("zones")
        return frozenset(absent)

    def absent_blocks(self, team: str, day: date, cutoff: str) -> frozenset[str]:
        """The same, and the earlier seasons where the three years before are not all there."""
        absent = set(self.absent_feeds(team, day, cutoff))
        first = self.games.first_published(day)
        if first is None or first > three_years_before(day):
            absent.add("prior_seasons")
        return frozenset(absent)

    def _season_of_line(self, day: date) -> int:
        return self.games.season_of(day)


_BLOCKS = ("injuries", "lines", "game_lines", "rosters", "zones", "prior_seasons")
_OF_TEN_GAMES = (
    "points_avg_last_10", "points_std_last_10", "usage_spike", "minutes_change", "pct_free_throw",
    "minutes_avg_last_10", "points_per_minute_last_10",
)  # fmt: skip
_BLOCK_OF = {
    "shot_zone_mismatch": "zones", "pct_paint": "zones", "pct_mid": "zones", "pct_three": "zones",
    "injury_risk": "injuries",
}  # fmt: skip
# Without a value by definition: no such offer, no such meeting, nothing to divide by.
_NEVER_MISSING = (
    "injury_risk", "line_points", "line_opening", "line_move", "avg_points_vs_opponent",
    "minutes_change",
    "pct_free_throw", "points_per_minute_last_10",
)  # fmt: skip
# Without a value only where a team has too few games.
_OF_TEAMS = (
    "pace_score", "opponent_def_rating", "opponent_pace", "team_pace", "team_off_rating",
    "team_win_pct",
)  # fmt: skip
# Of a part of their window where earlier seasons are absent, which counts as absent.
_OF_PRIOR_SEASONS = ("avg_points_vs_opponent", "games_vs_opponent")
_GAMES_NEEDED = {
    "points_avg_last_5": 5, "points_avg_last_10": 5, "points_avg_season": 1,
    "points_std_last_10": 5, "shot_zone_mismatch": 10, "usage_spike": 5, "recent_trend": 5,
    "minutes_change": 5, "pct_paint": 10, "pct_mid": 10, "pct_three": 10, "pct_free_throw": 5,
    "minutes_avg_last_10": 5, "points_per_minute_last_10": 5,
}  # fmt: skip


def _in_order(absent: frozenset[str]) -> list[str]:
    return [block for block in _BLOCKS if block in absent]


def _letter(
    value: float | None,
    window: tuple[int, int] | None,
    name: str,
    absent: frozenset[str],
    known: Values,
) -> str:
    if name in _OF_PRIOR_SEASONS and "prior_seasons" in absent:
        return "N"
    if value is not None:
        return "S" if window and window[0] < window[1] else "R"
    if _BLOCK_OF.get(name) in absent:
        return "N"
    if name in _OF_TEAMS or known["games_played_season"] < _GAMES_NEEDED.get(name, 0):
        return "F"
    return "N" if name in _NEVER_MISSING else "M"


def _fatigue(known: Values) -> float:
    """0 to 100, 100 is fresh; what is not known takes nothing away."""
    score = 100.0
    if known["back_to_back"]:
        score -= 15
    elif known["days_since_last_game"] is not None and known["days_since_last_game"] >= 3:
        score += 5
    if known["games_last_7_days"] >= 4:
        score -= 10
    if known["minutes_last_7_days"] > 240:
        score -= 10
    if (known["minutes_per_game_last_7_games"] or 0) > 35:
        score -= 8
    if known["back_to_backs_last_14_days"] >= 2:
        score -= 12
    elif known["back_to_backs_last_14_days"] == 1:
        score -= 5
    return max(0.0, min(100.0, score))


def _mismatch(shooter: Values, defence: Values) -> float | None:
    """Points: what the opponent allows above the league where the player shoots from."""
    zone = shooter["primary_zone"]
    if zone is None or any(defence[f"{z}_vs_league"] is None for z in ("paint", "mid", "three")):
        return None
    if zone == "balanced":
        points = sum(
            shooter[f"{z}_share"] / 100 * defence[f"{z}_vs_league"]
            for z in ("paint", "mid", "three")
        )
    else:
        points = defence[f"{zone}_vs_league"] * min(shooter[f"{zone}_share"] / 50, 1)
        if abs(points) > 5:
            points *= 1.2
    return clamp(points, -10, 10)


def _half_difference(opponent: float | None, own: float | None) -> float | None:
    return None if opponent is None or own is None else clamp((opponent - own) / 2, -3, 3)


def _spike(projected: float | None, recent: float | None) -> float | None:
    if projected is None or recent is None:
        return None
    return clamp(0.3 * (projected - recent), -3, 3)


def _steps(value: float | None, one: float, two: float) -> float | None:
    """-2 to 2, by the size of a change."""
    if value is None:
        return None
    size = 2.0 if abs(value) >= two else 1.0 if abs(value) >= one else 0.0
    return size if value > 0 else -size if size else 0.0
