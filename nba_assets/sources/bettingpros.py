"""Payload models of BettingPros: the fields that are read, strictly typed. Unknown fields pass."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from nba_assets.partitions import eastern_date
from nba_assets.sources.odds_api import OVER, UNDER, Outcome
from nba_assets.sources.payload import Count, Payload, Tricode

POINTS_MARKET = 156  # 157 is rebounds, 151 assists
CONSENSUS_BOOK = 0  # the site's own average of all books: no book that takes a bet


def _utc_without_zone(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("an instant is a text as 2021-10-21 23:30:00")
    return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


NakedUtc = Annotated[datetime, BeforeValidator(_utc_without_zone)]


class LineupParticipant(Payload):
    """A player by BettingPros' id. The team told with him is that of the capture: it is not read."""

    id: str
    name: str


class LineupSpot(Payload):
    """A listed player: started, bench or did_not_play."""

    status: str
    participant: LineupParticipant


class Lineups(Payload):
    """Both sides' players; the type is "confirmed" where the line-up is."""

    home_lineup: list[LineupSpot] = Field(default_factory=list)
    away_lineup: list[LineupSpot] = Field(default_factory=list)
    home_lineup_type: str | None = None
    away_lineup_type: str | None = None


class Event(Payload):
    """A game. `scheduled` is UTC without saying so, `season` the year it starts."""

    id: int
    scheduled: NakedUtc
    season: int
    season_type: str | None = None
    status: str
    home: Tricode
    visitor: Tricode
    lineups: Lineups | None = None

    @property
    def tip_at(self) -> datetime:
        """The scheduled tip, UTC."""
        return self.scheduled

    @property
    def game_date(self) -> date:
        """The Eastern date of the tip."""
        return eastern_date(self.scheduled)

    @property
    def key(self) -> tuple[date, str, str]:
        """What joins a game across providers: Eastern date, away and home tricode."""
        return self.game_date, self.visitor, self.home


class EventParameters(Payload):
    """What the provider understood of the request."""

    date: str | None = None


class Events(Payload):
    """`events?date=`: the games of an Eastern date."""

    parameters: EventParameters | None = Field(default=None, alias="_parameters")
    events: list[Event]

    @property
    def is_empty(self) -> bool:
        return not self.events

    @property
    def game_dates(self) -> set[date]:
        """The Eastern dates its games are on."""
        return {event.game_date for event in self.events}


class Line(Payload):
    """A price (American) at a point. What is replaced, off or not active is no longer on offer."""

    line: float | None
    cost: int | None
    updated: NakedUtc | None = None
    is_off: bool | None = None
    active: bool | None = None
    replaced: bool | str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be had: complete, and marked by nothing as gone."""
        told = self.line is not None and self.cost is not None
        return told and self.active is not False and not self.is_off and not self.replaced


class Book(Payload):
    """A book by BettingPros' id, with its lines."""

    id: int
    lines: list[Line]


class Selection(Payload):
    """One side of an offer."""

    selection: str
    books: list[Book]


class Participant(Payload):
    """Whom the offer is about. The team told with a player is that of the capture: it is not read."""

    id: str
    name: str


class Quote(Payload):
    """An open line of one book, as the outcome that every provider of lines is read into."""

    book_id: int
    updated_at: datetime | None
    outcome: Outcome


class Offer(Payload):
    """A market of one player in one game."""

    id: int | str
    event_id: int
    market_id: int
    participants: list[Participant]
    selections: list[Selection]

    @property
    def player(self) -> str:
        """The name of the one player it is about.

        Raises:
            ValueError: where there is not exactly one participant.
        """
        if len(self.participants) != 1:
            names = [found.name for found in self.participants]
            raise ValueError(f"offer {self.id} of event {self.event_id} is about {names}")
        return self.participants[0].name

    @property
    def quotes(self) -> list[Quote]:
        """Every open line of every book, consensus included; `main_lines` takes one book's outcomes.

        Raises:
            ValueError: where there is not exactly one participant, or a selection is neither over
                nor under.
        """
        return [
            Quote(
                book_id=book.id,
                updated_at=line.updated,
                outcome=Outcome(
                    name=self._side(selection),
                    description=self.player,
                    price=line.cost,
                    point=line.line,
                ),
            )
            for selection in self.selections
            for book in selection.books
            for line in book.lines
            if line.is_open
        ]

    def _side(self, selection: Selection) -> str:
        found = {"over": OVER, "under": UNDER}.get(selection.selection)
        if found is None:
            raise ValueError(
                f"offer {self.id} of event {self.event_id}:"
                f" {selection.selection!r} is neither over nor under"
            )
        return found


class Pagination(Payload):
    """Where a page stands among all; pages count from one."""

    page: Annotated[int, Field(ge=1)]
    total_pages: Count
    total_items: Count | None = None


class Offers(Payload):
    """`offers?event_id=…&market_id=156&page=`: a page of player markets.

    Proof: no recording has this body; the shape is what public clients of the API's third version
    read. A refusal compares `event_ids` and `market_ids` with what was asked, and a page that is
    short of its announced number is the pages' to tell: `next_page`, `total_items`.
    """

    offers: list[Offer]
    pagination: Pagination = Field(alias="_pagination")

    @property
    def is_empty(self) -> bool:
        return not self.offers

    @property
    def next_page(self) -> int | None:
        """The `page` to ask next; None on the last."""
        here = self.pagination
        return here.page + 1 if here.page < here.total_pages else None

    @property
    def total_items(self) -> int | None:
        """How many offers all pages hold together, where it is told."""
        return self.pagination.total_items

    @property
    def event_ids(self) -> set[int]:
        return {offer.event_id for offer in self.offers}

    @property
    def market_ids(self) -> set[int]:
        return {offer.market_id for offer in self.offers}
