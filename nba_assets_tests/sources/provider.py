"""A provider on 127.0.0.1 that answers as it is told, and a clock that does not wait."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

import requests

from nba_assets.sandbox.adapter import SandboxAdapter


class TestClock:
    """A clock that stands still until it is told to sleep."""

    __test__ = False

    def __init__(self, now: datetime = datetime(2026, 1, 15, 17, tzinfo=UTC)) -> None:
        self.instant = now
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.instant += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Reply:
    """One answer.

    `length` is the Content-Length that is stated; `manner` how the body comes: at once, a byte at a
    time without end, or its first half and then silence.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    manner: Literal["at once", "dripping", "hanging", "mute"] = "at once"


class Seen(NamedTuple):
    path: str
    headers: Mapping[str, str]
    port: int


class Provider:
    """Serves what `serve` says for as long as the `with` block lasts; anything else is 404."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._pages: dict[str, list[Reply]] = {}
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.provider = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def serve(self, path: str, *replies: Reply) -> None:
        """The answers of a path (without its query), in order; the last one is repeated."""
        self._pages[path] = list(replies)

    def next_reply(self, path: str) -> Reply:
        replies = self._pages.get(path.partition("?")[0], [Reply(404, b"")])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def mount(self, session: requests.Session) -> None:
        """Send requests for `https://<host>/<path>` to `/<host>/<path>` of this provider."""
        session.mount("https://", SandboxAdapter(self.url, 0, Path("unused")))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some of the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        provider = self.server.provider
        provider.seen.append(Seen(self.path, dict(self.headers), self.client_address[1]))
        reply = provider.next_reply(self.path)
        if reply.manner == "mute":
            provider.released.wait(30)
            self.close_connection = True
            return
        self.send_response_only(reply.status)  # no Date: its clock is not the tests
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = len(reply.body) if reply.length is None else reply.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if reply.manner == "dripping":
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                if provider.released.wait(0.01):
                    break
            self.close_connection = True
        elif reply.manner == "hanging":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            provider.released.wait(30)
            self.close_connection = True
        else:
            self.wfile.write(reply.body)
            self.close_connection = length != len(reply.body)

    def log_message(self, *args: object) -> None:
        """Quiet."""
