"""One full night of the sandbox under load: every nightly feed, an unsteady server, the live policies."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from nba_assets.landing.desk import Asked, Desk
from nba_assets.landing.rounds import Broken, ask_all
from nba_assets.landing.zone import LandingZone
from nba_assets.sandbox.adapter import SandboxAdapter
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.settings import Settings
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.pace import HostState, state_of
from nba_assets.sources.policy import POLICIES, HostPolicy
from nba_assets.sources.request_log import REQUEST_LOG, RequestLog
from nba_assets.sources.transport import Clock, Transport

# A twentieth of all answers are 429 or 503.
FLAKY = Fault(kind="flaky", share=0.05, retry_after=1)


class SkippingClock:
    """A clock on which every wait is over at once, shared by all who wait."""

    def __init__(self, start: datetime = datetime(2026, 1, 15, 12, tzinfo=UTC)) -> None:
        self._lock = threading.Lock()
        self._now = start

    def now(self) -> datetime:
        """The instant, UTC."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Night:
    """What asking for a night came to.

    `calls` are those that the server counted, by host; `states` what the platform keeps of the hosts.
    """

    day: date
    games: int
    asked: Sequence[Asked | Broken]
    calls: Mapping[str, int]
    refused: int
    states: Mapping[str, HostState]
    seconds: float

    @property
    def over_budget(self) -> dict[str, int]:
        """Hosts that the server saw more calls for than a day allows."""
        return {
            host: calls
            for host, calls in self.calls.items()
            if (budget := POLICIES[host].daily_budget) is not None and calls > budget
        }

    @property
    def opened(self) -> dict[str, str]:
        """Hosts whose breaker opened, or that stopped, and why."""
        return {host: s.stop_reason for host, s in self.states.items() if s.stopped_until}

    @property
    def unanswered(self) -> list[str]:
        """Due requests without a final answer."""
        found: list[str] = []
        for one in self.asked:
            found += [str(one)] if isinstance(one, Broken) else one.failed
        return found


def night_of(league: League, games: int) -> date:
    """The first date with so many games."""
    return next(day for day in sorted(league.dates) if len(league.games_on(day)) == games)


def faster(times: float) -> Mapping[str, HostPolicy]:
    """The live policies, every rate multiplied."""
    return {
        host: replace(policy, requests_per_second=policy.requests_per_second * times)
        for host, policy in POLICIES.items()
    }


def loaded_night(
    home: Path,
    league: League,
    day: date,
    policies: Mapping[str, HostPolicy],
    latency: float,
    clock: Clock,
) -> Night:
    """Ask every nightly feed for a date.

    Args:
        home: of the platform.
        league: that is served.
        day: that is asked for.
        policies: that are kept, budgets and breakers included.
        latency: seconds that every answer takes.
        clock: of the waits.
    """
    settings = Settings.load({"NBA_ASSETS_SOURCE": "sandbox"}, folder=home)
    settings = settings.model_copy(update={"home": home})
    feeds = [feed for feed in FEEDS if not feed.on_demand]
    with SandboxServer(league, FaultBook([FLAKY]), latency=latency) as server:
        log = RequestLog(home / REQUEST_LOG)
        adapter = SandboxAdapter(server.url, settings.sandbox_seed, home / "none")
        transport = Transport(
            lambda session: session.mount("https://", adapter),
            clock=clock,
            policies=policies,
            state=home / "hosts",
            witness=log,
        )
        zone = LandingZone(home / "landing", home / "quarantine" / "landing")
        desk = Desk(settings, transport, zone, log)
        started = time.monotonic()
        with desk.recorded("load"):
            asked = list(ask_all(desk, feeds, [day]))
        seconds = time.monotonic() - started
        calls = server.requests_by_host()
        refused = sum(request.status in (429, 503) for request in server.requests)
    states = {host: state_of(home / "hosts", host) for host in POLICIES}
    return Night(day, len(league.games_on(day)), asked, calls, refused, states, seconds)
