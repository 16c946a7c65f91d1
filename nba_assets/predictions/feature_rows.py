"""Reading what a vector is made of: the feature store and, for a stacked model, what the one below it forecast."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.predictions.tables import FORECASTS
from nba_assets.predictions.vectors import STACKED
from nba_assets.warehouse.base import Warehouse

PLAYER = ("game_date", "game_id", "player_id", "cutoff")


def feature_rows(warehouse: Warehouse, dates: Sequence[date], names: Sequence[str]) -> pa.Table:
    """Rows of players at cut-offs with the named columns, in the order of their key.

    Training and serving both read by it. Where a stacked feature is asked for, only the rows that the
    model below has a forecast of are there.

    Args:
        warehouse: where the tables are published.
        dates: of the rows.
        names: features, and other columns of the feature store.
    """
    of_the_store = [n for n in dict.fromkeys([*PLAYER, *names]) if n != STACKED.name]
    rows = warehouse.read(ML_FEATURE_STORE, dates, of_the_store)
    if STACKED.name in names:
        below = warehouse.read(FORECASTS["catboost"], dates, [*PLAYER, "forecast_points"])
        known = dict(zip(_keys(below), below["forecast_points"].to_pylist(), strict=True))
        values = pa.array([known.get(key) for key in _keys(rows)], pa.float64())
        rows = rows.append_column(STACKED.name, values).filter(values.is_valid())
    return rows.sort_by([(name, "ascending") for name in PLAYER])


def _keys(rows: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(rows[name].to_pylist() for name in PLAYER[1:]), strict=True))


def of_players(rows: pa.Table, players: pa.Table) -> pa.Table:
    """The rows whose game, player and cut-off are among the players'."""
    who = set(_keys(players))
    return rows.filter(pa.array([key in who for key in _keys(rows)], pa.bool_()))
