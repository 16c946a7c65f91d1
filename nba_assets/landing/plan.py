"""What is due: whom a date's feeds are asked about, at which instants, and for how many credits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum

from nba_assets.landing.readings import NO_LIMIT, Readings
from nba_assets.partitions import EASTERN, results_instant, season_of, slate_instant
from nba_assets.sources.feed import ExpectedGame, Feed, Route, Subject, has_a_log
from nba_assets.sources.nba import season_type_of
from nba_assets.sources.teams import BY_TRICODE
from nba_assets.sources.transport import Transport

# From tip to the earliest end of a game, with time-outs and the clock's rest; earlier nothing is asked.
GAME_LENGTH = timedelta(hours=2, minutes=30)
# How long before its lock a snapshot is the last one, which may use the credits in reserve: it is asked
# for ten minutes before.
LAST_WORD = timedelta(minutes=15)
# A report that is named by its hour is printed up to half an hour after it.
REPORT_DELAY = timedelta(minutes=30)


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


@dataclass(frozen=True)
class Due:
    """What is asked about, the instant it is asked for, and the routes that can answer for it."""

    subject: Subject
    at: datetime
    routes: tuple[Route, ...]


class Need(IntEnum):
    """How much what is asked is needed: the least goes first where credits do not allow all of a plan."""

    CLOSING_OF_THE_ARCHIVE = 0  # only grading reads it, and it costs ten times what it did in time
    CLOSING = 1
    CUTOFF = 2
    LAST_BEFORE_A_LOCK = 3


class Plan:
    """Decides what to ask, from what landed and, live, from the clock and the credits left."""

    def __init__(self, readings: Readings, transport: Transport) -> None:
        self._readings = readings
        self._settings = readings.settings
        self._transport = transport
        self._opened: set[tuple[str, int]] = set()

    def subjects(self, feed: Feed, day: date) -> tuple[list[Subject], str]:
        """What the feed has to be asked about for the date, and why nothing where it is nothing."""
        season = season_of(day)
        if season is None:
            return [], "off season"
        if feed.per in ("season", "league") or feed.is_schedule:
            return [Subject(day, season)], ""
        games = self._readings.expected(day)
        if games is None:
            return [], "unknown"
        if not games:
            return [], "no games"
        if feed.per == "game":
            found = [Subject(day, season, _kind_of(g), g) for g in games]
        elif feed.per == "team":
            sides = sorted({side for g in games for side in (g.away, g.home)} & BY_TRICODE.keys())
            found = [Subject(day, season, team=BY_TRICODE[side]) for side in sides]
        elif feed.per == "hour":
            hours = sorted({_report_hour(c) for c in self._readings.cutoffs(feed, day, games)})
            found = [Subject(day, season, hour=hour) for hour in hours]
        elif feed.by_season_type:
            kinds = sorted({_kind_of(g) for g in games})
            found = [Subject(day, season, kind) for kind in kinds if has_a_log(kind)]
            if not found:
                return [], "no game of the date is in a log"
        else:
            found = [Subject(day, season)]
        return found, ""

    def due(self, feed: Feed, subject: Subject, asked: Asked) -> list[Due]:
        """The instants at which the subject is asked about, and where; live there is only now."""
        if self._settings.source == "live":
            return self._due_now(feed, subject, asked)
        if subject.hour:
            # A report is printed once: the first cut-off that looks back to it asks for it.
            games = self._readings.expected(subject.day) or ()
            looking = (
                c
                for c in self._readings.cutoffs(feed, subject.day, games)
                if _report_hour(c) == subject.hour
            )
            return [Due(subject, min(looking), feed.routes)]
        instants = set()
        for name in feed.instants:
            if name == "opening":
                # One instant for the whole season: answered once for all of its dates.
                season = (feed.name, subject.season.year)
                if season in self._opened:
                    continue
            if name == "lock":
                instants |= set(self._cutoffs(feed, subject))
            elif name == "closing":
                closing = self._readings.closing(feed, subject)
                instants |= {closing} if closing else set()
            else:
                instants.add(self._readings.instant(name, subject.day))
        return [Due(subject, at, feed.routes) for at in sorted(instants)]

    def _due_now(self, feed: Feed, subject: Subject, asked: Asked) -> list[Due]:
        found: list[Due] = []
        if self._settings.odds_history and feed.history:
            missing = self._snapshots_missing(feed, subject, asked)
            found = [Due(subject, at, feed.history) for at in missing]
            if self._is_past(feed, subject):
                return found
        reason = self._not_due(feed, subject)
        if reason == "known":
            asked.known += 1
        elif reason:
            asked.not_due.append(reason)
        return found if reason else [*found, Due(subject, self._transport.now(), feed.routes)]

    def opened(self, feed: Feed, subjects: Sequence[Subject]) -> None:
        """What opens a season was answered: no other date of it asks again."""
        if "opening" in feed.instants:
            self._opened |= {(feed.name, subject.season.year) for subject in subjects}

    def affordable(self, feed: Feed, plan: list[Due], asked: Asked) -> list[Due]:
        """The whole plan where its host's credits allow it, else what of it is needed most, or nothing.

        Closing lines go first, those of the archive before the others: predictions are made without
        them. Then everything goes but the last snapshots before a lock, which alone may use the reserve.
        """
        costs = [self._cost(feed, due) for due in plan]
        why = self._transport.affords(feed.host, sum(costs), is_before_a_lock=False)
        if not why:
            return plan
        needs = [self._need(feed, due) for due in plan]
        for least in list(Need)[1:]:
            kept = [n for n, need in enumerate(needs) if need >= least]
            if not kept:
                break
            why_not_even = self._transport.affords(
                feed.host,
                sum(costs[n] for n in kept),
                is_before_a_lock=least is Need.LAST_BEFORE_A_LOCK,
            )
            if not why_not_even:
                break
            why, kept = why_not_even, []
        left_out = [need for n, need in enumerate(needs) if n not in kept]
        closing = sum(need <= Need.CLOSING for need in left_out)
        if left_out:
            asked.failed.append(
                f"{feed.host}: {len(left_out)} of {len(plan)} requests not asked"
                f"{f' ({closing} for closing lines)' if closing else ''},"
                f" the sweep does not fit: {why}"
            )
        return [plan[n] for n in kept]

    def _snapshots_missing(self, feed: Feed, subject: Subject, asked: Asked) -> list[datetime]:
        """Live only: the instants past that neither a capture nor the archive answers yet.

        The cut-offs once the last has passed, the closing lines once the game has begun: until then
        the provider itself is asked, at a tenth of the archive's price.
        """
        now = self._transport.now()
        last_cutoff = self._last_cutoff(feed, subject)
        closing = self._readings.closing(feed, subject)
        missing = []
        for at in self._readings.snapshots(feed, subject):
            # What was captured after the closing instant and before the tip is nearer to it.
            until = (
                self._readings.cut(subject.game.tip_at) if subject.game and at == closing else at
            )
            if now <= max(until, last_cutoff):
                continue
            newest = self._readings.read(feed, subject, until).observed_at
            is_known = newest is not None and at - newest <= feed.max_age
            if not is_known and (known := self._readings.identified(feed, subject, at)):
                asked_for = [feed.request(route, replace(known, at=at)) for route in feed.history]
                is_known = any(self._readings.zone.captures(request, None) for request in asked_for)
            if is_known:
                asked.known += 1
            else:
                missing.append(at)
        return missing

    def _cost(self, feed: Feed, due: Due) -> int:
        """Credits that asking may cost; nothing where the subject's id is not known."""
        cost = due.routes[0].cost
        return cost if cost and self._readings.identified(feed, due.subject, due.at) else 0

    def _need(self, feed: Feed, due: Due) -> Need:
        """What is asked after the last cut-off is a closing line: only grading reads it."""
        is_bought = due.routes is feed.history
        if "closing" in feed.instants and due.at > self._last_cutoff(feed, due.subject):
            return Need.CLOSING_OF_THE_ARCHIVE if is_bought else Need.CLOSING
        locks = self._cutoffs(feed, due.subject)
        is_last = not is_bought and any(lock - LAST_WORD <= due.at <= lock for lock in locks)
        return Need.LAST_BEFORE_A_LOCK if is_last else Need.CUTOFF

    def _cutoffs(self, feed: Feed, subject: Subject) -> list[datetime]:
        games = self._readings.expected(subject.day) or ()
        return self._readings.cutoffs(feed, subject.day, games, subject)

    def _last_cutoff(self, feed: Feed, subject: Subject) -> datetime:
        slate = self._readings.instant("slate", subject.day)
        return max([*self._cutoffs(feed, subject), slate])

    def _is_past(self, feed: Feed, subject: Subject) -> bool:
        """Live only: whether what is asked now would come too late for all that it is asked for.

        That is the subject's last cut-off; of closing lines the tip, and not their instant: books move
        until the ball goes up, and what a late run hears by then is the better closing line.
        """
        if self._settings.source != "live" or not feed.is_pregame:
            return False
        last = self._last_cutoff(feed, subject)
        if subject.game and "closing" in feed.instants:
            last = max(last, self._readings.cut(subject.game.tip_at))
        return self._transport.now() > last

    def _not_due(self, feed: Feed, subject: Subject) -> str:
        """Live only: why there is nothing to ask now; "known" where the zone holds the answer."""
        now = self._transport.now()
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
        if subject.hour and now < subject.hour:
            return f"{subject}: not printed yet"
        newest = self._readings.read(feed, subject, NO_LIMIT)
        if newest.observed_at is None:
            return ""
        if feed.is_pregame or feed.per in ("season", "league"):
            return "known" if now - newest.observed_at < feed.max_age else ""
        settled_at = results_instant(subject.day) + feed.settles
        return "known" if newest.observed_at >= settled_at else ""


def _kind_of(game: ExpectedGame) -> str:
    return season_type_of(game.nba_game_id) if game.nba_game_id else "regular"


def _report_hour(cutoff: datetime) -> datetime:
    """The full Eastern hour whose report is surely printed at a cut-off."""
    printed = (cutoff - REPORT_DELAY).astimezone(EASTERN)
    return printed.replace(minute=0, second=0, microsecond=0).astimezone(cutoff.tzinfo)
