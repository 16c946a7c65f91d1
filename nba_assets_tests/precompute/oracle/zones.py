"""Where shots come from: what teams allow, and what players prefer."""

from datetime import date
from functools import cache

import pandas as pd

from nba_assets_tests.precompute.oracle.games import Games
from nba_assets_tests.precompute.oracle.raw import Raw, Values, mean, ratio
from nba_assets_tests.precompute.oracle.slate import Slate

ZONES = ("paint", "mid", "three")
POINTS = {"paint": 2, "mid": 2, "three": 3}
DEFENCE_GAMES, DEFENCE_LEAST, LEAGUE_DAYS = 15, 5, 30
SHOOTER_GAMES, TREND_GAMES, TREND_LEAST = 10, 20, 15
# In % of a player's attempts; the largest that reaches its mark is his zone.
PRIMARY = {"paint": 40, "three": 40, "mid": 35}
LABELS = ((1.0, "excellent"), (0.7, "good"), (0.5, "limited"))
PAINTED = ("Restricted Area", "In The Paint (Non-RA)")


def sample_label(games: int, length: int) -> str:
    """How much of a window there is."""
    return next((name for share, name in LABELS if games >= share * length), "insufficient")


class Zones:
    """Shot zones of sides and players, from the shots of finished games."""

    def __init__(self, raw: Raw, games: Games, slate: Slate) -> None:
        self.games = games
        self.slate = slate
        shots = raw.shots[raw.shots["shot_value"].isin((2, 3))]
        shots = shots.assign(place=_places(shots), goals=shots["made"].astype(int))
        self.charted = set(shots["game_id"])
        self._of_side = dict(list(shots.groupby(["game_id", "team"])))
        self._of_player = dict(list(shots.groupby(["game_id", "player_id"])))
        self._none = shots.iloc[:0]

    @cache  # noqa: B019
    def side(self, game: str, team: str, attempts: int) -> dict[str, tuple[int, int]] | None:
        """Makes and attempts by zone; None where the shots are not those of the box score."""
        return _counted(self._of_side.get((game, team), self._none), attempts)

    @cache  # noqa: B019
    def player(self, game: str, player: str, attempts: int) -> dict[str, tuple[int, int]] | None:
        """The same of a player; a man without an attempt in a charted game has noughts."""
        if game not in self.charted:
            return None
        return _counted(self._of_player.get((game, player), self._none), attempts)

    def _allowed(self, rows: pd.DataFrame) -> list[dict[str, tuple[int, int]]]:
        """What the defending teams of the rows allowed, game by game, where it is told."""
        found = [
            self.side(row["game_id"], row["opponent"], int(row["opponent_fga"]))
            for _, row in rows.iterrows()
        ]
        return [zones for zones in found if zones]

    @cache  # noqa: B019
    def league(self, day: date) -> dict[str, float | None]:
        """The league's share of makes by zone: teams of five games or more in thirty days."""
        games = []
        for _, rows in self.games.league(day, LEAGUE_DAYS).groupby("team"):
            own = self._allowed(rows)
            if len(own) >= DEFENCE_LEAST:
                games += own
        return {
            zone: ratio(sum(g[zone][0] for g in games), sum(g[zone][1] for g in games))
            for zone in ZONES
        }

    @cache  # noqa: B019
    def defence(self, team: str, day: date) -> Values:
        """`precompute.team_defense_zone_analysis`."""
        window = self.games.of_team(team, day).head(DEFENCE_GAMES)
        told = self._allowed(window)
        values: Values = {
            "season_year": self.games.season_of(day),
            "games_in_sample": len(window),
            "games_with_zones": len(told),
            "defensive_rating_last_15": mean(window["defensive_rating"], DEFENCE_LEAST),
            "opponent_points_last_15": mean(window["opponent_points"], DEFENCE_LEAST),
            "pace_last_15": mean(window["pace"], DEFENCE_LEAST),
            "sample_label": sample_label(len(window), DEFENCE_GAMES),
        }
        weak: dict[str, float] = {}
        for zone in ZONES:
            makes = sum(game[zone][0] for game in told)
            attempts = sum(game[zone][1] for game in told)
            enough = len(told) >= DEFENCE_LEAST
            allowed = ratio(makes, attempts) if enough else None
            league = self.league(day)[zone]
            values |= {
                f"{zone}_fg_pct_allowed": allowed,
                f"{zone}_attempts_allowed_per_game": attempts / len(told) if enough else None,
                f"{zone}_points_allowed_per_game": (
                    makes * POINTS[zone] / len(told) if enough else None
                ),
                f"{zone}_blocks_per_game": None,  # no shot chart knows of blocks
                f"{zone}_vs_league": None,
            }
            if allowed is not None and league is not None:
                values[f"{zone}_vs_league"] = weak[zone] = (allowed - league) * 100
        values["weakest_zone"] = max(weak, key=weak.__getitem__) if weak else None
        values["strongest_zone"] = min(weak, key=weak.__getitem__) if weak else None
        for group in ("guard", "forward", "center"):
            values[f"{group}_points_vs_league"] = self._of_starters(group, team, day)
        return values

    def _of_starters(self, group: str, team: str, day: date) -> float | None:
        """Points of starters of the group against the team, a start, above the league's."""
        starts = self.slate.starts(group)
        window = self.games.of_team(team, day).head(DEFENCE_GAMES)
        own = starts[(starts["opponent"] == team) & starts["game_id"].isin(window["game_id"])]
        month = self.games.league(day, LEAGUE_DAYS)
        # Like the zones': against teams of five games or more.
        often = month.groupby("team").filter(lambda rows: len(rows) >= DEFENCE_LEAST)
        league = starts.merge(
            often[["game_id", "team"]].rename(columns={"team": "opponent"}),
            on=["game_id", "opponent"],
        )
        ours, theirs = mean(own["points"], DEFENCE_LEAST), mean(league["points"])
        return None if ours is None or theirs is None else ours - theirs

    def _shot_from(self, rows: pd.DataFrame) -> list[dict[str, tuple[int, int]]]:
        """A player's zones, newest game first, of the games in which they are told."""
        found = [
            self.player(row["game_id"], row["player_id"], int(row["fga"]))
            for _, row in rows.iterrows()
        ]
        return [zones for zones in found if zones]

    @cache  # noqa: B019
    def shooter(self, player: str, day: date) -> Values:
        """`precompute.player_shot_zone_analysis`."""
        season = self.games.season(player, day)
        told = self._shot_from(season)[:SHOOTER_GAMES]
        recent = self._shot_from(season.head(TREND_GAMES))
        n = len(told)
        values: Values = {
            "season_year": self.games.season_of(day),
            "games_in_sample": n,
            "assisted_share": None,  # no shot chart knows of assists
            "sample_label": "high" if n >= SHOOTER_GAMES else "medium" if n >= 7 else "low",
        }
        shares: dict[str, float] = {}
        attempts = sum(game[zone][1] for game in told for zone in ZONES)
        of_all = sum(game[zone][1] for game in recent for zone in ZONES)
        for zone in ZONES:
            makes, tries = (sum(game[zone][i] for game in told) for i in (0, 1))
            enough = n >= SHOOTER_GAMES
            share = ratio(100 * tries, attempts) if enough else None
            longer = ratio(100 * sum(game[zone][1] for game in recent), of_all)
            has_trend = len(recent) >= TREND_LEAST and share is not None and longer is not None
            values |= {
                f"{zone}_share": share,
                f"{zone}_fg_pct": ratio(makes, tries) if enough else None,
                f"{zone}_attempts_per_game": tries / n if enough else None,
                f"{zone}_share_trend": share - longer if has_trend else None,  # type: ignore[operator]
            }
            if share is not None:
                shares[zone] = share
        values["primary_zone"] = _primary(shares)
        return values


def _primary(shares: dict[str, float]) -> str | None:
    if not shares:
        return None
    reached = {zone: share for zone, share in shares.items() if share >= PRIMARY[zone]}
    return max(reached, key=reached.__getitem__) if reached else "balanced"


def _places(shots: pd.DataFrame) -> pd.Series:
    """Threes by their value; of two-pointers those in the painted area, and the others."""
    places = [
        "three"
        if value == 3
        else "paint"
        if area in PAINTED or (area is None and distance <= 8)
        else "mid"
        for value, area, distance in zip(
            shots["shot_value"], shots["area"], shots["distance_ft"], strict=True
        )
    ]
    return pd.Series(places, index=shots.index, dtype=object)


def _counted(shots: pd.DataFrame, attempts: int) -> dict[str, tuple[int, int]] | None:
    if len(shots) != attempts:
        return None
    return {
        zone: (
            int(shots.loc[shots["place"] == zone, "goals"].sum()),
            int((shots["place"] == zone).sum()),
        )
        for zone in ZONES
    }
