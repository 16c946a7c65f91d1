"""Files that appear whole or not at all. A write that was killed leaves nothing a reader can see."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

PARTIAL = ".partial"


def write_whole(path: Path, body: bytes) -> None:
    """Write `body` under `path` so that a reader sees the old file or the new one, never half.

    What a killed writer of the same path left behind is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_orphans(path)
    # Its own name for each write: two of one path, in whatever processes or threads, never share a file.
    partial = path.with_name(f".{path.name}.{uuid4().hex}{PARTIAL}")
    with partial.open("xb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not os.fstat(handle.fileno()).st_nlink:
            # Another writer took it for an orphan in the instant before it was locked.
            return write_whole(path, body)
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())
        partial.replace(path)
    return None


def remove_orphans(path: Path) -> None:
    """Remove what killed writers of the path left behind."""
    for partial in path.parent.glob(f".{path.name}.*{PARTIAL}"):
        # Gone: its writer is done. Locked: its writer lives; the lock of a killed one died with it.
        with suppress(FileNotFoundError, BlockingIOError), partial.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()
