"""Line-ups: every capture of a game is a row per man, and one that contradicts itself is none."""

import gzip
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.landing.desk import Desk
from nba_assets.partitions import slate_instant
from nba_assets.raw import schedule as raw_schedule
from nba_assets.raw.lineups import ENTITY, LINEUPS, Lineups, lineups, unknown_words
from nba_assets.raw.people import end_of
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_LINEUPS
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import home_in
from nba_assets_tests.raw.payloads import GAME, desk_in, land
from nba_assets_tests.raw.people_payloads import SLATE, about, five, keyed, lined, lineup_game
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

LOCK = SLATE + timedelta(hours=9)
LATER = LOCK + timedelta(minutes=10)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def read(desk: Desk, *games: Row) -> Lineups:
    """The line-ups of the scheduled games, BOS at NYK by default; they fit their contract."""
    found = lineups(desk, frame(SCHEDULE, games or [scheduled()]), [DAY])
    keyed(LINEUPS, found.rows)
    return found


def land_games(desk: Desk, *games: Any, at: datetime = LOCK) -> str:
    return land(desk, NBA_LINEUPS, about(), {"games": list(games)}, at)


def ids(rows: Iterable[Row]) -> list[str]:
    return sorted(row["player_id"] for row in rows)


def test_a_man_is_read_by_the_names_of_his_fields(desk: Desk) -> None:
    path = land_games(desk, lineup_game([lined(101, "PG")], []))
    assert read(desk).rows == [
        {
            "game_date": DAY,
            "game_id": "20251105_BOS_NYK",
            "player_id": "101",
            "nba_game_id": GAME,
            "nba_player_id": "101",
            "player_name": "Player 101",
            "player_lookup": "player101",
            "season_year": 2025,
            "team": "NYK",
            "opponent": "BOS",
            "is_home": True,
            "lineup_status": "confirmed",
            "is_starter": True,
            "position": "PG",
            "roster_status": "active",
            "announced_at": datetime.fromisoformat("2025-11-05T23:20:00+00:00"),
            "source": "nba_lineups",
            "source_score": 100,
            "quality_score": 100,
            "quality_tier": "gold",
            "completeness_pct": 100.0,
            "is_degraded": False,
            "degraded_reasons": [],
            "is_bootstrap": False,
            "observed_at": LOCK,
            "landing_path": path,
        }
    ]


def test_who_sits_has_no_position_and_may_be_inactive(desk: Desk) -> None:
    land_games(desk, lineup_game([lined(106), lined(107, roster="Inactive")], []))
    found = {row["player_id"]: row for row in read(desk).rows}
    assert (found["106"]["is_starter"], found["106"]["position"]) == (False, None)
    assert found["107"]["roster_status"] == "inactive"


def test_every_capture_of_the_date_stays_and_none_of_after_it(desk: Desk) -> None:
    land_games(desk, lineup_game(five(101, "Expected"), five(201, "Expected")))
    land_games(desk, lineup_game(five(102), five(201)), at=LATER)
    land_games(desk, lineup_game(five(103), five(201)), at=end_of(DAY) + timedelta(seconds=1))
    rows = read(desk).rows
    assert {(row["observed_at"], row["lineup_status"]) for row in rows} == {
        (LOCK, "expected"),
        (LATER, "confirmed"),
    }
    assert len(rows) == 20


def test_a_game_that_is_not_scheduled_makes_no_row_and_is_named(desk: Desk) -> None:
    other = lineup_game(five(101), [], "0022500999")
    land_games(desk, other, lineup_game(five(101), [], "0032500001"))
    found = read(desk)
    assert found.rows == []
    assert found.notes[DAY].unmatched == ["0022500999, BOS at NYK, is no game of 2025-11-05"]


def test_a_game_of_another_providers_schedule_is_found_by_its_sides(desk: Desk) -> None:
    land_games(desk, lineup_game(five(101), five(201)))
    assert len(read(desk, scheduled(nba_game_id=None)).rows) == 10


@pytest.mark.parametrize(
    ("home", "away", "reason"),
    [
        (five(101), [lined(101)], "player 101 is listed twice: Player 101 of BOS and Player 101 of NYK"),
        ([lined(101), lined(101, "PG")], [], "player 101 is listed twice: Player 101 of NYK and"),
        ([*five(101), lined(106, "PG")], five(201), "6 starters of NYK instead of 5"),
    ],
    ids=["both teams", "two words", "six starters"],
)  # fmt: skip
def test_a_line_up_that_contradicts_itself_is_set_aside_whole(
    desk: Desk, home: list[Any], away: list[Any], reason: str
) -> None:
    path = land_games(desk, lineup_game(home, away))
    found = read(desk)
    assert found.rows == []
    (kept,) = found.contradictions
    assert reason in kept["reason"]
    assert kept["landing_path"] == path


def test_players_of_a_third_team_are_a_contradiction(desk: Desk) -> None:
    land_games(desk, lineup_game(five(101), five(201), sides=("BOS", "LAL")))
    assert "players of LAL are listed" in read(desk).contradictions[0]["reason"]


def test_the_captures_around_a_contradiction_stay(desk: Desk) -> None:
    land_games(desk, lineup_game(five(101), five(201)))
    land_games(desk, lineup_game([*five(101), lined(106, "PG")], five(201)), at=LATER)
    found = read(desk)
    assert {row["observed_at"] for row in found.rows} == {LOCK}
    assert len(found.contradictions) == 1


def test_an_exact_repeat_of_a_man_is_one_man(desk: Desk) -> None:
    land_games(desk, lineup_game([*five(101), lined(106), lined(106)], []))
    found = read(desk)
    assert ids(found.rows) == ["101", "102", "103", "104", "105", "106"]
    assert found.notes[DAY].collapsed == 1


def test_a_word_that_nobody_has_seen_is_named(desk: Desk) -> None:
    odd = [lined(101, "PG"), lined(102, roster="Ejected"), lined(103, status="Rumoured")]
    land_games(desk, lineup_game(odd, []))
    found = unknown_words(frame(LINEUPS, read(desk).rows))
    assert found["reason"].tolist() == [
        "20251105_BOS_NYK: Player 102 is confirmed and ejected",
        "20251105_BOS_NYK: Player 103 is rumoured and active",
    ]


def test_a_quarantined_man_takes_nobody_with_him(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [scheduled()])
    land_games(home.desk, lineup_game([*five(101), lined(106, roster="Ejected")], five(201)))
    land_games(home.desk, lineup_game([*five(101), lined(106, "C")], []), at=LATER)
    assert home.make(ENTITY, DAY)[DAY]["state"] == "degraded"
    assert len(home.read(LINEUPS, DAY)) == 10
    held = home.quarantined(LINEUPS, DAY)
    assert held["every_status_is_known"]["player_id"].tolist() == ["106"]
    assert held["no_lineup_contradicts_itself"]["players"].tolist() == [6]
    once = home.bytes_of(LINEUPS)
    home.make(ENTITY, DAY)
    assert home.bytes_of(LINEUPS) == once


SAMPLES = (date(2023, 10, 24), date(2024, 1, 15), date(2024, 4, 14))


@pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded bodies are not at ../shared/replay"
)
@pytest.mark.parametrize("day", SAMPLES, ids=str)
def test_recorded_line_ups_are_the_starters_and_the_lists_of_the_boxes(
    tmp_path: Path, day: date
) -> None:
    home = home_in(tmp_path, landing_url=SHARED / "replay", first_date=day, last_date=day)
    home.make(raw_schedule.ENTITY, day)
    facts = home.make(ENTITY, day)[day]
    assert facts["state"] == "published"
    rows = home.read(LINEUPS, day)
    assert rows["observed_at"].min() > slate_instant(day)
    confirmed = rows[rows["lineup_status"] == "confirmed"]
    newest = confirmed[
        confirmed["observed_at"] == confirmed.groupby("game_id")["observed_at"].transform("max")
    ]
    assert newest["nba_game_id"].nunique() == len(home.read(SCHEDULE, day))
    for game, own in newest.groupby("nba_game_id"):
        listed = _box_people(str(game))
        ours = {row.player_id: (row.team, row.is_starter) for row in own.itertuples(index=False)}
        assert ours == {i: (team, starts) for i, (team, starts, _) in listed.items()}, game
        active = set(own.loc[own["roster_status"] == "active", "player_id"])
        assert {i for i, (_, _, played) in listed.items() if played} <= active, game


def _box_people(nba_game_id: str) -> dict[str, tuple[str, bool, bool]]:
    """Team, starter and played of everybody in the newest recorded box of a game."""
    folder = (
        SHARED / f"replay/cdn.nba.com/static/json/liveData/boxscore/boxscore_{nba_game_id}.json"
    )
    game = json.loads(gzip.decompress(max(folder.iterdir()).read_bytes()))["game"]
    return {
        str(player["personId"]): (
            game[side]["teamTricode"],
            player["starter"] == "1",
            player["played"] == "1",
        )
        for side in ("homeTeam", "awayTeam")
        for player in game[side]["players"]
    }
