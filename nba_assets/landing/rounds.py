"""Asking many feeds for many dates: hosts side by side, each host's requests one after another."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date

from nba_assets.landing.desk import Asked, Desk
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.nba import NBA_SCHEDULE


def needs(feed: Feed) -> tuple[Feed, ...]:
    """The feeds whose bodies say what to ask this one about."""
    games = () if feed.per in ("league", "season") or feed.is_schedule else (NBA_SCHEDULE,)
    return (*games, *((feed.ids.feed,) if feed.ids else ()))


def ask_all(desk: Desk, feeds: Sequence[Feed], dates: Sequence[date]) -> Iterator[Asked]:
    """What became of each feed and date, in the order of dates and of the register.

    One thread per host: a slow or paced host delays nobody else. An archive has no hosts to wait for
    and is read in this thread.
    """
    ordered = [feed for feed in FEEDS if feed in feeds]
    jobs = [(feed, day) for day in sorted(dates) for feed in ordered]
    if desk.settings.source == "replay":
        for feed, day in jobs:
            yield desk.ask(feed, day)
        return
    with ExitStack() as stack:
        workers: dict[str, ThreadPoolExecutor] = {}
        asked: dict[tuple[str, date], Future[Asked]] = {}
        for feed, day in jobs:
            if feed.host not in workers:
                workers[feed.host] = ThreadPoolExecutor(1, thread_name_prefix=feed.host)
                stack.callback(workers[feed.host].shutdown, wait=True, cancel_futures=True)
            # A need stands earlier in the order of jobs: the earliest unfinished one never waits.
            before = [asked[n.name, day] for n in needs(feed) if (n.name, day) in asked]
            asked[feed.name, day] = workers[feed.host].submit(_after, before, desk, feed, day)
        for future in asked.values():
            yield future.result()


def _after(before: Sequence[Future[Asked]], desk: Desk, feed: Feed, day: date) -> Asked:
    for future in before:
        future.exception()  # waits; what it failed of is told where its own result is read
    return desk.ask(feed, day)
