"""The register of feeds: all there are, in an order in which each can be asked after those it needs."""

from collections.abc import Callable, Sequence
from datetime import date

from nba_assets.sources.feed import Feed, ListedGame
from nba_assets.sources.nba_feeds import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.payload import Payload

FEEDS: tuple[Feed, ...] = (NBA_SCHEDULE, NBA_BOXSCORE, NBA_GAME_LOG)

# Who lists a date's games where NBA.com has no season file, in the order of trust.
SCHEDULES: tuple[tuple[Feed, Callable[[Sequence[Payload], date], list[ListedGame]]], ...] = ()
