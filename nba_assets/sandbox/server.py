"""The sandbox league behind real HTTP on 127.0.0.1. The clock is a request header.

`GET {url}/{provider host}/{path}?{query}` with `X-As-Of: 2025-10-22T16:00:00Z` answers as that
provider did at that instant; without the header, as after the season.
"""

import logging
import socket
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import ValidationError

from nba_assets.sandbox.exchange import (
    JSON_TYPE,
    Call,
    Reply,
    as_bytes,
    headers_of,
    honest,
    not_found,
)
from nba_assets.sandbox.faults import FaultBook, afflict
from nba_assets.sandbox.feed import Body, Document
from nba_assets.sandbox.feeds import route
from nba_assets.sandbox.league import League, parse_utc, utc_text

CACHED_BODIES = 256  # of about 25 kB, and one schedule of 2.5 MB a simulated day

_log = logging.getLogger(__name__)


class Request(NamedTuple):
    """One request as it was answered. `path` has the provider's host first and the query last.

    `at` is when it came in, in seconds of the server's clock.
    """

    method: str
    path: str
    as_of: datetime | None
    status: int
    at: float

    @property
    def host(self) -> str:
        """The provider's host."""
        return self.path.lstrip("/").partition("/")[0]


class SandboxServer:
    """Serves a league for as long as the `with` block lasts, on a free port of 127.0.0.1.

    `limits` gives requests per second by host; one above it is answered 429 with Retry-After.
    `clock` counts the seconds for these limits. `latency` is how many seconds every answer takes.
    """

    def __init__(
        self,
        league: League,
        faults: FaultBook | None = None,
        limits: Mapping[str, float] | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        latency: float = 0.0,
    ) -> None:
        """Bind a port (0: a free one); nothing is answered before the `with` block."""
        self.league = league
        self.faults = faults if faults is not None else FaultBook()
        self.requests: list[Request] = []
        self.limits = dict(limits or {})
        self.latency = latency
        self._clock = clock
        self._asked: Counter[str] = Counter()
        self._next_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._bodies: OrderedDict[tuple[Any, ...], Document] = OrderedDict()
        self.stopped = threading.Event()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.sandbox = self
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:{port}`, to which `/{provider host}/{path}` is added."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def stop(self) -> None:
        """Answer nobody any more, not even on connections that are still open."""
        self.stopped.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self._http.hang_up()

    def wait(self) -> None:
        """Return when the server is stopped by another thread."""
        self.stopped.wait()

    def _serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)

    def record(self, request: Request) -> None:
        """Remember a request for whoever counts them."""
        with self._lock:
            self.requests.append(request)
        # Without the query: it may hold the key of a client that has one.
        path = request.path.partition("?")[0]
        _log.debug("%s %s as of %s: %s", request.method, path, request.as_of, request.status)

    def requests_by_host(self) -> dict[str, int]:
        """How many requests each provider's host was sent, refused ones included."""
        with self._lock:
            return dict(Counter(request.host for request in self.requests))

    def now(self) -> float:
        """Seconds of the server's clock."""
        return self._clock()

    def reply(
        self, host: str, path: str, query: Mapping[str, str], as_of: datetime, url: str = ""
    ) -> Reply:
        """What a request for `url` (host, path and query as they were sent) is answered with.

        Faults are included, and so is the request in the count of those for its URL.
        """
        with self._lock:
            self._asked[url] += 1
            asked = self._asked[url]
        wait = self._wait(host)
        if wait > 0:
            headers = {"Retry-After": str(max(1, round(wait + 0.5)))}
            return Reply(status=429, text="Too Many Requests", headers=headers)
        routed = route(host, path, query)
        if routed is None:
            return not_found()
        feed, params = routed
        call = Call(self.league, feed, params, as_of, url, asked)
        hit = self.faults.afflicting(call)
        if hit:
            return afflict(hit, call, honest(call))
        observed_at = feed.observed_at(self.league, params, as_of)
        if observed_at is None:
            return not_found()
        body = self._rendered(call, observed_at)
        return Reply(body=body, observed_at=observed_at, headers=headers_of(call))

    def _rendered(self, call: Call, observed_at: datetime) -> Document:
        """The body's bytes; they depend on nothing but feed, parameters and `observed_at`."""
        key = (call.feed, *sorted(call.params.items()), observed_at)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        body: Body = call.feed.body(call.league, call.params, observed_at)
        content_type = body.content_type if isinstance(body, Document) else JSON_TYPE
        rendered = Document(as_bytes(body), content_type)
        with self._lock:
            self._bodies[key] = rendered
            while len(self._bodies) > CACHED_BODIES:
                self._bodies.popitem(last=False)
        return rendered

    def _wait(self, host: str) -> float:
        """Seconds until the host takes another request; 0 takes this one."""
        if host not in self.limits:
            return 0.0
        with self._lock:
            now = self._clock()
            wait = self._next_at.get(host, now) - now
            if wait <= 0:
                self._next_at[host] = now + 1 / self.limits[host]
            return max(wait, 0.0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a thread may be asleep in a slow answer
    sandbox: SandboxServer

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a slow answer is no error of ours; anything else is."""
        del request
        _log.warning("request from %s failed", client_address, exc_info=True)

    def hang_up(self) -> None:
        """Close every connection that a client keeps alive."""
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was first


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # Headers and body are two small writes: without this, each answer waits for the client's ACK.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        sandbox = self.server.sandbox
        arrived_at = sandbox.now()
        as_of, asked = sandbox.league.end, self.headers.get("X-As-Of")
        try:
            as_of = parse_utc(asked) if asked else as_of
        except ValueError as error:
            self._send(Reply(status=400, text=f"X-As-Of: {error}"), None, arrived_at)
            return
        url = urlsplit(self.path)
        host, _, path = url.path.lstrip("/").partition("/")
        try:
            query = dict(parse_qsl(url.query))
            reply = sandbox.reply(host, f"/{unquote(path)}", query, as_of, self.path)
        except ValidationError as error:  # somebody's hand-written book of faults
            reply = Reply(status=500, text=f"faults: {error}")
        reply.headers.setdefault("Date", format_datetime(as_of, usegmt=True) if asked else "")
        self._send(reply, as_of, arrived_at)

    def _send(self, reply: Reply, as_of: datetime | None, arrived_at: float) -> None:
        sandbox = self.server.sandbox
        sandbox.record(Request("GET", self.path, as_of, reply.status, arrived_at))
        content = reply.content()
        sent = content[: int(len(content) * reply.sent_share)]
        delay = sandbox.latency + reply.delay_seconds
        if delay and sandbox.stopped.wait(delay):
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        self.send_header("Date", reply.headers.pop("Date", "") or self.date_time_string())
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(int(len(content) * reply.declared_share)))
        if reply.observed_at is not None:
            self.send_header("X-Observed-At", utc_text(reply.observed_at))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self._write(sent, reply.seconds_per_byte)
        except ConnectionError:
            self.close_connection = True  # the client gave up, as it should on a slow answer
        if reply.sent_share < reply.declared_share:
            self.close_connection = True  # the promised rest never comes

    def _write(self, content: bytes, seconds_per_byte: float | None) -> None:
        if seconds_per_byte is None:
            self.wfile.write(content)
            return
        for at in range(len(content)):
            self.wfile.write(content[at : at + 1])
            if seconds_per_byte and self.server.sandbox.stopped.wait(seconds_per_byte):
                self.close_connection = True
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the name http.server passes
        _log.debug(format, *args)
