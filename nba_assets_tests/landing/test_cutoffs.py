import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from nba_assets.landing.desk import Desk
from nba_assets.partitions import EASTERN, results_instant, slate_instant
from nba_assets.settings import SettingsError
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds.balldontlie import BDL_BOX_SCORES
from nba_assets.sources.feeds.espn import ESPN_SCOREBOARD
from nba_assets.sources.feeds.nba_slate import NBA_INJURY_REPORT, NBA_LINEUPS, NBA_OFFICIALS
from nba_assets.sources.feeds.odds import (
    BETTINGPROS_OFFERS,
    ODDS_EVENTS,
    ODDS_GAME_LINES,
    ODDS_PLAYER_POINTS,
)
from nba_assets_tests.landing.by_hand import DAY, LEAGUE, ODDS, TIP, desk_in, landed, with_games
from nba_assets_tests.sources.payloads import game
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

LIVE = f"/{ODDS}/v4/sports/basketball_nba"
PAST = f"/{ODDS}/v4/historical/sports/basketball_nba"
HOUR = timedelta(hours=1)
LOCK, CLOSING = TIP - timedelta(minutes=30), TIP - timedelta(minutes=5)
SLATE = slate_instant(DAY)
EVENT = {
    "id": "e1",
    "commence_time": "2025-10-21T23:30:00Z",
    "home_team": "New York Knicks",
    "away_team": "Boston Celtics",
}


def wrapped(data: Any, at: datetime) -> Reply:
    return Reply(body=json.dumps({"timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": data}).encode())


def archive(provider: Provider) -> None:
    """The archive's newest snapshot before each instant: five minutes before it."""
    early, late, last = (at - HOUR / 12 for at in (SLATE, LOCK, CLOSING))
    provider.serve(f"{PAST}/events", wrapped([EVENT], early), wrapped([EVENT], late))
    odds = {**EVENT, "bookmakers": []}
    replies = (wrapped(odds, at) for at in (early, late, last))
    provider.serve(f"{PAST}/events/e1/odds", *replies)


def officials(day: str) -> Reply:
    game = {
        "game_id": "0022500001",
        "game_date": day,
        "home_team_abbr": "NYK",
        "away_team_abbr": "BOS",
    }
    return Reply(body=json.dumps({"nba": {"Table": {"rows": [game]}}}).encode())


def dates(provider: Provider) -> list[tuple[str, str]]:
    """Path and asked instant of each call."""
    found = []
    for seen in provider.seen:
        path, _, query = seen.path.partition("?")
        asked_for = [part for part in query.split("&") if part.startswith("date=")]
        found.append((path, asked_for[0] if asked_for else ""))
    return found


def late_desk(home: Path, provider: Provider, clock: TestClock, odds_history: str = "") -> Desk:
    clock.instant = TIP + 3 * HOUR
    return with_games(desk_in(home, provider, clock, odds_history=odds_history))


def test_what_is_known_now_is_not_asked_for_a_cut_off_that_has_passed(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = late_desk(tmp_path, provider, clock)
    for feed in (ODDS_EVENTS, NBA_LINEUPS):
        asked = desk.ask(feed, DAY)
        assert (asked.state, asked.requests) == ("not_due", 0)
        assert "past its cut-offs" in asked.not_due[0]
    assert provider.seen == []


def test_the_archive_is_asked_for_each_cut_off_where_the_setting_allows_it(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    archive(provider)
    desk = late_desk(tmp_path, provider, clock, odds_history="1")
    assert desk.ask(ODDS_EVENTS, DAY).state == "answered"
    asked = desk.ask(ODDS_PLAYER_POINTS, DAY)
    assert asked.failed == []
    cut_offs = ["date=2025-10-21T14%3A00%3A00Z", "date=2025-10-21T23%3A00%3A00Z"]
    closing = "date=2025-10-21T23%3A25%3A00Z"
    assert dates(provider) == [
        *((f"{PAST}/events", at) for at in cut_offs),
        *((f"{PAST}/events/e1/odds", at) for at in (*cut_offs, closing)),
    ]
    (subject,), _ = desk.subjects(ODDS_PLAYER_POINTS, DAY)
    for at in (SLATE, LOCK, CLOSING):
        assert desk.read(ODDS_PLAYER_POINTS, subject, at).observed_at == at - HOUR / 12


def test_what_the_archive_had_lands_under_its_snapshots_instant_and_is_read(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    archive(provider)
    desk = late_desk(tmp_path, provider, clock, odds_history="1")
    desk.ask(ODDS_EVENTS, DAY)
    assert [Path(name).name for name in landed(desk)] == [
        "20251021T135500Z.json.gz",
        "20251021T225500Z.json.gz",
    ]
    assert desk.read(ODDS_EVENTS, LEAGUE, SLATE).observed_at == SLATE - HOUR / 12
    assert desk.read(ODDS_EVENTS, LEAGUE, LOCK).observed_at == LOCK - HOUR / 12


def test_the_archive_is_not_paid_twice_for_one_snapshot(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    archive(provider)
    desk = late_desk(tmp_path, provider, clock, odds_history="1")
    for feed in (ODDS_EVENTS, ODDS_PLAYER_POINTS):
        desk.ask(feed, DAY)
    paid = len(provider.seen)
    for feed, instants in ((ODDS_EVENTS, 2), (ODDS_PLAYER_POINTS, 3)):
        asked = desk.ask(feed, DAY)
        assert (asked.state, asked.requests, asked.known) == ("answered", 0, instants)
    assert len(provider.seen) == paid


def test_what_was_captured_in_time_is_not_bought_from_the_archive(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    archive(provider)
    provider.serve(f"{LIVE}/events", Reply(body=json.dumps([EVENT]).encode()))
    clock.instant = LOCK - HOUR / 12
    desk = with_games(desk_in(tmp_path, provider, clock, odds_history="1"))
    assert desk.ask(ODDS_EVENTS, DAY).requests == 1
    clock.instant = TIP + 3 * HOUR
    assert desk.ask(ODDS_EVENTS, DAY).requests == 1
    assert dates(provider)[-1] == (f"{PAST}/events", "date=2025-10-21T14%3A00%3A00Z")


@pytest.mark.parametrize(
    ("may_spend", "asked_at", "left_out"),
    [
        (30, [SLATE, LOCK, CLOSING], None),
        (29, [SLATE, LOCK], "1 of 3 requests not asked (1 for closing lines)"),
        (20, [SLATE, LOCK], "1 of 3 requests not asked (1 for closing lines)"),
        # Enough for three live answers of one credit, not for two of the archive's ten.
        (19, [], "3 of 3 requests not asked (1 for closing lines)"),
    ],
)
def test_a_sweep_of_the_archive_is_held_to_its_own_price_and_goes_without_closing_lines_first(
    tmp_path: Path,
    provider: Provider,
    clock: TestClock,
    may_spend: int,
    asked_at: list[datetime],
    left_out: str | None,
) -> None:
    archive(provider)
    desk = late_desk(tmp_path, provider, clock, odds_history="1")
    desk.ask(ODDS_EVENTS, DAY)
    provider.seen.clear()
    # Three hours after the tip it is the 22nd in UTC: ten days share what is left, a tenth apart.
    left = -(-may_spend * 10 * 10 // 9)
    state = tmp_path / "hosts" / f"{ODDS}.json"
    state.write_text(json.dumps({"credits_left": left, "credits_month": "2025-10-01"}))
    asked = desk.ask(ODDS_PLAYER_POINTS, DAY)
    assert [at for _, at in dates(provider)] == [
        "date=" + quote(f"{at:%Y-%m-%dT%H:%M:%SZ}") for at in asked_at
    ]
    failures = [f"{ODDS}: {left_out}, the sweep does not fit: credits: "] if left_out else []
    assert [why.partition("credits: ")[0] + "credits: " for why in asked.failed] == failures


@pytest.fixture
def evening(tmp_path: Path, provider: Provider, clock: TestClock) -> Desk:
    """A desk that may buy of the archive: the morning heard of the event alone, the lock of its odds."""
    odds = {**EVENT, "bookmakers": []}
    provider.serve(f"{PAST}/events/e1/odds", wrapped(odds, SLATE - HOUR / 12))
    provider.serve(f"{LIVE}/events", Reply(body=json.dumps([EVENT]).encode()))
    provider.serve(f"{LIVE}/events/e1/odds", Reply(body=json.dumps(odds).encode()))
    desk = with_games(desk_in(tmp_path, provider, clock, odds_history="1"))
    clock.instant = SLATE - HOUR / 6
    assert desk.ask(ODDS_EVENTS, DAY).requests == 1
    clock.instant = LOCK - HOUR / 6
    for feed in (ODDS_EVENTS, ODDS_PLAYER_POINTS, ODDS_GAME_LINES):
        assert desk.ask(feed, DAY).requests == 1
    provider.seen.clear()
    return desk


def test_closing_lines_are_asked_for_until_the_tip_and_those_of_games_are_not(
    evening: Desk, provider: Provider, clock: TestClock
) -> None:
    missed = (f"{PAST}/events/e1/odds", "date=2025-10-21T14%3A00%3A00Z")
    live = (f"{LIVE}/events/e1/odds", "")
    clock.instant = LOCK + HOUR / 3
    # The odds of the morning were missed, and are bought once the lock has passed.
    evening.ask(ODDS_GAME_LINES, DAY)
    assert dates(provider) == [missed]
    provider.seen.clear()
    evening.ask(ODDS_PLAYER_POINTS, DAY)
    assert dates(provider) == [missed, live]
    provider.seen.clear()
    clock.instant = TIP
    assert evening.ask(ODDS_PLAYER_POINTS, DAY).requests == 1
    clock.instant = TIP + timedelta(seconds=1)
    assert evening.ask(ODDS_PLAYER_POINTS, DAY).requests == 0
    assert dates(provider) == [live]


def test_a_closing_line_that_was_heard_after_its_instant_is_not_bought(
    evening: Desk, provider: Provider, clock: TestClock
) -> None:
    clock.instant = TIP - HOUR / 30
    evening.ask(ODDS_PLAYER_POINTS, DAY)
    provider.seen.clear()
    clock.instant = TIP + HOUR
    assert evening.ask(ODDS_PLAYER_POINTS, DAY).requests == 0


def test_a_closing_line_that_nobody_heard_is_bought_when_the_game_has_begun(
    evening: Desk, provider: Provider, clock: TestClock
) -> None:
    clock.instant = TIP + timedelta(seconds=1)
    evening.ask(ODDS_PLAYER_POINTS, DAY)
    assert [at for _, at in dates(provider)] == [
        "date=2025-10-21T14%3A00%3A00Z",
        "date=2025-10-21T23%3A25%3A00Z",
    ]


def test_a_closing_line_is_not_known_by_what_was_heard_later_than_the_setting_allows(
    evening: Desk, tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    clock.instant = TIP - HOUR / 30
    assert evening.ask(ODDS_PLAYER_POINTS, DAY).requests == 2
    provider.seen.clear()
    as_of = (TIP - HOUR / 20).isoformat()
    then = desk_in(tmp_path, provider, clock, odds_history="1", as_of=as_of)
    for clock.instant in (TIP - HOUR / 60, TIP + HOUR):
        then.ask(ODDS_PLAYER_POINTS, DAY)
        assert dates(provider) == [(f"{PAST}/events/e1/odds", "date=2025-10-21T23%3A25%3A00Z")]


def test_live_no_closing_line_is_asked_for_later_than_the_setting_allows(
    evening: Desk, tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    clock.instant = TIP - HOUR / 12
    then = desk_in(tmp_path, provider, clock, as_of=(LOCK + HOUR / 6).isoformat())
    assert then.ask(ODDS_PLAYER_POINTS, DAY).state == "not_due"
    assert provider.seen == []
    assert evening.ask(ODDS_PLAYER_POINTS, DAY).requests == 2


@pytest.mark.parametrize("feed", [ODDS_PLAYER_POINTS, BETTINGPROS_OFFERS], ids=lambda f: f.name)
def test_the_closing_instant_is_no_cut_off(
    tmp_path: Path, provider: Provider, clock: TestClock, feed: Feed
) -> None:
    late = game(tip="2025-10-22T02:30:00Z")
    desk = with_games(desk_in(tmp_path, provider, clock), late)
    games = desk.expected(DAY)
    assert games is not None
    (subject,), _ = desk.subjects(feed, DAY)
    lock = games[0].lock_at
    assert desk.cutoffs(feed, DAY, games) == [SLATE, lock]
    assert desk.cutoffs(feed, DAY, games, subject) == [lock]
    assert desk.closing(feed, subject) == lock + timedelta(minutes=25)
    assert desk.closing(ODDS_GAME_LINES, subject) is None


def test_no_closing_line_is_asked_for_later_than_the_setting_allows(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    early = LOCK + HOUR / 6
    desk = with_games(desk_in(tmp_path, provider, clock, source="sandbox", as_of=early.isoformat()))
    (subject,), _ = desk.subjects(ODDS_PLAYER_POINTS, DAY)
    assert desk.closing(ODDS_PLAYER_POINTS, subject) == early
    assert desk.cutoffs(ODDS_PLAYER_POINTS, DAY, desk.expected(DAY) or (), subject) == [LOCK]


def test_a_game_that_no_list_of_events_names_is_not_asked_about_and_no_failure(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    other = {**EVENT, "home_team": "Boston Celtics", "away_team": "New York Knicks"}
    provider.serve(f"{LIVE}/events", Reply(body=json.dumps([other]).encode()))
    desk = with_games(desk_in(tmp_path, provider, clock))
    assert desk.ask(ODDS_EVENTS, DAY).state == "answered"
    provider.seen.clear()
    asked = desk.ask(ODDS_PLAYER_POINTS, DAY)
    assert (asked.state, asked.failed, provider.seen) == ("empty", [], [])
    assert asked.no_data == ["0022500001: landing/odds_events does not name it"]


def test_two_events_of_one_game_are_no_id(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    twice = [EVENT, {**EVENT, "id": "e2"}]
    provider.serve(f"{LIVE}/events", Reply(body=json.dumps(twice).encode()))
    desk = with_games(desk_in(tmp_path, provider, clock))
    desk.ask(ODDS_EVENTS, DAY)
    assert desk.ask(ODDS_PLAYER_POINTS, DAY).requests == 0


def test_the_newest_list_that_names_the_game_counts(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(f"{LIVE}/events", Reply(body=json.dumps([EVENT]).encode()), Reply(body=b"[]"))
    desk = with_games(desk_in(tmp_path, provider, clock))
    desk.ask(ODDS_EVENTS, DAY)
    clock.instant += HOUR
    desk.ask(ODDS_EVENTS, DAY)
    assert len(landed(desk)) == 2
    provider.seen.clear()
    desk.ask(ODDS_PLAYER_POINTS, DAY)
    assert [path for path, _ in dates(provider)] == [f"{LIVE}/events/e1/odds"]


def test_live_a_report_is_not_asked_for_before_its_hour(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    asked = desk.ask(NBA_INJURY_REPORT, DAY)
    assert asked.not_due == ["2025-10-21 18:00 ET: not printed yet"]
    assert provider.seen
    assert not any("06_00PM" in seen.path for seen in provider.seen)
    clock.instant = LOCK - HOUR / 6
    provider.seen.clear()
    assert desk.ask(NBA_INJURY_REPORT, DAY).not_due == []
    assert any("06_00PM" in seen.path for seen in provider.seen)


def test_live_referees_that_the_morning_lacked_are_asked_for_before_a_lock(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    path = "/official.nba.com/wp-json/api/v1/get-game-officials"
    provider.serve(path, officials("10/20/2025"), officials("10/21/2025"))
    too_early = desk.ask(NBA_OFFICIALS, DAY)
    assert too_early.state == "incomplete"
    assert "rows of 2025-10-20, asked was 2025-10-21" in too_early.failed[0]
    clock.instant = LOCK - HOUR / 6
    assert desk.ask(NBA_OFFICIALS, DAY).state == "answered"
    assert desk.read(NBA_OFFICIALS, LEAGUE, LOCK).payload is not None
    assert desk.read(NBA_OFFICIALS, LEAGUE, SLATE).payload is None
    clock.instant = LOCK + HOUR / 60
    assert desk.ask(NBA_OFFICIALS, DAY).state == "not_due"


@pytest.mark.parametrize(
    ("feed", "path", "hours"),
    [
        (BDL_BOX_SCORES, "/api.balldontlie.io/v1/box_scores", 48),
        (ESPN_SCOREBOARD, "/site.api.espn.com/apis/site/v2/sports/basketball/nba/scoreboard", 0),
    ],
    ids=lambda it: getattr(it, "name", ""),
)
def test_live_results_are_asked_for_again_until_they_are_settled(
    tmp_path: Path, provider: Provider, clock: TestClock, feed: Feed, path: str, hours: int
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock))
    body = b'{"data": [], "leagues": [{"calendar": []}], "events": []}'
    provider.serve(path, Reply(body=body))
    settled = results_instant(DAY) + hours * HOUR
    for clock.instant in (settled - HOUR, settled, settled + HOUR):
        asked = desk.ask(feed, DAY)
        assert (asked.failed, asked.requests + asked.known) == ([], 1)
    assert asked.known == 1
    assert len(provider.seen) == 2


def test_a_report_of_the_hour_is_asked_for_once_for_each_cut_off_it_serves(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(
        desk_in(tmp_path, provider, clock, source="sandbox"),
        game("0022500001"),
        game("0022500002", tip="2025-10-21T23:45:00Z"),
        game("0022500003", tip="2025-10-22T02:00:00Z"),
    )
    subjects, _ = desk.subjects(NBA_INJURY_REPORT, DAY)
    hours = [s.hour.astimezone(EASTERN).hour for s in subjects if s.hour]
    # The morning's at 9, that of the locks at 19:00 and 19:15 at 18, that of 21:30 at 21.
    assert hours == [9, 18, 21]
    desk.ask(NBA_INJURY_REPORT, DAY)
    first = [s.path for s in provider.seen if "2025-10-21_09_00AM.pdf" in s.path]
    assert first


def test_a_feed_that_there_is_not_cannot_be_switched_off(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    with pytest.raises(SettingsError, match="FEEDS_OFF=espn_injury: there is no such feed"):
        desk_in(tmp_path, provider, clock, feeds_off="espn_injury")
