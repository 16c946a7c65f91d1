"""Asking for a date and reading what landed: which requests are due, and which capture answers."""

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from nba_assets.landing.zone import DamagedFileError, LandingZone
from nba_assets.partitions import EASTERN, results_instant, season_of, slate_instant
from nba_assets.settings import Settings, SettingsError, claim
from nba_assets.sources.feed import ExpectedGame, Feed, Instant, Route, Subject, has_a_log
from nba_assets.sources.feeds import FEEDS, SCHEDULES
from nba_assets.sources.feeds.nba import NBA_SCHEDULE, expected_games
from nba_assets.sources.layout import Capture
from nba_assets.sources.nba import Schedule, is_expected, season_type_of
from nba_assets.sources.payload import Payload
from nba_assets.sources.request_log import RequestLog
from nba_assets.sources.teams import BY_NBA_ID
from nba_assets.sources.transport import Answer, Request, Transport

log = logging.getLogger(__name__)

# From tip to the earliest end of a game, with time-outs and the clock's rest; earlier nothing is asked.
GAME_LENGTH = timedelta(hours=2, minutes=30)
# Pages of one sweep: an incomplete one that is older is begun anew.
SWEEP = timedelta(hours=6)
# How long before its lock a snapshot is the closing one, which may use the credits in reserve: it is
# asked for ten minutes before.
CLOSING = timedelta(minutes=15)
# A report that is named by its hour is printed up to half an hour after it.
REPORT_DELAY = timedelta(minutes=30)

_TEAMS = {team.tricode: team for team in BY_NBA_ID.values()}


@dataclass(frozen=True)
class Refused:
    """A body that was passed over, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """A capture that answers for a subject, and those that had to be passed over.

    `payload` is None where no capture answers; `pages` are all of a paged feed, the first included;
    `corrections` counts the accepted captures of other bytes that it supersedes.
    """

    payload: Payload | None = None
    observed_at: datetime | None = None
    path: str = ""
    passed_over: tuple[Refused, ...] = ()
    route: Route | None = None
    pages: tuple[Payload, ...] = ()
    corrections: int = 0


@dataclass
class Asked:
    """What asking one feed for one date came to."""

    feed: str
    day: date
    requests: int = 0
    bodies: int = 0
    bytes: int = 0
    known: int = 0
    seconds: float = 0.0
    attempts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    no_data: list[str] = field(default_factory=list)
    not_due: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    fallbacks: list[str] = field(default_factory=list)
    clock_skew: list[str] = field(default_factory=list)
    skipped: str = ""
    note: str = ""

    @property
    def state(self) -> str:
        """skipped, incomplete, answered, not_due or empty: never one word for two of them."""
        if self.skipped:
            return "skipped"
        if self.failed:
            return "incomplete"
        if self.bodies or self.known:
            return "answered"
        return "not_due" if self.not_due else "empty"


_Judged = OrderedDict[object, tuple[Payload | None, str]]


class Desk:
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
        self.settings = settings
        if unknown := settings.feeds_off - {feed.name for feed in FEEDS}:
            raise SettingsError(
                f"NBA_ASSETS_FEEDS_OFF={','.join(sorted(unknown))}: there is no such feed;"
                f" there are {', '.join(feed.name for feed in FEEDS)}"
            )
        self._requests_log = requests
        self.transport = transport
        self.zone = zone
        self._opened: set[tuple[str, int]] = set()
        self._judged_files: dict[str, _Judged] = {}
        self._lock = threading.RLock()

    @contextmanager
    def recorded(self, run_id: str) -> Iterator[None]:
        """Requests of the block are logged as those of a run, and on disk when it ends."""
        if self._requests_log is None:
            yield
            return
        with self._requests_log.of_run(run_id):
            yield

    def instant(self, name: Instant, day: date) -> datetime:
        """The instant a date is asked and read for; what is known before tip is never cut later.

        `lock` is that of the date's last game; a single game's is `ExpectedGame.lock_at`.
        """
        as_of = self.settings.as_of
        if name == "results":
            return as_of or results_instant(day)
        season = season_of(day)
        if name == "lock":
            locks = [game.lock_at for game in self.expected(day) or ()]
            return self.cut(max(locks, default=slate_instant(day)))
        return self.cut(slate_instant(season.first if name == "opening" and season else day))

    def cut(self, cutoff: datetime) -> datetime:
        """A cut-off as NBA_ASSETS_AS_OF moves it: earlier, never later."""
        as_of = self.settings.as_of
        return min(cutoff, as_of) if as_of else cutoff

    def until(self, day: date) -> datetime | None:
        """The newest capture that results of a date may be read from; None is without limit.

        Results are facts: live, a date of last year can be fetched today.
        """
        if self.settings.source == "live" and not self.settings.as_of:
            return None
        return self.instant("results", day)

    def schedule(self, day: date, name: Instant = "results") -> Reading:
        """The season file as it answers for the date."""
        season = season_of(day)
        if season is None:
            raise ValueError(f"{day} lies between seasons: no season file speaks of it")
        return self.read(NBA_SCHEDULE, Subject(day, season), name)

    def read(self, feed: Feed, subject: Subject, name: Instant | datetime = "results") -> Reading:
        """The newest landed capture that the feed accepts, whichever route it came by."""
        return next(self.readings(feed, subject, name))

    def readings(
        self, feed: Feed, subject: Subject, name: Instant | datetime = "results"
    ) -> Iterator[Reading]:
        """All captures that the feed accepts, newest first, and at last a reading without payload.

        Args:
            feed: whose captures.
            subject: that they have to answer for.
            name: of the instant up to which they may have been observed, or the instant.
        """
        until: datetime | None
        if isinstance(name, datetime):
            until = name
        else:
            until = (
                self.until(subject.day) if name == "results" else self.instant(name, subject.day)
            )
        known = self.identified(feed, subject, until or _NO_LIMIT)
        found = [
            (capture, route, request)
            for route, request in self._requests(feed, known)
            for capture in self.zone.captures(request, until)
        ]
        found.sort(key=lambda item: item[0].observed_at, reverse=True)
        passed_over: tuple[Refused, ...] = ()
        for n, (capture, route, request) in enumerate(found):
            path = str(capture.path.relative_to(self.zone.root))
            observed_at = capture.observed_at
            assert known is not None
            payload, reason = self._judge(feed, known, capture, route)
            pages: tuple[Payload, ...] = (payload,) if payload else ()
            if payload is not None and feed.next_page:
                sweep = self._sweep(feed, known, route, request, capture, payload, until)
                pages, reason = sweep.pages, sweep.lacks
                # Known as a whole only when its last page came.
                observed_at = sweep.observed_at
            if payload is None or reason:
                passed_over += (Refused(path, reason),)
                continue
            older = [c for c, _, _ in found[n + 1 :]] if feed.per == "game" else []
            yield Reading(
                payload,
                observed_at,
                path,
                passed_over,
                route,
                pages,
                corrections=self._corrections(capture, older),
            )
        kept_apart = tuple(
            Refused(f"quarantine/landing/{path}", reason)
            for _, request in self._requests(feed, known)
            for path, reason in self.zone.evidence(request, until)
        )
        yield Reading(passed_over=passed_over + kept_apart)

    def expected(self, day: date) -> list[ExpectedGame] | None:
        """The date's games that must have results; None where no schedule has been accepted.

        The season file of NBA.com where there is one, else the first provider that lists the date.
        """
        season = season_of(day)
        if season is None:
            return []
        latest, slate = self.schedule(day).payload, self.schedule(day, "slate").payload
        if isinstance(latest, Schedule):
            return expected_games(day, latest, slate if isinstance(slate, Schedule) else None)
        for feed, games_in in SCHEDULES:
            reading = self.read(feed, Subject(day, season))
            if reading.payload is not None:
                return [
                    ExpectedGame("", game.away, game.home, game.tip_at, game.tip_at)
                    for game in games_in(reading.pages, day)
                    if is_expected(game.season_type, game.status)
                ]
        return None

    def claim_home(self) -> None:
        """Refuse to work on a home that holds games of the other world, simulated or real.

        Raises:
            SettingsError: saying which home, and what to do.
        """
        claim(self.settings.home, self.settings.source)

    def subjects(self, feed: Feed, day: date) -> tuple[list[Subject], str]:
        """What the feed has to be asked about for the date, and why nothing where it is nothing."""
        season = season_of(day)
        if season is None:
            return [], "off season"
        if feed.per in ("season", "league") or feed.is_schedule:
            return [Subject(day, season)], ""
        games = self.expected(day)
        if games is None:
            return [], "unknown"
        if not games:
            return [], "no games"
        if feed.per == "game":
            found = [Subject(day, season, _kind_of(g), g) for g in games]
        elif feed.per == "team":
            sides = sorted({side for g in games for side in (g.away, g.home)} & _TEAMS.keys())
            found = [Subject(day, season, team=_TEAMS[side]) for side in sides]
        elif feed.per == "hour":
            hours = sorted({_report_hour(c) for c in self._cutoffs(feed, day, games)})
            found = [Subject(day, season, hour=hour) for hour in hours]
        elif feed.by_season_type:
            kinds = sorted({_kind_of(g) for g in games})
            found = [Subject(day, season, kind) for kind in kinds if has_a_log(kind)]
            if not found:
                return [], "no game of the date is in a log"
        else:
            found = [Subject(day, season)]
        return found, ""

    def identified(self, feed: Feed, subject: Subject, until: datetime) -> Subject | None:
        """The subject with other providers' ids; None where no body up to the instant names it.

        The newest list can be yesterday's or lack the game: the newest one that names it counts.
        """
        if feed.ids is None:
            return subject
        about = subject if feed.ids.feed.per == "game" else replace(subject, game=None, team=None)
        for reading in self.readings(feed.ids.feed, about, until):
            for page in reading.pages:
                if found := feed.ids.find(page, subject):
                    return replace(subject, found=found)
        return None

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
        plan = [due for subject in subjects for due in self._asking(feed, subject, asked)]
        for due in self._affordable(feed, plan, asked):
            self._ask_about(feed, due, asked)
        if "opening" in feed.instants and not asked.failed:
            self._opened |= {(feed.name, subject.season.year) for subject in subjects}
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

    def _asking(self, feed: Feed, subject: Subject, asked: Asked) -> list["_Due"]:
        """The instants at which the subject is asked about, and where; live there is only now."""
        if self.settings.source == "live":
            if self.settings.odds_history and feed.history and self._is_past(feed, subject):
                missing = self._snapshots_missing(feed, subject, asked)
                return [_Due(subject, at, feed.history) for at in missing]
            reason = self._not_due(feed, subject)
            if reason == "known":
                asked.known += 1
            elif reason:
                asked.not_due.append(reason)
            return [] if reason else [_Due(subject, self.transport.now(), feed.routes)]
        if subject.hour:
            # A report is printed once: the first cut-off that looks back to it asks for it.
            games = self.expected(subject.day) or ()
            looking = (
                c
                for c in self._cutoffs(feed, subject.day, games)
                if _report_hour(c) == subject.hour
            )
            return [_Due(subject, min(looking), feed.routes)]
        found = set()
        for name in feed.instants:
            if name == "opening":
                # One instant for the whole season: answered once for all of its dates.
                season = (feed.name, subject.season.year)
                if season in self._opened:
                    continue
            if name == "lock":
                found |= set(
                    self._cutoffs(feed, subject.day, self.expected(subject.day) or (), subject)
                )
            else:
                found.add(self.instant(name, subject.day))
        return [_Due(subject, at, feed.routes) for at in sorted(found)]

    def _cutoffs(
        self,
        feed: Feed,
        day: date,
        games: Sequence[ExpectedGame],
        subject: Subject | None = None,
    ) -> list[datetime]:
        """The cut-offs of a date that a pre-game feed answers for, earliest first."""
        if subject and subject.game:
            games = [subject.game]
        elif subject and subject.team:
            games = [g for g in games if subject.team.tricode in (g.away, g.home)]
        found = {self.cut(game.lock_at) for game in games} if "lock" in feed.instants else set()
        if subject is None and "slate" in feed.instants:
            found.add(self.instant("slate", day))
        return sorted(found)

    def _snapshots_missing(self, feed: Feed, subject: Subject, asked: Asked) -> list[datetime]:
        """Live only: the cut-offs of a past date that neither a capture nor the archive answers yet."""
        missing = []
        for at in self._snapshots(feed, subject):
            newest = self.read(feed, subject, at).observed_at
            is_known = newest is not None and at - newest <= feed.max_age
            if not is_known and (known := self.identified(feed, subject, at)):
                asked_for = [feed.request(route, replace(known, at=at)) for route in feed.history]
                is_known = any(self.zone.captures(request, None) for request in asked_for)
            if is_known:
                asked.known += 1
            else:
                missing.append(at)
        return missing

    def _snapshots(self, feed: Feed, subject: Subject) -> list[datetime]:
        """The instants that a provider's archive is asked for about a subject."""
        cutoffs = self._cutoffs(feed, subject.day, self.expected(subject.day) or (), subject)
        return sorted({*cutoffs, self.instant("slate", subject.day)})

    def _affordable(self, feed: Feed, plan: list["_Due"], asked: Asked) -> list["_Due"]:
        """The whole plan where its host's credits allow it, else its closing snapshots, or nothing."""
        costs = [self._cost(feed, due) for due in plan]
        why = self.transport.affords(feed.host, sum(costs), is_closing=False)
        if not why:
            return plan
        closing = [n for n, due in enumerate(plan) if self._is_closing(feed, due)]
        if closing:
            cost = sum(costs[n] for n in closing)
            why_not_even = self.transport.affords(feed.host, cost, is_closing=True)
            closing, why = ([], why_not_even) if why_not_even else (closing, why)
        if len(closing) < len(plan):
            asked.failed.append(
                f"{feed.host}: {len(plan) - len(closing)} of {len(plan)} requests not asked,"
                f" the sweep does not fit: {why}"
            )
        return [plan[n] for n in closing]

    def _cost(self, feed: Feed, due: "_Due") -> int:
        """Credits that asking may cost; nothing where the subject's id is not known."""
        cost = due.routes[0].cost
        return cost if cost and self.identified(feed, due.subject, due.at) else 0

    def _is_closing(self, feed: Feed, due: "_Due") -> bool:
        """Whether what is asked is the last word before a lock, and no archive's."""
        if "lock" not in feed.instants or due.routes is feed.history:
            return False
        games = self.expected(due.subject.day) or ()
        locks = self._cutoffs(feed, due.subject.day, games, due.subject)
        return any(lock - CLOSING <= due.at <= lock for lock in locks)

    def _ask_about(self, feed: Feed, due: "_Due", asked: Asked) -> None:
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
    ) -> tuple[Payload | None, "_Why"]:
        """Ask, land and judge one body; without an accepted one, why there is none."""
        answer = self._get(request, at, asked)
        if answer.outcome == "body":
            _, payload, reason = self._kept(feed, subject, route, answer, asked)
            return payload, _Why(f"refused: {reason}", is_failure=True)
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
    ) -> tuple[Payload | None, "_Why"]:
        """Ask for all pages, each landed as it comes; a sweep that broke off goes on where it did."""
        first, missing = self._broken_off(feed, subject, route, request, at)
        while missing is not None:
            page, why = self._ask_one(feed, subject, route, missing, at, asked)
            if page is None and first is None:
                return None, why
            if page is None:
                return None, _Why(f"pages_complete: {missing}: {why.reason}", is_failure=True)
            first = first or page
            missing = _following(feed, request, page)
        return first, _Why("", is_failure=False)

    def _broken_off(
        self, feed: Feed, subject: Subject, route: Route, request: Request, at: datetime
    ) -> tuple[Payload | None, Request | None]:
        """First page and missing request of the newest sweep, if it broke off not long ago."""
        for capture in self.zone.captures(request, at)[:1]:
            payload, _ = self._judge(feed, subject, capture, route)
            if payload is None or at - capture.observed_at > SWEEP:
                break
            sweep = self._sweep(feed, subject, route, request, capture, payload, at)
            if sweep.missing is not None:
                return payload, sweep.missing
        return None, request

    def _sweep(
        self,
        feed: Feed,
        subject: Subject,
        route: Route,
        request: Request,
        capture: Capture,
        payload: Payload,
        until: datetime | None,
    ) -> "_Sweep":
        """The pages that landed after a first one, each no earlier than the one before it."""
        pages = [payload]
        observed_at = capture.observed_at
        # What came after the first page was asked for anew is a page of that later sweep.
        begun = [c.observed_at for c in self.zone.captures(request, until)]
        ended_at = min((at for at in begun if at > observed_at), default=_NO_LIMIT)
        while (following := _following(feed, request, pages[-1])) is not None:
            for later in reversed(self.zone.captures(following, until)):
                if not observed_at <= later.observed_at < ended_at:
                    continue
                page, _ = self._judge(feed, subject, later, route)
                if page is not None:
                    pages.append(page)
                    observed_at = later.observed_at
                    break
            else:
                lacks = f"pages_complete: {len(pages)} pages landed, {following} did not"
                return _Sweep(tuple(pages), observed_at, following, lacks)
        return _Sweep(tuple(pages), observed_at, None, "")

    def _get(self, request: Request, at: datetime, asked: Asked) -> Answer:
        answer = self.transport.get(request, at)
        asked.requests += 1
        asked.attempts += answer.attempts
        asked.seconds += answer.seconds
        asked.outcomes[answer.outcome] += 1
        if answer.skew:
            asked.clock_skew.append(f"{request}: {answer.skew.total_seconds():+.0f} s")
        if answer.outcome != "body" and answer.body:
            self.zone.keep_apart(answer)
        return answer

    def _kept(
        self, feed: Feed, subject: Subject, route: Route, answer: Answer, asked: Asked
    ) -> tuple[Capture, Payload | None, str]:
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
        payload, reason = self._judge(feed, subject, capture, route)
        if reason:
            log.warning("%s %s: refused %s: %s", feed.name, subject, path, reason)
        return capture, payload, reason

    def _requests(self, feed: Feed, subject: Subject | None) -> list[tuple[Route, Request]]:
        """Every GET whose captures answer for the subject; none where its ids are not known."""
        if subject is None:
            return []
        found = [(route, feed.request(route, subject)) for route in feed.routes]
        if feed.history:
            found += [
                (route, feed.request(route, replace(subject, at=at)))
                for route in feed.history
                for at in self._snapshots(feed, subject)
            ]
        return found

    def _corrections(self, capture: Capture, older: Sequence[Capture]) -> int:
        """How many different bodies the capture supersedes."""
        if not older:
            return 0
        return len({self.zone.digest(c) for c in older} - {self.zone.digest(capture)})

    def _is_past(self, feed: Feed, subject: Subject) -> bool:
        """Live only: whether what is asked now would come after the subject's last cut-off."""
        if self.settings.source != "live" or not feed.is_pregame:
            return False
        games = self.expected(subject.day) or ()
        cutoffs = self._cutoffs(feed, subject.day, games, subject)
        last = max([*cutoffs, self.instant("slate", subject.day)])
        return self.transport.now() > last

    def _not_due(self, feed: Feed, subject: Subject) -> str:
        """Live only: why there is nothing to ask now; "known" where the zone holds the answer."""
        now = self.transport.now()
        if self._is_past(feed, subject):
            return f"{subject}: past its cut-offs; what is known now was not known then"
        if not feed.is_pregame and subject.game and now < subject.game.tip_at + GAME_LENGTH:
            return f"{subject}: tips at {subject.game.tip_at:%Y-%m-%d %H:%MZ}"
        if (
            not feed.is_pregame
            and feed.per == "date"
            and "slate" not in feed.instants
            and now < slate_instant(subject.day) + timedelta(hours=8)
        ):
            return f"{subject.day}: no game can be over"
        newest = self.read(feed, subject, _NO_LIMIT)
        if newest.observed_at is None:
            return ""
        if feed.is_pregame or feed.per in ("season", "league"):
            return "known" if now - newest.observed_at < feed.max_age else ""
        return "known" if newest.observed_at >= results_instant(subject.day) else ""

    def _judge(
        self, feed: Feed, subject: Subject, capture: Capture, route: Route
    ) -> tuple[Payload | None, str]:
        # A season file answers for all of its dates, a league-wide one for all that ask at its
        # instant, and a PDF takes a while to read: each is parsed once for a range of dates.
        if feed.per in ("season", "league"):
            key: object = (feed.name, subject.season.year, capture.path)
        elif feed.kind == "pdf":
            key = (feed.name, str(subject), capture.path)
        else:
            return self._judged(feed, subject, capture, route)
        with self._lock:
            kept = self._judged_files.setdefault(feed.kind, OrderedDict())
            if key not in kept:
                kept[key] = self._judged(feed, subject, capture, route)
                while len(kept) > (_KEPT_REPORTS if feed.kind == "pdf" else _KEPT_FILES):
                    kept.popitem(last=False)
            kept.move_to_end(key)
            return kept[key]

    def _judged(
        self, feed: Feed, subject: Subject, capture: Capture, route: Route
    ) -> tuple[Payload | None, str]:
        try:
            return feed.judge(self.zone.body(capture), subject, route)
        except DamagedFileError as error:
            return None, str(error)


@dataclass(frozen=True)
class _Due:
    """What is asked about, the instant it is asked for, and the routes that can answer for it."""

    subject: Subject
    at: datetime
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class _Why:
    """Why there is no accepted body: a failure, or word that there is none."""

    reason: str
    is_failure: bool


@dataclass(frozen=True)
class _Sweep:
    """Pages that landed and when the last did; the missing request, and in words, where not all did."""

    pages: tuple[Payload, ...]
    observed_at: datetime
    missing: Request | None
    lacks: str


def _following(feed: Feed, request: Request, page: Payload) -> Request | None:
    """The GET of the page after this one; None at the last."""
    params = feed.next_page(page) if feed.next_page else None
    return replace(request, params={**request.params, **params}) if params else None


def _kind_of(game: ExpectedGame) -> str:
    return season_type_of(game.nba_game_id) if game.nba_game_id else "regular"


def _report_hour(cutoff: datetime) -> datetime:
    """The full Eastern hour whose report is surely printed at a cut-off."""
    printed = (cutoff - REPORT_DELAY).astimezone(EASTERN)
    return printed.replace(minute=0, second=0, microsecond=0).astimezone(cutoff.tzinfo)


_NO_LIMIT = datetime.max.replace(tzinfo=UTC)
# A parsed season file weighs some megabytes; a range of dates reads them in the order of its dates.
_KEPT_FILES = 24
# A report is small, and slow to read: those of two months.
_KEPT_REPORTS = 400
