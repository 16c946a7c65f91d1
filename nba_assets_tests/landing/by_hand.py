"""Feeds and bodies written by hand, and a desk over a provider that answers as it is told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nba_assets.landing.desk import Desk
from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import season, slate_instant
from nba_assets.settings import Settings
from nba_assets.sources.feed import Feed, Route, Subject
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.payload import Payload
from nba_assets.sources.policy import KEYS, POLICIES, HostPolicy
from nba_assets.sources.request_log import RequestLog
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.payloads import as_bytes, game, schedule
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

DAY = date(2025, 10, 21)
SEASON = season(2025)
LEAGUE = Subject(DAY, SEASON)
TIP = datetime(2025, 10, 21, 23, 30, tzinfo=UTC)
SECRET = "s3cret/Of+The=Tests"
ALL_KEYS = dict.fromkeys(KEYS, SECRET)
ODDS = "api.the-odds-api.com"
ESPN = "site.api.espn.com"
BDL = "api.balldontlie.io"
# One try and no pace to speak of, where a test is about neither.
ONE_TRY: Mapping[str, HostPolicy] = {
    host: replace(policy, tries=1, requests_per_second=1000.0) for host, policy in POLICIES.items()
}


class Rows(Payload):
    """Numbers, and the cursor of the page after them."""

    rows: list[int]
    next: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.rows


def _next_page(page: Rows) -> Mapping[str, str] | None:
    return {"cursor": str(page.next)} if page.next else None


PAGED = Feed(
    name="by_hand_paged",
    about="page of numbers",
    per="league",
    routes=(Route(f"https://{BDL}/v1/rows", {"per_page": "100"}),),
    payload=Rows,
    next_page=_next_page,
    instants=("slate", "lock"),
    score=50,
)


def plain(name: str, host: str, **facts: Any) -> Feed:
    """A feed of one request a date."""
    given: dict[str, Any] = {
        "per": "league",
        "routes": (Route(f"https://{host}/{name}"),),
        "instants": ("slate",),
        **facts,
    }
    return Feed(name=name, about="number", payload=Rows, score=50, **given)


def page(*rows: int, following: int | None = None) -> Reply:
    """A good answer."""
    return Reply(body=json.dumps({"rows": rows, "next": following}).encode())


def desk_in(
    home: Path,
    provider: Provider,
    clock: TestClock,
    *,
    source: str = "live",
    policies: Mapping[str, HostPolicy] = ONE_TRY,
    keys: Mapping[str, str] = ALL_KEYS,
    **given: str,
) -> Desk:
    """A paced desk with all keys, whose requests are logged."""
    settings = Settings.load(
        {
            "NBA_ASSETS_SOURCE": source,
            "NBA_ASSETS_FIRST_DATE": "2025-10-21",
            "NBA_ASSETS_HOME": str(home),
            **keys,
            **{f"NBA_ASSETS_{name.upper()}": value for name, value in given.items()},
        },
        folder=home,
    )
    log = RequestLog(home / "warehouse" / "operations" / "request_log", clock.now)
    transport = Transport(
        provider.mount,
        clock=clock,
        policies=policies,
        state=home / "hosts",
        keys=settings.keys,
        witness=log,
    )
    return Desk(settings, transport, LandingZone(home / "landing", home / "quarantine"), log)


def with_games(desk: Desk, *games: Any) -> Desk:
    """Land the season file that the morning of the date knew."""
    (request, *_) = NBA_SCHEDULE.requests(LEAGUE)
    body = as_bytes(schedule(*(games or (game(),))))
    desk.zone.keep(request, slate_instant(DAY), body)
    return desk


def landed(desk: Desk) -> list[str]:
    """The names of what landed, the season file apart."""
    root = desk.zone.root
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*.gz")
        if "scheduleLeagueV2" not in str(path)
    )


def queries(provider: Provider) -> list[str]:
    """What was asked for, the key apart."""
    return [seen.path.partition("?")[2] for seen in provider.seen]
