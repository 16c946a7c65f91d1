"""What tables of named people share: the games they are named for, and the names that lead to nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pandas as pd

from nba_assets.identity.registry import Registry
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import EASTERN, Season, season_of
from nba_assets.raw.entity import Row, source_name
from nba_assets.sources.feed import ExpectedGame, Feed
from nba_assets.sources.nba import COUNTED_SEASON_TYPES
from nba_assets.warehouse.table import Column

PLAYER_ID = Column("player_id", "STRING", "the NBA person id")
NBA_PLAYER_ID = Column("nba_player_id", "STRING", "the NBA person id")
ESPN_PLAYER_ID = Column("espn_player_id", "STRING", "ESPN's id", "the source is not ESPN")
PLAYER_NAME = Column("player_name", "STRING", "as the source writes it")
PLAYER_LOOKUP = Column(
    "player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"
)

_UNRESOLVED_NAME = (
    "game_date", "game_id", "team", "player_name", "entry", "source", "observed_at",
    "landing_path", "reason",
)  # fmt: skip


class PlayedGame(NamedTuple):
    """A game of the slate or of the results, with what is common to all rows about it."""

    game_date: date
    season: Season
    game_id: str
    nba_game_id: str | None
    away: str
    home: str
    lock_at: datetime
    is_bootstrap: bool

    @property
    def sides(self) -> tuple[str, str]:
        """Away, then home."""
        return self.away, self.home

    @property
    def columns(self) -> Row:
        """The game's part of a row."""
        return {
            "game_date": self.game_date,
            "game_id": self.game_id,
            "nba_game_id": self.nba_game_id,
            "season_year": self.season.year,
        }


def games_by_date(
    schedule: pd.DataFrame, dates: Iterable[date]
) -> dict[date, tuple[PlayedGame, ...]]:
    """The games of each date that people are named for, in the order of their ids.

    A game that was called off after its slate stays: what was known before it is not unsaid.
    """
    found: dict[date, list[PlayedGame]] = {day: [] for day in dates}
    rows: list[Any] = list(schedule.sort_values("game_id").itertuples(index=False))
    for row in rows:
        season, called_off = season_of(row.game_date), row.status in ("postponed", "cancelled")
        slated = None if pd.isna(row.slate_tip_at) else row.slate_tip_at
        tip_at = None if pd.isna(row.tip_at) else row.tip_at
        if row.season_type not in COUNTED_SEASON_TYPES or (called_off and slated is None):
            continue
        assert season is not None
        nba_game_id = row.nba_game_id or None
        end = end_of(row.game_date)
        game = ExpectedGame(nba_game_id or "", row.away_team, row.home_team, tip_at or end, slated)
        found[row.game_date].append(
            PlayedGame(
                row.game_date,
                season,
                row.game_id,
                nba_game_id,
                row.away_team,
                row.home_team,
                game.lock_at,
                row.is_bootstrap,
            )
        )
    return {day: tuple(games) for day, games in found.items()}


def games_by_team(games: Sequence[PlayedGame]) -> dict[str, PlayedGame]:
    """The game of every team that plays."""
    return {team: game for game in games for team in game.sides}


def start_of(day: date) -> datetime:
    """Midnight ET, with which the date begins, in UTC."""
    return datetime.combine(day, time(0), EASTERN).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Midnight ET, with which the date ends, in UTC."""
    return start_of(day + timedelta(days=1))


@dataclass
class Names:
    """Providers' names → players, and those that lead to nobody as they were met."""

    desk: Desk
    registry: Registry
    unresolved: list[Row] = field(default_factory=list)

    def player_id(
        self, name: str, team: str, game: PlayedGame, feed: Feed, reading: Reading, entry: object
    ) -> str | None:
        """The player whom a provider lists for a team; None, and kept aside, where that is not certain.

        Args:
            name: as the provider writes it.
            team: that he is listed for.
            game: of that team.
            feed: whose body names him.
            reading: the body.
            entry: what else the body says of him.
        """
        found = self.registry.resolve(name, (team,), game.game_date)
        if found.nba_id is None:
            self.keep_aside(name, team, game, feed, reading, entry, str(found.reason))
        return found.nba_id

    def keep_aside(
        self,
        name: str,
        team: str,
        game: PlayedGame,
        feed: Feed,
        reading: Reading,
        entry: object,
        reason: str,
    ) -> None:
        """Keep what a body says of a name that is not certain."""
        self.unresolved.append(
            {
                "game_date": game.game_date,
                "game_id": game.game_id,
                "team": team,
                "player_name": name,
                "entry": str(entry),
                "source": source_name(self.desk, feed.name),
                "observed_at": reading.observed_at,
                "landing_path": reading.path,
                "reason": f"{team}: {reason}",
            }
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The names that lead to nobody, as evidence."""
        return pd.DataFrame(self.unresolved, columns=list(_UNRESOLVED_NAME))
