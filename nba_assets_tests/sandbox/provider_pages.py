"""How the tests ask the feeds beside NBA.com for a page, without a server."""

import json
from datetime import datetime
from typing import Any

from nba_assets.sandbox import balldontlie, bettingpros, bigdataball, bref, espn, odds
from nba_assets.sandbox.exchange import as_bytes
from nba_assets.sandbox.feed import Feed
from nba_assets.sandbox.league import League

FEEDS: tuple[Feed, ...] = (
    *espn.FEEDS,
    *balldontlie.FEEDS,
    *odds.FEEDS,
    *bettingpros.FEEDS,
    *bref.FEEDS,
    *bigdataball.FEEDS,
)
ESPN = "site.api.espn.com/apis/site/v2/sports/basketball/nba"
BDL = "api.balldontlie.io/v1"
ODDS = "api.the-odds-api.com/v4/sports/basketball_nba/events"
PAST_ODDS = "api.the-odds-api.com/v4/historical/sports/basketball_nba/events"
BETTINGPROS = "api.bettingpros.com/v3"
BREF = "www.basketball-reference.com"
DRIVE = "www.googleapis.com/drive/v3/files"


def routed(url: str, query: dict[str, str]) -> tuple[Feed, dict[str, str]]:
    """The feed of a URL, and its parameters."""
    host, _, path = url.partition("/")
    for feed in FEEDS:
        found = feed.path.fullmatch(f"/{path}") if feed.host == host else None
        if found and all(query.get(name) == value for name, value in feed.query):
            return feed, {**query, **found.groupdict()}
    raise LookupError(f"no feed for {url} {query}")


def visible(
    league: League, url: str, query: dict[str, str], as_of: datetime
) -> tuple[datetime, bytes] | None:
    """The instant and the bytes of an answer; None is 404."""
    feed, params = routed(url, query)
    observed_at = feed.observed_at(league, params, as_of)
    if observed_at is None:
        return None
    assert observed_at <= as_of
    return observed_at, as_bytes(feed.body(league, params, observed_at))


def content(league: League, url: str, query: dict[str, str], as_of: datetime) -> bytes:
    """The bytes of an answer that must be there."""
    found = visible(league, url, query, as_of)
    assert found, f"{url} {query} at {as_of}: 404"
    return found[1]


def page(league: League, url: str, query: dict[str, str], as_of: datetime) -> Any:
    """The JSON of an answer that must be there."""
    return json.loads(content(league, url, query, as_of))
