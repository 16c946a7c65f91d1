"""The Odds API over the sandbox league: events, player points and game lines, live and historical.

The historical forms answer with the state of the last snapshot at or before `date`, wrapped.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.betting_market import (
    LISTED_BEFORE,
    Listing,
    Outlook,
    american,
    at_point,
    decimal,
    game_centres,
    is_open,
    listing,
    outlook,
    player_centres,
    quote,
    quoted_at,
)
from nba_assets.sandbox.feed import Body, Feed, Params, Subject, nothing_earlier
from nba_assets.sandbox.fixtures import Fixture, morning_after, newest_morning
from nba_assets.sandbox.league import League, parse_utc, utc_text
from nba_assets.sandbox.pages import about_date, about_game
from nba_assets.sandbox.provider_ids import (
    display_name,
    game_of_odds,
    noise,
    odds_event_id,
    odds_name,
    share,
)

PLAN = 100_000  # credits a month of the plan the sandbox pretends to be paid for
ALTERNATES = 7  # lines beside the main one at the books that list them

_HOST = "api.the-odds-api.com"
_SPORT = "/sports/basketball_nba/events"
_SNAPSHOT, _SNAPSHOT_SECOND = timedelta(minutes=5), timedelta(seconds=38)
_UPDATED_WITHIN = 240  # seconds between a book's own update and the quote
_HISTORICAL_FACTOR = 10  # credits of a market in the past, for each one of today

Row = dict[str, Any]


class Book(NamedTuple):
    """One bookmaker: how many players a side it quotes, its margin, how finely it prices."""

    key: str
    title: str
    players: int
    margin: float
    step: int
    has_alternates: bool = False


BOOKS = (
    Book("draftkings", "DraftKings", 9, 0.045, 5),
    Book("mybookieag", "MyBookie.ag", 5, 0.06, 5),
    Book("fanduel", "FanDuel", 9, 0.045, 2),
    Book("bovada", "Bovada", 8, 0.05, 5),
    Book("williamhill_us", "Caesars", 7, 0.055, 1),
    Book("betmgm", "BetMGM", 10, 0.055, 5),
    Book("betonlineag", "BetOnline.ag", 5, 0.045, 1),
    Book("unibet_us", "Unibet", 6, 0.06, 1, has_alternates=True),
    Book("betrivers", "BetRivers", 6, 0.06, 1, has_alternates=True),
    Book("pointsbetus", "PointsBet (US)", 8, 0.05, 5),
)


def _event(event: Listing, instant: datetime) -> Row:
    """One row of the event list. Advertised late, and overwritten by the real start in play."""
    fixture = event.fixture
    begins = event.tip_at
    if share("advertised", fixture.game_id) < 0.7:
        begins += timedelta(minutes=10)
    if not event.is_off and instant >= event.started_at:
        begins = event.started_at
    return {
        "id": odds_event_id(fixture.game_id),
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": utc_text(begins),
        "home_team": odds_name(fixture.home),
        "away_team": odds_name(fixture.away),
    }


def _nearby(league: League, instant: datetime) -> list[Fixture]:
    """Games that may be listed at an instant: of the last two dates and the next three."""
    today = eastern_date(instant)
    days = {today + timedelta(days=n) for n in range(-2, 4)}
    found = [fixture for day in sorted(days) for fixture in league.games_on(day)]
    return found + [
        fixture for fixture in league.fixtures if fixture.is_postponed and fixture.first_day in days
    ]


def _listed(league: League, instant: datetime) -> list[Listing]:
    events = {
        fixture.game_id: event
        for fixture in _nearby(league, instant)
        if (event := listing(league, fixture, instant))
    }
    return sorted(events.values(), key=lambda event: (event.tip_at, event.fixture.game_id))


def _list_changed_at(league: League, as_of: datetime) -> datetime:
    """When an event was last added, begun or dropped, and every morning in any case."""
    changes = [newest_morning(as_of)]
    for fixture in _nearby(league, as_of):
        tips = {fixture.tip_at, fixture.first_tip_at}
        changes += [tip - LISTED_BEFORE for tip in tips]
        if fixture.is_postponed:
            changes += [fixture.first_tip_at, morning_after(fixture.first_day)]
        if fixture.tip_at <= as_of:
            begun = Listing(fixture, fixture.tip_at, fixture.tip_at, is_off=False)
            changes += [begun.started_at, league.box(fixture.game_id).final_at]
    return max(change for change in changes if change <= as_of)


def _events_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    del params
    changed_at = _list_changed_at(league, as_of)
    return changed_at if changed_at >= league.first_publication else None


def _events(league: League, params: Params, observed_at: datetime) -> Body:
    """The list, cut to `commenceTimeFrom` and `commenceTimeTo` where they are given."""
    first, last = params.get("commenceTimeFrom"), params.get("commenceTimeTo")
    rows = [_event(event, observed_at) for event in _listed(league, observed_at)]
    return [
        row
        for row in rows
        if (not first or row["commence_time"] >= first)
        and (not last or row["commence_time"] <= last)
    ]


def _event_of(league: League, params: Params, instant: datetime) -> Listing | None:
    game_id = game_of_odds(league, params["event"])
    fixture = league.fixture(game_id) if game_id else None
    return listing(league, fixture, instant) if fixture else None


def _odds_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    event = _event_of(league, params, as_of)
    return quoted_at(event, as_of) if event else None


def _odds(league: League, params: Params, observed_at: datetime) -> Body:
    event = _event_of(league, params, observed_at)
    if event is None:
        raise ValueError(f"event {params['event']} is not listed at {utc_text(observed_at)}")
    return _event_odds(league, params, event, observed_at, is_historical=False)


def _event_odds(
    league: League, params: Params, event: Listing, instant: datetime, is_historical: bool
) -> Row:
    row = _event(event, instant)
    is_asked = "us" in params.get("regions", "").split(",")
    if not is_asked or not is_open(event, instant):
        return row | {"bookmakers": []}
    expected = outlook(league, event)
    pricing = _Pricing(params.get("oddsFormat", "decimal") == "american")
    asked = params.get("markets", "h2h").split(",")
    makers: list[Row] = []
    outcomes: dict[str, Callable[[Book], list[Row]]] = {
        "player_points": _player_points(league, event, instant, expected, pricing),
        **_game_markets(league, event, instant, expected, pricing),
    }
    for book in BOOKS:
        if share("quotes", book.key, event.fixture.game_id) < 0.08:
            continue  # now and then a book leaves a game out
        updated_at = utc_text(
            instant - timedelta(seconds=int(_UPDATED_WITHIN * share(book.key, row["id"], instant)))
        )
        markets = [
            {"key": name, "last_update": updated_at, "outcomes": rows}
            for name in asked
            if name in outcomes and (rows := outcomes[name](book))
        ]
        maker: Row = {"key": book.key, "title": book.title}
        if is_historical:
            maker["last_update"] = updated_at
        if markets:
            makers.append(maker | {"markets": markets})
    return row | {"bookmakers": makers}


class _Pricing:
    """Prices in the format that was asked for."""

    def __init__(self, is_american: bool) -> None:
        self._is_american = is_american

    def of(self, probability: float, book: Book) -> float:
        if self._is_american:
            return american(probability, book.margin, book.step)
        return decimal(probability, book.margin)


def _player_points(
    league: League, event: Listing, instant: datetime, expected: Outlook, pricing: _Pricing
) -> Callable[[Book], list[Row]]:
    game = event.fixture.game_id
    centres = player_centres(league, event, instant, expected)

    def outcomes(book: Book) -> list[Row]:
        rows: list[Row] = []
        family = "rush street" if book.has_alternates else book.key  # two fronts, one set of prices
        for prospect, centre, spread in centres:
            if prospect.place >= book.players:
                continue
            who = (family, game, prospect.player.person_id)
            centre += 0.3 * noise("book", *who) + 0.15 * noise("book", instant, *who)
            main = quote(max(0.6, centre), spread)
            points = [main.point]
            if book.has_alternates:
                points += _alternates(main.point, who)
            name = display_name(league, "odds", prospect.player)
            for point in points:
                priced = at_point(point, centre, spread)
                rows += _both("Over", "Under", priced.over, point, book, pricing, who, name)
        return rows

    return outcomes


def _alternates(point: float, who: tuple[object, ...]) -> Iterator[float]:
    """Up to seven further points around the main one, nearest first."""
    count = int((ALTERNATES + 1) * share("alternates", *who))
    steps = (1, -1, 2, -2, 3, -3, 4)
    return (point + step for step in steps[:count] if point + step > 0)


def _both(
    over: str,
    under: str,
    probability: float,
    point: float | None,
    book: Book,
    pricing: _Pricing,
    who: tuple[object, ...],
    description: str | None = None,
) -> list[Row]:
    """Both sides of a line; the order varies."""
    rows: list[Row] = []
    for name, chance in ((over, probability), (under, 1 - probability)):
        row: Row = {"name": name}
        if description is not None:
            row["description"] = description
        row["price"] = pricing.of(chance, book)
        if point is not None:
            row["point"] = point if name != under or over == "Over" else -point
        rows.append(row)
    is_turned = book.key == "betonlineag" or share("order", book.key, *who) < 0.05
    return rows[::-1] if is_turned else rows


def _game_markets(
    league: League, event: Listing, instant: datetime, expected: Outlook, pricing: _Pricing
) -> dict[str, Callable[[Book], list[Row]]]:
    fixture = event.fixture
    margin, total = game_centres(league, event, instant, expected)
    home, away = odds_name(fixture.home), odds_name(fixture.away)

    def shifted(centre: float, name: str, book: Book) -> float:
        key = (name, book.key, fixture.game_id)
        return centre + 0.5 * noise("book", *key) + 0.2 * noise("book", instant, *key)

    def spreads(book: Book) -> list[Row]:
        centre = shifted(margin[0], "spreads", book)
        point = round(2 * centre) / 2 or 0.5
        priced = at_point(point, centre, margin[1])
        return _both(home, away, priced.over, -point, book, pricing, (fixture.game_id, "spreads"))

    def totals(book: Book) -> list[Row]:
        centre = shifted(total[0], "totals", book)
        point = round(2 * centre) / 2
        priced = at_point(point, centre, total[1])
        return _both("Over", "Under", priced.over, point, book, pricing, (fixture.game_id, "tot"))

    def h2h(book: Book) -> list[Row]:
        priced = at_point(0.0, shifted(margin[0], "h2h", book), margin[1])
        return _both(home, away, priced.over, None, book, pricing, (fixture.game_id, "h2h"))

    return {"spreads": spreads, "totals": totals, "h2h": h2h}


def _snapshot(params: Params) -> datetime | None:
    """The last snapshot at or before `date`; None where there is no such parameter."""
    try:
        asked = parse_utc(params["date"])
    except (KeyError, ValueError):
        return None
    since = asked - datetime.combine(asked.date(), datetime.min.time(), UTC) - _SNAPSHOT_SECOND
    return asked - since % _SNAPSHOT


def _past(snapshot: datetime, content: Body) -> Body:
    return {
        "timestamp": utc_text(snapshot),
        "previous_timestamp": utc_text(snapshot - _SNAPSHOT),
        "next_timestamp": utc_text(snapshot + _SNAPSHOT),
        "data": content,
    }


def _past_events_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    snapshot = _snapshot(params)
    if snapshot is None or not league.first_publication <= snapshot <= as_of:
        return None
    return snapshot


def _past_events(league: League, params: Params, observed_at: datetime) -> Body:
    return _past(observed_at, _events(league, params, observed_at))


def _past_odds_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    snapshot = _past_events_observed_at(league, params, as_of)
    return snapshot if snapshot and _event_of(league, params, snapshot) else None


def _past_odds(league: League, params: Params, observed_at: datetime) -> Body:
    event = _event_of(league, params, observed_at)
    if event is None:
        raise ValueError(f"event {params['event']} is not listed at {utc_text(observed_at)}")
    made_at = quoted_at(event, observed_at)
    return _past(observed_at, _event_odds(league, params, event, made_at, is_historical=True))


def _credits(last: int, as_of: datetime) -> dict[str, str]:
    """The meter: a third of the plan is used evenly over the month, whoever asks."""
    month = as_of.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    used = int(PLAN / 3 * ((as_of - month) / timedelta(days=31)))
    return {
        "x-requests-last": str(last),
        "x-requests-used": str(used),
        "x-requests-remaining": str(PLAN - used),
    }


def _free(league: League, params: Params, as_of: datetime) -> dict[str, str]:
    del league, params
    return _credits(0, as_of)


def _single(league: League, params: Params, as_of: datetime) -> dict[str, str]:
    del league, params
    return _credits(1, as_of)


def _per_market(league: League, params: Params, as_of: datetime) -> dict[str, str]:
    return _credits(_markets_returned(league, params, as_of), as_of)


def _per_past_market(league: League, params: Params, as_of: datetime) -> dict[str, str]:
    snapshot = _snapshot(params)
    markets = _markets_returned(league, params, snapshot) if snapshot else 0
    return _credits(_HISTORICAL_FACTOR * markets, as_of)


def _markets_returned(league: League, params: Params, instant: datetime) -> int:
    """Markets times regions; an event without prices costs nothing."""
    event = _event_of(league, params, instant)
    regions = params.get("regions", "").split(",")
    if event is None or "us" not in regions or not is_open(event, instant):
        return 0
    known = {"player_points", "spreads", "totals", "h2h"}
    return len(known & set(params.get("markets", "h2h").split(",")))


def _events_day(params: Params, as_of: datetime) -> date:
    snapshot = _snapshot(params)
    return eastern_date(snapshot if snapshot else as_of)


def _events_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    """The Eastern date of the list, and the games of that date."""
    return about_date(league, _events_day(params, as_of))


def _odds_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    return about_game(league, game_of_odds(league, params["event"]))


def _earlier_events(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The list of a day before; in the past, the snapshot of a day before."""
    if "date" in params:
        before = parse_utc(params["date"]) - timedelta(days=1)
        params = {**params, "date": utc_text(before)}
        seen_at = _past_events_observed_at(league, params, observed_at)
    else:
        seen_at = _events_observed_at(league, params, observed_at - timedelta(days=1))
    return (params, seen_at) if seen_at else None


def _earlier_odds(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The opening prices of the event, for one that has moved since."""
    event = _event_of(league, params, observed_at)
    if event is None:
        return None
    opened_at = datetime.combine(event.day, datetime.min.time(), EASTERN) + timedelta(hours=9)
    seen_at = quoted_at(event, max(event.listed_at, opened_at.astimezone(UTC)))
    return (params, seen_at) if seen_at < observed_at else None


def _odds_feed(name: str, markets: str, is_historical: bool) -> Feed:
    root = "/v4/historical" if is_historical else "/v4"
    return Feed(
        name,
        "odds_api",
        _HOST,
        re.compile(f"{root}{_SPORT}/(?P<event>[0-9a-f]{{32}})/odds"),
        _past_odds_observed_at if is_historical else _odds_observed_at,
        _past_odds if is_historical else _odds,
        _odds_subject,
        nothing_earlier if is_historical else _earlier_odds,
        headers=_per_past_market if is_historical else _per_market,
        query=(("markets", markets),),
    )


FEEDS: tuple[Feed, ...] = (
    Feed(
        "odds_events",
        "odds_api",
        _HOST,
        re.compile(f"/v4{_SPORT}"),
        _events_observed_at,
        _events,
        _events_subject,
        _earlier_events,
        headers=_free,
    ),
    Feed(
        "odds_events",
        "odds_api",
        _HOST,
        re.compile(f"/v4/historical{_SPORT}"),
        _past_events_observed_at,
        _past_events,
        _events_subject,
        _earlier_events,
        headers=_single,
    ),
    *(
        _odds_feed(name, markets, is_historical)
        for is_historical in (False, True)
        for name, markets in (
            ("odds_player_points", "player_points"),
            ("odds_game_lines", "spreads,totals"),
        )
    ),
)
