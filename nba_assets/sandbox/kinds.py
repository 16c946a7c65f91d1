"""The register of fault kinds by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nba_assets.sandbox.exchange import Call, Reply

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

Kind = Callable[["Fault", Call, Reply], Reply]

KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    """Register a function as the kind of fault it is named after."""
    KINDS[function.__name__] = function
    return function
