"""Picks: the bets of the champion's active rows, the best price first."""

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from nba_assets.gates.publish import Computed
from nba_assets.partitions import week_of
from nba_assets.predictions.active import is_active
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS, WEEKLY_CHAMPIONS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed

BETS = ("OVER", "UNDER")


def compute(_desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The picks of the dates; none where a cut-off has no champion."""
    parts = [PICKS.schema_of().empty_table()]
    columns = ["system_id", "cutoff", "is_champion"]
    for day in dates:
        judged = warehouse.read(WEEKLY_CHAMPIONS, [week_of(day)], columns).to_pylist()
        champions = {row["cutoff"]: row["system_id"] for row in judged if row["is_champion"]}
        predictions = warehouse.read(PLAYER_PREDICTIONS, [day]).to_pandas()
        parts.append(typed(PICKS, picks(predictions, champions)))
    return Computed(pa.concat_tables(parts))


def picks(predictions: pd.DataFrame, champions: dict[str, str]) -> pd.DataFrame:
    """The bets among the active rows of the champions, ranked by expected value.

    A game's active rows are those at lock, unless these came after its tip and the morning's before.
    They are bets of that cut-off's champion or none: a bet of the morning does not outlive what is
    known at lock.

    Args:
        predictions: of one date.
        champions: the system by cut-off; a cut-off without one has no picks.
    """
    is_champion = predictions["system_id"] == predictions["cutoff"].map(champions)
    is_bet = predictions["recommendation"].isin(BETS)
    bets = predictions[is_active(predictions) & is_champion & is_bet]
    is_over = bets["recommendation"] == "OVER"
    ranked = bets.assign(
        side=bets["recommendation"],
        book=bets["over_book"].where(is_over, bets["under_book"]),
        price_decimal=bets["over_decimal"].where(is_over, bets["under_decimal"]),
        stake_units=1.0,
    ).sort_values(["expected_value", "game_id", "player_id"], ascending=[False, True, True])
    return ranked.assign(pick_rank=range(1, len(ranked) + 1))
