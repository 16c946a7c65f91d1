"""Asking many feeds for many dates: hosts side by side, each host's requests one after another."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from nba_assets.landing.desk import Asked, Desk
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds import SCHEDULES
from nba_assets.sources.feeds.nba import NBA_SCHEDULE


@dataclass(frozen=True)
class Broken:
    """A feed and date whose asking raised: a defect of ours or of this machine, no provider's word."""

    feed: str
    day: date
    error: Exception

    def __str__(self) -> str:
        return f"landing/{self.feed} {self.day}: {type(self.error).__name__}: {self.error}"


def needs(feed: Feed) -> tuple[Feed, ...]:
    """The feeds whose bodies say what to ask this one about."""
    games = () if feed.per in ("league", "season") or feed.is_schedule else (NBA_SCHEDULE,)
    return (*games, *((feed.ids.feed,) if feed.ids else ()))


def ask_all(desk: Desk, feeds: Sequence[Feed], dates: Sequence[date]) -> Iterator[Asked | Broken]:
    """What became of each feed and date, in the order of dates and of `feeds`.

    One thread per host: a slow or paced host delays nobody else. An archive has no hosts to wait for
    and is read in this thread. What one feed raises is told in its place, and hides no other's answer.

    Args:
        desk: that asks.
        feeds: each after those it needs.
        dates: in any order.
    """
    jobs = [(feed, day) for day in sorted(dates) for feed in feeds]
    if desk.settings.source == "replay":
        for feed, day in jobs:
            yield _told(desk, feed, day)
        return
    with ExitStack() as stack:
        workers: dict[str, ThreadPoolExecutor] = {}
        asked: dict[tuple[str, date], Future[Asked | Broken]] = {}
        for feed, day in jobs:
            if feed.host not in workers:
                workers[feed.host] = ThreadPoolExecutor(1, thread_name_prefix=feed.host)
                stack.callback(workers[feed.host].shutdown, wait=True, cancel_futures=True)
            # A need stands earlier in the order of jobs: the earliest unfinished one never waits.
            before = _earlier(asked, needs(feed), day)
            instead = _earlier(asked, [other for other, _ in SCHEDULES], day)
            asked[feed.name, day] = workers[feed.host].submit(
                _after, before, () if feed.is_schedule else instead, desk, feed, day
            )
        for future in asked.values():
            yield future.result()


def _earlier(
    asked: dict[tuple[str, date], Future[Asked | Broken]], feeds: Sequence[Feed], day: date
) -> list[Future[Asked | Broken]]:
    return [asked[feed.name, day] for feed in feeds if (feed.name, day) in asked]


def _after(
    before: Sequence[Future[Asked | Broken]],
    instead: Sequence[Future[Asked | Broken]],
    desk: Desk,
    feed: Feed,
    day: date,
) -> Asked | Broken:
    """Ask once the needs are there; where one of them is not, once those that stand in for it are."""
    results = [future.result() for future in before]
    if any(isinstance(result, Broken) or result.state != "answered" for result in results):
        for future in instead:
            future.result()
    return _told(desk, feed, day)


def _told(desk: Desk, feed: Feed, day: date) -> Asked | Broken:
    try:
        return desk.ask(feed, day)
    except Exception as error:
        return Broken(feed.name, day, error)
