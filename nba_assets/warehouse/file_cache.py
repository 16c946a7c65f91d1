"""Parquet files that this process has read or written, in memory. What is on disk decides: a replaced file is read anew."""

import os
from collections import OrderedDict
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.parquet as pq

PER_COLUMN = 1024  # bytes, measured
Version = tuple[int, int, int]  # inode, time of the last change in ns, bytes


class FileCache:
    """Columns of files, the least recently used forgotten first.

    A range run reads most tables several times, a small file per date: opening them costs more than
    the queries over them.

    Args:
        limit: bytes that are remembered.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._files: OrderedDict[Path, tuple[Version, pa.Table]] = OrderedDict()
        self._lock = Lock()  # sensors of one process read in threads

    def read(self, path: Path, schema: pa.Schema) -> pa.Table:
        """Columns of a file, as the schema says.

        Raises:
            FileNotFoundError: where there is no such file.
            OSError, pa.ArrowException: where it is not what was written.
        """
        # One open file for its version and its bytes: by its name it may be another a moment later.
        with path.open("rb", buffering=0) as handle:
            version = version_of(os.fstat(handle.fileno()))
            known = self._found(path, version)
            held = () if known is None else known.column_names
            unread = [name for name in schema.names if name not in held]
            if known is None or unread:
                # Of a small file, threads and reading ahead cost more than they save.
                file = pq.ParquetFile(pa.BufferReader(handle.readall()), pre_buffer=False)
                read = file.read(columns=unread, use_threads=False).replace_schema_metadata()
                known = _joined(known, read.cast(pa.schema([schema.field(n) for n in unread])))
                self.keep(path, version, known)
        return known.select(schema.names)

    def keep(self, path: Path, version: Version, rows: pa.Table) -> None:
        """Remember columns of a file, in place of what is known of it; nothing of one that is too large."""
        with self._lock:
            self._forget(path)
            if not rows.num_columns or _weight(rows) > self._limit:
                return
            self._files[path] = version, rows
            self._size += _weight(rows)
            while self._size > self._limit:
                self._forget(next(iter(self._files)))

    def _found(self, path: Path, version: Version) -> pa.Table | None:
        with self._lock:
            entry = self._files.get(path)
            if entry is None or entry[0] != version:
                return None
            self._files.move_to_end(path)
            return entry[1]

    def _forget(self, path: Path) -> None:
        if path in self._files:
            self._size -= _weight(self._files.pop(path)[1])


def version_of(status: os.stat_result) -> Version:
    """What tells a file from the one that replaces it."""
    return status.st_ino, status.st_mtime_ns, status.st_size


def _weight(rows: pa.Table) -> int:
    """Bytes of the values and of what stands around each column; the latter is most of a small file."""
    weight: int = rows.nbytes + rows.num_columns * PER_COLUMN
    return weight


def _joined(known: pa.Table | None, read: pa.Table) -> pa.Table:
    if known is None:
        return read
    for field in read.schema:
        known = known.append_column(field, read[field.name])
    return known
