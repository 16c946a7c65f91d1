"""Reading what a vector is made of: the feature store, form and role beside it, and what the model below forecast."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.precompute.role_features import ROLE_OUTLOOK, SCORING_FORM
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_ROLE_OUTLOOK,
    PLAYER_SCORING_FORM,
)
from nba_assets.predictions.tables import FORECASTS
from nba_assets.predictions.vectors import STACKED
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import keys_of
from nba_assets.warehouse.table import Table

PLAYER = ("game_date", "game_id", "player_id", "cutoff")
# Tables that stand beside the store: their features, and a column that every row of them has a value of.
BESIDE: Mapping[Table, tuple[frozenset[str], str]] = {
    PLAYER_SCORING_FORM: (frozenset(f.name for f in SCORING_FORM), "games_in_window"),
    PLAYER_ROLE_OUTLOOK: (frozenset(f.name for f in ROLE_OUTLOOK), "play_chance"),
}


def feature_tables(names: Iterable[str]) -> tuple[Table, ...]:
    """The tables that rows with these features are read from."""
    wanted = set(names)
    beside = [table for table, (features, _) in BESIDE.items() if features & wanted]
    below = [FORECASTS["catboost"]] if STACKED.name in wanted else []
    return (ML_FEATURE_STORE, *beside, *below)


def feature_rows(warehouse: Warehouse, dates: Sequence[date], names: Sequence[str]) -> pa.Table:
    """Rows of players at cut-offs with the named columns, in the order of their key.

    Training and serving both read by it. Every row of the store is there; one without its row of form
    or role has NULL there, and `rowless` names it. Where a stacked feature is asked for, only the rows
    that the model below has a forecast of are there.

    Args:
        warehouse: where the tables are published.
        dates: of the rows.
        names: features, and other columns of the feature store.
    """
    tables = feature_tables(names)
    elsewhere = {STACKED.name}.union(*(features for features, _ in BESIDE.values()))
    of_the_store = [n for n in dict.fromkeys([*PLAYER, *names]) if n not in elsewhere]
    rows = warehouse.read(ML_FEATURE_STORE, dates, of_the_store)
    for table, (features, witness) in BESIDE.items():
        if table in tables:
            key = [name for name in PLAYER if name in table.column_names]
            own = [n for n in dict.fromkeys([*names, witness]) if n in features or n == witness]
            rows = _joined(rows, warehouse.read(table, dates, [*key, *own]), key)
    if STACKED.name in names:
        below = warehouse.read(FORECASTS["catboost"], dates, [*PLAYER, "forecast_points"])
        below = below.rename_columns([*PLAYER, STACKED.name])
        rows = _joined(rows, below, PLAYER)
        rows = rows.filter(pc.is_valid(rows[STACKED.name]))
    return rows.sort_by([(name, "ascending") for name in PLAYER])


def _joined(rows: pa.Table, others: pa.Table, key: Sequence[str]) -> pa.Table:
    """The rows with the others' columns, NULL where there is no other; Arrow's own join knows no lists."""
    places = {k: n for n, k in enumerate(keys_of(others, key))}
    found = pa.array([places.get(k) for k in keys_of(rows, key)], pa.int64())
    for name in others.column_names:
        if name not in key:
            rows = rows.append_column(name, others[name].combine_chunks().take(found))
    return rows


def rowless(rows: pa.Table) -> dict[date, str]:
    """What a date lacks of form and role, in words: held rows, or a table made of another slate.

    Args:
        rows: of `feature_rows`.
    """
    found: dict[date, list[str]] = {}
    for table, (_, witness) in BESIDE.items():
        if witness in rows.column_names:
            lacking = rows.filter(pc.is_null(rows[witness]))
            who: dict[date, set[str]] = {}
            for day, player in keys_of(lacking, ("game_date", "player_id")):
                who.setdefault(day, set()).add(player)
            for day, players in who.items():
                words = f"{len(players)} players have no row in {table.name}: "
                found.setdefault(day, []).append(words + ", ".join(sorted(players)[:10]))
    return {day: "; ".join(words) for day, words in found.items()}


def of_players(rows: pa.Table, players: pa.Table) -> pa.Table:
    """The rows whose game, player and cut-off are among the players'."""
    who = set(keys_of(players, PLAYER[1:]))
    return rows.filter(pa.array([key in who for key in keys_of(rows, PLAYER[1:])], pa.bool_()))
