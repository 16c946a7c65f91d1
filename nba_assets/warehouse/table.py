"""Table contracts as data: columns, types, units and key of every table. No I/O, no Dagster."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

import pyarrow as pa

ColumnType = Literal["STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP", "ARRAY<STRING>"]

# The one date of a table that has none.
UNDATED = date.min

_ARROW: dict[ColumnType, pa.DataType] = {
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "ARRAY<STRING>": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Column:
    """One column: its BigQuery type, what it is (with the unit), and what NULL means.

    A column without `null_means` is never NULL.
    """

    name: str
    type: ColumnType
    meaning: str
    null_means: str | None = None

    @property
    def arrow(self) -> pa.DataType:
        return _ARROW[self.type]


@dataclass(frozen=True)
class Table:
    """The promise of one table.

    Attributes:
        name: `schema.table`, the name of the asset and of its `.sql` file.
        row: what one row is: completes the sentence "One row per …".
        key: columns that are unique together; `game_date` is implied where it is a column.
        columns: in the order of the published file.
        may_not_know: what the row must not know, for the description; empty where nothing is cut.
        is_undated: one file for all time, rewritten whole. It has no column `game_date`; where a date
            is asked for, it is `UNDATED`.
        is_weekly: its dates are Mondays; a row serves the week that begins with it.
        has_every_game: every expected game of the date has to have a row. Where a game may rightly
            have none, the rows say themselves how complete their date is.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    may_not_know: str = ""
    is_undated: bool = False
    is_weekly: bool = False
    has_every_game: bool = True

    @property
    def schema_name(self) -> str:
        return self.name.split(".")[0]

    @property
    def table_name(self) -> str:
        return self.name.split(".")[1]

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema(
            [pa.field(c.name, c.arrow, nullable=c.null_means is not None) for c in self.columns]
        )

    def schema_of(self, columns: Collection[str] | None = None) -> pa.Schema:
        """Names and types of rows in memory, of all columns or of those; what may be NULL is the gate's business."""
        return pa.schema(
            [(c.name, c.arrow) for c in self.columns if columns is None or c.name in columns]
        )

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @cached_property
    def dated(self) -> "Table":
        """The table as it is staged and judged: an undated one with all rows on the date `UNDATED`."""
        if not self.is_undated:
            return self
        column = Column("game_date", "DATE", "the date of what has none")
        return replace(self, columns=(column, *self.columns), is_undated=False)

    @property
    def description(self) -> str:
        """The asset's description: "One row per …", then what the row may not know."""
        tail = f" {self.may_not_know}" if self.may_not_know else ""
        return f"One row per {self.row}.{tail}"

    def rows(self, rows: Iterable[dict[str, object]]) -> pa.Table:
        """Typed Arrow rows of this table; a missing key is NULL.

        Raises:
            pa.ArrowTypeError: naming the column, where a value is not of its type.
        """
        rows = list(rows)
        return pa.table(
            {c.name: self._array(c, [r.get(c.name) for r in rows]) for c in self.columns},
            schema=self.schema_of(),
        )

    def _array(self, column: Column, values: list[object]) -> pa.Array:
        # Arrow alone would cut 2.5 to 2 and take a text for the list of its letters.
        never = {"INT64": float, "ARRAY<STRING>": str}.get(column.type, ())
        try:
            if never and (wrong := [v for v in values if isinstance(v, never)]):
                raise pa.ArrowTypeError(f"found {wrong[0]!r}")
            return pa.array(values, column.arrow)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise pa.ArrowTypeError(
                f"{self.name}.{column.name} is {column.type}: {error}"
            ) from error


# Where a row comes from and how far it can be trusted; on every table from raw upward.
QUALITY = (
    Column(
        "source",
        "STRING",
        "provider feed that the row was taken from, `sandbox:` before a simulated one; `platform` of"
        " what the platform brings itself",
    ),
    Column(
        "source_score", "INT64", "0-100, trust in the source; the lowest of the required inputs"
    ),
    Column("quality_score", "INT64", "0-100, of which the tier is read"),
    Column(
        "quality_tier", "STRING", "gold >= 95, silver >= 75, bronze >= 50, poor >= 25, unusable"
    ),
    Column(
        "completeness_pct",
        "FLOAT64",
        "% of the date's expected games that are published; of injuries, that a source spoke of",
        "no games were expected",
    ),
    Column(
        "is_degraded",
        "BOOL",
        "the date lacks something, or a source of more trust had to be passed over",
    ),
    Column("degraded_reasons", "ARRAY<STRING>", "why; empty where not degraded"),
    Column("is_bootstrap", "BOOL", "within 14 days of the season's first published game date"),
)

# How a raw row can be traced to the very body it was read from.
LINEAGE = (
    Column("observed_at", "TIMESTAMP", "instant the body was received, UTC"),
    Column("landing_path", "STRING", "path of the body inside the landing zone"),
)
# A later capture that says the same is not a change of the table.
# So is what a row was made of: where it is made again of other inputs and says the same, it stays.
LINEAGE_COLUMNS = (*(c.name for c in LINEAGE), "input_digests")


def tier(score: int) -> str:
    """The quality tier of a 0-100 score (domain rules, section 1)."""
    for name, least in (("gold", 95), ("silver", 75), ("bronze", 50), ("poor", 25)):
        if score >= least:
            return name
    return "unusable"
