"""What each provider URL answers as of an instant: the feeds of all providers, gathered."""

from datetime import datetime

from nba_assets.sandbox import (
    balldontlie,
    bettingpros,
    bigdataball,
    bref,
    espn,
    nba_documents,
    nba_live,
    nba_notices,
    nba_stats,
    odds,
)
from nba_assets.sandbox.feed import Answer, Feed, Params
from nba_assets.sandbox.league import League

FEEDS: tuple[Feed, ...] = (
    *nba_live.FEEDS,
    *nba_stats.FEEDS,
    *nba_notices.FEEDS,
    *nba_documents.FEEDS,
    *espn.FEEDS,
    *balldontlie.FEEDS,
    *odds.FEEDS,
    *bettingpros.FEEDS,
    *bref.FEEDS,
    *bigdataball.FEEDS,
)


def route(host: str, path: str, query: Params) -> tuple[Feed, dict[str, str]] | None:
    """The feed of a URL and its parameters; None where the sandbox has no such page."""
    for feed in FEEDS:
        found = feed.path.fullmatch(path) if feed.host == host else None
        if found and all(query.get(name) == value for name, value in feed.query):
            parts = {name: part for name, part in found.groupdict().items() if part is not None}
            return feed, {**query, **parts}
    return None


def answer(league: League, host: str, path: str, query: Params, as_of: datetime) -> Answer | None:
    """What a URL answers at an instant; None is 404: no such page, or not there yet."""
    routed = route(host, path, query)
    if routed is None:
        return None
    feed, params = routed
    observed_at = feed.observed_at(league, params, as_of)
    if observed_at is None:
        return None
    return Answer(feed.body(league, params, observed_at), observed_at)
