"""Asking for a date and reading what landed: which requests are due, and which capture answers."""

import logging
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from nba_assets.landing.zone import DamagedFileError, LandingZone
from nba_assets.partitions import results_instant, season_of, slate_instant
from nba_assets.settings import Settings, claim
from nba_assets.sources.feeds import (
    NBA_SCHEDULE,
    ExpectedGame,
    Feed,
    Subject,
    expected_games,
    has_a_log,
)
from nba_assets.sources.layout import Capture
from nba_assets.sources.nba import Schedule, season_type_of
from nba_assets.sources.payload import Payload
from nba_assets.sources.transport import Answer, Transport

log = logging.getLogger(__name__)

Instant = Literal["opening", "slate", "results"]

# From tip to the earliest end of a game, with time-outs and the clock's rest; earlier nothing is asked.
GAME_LENGTH = timedelta(hours=2, minutes=30)


@dataclass(frozen=True)
class Refused:
    """A body that was passed over, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """The newest capture that answers for a subject, and those that had to be passed over.

    `payload` is None where no capture answers.
    """

    payload: Payload | None = None
    observed_at: datetime | None = None
    path: str = ""
    passed_over: tuple[Refused, ...] = ()


@dataclass
class Asked:
    """What asking one feed for one date came to."""

    feed: str
    day: date
    requests: int = 0
    bodies: int = 0
    bytes: int = 0
    known: int = 0
    no_data: list[str] = field(default_factory=list)
    not_due: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    fallbacks: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def state(self) -> str:
        """answered, empty, not_due or incomplete: never one word for two of them."""
        if self.failed:
            return "incomplete"
        if self.bodies or self.known:
            return "answered"
        return "not_due" if self.not_due else "empty"


class Desk:
    """Where the platform asks providers and reads their answers: transport, zone and instants in one.

    Every read names the instant it may know; nothing here depends on when it runs but a live receipt.
    """

    def __init__(self, settings: Settings, transport: Transport, zone: LandingZone) -> None:
        self.settings = settings
        self.transport = transport
        self.zone = zone
        self._opened: set[tuple[str, int]] = set()
        self._season_files: OrderedDict[tuple[str, int, Path], tuple[Payload | None, str]] = (
            OrderedDict()
        )

    def instant(self, name: Instant, day: date) -> datetime:
        """The instant a date is asked and read for; what is known before tip is never cut later."""
        as_of = self.settings.as_of
        if name == "results":
            return as_of or results_instant(day)
        season = season_of(day)
        morning = slate_instant(season.first if name == "opening" and season else day)
        return min(morning, as_of) if as_of else morning

    def schedule(self, day: date, name: Instant = "results") -> Reading:
        """The season file as it answers for the date."""
        season = season_of(day)
        if season is None:
            raise ValueError(f"{day} lies between seasons: no season file speaks of it")
        return self.read(NBA_SCHEDULE, Subject(day, season), name)

    def read(self, feed: Feed, subject: Subject, name: Instant = "results") -> Reading:
        """The newest landed capture that the feed accepts, whichever route it came by."""
        return next(self.readings(feed, subject, name))

    def readings(
        self, feed: Feed, subject: Subject, name: Instant = "results"
    ) -> Iterator[Reading]:
        """All captures that the feed accepts, newest first, and at last a reading without payload."""
        until: datetime | None = self.instant(name, subject.day)
        if name == "results" and self.settings.source == "live" and not self.settings.as_of:
            # Results are facts: a date of last year can be fetched today.
            until = None
        captures = [c for r in feed.requests(subject) for c in self.zone.captures(r, until)]
        passed_over: tuple[Refused, ...] = ()
        for capture in sorted(captures, key=lambda c: c.observed_at, reverse=True):
            payload, reason = self._judge(feed, subject, capture)
            path = str(capture.path.relative_to(self.zone.root))
            if payload is None:
                passed_over += (Refused(path, reason),)
            else:
                yield Reading(payload, capture.observed_at, path, passed_over)
        kept_apart = tuple(
            Refused(f"quarantine/landing/{path}", reason)
            for request in feed.requests(subject)
            for path, reason in self.zone.evidence(request, until)
        )
        yield Reading(passed_over=passed_over + kept_apart)

    def expected(self, day: date) -> list[ExpectedGame] | None:
        """The date's games that must have results; None where no season file has been accepted."""
        latest, slate = self.schedule(day).payload, self.schedule(day, "slate").payload
        if not isinstance(latest, Schedule):
            return None
        return expected_games(day, latest, slate if isinstance(slate, Schedule) else None)

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
        if feed.per == "season":
            return [Subject(day, season)], ""
        games = self.expected(day)
        if games is None:
            return [], "unknown"
        if not games:
            return [], "no games"
        if feed.per == "game":
            return [Subject(day, season, season_type_of(g.nba_game_id), g) for g in games], ""
        kinds = sorted({season_type_of(g.nba_game_id) for g in games})
        logged = [Subject(day, season, kind) for kind in kinds if has_a_log(kind)]
        return logged, "" if logged else "no game of the date is in a log"

    def ask(self, feed: Feed, day: date) -> Asked:
        """Ask for everything of the date that is due and land it.

        What a provider or the network does wrong is in the result, never raised.

        Raises:
            SettingsError: where the home holds games of the other world, simulated or real.
        """
        self.claim_home()
        asked = Asked(feed.name, day)
        subjects, why_none = self.subjects(feed, day)
        if why_none == "unknown":
            asked.failed.append(
                f"which games {day} has is not known: landing/{NBA_SCHEDULE.name} has no season file"
                " that was accepted; materialize it first"
            )
        asked.note = why_none
        for subject in subjects:
            instants = feed.instants if self.settings.source != "live" else feed.instants[-1:]
            for name in instants:
                if name != "opening":
                    self._ask_about(feed, subject, name, asked)
                elif (feed.name, subject.season.year) not in self._opened:
                    # One instant for the whole season: answered once for all of its dates.
                    failed = len(asked.failed)
                    self._ask_about(feed, subject, name, asked)
                    if len(asked.failed) == failed:
                        self._opened.add((feed.name, subject.season.year))
        return asked

    def look(self, feed: Feed, subject: Subject, now: datetime) -> Payload | None:
        """One quick request whose answer is read and not landed: is there anything yet?"""
        for request in feed.requests(subject):
            answer = self.transport.get(request, now, tries=1)
            if answer.outcome == "body" and answer.body:
                payload, _ = feed.judge(answer.body, subject)
                if payload is not None:
                    return payload
        return None

    def _ask_about(self, feed: Feed, subject: Subject, name: Instant, asked: Asked) -> None:
        if self.settings.source == "live" and (reason := self._not_due(feed, subject)):
            if reason == "known":
                asked.known += 1
            else:
                asked.not_due.append(reason)
            return
        no_data, failed = [], []
        for request in feed.requests(subject):
            asked.requests += 1
            answer = self.transport.get(request, self.instant(name, subject.day))
            if answer.outcome == "body":
                asked.bodies += 1
                if reason := self._landed(feed, subject, answer, asked):
                    failed.append(f"{request}: refused: {reason}")
                    continue
                asked.fallbacks += failed
                return
            if answer.is_final:
                no_data.append(f"{request}: {answer.outcome}")
                continue
            if answer.body:
                self.zone.keep_apart(answer)
            failed.append(f"{request}: {answer.outcome}: {answer.reason} ({answer.attempts} tries)")
        # An alternative that has no such file does not make up for one that failed.
        asked.failed += failed
        if not failed:
            asked.no_data += no_data

    def _landed(self, feed: Feed, subject: Subject, answer: Answer, asked: Asked) -> str:
        body = answer.body or b""
        path = self.zone.keep(answer.request, answer.observed_at, body)
        asked.bytes += len(body)
        _, reason = self._judge(feed, subject, Capture(answer.observed_at, path))
        if reason:
            log.warning("%s %s: refused %s: %s", feed.name, subject.day, path, reason)
        return reason

    def _not_due(self, feed: Feed, subject: Subject) -> str:
        """Live only: why there is nothing to ask now; "known" where the zone holds the answer."""
        now = self.transport.now()
        if subject.game and now < subject.game.tip_at + GAME_LENGTH:
            return f"{subject.game.nba_game_id}: tips at {subject.game.tip_at:%Y-%m-%d %H:%MZ}"
        if feed.per == "date" and now < slate_instant(subject.day) + timedelta(hours=8):
            return f"{subject.day}: no game can be over"
        newest = self.read(feed, subject)
        if newest.observed_at is None:
            return ""
        settled = newest.observed_at >= results_instant(subject.day)
        if feed.per != "season":
            return "known" if settled else ""
        return "known" if now - newest.observed_at < feed.max_age else ""

    def _judge(self, feed: Feed, subject: Subject, capture: Capture) -> tuple[Payload | None, str]:
        if feed.per != "season":
            return self._judged(feed, subject, capture)
        # A season file answers for all of its dates: it is parsed once for a range of them.
        key = (feed.name, subject.season.year, capture.path)
        if key not in self._season_files:
            self._season_files[key] = self._judged(feed, subject, capture)
            while len(self._season_files) > _SEASON_FILES:
                self._season_files.popitem(last=False)
        self._season_files.move_to_end(key)
        return self._season_files[key]

    def _judged(self, feed: Feed, subject: Subject, capture: Capture) -> tuple[Payload | None, str]:
        try:
            return feed.judge(self.zone.body(capture), subject)
        except DamagedFileError as error:
            return None, str(error)


# A parsed season file weighs some megabytes; a range of dates reads them in the order of its dates.
_SEASON_FILES = 6
