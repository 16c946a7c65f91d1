"""Every run is a replacement: twice is once, a range is its days, in whatever order."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import (
    PLAYERS,
    TEAMS,
    Findings,
    assert_same,
    findings,
    of_dates,
    sandboxed,
)
from nba_assets_tests.incidents.test_bad_season_files import broken_sandbox
from nba_assets_tests.platform import SPINE_TABLES, Platform

pytestmark = pytest.mark.nights

FIRST, LAST = date(2025, 10, 21), date(2025, 10, 23)
SHUFFLED = (date(2025, 10, 22), date(2025, 10, 21), date(2025, 10, 23))


@pytest.fixture(scope="module")
def daily(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Some of the nights, each by a run of its own and out of order."""
    with sandboxed(tmp_path_factory.mktemp("daily"), server) as found:
        for day in SHUFFLED:
            assert found.run(found.keys, day).success
        yield found


def test_a_range_run_equals_its_days_in_any_order(undisturbed: Findings, daily: Platform) -> None:
    for table in SPINE_TABLES:
        ranged = undisturbed.rows[table]
        assert_same(
            daily.read(table, FIRST, LAST),
            ranged[(ranged["game_date"] >= FIRST) & (ranged["game_date"] <= LAST)],
        )
    assert len(daily.digests()) == len(SPINE_TABLES) * len(SHUFFLED)
    assert daily.digests() == of_dates(undisturbed.digests, FIRST, LAST)


def test_running_dates_again_changes_no_byte(daily: Platform) -> None:
    before, home = daily.digests(), daily.settings.home
    landed = sorted(path for path in (home / "landing").rglob("*.gz"))
    runs = daily.backfill(FIRST, LAST)
    again = findings(daily, runs, FIRST, LAST)
    assert again.failures == ()
    assert again.digests == before
    assert {facts["changed"] for facts in again.metadata.values()} == {"False"}
    assert sorted(path for path in (home / "landing").rglob("*.gz")) == landed


def test_a_correction_after_the_night_replaces_one_number_and_only_its_files(
    league: League, server: SandboxServer, tmp_path: Path
) -> None:
    day = LAST
    fixture = league.games_on(day)[0]
    corrected_at = league.box(fixture.game_id).published_at + timedelta(hours=24)
    correction = Fault(kind="corrected", feed="nba_boxscore", game=fixture.game_id, hours=24)
    made = []
    with broken_sandbox(server, [correction]):
        for as_of in (corrected_at - timedelta(minutes=1), corrected_at):
            with sandboxed(tmp_path, server, as_of=as_of.isoformat()) as found:
                made.append(findings(found, found.backfill(day, day), day, day))
    before, after = made
    keys = ["game_id", "player_id"]
    old, new = (each.rows[PLAYERS].set_index(keys) for each in made)
    (game, player), *others = old.index[old["ast"] != new["ast"]]
    assert others == []
    assert new.loc[(game, player), "ast"] == old.loc[(game, player), "ast"] + 1
    assert new.loc[(game, player), "nba_game_id"] == fixture.game_id
    assert_same(after.rows[PLAYERS].drop(columns="ast"), before.rows[PLAYERS].drop(columns="ast"))
    assert after.rows[TEAMS]["ast"].sum() == before.rows[TEAMS]["ast"].sum() + 1
    assert after.digests.keys() == before.digests.keys()
    changed = {path for path, digest in after.digests.items() if before.digests[path] != digest}
    assert {path.split("/")[1] for path in changed} == {
        "player_box_scores",
        "team_box_scores",
        "player_game_summary",
        "team_offense_game_summary",
    }
    noted = {table for (table, _), facts in after.metadata.items() if facts["changed"] == "True"}
    assert noted == {path.split("/game_date")[0].replace("/", ".") for path in changed}


def test_what_was_corrected_later_is_not_seen_as_of_an_earlier_instant(
    league: League, server: SandboxServer, tmp_path: Path
) -> None:
    day = LAST
    fixture = league.games_on(day)[0]
    corrected_at = league.box(fixture.game_id).published_at + timedelta(hours=24)
    correction = Fault(kind="corrected", feed="nba_boxscore", game=fixture.game_id, hours=24)
    assists = []
    with broken_sandbox(server, [correction]):
        for as_of in (corrected_at, corrected_at - timedelta(minutes=1)):
            with sandboxed(tmp_path, server, as_of=as_of.isoformat()) as found:
                found.backfill(
                    day, day, [key for key in found.keys if not key.startswith("analytics")]
                )
                assists.append(found.read(PLAYERS, day)["ast"].sum())
    assert assists[0] == assists[1] + 1
