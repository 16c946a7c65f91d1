"""Faults as data: what goes wrong, for which requests, how often. `breakage` has what they do."""

import datetime as dt  # the model has a field called `date`
import json
import os
import threading
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.breakage import KINDS
from nba_assets.sandbox.exchange import Call, Reply
from nba_assets.sandbox.feed import Provider, page_of


class Fault(BaseModel):
    """One way in which the sandbox misbehaves. Every selector that is left out matches everything.

    `date` is the Eastern date a request is about: a game's own, a log's first, a schedule's
    publication, and for what has no date the day on which it is asked for. `game` matches each request whose body holds that game, and a fault of content then
    touches that game alone. `page` is the page or cursor a request asks for, the first being `1`.
    `times` is how many matching requests are hit; None is all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    feed: str | None = None
    date: dt.date | None = None
    game: str | None = Field(default=None, description="NBA game id")
    host: str | None = None
    provider: Provider | None = None
    page: str | None = Field(default=None, description="of a paged feed: page number or cursor")
    times: int | None = Field(default=None, ge=1)
    id: str | None = Field(default=None, description="given by FaultBook.add")

    until: AwareDatetime | None = Field(default=None, description="late: visible from then on")
    seconds: float = Field(default=30.0, ge=0, description="slow: in all; drip: a byte")
    status: int = Field(default=503, ge=400, le=599, description="refused, partial_pages")
    statuses: tuple[int, ...] = Field(default=(429, 503), min_length=1, description="flaky")
    share: float = Field(default=0.05, ge=0, lt=1, description="flaky: of the answers")
    retry_after: int | None = Field(
        default=None, ge=0, description="refused, partial_pages, flaky: seconds"
    )
    games: int = Field(default=1, ge=0, description="short: how many are kept")
    is_length_honest: bool = Field(default=False, description="truncated: only the JSON is cut")
    field: str | None = Field(default=None, description="renamed_key, number_as_string: which")
    to: str | None = Field(default=None, description="renamed_key: the new name")
    player: int | None = Field(default=None, description="person id; else the game's top scorer")
    amount: int = Field(default=2, description="wrong_sum: points added to one player")
    hours: float = Field(default=8.0, ge=0, description="corrected: after the first body")

    @field_validator("kind")
    @classmethod
    def _kind_is_known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"no fault of kind {kind!r}: it is one of {', '.join(sorted(KINDS))}")
        return kind

    def matches(self, call: Call) -> bool:
        """Whether a request is one this fault is meant for."""
        feed = call.feed
        if self.feed not in (None, feed.name) or self.host not in (None, feed.host):
            return False
        if self.provider not in (None, feed.provider):
            return False
        if self.page not in (None, page_of(call.params)):
            return False
        if self.date is None and self.game is None:
            return True
        subject = feed.subject(call.league, call.params, call.as_of)
        return (
            subject is not None
            and self.date in (None, subject.day or eastern_date(call.as_of))
            and (self.game is None or subject.covers(self.game))
        )


_FAULTS = TypeAdapter(tuple[Fault, ...])


class FaultBook:
    """The faults in force, shared by the server's threads and, through a file, by other processes.

    With a path the book is that JSON file, read again whenever it has changed: adding a fault
    breaks a running sandbox, removing it mends it. Without a path it is in memory.
    """

    def __init__(self, faults: Iterable[Fault] = (), path: Path | None = None) -> None:
        """A book of these faults, written to `path` if there is one."""
        self.path = path
        self._lock = threading.Lock()
        self._faults: tuple[Fault, ...] = ()
        self._hits: Counter[Fault] = Counter()
        self._seen: tuple[int, int, int] | None = None
        for fault in faults:
            self.add(fault)

    @classmethod
    def load(cls, path: Path) -> "FaultBook":
        """The book of a file, which need not exist yet. Raises ValidationError for a broken one."""
        book = cls(path=path)
        book.faults()
        return book

    def faults(self) -> tuple[Fault, ...]:
        """The faults now in force, spent ones included."""
        with self._lock:
            self._reread()
            return self._faults

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and return it with the id it was given."""
        given = fault.model_copy(update={"id": fault.id or uuid.uuid4().hex[:8]})
        with self._lock:
            self._reread()
            self._write((*self._faults, given))
        return given

    def remove(self, fault_id: str) -> None:
        """Mend one fault; an unknown id is mended already."""
        with self._lock:
            self._reread()
            self._write(tuple(fault for fault in self._faults if fault.id != fault_id))

    def clear(self) -> None:
        """Mend everything."""
        with self._lock:
            self._write(())

    def afflicting(self, call: Call) -> tuple[Fault, ...]:
        """The faults that hit this request, each hit counted."""
        with self._lock:
            self._reread()
            hit = tuple(
                fault
                for fault in dict.fromkeys(self._faults)
                if (fault.times is None or self._hits[fault] < fault.times) and fault.matches(call)
            )
            self._hits.update(hit)
            return hit

    def _reread(self) -> None:
        if self.path is None:
            return
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            self._take((), None)
            return
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if seen != self._seen:
            self._take(_FAULTS.validate_json(self.path.read_bytes()), seen)

    def _take(self, faults: tuple[Fault, ...], seen: tuple[int, int, int] | None) -> None:
        # A fault that was mended and comes back starts counting anew.
        self._hits = Counter({f: n for f, n in self._hits.items() if f in faults})
        self._faults, self._seen = faults, seen

    def _write(self, faults: tuple[Fault, ...]) -> None:
        if self.path is not None:
            rows = [fault.model_dump(mode="json", exclude_defaults=True) for fault in faults]
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Renamed into place: a server that reads meanwhile never sees half a book.
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.{uuid.uuid4().hex}")
            draft.write_text(json.dumps(rows, indent=1) + "\n")
            draft.replace(self.path)
            stat = self.path.stat()
            self._take(faults, (stat.st_mtime_ns, stat.st_size, stat.st_ino))
            return
        self._take(faults, None)


def afflict(faults: Iterable[Fault], call: Call, reply: Reply) -> Reply:
    """Let each fault change the reply, in the order of the book."""
    for fault in faults:
        reply = KINDS[fault.kind](fault, call, reply)
    return reply
