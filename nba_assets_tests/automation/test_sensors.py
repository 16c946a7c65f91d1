from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_assets.automation.sensors import (
    SLATE_LEAD,
    Night,
    cutoffs_sensor,
    final_games,
    late_wishes,
    nights,
    passed_cutoff,
    results_sensor,
    wishes,
)
from nba_assets.definitions import build_desk
from nba_assets.landing.desk import GAME_LENGTH, Desk
from nba_assets.partitions import results_instant, slate_instant
from nba_assets.sandbox.adapter import SandboxAdapter
from nba_assets.sandbox.faults import FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.settings import Settings
from nba_assets.sources.feed import ExpectedGame
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.transport import Transport
from nba_assets_tests.platform import utc
from nba_assets_tests.raw.payloads import (
    desk_in,
    land_log,
    land_schedule,
    log_lines,
    scheduled_game,
)
from nba_assets_tests.raw.rows import DAY as PLAYED

DAY = date(2025, 10, 23)  # four games of the sandbox
SECOND = timedelta(seconds=1)
RESULTS = tuple(f.name for f in FEEDS if "results" in f.instants and not f.on_demand)
MORNING = tuple(f.name for f in FEEDS if {"opening", "slate"} & set(f.instants) and not f.on_demand)
UNTIL_TIP = tuple(f.name for f in FEEDS if "lock" in f.instants and not f.on_demand)
CLOSING = ("odds_player_points", "bettingpros_offers")
EARLY, LATE = (
    ExpectedGame("0022500001", "BOS", "NYK", utc("2025-10-23T23:00Z")),
    ExpectedGame("0022500002", "LAL", "GSW", utc("2025-10-24T02:30Z")),
)
NIGHT = Night(DAY, (EARLY, LATE))
BOTH = {EARLY.nba_game_id, LATE.nba_game_id}
ALL_OVER = LATE.tip_at + GAME_LENGTH


def wished(now: datetime, night: Night = NIGHT, final: set[str] | None = None) -> list[str]:
    return [wish.key for wish in wishes(night, lambda: BOTH if final is None else final, now)]


def test_nothing_is_wished_before_half_past_nine_in_the_morning() -> None:
    assert wished(slate_instant(DAY) - SLATE_LEAD - SECOND) == []


def test_what_the_morning_knows_is_wished_before_the_cut_off_of_the_slate() -> None:
    (wish,) = wishes(NIGHT, lambda: set(), slate_instant(DAY) - SLATE_LEAD)
    assert (wish.key, wish.day, wish.feeds) == ("slate:2025-10-23", DAY, MORNING)
    assert "nba_schedule" in MORNING


def test_results_are_wished_as_soon_as_every_game_is_over_and_final() -> None:
    assert wished(ALL_OVER - SECOND) == ["slate:2025-10-23"]
    found = wishes(NIGHT, lambda: BOTH, ALL_OVER)
    assert [wish.key for wish in found] == ["slate:2025-10-23", "final:2025-10-23"]
    assert found[1].feeds == RESULTS


@pytest.mark.parametrize("final", [set(), {EARLY.nba_game_id}])
def test_a_game_that_is_not_final_is_waited_for(final: set[str]) -> None:
    assert wished(ALL_OVER, final=final) == ["slate:2025-10-23"]


def test_nobody_is_asked_about_a_game_that_cannot_be_over() -> None:
    def asked() -> set[str]:
        raise AssertionError("asked")

    found = wishes(NIGHT, asked, ALL_OVER - SECOND)
    assert [wish.key for wish in found] == ["slate:2025-10-23"]


def test_from_noon_on_corrections_are_wished_and_nothing_is_waited_for() -> None:
    noon = results_instant(DAY)
    assert wished(noon - SECOND, final=set()) == ["slate:2025-10-23"]
    assert wished(noon, final=set()) == ["noon:2025-10-23"]
    assert wishes(NIGHT, lambda: set(), noon)[-1].feeds == RESULTS


def test_what_changes_until_tip_is_wished_once_before_each_lock() -> None:
    assert EARLY.lock_at < LATE.lock_at
    for game in (EARLY, LATE):
        key = f"lock:2025-10-23:{game.lock_at:%H%M}"
        assert key not in wished(game.lock_at - timedelta(minutes=11))
        assert key in wished(game.lock_at - timedelta(minutes=10))
        found = {w.key: w for w in wishes(NIGHT, lambda: set(), game.lock_at - SECOND)}
        assert found[key].feeds == UNTIL_TIP
        # What came after the cut-off would not be known at it.
        assert key not in wished(game.lock_at)
    assert {"nba_lineups", "odds_player_points", "nba_injury_report"} <= set(UNTIL_TIP)


def test_closing_lines_are_wished_once_before_each_tip() -> None:
    for game in (EARLY, LATE):
        key = f"closing:2025-10-23:{game.tip_at:%H%M}"
        assert key not in wished(game.tip_at - timedelta(minutes=11))
        for now in (game.tip_at - timedelta(minutes=10), game.tip_at - SECOND):
            assert [(w.key, w.feeds) for w in wishes(NIGHT, lambda: set(), now)] == [
                ("slate:2025-10-23", MORNING),
                (key, CLOSING),
            ]
        assert key not in wished(game.tip_at)


def test_closing_lines_follow_a_tip_that_was_moved_and_two_of_one_tip_are_one_wish() -> None:
    moved = replace(EARLY, slate_tip_at=EARLY.tip_at, tip_at=EARLY.tip_at + timedelta(minutes=45))
    twin = replace(moved, nba_game_id="0022500003", away="MIA", home="CHI")
    night = Night(DAY, (moved, twin))
    assert wished(EARLY.tip_at - SECOND, night) == ["slate:2025-10-23"]
    assert wished(moved.tip_at - SECOND, night) == ["slate:2025-10-23", "closing:2025-10-23:2345"]
    assert f"lock:2025-10-23:{EARLY.lock_at:%H%M}" in wished(EARLY.lock_at - SECOND, night)


def test_the_lock_of_a_later_game_asks_for_the_closing_lines_of_an_earlier_one() -> None:
    later = replace(LATE, tip_at=EARLY.tip_at + timedelta(minutes=30))
    night = Night(DAY, (EARLY, later))
    assert wished(EARLY.tip_at - SECOND, night) == ["slate:2025-10-23", "lock:2025-10-23:2300"]
    assert set(CLOSING) <= set(UNTIL_TIP)
    assert wished(later.tip_at - SECOND, night)[1:] == ["closing:2025-10-23:2330"]


def test_each_cut_off_is_asked_for_once_it_has_passed_and_not_before() -> None:
    def asked(now: datetime, made_at: datetime | None = None) -> str | None:
        return passed_cutoff(NIGHT, made_at, now)

    ten = slate_instant(DAY)
    assert asked(ten - SECOND) is None
    assert asked(ten) == "cutoff:2025-10-23:1400:0"
    assert asked(ten + timedelta(minutes=5), made_at=ten) is None
    assert asked(EARLY.lock_at - SECOND, made_at=ten) is None
    assert asked(EARLY.lock_at, made_at=ten) == "cutoff:2025-10-23:2230:0"
    assert asked(LATE.lock_at, made_at=ten) == "cutoff:2025-10-23:0200:0", "one run serves both"
    assert asked(results_instant(DAY)) is None, "the night is over"


def test_a_cut_off_whose_run_came_to_nothing_is_asked_for_again() -> None:
    ten = slate_instant(DAY)
    asked = [passed_cutoff(NIGHT, None, ten + timedelta(minutes=n)) for n in (0, 14, 15, 31)]
    assert [key and key[-2:] for key in asked] == [":0", ":0", ":1", ":2"]


def test_a_date_without_games_has_its_morning_alone() -> None:
    empty = Night(DAY, None)
    assert (passed_cutoff(empty, None, LATE.tip_at) or "").startswith("cutoff:2025-10-23:1400:")
    assert passed_cutoff(empty, slate_instant(DAY), LATE.tip_at) is None


def test_a_date_without_games_is_over_in_the_morning() -> None:
    empty = Night(DAY, ())
    assert wished(slate_instant(DAY), empty) == ["slate:2025-10-23", "final:2025-10-23"]


def test_without_a_season_file_only_that_is_wished() -> None:
    unread = Night(DAY, None)
    assert wished(ALL_OVER, unread) == ["slate:2025-10-23"]
    assert wished(results_instant(DAY), unread) == ["noon:2025-10-23"]


def settings(home: Path, **changes: object) -> Settings:
    given = {
        "home": home,
        "source": "sandbox",
        "landing_url": home / "landing",
        "dagster_home": home / "dagster",
        "first_date": date(2025, 10, 21),
        "last_date": date(2026, 4, 12),
    }
    return Settings.model_validate(given | changes)


@pytest.mark.parametrize(
    ("now", "watched"),
    [
        ("2025-10-21T03:59Z", []),
        ("2025-10-21T04:00Z", ["2025-10-21"]),
        ("2025-10-23T03:59Z", ["2025-10-21", "2025-10-22"]),
        ("2025-10-23T04:00Z", ["2025-10-22", "2025-10-23"]),
        ("2026-04-13T16:00Z", ["2026-04-12"]),
        ("2026-04-14T16:00Z", []),
        ("2026-08-01T16:00Z", []),
    ],
)
def test_tonight_and_last_night_are_watched_inside_the_window(
    tmp_path: Path, now: str, watched: list[str]
) -> None:
    assert [str(day) for day in nights(settings(tmp_path), utc(now))] == watched


def test_an_open_window_watches_no_date_between_seasons(tmp_path: Path) -> None:
    open_ended = settings(tmp_path, last_date=None)
    assert nights(open_ended, utc("2026-08-01T16:00Z")) == []
    assert nights(open_ended, utc("2026-01-15T16:00Z"))


@pytest.mark.parametrize(
    ("now", "wished_for"),
    [
        ("2025-10-24T15:59Z", []),
        ("2025-10-24T16:00Z", ["late:bdl_games:2025-10-21", "late:bdl_box_scores:2025-10-21"]),
        ("2025-10-25T15:59Z", []),
        ("2026-04-15T16:00Z", ["late:bdl_games:2026-04-12", "late:bdl_box_scores:2026-04-12"]),
        ("2026-04-16T16:00Z", []),
    ],
)
def test_results_of_a_late_provider_are_wished_once_more_when_they_are_settled(
    tmp_path: Path, now: str, wished_for: list[str]
) -> None:
    found = late_wishes(settings(tmp_path), utc(now))
    assert [wish.key for wish in found] == wished_for
    assert all(wish.key == f"late:{wish.feeds[0]}:{wish.day}" for wish in found)


class Clock:
    """The instant a test says; nobody may sleep."""

    def __init__(self) -> None:
        self.instant = slate_instant(DAY)

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s")


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(League(), FaultBook()) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, server: SandboxServer, clock: Clock) -> Desk:
    """A desk on the sandbox whose clock is the test's."""
    given = settings(tmp_path)
    adapter = SandboxAdapter(server.url, 7, tmp_path / "faults.json")
    transport = Transport(lambda s: s.mount("https://", adapter), clock=clock, paced=False)
    return Desk(given, transport, build_desk(given).zone)


def requests(desk: Desk) -> list[dg.RunRequest]:
    """What one tick of the sensor asks for."""
    with dg.build_sensor_context(resources={"desk": desk}) as context:
        result = results_sensor(desk.settings)(context)
    assert isinstance(result, dg.SensorResult)
    return list(result.run_requests or [])


def keys(desk: Desk) -> list[str | None]:
    return [request.run_key for request in requests(desk)]


def test_a_tick_in_the_morning_asks_for_what_the_morning_knows_of_two_nights(desk: Desk) -> None:
    assert keys(desk) == ["slate:2025-10-22", "slate:2025-10-23"]
    (tonight,) = (r for r in requests(desk) if r.run_key == "slate:2025-10-23")
    assert tonight.partition_key == "2025-10-23"
    assert tonight.asset_selection == [dg.AssetKey(["landing", name]) for name in MORNING]


def test_a_tick_after_the_last_game_asks_for_landing_under_one_key(
    desk: Desk, clock: Clock
) -> None:
    desk.ask(NBA_SCHEDULE, DAY)
    # The sandbox posts its game log at nine in the morning.
    clock.instant = utc("2025-10-24T12:59Z")
    assert "final:2025-10-23" not in keys(desk)
    clock.instant = utc("2025-10-24T13:00Z")
    (asked,) = (r for r in requests(desk) if r.run_key == "final:2025-10-23")
    assert asked.partition_key == "2025-10-23"
    assert asked.asset_selection == [dg.AssetKey(["landing", name]) for name in RESULTS]
    clock.instant += timedelta(minutes=5)
    assert keys(desk).count("final:2025-10-23") == 1
    clock.instant = results_instant(DAY)
    assert [key for key in keys(desk) if key and key.endswith("2025-10-23")] == ["noon:2025-10-23"]


def test_looking_whether_games_are_final_lands_nothing(desk: Desk) -> None:
    desk.ask(NBA_SCHEDULE, DAY)
    landed = sorted(desk.zone.root.rglob("*.gz"))
    assert final_games(desk, DAY, utc("2025-10-24T12:00Z")) == set()
    assert len(final_games(desk, DAY, utc("2025-10-24T13:00Z"))) == 4
    assert sorted(desk.zone.root.rglob("*.gz")) == landed


def test_a_game_is_final_when_the_log_has_both_of_its_teams(tmp_path: Path) -> None:
    archive = tmp_path / "landing"
    archive.mkdir()
    replay = desk_in(tmp_path, replay_roots=(archive,))
    other = scheduled_game("0022500002", "LAL", "GSW")
    land_schedule(replay, scheduled_game(), other)
    half = log_lines("LAL", "GSW", nba_game_id="0022500002")[:5]
    land_log(replay, [*log_lines(), *half], at=results_instant(PLAYED) - SECOND)
    assert final_games(replay, PLAYED, results_instant(PLAYED)) == {"0022500001"}


def test_the_same_wish_twice_is_one_run(desk: Desk, clock: Clock) -> None:
    clock.instant = slate_instant(DAY)
    first, second = keys(desk), keys(desk)
    assert first == second
    assert len(set(first)) == len(first)


def test_a_tick_after_a_cut_off_asks_for_the_slate_of_its_date(desk: Desk, clock: Clock) -> None:
    slate = dg.AssetKey(["analytics", "upcoming_games"])

    def ticked() -> dg.SensorResult | dg.SkipReason:
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(instance, resources={"desk": desk}) as context,
        ):
            found = cutoffs_sensor(desk.settings, slate)(context)
        assert isinstance(found, dg.SensorResult | dg.SkipReason)
        return found

    desk.ask(NBA_SCHEDULE, DAY)
    clock.instant = slate_instant(DAY)
    found = ticked()
    assert isinstance(found, dg.SensorResult)
    (tonight,) = (r for r in found.run_requests or () if r.partition_key == str(DAY))
    assert (tonight.run_key, tonight.asset_selection) == ("cutoff:2025-10-23:1400:0", [slate])
    clock.instant = utc("2026-08-01T16:00Z")
    skipped = ticked()
    assert isinstance(skipped, dg.SkipReason)
    assert "every cut-off so far" in (skipped.skip_message or "")


def test_a_tick_in_summer_is_skipped_with_a_reason(desk: Desk, clock: Clock) -> None:
    clock.instant = utc("2026-08-01T16:00Z")
    with dg.build_sensor_context(resources={"desk": desk}) as context:
        result = results_sensor(desk.settings)(context)
    assert isinstance(result, dg.SkipReason)
    assert "neither tonight nor last night" in (result.skip_message or "")
