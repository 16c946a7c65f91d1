"""Publishes one date for ever, in turn with two versions of its rows, until its parent kills it."""

import sys
from datetime import date
from pathlib import Path

import pyarrow as pa

from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.table import Column, Table

PUBLISHED = "published"
DAY = date(2025, 11, 5)
TALLY = Table(
    name="raw.tally",
    row="number",
    key=("number",),
    columns=(
        Column("game_date", "DATE", "day"),
        Column("number", "INT64", "key"),
        Column("version", "STRING", "the same in all rows of a file"),
    ),
)


def warehouse_in(home: Path) -> DuckDBWarehouse:
    """The embedded warehouse of a home."""
    return DuckDBWarehouse(home / "warehouse", home / "quarantine", {TALLY.name: TALLY})


def version(name: str) -> pa.Table:
    """Rows of one version, enough of them for a write to take a while."""
    return TALLY.rows(
        {"game_date": DAY, "number": number, "version": name} for number in range(20_000)
    )


if __name__ == "__main__":
    warehouse = warehouse_in(Path(sys.argv[1]))
    versions = [version("old"), version("new")]
    staged = warehouse.stage_rows(TALLY, [DAY], versions[0], "killed")
    warehouse.publish(staged, DAY, versions[-1])
    print(PUBLISHED, flush=True)  # noqa: T201 the word its parent waits for
    while True:
        for rows in versions:
            warehouse.publish(staged, DAY, rows)
