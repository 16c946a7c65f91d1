"""What two engines answered, side by side: column by column, row by row."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import get_args

import pyarrow as pa

from nba_assets.warehouse.table import Column, ColumnType
from nba_assets_tests.warehouse.reference import Answer

# Sums of floats depend on their order, and no engine promises one.
TOLERANCE = 1e-9


_NAMES: dict[pa.DataType, str] = {Column("", kind, "").arrow: kind for kind in get_args(ColumnType)}


class NothingToCompareError(AssertionError):
    """Both engines answered no rows: they agree on nothing."""


def differences(reference: Answer, duckdb: pa.Table, key: Sequence[str]) -> list[str]:
    """Each difference of columns, rows or cells as a sentence; empty where the engines agree.

    Rows are paired by `key`, which must be unique. Floats agree within a relative 1e-9; everything
    else is equal, NULL and the order of an array included.

    Raises:
        NothingToCompareError: where neither engine answered a row.
    """
    columns = tuple((field.name, bigquery_type(field.type)) for field in duckdb.schema)
    if columns != reference.columns:
        return [f"columns: BigQuery {reference.columns}, DuckDB {columns}"]
    names = [name for name, _ in columns]
    at = [names.index(name) for name in key]
    ours = _by_key(list(zip(*[c.to_pylist() for c in duckdb.columns], strict=True)), at)
    theirs = _by_key(reference.rows, at)
    if not ours and not theirs:
        raise NothingToCompareError("no engine answered a row")
    found = [f"{row}: only BigQuery answers it" for row in theirs.keys() - ours.keys()]
    found += [f"{row}: only DuckDB answers it" for row in ours.keys() - theirs.keys()]
    for row in theirs.keys() & ours.keys():
        found += [
            f"{row} {name}: BigQuery {expected!r}, DuckDB {given!r}"
            for name, expected, given in zip(names, theirs[row], ours[row], strict=True)
            if not _same(expected, given)
        ]
    return sorted(found)


def bigquery_type(arrow: pa.DataType) -> str:
    """BigQuery's name of a type that DuckDB answered with; Arrow's own where no contract has it."""
    if pa.types.is_list(arrow):
        return f"ARRAY<{bigquery_type(arrow.value_type)}>"
    # A sum of INT64 is a HUGEINT there, which the warehouse casts to what the contract declares.
    if pa.types.is_decimal(arrow) and arrow.scale == 0:
        return "INT64"
    return _NAMES.get(arrow, str(arrow))


def _by_key(rows: Sequence[tuple[object, ...]], at: Sequence[int]) -> dict[str, tuple[object, ...]]:
    keyed = {" ".join(str(row[i]) for i in at): row for row in rows}
    if len(keyed) != len(rows):
        raise AssertionError(f"{len(rows)} rows have {len(keyed)} keys: they cannot be paired")
    return keyed


def _same(expected: object, given: object) -> bool:
    if isinstance(given, Decimal):
        given = int(given)
    if isinstance(expected, float) and isinstance(given, float):
        if math.isnan(expected) or math.isnan(given):
            return math.isnan(expected) and math.isnan(given)
        return math.isclose(expected, given, rel_tol=TOLERANCE, abs_tol=0)
    return type(expected) is type(given) and expected == given
