"""The same game from several sources: hand-written ones, and the recorded nights of two to four."""

import gzip
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.definitions import build_desk
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant, season
from nba_assets.raw.box_scores import BoxScores, box_scores
from nba_assets.raw.cross_source import TELLING_COLUMNS, other_tellings
from nba_assets.raw.gates import COMPARED, disagreements, expected_games
from nba_assets.raw.schedule import schedule_rows
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.balldontlie import BDL_BOX_SCORES
from nba_assets.sources.feeds.espn import ESPN_SCOREBOARD, ESPN_SUMMARY
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.layout import captures_in, url_folder
from nba_assets_tests.contract.test_espn_bodies import PAGES, summary_body
from nba_assets_tests.gates.verdicts import verdicts
from nba_assets_tests.platform import SHARED, platform, utc
from nba_assets_tests.raw.payloads import (
    box,
    desk_in,
    land_box,
    land_log,
    land_schedule,
    log_lines,
    scheduled_game,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, player, scheduled
from nba_assets_tests.raw.test_box_scores import known_players

NIGHT = date(2024, 1, 15)
TIP = utc("2024-01-16T00:00Z")
needs_recordings = pytest.mark.skipif(
    not (SHARED / "replay").is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def told(row: Row, source: str = "nba_game_log", **changes: Any) -> Row:
    """What another source tells of a published row."""
    return {name: row.get(name) for name in TELLING_COLUMNS} | {"source": source, **changes}


def differing(players: list[Row], *others: Row) -> list[str]:
    found = disagreements(
        frame(PLAYER_BOX_SCORES, players), pd.DataFrame(others, columns=list(TELLING_COLUMNS))
    )
    assert set(found["game_id"]) <= {p["game_id"] for p in players}
    return found["reason"].tolist()


def test_equal_tellings_differ_in_nothing() -> None:
    men = [player("1", points=20), player("2", ast=3)]
    assert differing(men, *(told(man) for man in men)) == []
    assert differing(men) == []
    assert differing([]) == []


@pytest.mark.parametrize("name", COMPARED)
def test_a_count_that_differs_is_named_with_both_values(name: str) -> None:
    man = player("1") | {name: 4}
    assert differing([man], told(man | {name: 5})) == [
        f"Player 1 (NYK): {name} 4 by nba_boxscore, 5 by nba_game_log"
    ]


@pytest.mark.parametrize(
    ("seconds", "precision", "differs"),
    [
        (2880 - 60, "minute", False),
        (2880 - 61, "minute", True),
        (2881, "second", False),
        (2882, "second", True),
    ],
)
def test_minutes_may_differ_by_what_they_are_rounded_to(
    seconds: int, precision: str, differs: bool
) -> None:
    man = player("1")
    found = differing([man], told(man, seconds_played=seconds, minutes_precision=precision))
    assert found == (
        [f"Player 1 (NYK): seconds_played 2880 by nba_boxscore, {seconds} by nba_game_log"]
        if differs
        else []
    )


def test_who_played_by_one_source_alone_is_named() -> None:
    men = [player("1"), player("2", points=3)]
    stranger = told(player("9"), player_id=None, player_name="Nobody Known")
    assert differing(men, told(men[0]), stranger) == [
        "Player 2 (NYK): played by nba_boxscore, not by nba_game_log",
        "Nobody Known (NYK): played by nba_game_log, not by the rows",
    ]


def test_seconds_on_court_without_a_count_are_missed_by_nobody() -> None:
    men = [player("1"), player("2", seconds_played=40)]
    assert differing(men, told(men[0])) == []
    assert len(differing([player("1"), player("2", seconds_played=61)], told(men[0]))) == 1


def test_the_log_beside_the_box_is_compared_and_changes_nothing(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    land_box(desk, box())
    alone = compared(desk, frame(SCHEDULE, [scheduled()]), DAY)
    lines = log_lines()
    lines[0] |= {"AST": 7}
    land_log(desk, lines)
    beside = compared(desk, frame(SCHEDULE, [scheduled()]), DAY)
    assert (alone, beside) == (
        [],
        ["Player 101 (NYK): ast 0 by nba_boxscore, 7 by nba_game_log"],
    )


def test_a_source_that_was_passed_over_is_compared_too(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    body = box()
    body["game"]["homeTeam"]["players"][0]["statistics"]["points"] -= 1
    land_box(desk, body)
    land_log(desk, log_lines())
    assert compared(desk, frame(SCHEDULE, [scheduled()]), DAY) == [
        "Player 101 (NYK): points 30 by nba_game_log, 29 by nba_boxscore"
    ]


def land_contract(desk: Desk, feed: Feed, subject: Subject, body: bytes) -> None:
    """Land a recorded body as if it had been received with the night's results."""
    known = desk.identified(feed, subject, results_instant(subject.day))
    assert known is not None, f"no body names {subject} for {feed.name}"
    route = feed.routes[-1]
    desk.zone.keep(feed.request(route, known), results_instant(subject.day), body)


@needs_recordings
def test_the_real_differences_of_a_night_of_four_sources_are_listed(tmp_path: Path) -> None:
    desk, schedule = recorded(tmp_path, NIGHT)
    about = Subject(NIGHT, season(2023))
    assert compared(desk, schedule, NIGHT) == []
    contracts = SHARED / "contracts"
    bdl = (contracts / "bdl_box_scores/raw_7a649e12.json").read_bytes()
    land_contract(desk, BDL_BOX_SCORES, about, bdl)
    listed = compared(desk, schedule, NIGHT)
    # With total rebounds, that no row has, these are the 12 places of 229 rows of the two.
    assert listed == [
        "Ben Sheppard (IND): ast 2 by nba_boxscore, 3 by bdl_box_scores",
        "Buddy Hield (IND): ast 1 by nba_boxscore, 0 by bdl_box_scores",
        "Caris LeVert (CLE): blk 0 by nba_boxscore, 1 by bdl_box_scores",
        "Clint Capela (ATL): dreb 6 by nba_boxscore, 5 by bdl_box_scores",
        "D'Angelo Russell (LAL): ast 6 by nba_boxscore, 7 by bdl_box_scores",
        "Lester Quinones (GSW): blk 1 by nba_boxscore, 0 by bdl_box_scores",
        "Mikal Bridges (BKN): fga 23 by nba_boxscore, 24 by bdl_box_scores",
        "Nic Claxton (BKN): oreb 2 by nba_boxscore, 3 by bdl_box_scores",
        "Trayce Jackson-Davis (GSW): blk 1 by nba_boxscore, 2 by bdl_box_scores",
        "Victor Wembanyama (SAS): ast 2 by nba_boxscore, 1 by bdl_box_scores",
    ]
    board = (contracts / "espn_scoreboard_api/raw_92de7c9a.json").read_bytes()
    land_contract(desk, ESPN_SCOREBOARD, about, board)
    game = Subject(NIGHT, season(2023), game=ExpectedGame("", "HOU", "PHI", TIP))
    land_contract(desk, ESPN_SUMMARY, game, summary_body(PAGES[0]))
    found = chosen_of(desk, schedule, NIGHT)
    others = other_tellings(desk, found.chosen, found.players)
    assert Counter(row["source"] for row in others) == {
        "nba_game_log": 229,
        "bdl_box_scores": 229,
        "espn_summary": 23,
    }
    # ESPN's telling of HOU at PHI has nothing to add: it equals the box score and the log.
    assert compared(desk, schedule, NIGHT) == listed


@needs_recordings
def test_both_box_scores_of_nba_com_agree(tmp_path: Path) -> None:
    day = date(2023, 1, 2)
    desk, schedule = recorded(tmp_path, day)
    body = SHARED / "contracts/stats_nba_com/boxscoretraditionalv3_1.json.gz"
    game = Subject(day, season(2022), game=ExpectedGame("0022200552", "CHI", "CLE", TIP))
    before = chosen_of(desk, schedule, day)
    land_contract(desk, NBA_BOXSCORE, game, gzip.decompress(body.read_bytes()))
    found = chosen_of(desk, schedule, day)
    assert found.players == before.players
    others = other_tellings(desk, found.chosen, found.players)
    stats = [row for row in others if row["source"] == "nba_boxscore of stats.nba.com"]
    assert {row["game_id"] for row in stats} == {"20230102_CHI_CLE"}
    assert len(stats) == 19
    assert compared(desk, schedule, day) == []


def chosen_of(desk: Desk, schedule: pd.DataFrame, day: date) -> BoxScores:
    return box_scores(desk, schedule, [day], known_players)


def compared(desk: Desk, schedule: pd.DataFrame, day: date) -> list[str]:
    """The differences of a date's published rows, in order."""
    found = chosen_of(desk, schedule, day)
    others = other_tellings(desk, found.chosen, found.players)
    rows = PLAYER_BOX_SCORES.rows(found.players).to_pandas()
    return sorted(
        disagreements(rows, pd.DataFrame(others, columns=list(TELLING_COLUMNS)))["reason"]
    )


def recorded(home: Path, day: date) -> tuple[Desk, pd.DataFrame]:
    """A desk with the replay's season file, log and box scores of a date, and its schedule."""
    year = day.year - (day.month < 8)
    first, last = season(year).first, season(year).last
    desk = desk_in(home, first_date=first, last_date=last)
    _copy(desk, NBA_SCHEDULE, Subject(day, season(year)))
    rows, _ = schedule_rows(desk, [day])
    schedule = frame(SCHEDULE, rows)
    _copy(desk, NBA_GAME_LOG, Subject(day, season(year)))
    games: list[Any] = list(expected_games(schedule).itertuples(index=False))
    for game in games:
        about = ExpectedGame(game.nba_game_id, game.away_team, game.home_team, game.tip_at)
        _copy(desk, NBA_BOXSCORE, Subject(day, season(year), game=about))
    return desk, schedule


def _copy(desk: Desk, feed: Feed, subject: Subject) -> None:
    """Land what the archive holds of a feed, at the instants it was observed."""
    copied = 0
    for request in feed.requests(subject):
        archived = SHARED / "replay" / url_folder(request.url, request.params)
        for capture in captures_in(archived) if archived.is_dir() else ():
            desk.zone.keep(request, capture.observed_at, gzip.decompress(capture.path.read_bytes()))
            copied += 1
    assert copied, f"nothing recorded of {feed.name} {subject}"


def test_a_night_whose_sources_differ_is_published_whole_and_says_so(tmp_path: Path) -> None:
    with platform(tmp_path, source="replay", replay_roots=str(tmp_path)) as home:
        desk = build_desk(home.settings)
        land_schedule(desk, scheduled_game(gameStatus=1, gameStatusText="7:00 pm ET"))
        land_box(desk, box())
        lines = log_lines()
        lines[0] |= {"AST": 7}
        land_log(desk, lines)
        assert home.run(["raw/schedule"], DAY).success
        result = home.run(["raw/player_box_scores"], DAY)
        assert result.success
        told = verdicts(home.instance, result)["raw/player_box_scores", "sources_agree", DAY]
        assert told == (
            False,
            "notices",
            1,
            "20251105_BOS_NYK Player 101 (NYK): ast 0 by nba_boxscore, 7 by nba_game_log",
        )
        assert home.status(DAY)["raw/player_box_scores", DAY].state == "published"
        rows = home.read("raw.player_box_scores", DAY)
        assert not rows["is_degraded"].any()
        assert rows["ast"].sum() == 0
        assert home.quarantined("raw.player_box_scores", DAY) == {}
