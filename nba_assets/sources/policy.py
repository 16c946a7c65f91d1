"""Provider policy as data: pace, patience and the meaning of each status, one row per host."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36",
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "en-US,en;q=0.9",
    # Without it every path of the CDN has answered 403 since May 2026.
    "Referer": "https://www.nba.com/",
    "Origin": "https://www.nba.com",
}


@dataclass(frozen=True)
class HostPolicy:
    """How one host wants to be asked. Times are seconds.

    Attributes:
        requests_per_second: pace, kept for live hosts (and where the sandbox states one).
        timeout: connect, and silence between two bytes.
        deadline: for one call altogether, however slowly its bytes come.
        tries: calls for one request, the first included.
        backoff: first wait after a retriable failure; doubles with jitter up to `backoff_cap`.
        retry_after: wait where a 429 states none.
        longest_wait: a `Retry-After` beyond it is not waited for: the host is left alone until then.
        stops_on: statuses after which the host is left alone for `cool_down`.
        cool_down: longer than any run; a process that lives on asks again after it.
        headers: sent with every request.
    """

    requests_per_second: float
    timeout: float = 20.0
    deadline: float = 30.0
    tries: int = 3
    backoff: float = 5.0
    backoff_cap: float = 60.0
    retry_after: float = 60.0
    longest_wait: float = 120.0
    stops_on: frozenset[int] = frozenset({403})
    cool_down: float = 24 * 3600.0
    headers: Mapping[str, str] = field(default_factory=lambda: _BROWSER)


POLICIES: Mapping[str, HostPolicy] = {
    # Two rapid calls earned a 48-hour ban of the address on 25 January 2026.
    "cdn.nba.com": HostPolicy(requests_per_second=0.5),
    # Cloud addresses hang until the time-out instead of being refused: two tries are enough.
    "stats.nba.com": HostPolicy(
        requests_per_second=1.0,
        tries=2,
        backoff_cap=30.0,
        stops_on=frozenset({403, 429}),
        cool_down=6 * 3600.0,
    ),
}

RETRIABLE = frozenset({429, 500, 502, 503, 504})

# What a status means, in the words of the request log.
MEANING: Mapping[int, str] = {
    400: "malformed request: our defect, report it",
    401: "auth: check the provider's key",
    403: "blocked: the address is refused, or the file is not there yet",
    404: "not found",
    407: "proxy settings: check HTTPS_PROXY",
    410: "retired by the provider",
    422: "malformed request: our defect, report it",
    429: "rate limited",
}
