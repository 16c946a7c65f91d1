"""A box score that comes late, one that is corrected: what follows is brought up to it, once."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from nba_assets.partitions import dates_between
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.nights import our_id
from nba_assets_tests.incidents.ten_nights import (
    DAYS,
    FIRST,
    FOLLOWING,
    LAST,
    LATE,
    SUMMARIES,
    copied,
    digests,
    events,
    files,
    late_game,
    late_nights,
    raw_nights,
    receive,
    replace,
    restate,
    rows,
    whole_nights,
    withdraw,
)
from nba_assets_tests.platform import Platform

pytestmark = pytest.mark.nights

SUMMARY = "analytics/player_game_summary"
CONTEXT = "analytics/upcoming_team_game_context"
PREDICTIONS, ERRORS = "predictions/player_predictions", "predictions/forecast_errors"
GRADES = (
    "grading/prediction_accuracy",
    "grading/system_daily_performance",
    "grading/performance_summary",
    "grading/reliability",
)
PLAYERS, TEAMS = "raw/player_box_scores", "raw/team_box_scores"
Cells = dict[tuple[str, date], str | None]
CORRECTED = date(2025, 10, 28)
SINCE = dates_between(CORRECTED, LAST)


@dataclass
class Restated:
    """A home before its late box score, after it was restated, and after it was restated again."""

    platform: Platform
    before: Cells
    files: list[dict[tuple[str, date], tuple[int, bytes]]]
    events: list[dict[tuple[str, date], int]]
    said: list[Result]

    @property
    def changed(self) -> set[tuple[str, date]]:
        """The dates that are other rows than they were."""
        after = digests(self.platform)
        return {key for key, digest in self.before.items() if after[key] != digest}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def whole(league: League, server: SandboxServer, base: Path) -> Iterator[Platform]:
    """What the nights would have been."""
    home = whole_nights(base, league, server)
    with copied(home, base / "late_data_whole", server) as found:
        yield found


@pytest.fixture(scope="module")
def late(league: League, server: SandboxServer, base: Path) -> Iterator[Platform]:
    """The nights as they were made while a game was still to come."""
    home = late_nights(base, league, server)
    with copied(home, base / "late_data_late", server) as found:
        yield found


@pytest.fixture(scope="module")
def restated(league: League, server: SandboxServer, base: Path) -> Iterator[Restated]:
    home = late_nights(base, league, server)
    with copied(home, base / "late_data_restated", server) as found:
        receive(found)
        state = Restated(found, digests(found), [files(found)], [events(found)], [])
        for _ in range(2):
            state.said.append(restate(found, server, LATE))
            state.files.append(files(found))
            state.events.append(events(found))
        yield state


def test_the_night_of_a_late_game_is_degraded_and_names_it(league: League, late: Platform) -> None:
    game = our_id(late_game(league))
    for asset in (PLAYERS, TEAMS, *SUMMARIES):
        cell = late.status(LATE, assets=[asset])[asset, LATE]
        assert cell.state == "degraded"
        assert game in cell.reason
        told = late.read(asset.replace("/", "."), LATE)
        assert game not in set(told["game_id"])
        assert set(told["completeness_pct"]) == {87.5}


def test_what_is_made_meanwhile_says_which_teams_it_rests_on_too_few_games_of(
    league: League, late: Platform, whole: Platform
) -> None:
    game = late_game(league)
    for day in DAYS[DAYS.index(LATE) + 1 :]:
        told = late.read("analytics.upcoming_team_game_context", day)
        of_both = told[told["team"].isin([game.home, game.away])]
        assert (of_both["completeness_pct"] < 90).all()
        assert of_both["is_degraded"].all()
        assert all(len(reasons) for reasons in of_both["degraded_reasons"])
        others = told[~told["team"].isin([game.home, game.away])]
        assert set(others["completeness_pct"]) == {100.0}
        assert not others["is_degraded"].any()
        after = whole.read("analytics.upcoming_team_game_context", day)
        assert set(after["completeness_pct"]) == {100.0}


def test_a_restated_season_is_what_it_would_have_been(whole: Platform, restated: Restated) -> None:
    assert restated.said[0].exit_code == 0, restated.said[0].output
    expected = digests(whole)
    assert None not in expected.values()
    assert digests(restated.platform) == expected


def test_the_late_game_reaches_every_table_of_later_dates_and_none_before(
    restated: Restated,
) -> None:
    days = {day for _, day in restated.changed}
    assert days == set(dates_between(LATE, LAST))
    after = {name for name, day in restated.changed if day > LATE}
    summaries = set(SUMMARIES)
    untouched = {"analytics/upcoming_games", "analytics/player_line_consensus"}
    assert after == set(FOLLOWING) - summaries - untouched
    assert {name for name, day in restated.changed if day == LATE} == summaries


def test_dates_whose_rows_are_as_they_were_are_not_written(restated: Restated) -> None:
    before, after, _ = restated.files
    assert before.keys() == after.keys()
    assert {key for key in after if after[key] != before[key]} == restated.changed


def test_every_date_that_changed_is_recorded_once_and_no_other(restated: Restated) -> None:
    before, after, _ = restated.events
    added = {key: after[key] - before[key] for key in after}
    assert added == {key: int(key in restated.changed) for key in after}


def test_restating_again_changes_and_records_nothing(restated: Restated) -> None:
    assert restated.said[1].exit_code == 0, restated.said[1].output
    assert restated.files[2] == restated.files[1]
    assert restated.events[2] == restated.events[1]


def test_status_tells_of_the_restated_dates_as_if_nothing_had_been(
    whole: Platform, restated: Restated
) -> None:
    assert restated.platform.status(FIRST, LAST, FOLLOWING) == whole.status(FIRST, LAST, FOLLOWING)


def test_a_corrected_steal_changes_its_own_date_and_nothing_after_it(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "steal", server) as found:
        of_players, of_teams = rows(found, PLAYERS, CORRECTED), rows(found, TEAMS, CORRECTED)
        thief = next(row for row in of_players if row["played"])
        team = next(
            row
            for row in of_teams
            if (row["game_id"], row["team"]) == (thief["game_id"], thief["team"])
        )
        for row in (thief, team):
            row["stl"] = row["stl"] + 1
        replace(found, PLAYERS, CORRECTED, of_players)
        replace(found, TEAMS, CORRECTED, of_teams)
        before, written, recorded = digests(found), files(found), events(found)
        said_by = restate(found, server, CORRECTED)
        assert said_by.exit_code == 0, said_by.output
        after = digests(found)
        changed = {key for key in after if after[key] != before[key]}
        assert (SUMMARY, CORRECTED) in changed
        assert changed <= {(name, CORRECTED) for name in SUMMARIES}
        again = files(found)
        assert {key for key in again if again[key] != written[key]} == changed
        assert events(found) == {key: n + (key in changed) for key, n in recorded.items()}


def test_corrected_minutes_reach_every_later_date_that_rests_on_them(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "restated", server) as found:
        team = _five_minutes_more_for_one_man(found)
        before = digests(found)
        said_by = restate(found, server, CORRECTED)
        assert said_by.exit_code == 0, said_by.output
        after = digests(found)
        changed = {key for key in after if after[key] != before[key]}
        assert {day for _, day in changed} == {CORRECTED, *_nights_of(found, team)}
        with copied(found.settings.home, tmp_path / "from_the_start", server) as other:
            withdraw(other, FOLLOWING, *SINCE)
            assert other.run(FOLLOWING, CORRECTED, LAST).success
            assert digests(other) == after


def test_a_date_that_was_held_and_is_as_it_was_is_no_failure_after_a_restatement(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "held", server) as found:
        listed = rows(found, PLAYERS, LAST)
        replace(found, PLAYERS, LAST, [*listed, listed[0]])
        assert not found.run((SUMMARY,), LAST).success
        assert found.status(LAST, assets=[SUMMARY])[SUMMARY, LAST].state == "blocked"
        replace(found, PLAYERS, LAST, listed)
        said_by = restate(found, server, LAST)
        assert said_by.exit_code == 0, said_by.output
        assert digests(found) == digests(whole)
        assert found.status(LAST, assets=[SUMMARY])[SUMMARY, LAST].state == "published"


def test_dates_that_were_published_and_never_recorded_are_recorded_by_a_restatement(
    league: League, server: SandboxServer, base: Path, whole: Platform, tmp_path: Path
) -> None:
    with copied(raw_nights(base, league, server), tmp_path / "unrecorded", server) as found:
        receive(found)
        for schema in ("analytics", "precompute"):
            made = whole.settings.home / "warehouse" / schema
            shutil.copytree(made, found.settings.home / "warehouse" / schema)
        said_by = restate(found, server, FIRST)
        assert said_by.exit_code == 0, said_by.output
        assert set(events(found).values()) == {1}


def test_a_night_of_which_no_box_score_was_read_yet_is_made_by_its_restatement(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "unread", server) as found:
        withdraw(found, SUMMARIES, LAST)
        said_by = restate(found, server, LAST)
        assert said_by.exit_code == 0, said_by.output
        assert digests(found) == digests(whole)


def test_what_was_predicted_is_graded_by_a_restatement_though_it_never_was_before(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "predicted", server) as found:
        for day in DAYS:
            replace(found, PREDICTIONS, day, [])
        said_by = restate(found, server, FIRST)
        assert said_by.exit_code == 0, said_by.output
        cells = found.status(FIRST, LAST, (*GRADES, ERRORS))
        assert {cells[name, day].state for name in GRADES for day in DAYS} == {"empty"}
        # Of systems that forecast nothing there is no error, and none is asked for.
        assert {cells[ERRORS, day].state for day in DAYS} == {"missing"}


def _five_minutes_more_for_one_man(found: Platform) -> str:
    """Minutes of one man were another's of his side, which plays again within the nights."""
    listed = rows(found, PLAYERS, CORRECTED)
    later = {str(row["team"]) for day in SINCE[1:] for row in rows(found, CONTEXT, day)}
    team = min(str(row["team"]) for row in listed if row["team"] in later)
    side = [row for row in listed if row["played"] and row["team"] == team]
    side.sort(key=lambda row: row["seconds_played"])
    for row, seconds in ((side[0], 300), (side[-1], -300)):
        row["seconds_played"] = row["seconds_played"] + seconds
        row["minutes"] = row["seconds_played"] / 60
    replace(found, PLAYERS, CORRECTED, listed)
    return team


def _nights_of(found: Platform, team: str) -> set[date]:
    """The later nights on which a team plays."""
    return {day for day in SINCE[1:] if team in {row["team"] for row in rows(found, CONTEXT, day)}}
