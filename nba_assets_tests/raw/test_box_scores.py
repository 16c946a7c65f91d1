from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant
from nba_assets.raw.box_scores import BoxScores, box_scores
from nba_assets.raw.entity import in_metadata
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets_tests.platform import SHARED, utc
from nba_assets_tests.raw.payloads import (
    GAME,
    bench,
    box,
    box_player,
    box_team,
    desk_in,
    five_men,
    land_box,
    land_log,
    log_line,
    log_lines,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

FIRST = results_instant(DAY) - timedelta(hours=8)
LATER = FIRST + timedelta(hours=6)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def known_players() -> Registry:
    """Everybody of `box`, as an earlier season listed him."""
    sides = (("NYK", range(101, 107)), ("BOS", range(201, 207)))
    return Registry(
        Evidence(str(n), f"Player {n}", team, 2025, DAY) for team, ids in sides for n in ids
    )


def read(desk: Desk, *games: Row) -> BoxScores:
    """The rows of the scheduled games, BOS at NYK by default; they fit their contracts."""
    schedule = frame(SCHEDULE, games or [scheduled()])
    found = box_scores(desk, schedule, [DAY], known_players)
    PLAYER_BOX_SCORES.rows(found.players)
    TEAM_BOX_SCORES.rows(found.teams)
    return found


def of(found: BoxScores, player_id: int) -> Row:
    (row,) = (p for p in found.players if p["player_id"] == str(player_id))
    return row


def side(found: BoxScores, tricode: str) -> Row:
    (row,) = (t for t in found.teams if t["team"] == tricode)
    return row


def sources(found: BoxScores) -> set[str]:
    return {row["source"] for row in (*found.players, *found.teams)}


def test_a_players_line_is_read_by_the_names_of_its_fields(desk: Desk) -> None:
    line = box_player(
        101,
        30,
        name="Luka Dončić",
        minutes="PT47M59.90S",
        fieldGoalsMade=11,
        fieldGoalsAttempted=21,
        threePointersMade=2,
        threePointersAttempted=8,
        freeThrowsMade=6,
        freeThrowsAttempted=7,
        reboundsOffensive=1,
        reboundsDefensive=9,
        assists=10,
        steals=3,
        blocks=4,
        turnovers=5,
        foulsPersonal=2,
        plusMinusPoints=-3.0,
    )
    men = [line, *five_men(102, (25, 20, 15, 10))]
    path = land_box(desk, box(home_team=box_team("NYK", men)), FIRST)
    assert of(read(desk, scheduled(status="live")), 101) == {
        "game_date": DAY,
        "game_id": "20251105_BOS_NYK",
        "player_id": "101",
        "nba_game_id": GAME,
        "nba_player_id": "101",
        "player_name": "Luka Dončić",
        "player_lookup": "lukadoncic",
        "season_year": 2025,
        "season_type": "regular",
        "team": "NYK",
        "opponent": "BOS",
        "is_home": True,
        "is_starter": True,
        "played": True,
        "player_status": "played",
        "dnp_reason": None,
        "minutes": 2879 / 60,
        "seconds_played": 2879,
        "minutes_precision": "second",
        "points": 30,
        "fgm": 11,
        "fga": 21,
        "fg3m": 2,
        "fg3a": 8,
        "ftm": 6,
        "fta": 7,
        "oreb": 1,
        "dreb": 9,
        "ast": 10,
        "stl": 3,
        "blk": 4,
        "tov": 5,
        "pf": 2,
        "plus_minus": -3,
        "overtime_periods": 0,
        "source": "nba_boxscore",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": False,
        "observed_at": FIRST,
        "landing_path": path,
        "scheduled_score": None,
    }


def test_a_teams_line_is_its_own_and_not_its_players_sum(desk: Desk) -> None:
    men = box_team(
        "NYK",
        five_men(101, (30, 25, 20, 15, 10)),
        fieldGoalsAttempted=1,
        turnovers=0,
        turnoversTeam=2,
        pointsSecondChance=9,
        pointsFastBreak=8,
        pointsInThePaint=44,
    )
    land_box(desk, box(home_team=men))
    row = side(read(desk), "NYK")
    assert (row["fga"], row["player_tov"], row["team_tov"]) == (1, 0, 2)
    assert (row["second_chance_points"], row["fast_break_points"]) == (9, 8)
    assert row["points_in_paint"] == 44
    assert (row["seconds_played"], row["minutes"]) == (14400, 240.0)
    assert (row["score"], row["line_score"], row["points"]) == (100, 100, 100)
    assert (row["team"], row["opponent"], row["is_home"]) == ("NYK", "BOS", True)


def test_a_box_that_counts_no_team_turnovers_has_null(desk: Desk) -> None:
    body = box()
    del body["game"]["homeTeam"]["statistics"]["turnoversTeam"]
    land_box(desk, body)
    row = side(read(desk), "NYK")
    assert row["team_tov"] is row["points_in_paint"] is None


@pytest.mark.parametrize(
    ("listed", "status", "reason"),
    [
        (bench(106, notPlayingReason="DNP_COACH"), "dnp", "DNP_COACH"),
        (bench(106), "dnp", None),
        (bench(106, "INACTIVE", notPlayingReason="INACTIVE_INJURY"), "inactive", "INACTIVE_INJURY"),
        (bench(106, "INACTIVE", notPlayingDescription="Left knee"), "inactive", "Left knee"),
    ],
)
def test_who_did_not_play_is_listed_with_his_status_and_reason(
    desk: Desk, listed: dict[str, Any], status: str, reason: str | None
) -> None:
    men = [*five_men(101, (30, 25, 20, 15, 10)), listed]
    land_box(desk, box(home_team=box_team("NYK", men)))
    row = of(read(desk), 106)
    assert (row["played"], row["player_status"], row["dnp_reason"]) == (False, status, reason)
    assert (row["seconds_played"], row["is_starter"], row["plus_minus"]) == (0, False, None)


@pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE"])
def test_who_played_has_no_reason_whatever_stands_beside_him(desk: Desk, status: str) -> None:
    men = five_men(101, (30, 25, 20, 15, 10))
    men[0] |= {"status": status, "notPlayingReason": "DNP_COACH"}
    land_box(desk, box(home_team=box_team("NYK", men)))
    row = of(read(desk), 101)
    assert (row["played"], row["player_status"], row["dnp_reason"]) == (True, "played", None)


@pytest.mark.parametrize(("period", "overtimes"), [(4, 0), (5, 1), (6, 2)])
def test_a_box_counts_its_overtimes_by_its_periods(desk: Desk, period: int, overtimes: int) -> None:
    minutes = f"PT{48 + 5 * overtimes}M00.00S"
    men = [box_player(n, 20, minutes=minutes) for n in range(101, 106)]
    visitors = [box_player(n, 19, minutes=minutes) for n in range(201, 206)]
    land_box(
        desk,
        box(home_team=box_team("NYK", men), away_team=box_team("BOS", visitors), period=period),
    )
    found = read(desk)
    assert {row["overtime_periods"] for row in found.players + found.teams} == {overtimes}


def test_a_box_missing_is_replaced_by_the_log_and_says_so(desk: Desk) -> None:
    path = land_log(desk, log_lines())
    found = read(desk)
    row = of(found, 101)
    assert (row["source"], row["source_score"], row["quality_tier"]) == ("nba_game_log", 95, "gold")
    assert row["is_degraded"]
    assert row["degraded_reasons"] == ["nba_game_log instead of nba_boxscore: no nba_boxscore body"]
    assert row["landing_path"] == path


def test_the_log_knows_who_played_to_the_minute_and_no_starters(desk: Desk) -> None:
    lines = log_lines()
    lines[0] |= {"MIN": 47, "AST": 7, "TOV": 2, "PF": 6, "PLUS_MINUS": None, "STL": 1, "BLK": 3}
    land_log(desk, lines)
    found = read(desk)
    row = of(found, 101)
    assert (row["played"], row["player_status"], row["dnp_reason"]) == (True, "played", None)
    assert (row["minutes"], row["seconds_played"]) == (47.0, 2820)
    assert row["minutes_precision"] == "minute"
    assert (row["ast"], row["tov"], row["pf"], row["stl"], row["blk"]) == (7, 2, 6, 1, 3)
    assert (row["ftm"], row["points"], row["plus_minus"]) == (30, 30, None)
    assert {p["is_starter"] for p in found.players} == {None}
    assert (row["team"], row["opponent"], row["is_home"]) == ("NYK", "BOS", True)
    visitor = of(found, 201)
    assert (visitor["team"], visitor["opponent"], visitor["is_home"]) == ("BOS", "NYK", False)


def test_team_rows_of_the_log_are_sums_and_trusted_less(desk: Desk) -> None:
    lines = log_lines()
    lines[0] |= {"TOV": 2, "PF": 4, "FGA": 20, "OREB": 3}
    lines[1] |= {"TOV": 3, "PF": 1, "FGA": 11, "OREB": 1}
    land_log(desk, lines)
    row = side(read(desk), "NYK")
    assert (row["source"], row["source_score"], row["quality_score"]) == ("nba_game_log", 85, 85)
    assert (row["quality_tier"], row["is_degraded"]) == ("silver", True)
    assert (row["points"], row["player_tov"], row["pf"]) == (100, 5, 5)
    assert (row["fga"], row["oreb"], row["ftm"]) == (31, 4, 100)
    assert (row["seconds_played"], row["minutes"]) == (14400, 240.0)
    assert row["team_tov"] is row["points_in_paint"] is row["line_score"] is None


@pytest.mark.parametrize(
    ("minutes", "overtimes"), [(48, 0), (47, 0), (49, 0), (53, 1), (52, 1), (58, 2), (68, 4)]
)
def test_the_log_counts_overtimes_by_the_players_minutes(
    desk: Desk, minutes: int, overtimes: int
) -> None:
    land_log(desk, log_lines(MIN=minutes))
    found = read(desk)
    assert {row["overtime_periods"] for row in found.players + found.teams} == {overtimes}


def test_the_cup_final_is_in_no_log(desk: Desk) -> None:
    land_log(desk, log_lines(nba_game_id="0062500001"))
    found = read(desk, scheduled(season_type="cup_final", nba_game_id="0062500001"))
    assert found.players == []


def test_a_game_nobody_has_makes_no_row(desk: Desk) -> None:
    land_box(desk, box())
    other = scheduled("LAL", "GSW", nba_game_id="0022500002")
    found = read(desk, scheduled(), other)
    assert {row["game_id"] for row in found.players} == {"20251105_BOS_NYK"}


def test_a_postponed_game_is_not_looked_for(desk: Desk) -> None:
    land_box(desk, box())
    assert read(desk, scheduled(status="postponed")).players == []


def test_identical_copies_are_one_row_and_counted(desk: Desk) -> None:
    body = box()
    men = body["game"]["homeTeam"]["players"]
    men.append(deepcopy(men[0]))
    land_box(desk, body)
    found = read(desk)
    assert len(found.players) == 10
    assert found.notes[DAY].collapsed == 1
    assert sources(found) == {"nba_boxscore"}


def test_identical_lines_of_the_log_are_one_row(desk: Desk) -> None:
    land_log(desk, [*log_lines(), *log_lines()])
    found = read(desk)
    assert len(found.players) == 10
    assert side(found, "NYK")["points"] == 100
    assert found.notes[DAY].collapsed == 10


def off_by_a_point() -> dict[str, Any]:
    """A box whose home players have a point less than their team."""
    body = box()
    body["game"]["homeTeam"]["players"][0]["statistics"]["points"] -= 1
    return body


def with_a_second_telling_of_a_player() -> dict[str, Any]:
    """A box in which one man is listed twice, with and without a steal."""
    body = box()
    men = body["game"]["homeTeam"]["players"]
    copy = deepcopy(men[0])
    copy["statistics"] |= {"steals": 1, "points": 0, "minutes": "PT00M00.00S"}
    men.append(copy)
    return body


@pytest.mark.parametrize(
    ("body", "offence"),
    [
        (off_by_a_point(), "team_sum_equals_score"),
        (with_a_second_telling_of_a_player(), "unique_key"),
        (box(period=5), "team_minutes"),
        (
            box(home_team=box_team("NYK", [box_player(n, starter="0") for n in range(101, 106)])),
            "five_starters: 0",
        ),
        (
            box(home_team=box_team("NYK", [box_player(201, 30), *five_men(102, (25, 20, 15, 10))])),
            "one_team_per_game",
        ),
    ],
    ids=["points", "differing copies", "minutes", "starters", "in both teams"],
)
def test_a_box_that_breaks_a_game_gate_is_passed_over_for_the_log(
    desk: Desk, body: dict[str, Any], offence: str
) -> None:
    path = land_box(desk, body)
    land_log(desk, log_lines())
    found = read(desk)
    assert sources(found) == {"nba_game_log"}
    (reason,) = found.players[0]["degraded_reasons"]
    assert reason.startswith("nba_game_log instead of nba_boxscore: ")
    assert path not in reason
    assert found.notes[DAY].passed_over[0].startswith(f"{path}: ")
    assert offence in reason
    assert [note for note in found.notes[DAY].passed_over if offence in note]


def test_where_no_source_is_clean_the_box_stays_for_the_gates(desk: Desk) -> None:
    land_box(desk, off_by_a_point())
    lines = log_lines()
    lines[0]["MIN"] = 0
    land_log(desk, lines)
    found = read(desk)
    assert sources(found) == {"nba_boxscore"}
    assert not found.players[0]["is_degraded"]
    assert sum(p["points"] for p in found.players if p["team"] == "NYK") == 99


def test_a_bad_newest_capture_gives_way_to_the_one_before(desk: Desk) -> None:
    good = land_box(desk, box(), FIRST)
    bad = land_box(desk, off_by_a_point(), LATER)
    land_log(desk, log_lines())
    found = read(desk)
    assert {row["landing_path"] for row in found.players} == {good}
    assert not any(row["is_degraded"] for row in found.players)
    assert found.notes[DAY].passed_over[0].startswith(f"{bad}: ")


def test_a_refused_newest_capture_gives_way_to_the_one_before(desk: Desk) -> None:
    good = land_box(desk, box(), FIRST)
    renamed = box()
    stats = renamed["game"]["homeTeam"]["players"][0]["statistics"]
    stats["pts"] = stats.pop("points")
    bad = land_box(desk, renamed, LATER)
    found = read(desk)
    assert {row["landing_path"] for row in found.players} == {good}
    (note,) = found.notes[DAY].passed_over
    assert note.startswith(f"{bad}: ")
    assert "points" in note


def test_a_correction_is_taken_from_its_capture_on(desk: Desk, tmp_path: Path) -> None:
    land_box(desk, box(), FIRST)
    corrected = box()
    corrected["game"]["homeTeam"]["players"][0]["statistics"]["assists"] = 9
    corrected["game"]["homeTeam"]["statistics"]["assists"] = 9
    path = land_box(desk, corrected, LATER)
    assert of(read(desk), 101)["ast"] == 9
    assert of(read(desk), 101)["landing_path"] == path
    before = desk_in(tmp_path, as_of=LATER - timedelta(seconds=1))
    assert of(read(before), 101)["ast"] == 0


def test_a_date_says_how_many_bodies_its_own_supersede(desk: Desk) -> None:
    land_box(desk, box(), FIRST)
    assert read(desk).notes[DAY].corrections == 0
    land_box(desk, box(), FIRST + timedelta(hours=1))
    assert read(desk).notes[DAY].corrections == 0
    corrected = box()
    corrected["game"]["homeTeam"]["players"][0]["statistics"]["assists"] = 9
    land_box(desk, corrected, LATER)
    found = read(desk)
    assert found.notes[DAY].corrections == 1
    assert in_metadata(found.notes)[DAY]["corrections"] == 1


@pytest.mark.skipif(
    not (SHARED / "replay").is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)
def test_a_recorded_correction_is_one_assist_and_counted(tmp_path: Path) -> None:
    night = date(2026, 2, 6)
    game = scheduled("LAC", "SAC", night, nba_game_id="0022500746")
    given = {"landing_url": SHARED / "replay", "replay_roots": (SHARED / "replay",)}
    tellings = [
        box_scores(
            desk_in(tmp_path, as_of=utc(instant), **given),
            frame(SCHEDULE, [game]),
            [night],
            known_players,
        )
        for instant in ("2026-02-07T06:00Z", "2026-02-07T14:00Z")
    ]
    before, after = tellings
    assert [found.notes[night].corrections for found in tellings] == [0, 1]
    players, teams = (
        [
            (old[name], column, old[column], new[column])
            for old, new in zip(*rows, strict=True)
            for column in old
            if old[column] != new[column]
            and column not in ("observed_at", "landing_path", "scheduled_score")
        ]
        for name, rows in (
            ("player_name", (before.players, after.players)),
            ("team", (before.teams, after.teams)),
        )
    )
    assert players == [("Maxime Raynaud", "ast", 1, 2)]
    assert sorted(teams) == [("SAC", "ast", 21, 22), ("SAC", "fast_break_points", 16, 18)]


def test_the_first_clean_source_is_chosen_per_game(desk: Desk) -> None:
    land_box(desk, off_by_a_point())
    land_box(desk, box("0022500002", "LAL", "GSW"))
    land_log(desk, [*log_lines(), *log_lines("LAL", "GSW", nba_game_id="0022500002")])
    other = scheduled("LAL", "GSW", nba_game_id="0022500002")
    found = read(desk, scheduled(), other)
    assert {(row["game_id"], row["source"]) for row in found.players} == {
        ("20251105_BOS_NYK", "nba_game_log"),
        ("20251105_LAL_GSW", "nba_boxscore"),
    }


@pytest.mark.parametrize(
    ("away", "home", "found"),
    [
        ("NYK", "BOS", "BOS at home, NYK away"),
        ("LAL", "NYK", "LAL away, NYK at home"),
    ],
)
def test_lines_of_other_sides_than_scheduled_are_no_game(
    desk: Desk, away: str, home: str, found: str
) -> None:
    land_log(desk, log_lines(away, home))
    result = read(desk)
    assert result.players == []
    (note,) = result.notes[DAY].passed_over
    assert f"home_away_matches_schedule: the log has {found}, the schedule BOS at NYK" in note


@pytest.mark.parametrize("sign", ["@", "vs."])
def test_a_log_that_has_one_sign_for_both_sides_takes_them_from_the_schedule(
    desk: Desk, sign: str
) -> None:
    lines = [line | {"MATCHUP": f"{line['TEAM_ABBREVIATION']} {sign} XXX"} for line in log_lines()]
    land_log(desk, lines)
    found = read(desk)
    assert {(row["team"], row["opponent"], row["is_home"]) for row in found.players} == {
        ("NYK", "BOS", True),
        ("BOS", "NYK", False),
    }
    assert side(found, "NYK")["is_home"]
    assert not side(found, "BOS")["is_home"]
    assert found.notes[DAY].passed_over == []


def test_a_log_without_lines_of_the_game_is_named(desk: Desk) -> None:
    lines = [log_line(n, nba_game_id="0022500002", team="GSW", other="LAL") for n in range(5)]
    land_log(desk, lines)
    found = read(desk)
    assert found.players == []
    assert "20251105_BOS_NYK: the log has no line of the game" in found.notes[DAY].passed_over[0]


def test_points_are_held_against_the_schedule_only_where_it_says_final(desk: Desk) -> None:
    land_box(desk, box())
    lagging = scheduled(status="live", home_score=55, away_score=41)
    assert {row["scheduled_score"] for row in read(desk, lagging).teams} == {None}
    final = scheduled(home_score=100, away_score=97)
    told = {row["team"]: row["scheduled_score"] for row in read(desk, final).teams}
    assert told == {"NYK": 100, "BOS": 97}
