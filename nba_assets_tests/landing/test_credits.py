from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from nba_assets.sources.feed import Route
from nba_assets.sources.pace import HostState, Pace
from nba_assets.sources.policy import POLICIES
from nba_assets_tests.landing.by_hand import DAY, ODDS, TIP, desk_in, page, plain, with_games
from nba_assets_tests.sources.payloads import game
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

PRICED = plain(
    "priced",
    ODDS,
    per="game",
    routes=(Route(f"https://{ODDS}/{{nba_game_id}}", cost=10),),
    instants=("slate", "lock"),
)
CLOSED = replace(PRICED, name="closed", instants=("slate", "lock", "closing"))
GAMES = (
    game("0022500001"),
    game("0022500002", tip="2025-10-22T02:00:00Z"),
    game("0022500003", tip="2025-10-22T02:30:00Z"),
)
# On the 21st of October, eleven days share what is left, a tenth apart.
ENOUGH = 30 * 11 * 10 // 9 + 1


def left(home: Path, credits_left: int, month: int = 10) -> None:
    (home / "hosts").mkdir(exist_ok=True)
    state = HostState(credits_left=credits_left, credits_month=date(2025, month, 1))
    (home / "hosts" / f"{ODDS}.json").write_text(state.model_dump_json())


def state_of(home: Path) -> HostState:
    return HostState.model_validate_json((home / "hosts" / f"{ODDS}.json").read_text())


def priced_reply(last: int, remaining: int) -> Reply:
    good = page(1)
    headers = {"x-requests-last": str(last), "x-requests-remaining": str(remaining)}
    return Reply(body=good.body, headers=headers)


def serve(provider: Provider, reply: Reply) -> None:
    for one in GAMES:
        provider.serve(f"/{ODDS}/{one['gameId']}", reply)


def asked_about(provider: Provider) -> list[str]:
    """The games that requests were about, in their order."""
    return [seen.path.partition("?")[0].rpartition("/")[2] for seen in provider.seen]


def test_credits_are_counted_as_the_headers_say_and_known_to_every_process(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, priced_reply(7, 400))
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    assert desk.ask(PRICED, DAY).state == "answered"
    found = state_of(tmp_path)
    assert (found.credits_left, found.credits_spent) == (400, 21)
    assert found.credits_month == DAY.replace(day=1)
    why = Pace(tmp_path / "hosts").affords(
        ODDS, POLICIES[ODDS], clock.now(), 401, is_before_a_lock=True
    )
    assert why.startswith("credits: 401 needed, 400 may be spent now of 400 left this month")


def test_a_sweep_that_cannot_fit_is_refused_before_its_first_call(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, ENOUGH - 5)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    asked = desk.ask(PRICED, DAY)
    assert (asked.state, asked.requests, provider.seen) == ("incomplete", 0, [])
    (failure,) = asked.failed
    assert failure.startswith(
        f"{ODDS}: 3 of 3 requests not asked, the sweep does not fit: credits: 30"
    )


def test_a_sweep_that_fits_its_day_is_asked(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, ENOUGH)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    assert desk.ask(PRICED, DAY).state == "answered"
    assert len(provider.seen) == 3


def test_only_the_last_snapshots_before_a_lock_may_use_the_reserve(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, 15)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    clock.instant = TIP - timedelta(minutes=40)  # ten minutes before the lock of the first game
    asked = desk.ask(PRICED, DAY)
    assert asked_about(provider) == ["0022500001"]
    assert asked.bodies == 1
    assert "2 of 3 requests not asked" in asked.failed[0]


def test_a_sweep_of_last_snapshots_alone_lacks_nothing(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, 15)
    desk = with_games(desk_in(tmp_path, provider, clock), GAMES[0])
    clock.instant = TIP - timedelta(minutes=40)
    asked = desk.ask(CLOSED, DAY)
    assert (asked.requests, asked.failed) == (1, [])


@pytest.mark.parametrize("before", [29, 15, 10, 0])
def test_closing_lines_may_not_use_it(
    tmp_path: Path, provider: Provider, clock: TestClock, before: int
) -> None:
    serve(provider, page(1))
    left(tmp_path, 9 * 11)  # a share of eight
    desk = with_games(desk_in(tmp_path, provider, clock), GAMES[0])
    clock.instant = TIP - timedelta(minutes=before)
    asked = desk.ask(CLOSED, DAY)
    assert (asked.requests, provider.seen) == (0, [])
    assert "1 of 1 requests not asked (1 for closing lines)" in asked.failed[0]
    assert "credits: 10 needed, 8 may be spent now of 99" in asked.failed[0]


def test_closing_lines_may_use_the_share_of_the_day(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, ENOUGH)
    desk = with_games(desk_in(tmp_path, provider, clock), GAMES[0])
    clock.instant = TIP
    assert desk.ask(CLOSED, DAY).requests == 1
    clock.instant = TIP + timedelta(seconds=1)
    assert desk.ask(CLOSED, DAY).requests == 0


def test_closing_lines_go_first_where_a_sweep_does_not_fit(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, ENOUGH - 5)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    clock.instant = TIP - timedelta(minutes=5)  # no lock is near: there is no reserve to use
    asked = desk.ask(CLOSED, DAY)
    assert asked_about(provider) == ["0022500002", "0022500003"]
    (failure,) = asked.failed
    assert failure.startswith(
        f"{ODDS}: 1 of 3 requests not asked (1 for closing lines), the sweep does not fit: credits: 30"
    )


def test_the_lock_of_a_later_game_has_the_reserve_and_the_tip_of_an_earlier_one_has_not(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, page(1))
    left(tmp_path, 15)
    later = game("0022500002", tip="2025-10-22T00:00:00Z")
    desk = with_games(desk_in(tmp_path, provider, clock), GAMES[0], later)
    clock.instant = TIP - timedelta(minutes=10)
    asked = desk.ask(CLOSED, DAY)
    assert asked_about(provider) == ["0022500002"]
    assert "1 of 2 requests not asked (1 for closing lines)" in asked.failed[0]


def test_even_the_last_snapshots_before_a_lock_stop_where_nothing_is_left(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    left(tmp_path, 9)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    clock.instant = TIP - timedelta(minutes=40)
    asked = desk.ask(PRICED, DAY)
    assert provider.seen == []
    assert "credits: 10 needed, 9 may be spent now of 9" in asked.failed[0]


def test_a_new_month_is_asked_what_it_has(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    serve(provider, priced_reply(10, 500))
    left(tmp_path, 0, month=9)
    desk = with_games(desk_in(tmp_path, provider, clock), *GAMES)
    assert desk.ask(PRICED, DAY).state == "answered"
    assert state_of(tmp_path).credits_left == 500


@pytest.mark.parametrize(
    ("day", "left_over", "cost", "fits"),
    [(1, 3100, 90, True), (1, 3100, 91, False), (31, 100, 90, True), (31, 100, 91, False)],
    ids=["a-day's-share", "one-more", "all-but-the-reserve", "the-reserve"],
)
def test_a_day_may_spend_its_share_of_what_is_left(
    day: int, left_over: int, cost: int, fits: bool
) -> None:
    now = datetime(2025, 10, day, 15, tzinfo=UTC)
    pace = Pace()
    pace.spent(ODDS, now, 0, left_over)
    assert (pace.affords(ODDS, POLICIES[ODDS], now, cost, is_before_a_lock=False) == "") is fits
    assert pace.affords(ODDS, POLICIES[ODDS], now, cost, is_before_a_lock=True) == ""


def test_what_was_spent_today_comes_off_todays_share() -> None:
    now = datetime(2025, 10, 1, 15, tzinfo=UTC)
    pace = Pace()
    pace.spent(ODDS, now, 60, 3040)
    policy = POLICIES[ODDS]
    assert pace.affords(ODDS, policy, now, 30, is_before_a_lock=False) == ""
    assert "31 needed, 30 may be spent" in pace.affords(
        ODDS, policy, now, 31, is_before_a_lock=False
    )
    assert pace.affords(ODDS, policy, now + timedelta(days=1), 31, is_before_a_lock=False) == ""
