from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nba_assets.sources.nba_people import (
    DailyLineups,
    PlayerIndex,
    PlayerMovement,
    Standings,
    TeamRoster,
)
from nba_assets.sources.nba_stats import BoxScoreV3, PlayByPlayV3, ShotChart, TeamGameLog
from nba_assets_tests.sources.payloads import as_bytes, changed, game_log, renamed

GAME_ID = "0022500001"
BOSTON, NEW_YORK = 1610612738, 1610612752


def refusal(model: Any, body: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        model.parse(as_bytes(body))
    return "; ".join(
        f"{'.'.join(str(p) for p in item['loc'])} {item['msg']}" for item in refused.value.errors()
    )


def envelope(name: str, *rows: dict[str, Any], headers: tuple[str, ...] = ()) -> Any:
    names = list(rows[0]) if rows else list(headers)
    values = [list(row.values()) for row in rows]
    return {"resultSets": [{"name": name, "headers": names, "rowSet": values}]}


def statistics(minutes: str, points: int = 0) -> dict[str, Any]:
    zeros = (
        "fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade", "threePointersAttempted",
        "freeThrowsMade", "freeThrowsAttempted", "reboundsOffensive", "reboundsDefensive",
        "assists", "steals", "blocks", "turnovers", "foulsPersonal",
    )  # fmt: skip
    return {"minutes": minutes, "points": points, "plusMinusPoints": 0.0} | dict.fromkeys(zeros, 0)


def player(person_id: int, minutes: str = "48:00", position: str = "G", comment: str = "") -> Any:
    return {
        "personId": person_id,
        "firstName": "Player",
        "familyName": str(person_id),
        "position": position,
        "comment": comment,
        "statistics": statistics(minutes),
    }


def side(team_id: int, tricode: str, *players: Any, minutes: str = "240:00") -> Any:
    return {
        "teamId": team_id,
        "teamTricode": tricode,
        "players": list(players),
        "statistics": statistics(minutes),
        "starters": {"minutes": "184:29"},
        "bench": {"minutes": "184:29"},
    }


def box(home: Any, away: Any) -> Any:
    return {"boxScoreTraditional": {"gameId": GAME_ID, "homeTeam": home, "awayTeam": away}}


def both(minutes: str = "240:00", *players: Any) -> BoxScoreV3:
    listed = players or (player(1),)
    body = box(
        side(NEW_YORK, "NYK", *listed, minutes=minutes),
        side(BOSTON, "BOS", player(9), minutes=minutes),
    )
    return BoxScoreV3.parse(as_bytes(body))


@pytest.mark.parametrize(
    ("minutes", "played", "seconds"),
    [("45:55", True, 2755), ("0:00", True, 0), ("", False, 0), ("100:01", True, 6001)],
)
def test_who_played_in_v3_has_minutes(minutes: str, played: bool, seconds: int) -> None:
    home, _ = both("240:00", player(1, minutes, "", "DNP - Coach's Decision")).sides
    (found,) = home.players
    assert (found.played, found.statistics.minutes) == (played, seconds)
    assert not found.is_starter


@pytest.mark.parametrize("minutes", ["PT45M55.00S", "45", "45:75", 45, None])
def test_v3_minutes_in_another_form_are_refused(minutes: Any) -> None:
    body = box(side(NEW_YORK, "NYK", player(1, minutes)), side(BOSTON, "BOS", player(9)))
    assert "minutes look like 45:55" in refusal(BoxScoreV3, body)


@pytest.mark.parametrize(
    ("minutes", "overtimes"),
    [("240:00", 0), ("265:00", 1), ("290:00", 2), ("121:30", None), ("0:00", None)],
)
def test_overtimes_of_v3_are_told_by_the_minutes_of_the_teams(
    minutes: str, overtimes: int | None
) -> None:
    assert both(minutes).overtime_periods == overtimes


@pytest.mark.parametrize("nothing", [None, {}, {"teamId": None, "players": [], "statistics": {}}])
def test_a_v3_box_without_players_is_empty(nothing: Any) -> None:
    found = BoxScoreV3.parse(as_bytes(box(nothing, nothing)))
    assert (found.is_empty, found.sides, found.overtime_periods) == (True, [], None)
    assert not both().is_empty


def test_a_v3_box_of_one_side_is_refused() -> None:
    found = refusal(BoxScoreV3, box(side(NEW_YORK, "NYK", player(1)), side(BOSTON, "BOS")))
    assert f"game {GAME_ID}: awayTeam has no players" in found


@pytest.mark.parametrize(
    "field", ["boxScoreTraditional", "boxScoreTraditional.homeTeam", "boxScoreTraditional.gameId"]
)
def test_a_renamed_field_of_a_v3_box_is_refused_by_its_name(field: str) -> None:
    body = box(side(NEW_YORK, "NYK", player(1)), side(BOSTON, "BOS", player(9)))
    assert f"{field} Field required" in refusal(BoxScoreV3, renamed(body, field, "other"))


def action(number: int, kind: str, description: str = "", **facts: Any) -> dict[str, Any]:
    return {
        "actionNumber": number,
        "clock": "PT11M42.00S",
        "period": 1,
        "actionType": kind,
        "subType": "",
        "description": description,
        "personId": 7,
        "playerName": "Brunson",
        "playerNameI": "J. Brunson",
        "teamTricode": "NYK",
        "isFieldGoal": 0,
        "shotResult": "",
        "shotValue": 0,
        "shotDistance": 0,
        "xLegacy": 0,
        "yLegacy": 0,
        "scoreHome": "",
        "scoreAway": "",
        **facts,
    }


def made(number: int, description: str = "", **facts: Any) -> dict[str, Any]:
    shot: dict[str, Any] = {
        "isFieldGoal": 1,
        "shotResult": "Made",
        "shotValue": 2,
        "shotDistance": 1,
        "yLegacy": 8,
    }
    return action(number, "Made Shot", description, **{**shot, **facts})


def named(number: int, person_id: int, name: str, team: str = "NYK") -> dict[str, Any]:
    facts: dict[str, Any] = {
        "personId": person_id,
        "playerName": name,
        "playerNameI": name,
        "teamTricode": team,
    }
    return action(number, "Rebound", **facts)


def play_by_play(*actions: dict[str, Any]) -> Any:
    return {"game": {"gameId": GAME_ID, "actions": list(actions)}}


def played(*actions: dict[str, Any]) -> PlayByPlayV3:
    return PlayByPlayV3.parse(as_bytes(play_by_play(*actions)))


def test_an_empty_score_of_v3_is_the_one_before() -> None:
    found = played(
        action(1, "period"),
        made(2, scoreHome="2", scoreAway="0"),
        action(3, "Rebound"),
        made(4, scoreHome="2", scoreAway="3"),
        action(5, "Timeout"),
    )
    assert found.scores == [(0, 0), (2, 0), (2, 0), (2, 3), (2, 3)]


@pytest.mark.parametrize("score", [2, None, "2-0"])
def test_a_v3_score_in_another_form_is_refused(score: Any) -> None:
    assert 'a score is written "101"' in refusal(
        PlayByPlayV3, play_by_play(made(2, scoreHome=score))
    )


@pytest.mark.parametrize(
    ("period", "home", "final"), [(4, "101", True), (4, "99", False), (5, "101", True), (3, "101", False)]
)  # fmt: skip
def test_a_v3_game_is_final_after_the_period_that_left_one_side_ahead(
    period: int, home: str, final: bool
) -> None:
    end = action(2, "period", subType="end", period=period, scoreHome=home, scoreAway="99")
    assert played(made(1), end).is_final is final
    assert not played(made(1), {**end, "subType": "start"}).is_final


def test_v3_free_throws_miss_by_their_words() -> None:
    found = played(
        action(1, "Free Throw", "Brunson Free Throw 1 of 2 (1 PTS)", subType="Free Throw 1 of 2"),
        action(2, "Free Throw", "MISS Brunson Free Throw 2 of 2", subType="Free Throw 2 of 2"),
    ).shots
    assert [(s.value, s.made, s.distance_ft, s.x) for s in found] == [
        (1, True, None, None),
        (1, False, None, None),
    ]


@pytest.mark.parametrize(
    ("facts", "fouled"),
    [
        ({"subType": "Free Throw 1 of 1"}, True),
        ({"subType": "Free Throw Flagrant 1 of 1"}, True),
        ({"subType": "Free Throw Technical"}, False),
        ({"subType": "Free Throw 1 of 1", "personId": 8}, False),
        ({"subType": "Free Throw 1 of 1", "clock": "PT11M41.00S"}, False),
    ],
)
def test_a_v3_and_one_is_the_shooters_only_free_throw(facts: dict[str, Any], fouled: bool) -> None:
    goal, _ = played(made(1), action(2, "Free Throw", **facts)).shots
    assert goal.fouled is fouled


def test_v3_passers_are_found_by_name_within_their_team() -> None:
    found = played(
        named(1, 8, "Vučević"),
        named(2, 9, "Vučević", team="BOS"),
        made(3, "Brunson 2' Layup (2 PTS) (Vucevic 1 AST)"),
        made(4, "Brunson 2' Layup (4 PTS)"),
    )
    assert [s.assist_person_id for s in found.shots] == [8, None]
    assert found.unknown_passers == []


def test_a_v3_passer_who_is_nobody_or_two_is_named_and_not_guessed() -> None:
    found = played(
        named(1, 8, "Williams"),
        named(2, 9, "Williams"),
        made(3, "Brunson 2' Layup (2 PTS) (Williams 1 AST)"),
        made(4, "Brunson 2' Layup (4 PTS) (Hart 1 AST)"),
    )
    assert [s.assist_person_id for s in found.shots] == [None, None]
    assert found.unknown_passers == [(3, "Williams"), (4, "Hart")]


def test_a_v3_block_has_the_number_of_the_shot_it_stopped() -> None:
    missed = made(3, "MISS Brunson 2' Layup", shotResult="Missed")
    block = action(3, "", "Horford BLOCK (1 BLK)", personId=9, teamTricode="BOS", shotValue=2)
    steal = action(4, "", "Horford STEAL (1 STL)", personId=9, teamTricode="BOS")
    first, second = played(missed, block, made(4), steal).shots
    assert (first.block_person_id, second.block_person_id) == (9, None)


@pytest.mark.parametrize(
    ("x", "y", "distance", "feet"),
    [(229, 35, 0, None), (0, 8, 0, 0.0), (6, 8, 0, 0.0), (230, 52, 24, 24.0)],
)
def test_no_feet_beside_far_coordinates_is_an_unknown_distance(
    x: int, y: int, distance: int, feet: float | None
) -> None:
    (found,) = played(made(1, xLegacy=x, yLegacy=y, shotDistance=distance)).shots
    assert (found.distance_ft, found.x, found.y) == (feet, x, y)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"shotValue": 0}, "action 5 (Made Shot): a field goal has a result and is worth 2 or 3"),
        ({"shotResult": ""}, "action 5 (Made Shot): a field goal has a result"),
        ({"personId": 0}, "action 5 (Made Shot): a shot has a shooter and a team"),
        ({"teamTricode": ""}, "action 5 (Made Shot): a shot has a shooter and a team"),
        ({"shotResult": "Blocked"}, "game.actions.0.shotResult"),
    ],
)
def test_a_v3_shot_that_cannot_be_counted_refuses_the_body(
    facts: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(PlayByPlayV3, play_by_play(made(5, **facts)))


def charted(**facts: Any) -> dict[str, Any]:
    return {
        "GAME_ID": GAME_ID,
        "GAME_EVENT_ID": 7,
        "PLAYER_ID": 201939,
        "TEAM_ID": 1610612744,
        "PERIOD": 1,
        "MINUTES_REMAINING": 11,
        "SECONDS_REMAINING": 42,
        "SHOT_TYPE": "3PT Field Goal",
        "SHOT_ZONE_BASIC": "Backcourt",
        "SHOT_DISTANCE": 47,
        "LOC_X": -13,
        "LOC_Y": 470,
        "SHOT_ATTEMPTED_FLAG": 1,
        "SHOT_MADE_FLAG": 0,
        "GAME_DATE": "20251021",
        "HTM": "LAL",
        "VTM": "GSW",
        **facts,
    }


def chart(*rows: dict[str, Any]) -> Any:
    return envelope("Shot_Chart_Detail", *rows)


def test_a_charted_shot_tells_of_no_assist_block_or_foul() -> None:
    found = ShotChart.parse(as_bytes(chart(charted())))
    (shot,) = found.shots
    assert (shot.event, shot.clock_s, shot.team, shot.value) == (7, 702.0, "GSW", 3)
    assert (shot.area, shot.distance_ft, shot.x, shot.y) == ("Backcourt", 47.0, -13, 470)
    assert (shot.fouled, shot.assist_person_id, shot.block_person_id) == (None, None, None)
    assert found.dates == {date(2025, 10, 21)}
    assert ShotChart.parse(as_bytes(chart())).is_empty


def test_a_charted_side_that_nobody_knows_keeps_its_number() -> None:
    (shot,) = ShotChart.parse(as_bytes(chart(charted(TEAM_ID=12)))).shots
    assert shot.team == "12"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("SHOT_TYPE", "4PT Field Goal"),
        ("SHOT_MADE_FLAG", 2),
        ("SHOT_ATTEMPTED_FLAG", 0),
        ("GAME_DATE", "2025-10-21"),
        ("GAME_DATE", "20251341"),
        ("LOC_X", "12"),
        ("GAME_ID", "22500001"),
    ],
)
def test_a_charted_value_of_another_form_is_refused_by_its_column(
    column: str, value: object
) -> None:
    assert f"rows.1.{column}" in refusal(ShotChart, chart(charted(), charted(**{column: value})))


def test_the_log_of_players_is_no_log_of_teams() -> None:
    found = refusal(TeamGameLog, game_log(("0",) * 32))
    assert "LeagueGameLog has lines of players" in found


def team_line(team: str, matchup: str, game_id: str = GAME_ID) -> dict[str, Any]:
    counts = ("MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "AST", "STL")
    zeros = dict.fromkeys((*counts, "BLK", "TOV", "PF", "PTS"), 0)
    ids = {"TEAM_ID": 1, "TEAM_ABBREVIATION": team, "GAME_ID": game_id}
    return {**ids, "GAME_DATE": "2025-10-21", "MATCHUP": matchup, "WL": "W", **zeros}


def test_a_game_on_neutral_ground_has_no_home_team_in_the_log() -> None:
    found = TeamGameLog.parse(
        as_bytes(
            envelope(
                "LeagueGameLog",
                team_line("GSW", "GSW @ LAL"),
                team_line("LAL", "LAL vs. GSW"),
                team_line("DAL", "DAL @ DET", "0022500147"),
                team_line("DET", "DET @ DAL", "0022500147"),
            )
        )
    )
    assert found.home_teams == {GAME_ID: "LAL"}


def indexed(**facts: Any) -> dict[str, Any]:
    return {
        "PERSON_ID": 202710,
        "PLAYER_LAST_NAME": "Butler III",
        "PLAYER_FIRST_NAME": "Jimmy",
        "TEAM_ID": 1610612744,
        "TEAM_ABBREVIATION": "GSW",
        "JERSEY_NUMBER": "10",
        "POSITION": "F",
        "HEIGHT": "6-6",
        "WEIGHT": "230",
        "ROSTER_STATUS": 1.0,
        "FROM_YEAR": "2011",
        "TO_YEAR": "2025",
        **facts,
    }


def index(**facts: Any) -> Any:
    return envelope("PlayerIndex", indexed(**facts))


def test_a_player_of_the_index_is_measured_in_metric_units() -> None:
    (found,) = PlayerIndex.parse(as_bytes(index())).rows
    assert (found.name, found.team, found.HEIGHT) == ("Jimmy Butler III", "GSW", 198.12)
    assert round(found.WEIGHT or 0, 2) == 104.33
    assert (found.FROM_YEAR, found.TO_YEAR, found.is_on_roster) == (2011, 2025, True)


def test_a_player_without_a_team_or_measures_has_none() -> None:
    nothing = {"TEAM_ID": 0, "TEAM_ABBREVIATION": None, "ROSTER_STATUS": None, "HEIGHT": ""}
    (found,) = PlayerIndex.parse(as_bytes(index(**nothing, WEIGHT=None, FROM_YEAR=None))).rows
    assert (found.team, found.is_on_roster) == (None, False)
    assert (found.HEIGHT, found.WEIGHT, found.FROM_YEAR) == (None, None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("HEIGHT", "6-12"),
        ("HEIGHT", "198"),
        ("HEIGHT", 78),
        ("WEIGHT", 230),
        ("WEIGHT", "230 lb"),
        ("FROM_YEAR", "11"),
        ("FROM_YEAR", 2011),
        ("PERSON_ID", "202710"),
        ("ROSTER_STATUS", "1"),
    ],
)
def test_a_player_of_another_form_is_refused_by_his_column(column: str, value: object) -> None:
    assert f"rows.0.{column}" in refusal(PlayerIndex, index(**{column: value}))


@given(st.integers(5, 7), st.integers(0, 11))
def test_heights_are_exact_to_the_hundredth_of_a_centimetre(feet: int, inches: int) -> None:
    (found,) = PlayerIndex.parse(as_bytes(index(HEIGHT=f"{feet}-{inches}"))).rows
    height = found.HEIGHT
    assert height == round((12 * feet + inches) * 2.54, 2)


def rostered(**facts: Any) -> dict[str, Any]:
    return {
        "TeamID": 1610612739,
        "SEASON": "2025",
        "PLAYER": "Darius Brown",
        "NUM": None,
        "POSITION": "G",
        "HEIGHT": "6-2",
        "WEIGHT": "192",
        "BIRTH_DATE": "JUL 28, 1999",
        "EXP": "R",
        "PLAYER_ID": 1642468,
        **facts,
    }


def roster(**facts: Any) -> Any:
    return envelope("CommonTeamRoster", rostered(**facts))


def test_a_rostered_rookie_has_no_seasons_behind_him() -> None:
    found = TeamRoster.parse(as_bytes(roster()))
    (row,) = found.rows
    assert (row.team, row.SEASON, row.EXP) == ("CLE", 2025, 0)
    assert row.BIRTH_DATE
    assert row.BIRTH_DATE.isoformat() == "1999-07-28"
    assert found.teams == {"CLE"}
    (veteran,) = TeamRoster.parse(as_bytes(roster(EXP="16", BIRTH_DATE=""))).rows
    assert (veteran.EXP, veteran.BIRTH_DATE) == (16, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("BIRTH_DATE", "JULY 28, 1999"),
        ("BIRTH_DATE", "XXX 28, 1999"),
        ("BIRTH_DATE", "FEB 30, 1999"),
        ("BIRTH_DATE", "1999-07-28"),
        ("EXP", "rookie"),
        ("EXP", 3),
        ("SEASON", "2025-26"),
    ],
)
def test_a_rostered_player_of_another_form_is_refused(column: str, value: object) -> None:
    assert f"rows.0.{column}" in refusal(TeamRoster, roster(**{column: value}))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (PlayerIndex, "PlayerIndex"),
        (TeamRoster, "CommonTeamRoster"),
        (Standings, "Standings"),
        (ShotChart, "Shot_Chart_Detail"),
        (TeamGameLog, "LeagueGameLog"),
    ],
)
def test_a_table_of_no_rows_is_empty_and_a_body_without_it_is_refused(
    model: Any, name: str
) -> None:
    assert model.parse(as_bytes(envelope(name, headers=("PLAYER_ID",)))).is_empty
    assert f"no {name} of headers and rowSet" in refusal(model, envelope("Other"))


def lineup(timestamp: Any = "2025-10-21T18:50:00", **facts: Any) -> Any:
    listed = {
        "personId": 7,
        "firstName": "Jalen",
        "lastName": "Brunson",
        "playerName": "Jalen Brunson",
        "lineupStatus": "Confirmed",
        "position": "PG",
        "rosterStatus": "Active",
        "timestamp": timestamp,
        **facts,
    }
    game = {"gameId": GAME_ID, "gameStatus": 1, "gameStatusText": "7:30 pm ET"}
    home = {"teamId": NEW_YORK, "teamAbbreviation": "NYK", "players": [listed]}
    away = {"teamId": BOSTON, "teamAbbreviation": "BOS", "players": []}
    return {"games": [{**game, "homeTeam": home, "awayTeam": away}]}


@pytest.mark.parametrize(
    ("clock", "instant"),
    [
        ("2025-10-21T18:50:00", datetime(2025, 10, 21, 22, 50, tzinfo=UTC)),
        ("2026-01-21T18:50:00", datetime(2026, 1, 21, 23, 50, tzinfo=UTC)),
        ("2026-01-21T23:50:00", datetime(2026, 1, 22, 4, 50, tzinfo=UTC)),
    ],
)
def test_a_lineup_is_announced_on_an_eastern_clock(clock: str, instant: datetime) -> None:
    (game,) = DailyLineups.parse(as_bytes(lineup(clock))).games
    assert game.homeTeam.players[0].announced_at == instant


def test_a_lineup_keeps_the_providers_words() -> None:
    (game,) = DailyLineups.parse(
        as_bytes(lineup(None, lineupStatus="Projected", position="", rosterStatus="Two-Way"))
    ).games
    home, away = game.sides
    assert (home.statuses, away.statuses) == ({"Projected"}, set())
    (brunson,) = home.players
    assert (brunson.rosterStatus, brunson.is_starter, brunson.announced_at) == (
        "Two-Way",
        False,
        None,
    )


@pytest.mark.parametrize("clock", ["2025-10-21T18:50:00Z", "6:50 pm", 1761087000])
def test_a_lineup_clock_in_another_form_is_refused(clock: object) -> None:
    where = "games.0.homeTeam.players.0.timestamp"
    assert where in refusal(DailyLineups, lineup(clock))


def test_lineups_are_empty_until_somebody_is_listed() -> None:
    assert not DailyLineups.parse(as_bytes(lineup())).is_empty
    nobody = changed(lineup(), "games.0.homeTeam.players", [])
    assert DailyLineups.parse(as_bytes(nobody)).is_empty
    assert DailyLineups.parse(as_bytes({"games": []})).is_empty


def moves(**facts: Any) -> Any:
    row = {
        "Transaction_Type": "Trade",
        "TRANSACTION_DATE": "2025-07-09T00:00:00",
        "TRANSACTION_DESCRIPTION": "Washington Wizards received a guard from San Antonio Spurs.",
        "TEAM_ID": 1610612764.0,
        "TEAM_SLUG": "wizards",
        "PLAYER_ID": 203482.0,
        "PLAYER_SLUG": "kelly-olynyk",
        "Additional_Sort": 1610612759.0,
        "GroupSort": "Trade 2025014",
        **facts,
    }
    return {"NBA_Player_Movement": {"rows": [row], "columns": []}}


def test_a_move_has_whole_ids_and_both_teams() -> None:
    found = PlayerMovement.parse(as_bytes(moves()))
    (row,) = found.rows
    assert (row.person_id, row.team, row.other_team) == (203482, "WAS", "SAS")
    assert row.effective_date == found.newest_date == date(2025, 7, 9)


def test_a_pick_is_nobody_and_a_signing_has_no_other_team() -> None:
    (pick,) = PlayerMovement.parse(as_bytes(moves(PLAYER_ID=0.0, PLAYER_SLUG=""))).rows
    assert (pick.person_id, pick.other_team) == (None, "SAS")
    (signed,) = PlayerMovement.parse(as_bytes(moves(Additional_Sort=0.0))).rows
    assert (signed.person_id, signed.other_team) == (203482, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("PLAYER_ID", 203482.5),
        ("PLAYER_ID", "203482"),
        ("TEAM_ID", None),
        ("TRANSACTION_DATE", "2025-07-09"),
        ("TRANSACTION_DATE", "2025-07-09T04:00:00"),
        ("TRANSACTION_DATE", None),
    ],
)
def test_a_move_of_another_form_is_refused_by_its_field(field: str, value: object) -> None:
    found = refusal(PlayerMovement, moves(**{field: value}))
    assert f"NBA_Player_Movement.rows.0.{field}" in found


def test_a_movement_file_without_moves_is_empty() -> None:
    found = PlayerMovement.parse(as_bytes({"NBA_Player_Movement": {"rows": []}}))
    assert (found.is_empty, found.newest_date) == (True, None)


def test_standings_name_their_season_and_their_teams() -> None:
    row = {
        "SeasonID": "22025",
        "TeamID": 1610612760,
        "Conference": "West",
        "Division": "Northwest",
        "PlayoffRank": 1,
        "DivisionRank": 1,
        "WINS": 43,
        "LOSSES": 14,
    }
    found = Standings.parse(as_bytes(envelope("Standings", row)))
    assert (found.seasons, found.rows[0].team) == ({"22025"}, "OKC")
    assert "rows.0.WINS" in refusal(Standings, envelope("Standings", {**row, "WINS": "43"}))
