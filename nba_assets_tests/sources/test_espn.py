import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.sources.espn import GameKey, Injuries, Scoreboard, Summary, TeamRoster
from nba_assets.sources.payload import Payload

KEYS = (
    "minutes", "fieldGoalsMade-fieldGoalsAttempted",
    "threePointFieldGoalsMade-threePointFieldGoalsAttempted", "freeThrowsMade-freeThrowsAttempted",
    "offensiveRebounds", "defensiveRebounds", "rebounds", "assists", "steals", "blocks",
    "turnovers", "fouls", "plusMinus", "points",
)  # fmt: skip
STATS = ("31", "5-9", "0-1", "3-5", "1", "6", "7", "2", "0", "0", "2", "3", "-8", "13")


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def refusal(model: type[Payload], content: Any) -> str:
    with pytest.raises(ValueError, match=model.__name__) as refused:
        model.parse(body(content))
    return str(refused.value)


def event(**competition: Any) -> dict[str, Any]:
    """ORL at NY at 20:00 ET of 2024-01-15, final."""
    sides = (("home", "18", "NY", "94"), ("away", "19", "ORL", "98"))
    return {
        "id": "401585185",
        "season": {"year": 2024, "type": 2},
        "competitions": [
            {
                "date": "2024-01-16T01:00Z",
                "status": status("STATUS_FINAL", "post", completed=True, period=4),
                "competitors": [
                    {
                        "homeAway": side,
                        "score": score,
                        "team": {"id": team_id, "abbreviation": code},
                    }
                    for side, team_id, code, score in sides
                ],
                **competition,
            }
        ],
    }


def status(name: str, state: str, *, completed: bool = False, period: int = 0) -> dict[str, Any]:
    return {"period": period, "type": {"name": name, "state": state, "completed": completed}}


def scoreboard(*events: Any) -> dict[str, Any]:
    calendar = ["2024-01-15T08:00Z", "2024-07-01T07:00Z"]
    return {"leagues": [{"calendar": calendar}], "events": list(events)}


def line(stats: Any = STATS, **facts: Any) -> dict[str, Any]:
    athlete = {"id": "4432639", "displayName": "Jabari Smith Jr."}
    return {
        "athlete": athlete,
        "starter": True,
        "didNotPlay": False,
        "stats": list(stats),
        **facts,
    }


def summary(*lines: Any, keys: Any = KEYS) -> dict[str, Any]:
    block = {"keys": list(keys), "athletes": list(lines)}
    team = {"id": "18", "abbreviation": "NY"}
    return {
        "header": event(),
        "boxscore": {"players": [{"team": team, "statistics": [block]}]},
    }


def test_a_late_tip_belongs_to_its_eastern_date_and_codes_become_tricodes() -> None:
    found = Scoreboard.parse(body(scoreboard(event())))
    assert found.events[0].key == GameKey(date(2024, 1, 15), "ORL", "NYK")
    assert found.game_dates == {date(2024, 1, 15)}
    assert found.has_games_on(date(2024, 1, 15))
    assert found.has_games_on(date(2024, 7, 1))
    assert not found.has_games_on(date(2024, 1, 14))


def test_a_game_listed_twice_shows_under_one_key() -> None:
    found = Scoreboard.parse(body(scoreboard(event(), {**event(), "id": "2"})))
    assert [[e.id for e in events] for events in found.by_key.values()] == [["401585185", "2"]]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (status("STATUS_SCHEDULED", "pre"), "scheduled"),
        (status("STATUS_IN_PROGRESS", "in", period=2), "live"),
        (status("STATUS_HALFTIME", "in", period=2), "live"),
        (status("STATUS_FINAL", "post", completed=True, period=5), "final"),
        (status("STATUS_POSTPONED", "post"), "postponed"),
        (status("STATUS_CANCELED", "post"), "cancelled"),
        (status("STATUS_ABANDONED", "post"), "STATUS_ABANDONED"),
    ],
)
def test_a_status_is_told_in_the_platforms_words(told: Any, expected: str) -> None:
    (found,) = Scoreboard.parse(body(scoreboard(event(status=told)))).events
    assert found.status == expected
    assert found.overtime_periods == (1 if expected == "final" else None)


def test_a_season_ends_in_its_year_and_an_unknown_type_is_unknown() -> None:
    play_in = {**event(), "season": {"year": 2024, "type": 5}}
    other = {**event(), "season": {"year": 2024, "type": 9}}
    found = Scoreboard.parse(body(scoreboard(event(), play_in, other))).events
    assert [e.season_type for e in found] == ["regular", "play_in", "unknown"]
    assert {e.season_year for e in found} == {2023}


def test_a_score_is_a_text_and_may_be_absent() -> None:
    coming = event()
    for side in coming["competitions"][0]["competitors"]:
        del side["score"]
    (found,) = Scoreboard.parse(body(scoreboard(coming))).events
    assert (found.home.score, found.away.score) == (None, None)
    changed = event()
    changed["competitions"][0]["competitors"][0]["score"] = 94
    assert "score" in refusal(Scoreboard, scoreboard(changed))


def test_a_game_of_two_home_sides_is_refused() -> None:
    changed = event()
    changed["competitions"][0]["competitors"][1]["homeAway"] = "home"
    assert "found ['home', 'home']" in refusal(Scoreboard, scoreboard(changed))


def test_a_date_without_zone_is_refused() -> None:
    assert "date" in refusal(Scoreboard, scoreboard(event(date="2024-01-16T01:00")))


@given(st.permutations(range(len(KEYS))))
def test_statistics_are_read_by_keys_in_any_order(order: list[int]) -> None:
    shuffled = summary(line([STATS[i] for i in order]), keys=[KEYS[i] for i in order])
    assert Summary.parse(body(shuffled)) == Summary.parse(body(summary(line())))


def test_a_line_is_read_in_numbers() -> None:
    (found,) = Summary.parse(body(summary(line()))).sides["NYK"]
    assert found.statistics
    assert found.statistics.fieldGoals == (5, 9)
    assert found.statistics.freeThrows.attempted == 5
    assert (found.statistics.plusMinus, found.statistics.seconds) == (-8, 31 * 60)


def test_who_has_no_statistics_did_not_play_whatever_the_reason_says() -> None:
    idle = line((), didNotPlay=True, reason="COACH'S DECISION")
    used = line(reason="COACH'S DECISION")
    found = Summary.parse(body(summary(idle, used))).sides["NYK"]
    assert [athlete.played for athlete in found] == [False, True]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (line(STATS[:-1]), "13 stats for the keys"),
        (line(("31", "5", *STATS[2:])), "fieldGoalsMade-fieldGoalsAttempted"),
        (line(("31:20", *STATS[1:])), "minutes"),
        (line((*STATS[:12], "--", "13")), "plusMinus"),
        (line(didNotPlay=True), "Jabari Smith Jr. did not play and has statistics"),
        ({**line(), "stats": "31"}, "has a list of stats"),
        ({"athlete": {"id": "1", "displayName": "A"}}, "has a list of stats"),
    ],
)
def test_an_odd_line_is_refused_by_name(changed: Any, named: str) -> None:
    assert named in refusal(Summary, summary(changed))


@pytest.mark.parametrize(
    "keys",
    [("steals", *KEYS[1:]), ("seconds", *KEYS[1:])],
    ids=["twice", "missing"],
)
def test_keys_that_do_not_name_each_statistic_once_are_refused(keys: Any) -> None:
    assert "statistics" in refusal(Summary, summary(line(), keys=keys))


def test_a_summary_before_the_game_is_empty() -> None:
    coming = {"header": event(status=status("STATUS_SCHEDULED", "pre")), "boxscore": {}}
    found = Summary.parse(body(coming))
    assert found.is_empty
    assert found.event.status == "scheduled"
    assert not Summary.parse(body(summary(line()))).is_empty


INJURY = {
    "status": "Out",
    "date": "2025-05-13T20:52Z",
    "shortComment": "He underwent surgery.",
    "athlete": {"displayName": "Jayson Tatum"},
    "details": {"type": "Achilles", "side": "Not Specified", "returnDate": "2026-02-01"},
}


def test_nested_injuries_name_team_and_player() -> None:
    content = {
        "injuries": [
            {"id": "2", "displayName": "Boston Celtics", "injuries": [INJURY]},
            {"id": "12", "displayName": "LA Clippers", "injuries": []},
        ]
    }
    found = Injuries.parse(body(content))
    ((team, entry),) = found.by_player
    assert (team, entry.athlete.displayName, entry.athlete.id) == ("BOS", "Jayson Tatum", None)
    assert entry.reason == "Achilles"
    assert not found.is_empty
    assert [t.displayName for t in found.injuries] == ["BOS", "LAC"]


def test_an_injury_without_details_is_explained_by_its_comment() -> None:
    entry = {key: value for key, value in INJURY.items() if key != "details"}
    content = {"injuries": [{"displayName": "Boston Celtics", "injuries": [entry]}]}
    ((_, found),) = Injuries.parse(body(content)).by_player
    assert found.reason == "He underwent surgery."


def test_an_injury_of_nobody_is_refused() -> None:
    entry = {**INJURY, "athlete": {}}
    content = {"injuries": [{"displayName": "Boston Celtics", "injuries": [entry]}]}
    assert "athlete.displayName" in refusal(Injuries, content)


def test_nobody_hurt_is_empty() -> None:
    assert Injuries.parse(body({"injuries": []})).is_empty


ROSTER = {
    "team": {
        "id": "27",
        "abbreviation": "WSH",
        "athletes": [
            {
                "id": "1",
                "displayName": "A. Rookie",
                "fullName": "A Rookie",
                "height": 78.0,
                "weight": 200.0,
                "dateOfBirth": "2004-03-03T08:00Z",
                "injuries": [{**INJURY, "athlete": {}}],
            },
            {"id": "2", "displayName": "B. Blank", "fullName": "B Blank"},
        ],
    }
}


def test_a_roster_is_read_with_and_without_measures() -> None:
    found = TeamRoster.parse(body(ROSTER))
    rookie, blank = found.team.athletes
    assert found.team.abbreviation == "WAS"
    assert rookie.height_cm == pytest.approx(198.12)
    assert rookie.weight_kg == pytest.approx(90.718474)
    assert rookie.birth_date == date(2004, 3, 3)
    assert rookie.injuries[0].status == "Out"
    assert (blank.height_cm, blank.weight_kg, blank.birth_date) == (None, None, None)
    assert not found.is_empty


def test_a_roster_of_nobody_is_empty_and_one_without_athletes_is_refused() -> None:
    changed: Any = copy.deepcopy(ROSTER)
    changed["team"]["athletes"] = []
    assert TeamRoster.parse(body(changed)).is_empty
    del changed["team"]["athletes"]
    assert "team.athletes" in refusal(TeamRoster, changed)
