"""Dagster's event log on SQLite, made bearable for thousands of events: its databases stay open meanwhile."""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

KEPT_OPEN = 8  # databases: the index, the runs, the schedules and the newest runs' own
PATIENCE = 30.0  # seconds to wait for another's write, as Dagster does


@contextmanager
def open_event_log() -> Iterator[None]:
    """Spare the disk within the block: half the time of a range run is SQLite's otherwise.

    Dagster opens and closes a connection for every statement of an event, and the last one to close a
    database writes its whole log back into it. One connection that does nothing keeps it open.

    Nor does a commit wait for the disk. What is published does, so that a power cut can lose the newest
    events of dates that are there, and never the other way round: such a date reads as it did before
    until it is materialized again. A process that is killed loses nothing.
    """
    idle: OrderedDict[str, sqlite3.Connection] = OrderedDict()
    lock = Lock()  # whichever thread connects, the idle ones are shared

    def keep_open(connection: Any, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous = NORMAL")
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        if not path:
            return
        with lock:
            if path not in idle:
                idle[path] = sqlite3.connect(path, PATIENCE, check_same_thread=False)
            idle.move_to_end(path)
            # Each time: a new database has no log yet, and only who has read it holds it open.
            idle[path].execute("PRAGMA schema_version").fetchone()
            if len(idle) > KEPT_OPEN:
                idle.popitem(last=False)[1].close()

    event.listen(Engine, "connect", keep_open)
    try:
        yield
    finally:
        event.remove(Engine, "connect", keep_open)
        with lock:
            for connection in idle.values():
                connection.close()
