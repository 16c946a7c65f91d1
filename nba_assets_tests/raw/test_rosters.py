"""Rosters: per team the first source that is fresh and whole, and who could not be told."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.raw.people import Names
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.rosters import ENTITY, ROSTERS, roster_rows, short_sides
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources import nba_people
from nba_assets.sources.balldontlie import Players
from nba_assets.sources.feeds.balldontlie import BDL_PLAYERS
from nba_assets.sources.feeds.espn import ESPN_ROSTERS
from nba_assets.sources.feeds.nba_slate import NBA_ROSTERS
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import home_in
from nba_assets_tests.raw.payloads import GAME, desk_in, land
from nba_assets_tests.raw.people_payloads import (
    LETTERS,
    SLATE,
    about,
    bdl_player,
    eight,
    espn_roster,
    keyed,
    member,
    spelled,
    team_roster,
    unresolved,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

EIGHT = [f"Player {letter}. NYK" for letter in LETTERS[:8]]
NOBODY = Registry([])
KNOWN = Registry(
    Evidence(str(101 + n), name, "NYK", 2025, DAY - timedelta(days=9))
    for n, name in enumerate(EIGHT)
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def read(desk: Desk, names: Names | None = None, *games: Row) -> list[Row]:
    """The rosters of the scheduled games, BOS at NYK by default; they fit their contract."""
    schedule = frame(SCHEDULE, games or [scheduled()])
    rows, _ = roster_rows(desk, names or Names(desk, KNOWN), schedule, [DAY])
    keyed(ROSTERS, rows)
    return rows


def land_nba(desk: Desk, rows: Sequence[Any], team: str = "NYK", at: datetime = SLATE) -> str:
    return land(desk, NBA_ROSTERS, about(team=team), team_roster(*rows), at)


def land_espn(desk: Desk, *names: str, team: str = "NYK", at: datetime = SLATE) -> str:
    return land(desk, ESPN_ROSTERS, about(team=team), espn_roster(team, *names), at)


def land_bdl(desk: Desk, *players: Any, at: datetime = SLATE) -> str:
    return land(desk, BDL_PLAYERS, about(), {"data": list(players), "meta": {"per_page": 100}}, at)


def sources(rows: Sequence[Row]) -> set[str]:
    return {row["source"] for row in rows}


def test_a_player_is_read_by_the_names_of_his_fields(desk: Desk) -> None:
    man = member(109, "Jalen Brunson", WEIGHT="190", HEIGHT="6-2")
    path = land_nba(desk, [*eight(101, "NYK"), man], at=SLATE - timedelta(hours=30))
    (row,) = (row for row in read(desk, Names(desk, NOBODY)) if row["player_id"] == "109")
    assert row == {
        "game_date": DAY,
        "game_id": "20251105_BOS_NYK",
        "nba_game_id": GAME,
        "season_year": 2025,
        "team": "NYK",
        "player_id": "109",
        "nba_player_id": "109",
        "player_name": "Jalen Brunson",
        "player_lookup": "jalenbrunson",
        "position": "G",
        "jersey": "11",
        "birth_date": date(1996, 8, 31),
        "height_cm": 187.96,
        "weight_kg": 190 * 0.45359237,
        "snapshot_age_days": 1,
        "source": "nba_rosters",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": False,
        "observed_at": SLATE - timedelta(hours=30),
        "landing_path": path,
    }


def test_the_newest_capture_as_of_the_slate_counts(desk: Desk) -> None:
    land_nba(desk, eight(101, "NYK"), at=SLATE - timedelta(hours=1))
    land_nba(desk, eight(201, "NYK"), at=SLATE)
    land_nba(desk, eight(301, "NYK"), at=SLATE + timedelta(seconds=1))
    assert {row["player_id"] for row in read(desk)} == {str(n) for n in range(201, 209)}


@pytest.mark.parametrize(
    ("age", "source"),
    [(timedelta(days=3), "nba_rosters"), (timedelta(days=3, seconds=1), "espn_rosters")],
)
def test_a_source_older_than_three_days_is_passed_over(
    desk: Desk, age: timedelta, source: str
) -> None:
    land_nba(desk, eight(101, "NYK"), at=SLATE - age)
    land_espn(desk, *EIGHT)
    assert sources(read(desk)) == {source}


def test_espn_stands_in_and_its_rows_say_why(desk: Desk) -> None:
    land_espn(desk, *EIGHT)
    rows = read(desk)
    assert [row["player_id"] for row in rows] == [str(101 + n) for n in range(8)]
    assert {row["espn_player_id"] for row in rows} == {str(4000 + n) for n in range(8)}
    assert {(row["source_score"], row["is_degraded"]) for row in rows} == {(90, True)}
    assert rows[0]["degraded_reasons"] == [
        "espn_rosters instead of nba_rosters: nba_rosters: no body"
    ]
    assert (rows[0]["height_cm"], rows[0]["roster_status"]) == (187.96, "active")


def test_balldontlie_lists_all_teams_and_each_takes_its_own(desk: Desk) -> None:
    land_bdl(desk, *(bdl_player(name, "NYK") for name in EIGHT), bdl_player("Jaylen Brown", "BOS"))
    rows = read(desk)
    assert sources(rows) == {"bdl_players"}
    assert {row["team"] for row in rows} == {"NYK"}


def test_players_of_a_code_that_nobody_knows_are_named(desk: Desk) -> None:
    nowhere = {"id": 3, "abbreviation": "XYZ", "full_name": "?"}
    stranger = {**bdl_player("Jo Doe", "BOS"), "team": nowhere}
    land_bdl(desk, *(bdl_player(name, "NYK") for name in EIGHT), stranger)
    _, notes = roster_rows(desk, Names(desk, KNOWN), frame(SCHEDULE, [scheduled()]), [DAY])
    assert notes[DAY].unmatched == ["bdl_players: Jo Doe of XYZ"]


def test_the_pages_of_a_list_are_one_list(desk: Desk) -> None:
    first = {"data": [bdl_player(n, "NYK") for n in EIGHT[:4]], "meta": {"next_cursor": 4}}
    second = {"data": [bdl_player(n, "NYK") for n in EIGHT[4:]], "meta": {}}
    land(desk, BDL_PLAYERS, about(), first, SLATE)
    assert read(desk) == []
    (request,) = BDL_PLAYERS.requests(about())
    following = replace(request, params={**request.params, "cursor": "4"})
    desk.zone.keep(following, SLATE, json.dumps(second).encode())
    assert len(read(desk)) == 8


def test_teams_of_one_date_can_have_different_sources(desk: Desk) -> None:
    land_nba(desk, eight(201, "BOS"), "BOS")
    land_espn(desk, *EIGHT)
    assert {(row["team"], row["source"]) for row in read(desk)} == {
        ("BOS", "nba_rosters"),
        ("NYK", "espn_rosters"),
    }


def test_a_list_that_is_too_short_is_passed_over_for_a_longer_one(desk: Desk) -> None:
    land_nba(desk, eight(101, "NYK")[:7])
    land_espn(desk, *EIGHT)
    rows = read(desk)
    assert sources(rows) == {"espn_rosters"}
    assert "nba_rosters: lists 7 players" in rows[0]["degraded_reasons"][0]


def test_where_all_are_too_short_the_longest_stands(desk: Desk) -> None:
    land_nba(desk, eight(101, "NYK")[:6])
    land_espn(desk, *EIGHT[:7])
    assert len(read(desk)) == 7


def test_a_name_that_nobody_bears_is_kept_aside_with_its_body(desk: Desk) -> None:
    path = land_espn(desk, *EIGHT, "No Body")
    names = Names(desk, KNOWN)
    assert len(read(desk, names)) == 8
    assert unresolved(names) == [("No Body", "NYK")]
    (kept,) = names.unresolved
    assert (kept["landing_path"], kept["game_id"]) == (path, "20251105_BOS_NYK")
    assert kept["reason"] == "NYK: nobody of NYK by 2025-11-05 is called 'No Body'"
    assert "'No Body'" in kept["entry"]


def test_two_names_of_one_man_are_never_two_rows(desk: Desk) -> None:
    land_espn(desk, *EIGHT, "PLAYER A. NYK")
    names = Names(desk, KNOWN)
    assert len(read(desk, names)) == 8
    assert unresolved(names) == [("PLAYER A. NYK", "NYK")]


def test_a_height_that_is_none_keeps_its_man_aside(desk: Desk) -> None:
    tall = bdl_player(EIGHT[0], "NYK", height="tall")
    land_bdl(desk, tall, *(bdl_player(name, "NYK") for name in EIGHT[1:]))
    names = Names(desk, KNOWN)
    assert len(read(desk, names)) == 7
    assert "height 'tall' is not as 6-11" in names.unresolved[0]["reason"]


def test_a_roster_of_another_team_is_no_answer(desk: Desk) -> None:
    land_nba(desk, eight(201, "BOS"), "NYK")
    assert read(desk) == []


def test_only_games_that_count_have_rosters(desk: Desk) -> None:
    land_nba(desk, eight(101, "NYK"))
    assert read(desk, None, scheduled(season_type="all_star")) == []
    assert read(desk, None, scheduled(status="postponed")) == []
    # Called off in the evening: what the morning knew stays.
    assert len(read(desk, None, scheduled(status="postponed", slate_tip_at=SLATE))) == 8


def test_short_sides_are_named_and_hold_nothing() -> None:
    rows = pd.DataFrame({"game_date": [DAY] * 15, "team": ["NYK"] * 8 + ["BOS"] * 7})
    found = short_sides(rows, frame(SCHEDULE, [scheduled()]))
    assert found["reason"].tolist() == ["20251105_BOS_NYK: 7 players are listed for BOS"]
    assert not found["blocks"].any()


def test_a_date_without_any_roster_is_published_empty_and_its_sides_are_named(
    tmp_path: Path,
) -> None:
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [scheduled()])
    home.publish(PLAYERS, [])
    facts = home.make(ENTITY, DAY)[DAY]
    assert facts["dagster/partition_row_count"] == 0
    assert facts["state"] == "degraded"
    assert "0 players are listed for NYK" in facts["reasons"]


def test_two_runs_over_the_same_landing_give_the_same_bytes(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [scheduled()])
    home.publish(PLAYERS, [spelled(name, str(n), "NYK") for n, name in enumerate(EIGHT, 101)])
    land_espn(home.desk, *EIGHT, "No Body")
    home.make(ENTITY, DAY)
    once = home.bytes_of(ROSTERS)
    home.make(ENTITY, DAY)
    assert home.bytes_of(ROSTERS) == once
    assert len(home.read(ROSTERS, DAY)) == 8
    assert set(home.quarantined(ROSTERS, DAY)) == {"every_name_is_resolved"}


CONTRACTS = SHARED / "contracts"


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="recorded bodies are not at ../shared/contracts")
def test_espns_recorded_roster_becomes_rows(desk: Desk) -> None:
    body = (CONTRACTS / "espn_roster_api/raw_2.json").read_bytes()
    (request,) = ESPN_ROSTERS.requests(about(team="BOS"))
    desk.zone.keep(request, SLATE, body)
    men = {"Jaylen Brown": "1627759", "Jayson Tatum": "1628369", "Derrick White": "1628401"}
    known = Registry(
        Evidence(i, name, "BOS", 2025, DAY - timedelta(days=9)) for name, i in men.items()
    )
    names = Names(desk, known)
    rows = {row["player_name"]: row for row in read(desk, names)}
    assert {name: row["player_id"] for name, row in rows.items()} == men
    assert len(names.unresolved) == 14
    tatum = rows["Jayson Tatum"]
    assert (tatum["team"], tatum["jersey"], tatum["espn_player_id"]) == ("BOS", "0", "4065648")


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="recorded bodies are not at ../shared/contracts")
def test_balldontlies_recorded_players_become_rows(desk: Desk) -> None:
    path = next((CONTRACTS / "bdl_active_players").glob("*.json"))
    page = Players.parse(path.read_bytes())
    team = page.data[0].team.tricode
    own = [player for player in page.data if player.team.tricode == team]
    known = Registry(
        Evidence(str(player.id), player.name, team, 2025, DAY - timedelta(days=9)) for player in own
    )
    (request,) = BDL_PLAYERS.requests(about())
    last = page.model_copy(update={"meta": None}).model_dump_json().encode()
    desk.zone.keep(request, SLATE, last)
    home = "NYK" if team != "NYK" else "BOS"
    rows = read(desk, Names(desk, known), scheduled(team, home))
    assert {row["player_id"] for row in rows} == {str(player.id) for player in own}


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="recorded bodies are not at ../shared/contracts")
def test_a_recorded_roster_of_nba_com_becomes_rows(desk: Desk) -> None:
    path = CONTRACTS / "stats_nba_com/commonteamroster_1.json.gz"
    roster = nba_people.TeamRoster.parse(gzip.decompress(path.read_bytes()))
    (team,) = roster.teams
    (request,) = NBA_ROSTERS.requests(about(team=team))
    desk.zone.keep(request, SLATE, gzip.decompress(path.read_bytes()))
    home = "NYK" if team != "NYK" else "BOS"
    rows = read(desk, Names(desk, NOBODY), scheduled(team, home))
    assert {row["player_id"]: row["player_name"] for row in rows} == {
        str(row.PLAYER_ID): row.PLAYER for row in roster.rows
    }
    assert all(180 < row["height_cm"] < 230 for row in rows)
