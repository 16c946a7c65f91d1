"""Where a response body lives: `<host>/<url path>/[<canonical query>/]<observed_at>.<ext>.gz`."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

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
    """The captures of a URL, oldest first; a folder that is not there has none."""
    try:
        names = sorted(path for path in folder.iterdir() if path.name.endswith(".gz"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [
        Capture(datetime.strptime(path.name.split(".")[0], STAMP).replace(tzinfo=UTC), path)
        for path in names
        if not path.name.startswith(".")
    ]


def _short(component: str) -> str:
    raw = component.encode()
    if len(raw) <= LONGEST_COMPONENT:
        return component
    digest = hashlib.sha256(raw).hexdigest()[:16]
    return f"{raw[:200].decode(errors='ignore')}~{digest}"
