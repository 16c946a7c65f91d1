"""One request and the reply to it, before the reply is bytes: what faults read and change."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from nba_assets.sandbox.feed import Body, Document, Feed, Params
from nba_assets.sandbox.league import League

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """One request for a page the sandbox knows, as of a simulated instant (UTC).

    `url` is its host, path and query, and `asked` how often that URL was asked for, this time
    included.
    """

    league: League
    feed: Feed
    params: Params
    as_of: datetime
    url: str = ""
    asked: int = 1


@dataclass
class Reply:
    """What will be sent. `observed_at` is when the body became visible; None goes with a 404.

    `body` is private to this reply: a fault may change it in place. `text` replaces it where a
    fault answers with something else. `sent_share` of the bytes is sent, under a Content-Length of `declared_share`.
    """

    status: int = 200
    body: Body | None = None
    observed_at: datetime | None = None
    text: str | None = None
    text_type: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    seconds_per_byte: float | None = None
    sent_share: float = 1.0
    declared_share: float = 1.0

    def content(self) -> bytes:
        """The whole content, before any cut."""
        return self.text.encode() if self.text is not None else as_bytes(self.body)

    @property
    def content_type(self) -> str:
        """The media type of the content."""
        if self.text is not None:
            return self.text_type
        return self.body.content_type if isinstance(self.body, Document) else JSON_TYPE


Effect = Callable[[Call, Reply], None]


def as_json(body: object) -> str:
    """Compact JSON with names as they are spelt."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def as_bytes(body: Body | None) -> bytes:
    """The content of a document, or compact JSON."""
    return body.content if isinstance(body, Document) else as_json(body).encode()


def honest(call: Call) -> Reply:
    """The reply of a provider in good health, its body not shared with anybody."""
    observed_at = call.feed.observed_at(call.league, call.params, call.as_of)
    if observed_at is None:
        return not_found()
    body = private(call.feed, call, observed_at)
    return Reply(body=body, observed_at=observed_at, headers=headers_of(call))


def headers_of(call: Call) -> dict[str, str]:
    """What the provider says beside a good answer."""
    feed = call.feed
    return dict(feed.headers(call.league, call.params, call.as_of)) if feed.headers else {}


def private(feed: Feed, call: Call, observed_at: datetime, params: Params | None = None) -> Body:
    """A body that may be changed in place."""
    body = feed.body(call.league, params or call.params, observed_at)
    if isinstance(body, Document):
        return body  # cannot be changed at all
    copy: Body = json.loads(as_json(body))
    return copy


def not_found() -> Reply:
    """No such page, or not yet."""
    return Reply(status=404, body={"message": "Not Found"})
