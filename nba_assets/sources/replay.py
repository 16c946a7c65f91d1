"""Answers GETs from archives in the landing layout, as of an instant."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from nba_assets.sources.layout import captures_in, url_folder
from nba_assets.sources.transport import AS_OF_HEADER, NOT_IN_ARCHIVE, OBSERVED_AT_HEADER


class ReplayAdapter(BaseAdapter):
    """Serves the newest capture not later than the request's as-of instant; else 404, a final answer.

    Args:
        roots: archive folders; where two hold the same instant of a URL the later root wins.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        super().__init__()
        missing = [str(root) for root in roots if not root.is_dir()]
        if missing:
            raise FileNotFoundError(f"NBA_ASSETS_REPLAY_ROOTS: no folder {', '.join(missing)}")
        self._roots = roots

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        """One answer from the archive, in the form of the wire."""
        as_of = datetime.fromisoformat(request.headers[AS_OF_HEADER])
        found = {
            capture.observed_at: capture.path
            for root in self._roots
            for capture in captures_in(root / url_folder(str(request.url)))
            if capture.observed_at <= as_of
        }
        if not found:
            return _response(request, 404, NOT_IN_ARCHIVE, b"", {})
        newest = max(found)
        body = _unpacked(found[newest].read_bytes())
        return _response(request, 200, "OK", body, {OBSERVED_AT_HEADER: newest.isoformat()})

    def close(self) -> None:
        """Nothing is held open."""


def _unpacked(packed: bytes) -> bytes:
    """The body, or as much of it as a damaged file still holds: the transport calls that not whole."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return unpacker.decompress(packed)
    except zlib.error:
        return b""


def _response(
    request: requests.PreparedRequest,
    status: int,
    reason: str,
    body: bytes,
    headers: dict[str, str],
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.reason = reason
    response.url = str(request.url)
    response.request = request
    response.headers.update(headers)
    response.raw = HTTPResponse(
        BytesIO(body), headers=headers, status=status, preload_content=False
    )
    return response
