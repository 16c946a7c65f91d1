"""Days on which nothing goes wrong raise no alarm."""

from collections.abc import Iterator
from datetime import date

import pytest

from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import PLAYERS, Findings, findings, sandboxed
from nba_assets_tests.incidents.nights import FIRST, LAST, our_id
from nba_assets_tests.platform import SPINE_TABLES, Platform

pytestmark = pytest.mark.nights

SCHEDULE = "raw.schedule"
OLD_DATE, NEW_DATE = date(2025, 11, 9), date(2025, 11, 28)  # of the game that is put off
THANKSGIVING = date(2025, 11, 27)
SUMMER = date(2025, 10, 5)
BOXES_AND_LOGS = ("/boxscore/", "/leaguegamelog")


@pytest.fixture(scope="module")
def november(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    home = tmp_path_factory.mktemp("november")
    with sandboxed(home, server, first_date=str(SUMMER)) as found:
        yield found


@pytest.fixture(scope="module")
def holidays(november: Platform) -> Findings:
    runs = november.backfill(THANKSGIVING, NEW_DATE)
    return findings(november, runs, THANKSGIVING, NEW_DATE)


def test_a_clean_fortnight_raises_no_alarm(undisturbed: Findings) -> None:
    assert (LAST - FIRST).days >= 14
    assert undisturbed.failures == ()
    assert [verdict for verdict in undisturbed.verdicts if not verdict.passed] == []
    assert undisturbed.quarantined == {}
    assert not (undisturbed.home / "quarantine").exists()
    assert {cell.state for cell in undisturbed.cells.values()} == {"published", "answered"}
    for rows in undisturbed.rows.values():
        assert not rows["is_degraded"].any()
        assert set(rows["completeness_pct"]) == {100.0}


def test_a_clean_fortnight_has_every_game(league: League, undisturbed: Findings) -> None:
    played = {our_id(game) for game in league.fixtures if FIRST <= game.day <= LAST}
    for table in SPINE_TABLES:
        games = set(undisturbed.rows[table]["game_id"])
        assert games - {_postponed(league)} == played


def _postponed(league: League) -> str:
    (fixture,) = (f for f in league.fixtures if f.is_postponed and f.first_day == OLD_DATE)
    return f"{OLD_DATE:%Y%m%d}_{fixture.away}_{fixture.home}"


def test_a_postponed_game_stays_on_its_old_date_and_is_played_on_the_new_one(
    league: League, undisturbed: Findings, holidays: Findings
) -> None:
    (old,) = undisturbed.of_game(SCHEDULE, _postponed(league)).to_dict("records")
    assert old["status"] == "postponed"
    assert old["game_date"] == OLD_DATE
    same = holidays.rows[SCHEDULE]
    (new,) = same[same["nba_game_id"] == old["nba_game_id"]].to_dict("records")
    assert new["game_date"] == NEW_DATE
    assert new["game_id"] == old["game_id"].replace(f"{OLD_DATE:%Y%m%d}", f"{NEW_DATE:%Y%m%d}")
    assert new["status"] == "final"
    assert undisturbed.of_game(PLAYERS, str(old["game_id"])).empty
    assert len(holidays.of_game(PLAYERS, str(new["game_id"])))
    assert set(undisturbed.of_day(PLAYERS, OLD_DATE)["completeness_pct"]) == {100.0}


def test_a_date_without_games_is_published_empty(holidays: Findings, server: SandboxServer) -> None:
    for table in SPINE_TABLES:
        assert holidays.state(table, THANKSGIVING) == "empty"
        assert holidays.of_day(table, THANKSGIVING).empty
        assert holidays.metadata[table, THANKSGIVING]["no_games"] == "True"
        assert holidays.metadata[table, THANKSGIVING]["dagster/partition_row_count"] == "0"
        schema, name = table.split(".")
        assert f"{schema}/{name}/game_date={THANKSGIVING}/part-0.parquet" in holidays.digests
    for feed in ("nba_boxscore", "nba_game_log"):
        cell = holidays.cells[f"landing/{feed}", THANKSGIVING]
        assert (cell.state, cell.reason) == ("empty", "no games")
    assert [v for v in holidays.verdicts if not v.passed] == []


def test_a_date_off_season_is_published_empty_without_a_request(
    november: Platform, holidays: Findings, server: SandboxServer
) -> None:
    asked = len(server.requests)
    assert november.run(november.keys, SUMMER).success
    assert len(server.requests) == asked
    found = findings(november, [], SUMMER, SUMMER)
    for table in SPINE_TABLES:
        assert found.state(table, SUMMER) == "empty"
        assert found.metadata[table, SUMMER]["no_games"] == "True"
    assert {cell.state for cell in found.cells.values()} == {"empty"}


def test_a_backfill_leaves_out_dates_off_season(november: Platform) -> None:
    assert november.backfill(SUMMER, date(2025, 10, 20)) == []
