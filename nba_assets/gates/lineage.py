"""What the rows of a date were made of, so that they tell it themselves later."""

from collections.abc import Mapping

import pyarrow as pa


def with_input_digests(rows: pa.Table, digests: Mapping[str, str]) -> pa.Table:
    """The rows with `input_digests` filled.

    Args:
        rows: of one date of a table with that column.
        digests: of the date's partition of each input, by table.
    """
    inputs = [f"{table}@{digest}" for table, digest in sorted(digests.items())]
    values = pa.array([inputs] * rows.num_rows, pa.list_(pa.string()))
    return rows.set_column(rows.column_names.index("input_digests"), "input_digests", values)
