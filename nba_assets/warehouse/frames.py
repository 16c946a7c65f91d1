"""Frames as typed rows of a contract: what is made with pandas, ready to be staged. Pure."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow as pa

from nba_assets.warehouse.table import Table

# Whole numbers and flags that may be missing; pandas' own types know no NULL.
_NULLABLE = {"INT64": pd.Int64Dtype(), "BOOL": pd.BooleanDtype()}


def typed(table: Table, frame: pd.DataFrame) -> pa.Table:
    """Arrow rows of the table; NaN is NULL, and so is a column that the frame does not have.

    Columns that the contract does not name are left out.

    Raises:
        TypeError: where a number is no whole one and its column holds whole ones.
    """
    columns = {}
    for column in table.columns:
        if column.name not in frame:
            columns[column.name] = pa.nulls(len(frame), column.arrow)
            continue
        values = frame[column.name]
        if nullable := _NULLABLE.get(column.type):
            values = values.astype(nullable)
        columns[column.name] = pa.Array.from_pandas(values, type=column.arrow)
    return pa.table(columns, schema=table.schema_of())


def keys_of(rows: pa.Table, names: Iterable[str]) -> list[tuple[Any, ...]]:
    """Of each row, the values of these columns."""
    return list(zip(*(rows[name].to_pylist() for name in names), strict=True))
