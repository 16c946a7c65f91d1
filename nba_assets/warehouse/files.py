"""Files that appear whole or not at all. A write that was killed leaves nothing a reader can see."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

PARTIAL = ".partial"


def write_whole(path: Path, body: bytes) -> os.stat_result:
    """Write `body` under `path` so that a reader sees the old file or the new one, never half.

    What a killed writer of the same path left behind is removed first.

    Returns:
        the status of this very file, whoever replaces it next.
    """
    with _written_beside(path, body) as partial:
        status = partial.stat()
        partial.replace(path)
        _sync(path.parent)
    return status


def write_new(path: Path, body: bytes) -> None:
    """Write `body` under `path` as `write_whole` does, but only where nothing has that name.

    Raises:
        FileExistsError: where another writer, in whatever process, was first; its file stays.
    """
    with _written_beside(path, body) as partial:
        try:
            os.link(partial, path)
        finally:
            partial.unlink()
        _sync(path.parent)


def remove_orphans(path: Path) -> None:
    """Remove what killed writers of the path left behind."""
    for partial in path.parent.glob(f".{path.name}.*{PARTIAL}"):
        # Gone: its writer is done. Locked: its writer lives; the lock of a killed one died with it.
        with suppress(FileNotFoundError, BlockingIOError), partial.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()


@contextmanager
def _written_beside(path: Path, body: bytes) -> Iterator[Path]:
    """A file beside `path` that holds the body on disk, and is locked as long as it has that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_orphans(path)
    while True:
        # Its own name for each write: two of one path, in whatever processes or threads, never share a file.
        partial = path.with_name(f".{path.name}.{uuid4().hex}{PARTIAL}")
        with partial.open("xb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not os.fstat(handle.fileno()).st_nlink:
                # Another writer took it for an orphan in the instant before it was locked.
                continue
            handle.write(body)
            handle.flush()
            os.fsync(handle.fileno())
            yield partial
            return


def _sync(folder: Path) -> None:
    """A name that a power cut takes back would be a file that was reported and is not there."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
