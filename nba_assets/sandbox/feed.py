"""The parts a provider's feeds are made of. A provider module exports `FEEDS` built from these."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from nba_assets.sandbox.league import League

Params = Mapping[str, str]
Provider = Literal[
    "nba",
    "espn",
    "balldontlie",
    "odds_api",
    "bettingpros",
    "basketball_reference",
    "bigdataball",
]


class Document(NamedTuple):
    """A body that is no JSON: PDF, HTML, CSV."""

    content: bytes
    content_type: str


Body = dict[str, Any] | list[Any] | Document


class Subject(NamedTuple):
    """What a request is about: an Eastern date, and a test whether a game id is in the body.

    A body about no date in particular, such as the league's rosters, has no `day`: it is taken to
    be about the Eastern date on which it is asked for.
    """

    day: date | None
    covers: Callable[[str], bool]


def nothing_earlier(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """There is no body before this one."""
    del league, params, observed_at
    return None


@dataclass(frozen=True)
class Feed:
    """One kind of URL. All functions are pure; `params` holds the query and the path's named parts.

    `observed_at` is the instant the body of `as_of` became visible, never later than `as_of`, and
    None where there is none yet (404). `body` depends on that instant alone, so equal instants
    mean equal bytes. Instants are UTC.
    """

    name: str
    provider: Provider
    host: str
    path: re.Pattern[str]
    observed_at: Callable[[League, Params, datetime], datetime | None]
    body: Callable[[League, Params, datetime], Body]
    subject: Callable[[League, Params, datetime], Subject | None]
    earlier: Callable[[League, Params, datetime], tuple[Params, datetime] | None] = nothing_earlier
    """Parameters and instant of the body before this one, for a server that serves it again."""
    headers: Callable[[League, Params, datetime], Mapping[str, str]] | None = None
    """Headers of a good answer, from the instant it is asked for."""
    query: tuple[tuple[str, str], ...] = ()
    """Query parameters that tell this feed from others of the same path."""


class Answer(NamedTuple):
    """A body, and the instant it became visible (UTC, whole seconds)."""

    body: Any
    observed_at: datetime


def page_of(params: Params) -> str:
    """The page a request asks for: its cursor, else its page number; the first is `1`."""
    return params.get("cursor") or params.get("page") or "1"
