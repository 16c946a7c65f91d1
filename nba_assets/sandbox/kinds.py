"""The registers of faults: kinds by name, and what a kind of content fault does to each feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nba_assets.sandbox.exchange import Call, Reply
from nba_assets.sandbox.feed import Body

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

Kind = Callable[["Fault", Call, Reply], Reply]
Edit = Callable[["Fault", Call, Any], Body | None]

KINDS: dict[str, Kind] = {}

EDITS: dict[tuple[str, str], Edit] = {}
"""By kind and feed name. A kind without an edit for a feed leaves that feed alone."""


def kind(function: Kind) -> Kind:
    """Register a function as the kind of fault it is named after."""
    KINDS[function.__name__] = function
    return function


def edit(name: str, *feeds: str) -> Callable[[Edit], Edit]:
    """Register what the kind `name` does to the bodies of these feeds.

    The function gets the fault, the call and a body of its own. It changes JSON in place and
    returns None, or returns the body that replaces it, as it must for a `Document`. A feed's edit
    of a kind may be registered once: a second one raises ValueError.
    """

    def register(function: Edit) -> Edit:
        for feed in feeds:
            if (name, feed) in EDITS:
                raise ValueError(f"{name!r} on {feed} has an edit: {EDITS[name, feed]}")
            EDITS[name, feed] = function
        return function

    return register


def edited(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Apply the edit of the fault's kind to the feed's body, if there are both."""
    change = EDITS.get((fault.kind, call.feed.name))
    if change is not None and reply.body is not None and reply.observed_at is not None:
        changed = change(fault, call, reply.body)
        if changed is not None:
            reply.body = changed
    return reply
