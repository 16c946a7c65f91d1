"""Reading one HTTP response: its bytes within a deadline, its kind, and what its headers say."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import ReadTimeoutError

from nba_assets.sources.answer import BodyKind
from nba_assets.sources.policy import HostPolicy

_FIRST_BYTES: Mapping[BodyKind, tuple[bytes, ...]] = {
    "json": (b"{", b"["),
    "html": (b"<",),
    "pdf": (b"%PDF",),
}


def is_of_kind(kind: BodyKind, body: bytes) -> bool:
    """Whether the first byte is one that a body of the kind begins with."""
    begin = body.lstrip()
    if kind == "csv":
        return bool(begin) and begin[:1] not in (b"<", b"{", b"[", b"%")
    return begin.startswith(_FIRST_BYTES[kind])


def credits_of(response: requests.Response, policy: HostPolicy) -> tuple[int, int | None] | None:
    """What the call cost and what is left, where the host says so in its headers."""
    if policy.credits is None:
        return None
    last, left = (
        text if text.isdecimal() else None
        for text in (
            response.headers.get(name, "").strip()
            for name in (policy.credits.last, policy.credits.remaining)
        )
    )
    return None if last is None and left is None else (int(last or 0), int(left) if left else None)


class TooSlowError(Exception):
    """The call's deadline passed while bytes still came."""


def read_into(
    response: requests.Response, deadline: float, timeout: float, parts: list[bytes]
) -> None:
    """The body's bytes into `parts`, as they come: neither dripping nor silence outlasts the deadline.

    `read1` returns what has come; the socket waits for the next byte no longer than is left.
    """
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TooSlowError
        if (socket := _socket_of(response)) is not None:
            socket.settimeout(min(timeout, left))
        try:
            part = response.raw.read1(1 << 16, decode_content=True)
        except ReadTimeoutError:
            if left < timeout:
                raise TooSlowError from None
            raise
        if not part:
            return
        parts.append(part)


def _socket_of(response: requests.Response) -> Any:
    # Its way leads through the standard library's response, which holds it to the body's last byte;
    # urllib3's connection has let go of it where the server closes. Where there is none: no socket.
    found: Any = response.raw
    for step in ("_fp", "fp", "raw", "_sock"):
        found = getattr(found, step, None)
    return found


def cause_of(error: Exception) -> object:
    """The innermost error alone: the outer ones print the address, query and all."""
    return getattr(error.args[0] if error.args else error, "reason", None) or type(error).__name__


def retry_after_of(response: requests.Response, now: datetime) -> float | None:
    """Seconds until the instant that `Retry-After` states, as a number or a date."""
    given = response.headers.get("Retry-After", "").strip()
    if not given:
        return None
    if given.isdecimal():
        return float(given)
    stated = instant_of(given)
    return max(0.0, (stated - now).total_seconds()) if stated else None


def instant_of(text: str) -> datetime | None:
    """The instant of an HTTP date; None where it is none."""
    try:
        stated = parsedate_to_datetime(text)
    except ValueError:
        return None
    # Without a zone it is GMT, the only one that HTTP has.
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def kind_found(response: requests.Response, body: bytes) -> str:
    """What came instead of the expected kind, in words."""
    if not body:
        return "an empty body"
    if body.lstrip()[:1] == b"<":
        return "an HTML page"
    return response.headers.get("Content-Type", "something else")
