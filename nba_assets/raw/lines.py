"""What the tables of bookmakers' lines share: their games, their captures, and what cannot be a row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from nba_assets.gates.audit import Gate, aside_gate, partition_gate
from nba_assets.identity.games import PAST_MIDNIGHT, Event, match_events
from nba_assets.identity.games import Game as ScheduledGame
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import EASTERN, results_instant, season_of
from nba_assets.raw.entity import DateNotes, Row, source_name
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.nba import LONGEST_GAME
from nba_assets.sources.feeds.odds import ODDS_EVENTS, is_on
from nba_assets.sources.nba import is_expected
from nba_assets.sources.odds_api import EventOdds, Events, Outcome, Quotes, is_american
from nba_assets.warehouse.table import Column

MINUTES_BEFORE_TIP = Column(
    "minutes_before_tip",
    "FLOAT64",
    "minutes from the capture to the scheduled tip, decimal",
    "tip not announced",
)
BOOK_UPDATED_AT = Column(
    "book_updated_at",
    "TIMESTAMP",
    "the provider's own word for when the book last moved; never selected by; a line that it dates after the tip is quarantined",
    "not told",
)
PRICE_FORMAT = Column(
    "price_format", "STRING", "as received: american or decimal", "there is no price"
)

# Names of the evidence that gates read beside the rows.
UNKNOWN_EVENTS = "unknown_events"
REPEATED = "repeated"

_UNKNOWN_EVENT = ("game_date", "event_id", "source", "observed_at", "landing_path", "reason")


@dataclass(frozen=True)
class LinedGame:
    """A scheduled game that books may offer lines of: its schedule row, and the subject to read for."""

    row: Row
    subject: Subject

    @property
    def game_id(self) -> str:
        return str(self.row["game_id"])

    @property
    def teams(self) -> tuple[str, str]:
        """Away and home tricode."""
        return self.row["away_team"], self.row["home_team"]

    def minutes_before_tip(self, observed_at: datetime) -> float | None:
        """Minutes from an instant to the scheduled tip; None where no tip is announced."""
        tip_at: datetime | None = self.row["tip_at"]
        return None if tip_at is None else (tip_at - observed_at).total_seconds() / 60

    def is_before_tip(self, observed_at: datetime) -> bool:
        """Whether an instant is not after the scheduled tip."""
        minutes = self.minutes_before_tip(observed_at)
        return minutes is None or minutes >= 0

    def columns(self, observed_at: datetime) -> Row:
        """What every line of the game says of it."""
        return {
            "game_date": self.row["game_date"],
            "game_id": self.game_id,
            "nba_game_id": self.row["nba_game_id"],
            MINUTES_BEFORE_TIP.name: self.minutes_before_tip(observed_at),
        }


@dataclass
class LineNotes(DateNotes):
    """What a date's lines do not show: beside the notes of every table, what was counted out."""

    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def in_words(self) -> dict[str, object]:
        """The counts as metadata; what was not met is not named."""
        return {name: count for name, count in sorted(self.counted.items()) if count}


def lined_games(schedule: Iterable[Row], dates: Sequence[date]) -> dict[date, list[LinedGame]]:
    """The games of each date that count, whatever became of them: a line of a postponed game was one."""
    games: dict[date, list[LinedGame]] = {day: [] for day in dates}
    for row in schedule:
        day, season = row["game_date"], season_of(row["game_date"])
        if season is None or not is_expected(row["season_type"], "scheduled"):
            continue
        tip_at = row["tip_at"] or results_instant(day) - LONGEST_GAME
        game = ExpectedGame(
            row["nba_game_id"] or "",
            row["away_team"],
            row["home_team"],
            tip_at,
            row["slate_tip_at"],
        )
        games[day].append(LinedGame(row, Subject(day, season, row["season_type"], game)))
    return games


def lines_until(desk: Desk, day: date) -> datetime:
    """The newest capture that lines of a date are read from: noon of the next day, live too."""
    noon = results_instant(day)
    return min(desk.until(day) or noon, noon)


def captures(desk: Desk, feed: Feed, subject: Subject, notes: DateNotes) -> Iterator[Reading]:
    """All accepted captures of a feed about a subject up to the end of its date, newest first."""
    for reading in desk.readings(feed, subject, lines_until(desk, subject.day)):
        notes.pass_over(reading)
        if reading.payload is not None:
            yield reading


def odds_of(
    desk: Desk, feed: Feed, game: LinedGame, notes: DateNotes
) -> Iterator[tuple[EventOdds, Reading, datetime]]:
    """The bodies of a game's event at The Odds API, each with the instant it was observed.

    An event keeps its id when its game is moved: what was offered for another date is passed over.
    """
    for reading in captures(desk, feed, game.subject, notes):
        odds, observed_at = reading.payload, reading.observed_at
        assert isinstance(odds, EventOdds)
        assert observed_at is not None
        if is_on(odds.commence_time, game.subject):
            yield odds, reading, observed_at
        else:
            notes.passed_over.append(
                f"{reading.path}: an event of {odds.game_date}, the game is of {game.subject.day}"
            )


def quotes_by_book(quotes: Iterable[Quotes]) -> list[Quotes]:
    """One entry per book: a book that is listed twice offers all it lists."""
    books: dict[str, list[Quotes]] = defaultdict(list)
    for found in quotes:
        books[found.book].append(found)
    return [
        Quotes(
            book,
            max((q.updated_at for q in own if q.updated_at), default=None),
            [outcome for q in own for outcome in q.outcomes],
        )
        for book, own in sorted(books.items())
    ]


def price_format(*sides: Outcome | None) -> str | None:
    """The form the prices came in; None where there are none."""
    prices = [side.price for side in sides if side and side.price is not None]
    if not prices:
        return None
    return "american" if is_american(prices[0]) else "decimal"


def unknown_odds_events(
    desk: Desk, day: date, games: Sequence[LinedGame], notes: DateNotes
) -> list[Row]:
    """The events that The Odds API listed for a date and that are no scheduled game, conflicts only.

    Those that are merely not scheduled, or of guests, are named in the notes. Read are the lists
    that were observed from the date's own midnight on, Eastern.
    """
    season = season_of(day)
    if season is None:
        return []
    listed: dict[Event, Reading] = {}
    midnight = datetime.combine(day, time(), EASTERN)
    for reading in captures(desk, ODDS_EVENTS, Subject(day, season), notes):
        assert reading.observed_at is not None
        assert isinstance(reading.payload, Events)
        if reading.observed_at < midnight:
            break
        for event in reading.payload.events:
            # A start that was overwritten in play can lie after the midnight that ends the date.
            if (event.commence_time.astimezone(EASTERN) - PAST_MIDNIGHT).date() == day:
                listed.setdefault(Event(event.id, event.away_team, event.home_team, day), reading)
    _, unknown = matched(day, listed, games, notes, source_name(desk, ODDS_EVENTS.name))
    return unknown


def matched(
    day: date,
    listed: Mapping[Event, Reading],
    games: Sequence[LinedGame],
    notes: DateNotes,
    source: str,
) -> tuple[dict[str, LinedGame], list[Row]]:
    """The game of each event by its id, and as evidence the events that a person must look at.

    Args:
        day: of the events and the games.
        listed: the events, each with a body that lists it.
        games: of the schedule.
        notes: where events without a game are named.
        source: who lists them, as the column `source` names it.
    """
    by_id = {game.game_id: game for game in games}
    scheduled = [ScheduledGame(game.game_id, day, *game.teams) for game in games]
    readings = {event.event_id: reading for event, reading in listed.items()}
    found: dict[str, LinedGame] = {}
    unknown: list[Row] = []
    for event_id, match in sorted(match_events(list(listed), scheduled).items()):
        if match.game_id:
            found[event_id] = by_id[match.game_id]
        elif match.is_conflict:
            unknown.append(
                {
                    "game_date": day,
                    "event_id": event_id,
                    "source": source,
                    "observed_at": readings[event_id].observed_at,
                    "landing_path": readings[event_id].path,
                    "reason": f"{source} {match.reason}",
                }
            )
        else:
            notes.unmatched.append(f"{source} {match.reason}")
    return found, unknown


def settled(
    rows: Sequence[Row], key: Sequence[str], statement: Sequence[str], notes: DateNotes
) -> tuple[list[Row], list[Row]]:
    """Rows of which no two have one key, and those that contradict each other, each with its reason.

    One man under two spellings, or one snapshot by two routes, says the same twice: it is one row.
    What says two things is no row: which of them holds is not ours to guess.

    Args:
        rows: of a date.
        key: columns that must be unique together.
        statement: columns in which copies agree.
        notes: where identical copies are counted.
    """
    by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_key[tuple(row[name] for name in key)].append(row)
    kept: list[Row] = []
    repeated: list[Row] = []
    for own in by_key.values():
        told = sorted({tuple(row[name] for name in statement) for row in own}, key=repr)
        if len(told) == 1:
            kept.append(min(own, key=repr))
            notes.collapsed += len(own) - 1
            continue
        words = " and ".join(", ".join(map(str, values)) for values in told)
        reason = f"{' '.join(str(own[0][name]) for name in key)}: {words}"
        repeated += [{**row, "reason": reason} for row in own]
    return kept, repeated


def evidence(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    """A frame of what could not become rows; typed by what is there, with its columns where it is empty."""
    return pd.DataFrame(list(rows), columns=list(columns))


def unknown_events_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Evidence of `every_event_is_unmistakable`."""
    return evidence(rows, _UNKNOWN_EVENT)


def mistakable_events(_rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """A team that nobody knows, sides exchanged or one game listed twice: its lines join no game."""
    return found


def contradictions(_rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """One book cannot offer two main lines of one thing at one instant: either may be another man's."""
    return found


def lines_after_tip(rows: pd.DataFrame) -> pd.DataFrame:
    """A line after tip knows how the game goes: no prediction could have had it.

    Where our clock and the book's disagree the later one counts: a line that the book itself calls
    later than the tip is none from before it.
    """
    minutes = pd.to_numeric(rows[MINUTES_BEFORE_TIP.name])
    updated = pd.to_datetime(rows[BOOK_UPDATED_AT.name], utc=True)
    ahead = (updated - pd.to_datetime(rows["observed_at"], utc=True)).dt.total_seconds() / 60
    observed, moved = -minutes, ahead - minutes
    late = rows[(observed > 0) | (moved > 0)]
    told = observed.where(observed > 0, moved)[late.index].round(1).astype(str)
    verb = (observed > 0).map({True: " observed ", False: " moved "})[late.index]
    return late.assign(reason=late["book"] + verb + told + " minutes after tip")


def games_without_lines(rows: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """A game without a market has no line to be picked against; it blocks nothing, but is said."""
    expected = expected_games(schedule)
    lacking = expected[~expected["game_id"].isin(rows["game_id"])]
    counts = expected.groupby("game_date")["game_id"].transform("size")
    bare = lacking.groupby("game_date")["game_id"].transform("size") == counts[lacking.index]
    whole = lacking[bare].drop_duplicates("game_date")
    whole = whole[["game_date"]].assign(
        reason="no market: no book's line of any of its "
        + counts[whole.index].astype(str)
        + " games"
    )
    single = lacking[~bare][["game_date", "game_id"]].assign(
        reason=lambda games: "no market: " + games["game_id"] + " has no line"
    )
    return pd.concat([whole, single], ignore_index=True).assign(blocks=False)


# Of the gates that both tables have.
EVENT_GATE: Gate = aside_gate("every_event_is_unmistakable", mistakable_events, UNKNOWN_EVENTS)
CONTRADICTION_GATE: Gate = aside_gate("no_book_contradicts_itself", contradictions, REPEATED)
MARKET_GATE: Gate = partition_gate("every_game_has_a_market", games_without_lines, SCHEDULE)
