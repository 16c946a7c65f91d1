"""Payload models of The Odds API: the fields that are read, strictly typed. Unknown fields pass.

Prices and main lines have their arithmetic here too, for they come as the request's `oddsFormat`
has them. What happens to a line afterwards (tip, names, one missing price) is not decided here.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from nba_assets.partitions import eastern_date
from nba_assets.sources.payload import Payload, Tricode
from nba_assets.sources.teams import tricode_of

PLAYER_POINTS = "player_points"
SPREADS = "spreads"
TOTALS = "totals"
OVER, UNDER = "Over", "Under"


def _moment(value: object) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise ValueError("an instant is a text with its zone, as 2024-01-25T03:20:30Z")
    return instant.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_moment)]


def is_american(price: float) -> bool:
    """True of an American price (a whole number from ±100), False of a decimal one (1 to 100).

    Raises:
        ValueError: where it can be neither.
    """
    if isinstance(price, int) and abs(price) >= 100:
        return True
    if 1 < price < 100:
        return False
    raise ValueError(f"a price is a whole number from ±100 or a decimal of 1 to 100, found {price}")


def decimal_of(american: int) -> float:
    """What a stake of 1 returns in all: -110 is 1.909…, +150 is 2.5.

    Formula: "Fixed-odds betting", Wikipedia, sections Moneyline odds and Decimal odds
    (https://en.wikipedia.org/wiki/Fixed-odds_betting).
    """
    return 1 + (american / 100 if american > 0 else 100 / -american)


def american_of(decimal: float) -> int:
    """The nearest American price of a decimal one: 1.91 is -110, 2.5 is +150, 2.0 is +100.

    Formula: as in `decimal_of`, solved for the American price.
    """
    exact = 100 * (decimal - 1) if decimal >= 2 else -100 / (decimal - 1)
    return math.floor(exact + 0.5)


class Outcome(Payload):
    """One side of a line. `name` is Over, Under or a team; `description` the player.

    The price is American or decimal as the request asked, and absent where the book has none.
    """

    name: str
    description: str | None = None
    price: int | float | None = None
    point: float | None = None

    @model_validator(mode="after")
    def _has_a_known_price(self) -> Self:
        if self.price is not None:
            is_american(self.price)
        return self

    @property
    def side(self) -> str:
        """over, under, or the team's tricode; an unknown word stays as it is."""
        return (
            self.name.lower() if self.name in (OVER, UNDER) else tricode_of(self.name) or self.name
        )

    @property
    def american(self) -> int | None:
        """The price as an American integer; None without a price."""
        if self.price is None:
            return None
        return int(self.price) if is_american(self.price) else american_of(self.price)

    @property
    def decimal(self) -> float | None:
        """The price as a decimal; None without a price."""
        if self.price is None:
            return None
        return decimal_of(int(self.price)) if is_american(self.price) else float(self.price)

    @property
    def implied_probability(self) -> float | None:
        """1 / decimal price, the book's margin included; None without a price."""
        return 1 / self.decimal if self.decimal else None


class Market(Payload):
    """The outcomes of one market at one book, in any order."""

    key: str
    last_update: Moment | None = None
    outcomes: list[Outcome]

    @model_validator(mode="after")
    def _has_what_its_lines_need(self) -> Self:
        for outcome in self.outcomes:
            if problem := _problem(self.key, outcome):
                raise ValueError(f"{self.key} {outcome.name} {outcome.description}: {problem}")
        return self


def _problem(market: str, outcome: Outcome) -> str | None:
    if market in (PLAYER_POINTS, TOTALS) and outcome.name not in (OVER, UNDER):
        return "neither Over nor Under"
    if market in (PLAYER_POINTS, TOTALS, SPREADS) and outcome.point is None:
        return "no point"
    if market == PLAYER_POINTS and not outcome.description:
        return "no player"
    return None


class Bookmaker(Payload):
    """One book; only snapshots tell its own `last_update`."""

    key: str
    title: str
    last_update: Moment | None = None
    markets: list[Market]


class Event(Payload):
    """A game as books list it. `commence_time` drifts and is overwritten in play: not the schedule."""

    id: str
    commence_time: Moment
    home_team: Tricode
    away_team: Tricode

    @property
    def game_date(self) -> date:
        """The Eastern date it is listed for."""
        return eastern_date(self.commence_time)

    @property
    def key(self) -> tuple[date, str, str]:
        """What joins a game across providers: Eastern date, away and home tricode."""
        return self.game_date, self.away_team, self.home_team


class Snapshot(Payload):
    """What the historical form says of itself; all None in a live answer."""

    snapshot_at: Moment | None = Field(default=None, alias="timestamp")
    previous_at: Moment | None = Field(default=None, alias="previous_timestamp")
    next_at: Moment | None = Field(default=None, alias="next_timestamp")


def _unwrapped(body: Any) -> tuple[Any, dict[str, Any]]:
    """The live form of a body, and the instants that a historical one is wrapped in."""
    if isinstance(body, dict) and "timestamp" in body and "data" in body:
        names = ("timestamp", "previous_timestamp", "next_timestamp")
        return body["data"], {name: body.get(name) for name in names}
    return body, {}


class Events(Snapshot):
    """`events`, live or as of an instant: the games books list, over several dates.

    Never the date's games: the newest list can be yesterday's and can lack games.
    """

    events: list[Event]

    @model_validator(mode="before")
    @classmethod
    def _live_or_snapshot(cls, body: Any) -> Any:
        events, instants = _unwrapped(body)
        if not isinstance(events, list):
            raise ValueError(f"no list of events, found {str(events)[:80]}")
        return {"events": events, **instants}

    @property
    def is_empty(self) -> bool:
        return not self.events

    @property
    def game_dates(self) -> set[date]:
        """The Eastern dates its games are listed for."""
        return {event.game_date for event in self.events}


class Quotes(NamedTuple):
    """What one book offers in one market, and since when."""

    book: str
    updated_at: datetime | None
    outcomes: list[Outcome]


class EventOdds(Snapshot, Event):
    """`events/<id>/odds`, live or as of an instant: every book's outcomes for one game.

    A refusal compares `id` with the event asked and `markets` with the market asked. Without
    bookmakers it is empty: no market yet.
    """

    bookmakers: list[Bookmaker]

    @model_validator(mode="before")
    @classmethod
    def _live_or_snapshot(cls, body: Any) -> Any:
        event, instants = _unwrapped(body)
        if not isinstance(event, dict):
            raise ValueError(f"no event with its odds, found {str(event)[:80]}")
        return {**event, **instants}

    @model_validator(mode="after")
    def _has_one_price_format(self) -> Self:
        prices = [
            outcome.price
            for book in self.bookmakers
            for market in book.markets
            for outcome in market.outcomes
            if outcome.price is not None
        ]
        american = [price for price in prices if is_american(price)]
        if american and len(american) < len(prices):
            decimal = next(price for price in prices if not is_american(price))
            raise ValueError(f"American and decimal prices together, {american[0]} and {decimal}")
        return self

    @property
    def is_empty(self) -> bool:
        return not any(market.outcomes for book in self.bookmakers for market in book.markets)

    @property
    def markets(self) -> set[str]:
        """The keys of the markets that any book offers."""
        return {market.key for book in self.bookmakers for market in book.markets}

    def quotes(self, market: str) -> Iterator[Quotes]:
        """Each book's outcomes in a market, in the order of the body."""
        for book in self.bookmakers:
            for found in book.markets:
                if found.key == market:
                    yield Quotes(book.key, found.last_update or book.last_update, found.outcomes)


class PlayerLine(NamedTuple):
    """A player's line at one book. A side that the book does not offer is None."""

    player: str
    point: float
    over: Outcome | None
    under: Outcome | None


def main_lines(outcomes: Iterable[Outcome]) -> list[PlayerLine]:
    """The main line of each player at one book, by player.

    Where several points are listed, the main line is the one whose two prices are closest to each
    other: the smallest difference of implied probabilities. Equal differences: the smaller margin
    (sum of the two), then the lower point. A line without both prices comes after every line with
    both, the price closest to even first, one without any price last; then the lower point. It is
    kept, with None for the side that is missing.

    In which order points and sides stand is irrelevant. A point may be offered twice at other
    prices (williamhill_us does): the first Over goes with the first Under of it, the second with
    the second, and these pairs compete like points.

    Raises:
        ValueError: where an outcome has no player, no point or another name than Over or Under.
    """
    sides: dict[tuple[str, float], dict[str, list[Outcome]]] = {}
    for outcome in outcomes:
        if problem := _problem(PLAYER_POINTS, outcome):
            raise ValueError(f"{outcome.name} {outcome.description}: {problem}")
        assert outcome.description is not None
        assert outcome.point is not None
        offered = sides.setdefault((outcome.description, outcome.point), {OVER: [], UNDER: []})
        offered[outcome.name].append(outcome)
    found: dict[str, PlayerLine] = {}
    for (player, point), offered in sides.items():
        for over, under in zip_longest(offered[OVER], offered[UNDER]):
            line = PlayerLine(player, point, over, under)
            if player not in found or _rank(line) < _rank(found[player]):
                found[player] = line
    return [found[player] for player in sorted(found)]


def _rank(line: PlayerLine) -> tuple[int, float, float, float]:
    """The smaller, the more of a main line."""
    sides = (side for side in (line.over, line.under) if side)
    priced = [p for side in sides if (p := side.implied_probability) is not None]
    if len(priced) == 2:
        return 0, abs(priced[0] - priced[1]), priced[0] + priced[1], line.point
    if priced:
        return 1, abs(priced[0] - 0.5), 0.0, line.point
    return 2, 0.0, 0.0, line.point
