"""What the rows of a date were made of, so that they tell it themselves later."""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from nba_assets.partitions import week_of
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table


def partition_name(table: Table, day: date) -> str:
    """`raw.schedule/2024-03-02`: what a date reads of a table; of a week its Monday, without dates the table."""
    if table.is_undated:
        return table.name
    return f"{table.name}/{week_of(day) if table.is_weekly else day}"


def digest_read(warehouse: Warehouse, table: Table, day: date) -> str | None:
    """The digest of what a date reads of a table; None where it is not published."""
    return warehouse.digest(table, week_of(day) if table.is_weekly else day)


def with_input_digests(rows: pa.Table, digests: Mapping[str, str]) -> pa.Table:
    """The rows with `input_digests` filled.

    Args:
        rows: of one date of a table with that column.
        digests: of what the date reads of each input, by `partition_name`.
    """
    inputs = [f"{name}@{digest}" for name, digest in sorted(digests.items())]
    values = pa.array([inputs] * rows.num_rows, pa.list_(pa.string()))
    return rows.set_column(rows.column_names.index("input_digests"), "input_digests", values)
