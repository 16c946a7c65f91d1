"""One request and the reply to it, before the reply is bytes: what faults read and change."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nba_assets.sandbox.feeds import Feed, Params
from nba_assets.sandbox.league import League

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """One request for a page the sandbox knows, as of a simulated instant (UTC)."""

    league: League
    feed: Feed
    params: Params
    as_of: datetime


@dataclass
class Reply:
    """What will be sent. `observed_at` is when the body became visible; None goes with a 404.

    `body` is private to this reply: a fault may change it in place. `text` replaces it where the
    reply is no JSON. `sent_share` of the bytes is sent, under a Content-Length of `declared_share`.
    """

    status: int = 200
    body: dict[str, Any] | None = None
    observed_at: datetime | None = None
    text: str | None = None
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    seconds_per_byte: float | None = None
    sent_share: float = 1.0
    declared_share: float = 1.0

    def content(self) -> bytes:
        """The whole content, before any cut."""
        return (self.text if self.text is not None else as_json(self.body)).encode()


Effect = Callable[[Call, Reply], None]


def as_json(body: dict[str, Any] | None) -> str:
    """Compact JSON with names as they are spelt."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def honest(call: Call) -> Reply:
    """The reply of a provider in good health, its body not shared with anybody."""
    observed_at = call.feed.observed_at(call.league, call.params, call.as_of)
    if observed_at is None:
        return not_found()
    return Reply(body=private(call.feed, call, observed_at), observed_at=observed_at)


def private(feed: Feed, call: Call, observed_at: datetime, params: Params | None = None) -> Any:
    """A body that may be changed in place."""
    return json.loads(as_json(feed.body(call.league, params or call.params, observed_at)))


def not_found() -> Reply:
    """No such page, or not yet."""
    return Reply(status=404, body={"message": "Not Found"})
