"""Asking providers for a date and landing what they answer."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from nba_assets.landing.plan import GAME_LENGTH, REPORT_DELAY, Asked, Due, Plan
from nba_assets.landing.readings import NO_LIMIT, Reading, Readings, Refused, following, turns_back
from nba_assets.landing.zone import LandingZone
from nba_assets.settings import Settings, SettingsError, claim
from nba_assets.sources.answer import JUDGED, Answer, Request
from nba_assets.sources.feed import Feed, Route, Subject
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.layout import Capture
from nba_assets.sources.payload import Payload
from nba_assets.sources.request_log import RequestLog
from nba_assets.sources.transport import Transport

__all__ = ["GAME_LENGTH", "REPORT_DELAY", "SWEEP", "Asked", "Desk", "Reading", "Refused"]

log = logging.getLogger(__name__)

# Pages of one sweep: an incomplete one that is older is begun anew.
SWEEP = timedelta(hours=6)


@dataclass(frozen=True)
class _Why:
    """Why there is no accepted body: a failure, or word that there is none."""

    reason: str
    is_failure: bool


class Desk(Readings):
    """Where the platform asks providers and reads their answers: transport, zone and instants in one.

    Every read names the instant it may know; nothing here depends on when it runs but a live receipt.
    """

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        zone: LandingZone,
        requests: RequestLog | None = None,
    ) -> None:
        super().__init__(settings, zone)
        if unknown := settings.feeds_off - {feed.name for feed in FEEDS}:
            raise SettingsError(
                f"NBA_ASSETS_FEEDS_OFF={','.join(sorted(unknown))}: there is no such feed;"
                f" there are {', '.join(feed.name for feed in FEEDS)}"
            )
        self.transport = transport
        self._requests_log = requests
        self._plan = Plan(self, transport)

    @contextmanager
    def recorded(self, run_id: str) -> Iterator[None]:
        """Requests of the block are logged as those of a run, and on disk when it ends."""
        if self._requests_log is None:
            yield
            return
        with self._requests_log.of_run(run_id):
            yield

    def claim_home(self) -> None:
        """Refuse to work on a home that holds games of the other world, simulated or real.

        Raises:
            SettingsError: saying which home, and what to do.
        """
        claim(self.settings.home, self.settings.source)

    def known_until(self) -> datetime:
        """The instant after which nothing is known yet: NBA_ASSETS_AS_OF, or live the clock's."""
        if self.settings.as_of:
            return self.settings.as_of
        return self.transport.now() if self.settings.source == "live" else NO_LIMIT

    def subjects(self, feed: Feed, day: date) -> tuple[list[Subject], str]:
        """What the feed has to be asked about for the date, and why nothing where it is nothing."""
        return self._plan.subjects(feed, day)

    def why_skipped(self, feed: Feed) -> str:
        """Why the feed is not asked at all; empty where it is."""
        if feed.name in self.settings.feeds_off:
            return "switched off by NBA_ASSETS_FEEDS_OFF"
        if (self.settings.source == "live" or feed.is_optional) and (
            missing := self.transport.missing_key(feed.host)
        ):
            return f"not configured: {missing} is not set"
        return ""

    def ask(self, feed: Feed, day: date) -> Asked:
        """Ask for everything of the date that is due and land it.

        What a provider or the network does wrong is in the result, never raised.

        Raises:
            SettingsError: where the home holds games of the other world, simulated or real.
        """
        self.claim_home()
        asked = Asked(feed.name, day)
        if reason := self.why_skipped(feed):
            asked.skipped = asked.note = reason
            return asked
        subjects, why_none = self.subjects(feed, day)
        if why_none == "unknown":
            asked.failed.append(
                f"which games {day} has is not known: landing/{NBA_SCHEDULE.name} has no season file"
                " that was accepted; materialize it first"
            )
        asked.note = why_none
        wanted = [due for subject in subjects for due in self._plan.due(feed, subject, asked)]
        for due in self._plan.affordable(feed, wanted, asked):
            self._ask_about(feed, due, asked)
        if not asked.failed:
            self._plan.opened(feed, subjects)
        return asked

    def look(self, feed: Feed, subject: Subject, now: datetime) -> Payload | None:
        """One quick request whose answer is read and not landed: is there anything yet?"""
        with self.recorded(""):
            for route in feed.routes:
                answer = self.transport.get(feed.request(route, subject), now, tries=1)
                if answer.outcome == "body" and answer.body:
                    payload, _ = feed.judge(answer.body, subject, route)
                    if payload is not None:
                        return payload
        return None

    def _ask_about(self, feed: Feed, due: Due, asked: Asked) -> None:
        subject, at = due.subject, due.at
        known = self.identified(feed, subject, at)
        if known is None:
            assert feed.ids is not None
            asked.no_data.append(f"{subject}: landing/{feed.ids.feed.name} does not name it")
            return
        no_data: list[str] = []
        failed: list[str] = []
        for route in due.routes:
            request = feed.request(route, replace(known, at=at))
            if feed.next_page:
                found, why = self._ask_pages(feed, known, route, request, at, asked)
            else:
                found, why = self._ask_one(feed, known, route, request, at, asked)
            if found is not None:
                if found.is_empty:
                    asked.no_data.append(f"{request}: {feed.empty}")
                asked.fallbacks += failed
                return
            (failed if why.is_failure else no_data).append(f"{request}: {why.reason}")
        # An alternative that has no such file does not make up for one that failed.
        asked.failed += failed
        if not failed:
            asked.no_data += no_data

    def _ask_one(
        self,
        feed: Feed,
        subject: Subject,
        route: Route,
        request: Request,
        at: datetime,
        asked: Asked,
    ) -> tuple[Payload | None, _Why]:
        """Ask, land and judge one body; without an accepted one, why there is none."""
        found: list[Payload] = []

        def judged(answer: Answer) -> Answer:
            payload, reason = self._kept(feed, subject, route, answer, asked)
            if payload is None:
                return replace(answer, outcome="not_accepted", reason=reason)
            found.append(payload)
            return replace(answer, outcome="empty") if payload.is_empty else answer

        answer = self._get(request, at, asked, judged)
        if found:
            return found[0], _Why("", is_failure=False)
        if answer.outcome == "not_accepted":
            return None, _Why(f"refused: {answer.reason}", is_failure=True)
        if answer.is_final:
            return None, _Why(answer.outcome, is_failure=False)
        tries = f"({answer.attempts} tries)"
        return None, _Why(f"{answer.outcome}: {answer.reason} {tries}", is_failure=True)

    def _ask_pages(
        self,
        feed: Feed,
        subject: Subject,
        route: Route,
        request: Request,
        at: datetime,
        asked: Asked,
    ) -> tuple[Payload | None, _Why]:
        """Ask for all pages, each landed as it comes; a sweep that broke off goes on where it did."""
        first, missing = self._broken_off(feed, subject, route, request, at)
        seen = [request] if first else []
        while missing is not None:
            if missing in seen:
                return None, _Why(turns_back(missing), is_failure=True)
            seen.append(missing)
            page, why = self._ask_one(feed, subject, route, missing, at, asked)
            if page is None and first is None:
                return None, why
            if page is None:
                return None, _Why(f"pages_complete: {missing}: {why.reason}", is_failure=True)
            first = first or page
            missing = following(feed, request, page)
        return first, _Why("", is_failure=False)

    def _broken_off(
        self, feed: Feed, subject: Subject, route: Route, request: Request, at: datetime
    ) -> tuple[Payload | None, Request | None]:
        """First page and missing request of the newest sweep, if it broke off not long ago."""
        for capture in self.zone.captures(request, at)[:1]:
            payload, _ = self.judge(feed, subject, capture, route)
            if payload is None or at - capture.observed_at > SWEEP:
                break
            sweep = self.sweep(feed, subject, route, request, capture, payload, at)
            if sweep.missing is not None:
                return payload, sweep.missing
        return None, request

    def _get(
        self, request: Request, at: datetime, asked: Asked, judge: Callable[[Answer], Answer]
    ) -> Answer:
        answer = self.transport.get(request, at, judge=judge)
        asked.requests += 1
        asked.attempts += answer.attempts
        asked.seconds += answer.seconds
        asked.outcomes[answer.outcome] += 1
        if answer.skew:
            asked.clock_skew.append(f"{request}: {answer.skew.total_seconds():+.0f} s")
        if answer.outcome not in JUDGED and answer.body:
            self.zone.keep_apart(answer)
        return answer

    def _kept(
        self, feed: Feed, subject: Subject, route: Route, answer: Answer, asked: Asked
    ) -> tuple[Payload | None, str]:
        body = answer.body or b""
        observed_at = answer.observed_at
        if route in feed.history:
            # The provider's own archive: known since its snapshot, as a replay's body is.
            snapshot, _ = feed.judge(body, subject, route)
            observed_at = getattr(snapshot, "snapshot_at", None) or observed_at
        path = self.zone.keep(answer.request, observed_at, body)
        asked.bodies += 1
        asked.bytes += len(body)
        capture = Capture(observed_at, path)
        payload, reason = self.judge(feed, subject, capture, route)
        if reason:
            log.warning("%s %s: refused %s: %s", feed.name, subject, path, reason)
        return payload, reason
