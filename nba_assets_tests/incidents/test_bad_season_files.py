"""Season files that cannot be read, that say something wrong, and that are not there at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.fixtures import morning_of
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import (
    PLAYERS,
    RAW_BOXES,
    Findings,
    assert_same,
    findings,
    sandboxed,
)
from nba_assets_tests.incidents.nights import our_id

pytestmark = pytest.mark.nights

SCHEDULE = "raw.schedule"
CALENDAR = ("landing/nba_schedule", "raw/schedule")
CDN = "cdn.nba.com/static/json/staticData/scheduleLeagueV2_1.json"
STATS = "stats.nba.com/stats/scheduleleaguev2/LeagueID=00&Season=2025-26"
DAY = timedelta(days=1)
NIGHT_OF_FOUR = date(2025, 10, 23)


@contextmanager
def broken_sandbox(server: SandboxServer, faults: Sequence[Fault]) -> Iterator[None]:
    for fault in faults:
        server.faults.add(fault)
    try:
        yield
    finally:
        server.faults.clear()


@dataclass(frozen=True)
class Morning:
    """A morning on which the season file is posted badly."""

    day: date
    fault: dict[str, Any]
    words: str
    is_whole: bool = True


REFUSED = (
    Morning(date(2025, 10, 25), {"kind": "truncated"}, "not_whole", False),
    Morning(date(2025, 10, 27), {"kind": "html"}, "200 with an HTML page", False),
    Morning(date(2025, 10, 29), {"kind": "empty"}, "the season file names no game"),
    Morning(date(2025, 10, 31), {"kind": "renamed_key"}, "gameId: Field required"),
    Morning(date(2025, 11, 2), {"kind": "number_as_string"}, "should be a valid integer"),
    Morning(
        date(2025, 11, 4), {"kind": "truncated", "is_length_honest": True}, "broken JSON", False
    ),
)
BLOCKED_CDN = date(2025, 11, 6)
FIRST, LAST = date(2025, 10, 24), BLOCKED_CDN - DAY
MORNINGS = pytest.mark.parametrize("morning", REFUSED, ids=lambda m: f"{m.day}-{m.fault['kind']}")


@pytest.fixture(scope="module")
def calendars(
    server: SandboxServer, undisturbed: Findings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Findings, Findings]:
    """Schedules of a fortnight whose season file is refused every other morning; then mended."""
    faults = [Fault(feed="nba_schedule", date=m.day, **m.fault) for m in REFUSED]
    faults.append(Fault(kind="html", host="cdn.nba.com", feed="nba_schedule", date=BLOCKED_CDN))
    with sandboxed(tmp_path_factory.mktemp("calendar"), server) as found:
        with broken_sandbox(server, faults):
            bad = findings(found, found.backfill(FIRST, LAST, CALENDAR), FIRST, LAST)
        return bad, findings(found, found.backfill(FIRST, LAST, CALENDAR), FIRST, LAST)


@MORNINGS
def test_a_bad_season_file_never_hides_the_one_before(
    calendars: tuple[Findings, Findings], undisturbed: Findings, morning: Morning
) -> None:
    bad, _ = calendars
    day = morning.day - DAY
    rows = bad.of_day(SCHEDULE, day)
    assert bad.state(SCHEDULE, day) == "published"
    assert rows["game_id"].tolist() == undisturbed.of_day(SCHEDULE, day)["game_id"].tolist()
    assert set(rows["observed_at"]) == {morning_of(day)}
    assert set(rows["status"]) == {"scheduled"}
    assert set(undisturbed.of_day(SCHEDULE, day)["status"]) == {"final"}


@MORNINGS
def test_a_refused_season_file_is_named_by_landing(
    calendars: tuple[Findings, Findings], morning: Morning
) -> None:
    bad, _ = calendars
    for day in (morning.day - DAY, morning.day):
        cell = bad.cells["landing/nba_schedule", day]
        assert cell.state == "incomplete"
        assert "scheduleLeagueV2_1.json" in cell.reason
        assert "scheduleleaguev2" in cell.reason
        assert morning.words in cell.reason


@MORNINGS
def test_a_season_file_is_kept_in_landing_if_and_only_if_it_is_whole(
    calendars: tuple[Findings, Findings], morning: Morning
) -> None:
    bad, _ = calendars
    stamp = f"{morning_of(morning.day):%Y%m%dT%H%M%SZ}"
    for page in (CDN, STATS):
        landed, apart = (
            [body for body in bad.bodies if body.startswith(f"{folder}/{page}/{stamp}.")]
            for folder in ("landing", "quarantine/landing")
        )
        assert (len(landed), len(apart)) == ((1, 0) if morning.is_whole else (0, 1))
    passed_over = bad.metadata[SCHEDULE, morning.day - DAY].get("passed_over", "")
    assert (f"{CDN}/{stamp}" in passed_over) == morning.is_whole


def test_a_season_file_may_come_by_another_route(calendars: tuple[Findings, Findings]) -> None:
    bad, _ = calendars
    rows = bad.of_day(SCHEDULE, LAST)
    assert set(rows["landing_path"].str.rpartition("/")[0]) == {STATS}
    assert set(rows["status"]) == {"final"}
    assert bad.cells["landing/nba_schedule", LAST].state == "answered"


def test_a_mended_season_file_gives_the_schedule_of_a_good_one(
    calendars: tuple[Findings, Findings], undisturbed: Findings
) -> None:
    _, mended = calendars
    days = mended.rows[SCHEDULE]["game_date"].unique()
    whole = undisturbed.rows[SCHEDULE]
    # A body that comes later than a refused one of its instant is a second younger.
    assert_same(
        mended.rows[SCHEDULE].drop(columns="slate_observed_at"),
        whole[whole["game_date"].isin(days)].drop(columns="slate_observed_at"),
    )
    assert {cell.state for cell in mended.cells.values() if "schedule" in cell.asset} == {
        "published",
        "answered",
    }


@pytest.mark.parametrize(
    "fault", [m.fault for m in REFUSED] + [{"kind": "missing"}], ids=lambda fault: fault["kind"]
)
def test_a_date_without_any_season_file_is_held_and_says_where_to_begin(
    server: SandboxServer, tmp_path: Path, fault: dict[str, Any]
) -> None:
    day = NIGHT_OF_FOUR
    with (
        sandboxed(tmp_path, server) as found,
        broken_sandbox(server, [Fault(feed="nba_schedule", **fault)]),
    ):
        runs = found.backfill(day, day, [*CALENDAR, "landing/nba_boxscore"])
        held = findings(found, runs, day, day)
    assert held.state(SCHEDULE, day) == "blocked"
    assert "landing/nba_schedule holds no season file" in held.reason(SCHEDULE, day)
    assert held.failures[0].startswith(
        f"{SCHEDULE} {day} held back by rows_keep_the_contract: 1 offender"
    )
    assert "landing/nba_schedule" in held.failures[0]
    assert held.rows[SCHEDULE].empty
    boxes = held.cells["landing/nba_boxscore", day]
    assert boxes.state == "incomplete"
    assert "landing/nba_schedule" in boxes.reason


DUPLICATED, SWAPPED, LOST, ALL_LOST, STALE = (date(2025, 10, 23) + n * DAY for n in range(5))


@pytest.fixture(scope="module")
def rewritten(
    league: League,
    server: SandboxServer,
    undisturbed: Findings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Findings:
    """Five nights after each of which the season file is accepted and says something wrong."""
    faults = [
        Fault(feed="nba_schedule", date=day + DAY, kind=kind, game=game)
        for day, kind, games in (
            (DUPLICATED, "duplicated", league.games_on(DUPLICATED)[:1]),
            (SWAPPED, "swapped", league.games_on(SWAPPED)[:1]),
            (LOST, "empty", league.games_on(LOST)[:1]),
            (ALL_LOST, "empty", league.games_on(ALL_LOST)),
        )
        for game in (fixture.game_id for fixture in games)
    ]
    faults.append(Fault(feed="nba_schedule", date=STALE + DAY, kind="stale"))
    with (
        sandboxed(tmp_path_factory.mktemp("rewritten"), server) as found,
        broken_sandbox(server, faults),
    ):
        return findings(found, found.backfill(DUPLICATED, STALE), DUPLICATED, STALE)


def test_a_game_that_is_scheduled_twice_alike_is_one_game_and_is_counted(
    rewritten: Findings, undisturbed: Findings
) -> None:
    for table in (SCHEDULE, *RAW_BOXES):
        assert rewritten.state(table, DUPLICATED) == "published"
        assert_same(rewritten.of_day(table, DUPLICATED), undisturbed.of_day(table, DUPLICATED))
    assert rewritten.metadata[SCHEDULE, DUPLICATED]["identical_copies_collapsed"] == "1"


def test_a_game_whose_sides_the_schedule_swaps_is_left_out_and_named(
    league: League, rewritten: Findings
) -> None:
    fixture, *others = league.games_on(SWAPPED)
    wrong = f"{SWAPPED:%Y%m%d}_{fixture.home}_{fixture.away}"
    for table in RAW_BOXES:
        rows = rewritten.of_day(table, SWAPPED)
        assert set(rows["game_id"]) == {our_id(other) for other in others}
        assert rewritten.state(table, SWAPPED) == "degraded"
        assert wrong in rewritten.reason(table, SWAPPED)
    passed_over = rewritten.metadata[PLAYERS, SWAPPED]["passed_over"]
    assert f"boxscore_{fixture.game_id}.json/" in passed_over
    assert "home_away_matches_schedule" in passed_over


@pytest.mark.parametrize("day", [LOST, ALL_LOST], ids=["one-game", "all-games"])
def test_games_that_the_season_file_loses_are_still_expected(
    league: League, rewritten: Findings, undisturbed: Findings, day: date
) -> None:
    assert len(rewritten.of_day(SCHEDULE, day)) == len(league.games_on(day))
    assert "postponed" not in set(rewritten.of_day(SCHEDULE, day)["status"])
    for table in RAW_BOXES:
        assert rewritten.state(table, day) == "published"
        assert_same(rewritten.of_day(table, day), undisturbed.of_day(table, day))


def test_yesterdays_season_file_costs_the_box_scores_nothing(
    rewritten: Findings, undisturbed: Findings
) -> None:
    assert set(rewritten.of_day(SCHEDULE, STALE)["status"]) == {"scheduled"}
    for table in RAW_BOXES:
        assert rewritten.state(table, STALE) == "published"
        assert_same(rewritten.of_day(table, STALE), undisturbed.of_day(table, STALE))
