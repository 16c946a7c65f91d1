"""Sends requests for providers to the sandbox league instead, over real HTTP."""

import atexit
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from nba_assets.sandbox.faults import FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer


class SandboxAdapter(HTTPAdapter):
    """`https://<host>/<path>` → `<sandbox>/<host>/<path>`.

    Args:
        url: of a running sandbox; None starts one with the first request and stops it with the process.
        seed: of the league that is started.
        faults: the fault book that is kept there, so that a person can break it from outside.
        limits: requests per second by host, above which the league that is started answers 429.
    """

    def __init__(
        self, url: str | None, seed: int, faults: Path, limits: Mapping[str, float] | None = None
    ) -> None:
        super().__init__()
        self._url = url
        self._seed = seed
        self._faults = faults
        self._limits = limits
        self._lock = threading.Lock()

    def send(
        self, request: requests.PreparedRequest, *args: object, **kwargs: object
    ) -> requests.Response:
        """The sandbox's answer."""
        parts = urlsplit(str(request.url))
        query = f"?{parts.query}" if parts.query else ""
        request.url = f"{self._base()}/{parts.netloc}{parts.path}{query}"
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]

    def _base(self) -> str:
        with self._lock:
            if self._url is None:
                server = SandboxServer(
                    League(self._seed), FaultBook.load(self._faults), self._limits
                )
                server.__enter__()
                atexit.register(server.stop)
                self._url = server.url
            return self._url
