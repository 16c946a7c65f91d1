"""Whether the yardstick makes what the platform published: a script that makes other rows measures nothing."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from nba_assets.definitions import TABLES
from nba_assets_tests.polars_yardstick.frames import col
from nba_assets_tests.polars_yardstick.tables import NAMES

TOLERANCE = 1e-9  # of floats, against the greater of 1 and their size
# A hash of every bit of the floats, the names of the partitions read, and what gates added in publishing.
NOT_COMPARED = {"feature_hash", "input_digests", "is_degraded", "degraded_reasons"}


def differences(made: Path, published: Path) -> list[str]:
    """Every column that differs, how often, and the first row where it does; NULL equals NULL alone.

    Args:
        made: what the script wrote, one file per table.
        published: the platform's warehouse with the same dates.
    """
    return [found for name in NAMES for found in _of_table(name, made, published)]


def _of_table(name: str, made: Path, published: Path) -> Iterator[str]:
    folder = published.joinpath(*name.split("."))
    theirs = pl.read_parquet(sorted(folder.glob("*/part-0.parquet")), hive_partitioning=False)
    ours = pl.read_parquet(made.joinpath(*name.split("."), "part-0.parquet"))
    if ours.schema != theirs.schema:
        odd = set(ours.schema.items()) ^ set(theirs.schema.items())
        yield f"{name}: columns differ: {sorted(map(str, odd))}"
        return
    key = list(dict.fromkeys(("game_date", *TABLES[name].key)))
    both = ours.join(theirs, on=key, how="inner", suffix=":published")
    if not ours.height == theirs.height == both.height:
        yield f"{name}: {ours.height} rows, {theirs.height} published, {both.height} in common"
    for column, kind in theirs.schema.items():
        if column in key or column in NOT_COMPARED:
            continue
        found = both.filter(_differs(col(column), col(f"{column}:published"), kind))
        if found.height:
            first = found.select(*key, column, f"{column}:published").row(0)
            yield f"{name}.{column}: {found.height} rows, {', '.join(map(str, first))}"


def _differs(ours: pl.Expr, theirs: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if not kind.is_float():
        return ours.ne_missing(theirs)
    far = (ours - theirs).abs() > TOLERANCE * pl.max_horizontal(1.0, theirs.abs())
    return (ours.is_null() != theirs.is_null()) | far.fill_null(value=False)
