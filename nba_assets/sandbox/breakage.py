"""What each kind of fault does to a reply. A further kind is one more decorated function.

Faults of transport and visibility are here; those that change what a body says are in `forgery`,
`nba_forgery` and `provider_forgery`, which are imported here so that `KINDS` and `EDITS` are
complete for whoever imports this module.
"""

import hashlib
from copy import deepcopy
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from nba_assets.sandbox import forgery, nba_forgery, provider_forgery
from nba_assets.sandbox.exchange import Call, Reply, not_found, private
from nba_assets.sandbox.feed import page_of
from nba_assets.sandbox.kinds import EDITS, KINDS, edited, kind

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

__all__ = ["KINDS", "forgery", "nba_forgery", "provider_forgery"]

BLOCK_PAGE = (
    "<!DOCTYPE html><html><head><title>Access Denied</title></head>"
    "<body><h1>Access Denied</h1><p>You have no permission to see this page.</p></body></html>"
)


@kind
def missing(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """404, whatever there is."""
    del fault, call, reply
    return not_found()


@kind
def late(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """404 before `until`, and then observed no earlier than that; without `until`, 404 for ever."""
    if fault.until is None or call.as_of < fault.until:
        return not_found()
    if reply.observed_at is not None:
        reply.observed_at = max(reply.observed_at, fault.until)
    return reply


@kind
def slow(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """The whole answer after `seconds`."""
    del call
    reply.delay_seconds = fault.seconds
    return reply


@kind
def drip(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """One byte every `seconds`."""
    del call
    reply.seconds_per_byte = fault.seconds
    return reply


@kind
def refused(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """An error of `status`, with Retry-After if `retry_after` is given."""
    del call, reply
    return _refusal(fault, fault.status)


@kind
def partial_pages(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Pages of a paged feed beyond the first answer `status`; with `page`, that page alone."""
    is_later = fault.page is not None or page_of(call.params) != "1"
    return _refusal(fault, fault.status) if is_later else reply


@kind
def flaky(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """A `share` of the answers are errors, of `statuses` in turn.

    Which ones follows from the league's seed, the URL and how often it was asked for: the same
    requests meet the same errors, and asking again succeeds sooner or later.
    """
    digest = hashlib.sha256(f"{call.league.seed}|{call.url}|{call.asked}".encode()).digest()
    if int.from_bytes(digest[:8]) / 2**64 >= fault.share:
        return reply
    return _refusal(fault, fault.statuses[digest[8] % len(fault.statuses)])


def _refusal(fault: "Fault", status: int) -> Reply:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Reply(status=status, text="Refused", headers=headers)


@kind
def truncated(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Half the body, under the length of the whole unless `is_length_honest`."""
    del call
    reply.sent_share = 0.5
    reply.declared_share = 0.5 if fault.is_length_honest else 1.0
    return reply


@kind
def html(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """A block page with status 200."""
    del fault, call
    return Reply(text=BLOCK_PAGE, text_type="text/html", observed_at=reply.observed_at)


@kind
def skewed_clock(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """A Date header `seconds` ahead of the simulated instant."""
    ahead = call.as_of + timedelta(seconds=fault.seconds)
    reply.headers["Date"] = format_datetime(ahead, usegmt=True)
    return reply


@kind
def stale(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """The body before this one under this one's URL and instant; nothing before it, no change."""
    del fault
    if reply.observed_at is None:
        return reply
    earlier = call.feed.earlier(call.league, call.params, reply.observed_at)
    if earlier is not None:
        params, published_at = earlier
        reply.body = private(call.feed, call, published_at, params)
    return reply


@kind
def wrong_date(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """The content of another date; a feed without a way of its own answers as when `stale`."""
    if (fault.kind, call.feed.name) in EDITS:
        return edited(fault, call, reply)
    return stale(fault, call, reply)


@kind
def corrected(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """From `hours` after the first body on: one more assist for one player, observed then."""
    if reply.observed_at is None:
        return reply
    corrected_at = reply.observed_at + timedelta(hours=fault.hours)
    if call.as_of < corrected_at:
        return reply
    before = deepcopy(reply.body)
    if edited(fault, call, reply).body != before:
        reply.observed_at = corrected_at.replace(microsecond=0)
    return reply
