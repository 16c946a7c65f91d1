"""Bookmakers' offers → main lines of players' points, every snapshot and every book, as of its capture."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from nba_assets.gates.audit import aside_gate, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.games import Event
from nba_assets.identity.names import player_lookup
from nba_assets.identity.registry import Registry, Resolution
from nba_assets.landing.desk import Desk, Reading
from nba_assets.landing.readings import NO_LIMIT
from nba_assets.partitions import season_of, slate_instant
from nba_assets.raw.entity import Entity, Row, in_metadata, provenance, source_name
from nba_assets.raw.identity import registry_of
from nba_assets.raw.lines import (
    BOOK_UPDATED_AT,
    CONTRADICTION_GATE,
    EVENT_GATE,
    MARKET_GATE,
    MINUTES_BEFORE_TIP,
    PRICE_FORMAT,
    REPEATED,
    UNKNOWN_EVENTS,
    LinedGame,
    LineNotes,
    captures,
    evidence,
    lined_games,
    lines_after_tip,
    matched,
    odds_of,
    price_format,
    quotes_by_book,
    settled,
    unknown_events_frame,
    unknown_odds_events,
)
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import GAME_DATE, GAME_ID, NBA_GAME_ID, SCHEDULE
from nba_assets.raw.unresolved import NAME_GATE, UNRESOLVED
from nba_assets.sources import bettingpros
from nba_assets.sources.feed import Feed, Subject
from nba_assets.sources.feeds.odds import (
    BETTINGPROS_EVENTS,
    BETTINGPROS_OFFERS,
    ODDS_PLAYER_POINTS,
)
from nba_assets.sources.odds_api import PLAYER_POINTS, Outcome, Quotes, is_american, main_lines
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

MIN_LINE, MAX_LINE = 0.5, 60.0  # points; above 60 a total or a team's line was read as a player's
LINE_STEP = 0.5

# BettingPros' numbers of books by The Odds API's keys of the same books. A number whose name has
# changed hands, or is told in two ways, stays a number.
BETTINGPROS_BOOKS = {
    10: "fanduel",
    12: "draftkings",
    13: "williamhill_us",
    18: "betrivers",
    19: "betmgm",
    24: "bet365",
}

PLAYER_PROP_LINES = Table(
    name="raw.player_prop_lines",
    row="game of the date, player, market, book and snapshot: the book's main line",
    may_not_know="Nothing observed after the scheduled tip is in it; consumers cut at `observed_at`.",
    key=("game_id", "player_id", "market", "book", "observed_at"),
    columns=(
        GAME_DATE,
        GAME_ID,
        Column("player_id", "STRING", "the NBA person id"),
        NBA_GAME_ID,
        Column("nba_player_id", "STRING", "the NBA person id"),
        Column("player_name", "STRING", "as the source writes it"),
        Column("player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"),
        Column("market", "STRING", "player_points"),
        Column(
            "book",
            "STRING",
            "The Odds API's key of the bookmaker; `bettingpros-` and a number where only BettingPros has it",
        ),
        Column("line", "FLOAT64", "points"),
        Column("over_price", "INT64", "American price of more", "not offered"),
        Column("under_price", "INT64", "American price of less", "not offered"),
        Column(
            "over_decimal", "FLOAT64", "decimal price of more, the stake included", "not offered"
        ),
        Column(
            "under_decimal", "FLOAT64", "decimal price of less, the stake included", "not offered"
        ),
        PRICE_FORMAT,
        MINUTES_BEFORE_TIP,
        BOOK_UPDATED_AT,
        Column(
            "superseded_at",
            "TIMESTAMP",
            "the game's next capture, whatever it lists: until then this is what the book offers, UTC",
            "no later capture",
        ),
        Column("odds_event_id", "STRING", "The Odds API's id of the game", "of another source"),
        Column(
            "bettingpros_event_id", "STRING", "BettingPros' id of the game", "of another source"
        ),
        *QUALITY,
        *LINEAGE,
    ),
)
_STATEMENT = ("line", "over_price", "under_price", "over_decimal", "under_decimal")

UNREADABLE = "unreadable_offers"
_UNRESOLVED_NAME = (
    "game_date", "game_id", "player_name", "market", "books", "lines", "source", "event_id",
    "observed_at", "landing_path", "reason",
)  # fmt: skip
_UNREADABLE_OFFER = ("game_date", "event_id", "source", "observed_at", "landing_path", "reason")


class Capture(NamedTuple):
    """All that one body offers of one game's players."""

    game: LinedGame
    feed: Feed
    reading: Reading
    observed_at: datetime
    event_id: str
    quotes: list[Quotes]


@dataclass
class PropLines:
    """The lines of some dates, and what could not become one."""

    rows: list[Row] = field(default_factory=list)
    unresolved: list[Row] = field(default_factory=list)
    unreadable: list[Row] = field(default_factory=list)
    unknown_events: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)
    notes: dict[date, LineNotes] = field(default_factory=dict)


def prop_lines(
    desk: Desk, registry: Registry, schedule: Iterable[Row], dates: Sequence[date]
) -> PropLines:
    """The main lines of every capture that landed for the dates' games.

    Args:
        desk: to read what landed.
        registry: of players.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    found = PropLines(notes={day: LineNotes() for day in dates})
    for day, games in lined_games(schedule, dates).items():
        notes = found.notes[day]
        found.unknown_events += unknown_odds_events(desk, day, games, notes)
        caught = [c for game in games for c in _odds_captures(desk, game, notes)]
        told_at = _told_at(caught)
        untold = [g for g in games if told_at.get(g.game_id, NO_LIMIT) > slate_instant(day)]
        if untold:
            caught += _bettingpros_captures(desk, day, games, untold, told_at, notes, found)
        next_at = _next_at(caught, told_at)
        rows = [
            {**row, "superseded_at": next_at.get((capture.game.game_id, capture.observed_at))}
            for capture in caught
            for row in _rows_of(desk, registry, capture, found)
        ]
        kept, repeated = settled(rows, PLAYER_PROP_LINES.key, _STATEMENT, notes)
        found.rows += kept
        found.repeated += repeated
    return found


def _told_at(caught: Iterable[Capture]) -> dict[str, datetime]:
    """When The Odds API was first seen to have lines of a game, before its tip."""
    found: dict[str, datetime] = {}
    for capture in caught:
        game, at = capture.game, capture.observed_at
        if game.is_before_tip(at) and any(quotes.outcomes for quotes in capture.quotes):
            found[game.game_id] = min(at, found.get(game.game_id, at))
    return found


def _next_at(
    caught: Iterable[Capture], told_at: Mapping[str, datetime]
) -> dict[tuple[str, datetime], datetime]:
    """Of a game and the instant of a capture, the instant of the next one.

    As long as BettingPros stands in, an empty body of The Odds API is no word of what is offered.
    """
    instants: dict[str, set[datetime]] = defaultdict(set)
    for capture in caught:
        game_id, at = capture.game.game_id, capture.observed_at
        if capture.feed is BETTINGPROS_OFFERS or at >= told_at.get(game_id, NO_LIMIT):
            instants[game_id].add(at)
    return {
        (game_id, at): following
        for game_id, own in instants.items()
        for at, following in pairwise(sorted(own))
    }


def _judged_at(subject: Subject, observed_at: datetime) -> datetime:
    """When it is decided whether a game needs a capture of BettingPros: at the first cut-off after it.

    What The Odds API tells later must not take back lines that rows of that cut-off were made from.
    After the lock it is the tip: only closing lines are left to be told.
    """
    assert subject.game is not None
    ends = (slate_instant(subject.day), subject.game.lock_at, subject.game.tip_at)
    return min((end for end in ends if end >= observed_at), default=subject.game.tip_at)


def _odds_captures(desk: Desk, game: LinedGame, notes: LineNotes) -> Iterator[Capture]:
    for odds, reading, observed_at in odds_of(desk, ODDS_PLAYER_POINTS, game, notes):
        quotes = quotes_by_book(odds.quotes(PLAYER_POINTS))
        yield Capture(game, ODDS_PLAYER_POINTS, reading, observed_at, odds.id, quotes)


def _bettingpros_captures(
    desk: Desk,
    day: date,
    games: Sequence[LinedGame],
    untold: Sequence[LinedGame],
    told_at: Mapping[str, datetime],
    notes: LineNotes,
    found: PropLines,
) -> Iterator[Capture]:
    """BettingPros' telling of the games of which The Odds API has told no line by then.

    `games` are all of the date, for what BettingPros lists is matched with them.
    """
    season = season_of(day)
    assert season is not None
    about = Subject(day, season)
    listed: dict[Event, Reading] = {}
    for reading in captures(desk, BETTINGPROS_EVENTS, about, notes):
        assert isinstance(reading.payload, bettingpros.Events)
        for event in reading.payload.events:
            if event.game_date == day:
                key = Event(str(event.id), event.visitor, event.home, day)
                listed.setdefault(key, reading)
    source = source_name(desk, BETTINGPROS_EVENTS.name)
    found.unknown_events += matched(day, listed, games, notes, source)[1]
    for game in untold:
        first_told = told_at.get(game.game_id, NO_LIMIT)
        for reading in captures(desk, BETTINGPROS_OFFERS, game.subject, notes):
            assert reading.observed_at is not None
            if first_told <= _judged_at(game.subject, reading.observed_at):
                continue
            offered, unreadable = _offered(reading)
            common = {
                "game_date": day,
                "source": source_name(desk, BETTINGPROS_OFFERS.name),
                "observed_at": reading.observed_at,
                "landing_path": reading.path,
            }
            found.unreadable += [{**common, **offer} for offer in unreadable]
            # A body without offers is a capture, too: what was offered before it is withdrawn.
            for event_id, quotes in sorted(offered.items()) or [("", [])]:
                yield Capture(
                    game, BETTINGPROS_OFFERS, reading, reading.observed_at, event_id, quotes
                )


def _offered(reading: Reading) -> tuple[dict[str, list[Quotes]], list[Row]]:
    """The offers of all pages as books' quotes by event, and the offers that cannot be read."""
    by_event: dict[str, list[Quotes]] = defaultdict(list)
    unreadable: list[Row] = []
    for page in reading.pages:
        assert isinstance(page, bettingpros.Offers)
        for offer in page.offers:
            try:
                quotes = list(_quotes_of(offer))
            except ValueError as error:
                unreadable.append({"event_id": str(offer.event_id), "reason": str(error)})
                continue
            by_event[str(offer.event_id)] += quotes
    return {event_id: quotes_by_book(quotes) for event_id, quotes in by_event.items()}, unreadable


def _quotes_of(offer: bettingpros.Offer) -> Iterator[Quotes]:
    for quote in offer.quotes:
        if quote.book_id == bettingpros.CONSENSUS_BOOK:
            continue
        price = quote.outcome.price
        if price is not None and not is_american(price):
            raise ValueError(
                f"offer {offer.id} of event {offer.event_id}: {price} is no American price"
            )
        book = BETTINGPROS_BOOKS.get(quote.book_id, f"bettingpros-{quote.book_id}")
        yield Quotes(book, quote.updated_at, [quote.outcome])


def _rows_of(desk: Desk, registry: Registry, capture: Capture, found: PropLines) -> list[Row]:
    """The rows of one capture; names that mean nobody are set aside."""
    game, day = capture.game, capture.game.subject.day
    notes = found.notes[day]
    degraded = (
        []
        if capture.feed is ODDS_PLAYER_POINTS
        else [f"{capture.feed.name} instead of {ODDS_PLAYER_POINTS.name}: no line by then"]
    )
    common = {
        **game.columns(capture.observed_at),
        "market": PLAYER_POINTS,
        **provenance(
            desk,
            capture.feed,
            capture.reading,
            is_bootstrap=game.row["is_bootstrap"],
            degraded=degraded,
        ),
        "odds_event_id": capture.event_id if capture.feed is ODDS_PLAYER_POINTS else None,
        "bettingpros_event_id": None if capture.feed is ODDS_PLAYER_POINTS else capture.event_id,
    }
    rows: list[Row] = []
    nobody: dict[str, list[Row]] = defaultdict(list)
    known: dict[str, Resolution] = {}
    notes.counted["captures"] += 1
    for quotes in capture.quotes:
        lines, alternates = book_lines(quotes)
        notes.counted["alternate_lines"] += alternates
        for line in lines:
            name = line["player_name"]
            if name not in known:
                known[name] = registry.resolve(name, game.teams, day)
            if (player_id := known[name].nba_id) is None:
                nobody[name].append(line)
                continue
            notes.counted[f"resolved_by_{known[name].step}"] += 1
            rows.append({**common, **line, "player_id": player_id, "nba_player_id": player_id})
    for name, offers in sorted(nobody.items()):
        found.unresolved.append(
            {
                **common,
                "player_name": name,
                "books": ", ".join(line["book"] for line in offers),
                "lines": ", ".join(str(line["line"]) for line in offers),
                "event_id": capture.event_id,
                "reason": f"{game.game_id} {name!r}: {known[name].reason}",
            }
        )
    return rows


def book_lines(quotes: Quotes) -> tuple[list[Row], int]:
    """One book's main lines, before it is known whose and of which game, and how many others it lists."""
    lines = main_lines(quotes.outcomes)
    points = {(outcome.description, outcome.point) for outcome in quotes.outcomes}
    rows: list[Row] = [
        {
            "player_name": line.player,
            "player_lookup": player_lookup(line.player),
            "book": quotes.book,
            "line": line.point,
            "over_price": _american(line.over),
            "under_price": _american(line.under),
            "over_decimal": _decimal(line.over),
            "under_decimal": _decimal(line.under),
            "price_format": price_format(line.over, line.under),
            "book_updated_at": quotes.updated_at,
        }
        for line in lines
    ]
    return rows, len(points) - len(lines)


def _american(side: Outcome | None) -> int | None:
    return side.american if side else None


def _decimal(side: Outcome | None) -> float | None:
    return side.decimal if side else None


def unreadable_offers(_rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """An offer about nobody or of no side, guessed at, would be another man's line or the other bet."""
    return found


def lines_of_no_book(rows: pd.DataFrame) -> pd.DataFrame:
    """A line that no book stands behind is an estimate: nobody could have taken it."""
    return rows[rows["book"].str.strip() == ""].assign(reason="a line without a book")


def one_sided_lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Without both prices a line is not the market's middle: where it lies between them is unknown."""
    lacks_over, lacks_under = rows["over_price"].isna(), rows["under_price"].isna()
    offenders = rows[lacks_over | lacks_under]
    sides = (lacks_over & lacks_under).map({True: "neither side", False: ""})
    sides = sides.mask(lacks_over & ~lacks_under, "only under").mask(
        lacks_under & ~lacks_over, "only over"
    )
    return offenders.assign(
        reason=offenders["player_name"]
        + " "
        + offenders["line"].astype(str)
        + " at "
        + offenders["book"]
        + ": "
        + sides[offenders.index]
        + " has a price"
    )


def crossed_prices(rows: pd.DataFrame) -> pd.DataFrame:
    """A book that pays more for both sides than they cost has a price of another line, or of yesterday.

    Two books may differ so far, and the better price of each is to be had; one book never does.
    """
    asked = 1 / rows["over_decimal"] + 1 / rows["under_decimal"]
    offenders = rows[asked < 1]
    return offenders.assign(
        reason=offenders["player_name"]
        + " "
        + offenders["line"].astype(str)
        + " at "
        + offenders["book"]
        + ": its prices ask for "
        + (100 * asked[offenders.index]).round(1).astype(str)
        + " % of certainty"
    )


def implausible_lines(rows: pd.DataFrame) -> pd.DataFrame:
    """A line of 200 or of 18.3 points is another market's, or half a body: every over would be sold.

    A line of exactly 20.0 is a line like any other.
    """
    off = (rows["line"] < MIN_LINE) | (rows["line"] > MAX_LINE) | (rows["line"] % LINE_STEP != 0)
    offenders = rows[off]
    return offenders.assign(
        reason=offenders["player_name"]
        + " "
        + offenders["line"].astype(str)
        + " at "
        + offenders["book"]
        + f": lines are multiples of {LINE_STEP} from {MIN_LINE} to {MAX_LINE}"
    )


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pylist()
    found = prop_lines(desk, registry_of(desk, warehouse), schedule, dates)
    metadata = in_metadata(found.notes)
    return Computed(
        rows=PLAYER_PROP_LINES.rows(found.rows),
        evidence={
            UNRESOLVED: evidence(found.unresolved, _UNRESOLVED_NAME),
            UNREADABLE: evidence(found.unreadable, _UNREADABLE_OFFER),
            UNKNOWN_EVENTS: unknown_events_frame(found.unknown_events),
            REPEATED: evidence(found.repeated, (*PLAYER_PROP_LINES.column_names, "reason")),
        },
        notes={day: {**metadata[day], **found.notes[day].in_words()} for day in dates},
    )


ENTITY = Entity(
    PLAYER_PROP_LINES,
    _compute,
    feeds=(ODDS_PLAYER_POINTS, BETTINGPROS_OFFERS),
    reads=(SCHEDULE, PLAYERS),
    gates=(
        EVENT_GATE,
        NAME_GATE,
        aside_gate("every_offer_is_readable", unreadable_offers, UNREADABLE),
        CONTRADICTION_GATE,
        row_gate("line_before_tip", lines_after_tip),
        row_gate("line_provenance", lines_of_no_book),
        row_gate("two_prices", one_sided_lines),
        row_gate("prices_do_not_cross", crossed_prices),
        row_gate("line_is_plausible", implausible_lines),
        MARKET_GATE,
    ),
)
