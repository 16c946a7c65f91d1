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
        deadline: for one call altogether, however slowly its bytes come or stop coming.
        tries: calls for one request, the first included.
        backoff: first wait after a retriable failure; doubles with jitter up to `backoff_cap`.
        retry_after: wait where a 429 states none.
        longest_wait: a `Retry-After` beyond it is not waited for: the host is left alone until then.
        stops_on: statuses whose first one stops the host for `cool_down`.
        cool_down: longer than any run. After it, and after `breaker_cool_down`, one probe is let
            through: its success opens the way for the others, its failure stops the host again.
        breaker_failures: so many failed calls in a row stop the host for `breaker_cool_down`; a 429 is
            none, it is waited out.
        breaker_cool_down: of that stop.
        daily_budget: calls of one UTC day, retries included; None is without limit.
        headers: sent with every request.

    Budget, stops and breaker hold where the pace is kept.
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
    breaker_failures: int = 5
    breaker_cool_down: float = 15 * 60.0
    daily_budget: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _BROWSER)


POLICIES: Mapping[str, HostPolicy] = {
    # Two rapid calls earned a 48-hour ban of the address on 25 January 2026.
    "cdn.nba.com": HostPolicy(requests_per_second=0.5, daily_budget=600),
    # Cloud addresses hang until the time-out instead of being refused: two tries are enough.
    "stats.nba.com": HostPolicy(
        requests_per_second=1.0,
        tries=2,
        backoff_cap=30.0,
        stops_on=frozenset(),
        breaker_failures=3,
        breaker_cool_down=6 * 3600.0,
        daily_budget=400,
    ),
}

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
