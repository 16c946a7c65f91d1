"""A game's plays add up to its box score, and all that is drawn from them says the same."""

from collections import Counter
from math import hypot
from typing import Any

import pytest

from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.exchange import as_bytes
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.nba_actions import play_by_play_body
from nba_assets.sandbox.nba_actions_v3 import play_by_play_v3_body, shot_rows
from nba_assets.sandbox.nba_tables import SHOTS

GAMES = 24
PAINT = ("Restricted Area", "In The Paint (Non-RA)")


@pytest.fixture(scope="module")
def told(league: League) -> list[tuple[Box, list[dict[str, Any]]]]:
    """Games with their actions, one with overtime among them."""
    games = [league.box(fixture.game_id) for fixture in league.fixtures[:400]]
    overtime = next(box for box in games if box.result.periods > 4)
    return [
        (box, play_by_play_body(league, box.fixture.game_id)["game"]["actions"])
        for box in (*games[:GAMES], overtime)
    ]


def seconds_left(action: dict[str, Any]) -> int:
    minutes, seconds = action["clock"].removeprefix("PT").removesuffix(".00S").split("M")
    return int(minutes) * 60 + int(seconds)


def counted(actions: list[dict[str, Any]]) -> Counter[tuple[int, str]]:
    """What the actions say of each player, in the names of the box score."""
    found: Counter[tuple[int, str]] = Counter()
    singles = {"steal": "steals", "block": "blocks", "turnover": "turnovers"}
    for action in actions:
        kind, who = action["actionType"], action["personId"]
        is_made = action.get("shotResult") == "Made"
        shot = {"2pt": "twoPointers", "3pt": "threePointers", "freethrow": "freeThrows"}.get(kind)
        if shot:
            found[who, f"{shot}Attempted"] += 1
            found[who, f"{shot}Made"] += is_made
            found[who, "points"] += is_made * (1 if kind == "freethrow" else int(kind[0]))
            found[action.get("assistPersonId", 0), "assists"] += 1
            is_paint = is_made and "pointsinthepaint" in action["qualifiers"]
            found[who, "pointsInThePaint"] += 2 * is_paint
        elif kind == "rebound":
            found[who, f"rebounds{action['subType'].title()}"] += 1
        elif kind == "foul":
            is_technical = action["subType"] == "technical"
            found[who, "foulsTechnical" if is_technical else "foulsPersonal"] += 1
            found[action.get("foulDrawnPersonId", 0), "foulsDrawn"] += 1
        elif kind in singles:
            found[who, singles[kind]] += 1
    return found


def test_the_plays_give_every_players_line(told: list[tuple[Box, list[dict[str, Any]]]]) -> None:
    names = (
        "twoPointersMade", "twoPointersAttempted", "threePointersMade", "threePointersAttempted",
        "freeThrowsMade", "freeThrowsAttempted", "points", "assists", "steals", "blocks",
        "turnovers", "reboundsOffensive", "reboundsDefensive", "foulsPersonal", "foulsTechnical",
        "foulsDrawn", "pointsInThePaint",
    )  # fmt: skip
    for box, actions in told:
        found = counted(actions)
        for team in (box.result.home, box.result.away):
            for line in team.lines:
                who = line.player.person_id
                assert {name: found[who, name] for name in names} == {
                    name: line.counts[name] for name in names
                }


def test_the_plays_give_the_line_score(told: list[tuple[Box, list[dict[str, Any]]]]) -> None:
    for box, actions in told:
        ends = [a for a in actions if (a["actionType"], a["subType"]) == ("period", "end")]
        for side, team in (("scoreHome", box.result.home), ("scoreAway", box.result.away)):
            totals = [sum(team.periods[: n + 1]) for n in range(box.result.periods)]
            assert [int(action[side]) for action in ends] == totals
            scores = [int(action[side]) for action in actions]
            assert scores == sorted(scores)
            assert isinstance(actions[0][side], str)


def test_the_substitutions_give_minutes_and_plus_minus(
    told: list[tuple[Box, list[dict[str, Any]]]],
) -> None:
    for box, actions in told:
        court = {p.person_id for lineup in box.lineups.values() for p in lineup.side.starters}
        played: Counter[int] = Counter()
        margin: Counter[int] = Counter()
        home = {line.player.person_id for line in box.result.home.lines}
        clock, score = 720, (0, 0)
        for action in actions:
            now = seconds_left(action)
            if (action["actionType"], action["subType"]) == ("period", "start"):
                clock = now
            for who in court:
                played[who] += clock - now
            clock = now
            after = int(action["scoreHome"]), int(action["scoreAway"])
            gain = (after[0] - score[0]) - (after[1] - score[1])
            for who in court if gain else ():
                margin[who] += gain if who in home else -gain
            score = after
            if action["actionType"] == "substitution":
                leaves = action["subType"] == "out"
                assert (action["personId"] in court) is leaves
                court ^= {action["personId"]}
            elif action["personId"]:
                five = sum(who in home for who in court)
                assert five == 5 or action["actionType"] == "substitution"
        for line in (*box.result.home.lines, *box.result.away.lines):
            who = line.player.person_id
            assert played[who] == line.seconds
            assert margin[who] == line.counts["plus"] - line.counts["minus"]


def test_the_clock_runs_down_and_the_real_time_on(
    told: list[tuple[Box, list[dict[str, Any]]]],
) -> None:
    for box, actions in told:
        order = [(a["period"], -seconds_left(a)) for a in actions]
        assert order == sorted(order)
        times = [a["timeActual"] for a in actions]
        assert times == sorted(times)
        assert times[0] >= f"{box.fixture.tip_at:%Y-%m-%dT%H:%M:%S}"
        assert times[-1] <= f"{box.final_at:%Y-%m-%dT%H:%M:%S}.9Z"
        numbers = [a["actionNumber"] for a in actions]
        assert len(set(numbers)) == len(numbers)


def test_a_shot_is_where_its_area_is(told: list[tuple[Box, list[dict[str, Any]]]]) -> None:
    areas: Counter[str] = Counter()
    for _, actions in told:
        for shot in (a for a in actions if a["isFieldGoal"]):
            feet, area = hypot(shot["xLegacy"], shot["yLegacy"]) / 10, shot["area"]
            areas[area] += 1
            assert shot["shotDistance"] == pytest.approx(feet, abs=0.01)
            assert (area in PAINT) is ("pointsinthepaint" in shot["qualifiers"])
            is_three = shot["actionType"] == "3pt"
            assert is_three is ("3" in area)
            low, high = {
                "Restricted Area": (0, 4),
                "In The Paint (Non-RA)": (4, 16),
                "Mid-Range": (7.9, 23.75),
                "Above the Break 3": (23.75, 30),
            }.get(area, (22, 26))
            assert low <= feet <= high
            assert 0 <= shot["x"] <= 100
            assert 0 <= shot["y"] <= 100
            assert shot["side"] == ("right" if shot["x"] > 50 else "left")
    total = sum(areas.values())
    assert 0.2 < areas["Restricted Area"] / total < 0.4
    assert 0.08 < areas["Mid-Range"] / total < 0.25
    assert 0.05 < (areas["Left Corner 3"] + areas["Right Corner 3"]) / total < 0.15


def test_nobody_assists_himself_and_every_catch_follows_a_miss(
    told: list[tuple[Box, list[dict[str, Any]]]],
) -> None:
    for _, actions in told:
        by_number = {a["actionNumber"]: a for a in actions}
        court = Counter(a["actionType"] for a in actions)
        assert court["jumpball"] == 1 + actions[-1]["period"] - 4
        for action in actions:
            assert action.get("assistPersonId") != action["personId"] or not action["personId"]
            if action["actionType"] == "rebound":
                assert by_number[action["shotActionNumber"]]["shotResult"] == "Missed"


def test_a_foul_shot_after_a_basket_follows_its_foul(
    told: list[tuple[Box, list[dict[str, Any]]]],
) -> None:
    extra = 0
    for _, actions in told:
        for before, foul, free in zip(actions, actions[1:], actions[2:], strict=False):
            if free["actionType"] == "freethrow" and free["subType"] == "1 of 1":
                assert (before["actionType"], before["shotResult"]) == ("2pt", "Made")
                assert foul["qualifiers"] == ["1freethrow"]
                assert before["personId"] == foul["foulDrawnPersonId"] == free["personId"]
                extra += 1
    assert extra


def test_stats_tells_the_same_game(
    league: League, told: list[tuple[Box, list[dict[str, Any]]]]
) -> None:
    for box, actions in told[:6]:
        rows = play_by_play_v3_body(league, box.fixture.game_id)["game"]["actions"]
        shots = [row for row in rows if row["actionType"] in ("Made Shot", "Missed Shot")]
        ours = [a for a in actions if a["isFieldGoal"]]
        assert len(shots) == len(ours)
        assert {row["actionNumber"] for row in rows} <= {a["actionNumber"] for a in actions}
        scored = [row for row in rows if row["scoreHome"]]
        assert (scored[-1]["scoreHome"], scored[-1]["scoreAway"]) == (
            str(box.result.home.score),
            str(box.result.away.score),
        )
        assert any(row["scoreHome"] == "" for row in rows)
        chart = shot_rows(league, box.fixture.game_id)
        at = {name: n for n, name in enumerate(SHOTS)}
        assert [
            (row[at["PLAYER_ID"]], row[at["SHOT_ZONE_BASIC"]], row[at["SHOT_MADE_FLAG"]])
            for row in chart
        ] == [(a["personId"], a["area"], int(a["shotResult"] == "Made")) for a in ours]


def test_plays_are_the_same_in_every_process_and_leave_the_box_alone(league: League) -> None:
    game = league.fixtures[11].game_id
    fresh = League()
    before = as_bytes(box_score_body(fresh, game))
    assert as_bytes(play_by_play_body(fresh, game)) == as_bytes(play_by_play_body(league, game))
    assert as_bytes(box_score_body(fresh, game)) == before
