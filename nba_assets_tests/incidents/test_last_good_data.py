"""What was published stays as it is, to the byte, while nothing better can be made."""

import shutil
from pathlib import Path

from nba_assets.automation.status import GAPS
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import RAW_BOXES, SUMMARIES, findings, sandboxed
from nba_assets_tests.incidents.test_bad_season_files import (
    CALENDAR,
    DAY,
    NIGHT_OF_FOUR,
    SCHEDULE,
    broken_sandbox,
)
from nba_assets_tests.platform import SPINE_TABLES

BAD_BOXES_AND_LOG = (
    Fault(kind="html", feed="nba_boxscore"),
    Fault(kind="empty", feed="nba_game_log"),
)


def test_a_held_date_keeps_its_last_good_data_until_it_is_mended(
    league: League, server: SandboxServer, tmp_path: Path
) -> None:
    day = NIGHT_OF_FOUR
    with sandboxed(tmp_path, server) as found:
        good = findings(found, found.backfill(day, day), day, day)
        assert good.failures == ()
        assert len(good.digests) == len(SPINE_TABLES)

        shutil.rmtree(tmp_path / "landing")
        with broken_sandbox(server, BAD_BOXES_AND_LOG):
            held = findings(found, found.backfill(day, day), day, day)
        assert held.digests == good.digests
        for table in RAW_BOXES:
            assert held.state(table, day) == "blocked"
            assert held.reason(table, day).startswith("scheduled_games_are_covered: ")
            assert held.reason(table, day).endswith("; the last good data stays")

        mended = findings(found, found.backfill(day, day), day, day)
        assert mended.digests == good.digests
        assert {mended.state(table, day) for table in SPINE_TABLES} == {"published"}

        game = league.games_on(day)[0].game_id
        twice = Fault(kind="conflicting_duplicate", feed="nba_schedule", date=day + DAY, game=game)
        with broken_sandbox(server, [twice]):
            held = findings(found, found.backfill(day, day, CALENDAR), day, day)
        assert held.digests == good.digests
        assert held.state(SCHEDULE, day) == "blocked"
        assert "rows_keep_the_contract: unique_key: game_id " in held.reason(SCHEDULE, day)
        assert held.reason(SCHEDULE, day).endswith("; the last good data stays")


def test_a_held_input_stops_what_lies_downstream_in_one_run(
    server: SandboxServer, tmp_path: Path
) -> None:
    day = NIGHT_OF_FOUR
    with sandboxed(tmp_path, server) as found, broken_sandbox(server, BAD_BOXES_AND_LOG):
        result = found.run(found.keys, day)
        assert not result.success
        held = findings(found, [], day, day)
    assert held.state(SCHEDULE, day) == "published"
    assert {held.state(table, day) for table in RAW_BOXES} == {"blocked"}
    assert {held.state(table, day) for table in SUMMARIES} <= GAPS
    assert {path.split("/")[1] for path in held.digests} == {"schedule"}
