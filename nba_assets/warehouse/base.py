"""What every warehouse promises: stage where nobody reads, publish a date whole or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

import pandas as pd
import pyarrow as pa

from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table


@dataclass(frozen=True)
class Published:
    """What publishing a date did."""

    rows: int
    digest: str
    changed: bool


class Staged(Protocol):
    """Rows of some dates of one table, computed and not yet published."""

    @property
    def table(self) -> Table: ...

    @property
    def dates(self) -> tuple[date, ...]: ...

    @property
    def rows(self) -> pa.Table: ...


S = TypeVar("S", bound=Staged)


class Warehouse(Protocol[S]):
    """Where tables live. DuckDB over Parquet is the embedded one; BigQuery fits the same calls."""

    def stage_rows(self, table: Table, dates: Sequence[date], rows: pa.Table, run_id: str) -> S:
        """Keep computed rows of the dates where no reader looks."""
        ...

    def stage_query(self, table: Table, dates: Sequence[date], query: Query, run_id: str) -> S:
        """Compute the dates with one query and keep the rows where no reader looks.

        The query sees the rows of the dates and, of the tables in its `history`, those of so many days
        before the first date up to the day before the last: of one date alone, nothing of it or later.
        """
        ...

    def publish(self, staged: S, day: date, rows: pa.Table) -> Published:
        """Replace one date with `rows`, atomically; rows that say the same change nothing."""
        ...

    def quarantine(self, table: Table, day: date, held: Mapping[str, pd.DataFrame]) -> None:
        """Keep the rows that each row gate held out of the date; no rows clears the date's quarantine."""
        ...

    def read(
        self, table: Table, dates: Sequence[date], columns: Collection[str] | None = None
    ) -> pa.Table:
        """The published rows of those dates that are published, in key order; of some columns or all."""
        ...

    def published_dates(self, table: Table, dates: Sequence[date]) -> set[date]:
        """Those of the dates that are published, empty ones included."""
        ...

    def digest(self, table: Table, day: date) -> str | None:
        """The digest that a date was published with; None where it is not published."""
        ...

    def discard(self, staged: S) -> None:
        """Forget what was staged."""
        ...
