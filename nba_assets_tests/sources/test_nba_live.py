import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from nba_assets.sources.nba import BoxScore
from nba_assets.sources.nba_live import PlayByPlay, Scoreboard
from nba_assets.sources.nba_officials import GameOfficials, Official
from nba_assets.sources.shots import clock_seconds
from nba_assets_tests.sources.payloads import as_bytes, box_score, changed, renamed

GAME_ID = "0022500001"


def action(number: int, kind: str, **facts: Any) -> dict[str, Any]:
    """A line of the play-by-play that is nobody's and changes nothing."""
    return {
        "actionNumber": number,
        "clock": "PT11M42.00S",
        "period": 1,
        "actionType": kind,
        "subType": "",
        "qualifiers": [],
        "personId": 0,
        "x": None,
        "xLegacy": None,
        "yLegacy": None,
        "isFieldGoal": 0,
        "scoreHome": "0",
        "scoreAway": "0",
        **facts,
    }


def field_goal(number: int, kind: str = "2pt", person: int = 7, **facts: Any) -> dict[str, Any]:
    return action(
        number,
        kind,
        **{
            "personId": person,
            "teamTricode": "NYK",
            "isFieldGoal": 1,
            "shotResult": "Made",
            "shotDistance": 1.98,
            "area": "Restricted Area",
            "xLegacy": 5,
            "yLegacy": 19,
            **facts,
        },
    )


def free_throw(number: int, person: int = 7, **facts: Any) -> dict[str, Any]:
    return action(
        number,
        "freethrow",
        **{
            "subType": "1 of 1",
            "personId": person,
            "teamTricode": "NYK",
            "shotResult": "Made",
            **facts,
        },
    )


def play_by_play(*actions: dict[str, Any]) -> Any:
    return {"meta": {"code": 200}, "game": {"gameId": GAME_ID, "actions": list(actions)}}


def played(*actions: dict[str, Any]) -> PlayByPlay:
    return PlayByPlay.parse(as_bytes(play_by_play(*actions)))


def refusal(model: Any, body: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        model.parse(as_bytes(body))
    return "; ".join(
        f"{'.'.join(str(p) for p in item['loc'])} {item['msg']}" for item in refused.value.errors()
    )


def test_shots_are_field_goals_and_free_throws_and_nothing_else() -> None:
    found = played(
        action(1, "period", subType="start"),
        field_goal(2, assistPersonId=8),
        field_goal(3, "3pt", shotResult="Missed", shotDistance=27, blockPersonId=9),
        action(4, "heave", teamTricode="NYK", shotDistance=60.1, area="Mid-Range"),
        action(5, "rebound", personId=8, teamTricode="NYK"),
        free_throw(6, subType="1 of 2", shotResult="Missed", clock="PT00M00.20S"),
    ).shots
    assert [(s.event, s.value, s.made, s.points) for s in found] == [
        (2, 2, True, 2),
        (3, 3, False, 0),
        (6, 1, False, 0),
    ]
    assert [(s.assist_person_id, s.block_person_id) for s in found] == [
        (8, None),
        (None, 9),
        (None, None),
    ]
    assert [s.clock_s for s in found] == [702.0, 702.0, 0.2]
    assert found[1].distance_ft == 27.0


@pytest.mark.parametrize(
    ("throw", "fouled"),
    [
        ({}, True),
        ({"descriptor": "flagrant"}, True),
        ({"shotResult": "Missed"}, True),
        ({"descriptor": "technical"}, False),
        ({"descriptor": "transition take"}, False),
        ({"descriptor": "away-from-play"}, False),
        ({"subType": "1 of 2"}, False),
        ({"person": 8}, False),
        ({"clock": "PT11M41.00S"}, False),
        ({"period": 2}, False),
    ],
)
def test_an_and_one_is_the_shooters_only_free_throw_at_the_clock_of_his_shot(
    throw: dict[str, Any], fouled: bool
) -> None:
    goal, thrown = played(field_goal(2), free_throw(3, **throw)).shots
    assert goal.fouled is fouled
    assert thrown.fouled is False


def test_a_shot_that_missed_is_no_and_one() -> None:
    missed, made, _ = played(field_goal(1, shotResult="Missed"), field_goal(2), free_throw(3)).shots
    assert (missed.fouled, made.fouled) == (False, True)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (field_goal(5, "4pt"), "action 5 (4pt): a field goal is one of 2pt, 3pt"),
        (field_goal(5, shotResult=None), "action 5 (2pt): a shot has a result"),
        (field_goal(5, person=0), "action 5 (2pt): a shot has a result, a shooter and a team"),
        (free_throw(5, teamTricode=None), "action 5 (freethrow): a shot has a result"),
        (field_goal(5, shotResult="Goaltended"), "shotResult"),
        (field_goal(5, clock="11:42"), "a clock looks like PT11M42.00S"),
        (field_goal(5, scoreHome=12), 'a score is written "101"'),
        (field_goal(5, scoreHome=""), 'a score is written "101"'),
        (field_goal(5, personId="7"), "personId"),
    ],
)
def test_a_shot_that_cannot_be_counted_refuses_the_body(odd: Any, reason: str) -> None:
    found = refusal(PlayByPlay, play_by_play(field_goal(4), odd))
    assert "game.actions.1" in found
    assert reason in found


@pytest.mark.parametrize("field", ["actionNumber", "clock", "isFieldGoal", "scoreAway", "personId"])
def test_a_renamed_field_of_an_action_is_refused_by_its_name(field: str) -> None:
    body = renamed(play_by_play(field_goal(1)), f"game.actions.0.{field}", "other")
    assert f"game.actions.0.{field} Field required" in refusal(PlayByPlay, body)


def test_scores_are_numbers_written_as_text() -> None:
    found = played(field_goal(1, scoreHome="2"), field_goal(2, scoreHome="2", scoreAway="102"))
    assert found.scores == [(2, 0), (2, 102)]


def test_a_game_is_final_when_its_end_is_written() -> None:
    assert not played(field_goal(1), action(2, "period", subType="end")).is_final
    assert played(field_goal(1), action(2, "game", subType="end")).is_final
    assert not played(action(1, "game", subType="start")).is_final


def test_a_play_by_play_without_actions_is_empty() -> None:
    assert played().is_empty
    assert not played(field_goal(1)).is_empty


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT12M00.00S", 720.0), ("PT00M00.40S", 0.4), ("PT05M07S", 307.0)]
)
def test_a_clock_keeps_its_tenths(text: str, seconds: float) -> None:
    assert clock_seconds(text) == seconds


@pytest.mark.parametrize("text", ["11:42", "", "PT11M", "PT1M61.00S", None, 702])
def test_a_clock_in_another_form_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="PT11M42"):
        clock_seconds(text)


def board_game(**facts: Any) -> dict[str, Any]:
    return {
        "gameId": GAME_ID,
        "gameStatus": 3,
        "gameStatusText": "Final               ",
        "gameTimeUTC": "2025-10-21T23:30:00Z",
        "gameEt": "2025-10-21T19:30:00Z",
        "period": 4,
        "gameClock": "",
        "regulationPeriods": 4,
        "homeTeam": {"teamId": 1610612752, "teamTricode": "NYK", "score": 101},
        "awayTeam": {"teamId": 1610612738, "teamTricode": "BOS", "score": 99},
        **facts,
    }


def board(*games: dict[str, Any]) -> Any:
    return {
        "meta": {"time": "2025-10-21 08:21:00"},
        "scoreboard": {"gameDate": "2025-10-21", "leagueId": "00", "games": list(games)},
    }


def only_game(**facts: Any) -> Any:
    (found,) = Scoreboard.parse(as_bytes(board(board_game(**facts)))).games
    return found


@pytest.mark.parametrize("text", ["2025-10-21T22:30:00Z", "2025-10-21T22:30:00-04:00"])
def test_the_date_of_a_board_game_is_eastern_whatever_its_zone_says(text: str) -> None:
    found = only_game(gameEt=text, gameTimeUTC="2025-10-22T02:30:00Z")
    assert found.game_date == date(2025, 10, 21)
    assert found.gameTimeUTC == datetime(2025, 10, 22, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "status", "overtimes"),
    [
        ({}, "final", 0),
        ({"gameStatusText": "Final/OT2", "period": 6}, "final", 2),
        ({"gameStatus": 1, "gameStatusText": "7:30 pm ET", "period": 0}, "scheduled", None),
        ({"gameStatus": 2, "gameStatusText": "Q3 5:47", "period": 3}, "live", None),
        ({"gameStatus": 1, "gameStatusText": "PPD", "period": 0}, "postponed", None),
        ({"gameStatus": 1, "gameStatusText": "Cancelled", "period": 0}, "cancelled", None),
    ],
)
def test_a_board_game_has_one_status(
    facts: dict[str, Any], status: str, overtimes: int | None
) -> None:
    found = only_game(**facts)
    assert (found.status, found.overtime_periods) == (status, overtimes)


def test_a_board_without_games_has_a_date_and_is_empty() -> None:
    found = Scoreboard.parse(as_bytes(board()))
    assert (found.game_date, found.is_empty) == (date(2025, 10, 21), True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("gameStatus", 4),
        ("gameId", "22500001"),
        ("gameTimeUTC", "2025-10-21T23:30:00"),
        ("homeTeam.score", "101"),
    ],
)
def test_a_board_of_another_type_is_refused_by_its_field(path: str, value: object) -> None:
    where = f"scoreboard.games.0.{path}"
    assert where in refusal(Scoreboard, changed(board(board_game()), where, value))


def test_a_box_score_without_officials_has_none_and_one_may_lack_an_id() -> None:
    assert BoxScore.parse(as_bytes(box_score())).game.officials == []
    body = copy.deepcopy(box_score())
    body["game"]["officials"] = [
        {"personId": 1146, "name": "Tony Brothers", "assignment": "OFFICIAL1"},
        {"name": "J.B. DeRosa"},
    ]
    found = BoxScore.parse(as_bytes(body)).game.officials
    assert [(o.personId, o.name) for o in found] == [
        (1146, "Tony Brothers"),
        (None, "J.B. DeRosa"),
    ]


def assignment(**facts: Any) -> dict[str, Any]:
    return {
        "game_id": GAME_ID,
        "game_date": "10/21/2025",
        "home_team_abbr": "NYK",
        "away_team_abbr": "BOS",
        "official1": "John Goble",
        "official1_code": 101284,
        "official2": "Ray Acosta",
        "official2_code": None,
        "official3": None,
        "official3_code": None,
        "official4": "Robert Hussey",
        "official4_code": 1628480,
        **facts,
    }


def assignments(*rows: dict[str, Any]) -> Any:
    return {
        "nba": {"Table": {"rows": list(rows), "columns": []}},
        "gl": {"Table": {"rows": [{"game_id": "2022400077", "game_date": "soon"}]}},
    }


def test_officials_keep_their_places_and_other_leagues_are_not_read() -> None:
    found = GameOfficials.parse(as_bytes(assignments(assignment())))
    (row,) = found.games
    assert row.officials == [
        Official(1, 101284, "John Goble"),
        Official(2, None, "Ray Acosta"),
        Official(4, 1628480, "Robert Hussey"),
    ]
    assert [o.is_crew_chief for o in row.officials] == [True, False, False]
    assert found.dates == {date(2025, 10, 21)}
    assert not found.is_empty
    assert GameOfficials.parse(as_bytes(assignments())).is_empty


@pytest.mark.parametrize("text", ["2025-10-21", "21/10/2025", "10/21/25", None])
def test_an_assignment_whose_date_cannot_be_read_is_refused(text: object) -> None:
    found = refusal(GameOfficials, assignments(assignment(game_date=text)))
    assert "nba.Table.rows.0.game_date" in found


def test_a_body_without_the_nba_is_refused() -> None:
    assert "nba Field required" in refusal(GameOfficials, {"gl": {"Table": {"rows": []}}})
