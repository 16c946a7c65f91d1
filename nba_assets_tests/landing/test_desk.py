from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.landing.desk import GAME_LENGTH, Desk
from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import results_instant, season, slate_instant
from nba_assets.settings import Settings
from nba_assets.sources.answer import Answer
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.nba import BoxScore
from nba_assets.sources.policy import POLICIES
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.payloads import (
    as_bytes,
    box_score,
    changed,
    game,
    game_log,
    log_row,
    schedule,
)
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

DAY = date(2025, 10, 21)
TIP = datetime(2025, 10, 21, 23, 30, tzinfo=UTC)
NOON = results_instant(DAY)
HOUR = timedelta(hours=1)
SEASON = season(2025)
GAME = Subject(DAY, SEASON, game=ExpectedGame("0022500001", "BOS", "NYK", TIP))
CDN_SCHEDULE = "/cdn.nba.com/static/json/staticData/scheduleLeagueV2_1.json"
STATS_SCHEDULE = "/stats.nba.com/stats/scheduleleaguev2"
BOX = "/cdn.nba.com/static/json/liveData/boxscore/boxscore_0022500001.json"
LOG = "/stats.nba.com/stats/leaguegamelog"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOON)


def desk_in(home: Path, provider: Provider, clock: TestClock, **given: str) -> Desk:
    settings = Settings.load(
        {
            "NBA_ASSETS_SOURCE": "live",
            "NBA_ASSETS_FIRST_DATE": "2025-10-21",
            "NBA_ASSETS_REPLAY_ROOTS": str(home),
            **{f"NBA_ASSETS_{name.upper()}": value for name, value in given.items()},
        },
        folder=home,
    )
    transport = Transport(provider.mount, clock=clock, policies=POLICIES, paced=False)
    return Desk(settings, transport, LandingZone(home / "landing", home / "quarantine"))


def land(desk: Desk, feed: Feed, at: datetime, body: Any, route: int = 0) -> str:
    path = desk.zone.keep(feed.requests(GAME)[route], at, as_bytes(body))
    return str(path.relative_to(desk.zone.root))


def body_reply(body: Any, **headers: str) -> Reply:
    return Reply(body=as_bytes(body), headers=headers)


def paths(provider: Provider) -> list[str]:
    return [seen.path.partition("?")[0] for seen in provider.seen]


@pytest.mark.parametrize("source", ["live", "replay", "sandbox"])
def test_without_a_setting_each_date_has_its_own_instants(
    tmp_path: Path, provider: Provider, clock: TestClock, source: str
) -> None:
    desk = desk_in(tmp_path, provider, clock, source=source)
    assert desk.instant("slate", DAY) == datetime(2025, 10, 21, 14, tzinfo=UTC)
    assert desk.instant("results", DAY) == datetime(2025, 10, 22, 16, tzinfo=UTC)
    assert desk.instant("opening", date(2026, 4, 1)) == slate_instant(SEASON.first)


def test_one_instant_stands_for_all_and_never_later_than_the_slate(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    early = desk_in(tmp_path, provider, clock, as_of="2025-10-21T06:00Z")
    assert early.instant("slate", DAY) == datetime(2025, 10, 21, 6, tzinfo=UTC)
    assert early.instant("results", DAY) == datetime(2025, 10, 21, 6, tzinfo=UTC)
    late = desk_in(tmp_path, provider, clock, as_of="2025-10-23T06:00Z")
    assert late.instant("slate", DAY) == slate_instant(DAY)
    assert late.instant("opening", DAY) == slate_instant(SEASON.first)
    assert early.instant("opening", date(2026, 4, 1)) == early.instant("slate", DAY)
    assert late.instant("results", DAY) == datetime(2025, 10, 23, 6, tzinfo=UTC)


@pytest.mark.parametrize("source", ["replay", "sandbox"])
def test_results_are_cut_at_their_instant(
    tmp_path: Path, provider: Provider, clock: TestClock, source: str
) -> None:
    desk = desk_in(tmp_path, provider, clock, source=source)
    first = land(desk, NBA_BOXSCORE, NOON, box_score())
    land(desk, NBA_BOXSCORE, NOON + timedelta(seconds=1), box_score())
    assert desk.read(NBA_BOXSCORE, GAME).path == first


def test_live_results_are_facts_and_read_without_a_bound(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    land(desk, NBA_BOXSCORE, NOON, box_score())
    late = land(desk, NBA_BOXSCORE, NOON + timedelta(days=200), box_score())
    assert desk.read(NBA_BOXSCORE, GAME).path == late
    bounded = desk_in(tmp_path, provider, clock, as_of=NOON.isoformat())
    assert bounded.read(NBA_BOXSCORE, GAME).observed_at == NOON


def test_a_live_slate_keeps_its_cut_off(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    land(desk, NBA_SCHEDULE, slate_instant(DAY) + timedelta(seconds=1), schedule(game()))
    assert desk.schedule(DAY, "slate").payload is None
    assert desk.schedule(DAY, "results").payload is not None
    at_ten = land(desk, NBA_SCHEDULE, slate_instant(DAY), schedule(game()))
    assert desk.schedule(DAY, "slate").path == at_ten


def test_a_refused_capture_is_passed_over_and_named(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    good = land(desk, NBA_BOXSCORE, NOON - 3 * HOUR, box_score())
    swapped = land(desk, NBA_BOXSCORE, NOON - 2 * HOUR, box_score(away="NYK", home="BOS"))
    broken = land(
        desk, NBA_BOXSCORE, NOON - HOUR, changed(box_score(), "game.homeTeam.score", "100")
    )
    reading = desk.read(NBA_BOXSCORE, GAME)
    assert reading.path == good
    assert reading.observed_at == NOON - 3 * HOUR
    assert isinstance(reading.payload, BoxScore)
    assert [refused.path for refused in reading.passed_over] == [broken, swapped]
    assert "game.homeTeam.score" in reading.passed_over[0].reason
    assert "home_away_matches_schedule" in reading.passed_over[1].reason


def test_where_no_capture_answers_all_that_came_is_named(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    assert desk.read(NBA_BOXSCORE, GAME).passed_over == ()
    land(desk, NBA_BOXSCORE, NOON, box_score("0022500009"))
    asked = NBA_BOXSCORE.requests(GAME)[0]
    desk.zone.keep_apart(Answer(asked, "wrong_kind", NOON, "an HTML page", 200, b"<html>"))
    reading = desk.read(NBA_BOXSCORE, GAME)
    assert (reading.payload, reading.observed_at, reading.path) == (None, None, "")
    reasons = [str(refused) for refused in reading.passed_over]
    assert len(reasons) == 2
    assert "is of game 0022500009" in reasons[0]
    assert "boxscore_0022500001.json" in reasons[1]


def test_the_newest_capture_answers_whichever_host_it_came_from(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    land(desk, NBA_SCHEDULE, NOON - HOUR, schedule(game()))
    newest = land(desk, NBA_SCHEDULE, NOON, schedule(game()), route=1)
    assert desk.schedule(DAY).path == newest
    assert newest.startswith("stats.nba.com/")


def test_between_seasons_no_season_file_speaks(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    with pytest.raises(ValueError, match="2025-08-01 lies between seasons"):
        desk.schedule(date(2025, 8, 1))
    asked = desk.ask(NBA_SCHEDULE, date(2025, 8, 1))
    assert (asked.state, asked.note, provider.seen) == ("empty", "off season", [])


def test_the_cdn_is_asked_first_and_stats_only_where_it_has_no_answer(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(CDN_SCHEDULE, body_reply(schedule(game())))
    provider.serve(STATS_SCHEDULE, body_reply(schedule(game())))
    desk = desk_in(tmp_path / "a", provider, clock)
    asked = desk.ask(NBA_SCHEDULE, DAY)
    assert paths(provider) == [CDN_SCHEDULE]
    assert (asked.state, asked.fallbacks) == ("answered", [])
    assert desk.schedule(DAY).path.startswith("cdn.nba.com/")

    provider.serve(CDN_SCHEDULE, Reply(403, b"<html>"))
    other = desk_in(tmp_path / "b", provider, clock)
    asked = other.ask(NBA_SCHEDULE, DAY)
    assert paths(provider)[1:] == [CDN_SCHEDULE, STATS_SCHEDULE]
    assert (asked.state, asked.failed, asked.requests, asked.bodies) == ("answered", [], 2, 1)
    (fallback,) = asked.fallbacks
    assert "cdn.nba.com" in fallback
    assert "403" in fallback
    assert other.schedule(DAY).path.startswith("stats.nba.com/")


def test_a_refused_body_is_landed_and_the_next_host_asked(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(CDN_SCHEDULE, body_reply(schedule(game(), season="2024-25")))
    provider.serve(STATS_SCHEDULE, body_reply(schedule(game())))
    desk = desk_in(tmp_path, provider, clock)
    asked = desk.ask(NBA_SCHEDULE, DAY)
    assert (asked.state, asked.bodies, asked.failed) == ("answered", 2, [])
    assert "refused: season 2024-25 instead of 2025-26" in asked.fallbacks[0]
    assert len(list(desk.zone.root.rglob("*.gz"))) == 2


def test_where_no_host_answers_the_request_failed_and_is_named(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(CDN_SCHEDULE, body_reply(schedule(game(), season="2024-25")))
    desk = desk_in(tmp_path, provider, clock)
    asked = desk.ask(NBA_SCHEDULE, DAY)
    assert asked.state == "incomplete"
    assert ["season 2024-25" in failure for failure in asked.failed] == [True]
    assert asked.no_data == []


def test_half_a_body_and_a_block_page_are_kept_apart(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    whole = as_bytes(schedule(game()))
    provider.serve(CDN_SCHEDULE, Reply(body=whole, length=len(whole) + 9))
    provider.serve(STATS_SCHEDULE, Reply(body=b"<html>blocked</html>"))
    desk = desk_in(tmp_path, provider, clock)
    asked = desk.ask(NBA_SCHEDULE, DAY)
    assert asked.state == "incomplete"
    assert ["not_whole" in asked.failed[0], "wrong_kind" in asked.failed[1]] == [True, True]
    assert list(desk.zone.root.rglob("*.gz")) == []
    kept = [p.relative_to(tmp_path / "quarantine") for p in (tmp_path / "quarantine").rglob("*.gz")]
    assert sorted(p.parts[0] for p in kept) == ["cdn.nba.com", "stats.nba.com"]


def test_the_body_of_an_archive_lands_under_the_archives_instant(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    stamped = {"X-Observed-At": "2025-10-21T13:00:00+00:00"}
    provider.serve(STATS_SCHEDULE, body_reply(schedule(game()), **stamped))
    desk = desk_in(tmp_path, provider, clock, source="replay")
    for _ in range(2):
        asked = desk.ask(NBA_SCHEDULE, DAY)
        clock.instant += HOUR
        assert (asked.state, asked.failed, asked.no_data) == ("answered", [], [])
    (landed,) = desk.zone.root.rglob("*.gz")
    assert landed.name == "20251021T130000Z.json.gz"


def test_an_archive_is_asked_for_each_instant_and_once_for_the_opening(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock, source="replay")
    third = date(2025, 10, 23)
    for day in (third, DAY):
        desk.ask(NBA_SCHEDULE, day)
    instants = [
        datetime.fromisoformat(seen.headers["X-As-Of"])
        for seen in provider.seen
        if seen.path.startswith(CDN_SCHEDULE)
    ]
    assert instants == [
        slate_instant(SEASON.first),
        slate_instant(third),
        results_instant(third),
        slate_instant(DAY),
        results_instant(DAY),
    ]


def test_live_is_asked_for_now_alone(tmp_path: Path, provider: Provider, clock: TestClock) -> None:
    provider.serve(CDN_SCHEDULE, body_reply(schedule(game())))
    desk = desk_in(tmp_path, provider, clock)
    assert desk.ask(NBA_SCHEDULE, DAY).requests == 1
    assert desk.schedule(DAY).observed_at == clock.now()


def test_what_no_archive_holds_is_no_data_and_no_failure(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    asked = desk_in(tmp_path, provider, clock).ask(NBA_SCHEDULE, DAY)
    assert (asked.state, asked.failed, len(asked.no_data)) == ("empty", [], 2)


def test_without_a_season_file_nothing_is_asked_about_games(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    asked = desk_in(tmp_path, provider, clock).ask(NBA_BOXSCORE, DAY)
    assert (asked.state, asked.requests) == ("incomplete", 0)
    assert "materialize it first" in asked.failed[0]
    assert provider.seen == []


def with_a_season_file(desk: Desk, *games: Any) -> Desk:
    land(desk, NBA_SCHEDULE, slate_instant(DAY), schedule(*(games or (game(),))))
    return desk


def test_each_expected_game_is_one_request_and_a_date_without_games_is_none(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_a_season_file(
        desk_in(tmp_path, provider, clock),
        game("0022500001"),
        game("0022500002"),
        game("0022500003", gameStatusText="PPD"),
    )
    subjects, why_none = desk.subjects(NBA_BOXSCORE, DAY)
    assert [s.game.nba_game_id for s in subjects if s.game] == ["0022500001", "0022500002"]
    assert why_none == ""
    assert desk.subjects(NBA_BOXSCORE, date(2025, 10, 23)) == ([], "no games")


def test_the_log_is_asked_once_for_each_kind_of_season_of_the_date(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_a_season_file(
        desk_in(tmp_path, provider, clock),
        game("0022500001"),
        game("0022500002"),
        game("0052500001"),
        game("0062500001"),
        game("0062500002", "2025-10-23"),
    )
    subjects, _ = desk.subjects(NBA_GAME_LOG, DAY)
    assert [s.season_type for s in subjects] == ["play_in", "regular"]
    found = desk.subjects(NBA_GAME_LOG, date(2025, 10, 23))
    assert found == ([], "no game of the date is in a log")


def test_a_game_that_cannot_be_over_is_not_asked_about(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(BOX, body_reply(box_score()))
    desk = with_a_season_file(desk_in(tmp_path, provider, clock))
    clock.instant = TIP + GAME_LENGTH - timedelta(seconds=1)
    asked = desk.ask(NBA_BOXSCORE, DAY)
    assert (asked.state, asked.requests, asked.failed) == ("not_due", 0, [])
    assert asked.not_due == ["0022500001: tips at 2025-10-21 23:30Z"]
    assert provider.seen == []
    clock.instant += timedelta(seconds=1)
    assert desk.ask(NBA_BOXSCORE, DAY).state == "answered"
    assert paths(provider) == [BOX]


def test_a_box_score_is_read_again_until_the_corrections_of_noon_are_in(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(BOX, body_reply(box_score()))
    desk = with_a_season_file(desk_in(tmp_path, provider, clock))
    for instant, requests in ((NOON - HOUR, 1), (NOON - HOUR / 2, 2), (NOON, 3), (NOON + HOUR, 3)):
        clock.instant = instant
        assert desk.ask(NBA_BOXSCORE, DAY).state == "answered"
        assert len(provider.seen) == requests


def test_a_refused_box_score_is_asked_for_again_after_noon(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(
        BOX, body_reply(changed(box_score(), "game.gameStatus", 2)), body_reply(box_score())
    )
    desk = with_a_season_file(desk_in(tmp_path, provider, clock))
    clock.instant = NOON + HOUR
    assert "not final" in desk.ask(NBA_BOXSCORE, DAY).failed[0]
    assert desk.ask(NBA_BOXSCORE, DAY).state == "answered"
    assert paths(provider).count(BOX) == 2


def test_the_log_is_not_asked_for_before_a_game_can_be_over(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    line = log_row(GAME_ID="0022500001", GAME_DATE="2025-10-21")
    provider.serve(LOG, body_reply(game_log(line)))
    desk = with_a_season_file(desk_in(tmp_path, provider, clock))
    clock.instant = slate_instant(DAY) + 8 * HOUR - timedelta(seconds=1)
    asked = desk.ask(NBA_GAME_LOG, DAY)
    assert (asked.state, asked.not_due) == ("not_due", ["2025-10-21: no game can be over"])
    clock.instant = NOON
    assert desk.ask(NBA_GAME_LOG, DAY).state == "answered"
    assert len(provider.seen) == 1


def test_a_season_file_is_asked_for_at_most_every_six_hours(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    provider.serve(CDN_SCHEDULE, body_reply(schedule(game())))
    desk = desk_in(tmp_path, provider, clock)
    for hours, requests in ((0, 1), (5.99, 1), (6, 2)):
        clock.instant = NOON + hours * HOUR
        asked = desk.ask(NBA_SCHEDULE, DAY)
        # Known from an earlier request is answered too, never empty.
        assert asked.state == "answered"
        assert len(provider.seen) == requests


def test_an_archive_is_asked_whatever_the_clock_says(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    stamped = {"X-Observed-At": "2025-10-22T05:00:00+00:00"}
    provider.serve(BOX, body_reply(box_score(), **stamped))
    desk = with_a_season_file(desk_in(tmp_path, provider, clock, source="replay"))
    clock.instant = TIP - timedelta(days=400)
    assert desk.ask(NBA_BOXSCORE, DAY).state == "answered"


def test_a_look_is_one_try_that_lands_nothing(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    provider.serve(BOX, Reply(500), body_reply(box_score()))
    assert desk.look(NBA_BOXSCORE, GAME, clock.now()) is None
    assert paths(provider).count(BOX) == 1
    assert isinstance(desk.look(NBA_BOXSCORE, GAME, clock.now()), BoxScore)
    assert not desk.zone.root.exists()
    provider.serve(BOX, body_reply(box_score("0022500009")))
    assert desk.look(NBA_BOXSCORE, GAME, clock.now()) is None


def test_a_reading_says_how_many_other_bodies_of_results_it_supersedes(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = desk_in(tmp_path, provider, clock)
    for hours, assists in ((-3, 5), (-2, 5), (-1, 6)):
        row = log_row(GAME_ID="0022500001", GAME_DATE="2025-10-21", AST=assists)
        land(desk, NBA_GAME_LOG, NOON + hours * HOUR, game_log(row))
    newest, before, _, _ = desk.readings(NBA_GAME_LOG, GAME)
    assert (newest.corrections, before.corrections) == (1, 0)
