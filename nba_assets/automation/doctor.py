"""How the providers are: configured or not, how often they failed, and whether they answer now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console, JustifyMethod
from rich.table import Table as Grid

from nba_assets.landing.desk import Desk
from nba_assets.partitions import current_season
from nba_assets.sources.answer import Answer
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds import CANARIES, FEEDS
from nba_assets.sources.pace import HostState, state_of
from nba_assets.sources.policy import POLICIES, HostPolicy
from nba_assets.sources.request_log import REQUEST_LOG
from nba_assets.sources.teams import TEAMS


@dataclass(frozen=True)
class Canary:
    """What one small request came to just now."""

    outcome: str
    seconds: float
    reason: str = ""
    is_failure: bool = False


@dataclass(frozen=True)
class Checkup:
    """One host of a provider.

    Attributes:
        provider: whose it is.
        host: that is asked.
        key: its key as far as it may be told: the name of the setting, and whether it is set.
        skipped: why nothing is asked of it; empty where it is configured.
        requests: of the days looked at.
        failures: of them, by outcome.
        last_success: of them, UTC.
        state: its pace, in words: stopped, waited for, budget and credits.
        canary: None where none was sent.
    """

    provider: str
    host: str
    key: str
    skipped: str
    requests: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    last_success: datetime | None = None
    state: str = ""
    canary: Canary | None = None

    @property
    def is_ill(self) -> bool:
        """Whether it is configured and its canary failed."""
        return self.canary is not None and self.canary.is_failure


def checkups(desk: Desk, now: datetime, days: int) -> list[Checkup]:
    """Each host of the policy table, from the request log of the last days and its kept state."""
    home = desk.settings.home
    logged = _logged(home / REQUEST_LOG, now - timedelta(days=days))
    found = []
    for host, policy in POLICIES.items():
        requests, failures, last_success = logged.get(host, (0, {}, None))
        found.append(
            Checkup(
                policy.provider,
                host,
                _key_in_words(desk, host, policy),
                why_skipped(desk, host),
                requests,
                failures,
                last_success,
                state_in_words(state_of(desk.settings.hosts, host), policy, now),
            )
        )
    return found


def why_skipped(desk: Desk, host: str) -> str:
    """Why no feed asks the host; empty where one does."""
    reasons = [
        desk.why_skipped(feed)
        for feed in FEEDS
        if any(route.host == host for route in (*feed.routes, *feed.history))
    ]
    return "" if not reasons or not all(reasons) else reasons[0]


def with_canaries(desk: Desk, found: Sequence[Checkup], day: date, at: datetime) -> list[Checkup]:
    """The checkups with one request to each configured host that has a canary.

    Args:
        desk: whose transport, pace and request log are used; nothing lands.
        found: the checkups.
        day: what to ask about.
        at: the instant that an archive or the sandbox answers for.
    """
    with desk.recorded("doctor"):
        return [
            one
            if one.skipped or one.host not in CANARIES
            else replace(one, canary=_sent(desk, one.host, day, at))
            for one in found
        ]


def _key_in_words(desk: Desk, host: str, policy: HostPolicy) -> str:
    if policy.key is None:
        return "keyless"
    is_missing = desk.transport.missing_key(host)
    return f"{policy.key.setting} is {'not ' if is_missing else ''}set"


def _sent(desk: Desk, host: str, day: date, at: datetime) -> Canary:
    feed, route = CANARIES[host]
    request = feed.request(route, Subject(day, current_season(day), team=TEAMS[0]))

    def judged(answer: Answer) -> Answer:
        try:
            (route.payload or feed.payload).parse(answer.body or b"")
        except ValueError as error:
            # The first line alone: what follows repeats the body.
            reason = f"the body is not as its model has it: {str(error).splitlines()[0]}"
            return replace(answer, outcome="not_accepted", reason=reason)
        return answer

    answer = desk.transport.get(request, at, tries=1, judge=judged)
    if answer.outcome == "not_in_archive":
        return Canary(answer.outcome, answer.latency, "the archive has no such body")
    if answer.outcome != "body":
        return Canary(answer.outcome, answer.latency, f"{request}: {answer.reason}", True)
    return Canary("answers", answer.latency)


def state_in_words(state: HostState, policy: HostPolicy, now: datetime) -> str:
    """What the next request to a host would meet."""
    words = []
    if state.stopped_until and now < state.stopped_until:
        words.append(f"stopped until {state.stopped_until:%m-%d %H:%MZ}: {state.stop_reason}")
    elif state.stopped_until:
        words.append(f"the next call is a probe: {state.stop_reason}")
    elif state.failures:
        words.append(f"{state.failures} of {policy.breaker_failures} failures in a row")
    if state.wait_until and now < state.wait_until:
        words.append(f"asked to wait until {state.wait_until:%m-%d %H:%MZ}: {state.wait_reason}")
    today = state.requests if state.day == now.date() else 0
    if today:
        words.append(f"{today} of {policy.daily_budget or 'any number of'} requests today")
    if (
        policy.credits
        and state.credits_left is not None
        and state.credits_month == now.date().replace(day=1)
    ):
        words.append(f"{state.credits_left} credits left this month")
    return "; ".join(words)


def show(console: Console, found: Sequence[Checkup], days: int) -> None:
    """The table, and below it what is wrong, in words."""
    grid = Grid(title=f"Providers, the last {days} days", box=None, pad_edge=False)
    for name in ("provider", "host", "configured", "requests", "failed", "last success", "now"):
        justify: JustifyMethod = "right" if name in ("requests", "failed") else "left"
        # On a narrow terminal a host is folded, never cut.
        grid.add_column(name, justify=justify, overflow="fold")
    for one in found:
        failed = sum(one.failures.values())
        share = f"{failed} ({100 * failed / one.requests:.0f} %)" if one.requests else ""
        by_outcome = ", ".join(f"{n} {name}" for name, n in sorted(one.failures.items()))
        canary = one.canary
        grid.add_row(
            one.provider,
            one.host,
            "no" if one.skipped else one.key,
            str(one.requests or ""),
            f"{share} {by_outcome}".strip(),
            f"{one.last_success:%m-%d %H:%MZ}" if one.last_success else "",
            f"{canary.outcome} in {canary.seconds:.2f} s" if canary else "",
        )
    console.print(grid)
    for one in found:
        for words in (one.skipped, one.state, one.canary.reason if one.canary else ""):
            if words:
                console.print(f"{one.host}: {words}", markup=False, soft_wrap=True)


def _logged(
    folder: Path, since: datetime
) -> dict[str, tuple[int, dict[str, int], datetime | None]]:
    """Requests, failures by outcome and the newest success of each host."""
    if not any(folder.glob("*/*.parquet")):
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            SELECT host, outcome, is_failure, count(*), epoch(max(asked_at))
            FROM read_parquet($files) WHERE asked_at >= $since GROUP BY ALL
            """,
            {"files": str(folder / "*" / "*.parquet"), "since": since},
        ).fetchall()
    found: dict[str, tuple[int, dict[str, int], datetime | None]] = {}
    for host, outcome, is_failure, count, newest in rows:
        requests, failures, last_success = found.get(host, (0, {}, None))
        if is_failure:
            failures = {**failures, outcome: count}
        else:
            at = datetime.fromtimestamp(newest, since.tzinfo)
            last_success = max(at, last_success or at)
        found[host] = (requests + count, failures, last_success)
    return found
