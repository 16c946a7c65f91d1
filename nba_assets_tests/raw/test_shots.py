import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.landing.desk import Desk
from nba_assets.partitions import dates_between, results_instant
from nba_assets.raw import box_scores, schedule
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.schedule import game_id, schedule_rows
from nba_assets.raw.shot_sources import offence_of
from nba_assets.raw.shots import (
    ENTITY,
    SHOTS,
    Found,
    numbered,
    players_off_their_attempts,
    shooters_of_no_side,
    shots_of,
    without_repeats,
    zone_of,
)
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.sources.bigdataball import COLUMNS
from nba_assets.sources.feed import ExpectedGame, Subject
from nba_assets.sources.feeds.archives import BIGDATABALL_FILES, DETAILED_PBP
from nba_assets.sources.feeds.nba import (
    NBA_BOXSCORE,
    NBA_PLAY_BY_PLAY,
    NBA_SCHEDULE,
    NBA_SHOT_CHART,
)
from nba_assets.sources.shots import Shot
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import Home, home_in, sandbox_home
from nba_assets_tests.raw.payloads import GAME, SEASON, Body, tip_of
from nba_assets_tests.raw.rows import DAY, Row, frame, player, scheduled

HOW_IT_WAS_RECORDED = pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
)
LANDED_AT = results_instant(DAY) - timedelta(hours=8)
OUR_GAME = game_id(DAY, "BOS", "NYK")
NYK_ID, BOS_ID = 1610612752, 1610612738


def shot(**changes: Any) -> Shot:
    """A two-pointer of 101 that missed, of a source that numbers no events."""
    given: dict[str, Any] = {
        "game_id": GAME,
        "event": None,
        "period": 1,
        "clock_s": 702.0,
        "person_id": 101,
        "team": "NYK",
        "value": 2,
        "made": False,
        "distance_ft": 4.0,
        "x": 10,
        "y": 38,
    }
    return Shot(**(given | changes))


def field_goal(number: int, person: int = 101, kind: str = "2pt", **facts: Any) -> Body:
    """A line of the CDN's play-by-play: a lay-up that went in."""
    return {
        "actionNumber": number,
        "clock": "PT11M42.00S",
        "period": 1,
        "actionType": kind,
        "subType": "",
        "personId": person,
        "teamTricode": "NYK",
        "isFieldGoal": 1,
        "shotResult": "Made",
        "shotDistance": 1.98,
        "area": "Restricted Area",
        "xLegacy": 5,
        "yLegacy": 19,
        "scoreHome": "0",
        "scoreAway": "0",
        **facts,
    }


def free_throw(number: int, person: int = 101, **facts: Any) -> Body:
    given: Body = {"subType": "1 of 1", "isFieldGoal": 0, "area": None}
    return field_goal(number, person, "freethrow", **(given | facts))


def plays(*actions: Body, nba_game_id: str = GAME) -> Body:
    end = field_goal(999, 0, "game", subType="end", isFieldGoal=0, shotResult=None)
    return {"game": {"gameId": nba_game_id, "actions": [*actions, end]}}


def v3_goal(number: int, description: str = "", **facts: Any) -> Body:
    return {
        "actionNumber": number,
        "clock": "PT11M42.00S",
        "period": 1,
        "actionType": "Made Shot",
        "subType": "Layup Shot",
        "description": description,
        "personId": 101,
        "playerName": "Brunson",
        "playerNameI": "J. Brunson",
        "teamTricode": "NYK",
        "isFieldGoal": 1,
        "shotResult": "Made",
        "shotValue": 2,
        "shotDistance": 2,
        "xLegacy": 5,
        "yLegacy": 19,
        "scoreHome": "2",
        "scoreAway": "0",
        **facts,
    }


def plays_v3(*actions: Body) -> Body:
    end = v3_goal(
        999, actionType="period", subType="end", period=4, isFieldGoal=0, shotResult="", shotValue=0
    )
    return {"game": {"gameId": GAME, "actions": [*actions, end]}}


def charted(person: int = 101, **facts: Any) -> Body:
    return {
        "GAME_ID": GAME,
        "GAME_EVENT_ID": None,
        "PLAYER_ID": person,
        "TEAM_ID": NYK_ID,
        "PERIOD": 1,
        "MINUTES_REMAINING": 11,
        "SECONDS_REMAINING": 42,
        "SHOT_TYPE": "2PT Field Goal",
        "SHOT_ZONE_BASIC": "Restricted Area",
        "SHOT_DISTANCE": 1,
        "LOC_X": 5,
        "LOC_Y": 9,
        "SHOT_ATTEMPTED_FLAG": 1,
        "SHOT_MADE_FLAG": 1,
        "GAME_DATE": f"{DAY:%Y%m%d}",
        "HTM": "NYK",
        "VTM": "BOS",
        **facts,
    }


def chart(*rows: Body) -> Body:
    headers = list(charted())
    listed = [[row[name] for name in headers] for row in rows]
    return {"resultSets": [{"name": "Shot_Chart_Detail", "headers": headers, "rowSet": listed}]}


def detailed(*rows: dict[str, str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore")
    writer.writeheader()
    for n, row in enumerate(rows, 1):
        common = {
            "game_id": GAME.lstrip("0"),
            "data_set": "",
            "date": str(DAY),
            "period": "1",
            "away_score": "0",
            "home_score": "0",
            "remaining_time": "0:11:44",
            "play_id": str(n),
            "team": "NYK",
            "event_type": "shot",
            "points": "2",
            "result": "made",
            "type": "driving layup",
            "shot_distance": "2",
            "original_x": "5",
            "original_y": "19",
        }
        writer.writerow(common | row)
    return out.getvalue().encode()


ABOUT = Subject(DAY, SEASON, "regular", ExpectedGame(GAME, "BOS", "NYK", tip_of(DAY)))


def land_plays(desk: Desk, body: Body, route: int = 0, hours: int = 0) -> None:
    request = NBA_PLAY_BY_PLAY.requests(ABOUT)[route]
    desk.zone.keep(request, LANDED_AT + timedelta(hours=hours), json.dumps(body).encode())


def land_chart(desk: Desk, *rows: Body) -> None:
    (request,) = NBA_SHOT_CHART.requests(Subject(DAY, SEASON))
    desk.zone.keep(request, LANDED_AT, json.dumps(chart(*rows)).encode())


def land_detailed(desk: Desk, body: bytes) -> None:
    (search,) = BIGDATABALL_FILES.requests(ABOUT)
    found = {"files": [{"id": "abc", "name": f"[{GAME}] BOS@NYK.csv"}]}
    desk.zone.keep(search, LANDED_AT, json.dumps(found).encode())
    about = Subject(DAY, SEASON, "regular", ABOUT.game, found={"file_id": "abc"})
    (request,) = DETAILED_PBP.requests(about)
    desk.zone.keep(request, LANDED_AT, body)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """BOS at NYK with a box: 101 and 102 of NYK took two shots each, 201 of BOS none."""
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [scheduled()])
    home.publish(
        PLAYER_BOX_SCORES,
        [
            player("101", fga=2),
            player("102", fga=2),
            player("201", "BOS", "NYK", is_home=False, fga=0),
        ],
    )
    home.publish(PLAYERS, [])
    return home


def told(home: Home) -> Found:
    boxes = home.read(PLAYER_BOX_SCORES, DAY)
    found = shots_of(home.desk, home.warehouse, home.read(SCHEDULE, DAY), boxes)
    SHOTS.rows(found.rows)
    return found


def effects(home: Home) -> dict[str, str]:
    (audit,) = home.audits(ENTITY, DAY).values()
    return {v.gate: v.effect for v in audit.verdicts if v.effect != "passed"}


@pytest.mark.parametrize(
    ("facts", "zone"),
    [
        ({"value": 1, "distance_ft": None}, None),
        ({"value": 3, "distance_ft": 22.0, "area": "Left Corner 3"}, "three"),
        # The place of the foot and the value are told by two people: the value counts.
        ({"value": 3, "distance_ft": 22.0, "area": "Mid-Range"}, "three"),
        ({"area": "Restricted Area"}, "paint"),
        ({"area": "In The Paint (Non-RA)", "distance_ft": 13.0}, "paint"),
        ({"area": "Mid-Range", "distance_ft": 7.0}, "mid"),
        ({"area": "Above the Break 3", "distance_ft": 23.0}, "mid"),
        ({"distance_ft": 8.0}, "paint"),
        ({"distance_ft": 8.1}, "mid"),
        ({"distance_ft": None, "x": 30, "y": 40}, "paint"),
        ({"distance_ft": None, "x": 60, "y": 80}, "mid"),
        ({"distance_ft": None, "x": None, "y": None}, None),
    ],
)
def test_a_zone_follows_from_value_area_and_distance_in_that_order(
    facts: dict[str, Any], zone: str | None
) -> None:
    assert zone_of(shot(**facts)) == zone


def test_shots_without_a_number_are_numbered_by_their_place_in_any_order_of_arrival() -> None:
    early, late = shot(clock_s=702.0), shot(clock_s=30.0)
    second = shot(period=2, clock_s=720.0)
    other = shot(clock_s=702.0, person_id=100)
    expected = [(1, other), (2, early), (3, late), (4, second)]
    assert numbered([second, late, early, other]) == expected
    assert numbered([early, other, second, late]) == expected


def test_one_shot_without_a_number_makes_all_of_the_game_numbered_by_place() -> None:
    found = numbered([shot(event=40, clock_s=30.0), shot(event=None, clock_s=60.0)])
    assert [n for n, _ in found] == [1, 2]


def test_an_exact_repeat_goes_only_where_its_shooter_has_more_attempts_than_his_box() -> None:
    twice = [shot(), shot(), shot(clock_s=30.0)]
    assert without_repeats(twice, {"101": 2}) == ([shot(), shot(clock_s=30.0)], 1)
    assert without_repeats(twice, {"101": 3}) == (twice, 0)
    assert without_repeats(twice, {}) == ([shot(), shot(clock_s=30.0)], 1)
    assert without_repeats(twice, None) == (twice, 0)


def test_a_surplus_attempt_that_is_no_repeat_stays() -> None:
    two = [shot(), shot(clock_s=30.0)]
    assert without_repeats(two, {"101": 1}) == (two, 0)


def test_free_throws_are_never_repeats() -> None:
    line = [shot(event=n, value=1, x=None, y=None) for n in (1, 2)]
    assert without_repeats([*line, shot(event=3)], {"101": 0}) == ([*line, shot(event=3)], 0)


@pytest.mark.parametrize(
    ("shots", "offence"),
    [
        ([shot(), shot(team="BOS")], ""),
        ([], "no shot of the game"),
        (
            [shot(), shot(team="LAL")],
            "home_away_matches_schedule: shots of LAL in BOS at NYK",
        ),
        (
            [shot(event=4), shot(event=4, made=True)],
            "unique_key: 1 event numbers of two shots that differ, first 4",
        ),
    ],
)
def test_shots_that_cannot_be_of_the_game_say_why(shots: list[Shot], offence: str) -> None:
    assert offence_of(shots, "BOS", "NYK") == offence


def test_the_cdn_tells_who_passed_blocked_and_was_fouled(home: Home) -> None:
    land_plays(
        home.desk,
        plays(
            field_goal(7, assistPersonId=102),
            free_throw(8),
            field_goal(9, 102, "3pt", shotResult="Missed", shotDistance=26.2, blockPersonId=201,
                       area="Above the Break 3", clock="PT00M01.30S"),
        ),
    )  # fmt: skip
    goal, throw, three = told(home).rows
    assert {k: v for k, v in goal.items() if k != "landing_path"} == {
        "game_date": DAY,
        "game_id": OUR_GAME,
        "event_seq": 7,
        "nba_game_id": GAME,
        "season_year": 2025,
        "season_type": "regular",
        "player_id": "101",
        "nba_player_id": "101",
        "team": "NYK",
        "defending_team": "BOS",
        "period": 1,
        "clock_s": 702.0,
        "shot_value": 2,
        "made": True,
        "distance_ft": 1.98,
        "area": "Restricted Area",
        "zone": "paint",
        "x": 5,
        "y": 19,
        "is_assisted": True,
        "assist_player_id": "102",
        "is_blocked": False,
        "blocker_player_id": None,
        "fouled": True,
        "is_complete": False,
        "source": "nba_play_by_play",
        "source_score": 95,
        "quality_score": 95,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": False,
        "observed_at": LANDED_AT,
    }
    assert goal["landing_path"].startswith("cdn.nba.com/static/json/liveData/playbyplay/")
    assert (throw["shot_value"], throw["zone"], throw["area"], throw["x"]) == (1, None, None, None)
    assert (three["zone"], three["is_blocked"], three["blocker_player_id"], three["clock_s"]) == (
        "three",
        True,
        "201",
        1.3,
    )


def test_a_player_is_complete_where_his_attempts_are_those_of_his_box(home: Home) -> None:
    land_plays(
        home.desk,
        plays(
            field_goal(7), field_goal(8, clock="PT05M00.00S"), free_throw(9), field_goal(10, 102)
        ),
    )
    complete = {(r["player_id"], r["is_complete"]) for r in told(home).rows}
    assert complete == {("101", True), ("102", False)}


def test_without_a_box_score_nobody_knows_whether_a_player_is_complete(home: Home) -> None:
    home.publish(PLAYER_BOX_SCORES, [], DAY)
    land_plays(home.desk, plays(field_goal(7)))
    assert [r["is_complete"] for r in told(home).rows] == [None]


def test_the_cdn_is_preferred_to_a_later_body_of_the_other_host(home: Home) -> None:
    land_plays(home.desk, plays(field_goal(7)))
    land_plays(home.desk, plays_v3(v3_goal(7)), route=1, hours=2)
    (row,) = told(home).rows
    assert (row["area"], row["is_degraded"]) == ("Restricted Area", False)


def test_the_other_hosts_plays_have_zones_by_distance_and_passers_by_name(home: Home) -> None:
    body = plays_v3(
        v3_goal(7, "Brunson Layup (2 PTS) (Hart 1 AST)"),
        v3_goal(8, "Brunson Layup (2 PTS) (Nobody 1 AST)"),
        v3_goal(9, personId=102, playerName="Hart", playerNameI="J. Hart", shotDistance=17),
    )
    land_plays(home.desk, body, route=1)
    found = told(home)
    assert [(r["zone"], r["is_assisted"], r["assist_player_id"]) for r in found.rows] == [
        ("paint", True, "102"),
        ("paint", True, None),  # assisted, by somebody: not unassisted
        ("mid", False, None),
    ]
    assert {tuple(r["degraded_reasons"]) for r in found.rows} == {
        ("nba_play_by_play its second host (no areas, passers by name)",)
    }
    assert found.notes[DAY].unmatched == [f"{GAME}: the passer 'Nobody' of event 8"]


def test_a_shot_chart_tells_of_no_assists_blocks_fouls_or_free_throws(home: Home) -> None:
    land_chart(home.desk, charted(), charted(102, SHOT_TYPE="3PT Field Goal"))
    found = told(home)
    silent = ("is_assisted", "assist_player_id", "is_blocked", "blocker_player_id", "fouled")
    assert [[r[name] for name in silent] for r in found.rows] == [[None] * 5] * 2
    assert [(r["event_seq"], r["zone"], r["source"]) for r in found.rows] == [
        (1, "paint", "nba_shot_chart"),
        (2, "three", "nba_shot_chart"),
    ]
    assert {tuple(r["degraded_reasons"]) for r in found.rows} == {
        ("nba_shot_chart instead of nba_play_by_play (no assists, blocks, fouls or free throws)",)
    }


def test_a_play_by_play_that_contradicts_itself_is_passed_over_for_the_shot_chart(
    home: Home,
) -> None:
    land_plays(home.desk, plays(field_goal(7), field_goal(7, 102)))
    land_chart(home.desk, charted())
    found = told(home)
    (row,) = found.rows
    assert row["source"] == "nba_shot_chart"
    assert "unique_key: 1 event numbers" in row["degraded_reasons"][0]
    (passed_over,) = found.notes[DAY].passed_over
    assert passed_over.startswith("cdn.nba.com/")


def test_a_copy_of_an_event_is_one_event(home: Home) -> None:
    land_plays(home.desk, plays(field_goal(7), field_goal(7)))
    found = told(home)
    assert [r["event_seq"] for r in found.rows] == [7]
    assert found.notes[DAY].collapsed == 1


def test_repeats_beyond_the_box_are_dropped_and_counted_in_the_dates_metadata(home: Home) -> None:
    land_chart(home.desk, charted(), charted(), charted(), charted(102))
    facts = home.make(ENTITY, DAY)[DAY]
    assert facts["repeats_beyond_the_box_score"] == 1
    rows = home.read(SHOTS, DAY)
    assert rows["player_id"].tolist() == ["101", "101", "102"]
    assert rows["is_complete"].tolist() == [True, True, False]


def test_a_game_without_shots_does_not_hold_its_date(home: Home) -> None:
    (audit,) = home.audits(ENTITY, DAY).values()
    assert effects(home) == {"every_game_has_shots": "degrades"}
    assert audit.reasons == [
        f"every_game_has_shots: {OUR_GAME} has no shots from any of nba_play_by_play,"
        " nba_shot_chart, detailed_pbp: no body landed"
    ]
    assert home.make(ENTITY, DAY)[DAY]["state"] == "degraded"


def test_a_cup_final_has_no_shot_chart_to_look_for(home: Home) -> None:
    home.publish(SCHEDULE, [scheduled(season_type="cup_final")])
    land_chart(home.desk, charted())
    assert not told(home).rows


def test_names_of_the_detailed_plays_resolve_among_the_two_teams(home: Home) -> None:
    home.publish(PLAYERS, [listed("101", "Jalen Brunson"), listed("102", "Josh Hart")])
    land_detailed(
        home.desk,
        detailed(
            {"player": "Jalen Brunson", "assist": "Josh Hart"},
            {"player": "Nobody Known", "assist": "Josh Hart"},
            {"player": "Josh Hart", "assist": "Nobody Known", "shot_distance": "15"},
        ),
    )
    found = told(home)
    assert [
        (r["event_seq"], r["player_id"], r["zone"], r["is_assisted"], r["assist_player_id"])
        for r in found.rows
    ] == [(1, "101", "paint", True, "102"), (3, "102", "mid", True, None)]
    assert effects(home)["every_name_is_resolved"] == "quarantines"
    home.make(ENTITY, DAY)
    held = home.quarantined(SHOTS, DAY)["every_name_is_resolved"]
    assert held[["event", "role", "player_name"]].values.tolist() == [
        [2, "player", "Nobody Known"],
        [3, "assist", "Nobody Known"],
    ]
    assert held["landing_path"].str.startswith("www.googleapis.com/").all()
    assert "nobody of BOS or NYK" in held["quarantine_reason"][0]


def test_a_rerun_resolves_a_name_after_an_alias_was_added(home: Home) -> None:
    home.publish(PLAYERS, [listed("101", "Jalen Brunson")])
    land_detailed(home.desk, detailed({"player": "Captain Clutch"}))
    home.make(ENTITY, DAY)
    assert home.read(SHOTS, DAY).empty
    alias = "alias,name,note\nCaptain Clutch,Jalen Brunson,a nickname\n"
    (home.desk.settings.home / "aliases.csv").write_text(alias)
    home.make(ENTITY, DAY)
    assert home.read(SHOTS, DAY)["player_id"].tolist() == ["101"]
    assert not home.quarantined(SHOTS, DAY)


def listed(player_id: str, name: str) -> Row:
    """A spelling of the registry."""
    common = {k: v for k, v in player(player_id).items() if k in PLAYERS.column_names}
    return common | {
        "player_name": name,
        "player_lookup": name.lower().replace(" ", ""),
        "first_seen": date(2025, 10, 21),
        "last_seen": DAY,
    }


def shot_row(player_id: str = "101", team: str = "NYK", n: int = 1, **changes: Any) -> Row:
    common = {k: v for k, v in player(player_id, team).items() if k in SHOTS.column_names}
    return common | {
        "game_id": OUR_GAME,
        "event_seq": n,
        "defending_team": "BOS",
        "period": 1,
        "clock_s": 30.0,
        "shot_value": 2,
        "made": True,
        **changes,
    }


def test_shots_of_somebody_who_is_not_in_the_game_are_named() -> None:
    rows = [shot_row(), shot_row("999", n=2), shot_row(n=3, team="BOS"), shot_row(n=4, team="LAL")]
    boxes = [player("101"), player("201", "BOS", "NYK", is_home=False)]
    found = shooters_of_no_side(
        frame(SHOTS, rows), frame(SCHEDULE, [scheduled()]), frame(PLAYER_BOX_SCORES, boxes)
    )
    assert found["reason"].to_dict() == {
        1: f"999 is not in the box score of NYK in {OUR_GAME}",
        2: f"101 is not in the box score of BOS in {OUR_GAME}",
        3: f"LAL does not play in {OUR_GAME}",
    }


def test_a_game_without_a_box_is_judged_by_its_teams_alone() -> None:
    rows = frame(SHOTS, [shot_row("999")])
    schedule_of_it = frame(SCHEDULE, [scheduled()])
    assert shooters_of_no_side(rows, schedule_of_it, frame(PLAYER_BOX_SCORES, [])).empty


def test_a_shooter_who_is_not_in_the_box_is_quarantined_and_the_others_published(
    home: Home,
) -> None:
    land_plays(home.desk, plays(field_goal(7), field_goal(8, 999)))
    home.make(ENTITY, DAY)
    assert home.read(SHOTS, DAY)["player_id"].tolist() == ["101"]
    (gate,) = home.quarantined(SHOTS, DAY)
    assert gate == "every_shooter_is_of_the_game"


def test_players_off_their_attempts_are_named_also_where_no_shot_of_theirs_is_told() -> None:
    rows = [shot_row(n=1), shot_row(n=2, shot_value=1), shot_row("102", n=3)]
    boxes = [player("101", fga=1), player("102", fga=2), player("103", fga=1), player("104", fga=0)]
    found = players_off_their_attempts(frame(SHOTS, rows), frame(PLAYER_BOX_SCORES, boxes))
    assert found["reason"].tolist() == [
        f"Player 102 (102) has 1 attempts in {OUR_GAME}, 2 in the box score",
        f"Player 103 (103) has 0 attempts in {OUR_GAME}, 1 in the box score",
    ]
    other_game = frame(PLAYER_BOX_SCORES, [player("101", "LAL", "GSW", fga=9)])
    assert players_off_their_attempts(frame(SHOTS, rows), other_game).empty


def test_attempts_off_the_box_are_told_and_change_nothing(home: Home) -> None:
    land_plays(home.desk, plays(field_goal(7)))
    assert effects(home) == {"zone_attempts_equal_box_attempts": "notices"}
    assert home.make(ENTITY, DAY)[DAY]["state"] == "published"


def test_running_a_date_twice_changes_nothing(home: Home) -> None:
    land_chart(home.desk, charted(), charted(102))
    home.make(ENTITY, DAY)
    once = home.bytes_of(SHOTS)
    assert home.make(ENTITY, DAY)[DAY]["changed"] is False
    assert home.bytes_of(SHOTS) == once


def test_sandbox_nights_add_up_to_their_boxes_and_a_range_run_equals_its_days(
    tmp_path: Path,
) -> None:
    first, last = date(2025, 11, 5), date(2025, 11, 6)
    days = dates_between(first, last)
    feeds = (NBA_SCHEDULE, NBA_BOXSCORE, NBA_PLAY_BY_PLAY)
    home = sandbox_home(tmp_path, feeds, *days)
    home.make(schedule.ENTITY, *days)
    home.make(box_scores.PLAYERS_ENTITY, *days)
    home.publish(PLAYERS, [])
    for day in days:
        (audit,) = home.audits(ENTITY, day).values()
        assert {v.effect for v in audit.verdicts} == {"passed"}
    for day in days:
        home.make(ENTITY, day)
    daily = home.bytes_of(SHOTS)
    home.make(ENTITY, *days)
    assert home.bytes_of(SHOTS) == daily
    rows = home.read(SHOTS, *days)
    assert rows["is_complete"].all()
    assert set(rows["source"]) == {"sandbox:nba_play_by_play"}


FEBRUARY = {
    **dict.fromkeys(("0022500712", "0022500713", "0022500714", "0022500715"), date(2026, 2, 2)),
    **dict.fromkeys([f"00225007{n}" for n in range(41, 47)], date(2026, 2, 6)),
    **dict.fromkeys([f"00225007{n}" for n in range(47, 50)], date(2026, 2, 7)),
}


@HOW_IT_WAS_RECORDED
def test_the_recorded_plays_of_february_2026_add_up_to_their_box_scores(tmp_path: Path) -> None:
    home = home_in(tmp_path, landing_url=SHARED / "replay")
    home.publish(SCHEDULE, february())
    days = sorted(set(FEBRUARY.values()))
    games, boxes = home.read(SCHEDULE, *days), boxes_of(home, days)
    found = shots_of(home.desk, home.warehouse, games, boxes)
    rows = SHOTS.rows(found.rows).to_pandas()
    assert rows["nba_game_id"].nunique() == boxes["nba_game_id"].nunique() == 12
    assert set(rows["source"]) == {"nba_play_by_play"}
    assert players_off_their_attempts(rows, boxes)["reason"].tolist() == []
    assert shooters_of_no_side(rows, games, boxes)["reason"].tolist() == []
    assert not found.repeats.total()
    made = rows[rows["made"]].assign(points=rows["shot_value"], passes=rows["is_assisted"])
    both = boxes.merge(
        made.groupby(["game_id", "player_id"], as_index=False)[["points"]].sum(),
        on=["game_id", "player_id"],
        how="left",
        suffixes=("", "_told"),
    )
    assert both["points"].tolist() == both["points_told"].fillna(0).astype(int).tolist()
    # A heave is nobody's attempt, and every assist and every block has its man.
    assert made["passes"].sum() == boxes["ast"].sum()
    assert rows["is_blocked"].sum() == rows["blocker_player_id"].notna().sum() == boxes["blk"].sum()
    assert rows.loc[rows["shot_value"] == 1, "made"].sum() == boxes["ftm"].sum()


def february() -> list[Row]:
    """The recorded games as a schedule would have them."""
    rows = []
    folder = SHARED / "replay/cdn.nba.com/static/json/liveData/boxscore"
    for nba_game_id, day in FEBRUARY.items():
        body = max((folder / f"boxscore_{nba_game_id}.json").iterdir()).read_bytes()
        found = json.loads(gzip.decompress(body))["game"]
        sides = found["awayTeam"]["teamTricode"], found["homeTeam"]["teamTricode"]
        assert date.fromisoformat(found["gameEt"][:10]) == day
        rows.append(scheduled(*sides, day, nba_game_id=nba_game_id))
    return rows


def boxes_of(home: Home, days: Sequence[date]) -> pd.DataFrame:
    """The box rows of dates whose schedule is published."""
    home.publish(PLAYERS, [])
    rows = box_scores.PLAYERS_ENTITY.rows(home.desk, home.warehouse, list(days)).rows
    assert isinstance(rows, pa.Table)
    return pd.DataFrame(rows.to_pandas())


@HOW_IT_WAS_RECORDED
def test_a_recorded_date_lists_the_one_player_whose_attempts_are_off(tmp_path: Path) -> None:
    day = date(2023, 10, 28)
    home = home_in(tmp_path, landing_url=SHARED / "replay", first_date=day, last_date=day)
    home.publish(SCHEDULE, schedule_rows(home.desk, [day])[0])
    boxes: list[Any] = boxes_of(home, [day]).to_dict("records")
    home.publish(PLAYER_BOX_SCORES, boxes)
    (audit,) = home.audits(ENTITY, day).values()
    assert {v.gate: v.offenders for v in audit.verdicts if v.effect != "passed"} == {
        "zone_attempts_equal_box_attempts": [
            "Evan Mobley (1630596) has 23 attempts in 20231028_IND_CLE, 22 in the box score"
        ]
    }


@pytest.mark.season
@HOW_IT_WAS_RECORDED
def test_the_recorded_shot_charts_of_2023_24_differ_from_the_boxes_in_three_places(
    tmp_path: Path,
) -> None:
    first, last = date(2023, 10, 24), date(2024, 4, 14)
    days = dates_between(first, last)
    home = home_in(tmp_path, landing_url=SHARED / "replay", first_date=first, last_date=last)
    home.publish(SCHEDULE, schedule_rows(home.desk, days)[0], *days)
    games, boxes = home.read(SCHEDULE, *days), boxes_of(home, days)
    found = shots_of(home.desk, home.warehouse, games, boxes)
    rows = SHOTS.rows(found.rows).to_pandas()
    assert len(rows) == 218_701
    # 14 rows are repeated whole, 3 in all but the kind of shot; the boxes count them all.
    place = ["game_id", "player_id", "period", "clock_s", "x", "y", "made", "shot_value"]
    assert rows.duplicated([*place, "area", "distance_ft"]).sum() == 17
    assert found.repeats.total() == 0
    off = players_off_their_attempts(rows, boxes)
    assert off[["game_id", "player_name", "fga", "told"]].values.tolist() == [
        ["20231027_DEN_MEM", "Jaren Jackson Jr.", 13, 12],
        ["20231028_IND_CLE", "Evan Mobley", 22, 23],
        ["20240103_WAS_CLE", "Tristan Thompson", 7, 6],
    ]
    incomplete = rows.loc[~rows["is_complete"].astype(bool), ["game_id", "player_id"]]
    assert len(incomplete) == 12 + 23 + 6
    told_of = rows.groupby(["game_id", "player_id"], as_index=False).agg(
        fgm=("made", "sum"), fg3a=("shot_value", lambda value: (value == 3).sum())
    )
    both = boxes[boxes["game_id"].isin(rows["game_id"])].merge(
        told_of, on=["game_id", "player_id"], how="left", suffixes=("", "_told")
    )
    for name in ("fgm", "fg3a"):
        assert (both[name] == both[f"{name}_told"].fillna(0)).all()
    assert shooters_of_no_side(rows, games, boxes).empty
    assert [row["game_id"] for row in found.without_shots] == ["20231209_IND_LAL"]
