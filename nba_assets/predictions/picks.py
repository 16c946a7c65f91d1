"""Picks: the bets of the champion's active rows, the best price first."""

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.gates.publish import Computed
from nba_assets.partitions import week_of
from nba_assets.predictions.active import is_active
from nba_assets.predictions.player_predictions import begun_games, committed_at, frozen_rows
from nba_assets.predictions.tables import BETS, FORWARD, PICKS, PLAYER_PREDICTIONS
from nba_assets.predictions.weekly_tables import WEEKLY_CHAMPIONS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed


def compute(desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The picks of the dates; none where a cut-off has no champion.

    What was bet before a tip that has passed stays, whoever is champion now, and no bet joins it.
    """
    now = committed_at(desk)
    parts = [PICKS.schema_of().empty_table()]
    frozen = list(parts)
    columns = ["system_id", "cutoff", "is_champion"]
    for day in dates:
        judged = warehouse.read(WEEKLY_CHAMPIONS, [week_of(day)], columns).to_pylist()
        champions = {row["cutoff"]: row["system_id"] for row in judged if row["is_champion"]}
        predictions = warehouse.read(PLAYER_PREDICTIONS, [day])
        committed = frozen_rows(predictions, now, begun_games(warehouse, day, now))
        begun = set(committed["game_id"].to_pylist())
        published = warehouse.read(PICKS, [day])
        stand = published.filter(_committed(published, begun))
        made = typed(PICKS, picks(predictions.to_pandas(), champions))
        parts.append(
            _ranked_behind(stand.num_rows, made.filter(pc.invert(_committed(made, begun))))
        )
        frozen.append(stand)
    return Computed(pa.concat_tables(parts), frozen=pa.concat_tables(frozen))


def _committed(rows: pa.Table, begun: set[str]) -> pa.ChunkedArray:
    """Whether rows are forward ones of games that have begun."""
    games = pa.array(sorted(begun), pa.string())
    is_begun = pc.is_in(rows["game_id"], value_set=games)
    return pc.and_(pc.equal(rows["kind"], FORWARD), is_begun)


def _ranked_behind(standing: int, made: pa.Table) -> pa.Table:
    """The new picks, best first, with the ranks behind those that stand already."""
    ranks = pa.array(range(standing + 1, standing + made.num_rows + 1), pa.int64())
    at = made.schema.get_field_index("pick_rank")
    return made.set_column(at, made.schema.field(at), ranks)


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
