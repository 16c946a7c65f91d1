"""Files that appear whole or not at all. A write that was killed leaves nothing a reader can see."""

import fcntl
import os
from pathlib import Path

PARTIAL = ".partial"


def write_whole(path: Path, body: bytes) -> None:
    """Write `body` under `path` so that a reader sees the old file or the new one, never half.

    What a killed writer of the same path left behind is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_orphans(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    with partial.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())
        partial.replace(path)


def _remove_orphans(path: Path) -> None:
    for partial in path.parent.glob(f".{path.name}.*{PARTIAL}"):
        with partial.open("rb") as handle:
            try:
                # A live writer holds its lock; the lock of a killed one died with it.
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            partial.unlink(missing_ok=True)
