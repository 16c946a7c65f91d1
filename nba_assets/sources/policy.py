"""Provider policy as data: pace, patience and the meaning of each status, one row per host."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_AGENT = {
    "User-Agent": "nba_assets (open data platform; +https://github.com/nba-assets/nba_assets)",
    "Accept": "*/*",
}
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36",
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "en-US,en;q=0.9",
    # Without it every path of the CDN has answered 403 since May 2026.
    "Referer": "https://www.nba.com/",
    "Origin": "https://www.nba.com",
}


_PASSING = frozenset({"rate_limited", "server", "timeout", "not_whole"})


@dataclass(frozen=True)
class Key:
    """Where a host wants its key, and which setting has it.

    Attributes:
        setting: name of the environment variable.
        header: that carries the key.
        param: of the query that carries the key.
    """

    setting: str
    header: str = ""
    param: str = ""


@dataclass(frozen=True)
class Credits:
    """A budget that the provider counts, in its answers' headers.

    Attributes:
        last: header with the credits that the call cost.
        remaining: header with those that are left this month.
        reserved: share of what is left that only the last snapshots before a lock may use.
    """

    last: str = "x-requests-last"
    remaining: str = "x-requests-remaining"
    reserved: float = 0.1


@dataclass(frozen=True)
class HostPolicy:
    """How one host wants to be asked. Times are seconds.

    Attributes:
        requests_per_second: pace, kept for live hosts (and where the sandbox states one).
        provider: whose host it is, as the request log and `doctor` name it.
        burst: calls that may follow one another at once after a pause.
        timeout: connect, and silence between two bytes.
        deadline: for one call altogether, however slowly its bytes come or stop coming.
        tries: calls for one request, the first included.
        retries: the outcomes after which there is another one.
        backoff: first wait after a retriable failure; doubles with jitter up to `backoff_cap`.
        retry_after: wait where a 429 states none.
        longest_wait: a `Retry-After` beyond it is not waited for: the host is left alone until then.
        stops_on: statuses whose first one stops the host for `cool_down`.
        cool_down: longer than any run. After it, and after `breaker_cool_down`, one probe is let
            through: its success opens the way for the others, its failure stops the host again.
        breaker_failures: so many failed calls in a row stop the host for `breaker_cool_down`; a 429 is
            none, it is waited out.
        breaker_cool_down: of that stop.
        absent: statuses that say "there is none, or not yet": answers, and no failures.
        daily_budget: calls of one UTC day, retries included; None is without limit.
        credits: the budget that the provider counts; None where calls cost nothing.
        key: what it wants to be asked with; None where it is keyless.
        headers: sent with every request.

    Budget, stops and breaker hold where the pace is kept.
    """

    requests_per_second: float
    provider: str = "other"
    burst: int = 1
    timeout: float = 20.0
    deadline: float = 30.0
    tries: int = 3
    retries: frozenset[str] = _PASSING
    backoff: float = 5.0
    backoff_cap: float = 60.0
    retry_after: float = 60.0
    longest_wait: float = 120.0
    stops_on: frozenset[int] = frozenset()
    cool_down: float = 24 * 3600.0
    breaker_failures: int = 5
    breaker_cool_down: float = 15 * 60.0
    absent: frozenset[int] = frozenset({204, 404})
    daily_budget: int | None = None
    credits: Credits | None = None
    key: Key | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _AGENT)


_HOUR = 3600.0

POLICIES: Mapping[str, HostPolicy] = {
    # Two rapid calls earned a 48-hour ban of the address on 25 January 2026.
    "cdn.nba.com": HostPolicy(
        0.5, "nba", stops_on=frozenset({403}), daily_budget=600, headers=_BROWSER
    ),
    # Cloud addresses hang until the time-out instead of being refused: two tries are enough.
    "stats.nba.com": HostPolicy(
        1.0,
        "nba",
        tries=2,
        backoff_cap=30.0,
        breaker_failures=3,
        breaker_cool_down=6 * _HOUR,
        daily_budget=400,
        headers=_BROWSER,
    ),
    # 403 is how this host says that a report is not published yet.
    "ak-static.cms.nba.com": HostPolicy(
        0.5,
        "nba",
        tries=2,
        backoff_cap=30.0,
        breaker_cool_down=_HOUR,
        absent=frozenset({204, 403, 404}),
        daily_budget=120,
        headers=_BROWSER,
    ),
    "statsdmz.nba.com": HostPolicy(
        0.2,
        "nba",
        timeout=60.0,
        deadline=90.0,
        tries=2,
        backoff=10.0,
        breaker_failures=3,
        breaker_cool_down=6 * _HOUR,
        absent=frozenset({204, 403, 404}),
        daily_budget=60,
        headers=_BROWSER,
    ),
    "official.nba.com": HostPolicy(
        0.2,
        "nba",
        tries=2,
        backoff=10.0,
        breaker_failures=3,
        breaker_cool_down=2 * _HOUR,
        daily_budget=24,
        headers=_BROWSER,
    ),
    "site.api.espn.com": HostPolicy(1.0, "espn", burst=2, tries=4, backoff=2.0, daily_budget=500),
    # The pace of the free tier; a paid one allows 1 or 10 requests a second.
    "api.balldontlie.io": HostPolicy(
        0.08,
        "balldontlie",
        tries=5,
        backoff=60.0,
        backoff_cap=1800.0,
        breaker_failures=10,
        breaker_cool_down=300.0,
        daily_budget=2000,
        key=Key("BALLDONTLIE_API_KEY", header="Authorization"),
    ),
    "api.the-odds-api.com": HostPolicy(
        2.0,
        "odds_api",
        backoff=2.0,
        backoff_cap=30.0,
        credits=Credits(),
        key=Key("ODDS_API_KEY", param="apiKey"),
    ),
    # Data centres and a missing key were answered 403 from 22 to 24 January 2026.
    "api.bettingpros.com": HostPolicy(
        0.4,
        "bettingpros",
        timeout=45.0,
        deadline=60.0,
        breaker_failures=3,
        breaker_cool_down=_HOUR,
        daily_budget=400,
        key=Key("BETTINGPROS_API_KEY", header="X-Api-Key"),
        headers=_AGENT
        | {"Origin": "https://www.bettingpros.com", "Referer": "https://www.bettingpros.com/"},
    ),
    # Above 20 requests a minute it bans the address for an hour.
    "www.basketball-reference.com": HostPolicy(
        0.16,
        "basketball_reference",
        tries=2,
        retries=frozenset({"server", "not_whole"}),
        backoff=60.0,
        backoff_cap=300.0,
        retry_after=_HOUR,
        stops_on=frozenset({429}),
        cool_down=_HOUR,
        breaker_cool_down=_HOUR,
        daily_budget=1000,
        headers=_AGENT | {"Accept": "text/html"},
    ),
    # 309 of 309 attempts failed in January 2026.
    "www.googleapis.com": HostPolicy(
        0.2,
        "bigdataball",
        tries=1,
        breaker_cool_down=24 * _HOUR,
        daily_budget=30,
        key=Key("BIGDATABALL_API_KEY", param="key"),
    ),
}

KEYS = tuple(policy.key.setting for policy in POLICIES.values() if policy.key)

# What a status means, in the words of the request log.
MEANING: Mapping[int, str] = {
    204: "no content",
    400: "malformed request: our defect, report it",
    401: "auth: check the provider's key",
    403: "blocked: the address is refused, or the file is not there yet",
    404: "not found",
    407: "proxy settings: check HTTPS_PROXY",
    410: "retired by the provider",
    422: "malformed request: our defect, report it",
    429: "rate limited",
}
