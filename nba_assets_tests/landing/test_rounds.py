import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from nba_assets.landing.desk import Asked
from nba_assets.landing.rounds import Broken, ask_all
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.espn import ESPN_SCOREBOARD
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_SCHEDULE
from nba_assets_tests.landing.by_hand import (
    BDL,
    DAY,
    ESPN,
    ODDS,
    PAGED,
    Rows,
    desk_in,
    landed,
    page,
    plain,
    with_games,
)
from nba_assets_tests.platform import platform
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

NEXT = date(2025, 10, 22)
PATIENCE = 10.0  # seconds that a test waits for what does not come


class Waiting(Provider):
    """Answers one path only after another was asked for."""

    def __init__(self, path: str, after: str) -> None:
        super().__init__()
        self.path, self.after = path, after
        self.asked = threading.Event()

    def next_reply(self, path: str) -> Reply:
        if path.startswith(self.after):
            self.asked.set()
        if path.startswith(self.path) and not self.asked.wait(PATIENCE):
            return Reply(500)
        return super().next_reply(path)


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    with Waiting(f"/{ESPN}/slow", f"/{ODDS}/quick") as running:
        yield running


def states(results: list[Asked | Broken]) -> list[tuple[str, date, str]]:
    return [
        (r.feed, r.day, r.state if isinstance(r, Asked) else f"{type(r.error).__name__}")
        for r in results
    ]


def refuses_by_accident(_payload: Rows, _subject: Subject) -> str | None:
    raise ZeroDivisionError("a defect of ours")


def test_a_host_that_does_not_answer_delays_no_other(
    tmp_path: Path, waiting: Waiting, clock: TestClock
) -> None:
    waiting.serve(f"/{ESPN}/slow", page(1))
    waiting.serve(f"/{ODDS}/quick", page(2))
    desk = with_games(desk_in(tmp_path, waiting, clock))
    results = list(ask_all(desk, [plain("slow", ESPN), plain("quick", ODDS)], [DAY]))
    assert states(results) == [("slow", DAY, "answered"), ("quick", DAY, "answered")]


def test_the_requests_of_one_host_are_made_one_after_another(
    tmp_path: Path, clock: TestClock
) -> None:
    class Counting(Provider):
        def __init__(self) -> None:
            super().__init__()
            self.open = threading.Semaphore(1)
            self.overlaps = 0

        def next_reply(self, path: str) -> Reply:
            if not self.open.acquire(blocking=False):
                self.overlaps += 1
                return Reply(500)
            try:
                return super().next_reply(path)
            finally:
                self.open.release()

    with Counting() as provider:
        feeds = [plain(f"f{n}", ESPN) for n in range(12)]
        for feed in feeds:
            provider.serve(f"/{ESPN}/{feed.name}", page(1))
        desk = with_games(desk_in(tmp_path, provider, clock))
        results = list(ask_all(desk, feeds, [DAY]))
    assert [state for _, _, state in states(results)] == ["answered"] * 12
    assert provider.overlaps == 0


def test_results_come_in_the_order_of_dates_and_feeds(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    feeds = [plain("a", ESPN), plain("b", ODDS), plain("c", ESPN)]
    for feed in feeds:
        provider.serve(f"/{feed.host}/{feed.name}", page(1))
    clock.instant -= timedelta(days=1)
    desk = with_games(desk_in(tmp_path, provider, clock))
    results = list(ask_all(desk, feeds, [NEXT, DAY]))
    assert [(r.day, r.feed) for r in results] == [
        (day, name) for day in (DAY, NEXT) for name in ("a", "b", "c")
    ]


@pytest.mark.parametrize("source", ["live", "replay"])
def test_what_one_feed_raises_hides_no_other_answer(
    tmp_path: Path, provider: Provider, clock: TestClock, source: str
) -> None:
    faulty = plain("faulty", ESPN, refuses=refuses_by_accident)
    feeds = [plain("first", ESPN), faulty, plain("last", ESPN), plain("other", ODDS)]
    for feed in feeds:
        provider.serve(f"/{feed.host}/{feed.name}", page(1))
    roots = str(tmp_path) if source == "replay" else ""
    desk = with_games(desk_in(tmp_path, provider, clock, source=source, replay_roots=roots))
    results = list(ask_all(desk, feeds, [DAY]))
    assert states(results) == [
        ("first", DAY, "answered"),
        ("faulty", DAY, "ZeroDivisionError"),
        ("last", DAY, "answered"),
        ("other", DAY, "answered"),
    ]
    assert str(results[1]) == f"landing/faulty {DAY}: ZeroDivisionError: a defect of ours"


def test_games_are_asked_about_after_whoever_stands_in_for_the_season_file(
    tmp_path: Path, clock: TestClock
) -> None:
    # ESPN answers only when NBA.com was asked for the season file and had none to give.
    box = "/cdn.nba.com/static/json/liveData/boxscore"
    with Waiting(f"/{ESPN}", "/stats.nba.com/stats/scheduleleaguev2") as provider:
        provider.serve("/cdn.nba.com/static/json/staticData/scheduleLeagueV2_1.json", Reply(500))
        desk = desk_in(tmp_path, provider, clock)
        results = list(ask_all(desk, [NBA_SCHEDULE, ESPN_SCOREBOARD, NBA_BOXSCORE], [DAY]))
        order = [seen.path for seen in provider.seen]
    assert states(results)[2] == ("nba_boxscore", DAY, "incomplete")
    assert not any(path.startswith(box) for path in order)
    assert provider.asked.is_set()


def test_many_hosts_at_once_lose_no_capture_and_no_row_of_the_request_log(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    feeds = [
        plain(f"f{n}_{host.split('.')[1]}", host) for n in range(10) for host in (ESPN, ODDS, BDL)
    ]
    for feed in feeds:
        provider.serve(f"/{feed.host}/{feed.name}", page(1))
    desk = with_games(desk_in(tmp_path, provider, clock))
    with desk.recorded("a-run"):
        results = list(ask_all(desk, feeds, [DAY]))
    assert {str(r) if isinstance(r, Broken) else r.state for r in results} == {"answered"}
    assert len(landed(desk)) == len(feeds)
    files = tmp_path / "warehouse/operations/request_log/*/*.parquet"
    rows = duckdb.sql(
        f"SELECT host, count(*), min(run_id) FROM read_parquet('{files}') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert rows == [(host, 10, "a-run") for host in sorted((ESPN, ODDS, BDL))]


def test_a_feed_that_breaks_is_named_and_the_others_are_recorded(tmp_path: Path) -> None:
    with platform(tmp_path) as found:
        # A file where a folder has to be: no provider's fault, and none of the other feeds'.
        found.settings.landing_url.mkdir(parents=True)
        (found.settings.landing_url / ESPN).write_text("in the way")
        assets = ["landing/nba_schedule", "landing/espn_injuries", "landing/nba_transactions"]
        result = found.run(assets, DAY)
        assert not result.success
        (failure,) = result.get_step_failure_events()
        data = failure.step_failure_data
        assert data.error
        assert f"landing/espn_injuries {DAY}: " in data.error.message
        made = {
            name: found.instance.get_materialized_partitions(dg.AssetKey(name.split("/")))
            for name in assets
        }
        assert made == {assets[0]: {str(DAY)}, assets[1]: set(), assets[2]: {str(DAY)}}
        found.keys = assets
        cells = found.status(DAY)
        assert cells["landing/nba_transactions", DAY].state == "answered"
        assert cells["landing/espn_injuries", DAY].state == "failed"


def test_a_paged_feed_is_one_turn_of_its_host(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(f"/{BDL}/v1/rows", page(1, following=2), page(2))
    provider.serve(f"/{BDL}/after", page(3))
    desk = with_games(desk_in(tmp_path, provider, clock))
    list(ask_all(desk, [PAGED, plain("after", BDL)], [DAY]))
    asked = [seen.path.partition("?")[0] for seen in provider.seen]
    assert asked == [f"/{BDL}/v1/rows"] * 2 + [f"/{BDL}/after"]
