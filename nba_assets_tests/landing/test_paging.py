from datetime import timedelta
from pathlib import Path

import pytest

from nba_assets.landing.desk import SWEEP, Desk
from nba_assets.partitions import slate_instant
from nba_assets_tests.landing.by_hand import (
    DAY,
    LEAGUE,
    PAGED,
    Rows,
    desk_in,
    landed,
    page,
    queries,
    with_games,
)
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

PATH = "/api.balldontlie.io/v1/rows"
FOUR = (page(1, following=2), page(2, following=3), page(3, following=4), page(4))
MINUTE = timedelta(minutes=1)


def rows(desk: Desk) -> list[list[int]]:
    return [p.rows for p in desk.read(PAGED, LEAGUE).pages if isinstance(p, Rows)]


def broken_at_page_three(home: Path, provider: Provider, clock: TestClock) -> Desk:
    desk = with_games(desk_in(home, provider, clock))
    provider.serve(PATH, FOUR[0], FOUR[1], Reply(500))
    asked = desk.ask(PAGED, DAY)
    assert (asked.state, asked.bodies, asked.requests) == ("incomplete", 2, 3)
    (failure,) = asked.failed
    assert "pages_complete" in failure
    assert "cursor=3" in failure
    assert "500" in failure
    provider.seen.clear()
    return desk


def test_all_pages_are_asked_for_and_read_in_their_order(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    provider.serve(PATH, *FOUR)
    asked = desk.ask(PAGED, DAY)
    assert (asked.state, asked.bodies, asked.failed) == ("answered", 4, [])
    assert queries(provider) == [
        "per_page=100",
        *(f"cursor={n}&per_page=100" for n in (2, 3, 4)),
    ]
    assert rows(desk) == [[1], [2], [3], [4]]


@pytest.mark.parametrize("back_to", [2, 3])
def test_pages_that_turn_back_end_the_sweep_and_are_no_answer(
    tmp_path: Path, provider: Provider, clock: TestClock, back_to: int
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    provider.serve(PATH, FOUR[0], FOUR[1], page(3, following=back_to), *FOUR)
    asked = desk.ask(PAGED, DAY)
    assert (asked.state, asked.requests) == ("incomplete", 3)
    (failure,) = asked.failed
    assert f"cursor={back_to}&per_page=100 follows itself or a later page" in failure
    reading = desk.read(PAGED, LEAGUE)
    assert reading.payload is None
    assert "follows itself or a later page" in reading.passed_over[0].reason
    provider.seen.clear()
    clock.instant += MINUTE
    assert desk.ask(PAGED, DAY).state == "answered"
    assert queries(provider)[0] == "per_page=100"
    assert rows(desk) == [[1], [2], [3], [4]]


def test_the_pages_before_the_one_that_failed_have_landed(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = broken_at_page_three(tmp_path, provider, clock)
    assert [Path(name).parent.name for name in landed(desk)] == [
        "cursor=2&per_page=100",
        "per_page=100",
    ]


def test_a_sweep_that_is_not_whole_is_passed_over_by_name(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = broken_at_page_three(tmp_path, provider, clock)
    reading = desk.read(PAGED, LEAGUE)
    assert (reading.payload, reading.pages) == (None, ())
    (refused,) = reading.passed_over
    assert refused.reason.startswith("pages_complete: 2 pages landed, ")
    assert "cursor=3" in refused.reason


def test_the_next_attempt_asks_for_the_missing_pages_alone(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = broken_at_page_three(tmp_path, provider, clock)
    provider.serve(PATH, *FOUR[2:])
    clock.instant += SWEEP - MINUTE
    asked = desk.ask(PAGED, DAY)
    assert (asked.state, asked.failed) == ("answered", [])
    assert queries(provider) == ["cursor=3&per_page=100", "cursor=4&per_page=100"]
    assert rows(desk) == [[1], [2], [3], [4]]


def test_a_sweep_that_broke_off_long_ago_begins_anew(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = broken_at_page_three(tmp_path, provider, clock)
    provider.serve(PATH, *FOUR)
    clock.instant += SWEEP + MINUTE
    assert desk.ask(PAGED, DAY).state == "answered"
    assert queries(provider)[0] == "per_page=100"
    assert len(provider.seen) == 4


def test_an_older_whole_sweep_answers_while_the_newest_is_broken(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    provider.serve(PATH, page(10, following=2), page(20))
    assert desk.ask(PAGED, DAY).state == "answered"
    provider.serve(PATH, *FOUR[:2], Reply(500))
    clock.instant += timedelta(hours=1)
    assert desk.ask(PAGED, DAY).state == "incomplete"
    reading = desk.read(PAGED, LEAGUE)
    assert rows(desk) == [[10], [20]]
    assert reading.observed_at == slate_instant(DAY) - 30 * MINUTE
    assert [refused.reason[:14] for refused in reading.passed_over] == ["pages_complete"]


def test_pages_of_a_later_sweep_do_not_make_a_broken_one_whole(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = broken_at_page_three(tmp_path, provider, clock)
    clock.instant += SWEEP + MINUTE
    provider.serve(PATH, page(11, following=2), page(12, following=3), *FOUR[2:])
    assert desk.ask(PAGED, DAY).state == "answered"
    whole = [r for r in desk.readings(PAGED, LEAGUE) if r.payload is not None]
    assert [[p.rows for p in r.pages if isinstance(p, Rows)] for r in whole] == [
        [[11], [12], [3], [4]]
    ]


def test_a_refused_page_keeps_the_sweep_open(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    provider.serve(PATH, FOUR[0], Reply(body=b'{"rows": "none"}'))
    asked = desk.ask(PAGED, DAY)
    assert asked.state == "incomplete"
    assert "refused: rows" in asked.failed[0]
    provider.seen.clear()
    provider.serve(PATH, page(2))
    assert desk.ask(PAGED, DAY).state == "answered"
    assert queries(provider) == ["cursor=2&per_page=100"]
    assert rows(desk) == [[1], [2]]
