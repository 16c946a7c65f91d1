"""The chain of sources of a game, each by a small body of its own shape."""

import json
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant
from nba_assets.raw.box_scores import BoxScores, box_scores
from nba_assets.raw.box_sources import SOURCES
from nba_assets.raw.entity import in_metadata
from nba_assets.raw.gates import games_of_unresolved_players
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.archives import BREF_BOX_SCORES
from nba_assets.sources.feeds.balldontlie import BDL_BOX_SCORES
from nba_assets.sources.feeds.espn import ESPN_SCOREBOARD, ESPN_SUMMARY
from nba_assets.sources.feeds.nba import NBA_BOXSCORE
from nba_assets_tests.raw.payloads import (
    GAME,
    SEASON,
    Body,
    box,
    desk_in,
    land_box,
    land_log,
    log_lines,
    tip_of,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

HOME_POINTS, AWAY_POINTS = (30, 25, 20, 15, 10), (28, 24, 20, 15, 10)
RECEIVED = results_instant(DAY) - timedelta(hours=1)
EVENT = "401"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def men(first_id: int, third: str, points: tuple[int, ...]) -> list[tuple[int, str, int]]:
    """Id, name and points of five men, the third of whom has a name that has to be folded."""
    return [
        (first_id + n, third if n == 2 else f"Man {first_id + n}", scored)
        for n, scored in enumerate(points)
    ]


HOME = men(101, "Nikola Šarić III", HOME_POINTS)
AWAY = men(201, "Dario Vučević", AWAY_POINTS)


def everybody() -> Registry:
    """The men of both teams."""
    return Registry(
        Evidence(str(n), name, team, 2025, DAY)
        for team, side in (("NYK", HOME), ("BOS", AWAY))
        for n, name, _ in side
    )


def with_the_idle() -> Registry:
    """Those and a man of the home team who did not play."""
    sides = (("NYK", [(110, "Ben Cher", 0), *HOME]), ("BOS", AWAY))
    return Registry(
        Evidence(str(n), name, team, 2025, DAY) for team, side in sides for n, name, _ in side
    )


def plain(name: str) -> str:
    """The name as a source without accents writes it."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def read(
    desk: Desk, *, game: Row | None = None, registry: Callable[[], Registry] = everybody
) -> BoxScores:
    schedule = frame(SCHEDULE, [game or scheduled()])
    found = box_scores(desk, schedule, [DAY], registry)
    PLAYER_BOX_SCORES.rows(found.players)
    TEAM_BOX_SCORES.rows(found.teams)
    return found


def of(found: BoxScores, player_id: int) -> Row:
    (row,) = (p for p in found.players if p["player_id"] == str(player_id))
    return row


def side(found: BoxScores, tricode: str) -> Row:
    (row,) = (t for t in found.teams if t["team"] == tricode)
    return row


def sources(found: BoxScores) -> set[tuple[str, int]]:
    """Source and score of the player rows."""
    return {(row["source"], row["source_score"]) for row in found.players}


def land(desk: Desk, feed: Feed, body: Body | str, **found: str) -> str:
    game = ExpectedGame(GAME, "BOS", "NYK", tip_of(DAY))
    subject = Subject(DAY, SEASON, game=game, found=found)
    text = body if isinstance(body, str) else json.dumps(body)
    path = desk.zone.keep(feed.request(feed.routes[-1], subject), RECEIVED, text.encode())
    return str(path.relative_to(desk.zone.root))


def box_v3(**changes: Any) -> Body:
    """`boxscoretraditionalv3` of the game."""

    def team(tricode: str, side: list[tuple[int, str, int]]) -> Body:
        def line(points: int, minutes: str) -> Body:
            counts = dict.fromkeys(
                (
                    *("fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade"),
                    *("threePointersAttempted", "reboundsOffensive", "reboundsDefensive"),
                    *("assists", "steals", "blocks", "turnovers", "foulsPersonal"),
                ),
                0,
            )
            return {
                "minutes": minutes,
                "points": points,
                "freeThrowsMade": points,
                "freeThrowsAttempted": points,
                "plusMinusPoints": 3.0,
                **counts,
            }

        def man(n: int, name: str, position: str, comment: str, told: Body) -> Body:
            given, _, family = name.partition(" ")
            who = {"personId": n, "firstName": given, "familyName": family}
            return {**who, "position": position, "comment": comment, "statistics": told}

        players = [man(n, name, "G", "", line(p, "48:00")) for n, name, p in side]
        bench = man(side[0][0] + 9, "Ben Cher", "", "DNP - Coach's Decision", line(0, ""))
        return {
            "teamId": 1,
            "teamTricode": tricode,
            "players": [*players, bench],
            "statistics": line(sum(p for _, _, p in side), "240:00"),
        }

    game = {"gameId": GAME, "homeTeam": team("NYK", HOME), "awayTeam": team("BOS", AWAY)}
    return {"boxScoreTraditional": {**game, **changes}}


def espn_event() -> Body:
    """The game as ESPN's board and its header have it."""
    return {
        "id": EVENT,
        "season": {"year": 2026, "type": 2},
        "competitions": [
            {
                "date": f"{tip_of(DAY):%Y-%m-%dT%H:%MZ}",
                "status": {
                    "type": {"name": "STATUS_FINAL", "state": "post", "completed": True},
                },
                "competitors": [
                    {
                        "homeAway": which,
                        "score": str(score),
                        "team": {"id": team, "abbreviation": code},
                    }
                    for which, score, team, code in (
                        ("home", 100, "18", "NY"),
                        ("away", 97, "2", "BOS"),
                    )
                ],
            }
        ],
    }


def espn_summary(*, idle: str = "Ben Cher") -> Body:
    """`summary` of the game with one more man, who did not play for the home side."""
    keys = [
        *("minutes", "fieldGoalsMade-fieldGoalsAttempted"),
        *("threePointFieldGoalsMade-threePointFieldGoalsAttempted",),
        *("freeThrowsMade-freeThrowsAttempted", "offensiveRebounds", "defensiveRebounds"),
        *("rebounds", "assists", "steals", "blocks", "turnovers", "fouls", "plusMinus", "points"),
    ]

    def block(team: str, code: str, side: list[tuple[int, str, int]], bench: list[str]) -> Body:
        lines = [
            {
                "athlete": {"id": f"9{n}", "displayName": plain(name)},
                "starter": True,
                "didNotPlay": False,
                "stats": ["48", "0-0", "0-0", f"{points}-{points}", *"00000000", "+3", str(points)],
            }
            for n, name, points in side
        ]
        lines += [
            {
                "athlete": {"id": "999", "displayName": name},
                "starter": False,
                "didNotPlay": True,
                "reason": "DNP-COACH'S DECISION",
                "stats": [],
            }
            for name in bench
        ]
        return {
            "team": {"id": team, "abbreviation": code},
            "statistics": [{"keys": keys, "athletes": lines}],
        }

    blocks = [block("2", "BOS", AWAY, []), block("18", "NY", HOME, [idle] if idle else [])]
    return {"header": espn_event(), "boxscore": {"players": blocks}}


def land_espn(desk: Desk, body: Body) -> str:
    """Land a summary, and the board that names its event."""
    land(desk, ESPN_SCOREBOARD, {"leagues": [], "events": [espn_event()]})
    return land(desk, ESPN_SUMMARY, body, espn_event_id=EVENT)


def bdl_boxes(**changes: Any) -> Body:
    """`box_scores` of the date: its one game, and on each side a man without minutes."""

    def team(team_id: int, code: str, side: list[tuple[int, str, int]]) -> Body:
        def line(n: int, name: str, minutes: str, points: int) -> Body:
            first, _, last = plain(name).partition(" ")
            counts = dict.fromkeys(
                [
                    "fgm",
                    "fga",
                    "fg3m",
                    "fg3a",
                    "oreb",
                    "dreb",
                    "reb",
                    "ast",
                    "stl",
                    "blk",
                    "turnover",
                    "pf",
                ],
                0,
            )
            return {
                "min": minutes,
                "pts": points,
                "ftm": points,
                "fta": points,
                **counts,
                "player": {"id": 7000 + n, "first_name": first, "last_name": last},
            }

        players = [line(n, name, "48", points) for n, name, points in side]
        idle = line(0, "Ben Cher", "00", 0)
        return {
            "id": team_id,
            "abbreviation": code,
            "full_name": code,
            "players": [*players, idle],
        }

    game = {
        "date": f"{DAY}",
        "season": 2025,
        "status": "Final",
        "period": 4,
        "postseason": False,
        "home_team_score": 100,
        "visitor_team_score": 97,
        "home_team": team(20, "NYK", HOME),
        "visitor_team": team(2, "BOS", AWAY),
    }
    return {"data": [{**game, **changes}]}


def bref_page() -> str:
    """The page of the game, in the tables that are read."""
    stats = [
        "fg",
        "fga",
        "fg3",
        "fg3a",
        "ft",
        "fta",
        "orb",
        "drb",
        "trb",
        "ast",
        "stl",
        "blk",
        "tov",
        "pf",
        "pts",
        "plus_minus",
    ]

    def row(n: int, name: str, points: int) -> str:
        told = dict.fromkeys(stats, 0) | {"ft": points, "fta": points, "pts": points}
        cells = "".join(f'<td data-stat="{stat}">{told[stat]}</td>' for stat in stats)
        who = f'<th data-stat="player" data-append-csv="man{n}">{plain(name)}</th>'
        return f'<tr>{who}<td data-stat="mp" csk="2880">48:00</td>{cells}</tr>'

    def table(code: str, side: list[tuple[int, str, int]]) -> str:
        points = sum(p for _, _, p in side)
        return (
            f'<table id="box-{code}-game-basic"><tbody>{"".join(row(*man) for man in side)}</tbody>'
            f'<tfoot><tr><td data-stat="pts">{points}</td></tr></tfoot></table>'
        )

    codes = "".join(
        f'<div><strong><a href="/teams/{code}/2026.html">{code}</a></strong></div>'
        for code in ("BOS", "NYK")
    )
    local = "6:59 PM, November 5, 2025"
    return (
        f'<html><body><div class="scorebox">{codes}'
        f'<div class="scorebox_meta"><div>{local}</div></div></div>'
        f"{table('BOS', AWAY)}{table('NYK', HOME)}"
        "<div><strong>Inactive:</strong><span>NYK</span>"
        '<a href="/players/c/cherbe01.html">Ben Cher</a></div></body></html>'
    )


LANDED: dict[str, Callable[[Desk], object]] = {
    "nba_boxscore": lambda desk: land_box(desk, box()),
    "nba_boxscore of stats.nba.com": lambda desk: land(desk, NBA_BOXSCORE, box_v3()),
    "nba_game_log": lambda desk: land_log(desk, log_lines()),
    "espn_summary": lambda desk: land_espn(desk, espn_summary(idle="")),
    "bdl_box_scores": lambda desk: land(desk, BDL_BOX_SCORES, bdl_boxes()),
    "bref_box_scores": lambda desk: land(desk, BREF_BOX_SCORES, bref_page()),
}
SCORES = (100, 95, 95, 80, 85, 80)


def test_the_chain_is_in_the_order_of_trust() -> None:
    assert [source.label for source in SOURCES] == list(LANDED)


@pytest.mark.parametrize("n", range(len(LANDED)))
def test_the_first_source_that_landed_is_chosen_and_says_what_came_before(
    desk: Desk, n: int
) -> None:
    for land_body in list(LANDED.values())[n:]:
        land_body(desk)
    found = read(desk)
    label = list(LANDED)[n]
    assert sources(found) == {(label.split()[0], SCORES[n])}
    tiers = {100: "gold", 95: "gold", 85: "silver", 80: "silver"}
    assert {row["quality_tier"] for row in found.players} == {tiers[SCORES[n]]}
    assert sum(row["points"] for row in found.players) == 197
    assert {row["is_home"] for row in found.players if row["team"] == "NYK"} == {True}
    assert {row["points"] for row in found.teams} == {100, 97}
    assert {row["source_score"] for row in found.teams} == {100 if n < 2 else min(85, SCORES[n])}
    lacks = ["no nba_boxscore body"] * (n > 0)
    lacks += [f"no {name} body" for name in list(LANDED)[2:n]]
    expected = [f"{label} instead of nba_boxscore: {'; '.join(lacks)}"] if n else []
    assert {tuple(row["degraded_reasons"]) for row in (*found.players, *found.teams)} == {
        tuple(expected)
    }


def test_the_other_box_of_nba_com_is_read_by_the_names_of_its_fields(desk: Desk) -> None:
    path = land(desk, NBA_BOXSCORE, box_v3())
    found = read(desk)
    row = of(found, 103)
    assert (row["player_name"], row["landing_path"]) == ("Nikola Šarić III", path)
    assert (row["points"], row["ftm"], row["plus_minus"]) == (20, 20, 3)
    assert (row["seconds_played"], row["minutes_precision"]) == (2880, "second")
    assert (row["is_starter"], row["player_status"], row["overtime_periods"]) == (True, "played", 0)
    bench = of(found, 110)
    assert (bench["played"], bench["is_starter"]) == (False, False)
    assert (bench["player_status"], bench["dnp_reason"]) == ("dnp", "DNP - Coach's Decision")
    team = side(found, "NYK")
    assert (team["seconds_played"], team["player_tov"], team["team_tov"]) == (14400, 0, None)


def test_espn_names_are_players_and_who_sat_is_listed(desk: Desk) -> None:
    land_espn(desk, espn_summary(idle="Ben Cher"))
    found = read(desk, registry=with_the_idle)
    row = of(found, 103)
    assert (row["nba_player_id"], row["player_name"]) == ("103", "Nikola Saric III")
    assert (row["minutes_precision"], row["is_starter"], row["plus_minus"]) == ("minute", True, 3)
    assert (row["team"], row["opponent"], row["is_home"]) == ("NYK", "BOS", True)
    idle = of(found, 110)
    assert (idle["player_status"], idle["dnp_reason"]) == ("dnp", "DNP-COACH'S DECISION")
    assert (idle["played"], idle["seconds_played"], idle["points"]) == (False, 0, 0)
    assert (side(found, "NYK")["score"], side(found, "BOS")["score"]) == (100, 97)
    assert found.unresolved == []


def test_balldontlie_rows_without_minutes_are_no_players_and_counted(desk: Desk) -> None:
    land(desk, BDL_BOX_SCORES, bdl_boxes())
    found = read(desk)
    assert len(found.players) == 10
    assert {row["is_starter"] for row in found.players} == {None}
    assert {row["minutes_precision"] for row in found.players} == {"minute"}
    told = in_metadata(found.notes)[DAY]["left_out"]
    assert told == (
        "20251105_BOS_NYK: 2 players without minutes, dressed or not, in bdl_box_scores"
    )
    assert found.unresolved == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "3rd Qtr"}, "the game is not final: 3rd Qtr"),
        ({"date": "2025-11-05", "home_team_score": 101}, "team_sum_equals_score: its score 101"),
    ],
)
def test_a_bad_balldontlie_box_is_passed_over_for_the_next(
    desk: Desk, changes: Row, reason: str
) -> None:
    land(desk, BDL_BOX_SCORES, bdl_boxes(**changes))
    land(desk, BREF_BOX_SCORES, bref_page())
    found = read(desk)
    assert sources(found) == {("bref_box_scores", 80)}
    assert any(reason in told for told in found.players[0]["degraded_reasons"])


def test_a_date_of_balldontlie_without_the_game_is_named(desk: Desk) -> None:
    body = bdl_boxes()
    (game,) = body["data"]
    game["home_team"], game["visitor_team"] = game["visitor_team"], game["home_team"]
    land(desk, BDL_BOX_SCORES, body)
    (told,) = read(desk).notes[DAY].passed_over
    assert "home_away_matches_schedule: NYK at BOS, the schedule has BOS at NYK" in told
    other = scheduled("LAL", "GSW", nba_game_id="0022500002")
    (told,) = read(desk, game=other).notes[DAY].passed_over
    assert "20251105_LAL_GSW: the body has no box score of the game" in told


def test_a_page_of_basketball_reference_counts_seconds_and_lists_the_inactive(desk: Desk) -> None:
    land(desk, BREF_BOX_SCORES, bref_page())

    found = read(desk, registry=with_the_idle)
    assert of(found, 101)["minutes_precision"] == "second"
    idle = of(found, 110)
    assert (idle["player_status"], idle["dnp_reason"], idle["played"]) == ("inactive", None, False)


def test_a_name_that_is_nobody_and_did_not_play_goes_aside_alone(desk: Desk) -> None:
    path = land_espn(desk, espn_summary(idle="Ben Cher"))
    found = read(desk)
    assert len(found.players) == 10
    (row,) = found.unresolved
    assert (row["player_name"], row["team"], row["played"]) == ("Ben Cher", "NYK", False)
    assert (row["provider_player_id"], row["landing_path"]) == ("999", path)
    unresolved = frame_of(found)
    assert row["reason"].startswith("nobody of BOS or NYK")
    players = frame(PLAYER_BOX_SCORES, found.players)
    assert games_of_unresolved_players(players, unresolved).empty


def without(player_id: int) -> Callable[[], Registry]:
    """Everybody but one."""
    return lambda: Registry(
        Evidence(str(n), name, team, 2025, DAY)
        for team, listed in (("NYK", HOME), ("BOS", AWAY))
        for n, name, _ in listed
        if n != player_id
    )


def frame_of(found: BoxScores) -> pd.DataFrame:
    return pd.DataFrame(found.unresolved)


def test_a_name_that_is_nobody_and_played_passes_the_source_over(desk: Desk) -> None:
    land_espn(desk, espn_summary(idle=""))
    land(desk, BREF_BOX_SCORES, bref_page().replace("Man 105", "Man V 105"))
    found = read(desk, registry=without(105))
    # Where nobody is clean the first stays, and is held out with the reason.
    assert sources(found) == {("espn_summary", 80)}
    assert {row["player_name"] for row in found.unresolved} == {"Man 105", "Man V 105", "Ben Cher"}
    for table, rows in ((PLAYER_BOX_SCORES, found.players), (TEAM_BOX_SCORES, found.teams)):
        held = games_of_unresolved_players(frame(table, rows), frame_of(found))
        assert held["game_id"].tolist() == ["20251105_BOS_NYK"]
        assert held["reason"].str.startswith("every_name_is_resolved: Man 105 (NYK) played:").all()


def test_a_man_of_no_count_who_is_nobody_still_holds_his_game_out(desk: Desk) -> None:
    body = espn_summary(idle="")
    (block,) = body["boxscore"]["players"][1]["statistics"]
    zero = {"stats": ["1", "0-0", "0-0", "0-0", *"00000000", "0", "0"]}
    who = {"athlete": {"id": "998", "displayName": "Nobody Known"}}
    block["athletes"].append({**block["athletes"][0], **who, **zero, "starter": False})
    land_espn(desk, body)
    found = read(desk)
    held = games_of_unresolved_players(frame(PLAYER_BOX_SCORES, found.players), frame_of(found))
    assert held["game_id"].tolist() == ["20251105_BOS_NYK"]


def test_a_game_of_strangers_alone_has_no_player_rows_and_no_published_totals(desk: Desk) -> None:
    land_espn(desk, espn_summary(idle=""))
    found = read(desk, registry=lambda: Registry([]))
    assert found.players == []
    assert len(found.unresolved) == 10
    held = games_of_unresolved_players(frame(TEAM_BOX_SCORES, found.teams), frame_of(found))
    assert set(held["game_id"]) == {"20251105_BOS_NYK"}
    land(desk, BREF_BOX_SCORES, bref_page())
    assert sources(read(desk, registry=everybody)) == {("espn_summary", 80)}


def test_a_registry_is_read_only_where_names_are(desk: Desk) -> None:
    def unread() -> Registry:
        raise AssertionError("the registry was read for a source that has ids")

    land_box(desk, box())
    assert sources(read(desk, registry=unread)) == {("nba_boxscore", 100)}


@pytest.mark.parametrize("label", ["nba_game_log", "espn_summary", "bdl_box_scores"])
def test_a_game_without_an_nba_id_is_read_by_its_teams(desk: Desk, label: str) -> None:
    land_box(desk, box())
    LANDED[label](desk)
    found = read(desk, game=scheduled(nba_game_id=None))
    assert {source for source, _ in sources(found)} == {label}
    assert {row["nba_game_id"] for row in (*found.players, *found.teams)} == {None}
    (reason,) = found.players[0]["degraded_reasons"]
    assert reason.startswith(
        f"{label} instead of nba_boxscore: nba_boxscore needs the id of NBA.com, which no season"
    )
    assert of(found, 101)["nba_player_id"] == "101"
