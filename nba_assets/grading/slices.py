"""Into which slices of a performance a ledger's row falls. Pure."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from nba_assets.predictions.distribution import BUCKETS, EDGES
from nba_assets.predictions.tables import BETS

ALL, TARGET, PICKS, PLAYER = "all", "target", "picks", "player"
EDGE_EDGES = (1.5, 3.0, 5.0)
# Twentieths, as the probabilities nearest to them: a step of 0.05, added up, would miss them.
CONFIDENCE_EDGES = tuple(n / 20 for n in range(11, 20))


def buckets(edges: tuple[float, ...]) -> list[str]:
    """Labels of the intervals between edges: `<8`, `8-12` … `25+`."""
    between = [f"{low:g}-{high:g}" for low, high in pairwise(edges)]
    return [f"<{edges[0]:g}", *between, f"{edges[-1]:g}+"]


def slices(ledger: pd.DataFrame) -> dict[str, pd.Series]:
    """The row's slice of each family of slices; NULL where it falls into none.

    Args:
        ledger: is_target, is_pick, recommendation, line, predicted_points, is_home,
            is_back_to_back, edge, confidence.
    """
    side = ledger["recommendation"]
    confidence = [str(n) for n in range(1, len(CONFIDENCE_EDGES) + 2)]
    rest = ledger["is_back_to_back"].astype("boolean")
    return {
        ALL: _named(ledger, ALL),
        TARGET: _named(ledger, TARGET).where(ledger["is_target"]),
        PICKS: _named(ledger, PICKS).where(ledger["is_pick"]),
        "side": ("side:" + side).where(side.isin(BETS)),
        "line": "line:" + _bucket(ledger["line"], EDGES, BUCKETS),
        "forecast": "forecast:" + _bucket(ledger["predicted_points"], EDGES, BUCKETS),
        "venue": _either(ledger["is_home"].astype("boolean"), "venue:home", "venue:away"),
        "rest": _either(rest, "rest:back_to_back", "rest:rested"),
        "edge": "edge:" + _bucket(ledger["edge"].abs(), EDGE_EDGES, buckets(EDGE_EDGES)),
        "confidence": "confidence:" + _bucket(ledger["confidence"], CONFIDENCE_EDGES, confidence),
    }


def of_players(ledger: pd.DataFrame) -> dict[str, pd.Series]:
    """The slice of the row's player."""
    return {PLAYER: f"{PLAYER}:" + ledger["player_id"]}


def has_gap_interval(names: pd.Series) -> pd.Series:
    """Whether the gap to the line is given an interval in slices of these names."""
    return names.isin([ALL, TARGET]) | names.str.startswith("line:")


def _named(ledger: pd.DataFrame, name: str) -> pd.Series:
    return pd.Series(name, ledger.index, dtype=object)


def _either(flags: pd.Series, yes: str, no: str) -> pd.Series:
    return flags.map({True: yes, False: no}).astype(object)


def _bucket(values: pd.Series, edges: Sequence[float], labels: Sequence[str]) -> pd.Series:
    """Each value's label, as distributions have their buckets: below the first edge, from the last on."""
    places = np.searchsorted(edges, values.astype(float).to_numpy(), side="right")
    return pd.Series(np.array(labels, object)[places], values.index).where(values.notna())
