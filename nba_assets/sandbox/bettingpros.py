"""BettingPros over the sandbox league: a date's events, and offers of player points by page."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sandbox.betting_market import (
    Listing,
    Prospect,
    american,
    at_point,
    is_open,
    listing,
    outlook,
    player_centres,
    quote,
    quoted_at,
)
from nba_assets.sandbox.feed import Body, Feed, Params, Subject
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.in_play import Progress, progress
from nba_assets.sandbox.league import League
from nba_assets.sandbox.pages import (
    Listed,
    about_date,
    date_before,
    day_asked,
    games_listed,
    page_changed_at,
)
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    bettingpros_event_id,
    bettingpros_player_id,
    display_name,
    game_of_bettingpros,
    noise,
    share,
    slug,
    spelling,
)
from nba_assets.sources.teams import BY_TRICODE

POINTS = "156"  # the market of player points
CONSENSUS = 0  # the site's own average, listed as a book

_HOST = "api.bettingpros.com"
_BOOKS = (10, 12, 13, 18, 19, 24, 33)
_PER_PAGE, _MAX_PER_PAGE = 10, 50
_LINEUPS_BEFORE = timedelta(minutes=30)
_MARGIN = 0.05
_UPDATED_WITHIN = 240  # seconds

Row = dict[str, Any]


def _naked(instant: datetime) -> str:
    """UTC without a zone, as everywhere in this API."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _events_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """As for any page of a date's games, and when a line-up is confirmed before its tip."""
    day = day_asked(params, "date")
    changed_at = page_changed_at(league, day, as_of) if day else None
    if day is None or changed_at is None:
        return None
    confirmed = [fixture.tip_at - _LINEUPS_BEFORE for fixture in league.games_on(day)]
    return max([changed_at, *(at for at in confirmed if at <= as_of)])


def _events(league: League, params: Params, observed_at: datetime) -> Body:
    day = day_asked(params, "date")
    if day is None:
        raise ValueError(f"events need date as YYYY-MM-DD, not {params.get('date')!r}")
    asked = ("sport", "season", "date", "season_type", "status", "event_id", "team_id", "lineups")
    return {
        "_parameters": {name: params.get(name) for name in asked},
        "events": [
            _event(league, game, observed_at, params.get("lineups") == "true")
            for game in games_listed(league, day, observed_at)
        ],
        "ts": int(observed_at.timestamp()),
        "utc": _naked(observed_at),
    }


def _event(league: League, game: Listed, observed_at: datetime, has_lineups: bool) -> Row:
    fixture = game.fixture
    now = Progress("pre") if game.is_postponed else progress(league, fixture, observed_at)
    status = {"pre": "scheduled", "in": "inprogress", "post": "closed"}[now.state]
    home, away = BY_TRICODE[fixture.home], BY_TRICODE[fixture.away]
    arena = ARENAS[fixture.home]
    day = game.tip_at.astimezone(UTC).date()
    names = f"{slug(away.full_name)}-vs-{slug(home.full_name)}"
    row: Row = {
        "id": bettingpros_event_id(fixture.game_id),
        "sr_id": None,
        "sport": "NBA",
        "scheduled": _naked(game.tip_at),
        "season": league.season_year,
        "season_type": "REG",
        "event_name": None,
        "status": "postponed" if game.is_postponed else status,
        "home": fixture.home,
        "visitor": fixture.away,
        "link": f"/nba/matchups/{names}/?date={day}",
        "series_summary": None,
        "popularity": int(200 * share("popularity", fixture.game_id)),
    }
    if has_lineups:
        row["lineups"] = _lineups(league, game, observed_at)
    return row | {
        "venue": {
            "name": arena.name,
            "id": None,
            "city": arena.city,
            "state": arena.state,
            "country": "CAN" if arena.country == "CA" else "USA",
            "zip": None,
        },
        "participants": [_team(fixture.home), _team(fixture.away)],
        "broadcasts": [],
        "results": _results(fixture, now) if now.state == "post" else None,
        "is_free": False,
    }


def _team(tricode: str) -> Row:
    team = BY_TRICODE[tricode]
    return {
        "id": tricode,
        "name": team.name,
        "link": f"/nba/teams/{slug(team.full_name)}/",
        "team": {
            "city": team.city,
            "abbreviation": tricode,
            "conference": f"{team.conference}ern",
            "division": CODES[tricode].division,
            "slug": slug(team.full_name),
        },
    }


def _results(fixture: Fixture, now: Progress) -> Row:
    def scores(home: int, away: int) -> list[Row]:
        return [
            {"participant": fixture.home, "score": home},
            {"participant": fixture.away, "score": away},
        ]

    winner = fixture.home if now.home_score > now.away_score else fixture.away
    return {
        "outcomes": [
            {"label": "event", "winner": winner, "scores": scores(now.home_score, now.away_score)}
        ],
        "periods": [
            {
                "name": "quarter" if number <= 4 else "overtime",
                "number": number,
                "scores": scores(home, away),
            }
            for number, (home, away) in enumerate(zip(now.home, now.away, strict=True), 1)
        ],
    }


def _lineups(league: League, game: Listed, observed_at: datetime) -> Row:
    """Starters half an hour before the tip; before that nobody."""
    fixture = game.fixture
    is_confirmed = observed_at >= fixture.tip_at - _LINEUPS_BEFORE and not game.is_postponed
    row: Row = {}
    for side, tricode in (("home", fixture.home), ("away", fixture.away)):
        starters: list[Player] = []
        if is_confirmed and game.tip_at == fixture.tip_at:
            lineup = league.box(fixture.game_id).lineups[tricode]
            starters = [p for p in lineup.side.starters if p.person_id in lineup.slots]
        row[f"{side}_lineup"] = [
            {"status": "started", "participant": _participant(league, player, tricode)}
            for player in starters
        ]
        row[f"{side}_lineup_type"] = "confirmed" if starters else None
    return row


def _participant(league: League, player: Player, tricode: str) -> Row:
    first, family = spelling(league, "bettingpros", player)
    name = display_name(league, "bettingpros", player)
    number = bettingpros_player_id(player)
    return {
        "id": number,
        "name": name,
        "link": f"/nba/props/{slug(name)}/",
        "player": {
            "short_name": f"{first[0]}. {family}",
            "first_name": first,
            "last_name": family,
            "image": f"https://images.fantasypros.com/images/players/nba/{number}/headshot/210x210.webp",
            "position": {"PG": "G", "SG": "G", "SF": "F", "PF": "F", "C": "C"}[player.position],
            "team": tricode,
            "slug": slug(name),
            "jersey_number": int(player.jersey),
        },
    }


def _fixtures(league: League, params: Params) -> list[Fixture]:
    """The games of `event_id=a:b:c`, unknown ones left out."""
    games = [game_of_bettingpros(text) for text in params.get("event_id", "").split(":")]
    return [fixture for game in games if game and (fixture := league.fixture(game))]


def _priced(league: League, fixture: Fixture, instant: datetime) -> tuple[Listing, datetime] | None:
    """The event and when its prices of an instant were made; the closing ones stay."""
    event = listing(league, fixture, instant)
    if event is None and not fixture.tip_at <= instant:
        return None
    if event is None or (instant >= event.tip_at and not event.is_off):
        before = fixture.tip_at - timedelta(seconds=1)
        event = Listing(fixture, fixture.tip_at, fixture.tip_at - timedelta(days=2), is_off=False)
        return event, quoted_at(event, before)
    made_at = quoted_at(event, instant)
    return (event, made_at) if is_open(event, made_at) else None


def _offers_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When a price of any of the events was made last, or else the schedule came out."""
    if as_of < league.first_publication or not _paging(params):
        return None
    changes = [league.first_publication]
    for fixture in _fixtures(league, params):
        priced = _priced(league, fixture, as_of)
        if priced:
            changes.append(priced[1])
        elif fixture.is_postponed and fixture.first_tip_at <= as_of:
            changes.append(fixture.first_tip_at)  # taken down when nobody jumped
    return max(changes)


def _paging(params: Params) -> tuple[int, int] | None:
    page, limit = params.get("page", "1"), params.get("limit", str(_PER_PAGE))
    if not page.isdigit() or not limit.isdigit() or not int(page) or not int(limit):
        return None
    return int(page), min(int(limit), _MAX_PER_PAGE)


def _offers(league: League, params: Params, observed_at: datetime) -> Body:
    paging = _paging(params)
    if paging is None:
        raise ValueError(f"page and limit count from 1, not {dict(params)}")
    page, limit = paging
    found: list[tuple[Listing, datetime, Prospect, float, float]] = []
    if params.get("market_id") == POINTS:
        for fixture in _fixtures(league, params):
            priced = _priced(league, fixture, observed_at)
            if priced is None:
                continue
            event, made_at = priced
            centres = player_centres(league, event, made_at, outlook(league, event))
            found += [(event, made_at, *centre) for centre in centres]
    shown = found[(page - 1) * limit : page * limit]
    pages = -(-len(found) // limit)
    return {
        "_parameters": {
            "sport": params.get("sport"),
            "market_id": params.get("market_id"),
            "event_id": params.get("event_id"),
            "limit": limit,
            "page": page,
        },
        "offers": [_offer(league, *one) for one in shown],
        "_pagination": {
            "page": page,
            "total_pages": pages,
            "total_items": len(found),
            "limit": limit,
            "next_page": page + 1 if page < pages else None,
        },
    }


def _offer(
    league: League,
    event: Listing,
    made_at: datetime,
    prospect: Prospect,
    centre: float,
    spread: float,
) -> Row:
    event_id = bettingpros_event_id(event.fixture.game_id)
    player = prospect.player
    number = bettingpros_player_id(player)
    quotes = {book: _quote(book, event, made_at, player, centre, spread) for book in _BOOKS}
    shown = {
        book: found
        for book, found in quotes.items()
        if share("bettingpros", book, event.fixture.game_id, player.person_id) < 0.85
    } or {_BOOKS[0]: quotes[_BOOKS[0]]}
    main = quote(max(0.6, centre), spread)
    shown = {CONSENSUS: (main.point, main.over)} | shown
    return {
        "id": f"{event_id}-{POINTS}-{number}",
        "sport": "NBA",
        "event_id": event_id,
        "market_id": int(POINTS),
        "participants": [_participant(league, player, prospect.tricode)],
        "active": True,
        "selections": [
            {
                "id": f"{event_id}-{POINTS}-{number}-{side}",
                "selection": side,
                "label": side.title(),
                "books": _books(shown, side, made_at, (event_id, number)),
            }
            for side in ("over", "under")
        ],
    }


def _quote(
    book: int, event: Listing, made_at: datetime, player: Player, centre: float, spread: float
) -> tuple[float, float]:
    """A book's point, and its probability of more."""
    who = ("bettingpros", book, event.fixture.game_id, player.person_id)
    own = centre + 0.3 * noise(*who) + 0.15 * noise(*who, made_at)
    point = quote(max(0.6, own), spread).point
    return point, at_point(point, own, spread).over


def _books(
    shown: Mapping[int, tuple[float, float]],
    side: str,
    made_at: datetime,
    key: tuple[object, ...],
) -> list[Row]:
    rows = []
    for book, (point, over) in shown.items():
        late = int(_UPDATED_WITHIN * share("updated", book, made_at, *key))
        chance = over if side == "over" else 1 - over
        line = {
            "id": f"{book}-{'-'.join(map(str, key))}-{side}-{int(made_at.timestamp())}",
            "line": point,
            "cost": american(chance, _MARGIN, 1),
            "main": True,
            "active": True,
            "best": False,
            "is_off": False,
            "replaced": False,
            "updated": _naked(made_at - timedelta(seconds=late)),
        }
        rows.append({"id": book, "lines": [line]})
    return rows


def _events_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    return about_date(league, day_asked(params, "date"))


def _earlier_events(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The events of the last date with games before this one."""
    day: date | None = date_before(league, day_asked(params, "date"))
    if day is None:
        return None
    earlier = {**params, "date": str(day)}
    seen_at = _events_observed_at(league, earlier, observed_at)
    return (earlier, seen_at) if seen_at else None


def _offers_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    fixtures = _fixtures(league, params)
    games = {fixture.game_id for fixture in fixtures}
    return Subject(min(f.day for f in fixtures), games.__contains__) if fixtures else None


FEEDS: tuple[Feed, ...] = (
    Feed(
        "bettingpros_events",
        "bettingpros",
        _HOST,
        re.compile("/v3/events"),
        _events_observed_at,
        _events,
        _events_subject,
        _earlier_events,
    ),
    Feed(
        "bettingpros_offers",
        "bettingpros",
        _HOST,
        re.compile("/v3/offers"),
        _offers_observed_at,
        _offers,
        _offers_subject,
    ),
)
