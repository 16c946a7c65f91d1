"""Every request as a row: who was asked what, and how it ended. Queryable Parquet, one file per flush."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nba_assets.sources.answer import FINAL, Answer
from nba_assets.sources.policy import POLICIES
from nba_assets.warehouse.files import write_whole

# Buffered rows are lost with a killed process: few enough to be no loss, many enough for few files.
ROWS_PER_FILE = 500
# Below the home.
REQUEST_LOG = Path("warehouse") / "operations" / "request_log"

SCHEMA = pa.schema(
    [
        pa.field("asked_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("provider", pa.string(), nullable=False),
        pa.field("host", pa.string(), nullable=False),
        pa.field("endpoint", pa.string(), nullable=False),
        pa.field("params", pa.string(), nullable=False),
        pa.field("status", pa.int64()),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("is_failure", pa.bool_(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("attempts", pa.int64(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("seconds", pa.float64(), nullable=False),
        pa.field("latency_seconds", pa.float64(), nullable=False),
        pa.field("credits", pa.int64()),
        pa.field("run_id", pa.string(), nullable=False),
    ]
)


class RequestLog:
    """The rows of one process, written to `folder/day=YYYY-MM-DD/<run>-<n>.parquet` by the day asked.

    A row has no secret: endpoint and parameters are those that landing paths are made of. `asked_at`
    is when the request was begun, `seconds` are those of all its calls and waits, `latency_seconds`
    those of its last call. A process that is killed loses the rows it has not written, at most
    `ROWS_PER_FILE`.

    Args:
        folder: of the log.
        now: the clock, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] | None = None) -> None:
        self.folder = folder
        self._now = now or (lambda: datetime.now(UTC))
        self._rows: list[dict[str, object]] = []
        self._lock = threading.Lock()
        self._run_id = ""

    @contextmanager
    def of_run(self, run_id: str) -> Iterator[None]:
        """Rows of the block carry the run's id and are on disk when it ends."""
        before, self._run_id = self._run_id, run_id
        try:
            yield
        finally:
            self.flush()
            self._run_id = before

    def saw(self, answer: Answer) -> None:
        """Remember a request that was answered or given up."""
        request = answer.request
        policy = POLICIES.get(request.host)
        endpoint, _, params = str(request).partition("?")
        row = {
            "asked_at": self._now() - timedelta(seconds=answer.seconds),
            "provider": policy.provider if policy else "other",
            "host": request.host,
            "endpoint": endpoint,
            "params": params,
            "status": answer.status,
            "outcome": answer.outcome,
            "is_failure": answer.outcome not in FINAL,
            "reason": answer.reason,
            "attempts": answer.attempts,
            "bytes": len(answer.body or b""),
            "seconds": answer.seconds,
            "latency_seconds": answer.latency,
            "credits": answer.credits[0] if answer.credits else None,
            "run_id": self._run_id,
        }
        with self._lock:
            self._rows.append(row)
            is_full = len(self._rows) >= ROWS_PER_FILE
        if is_full:
            self.flush()

    def flush(self) -> None:
        """Write what is buffered, one file per day it was asked on."""
        with self._lock:
            rows, self._rows = self._rows, []
        days: dict[str, list[dict[str, object]]] = {}
        for row in rows:
            days.setdefault(f"{row['asked_at']:%Y-%m-%d}", []).append(row)
        for day, own in days.items():
            body = BytesIO()
            pq.write_table(pa.Table.from_pylist(own, schema=SCHEMA), body, compression="zstd")
            name = f"{self._run_id or 'no-run'}-{uuid.uuid4().hex[:8]}.parquet"
            write_whole(self.folder / f"day={day}" / name, body.getvalue())
