"""The embedded warehouse: Parquet files per date, DuckDB in memory. No server, no account, no lock."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from nba_assets.partitions import dates_between
from nba_assets.warehouse.base import Published
from nba_assets.warehouse.file_cache import FileCache, version_of
from nba_assets.warehouse.files import remove_orphans, write_whole
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import LINEAGE_COLUMNS, UNDATED, Table

DIGEST_KEY = b"nba_assets.digest"
PART = "part-0.parquet"
# Bytes kept in memory: about what lies between raw and the features of a season.
REMEMBERED = 320 * 2**20
WORTH_THREADS = 8  # files
_TAIL = 8  # bytes behind a Parquet footer


class UnreadableDateError(RuntimeError):
    """A published file is damaged; the message names table, date and path, and what to do."""


@dataclass(frozen=True)
class StagedRows:
    """Rows of some dates in a staging folder, held by this process until they are discarded."""

    table: Table
    dates: tuple[date, ...]
    rows: pa.Table
    folder: Path
    lock: BinaryIO = field(repr=False)


class DuckDBWarehouse:
    """Tables under `root/<schema>/<table>/[game_date=YYYY-MM-DD/]part-0.parquet`.

    Args:
        root: the warehouse folder.
        quarantine: where held rows go, in the same layout with one file per gate.
        tables: the contracts by name; an upstream that is not published yet has its columns from here.
        memory_limit: DuckDB's, as "512MB".
        threads: DuckDB's, and of reading files.
    """

    def __init__(
        self,
        root: Path,
        quarantine: Path,
        tables: Mapping[str, Table],
        memory_limit: str = "512MB",
        threads: int = 2,
    ) -> None:
        self.root = root
        self.quarantine_root = quarantine
        self.tables = tables
        self._memory_limit = memory_limit
        self._threads = threads
        self._files = FileCache(REMEMBERED)

    def stage_rows(
        self, table: Table, dates: Sequence[date], rows: pa.Table, run_id: str
    ) -> StagedRows:
        """Keep rows in `root/.staging/<run>.<table>`; one key order, whatever order they came in."""
        rows = rows.sort_by([(name, "ascending") for name in _total_order(table, rows)])
        folder, lock = self._staging_folder(f"{run_id}.{table.name}")
        staged = StagedRows(table, tuple(dates), rows, folder, lock)
        try:
            _write(rows, folder / "rows.parquet")
        except BaseException:
            self.discard(staged)  # a lock that is left behind would hold the next attempt for ever
            raise
        return staged

    def stage_query(
        self, table: Table, dates: Sequence[date], query: Query, run_id: str
    ) -> StagedRows:
        """Run the query over the published files of exactly these dates and of its history.

        Of a table in the query's `history` the files of so many days before the first date are read,
        up to the day before the last: of one date alone, no file of it or of a later one is opened.
        """
        first, last = min(dates), max(dates)
        values = {"start_date": first, "end_date": last}
        columns = query.columns_read(self.tables)
        with self._connection() as connection:
            for name in query.upstreams:
                days = dates
                if name in query.history:
                    reach = timedelta(days=query.history[name])
                    days = dates_between(first - reach, last - timedelta(days=1))
                self._view(connection, self.tables[name], days, columns[name])
            found = connection.execute(
                query.duckdb, {k: v for k, v in values.items() if k in query.parameters}
            ).to_arrow_table()
        return self.stage_rows(table, dates, _as_declared(found, table), run_id)

    def publish(self, staged: StagedRows, day: date, rows: pa.Table) -> Published:
        """Replace one date; equal rows leave the file as it is, to the byte.

        `rows` are those of the staged rows of the date that passed. What a body was called and when
        it came is kept with the rows but is no part of the digest: a later capture that says the
        same is not a change.
        """
        table = staged.table
        if table.is_undated:
            rows = rows.drop_columns(["game_date"])
        digest = digest_of(rows, table.key)
        path = self.path(table, day)
        schema = _schema_of(path)
        if schema is not None and (schema.metadata or {}).get(DIGEST_KEY) == digest.encode():
            remove_orphans(path)
            return Published(rows.num_rows, digest, changed=False)
        rows = rows.cast(table.arrow_schema).replace_schema_metadata({DIGEST_KEY: digest.encode()})
        body = BytesIO()
        _write(rows, body)
        status = write_whole(path, body.getvalue())
        self._files.keep(path, version_of(status), rows.cast(table.schema_of()))
        return Published(rows.num_rows, digest, changed=True)

    def quarantine(self, table: Table, day: date, held: Mapping[str, pd.DataFrame]) -> None:
        """One Parquet file per gate that held rows; files of gates that hold nothing any more go."""
        folder = self.quarantine_root / table.schema_name / table.table_name / _dated(table, day)
        if not held and not folder.exists():
            return
        for stale in folder.glob("*.parquet"):
            if stale.stem not in held:
                stale.unlink(missing_ok=True)  # two runs of one date may both have listed it
        for gate, rows in held.items():
            body = BytesIO()
            rows.to_parquet(body, index=False)
            write_whole(folder / f"{gate}.parquet", body.getvalue())

    def read(
        self, table: Table, dates: Sequence[date], columns: Collection[str] | None = None
    ) -> pa.Table:
        """The published rows of those dates that are published, in key order; all of an undated table.

        Args:
            table: the contract.
            dates: to read; ignored of an undated table.
            columns: to read, in the contract's order; by default all.

        Raises:
            UnreadableDateError: where the file of a date is there and is not what was published.
        """
        schema = table.schema_of(columns)
        days = [UNDATED] if table.is_undated else sorted(dates)
        with self._readers(len(days)) as each:
            found = list(each(lambda day: self._part(table, day, schema), days))
        parts = [part for part in found if part is not None]
        return pa.concat_tables(parts) if parts else schema.empty_table()

    def published_dates(self, table: Table, dates: Sequence[date]) -> set[date]:
        """Those of the dates that have a file, and one that was written to its end."""
        return {day for day in dates if _is_whole(self.path(table, day))}

    def digest(self, table: Table, day: date) -> str | None:
        """The digest in the footer of a date's file; None where there is none that can be read."""
        schema = _schema_of(self.path(table, day))
        return ((schema.metadata or {}) if schema else {}).get(DIGEST_KEY, b"").decode() or None

    def discard(self, staged: StagedRows) -> None:
        """Remove the staging folder and let go of its lock."""
        shutil.rmtree(staged.folder, ignore_errors=True)
        Path(staged.lock.name).unlink(missing_ok=True)
        staged.lock.close()

    def path(self, table: Table, day: date) -> Path:
        """Where a date of a table is published."""
        return self.root / table.schema_name / table.table_name / _dated(table, day) / PART

    @contextmanager
    def _readers(self, files: int) -> Iterator[Callable[..., Iterator[pa.Table | None]]]:
        """A `map` over files: by threads, as half of what a small file takes is waiting; one is not worth them."""
        if files < WORTH_THREADS:
            yield map
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                yield pool.map

    def _part(self, table: Table, day: date, schema: pa.Schema) -> pa.Table | None:
        """Columns of a date's file, from memory where this process has had them; None without a file."""
        path = self.path(table, day)
        try:
            return self._files.read(path, schema)
        except FileNotFoundError:
            return None
        except (OSError, pa.ArrowException) as error:
            raise UnreadableDateError(
                f"{table.name} {day} cannot be read from {path} ({str(error).splitlines()[0]});"
                f" materialize {table.name.replace('.', '/')} again for {day}"
            ) from error

    def _staging_folder(self, name: str) -> tuple[Path, BinaryIO]:
        staging = self.root / ".staging"
        staging.mkdir(parents=True, exist_ok=True)
        for lock_path in staging.glob("*.lock"):
            _remove_if_orphaned(lock_path)
        lock = (staging / f"{name}.lock").open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.fstat(lock.fileno()).st_nlink:
            # Another run took it for an orphan in the instant before it was locked.
            lock.close()
            return self._staging_folder(name)
        folder = staging / name
        folder.mkdir(exist_ok=True)
        return folder, lock

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = duckdb.connect()
        try:
            # First of all: without it the date of an instant differs by machine.
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET memory_limit = '{self._memory_limit}'")
            connection.execute(f"SET threads = {self._threads}")
            yield connection
        finally:
            connection.close()

    def _view(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        dates: Sequence[date],
        columns: Collection[str],
    ) -> None:
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{table.schema_name}"')
        # Registered Arrow rather than read_parquet: a date that is being replaced meanwhile cannot
        # change between two scans of one query.
        alias = f"__{table.schema_name}__{table.table_name}"
        # In one piece: a batch per date would be hundreds of vectors that are mostly empty.
        connection.register(alias, self.read(table, dates, columns).combine_chunks())
        connection.execute(
            f'CREATE VIEW "{table.schema_name}"."{table.table_name}" AS SELECT * FROM "{alias}"'
        )


def digest_of(rows: pa.Table, key: Collection[str] = ()) -> str:
    """SHA-256 over all columns but the lineage ones; equal rows in equal order, equal digest.

    In a series of captures the instant is part of the key, and another instant another row.

    Taken of the rows as CSV, so that it depends on values alone: not on how a file or a buffer
    lays them out, nor on the version of the library that wrote it.
    """
    columns: dict[str, pa.ChunkedArray] = {}
    for column in rows.schema:
        if column.name in LINEAGE_COLUMNS and column.name not in key:
            continue
        name = f"{column.name} {column.type}"  # equal values of another type are a change
        if pa.types.is_list(column.type):
            columns[f"{name} length"] = pc.list_value_length(rows[column.name])
            columns[name] = pc.binary_join(rows[column.name], "\x1f")
        else:
            columns[name] = rows[column.name]
    text = BytesIO()
    csv.write_csv(pa.table(columns), text)
    return hashlib.sha256(text.getvalue()).hexdigest()


def _write(rows: pa.Table, to: Path | BytesIO) -> None:
    """As Parquet. Of small files, statistics, dictionaries and a tight compression cost more than they save."""
    pq.write_table(rows, to, compression="lz4", write_statistics=False, use_dictionary=False)


def _dated(table: Table, day: date) -> str:
    return "" if table.is_undated else f"game_date={day}"


def _schema_of(path: Path) -> pa.Schema | None:
    """The schema in the file's footer; None where there is no file, or none that can be read."""
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return None


def _is_whole(path: Path) -> bool:
    """Whether there is a file that ends as Parquet does: with its footer, the footer's length and a mark."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _TAIL, 0))
            tail = file.read()
    except OSError:
        return False
    footer = int.from_bytes(tail[:4], "little")
    return tail[4:] == b"PAR1" and 0 < footer <= size - _TAIL - len(b"PAR1")


def _total_order(table: Table, rows: pa.Table) -> list[str]:
    """The key first; then everything sortable, so that rows with one key have one order too."""
    first = [name for name in ("game_date", *table.key) if name in rows.column_names]
    rest = [f.name for f in rows.schema if f.name not in first and not pa.types.is_nested(f.type)]
    return list(dict.fromkeys([*first, *rest]))


def _as_declared(found: pa.Table, table: Table) -> pa.Table:
    """The query's columns in the contract's order and types; what does not fit is left for the gate."""
    declared = {c.name: c.arrow for c in table.columns}
    columns = {}
    for name in [n for n in table.column_names if n in found.column_names] + [
        n for n in found.column_names if n not in declared
    ]:
        column = found[name]
        wanted = declared.get(name, column.type)
        # HUGEINT sums arrive as decimals; any other difference of type is a contract break.
        if column.type != wanted and pa.types.is_decimal(column.type) and wanted == pa.int64():
            column = pc.cast(column, wanted)
        columns[name] = column
    return pa.table(columns)


def _remove_if_orphaned(lock_path: Path) -> None:
    # Gone: its run is done. Locked: its run lives; the lock of a killed one died with it.
    with suppress(FileNotFoundError, BlockingIOError), lock_path.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
        lock_path.unlink(missing_ok=True)
