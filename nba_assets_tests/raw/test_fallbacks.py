"""A simulated night without NBA.com: other providers list its games, and names have to be resolved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.raw.players import PLAYERS
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.warehouse.table import UNDATED
from nba_assets_tests.gates.verdicts import Said, failures, verdicts
from nba_assets_tests.platform import Platform, platform

DAY = date(2025, 10, 21)
SCHEDULES = ("landing/nba_schedule", "landing/espn_scoreboard", "landing/bdl_games")
RESULTS = ("landing/nba_boxscore", "landing/nba_game_log", "landing/espn_summary")
BOXES = ("raw/player_box_scores", "raw/team_box_scores")


@pytest.fixture(scope="module")
def by_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A home whose sandbox has no season file."""
    with without(tmp_path_factory.mktemp("by_log"), "nba_schedule") as found:
        yield found


@contextmanager
def without(home: Path, *feeds: str) -> Iterator[Platform]:
    """A platform over a sandbox that does not have some feeds, with what the others have landed."""
    book = FaultBook(path=home / "sandbox" / "faults.json")
    for feed in feeds:
        book.add(Fault(kind="missing", feed=feed))
    with platform(home) as found:
        for assets in (SCHEDULES, ("raw/schedule",), RESULTS):
            assert found.run(assets, DAY).success
        yield found


def said(found: Platform, gate: str) -> Said:
    """What a gate of the player rows says of the night when they are made."""
    result = found.run(BOXES, DAY)
    return verdicts(found.instance, result)["raw/player_box_scores", gate, DAY]


def test_the_nights_games_are_listed_by_espn_and_played_by_the_log(by_log: Platform) -> None:
    schedule = by_log.read("raw.schedule", DAY)
    assert len(schedule) == 2
    assert set(schedule["source"]) == {"sandbox:espn_scoreboard"}
    assert set(schedule["nba_game_id"]) == {None}
    assert set(schedule["status"]) == {"final"}
    assert by_log.status(DAY)["raw/schedule", DAY].state == "degraded"
    assert said(by_log, "scheduled_games_are_covered").effect == "passed"
    players = by_log.read("raw.player_box_scores", DAY)
    assert set(players["source"]) == {"sandbox:nba_game_log"}
    assert set(players["game_id"]) == set(schedule["game_id"])
    assert set(players["nba_game_id"]) == {None}


def test_espn_beside_the_log_agrees_in_every_count(by_log: Platform) -> None:
    verdict = said(by_log, "sources_agree")
    assert (verdict.passed, verdict.effect) == (True, "passed")


def test_a_night_of_names_is_held_until_they_are_resolved(by_log: Platform, tmp_path: Path) -> None:
    with without(tmp_path, "nba_schedule", "nba_game_log") as night:
        result = night.run(BOXES, DAY)
        assert not result.success
        assert "scheduled_games_are_covered" in failures(result)["raw__player_box_scores"]
        held = night.quarantined("raw.player_box_scores", DAY)
        aside = held["every_name_is_resolved"]
        assert aside["landing_path"].str.contains("/summary/event=").all()
        assert aside["quarantine_reason"].str.contains("is known by 2025-10-21").all()
        assert night.read("raw.player_box_scores", DAY).empty

        _publish_players(night, by_log.read("raw.player_box_scores", DAY))
        assert night.run(BOXES, DAY).success
        players = night.read("raw.player_box_scores", DAY)
        assert set(players["source"]) == {"sandbox:espn_summary"}
        assert set(players["source_score"]) == {80}
        assert set(players["completeness_pct"]) == {100.0}
        assert "every_player_is_known" not in night.quarantined("raw.player_box_scores", DAY)
        _assert_one_night(players, by_log.read("raw.player_box_scores", DAY))
        before = night.digests()
        assert night.run(BOXES, DAY).success
        assert night.digests() == before


def _publish_players(night: Platform, listed: pd.DataFrame) -> None:
    rows = [
        {name: row[name] for name in PLAYERS.column_names if name in row}
        | {"degraded_reasons": [], "first_seen": DAY, "last_seen": DAY}
        for row in listed.to_dict("records")
    ]
    table = PLAYERS.rows(rows)
    staged = night.warehouse.stage_rows(PLAYERS, [UNDATED], table, "test")
    dated = table.add_column(0, PLAYERS.dated.arrow_schema.field(0), [[UNDATED] * table.num_rows])
    night.warehouse.publish(staged, UNDATED, dated)
    night.warehouse.discard(staged)


def _assert_one_night(espn: pd.DataFrame, log: pd.DataFrame) -> None:
    """ESPN's rows of who played are the log's, man for man and count for count."""
    counts = ["game_id", "player_id", "team", "points", "fga", "ftm", "dreb", "ast", "tov", "pf"]
    played = espn[espn["played"]]
    pd.testing.assert_frame_equal(
        played[counts].reset_index(drop=True), log[counts].reset_index(drop=True)
    )
