"""Who belongs to a team of the slate, and what is known of them at a cut-off."""

from datetime import date, timedelta
from functools import cache

import pandas as pd

from nba_assets_tests.precompute.oracle.games import Games
from nba_assets_tests.precompute.oracle.raw import Raw, Values, days_before, morning_of

BEFORE_TIP = timedelta(minutes=30)
LISTED_GAMES, RECENT_GAMES = 10, 3
LABEL_DAYS = 300
RISK = {"active": 0, "inactive": 3}
STATUS = {"active": "available", "inactive": "out"}
GROUPS = {
    "PG": "guard", "SG": "guard", "G": "guard",
    "SF": "forward", "PF": "forward", "F": "forward",
    "C": "center",
}  # fmt: skip


class Slate:
    """Line-ups as of a cut-off, recent box scores where there is none yet."""

    def __init__(self, raw: Raw, games: Games) -> None:
        self.raw = raw
        self.games = games
        self._of_game = dict(list(raw.lineups.groupby("game_id")))
        labelled = raw.lineups[raw.lineups["position"].notna()]
        self._labels = dict(list(labelled.groupby("player_id")))

    def cutoff_at(self, team: str, day: date, cutoff: str) -> pd.Timestamp:
        """The instant of a cut-off of the team's game."""
        if cutoff == "morning":
            return morning_of(day)
        tip_at: pd.Timestamp = self.games.tonight(team, day)["slate_tip_at"]
        return tip_at - BEFORE_TIP

    def lineup(self, game: str, cutoff_at: pd.Timestamp) -> pd.DataFrame:
        """The newest capture of the game's line-up; no rows where there was none yet."""
        rows = self._of_game.get(game, self.raw.lineups.iloc[:0])
        seen: pd.DataFrame = rows[rows["observed_at"] <= cutoff_at]
        return seen[seen["observed_at"].eq(seen["observed_at"].max())]

    @cache  # noqa: B019
    def men(self, team: str, day: date, cutoff: str) -> dict[str, Values]:
        """What is known of every player of a team at the cut-off, by player."""
        game = self.games.tonight(team, day)["game_id"]
        cutoff_at = self.cutoff_at(team, day, cutoff)
        lineup = self.lineup(game, cutoff_at)
        if not lineup.empty and set(lineup["lineup_status"]) != {"confirmed"}:
            raise ValueError(f"{game}: a line-up that is not confirmed; the oracle knows of none")
        announced = lineup[lineup["team"] == team]
        if announced.empty:
            return {
                player: self._of_recent_boxes(row, team, day, cutoff_at)
                for player, row in self._recent(team, day).items()
            }
        return {
            row["player_id"]: {
                "player_name": row["player_name"],
                "player_lookup": row["player_lookup"],
                "roster_source": "lineup",
                "status": STATUS[row["roster_status"]],
                "status_source": "lineup",
                "status_observed_at": row["observed_at"],
                "available": row["roster_status"] == "active",
                "injury_risk": RISK[row["roster_status"]],
                "lineup_status": row["lineup_status"],
                "is_expected_starter": bool(row["is_starter"]),
                "position": self.position(row["player_id"], cutoff_at),
            }
            for _, row in announced.iterrows()
        }

    def _recent(self, team: str, day: date) -> dict[str, pd.Series]:
        """Newest row of everyone in the team's last ten box scores whose last team this is."""
        last = set(self.games.boxes(team, day)["game_id"].head(LISTED_GAMES))
        boxes = self.raw.player_box_scores
        listed = set(boxes.loc[boxes["game_id"].isin(last) & (boxes["team"] == team), "player_id"])
        found = {}
        for player in sorted(listed):
            rows = self.games.listings(player)
            newest = rows[rows["game_date"] < day].iloc[0]
            if newest["team"] == team:
                found[player] = newest
        return found

    def _of_recent_boxes(
        self, row: pd.Series, team: str, day: date, cutoff_at: pd.Timestamp
    ) -> Values:
        last = set(self.games.boxes(team, day)["game_id"].head(RECENT_GAMES))
        played = self.games.listings(row["player_id"])
        played = played[played["played"] & played["game_id"].isin(last)]
        return {
            "player_name": row["player_name"],
            "player_lookup": row["player_lookup"],
            "roster_source": "recent_box",
            "status": None,
            "status_source": None,
            "status_observed_at": None,
            "available": not played.empty,
            "injury_risk": None,
            "lineup_status": None,
            "is_expected_starter": None,
            "position": self.position(row["player_id"], cutoff_at),
        }

    def position(self, player: str, cutoff_at: pd.Timestamp) -> str | None:
        """The label of the newest line-up of 300 days in which he started, seen by the cut-off."""
        rows = self._labels.get(player)
        if rows is None:
            return None
        since = days_before(cutoff_at.tz_convert("America/New_York").date(), LABEL_DAYS)
        seen = rows[(rows["observed_at"] <= cutoff_at) & (rows["game_date"] >= since)]
        if seen.empty:
            return None
        return str(seen.sort_values(["game_date", "game_id", "observed_at"])["position"].iloc[-1])

    @cache  # noqa: B019
    def starts(self, group: str) -> pd.DataFrame:
        """Box scores of those who started in a position of the group, by their team's last line-up."""
        lineups = self.raw.lineups
        last = lineups[
            lineups["observed_at"]
            == lineups.groupby(["game_id", "team"])["observed_at"].transform("max")
        ]
        keys = ["game_id", "team", "player_id"]
        labels = last.loc[last["position"].map(GROUPS, na_action="ignore") == group, keys]
        players = self.games.players
        return players[players["is_starter"].eq(True)].merge(labels, on=keys)
