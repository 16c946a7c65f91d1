"""The landing zone: bodies as providers sent them, never changed, never overwritten."""

import gzip
import hashlib
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nba_assets.sources.answer import Answer, Request
from nba_assets.sources.layout import STAMP, Capture, captures_in, url_folder
from nba_assets.warehouse.files import remove_orphans, write_new, write_whole


class DamagedFileError(ValueError):
    """A landed file that does not unpack: a fault of the disk, no answer of a provider."""


class LandingZone:
    """Bodies under `root`, refused halves and block pages under `quarantine`, in one layout."""

    def __init__(self, root: Path, quarantine: Path) -> None:
        self.root = root
        self._quarantine = quarantine
        self._kept: dict[Path, str] = {}

    def keep(self, request: Request, observed_at: datetime, body: bytes) -> Path:
        """Land a whole body; the same body of the same instant is landed once.

        Two different bodies of one instant are two captures, a second apart: none is overwritten.
        """
        return self._write(self.root, request, observed_at, body, request.kind)

    def keep_apart(self, answer: Answer) -> Path:
        """Keep what is not a body (half of one, a block page) as evidence, outside the zone.

        The facts of the request stand beside it, in `<name>.request.json`.
        """
        body = answer.body or b""
        extension = "html" if body.lstrip()[:1] == b"<" else answer.request.kind
        path = self._write(self._quarantine, answer.request, answer.observed_at, body, extension)
        facts = {
            "request": str(answer.request),
            "status": answer.status,
            "outcome": answer.outcome,
            "reason": answer.reason,
            "attempts": answer.attempts,
        }
        write_whole(_facts_beside(path), (json.dumps(facts, indent=1) + "\n").encode())
        return path

    def captures(self, request: Request, until: datetime | None) -> list[Capture]:
        """Captures of a URL up to an instant, newest first."""
        found = captures_in(self.root / url_folder(request.url, request.params))
        return [c for c in reversed(found) if until is None or c.observed_at <= until]

    def evidence(self, request: Request, until: datetime | None) -> list[tuple[Path, str]]:
        """What came for a URL and was kept apart up to an instant, newest first, and why."""
        found = captures_in(self._quarantine / url_folder(request.url, request.params))
        return [
            (c.path.relative_to(self._quarantine), _reason_beside(c.path))
            for c in reversed(found)
            if until is None or c.observed_at <= until
        ]

    def body(self, capture: Capture) -> bytes:
        """The body of a capture, verbatim.

        Raises:
            DamagedFileError: where the file does not unpack.
        """
        try:
            return gzip.decompress(capture.path.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise DamagedFileError(f"the file is damaged: {error}") from error

    def digest(self, capture: Capture) -> str:
        """SHA-256 of a capture's body; empty where the file is damaged."""
        return self._digest(capture.path)

    def _write(
        self, root: Path, request: Request, observed_at: datetime, body: bytes, extension: str
    ) -> Path:
        folder = root / url_folder(request.url, request.params)
        digest = hashlib.sha256(body).hexdigest()
        while True:
            path = folder / f"{observed_at.strftime(STAMP)}.{extension}.gz"
            if not path.exists():
                # Another process may land in the same second: whoever is first keeps the name.
                with suppress(FileExistsError):
                    # mtime 0: one body has one form on disk.
                    write_new(path, gzip.compress(body, compresslevel=6, mtime=0))
                    self._kept[path] = digest
                    return path
            if self._digest(path) == digest:
                remove_orphans(path)  # of a run that was killed with the body in its place
                return path
            observed_at += timedelta(seconds=1)

    def _digest(self, path: Path) -> str:
        if path not in self._kept:
            try:
                body = self.body(Capture(datetime.min.replace(tzinfo=UTC), path))
            except DamagedFileError:
                return ""  # equal to no body: the good one lands beside it
            self._kept[path] = hashlib.sha256(body).hexdigest()
        return self._kept[path]


def _facts_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.request.json")


def _reason_beside(path: Path) -> str:
    try:
        facts = json.loads(_facts_beside(path).read_text())
    except FileNotFoundError:  # killed between the body and its facts
        return "not whole, or of another kind"
    return f"{facts['outcome']}: {facts['reason']}"
