"""Which scheduled game a provider's event is: Eastern date, away team and home team. An event never makes a game."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from nba_assets.sources.teams import GUESTS, tricode_of

# Not from `partitions`, which loads Dagster.
EASTERN = ZoneInfo("America/New_York")
# An event may begin after the midnight that ends its game's date: three hours of delay, and the 20
# minutes by which a bookmaker's clock was seen off the schedule's.
PAST_MIDNIGHT = timedelta(hours=3, minutes=20)

Outcome = Literal["game", "no_game", "swapped", "taken", "unknown_team", "guest"]


class Fixture(Protocol):
    """What is read of a game of the schedule; tricodes, Eastern date."""

    @property
    def game_id(self) -> str: ...
    @property
    def game_date(self) -> date: ...
    @property
    def away_team(self) -> str: ...
    @property
    def home_team(self) -> str: ...


@dataclass(frozen=True)
class Game:
    """A game of the schedule."""

    game_id: str
    game_date: date
    away_team: str
    home_team: str


class Event(NamedTuple):
    """A provider's game. `starts_at` decides the date where it is given, `day` where it is not."""

    event_id: str
    away: str
    home: str
    day: date | None = None
    starts_at: datetime | None = None


class Match(NamedTuple):
    """What an event is. Only `game` makes rows; `no_game` and `guest` are counted, the others are conflicts."""

    outcome: Outcome
    game_id: str | None
    reason: str | None

    @property
    def is_conflict(self) -> bool:
        """Whether a person must look: sides swapped, a game claimed twice, a team nobody knows."""
        return self.outcome in ("swapped", "taken", "unknown_team")


class ScheduledGames:
    """The scheduled games by date and sides.

    Raises:
        ValueError: where two games have the same date, away and home team.
    """

    def __init__(self, games: Iterable[Fixture]) -> None:
        self._ids: dict[tuple[date, str, str], str] = {}
        for game in games:
            key = (game.game_date, game.away_team, game.home_team)
            other = self._ids.setdefault(key, game.game_id)
            if other != game.game_id:
                raise ValueError(
                    f"{game.game_date} {game.away_team} at {game.home_team} is scheduled twice:"
                    f" {other}, {game.game_id}"
                )

    def match(self, event: Event) -> Match:
        """The game of an event: same Eastern date, same away and same home team.

        Only where neither orientation of the sides plays on the date, and the event starts within
        `PAST_MIDNIGHT` of Eastern midnight, the date before is asked, by the same rule.

        Raises:
            ValueError: where the event has neither a date nor a start with a zone.
        """
        away, home = tricode_of(event.away), tricode_of(event.home)
        if away is None or home is None:
            strangers = [side for side in (event.away, event.home) if tricode_of(side) is None]
            if all(side in GUESTS for side in strangers):
                return Match("guest", None, f"{event.event_id}: {', '.join(strangers)} are guests")
            return Match(
                "unknown_team",
                None,
                f"{event.event_id}: no team is called {' or '.join(map(repr, strangers))}",
            )
        days = _days(event)
        for day in days:
            if game_id := self._ids.get((day, away, home)):
                return Match("game", game_id, None)
            if game_id := self._ids.get((day, home, away)):
                return Match(
                    "swapped",
                    None,
                    f"{event.event_id}: {away} at {home} on {day} is scheduled the other way: {game_id}",
                )
        return Match(
            "no_game", None, f"{event.event_id}: {away} at {home} is not scheduled on {days[0]}"
        )


def match_event(event: Event, games: Iterable[Fixture]) -> Match:
    """The game of one event; for many events of one schedule use `match_events`."""
    return ScheduledGames(games).match(event)


def match_events(events: Sequence[Event], games: Iterable[Fixture]) -> dict[str, Match]:
    """Each event's match by event id; a game that several events claim is nobody's.

    Args:
        events: of one provider; copies of an event are one, its last start counts.
        games: of the schedule, at least for the events' dates and the dates before.
    """
    scheduled = ScheduledGames(games)
    matches = {event.event_id: scheduled.match(event) for event in events}
    claims: dict[str, set[str]] = defaultdict(set)
    for event_id, match in matches.items():
        if match.game_id:
            claims[match.game_id].add(event_id)
    for game_id, claimants in claims.items():
        if len(claimants) == 1:
            continue
        for event_id in claimants:
            rivals = ", ".join(sorted(claimants - {event_id}))
            matches[event_id] = Match(
                "taken", None, f"{event_id}: {game_id} is the game of {rivals} too"
            )
    return matches


def _days(event: Event) -> tuple[date, ...]:
    """The dates to ask, the likeliest first."""
    if event.starts_at is None:
        if event.day is None:
            raise ValueError(f"event {event.event_id} has neither a date nor a start")
        return (event.day,)
    if event.starts_at.tzinfo is None:
        raise ValueError(f"event {event.event_id} starts at {event.starts_at}, which has no zone")
    local = event.starts_at.astimezone(EASTERN)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if local - midnight <= PAST_MIDNIGHT:
        return (local.date(), local.date() - timedelta(days=1))
    return (local.date(),)
