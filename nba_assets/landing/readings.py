"""Reading back what landed: which capture answers for a subject as of an instant."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from nba_assets.landing.zone import DamagedFileError, LandingZone
from nba_assets.partitions import results_instant, season_of, slate_instant
from nba_assets.settings import Settings
from nba_assets.sources.answer import Request
from nba_assets.sources.feed import ExpectedGame, Feed, Instant, Route, Subject
from nba_assets.sources.feeds import SCHEDULES
from nba_assets.sources.feeds.nba import NBA_SCHEDULE, expected_games
from nba_assets.sources.layout import Capture
from nba_assets.sources.nba import Schedule, is_expected
from nba_assets.sources.payload import Payload

NO_LIMIT = datetime.max.replace(tzinfo=UTC)
# A parsed season file weighs some megabytes; a range of dates reads them in the order of its dates.
_KEPT_FILES = 24
# A report is small, and slow to read: those of two months.
_KEPT_REPORTS = 400

_Judged = OrderedDict[object, tuple[Payload | None, str]]


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


@dataclass(frozen=True)
class Sweep:
    """Pages that landed and when the last did; the missing request, and in words, where not all did."""

    pages: tuple[Payload, ...]
    observed_at: datetime
    missing: Request | None
    lacks: str


class Readings:
    """What landed, as of an instant. Every read names the instant it may know.

    Nothing here depends on when it runs.
    """

    def __init__(self, settings: Settings, zone: LandingZone) -> None:
        self.settings = settings
        self.zone = zone
        self._judged_files: dict[str, _Judged] = {}
        self._lock = threading.RLock()

    def instant(self, name: Instant, day: date) -> datetime:
        """The instant a date is asked and read for; what is known before tip is never cut later.

        `lock` and `closing` are those of the date's last game; a single game's are
        `ExpectedGame.lock_at` and `closing_at`.
        """
        as_of = self.settings.as_of
        if name == "results":
            return as_of or results_instant(day)
        season = season_of(day)
        if name in ("lock", "closing"):
            games = self.expected(day) or ()
            last = [game.lock_at if name == "lock" else game.closing_at for game in games]
            return self.cut(max(last, default=slate_instant(day)))
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

    def cutoffs(
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

    def closing(self, feed: Feed, subject: Subject) -> datetime | None:
        """The instant a feed is asked for a game's closing lines; None where it has none.

        It is apart from the cut-offs: only grading reads what is observed after the lock.
        """
        if subject.game is None or "closing" not in feed.instants:
            return None
        return self.cut(subject.game.closing_at)

    def snapshots(self, feed: Feed, subject: Subject) -> list[datetime]:
        """The instants that a provider's archive is asked for about a subject."""
        cutoffs = self.cutoffs(feed, subject.day, self.expected(subject.day) or (), subject)
        closing = self.closing(feed, subject)
        return sorted(
            {*cutoffs, self.instant("slate", subject.day), *([closing] if closing else [])}
        )

    def schedule(self, day: date, name: Instant = "results") -> Reading:
        """The season file as it answers for the date."""
        season = season_of(day)
        if season is None:
            raise ValueError(f"{day} lies between seasons: no season file speaks of it")
        return self.read(NBA_SCHEDULE, Subject(day, season), name)

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
        known = self.identified(feed, subject, until or NO_LIMIT)
        gets = self._gets(feed, known)
        found = [
            (capture, route, request)
            for route, request in gets
            for capture in self.zone.captures(request, until)
        ]
        found.sort(key=lambda item: item[0].observed_at, reverse=True)
        passed_over: tuple[Refused, ...] = ()
        for n, (capture, route, request) in enumerate(found):
            path = str(capture.path.relative_to(self.zone.root))
            observed_at = capture.observed_at
            assert known is not None
            payload, reason = self.judge(feed, known, capture, route)
            pages: tuple[Payload, ...] = (payload,) if payload else ()
            if payload is not None and feed.next_page:
                sweep = self.sweep(feed, known, route, request, capture, payload, until)
                pages, reason = sweep.pages, sweep.lacks
                # Known as a whole only when its last page came.
                observed_at = sweep.observed_at
            if payload is None or reason:
                passed_over += (Refused(path, reason),)
                continue
            is_result = not feed.is_pregame and feed.per in ("game", "date")
            older = [c for c, _, _ in found[n + 1 :]] if is_result else []
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
            for _, request in gets
            for path, reason in self.zone.evidence(request, until)
        )
        yield Reading(passed_over=passed_over + kept_apart)

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

    def sweep(
        self,
        feed: Feed,
        subject: Subject,
        route: Route,
        request: Request,
        capture: Capture,
        payload: Payload,
        until: datetime | None,
    ) -> Sweep:
        """The pages that landed after a first one, each no earlier than the one before it."""
        pages = [payload]
        asked = [request]
        observed_at = capture.observed_at
        # What came after the first page was asked for anew is a page of that later sweep.
        begun = [c.observed_at for c in self.zone.captures(request, until)]
        ended_at = min((at for at in begun if at > observed_at), default=NO_LIMIT)
        while (missing := following(feed, request, pages[-1])) is not None:
            if missing in asked:
                return Sweep(tuple(pages), observed_at, None, turns_back(missing))
            asked.append(missing)
            for later in reversed(self.zone.captures(missing, until)):
                if not observed_at <= later.observed_at < ended_at:
                    continue
                page, _ = self.judge(feed, subject, later, route)
                if page is not None:
                    pages.append(page)
                    observed_at = later.observed_at
                    break
            else:
                lacks = f"pages_complete: {len(pages)} pages landed, {missing} did not"
                return Sweep(tuple(pages), observed_at, missing, lacks)
        return Sweep(tuple(pages), observed_at, None, "")

    def judge(
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

    def _gets(self, feed: Feed, subject: Subject | None) -> list[tuple[Route, Request]]:
        """Every GET whose captures answer for the subject; none where its ids are not known."""
        if subject is None:
            return []
        found = [(route, feed.request(route, subject)) for route in feed.routes]
        if feed.history:
            found += [
                (route, feed.request(route, replace(subject, at=at)))
                for route in feed.history
                for at in self.snapshots(feed, subject)
            ]
        return found

    def _corrections(self, capture: Capture, older: Sequence[Capture]) -> int:
        """How many different bodies the capture supersedes."""
        if not older:
            return 0
        return len({self.zone.digest(c) for c in older} - {self.zone.digest(capture)})


def turns_back(request: Request) -> str:
    """The reason where a page names one that was there before as the next: no sweep would end."""
    return f"pages_complete: {request} follows itself or a later page"


def following(feed: Feed, request: Request, page: Payload) -> Request | None:
    """The GET of the page after this one; None at the last."""
    params = feed.next_page(page) if feed.next_page else None
    return replace(request, params={**request.params, **params}) if params else None
