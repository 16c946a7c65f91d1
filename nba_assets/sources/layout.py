"""Where a response body lives: `<host>/<url path>/[<canonical query>/]<observed_at>.<ext>.gz`."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

log = logging.getLogger(__name__)

STAMP = "%Y%m%dT%H%M%SZ"
SECRETS = frozenset({"apikey", "api_key", "key", "token", "access_token", "authorization"})
LONGEST_COMPONENT = 240  # bytes; file systems take 255, and a temporary name needs some of them


class Capture(NamedTuple):
    """One body of one URL, by the instant it was received."""

    observed_at: datetime
    path: Path


def url_folder(url: str, params: Mapping[str, str] | None = None) -> Path:
    """The folder of a URL's captures, relative to the root. Secrets and empty parameters stay out."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **(params or {})}
    kept = sorted((k, v) for k, v in query.items() if v and k.lower() not in SECRETS)
    levels = [parts.netloc, *parts.path.strip("/").split("/")]
    if kept:
        levels.append(urlencode(kept))
    return Path(*(_short(level) for level in levels))


def captures_in(folder: Path) -> list[Capture]:
    """The captures of a URL, oldest first; a folder that is not there has none, a foreign file is none."""
    try:
        names = sorted(path for path in folder.iterdir() if path.name.endswith(".gz"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [
        Capture(observed_at, path)
        for path in names
        if not path.name.startswith(".") and (observed_at := _stamped(path))
    ]


def _stamped(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name.split(".")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        _warn_once(path)
        return None


@cache
def _warn_once(path: Path) -> None:
    # A folder is read for each date: one stray file would otherwise fill the log of a season.
    log.warning("%s is no capture, its name is no instant: passed over", path)


def _short(component: str) -> str:
    raw = component.encode()
    if len(raw) <= LONGEST_COMPONENT:
        return component
    digest = hashlib.sha256(raw).hexdigest()[:16]
    return f"{raw[:200].decode(errors='ignore')}~{digest}"
