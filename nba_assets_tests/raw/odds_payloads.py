"""Hand-written bodies of The Odds API and BettingPros, and how they land."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg

from nba_assets.automation.status import status
from nba_assets.landing.desk import Desk
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.odds import (
    BETTINGPROS_EVENTS,
    BETTINGPROS_OFFERS,
    ODDS_EVENTS,
    ODDS_GAME_LINES,
    ODDS_PLAYER_POINTS,
)
from nba_assets_tests.platform import Platform
from nba_assets_tests.raw.payloads import GAME, SEASON, Body, land, tip_of
from nba_assets_tests.raw.rows import DAY

EVENT = "e" * 32
BETTINGPROS_EVENT = 27001
TIP = tip_of(DAY)
MORNING, LOCK = TIP - timedelta(hours=9), TIP - timedelta(minutes=31)

_NAMES = {"BOS": "Boston Celtics", "NYK": "New York Knicks", "LAL": "Los Angeles Lakers"}


def zulu(instant: datetime) -> str:
    """An instant as The Odds API writes it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def event(
    event_id: str = EVENT, away: str = "BOS", home: str = "NYK", starts_at: datetime = TIP
) -> Body:
    """An event as bookmakers have it; a side that is no team of ours keeps its word."""
    return {
        "id": event_id,
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": zulu(starts_at),
        "home_team": _NAMES.get(home, home),
        "away_team": _NAMES.get(away, away),
    }


def line(
    player: str, point: float, over: float | None = -110, under: float | None = -110
) -> list[Body]:
    """Both sides of a line; None leaves a side out."""
    return [
        {"name": side, "description": player, "price": price, "point": point}
        for side, price in (("Over", over), ("Under", under))
        if price is not None
    ]


def book(key: str, *lines: Sequence[Body], updated_at: datetime = MORNING) -> Body:
    """A book with its player points."""
    return market_book(key, {"player_points": [o for own in lines for o in own]}, updated_at)


def market_book(
    key: str, markets: Mapping[str, Sequence[Body]], updated_at: datetime = MORNING
) -> Body:
    """A book with outcomes by market."""
    return {
        "key": key,
        "title": key.title(),
        "markets": [
            {"key": market, "last_update": zulu(updated_at), "outcomes": list(outcomes)}
            for market, outcomes in markets.items()
        ],
    }


def odds(*books: Body, **of_event: Any) -> Body:
    """The odds of an event."""
    return {**event(**of_event), "bookmakers": list(books)}


def about(feed: Feed, event_id: str = EVENT, day: date = DAY) -> Subject:
    """BOS at NYK of the date, with the id its event has."""
    game = ExpectedGame(GAME, "BOS", "NYK", tip_of(day))
    ids = {
        "odds_event_id": event_id,
        "bettingpros_event_id": event_id,
    }
    return replace(Subject(day, SEASON), game=game if feed.per == "game" else None, found=ids)


def land_events(desk: Desk, *events: Body, at: datetime = MORNING, day: date = DAY) -> str:
    """Land a list of events."""
    request = ODDS_EVENTS.requests(Subject(day, SEASON))[0]
    path = desk.zone.keep(request, at, json.dumps(events).encode())
    return str(path.relative_to(desk.zone.root))


def land_odds(
    desk: Desk, body: Body, at: datetime = MORNING, day: date = DAY, feed: Feed = ODDS_PLAYER_POINTS
) -> str:
    """Land the odds of an event, and a list that names it."""
    listed = {name: value for name, value in body.items() if name != "bookmakers"}
    land_events(desk, listed, at=at, day=day)
    return land(desk, feed, about(feed, body["id"], day), body, at)


def land_game_lines(desk: Desk, body: Body, at: datetime = MORNING, day: date = DAY) -> str:
    """Land spreads and totals of an event, and a list that names it."""
    return land_odds(desk, body, at, day, ODDS_GAME_LINES)


def offer(
    player: str,
    books: Mapping[int, tuple[float, int, int]],
    event_id: int = BETTINGPROS_EVENT,
    **changes: Any,
) -> Body:
    """An offer of BettingPros: by book the point and the prices of more and less."""
    return {
        "id": f"{event_id}-{player}",
        "event_id": event_id,
        "market_id": 156,
        "participants": [{"id": "1", "name": player}],
        "selections": [
            {
                "selection": side,
                "books": [
                    {"id": number, "lines": [{"line": told[0], "cost": told[1 + place]}]}
                    for number, told in books.items()
                ],
            }
            for place, side in enumerate(("over", "under"))
        ],
        **changes,
    }


def land_offers(desk: Desk, *offers: Body, at: datetime = MORNING, day: date = DAY) -> str:
    """Land a page of offers about BOS at NYK, and the date's events at BettingPros."""
    listed = {
        "id": BETTINGPROS_EVENT,
        "scheduled": f"{tip_of(day):%Y-%m-%d %H:%M:%S}",
        "season": SEASON.year,
        "status": "scheduled",
        "home": "NYK",
        "visitor": "BOS",
    }
    land(desk, BETTINGPROS_EVENTS, Subject(day, SEASON), {"events": [listed]}, at)
    page = {"offers": list(offers), "_pagination": {"page": 1, "total_pages": 1}}
    return land(
        desk, BETTINGPROS_OFFERS, about(BETTINGPROS_OFFERS, str(BETTINGPROS_EVENT), day), page, at
    )


def state_of(platform: Platform, asset: str, day: date) -> str:
    """What the calendar says of an asset on a date."""
    key = dg.AssetKey(asset.split("/"))
    (cell,) = status(platform.instance, platform.graph, [key], [day])
    return cell.state
