from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nba_assets.sources.nba import BoxScore, GameLog, Schedule, season_type_of
from nba_assets.sources.payload import Payload
from nba_assets_tests.sources.payloads import (
    CURRY,
    LOG_HEADERS,
    as_bytes,
    box_score,
    changed,
    game,
    game_log,
    log_row,
    player,
    renamed,
    schedule,
)

P = TypeVar("P", bound=Payload)

HOME = "game.homeTeam"
STATISTICS = f"{HOME}.players.0.statistics"


def read(model: type[P], body: Any) -> P:
    return model.model_validate_json(as_bytes(body))


def refusal(model: type[Payload], body: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        read(model, body)
    return "; ".join(
        f"{'.'.join(str(p) for p in item['loc'])} {item['msg']}" for item in refused.value.errors()
    )


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        (box_score(), f"{STATISTICS}.points", "20"),
        (box_score(), f"{STATISTICS}.minutes", 2118),
        (box_score(), f"{STATISTICS}.assists", 2.5),
        (box_score(), f"{STATISTICS}.steals", -1),
        (box_score(), f"{STATISTICS}.blocks", None),
        (box_score(), f"{HOME}.score", "100"),
        (box_score(), f"{HOME}.players.0.personId", "201939"),
        (box_score(), f"{HOME}.players.0.starter", 1),
        (box_score(), f"{HOME}.players.0.played", "yes"),
        (box_score(), f"{HOME}.statistics.turnovers", "12"),
        (box_score(), "game.gameStatus", "3"),
        (box_score(), "game.gameStatus", 4),
        (box_score(), "game.gameId", "22500001"),
    ],
)
def test_a_box_score_of_another_type_is_refused_by_its_field(
    body: Any, path: str, value: object
) -> None:
    assert path in refusal(BoxScore, changed(body, path, value))


@pytest.mark.parametrize(
    "path",
    [
        "game",
        "game.gameEt",
        f"{HOME}.players",
        f"{HOME}.statistics.points",
        f"{HOME}.players.0.played",
        f"{STATISTICS}.threePointersMade",
        f"{STATISTICS}.minutes",
    ],
)
def test_a_renamed_key_of_a_box_score_is_refused_by_its_name(path: str) -> None:
    assert f"{path} Field required" in refusal(BoxScore, renamed(box_score(), path, "other"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("gameStatus", "1"),
        ("gameDateTimeUTC", "tonight"),
        ("gameDateTimeUTC", "2025-10-21T23:30:00"),
        ("homeTeam.teamId", "1610612752"),
        ("homeTeam.score", "0"),
        ("gameId", 22500001),
    ],
)
def test_a_schedule_of_another_type_is_refused_by_its_field(path: str, value: object) -> None:
    where = f"leagueSchedule.gameDates.0.games.0.{path}"
    assert where in refusal(Schedule, changed(schedule(game()), where, value))


@pytest.mark.parametrize("path", ["gameDateEst", "gameStatusText", "homeTeam.teamTricode"])
def test_a_renamed_key_of_a_schedule_is_refused_by_its_name(path: str) -> None:
    where = f"leagueSchedule.gameDates.0.games.0.{path}"
    assert f"{where} Field required" in refusal(Schedule, renamed(schedule(game()), where, "other"))


@pytest.mark.parametrize("column", ["PTS", "MIN", "GAME_ID", "MATCHUP"])
def test_a_renamed_column_of_the_log_is_refused_by_its_name(column: str) -> None:
    headers = tuple("OTHER" if name == column else name for name in LOG_HEADERS)
    assert f"rows.0.{column} Field required" in refusal(GameLog, game_log(CURRY, headers=headers))


@pytest.mark.parametrize(("column", "value"), [("PTS", "28"), ("MIN", "35:00"), ("AST", None)])
def test_a_log_value_of_another_type_is_refused_by_its_column(column: str, value: object) -> None:
    assert f"rows.1.{column}" in refusal(GameLog, game_log(CURRY, log_row(**{column: value})))


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"resultSets": []},
        {"resultSets": [{"name": "TeamGameLog", "headers": [], "rowSet": []}]},
        {"resultSets": [{"name": "LeagueGameLog", "headers": ["PTS"], "rowSet": [[1, 2]]}]},
        {"resultSets": [{"name": "LeagueGameLog", "rowSet": [[1]]}]},
    ],
)
def test_a_log_without_its_envelope_is_refused_in_words(body: Any) -> None:
    assert "no LeagueGameLog of headers and rowSet" in refusal(GameLog, body)


@given(st.permutations(range(len(LOG_HEADERS))))
def test_log_columns_are_read_by_name_whatever_their_order(order: list[int]) -> None:
    moved = game_log(tuple(CURRY[n] for n in order), headers=tuple(LOG_HEADERS[n] for n in order))
    assert read(GameLog, moved) == read(GameLog, game_log(CURRY))


def test_a_log_line_says_what_the_page_says() -> None:
    (row,) = read(GameLog, game_log(CURRY)).rows
    assert (row.PLAYER_NAME, row.GAME_ID, row.GAME_DATE) == (
        "Stephen Curry",
        "0022400974",
        "2025-03-15",
    )
    assert (row.MIN, row.PTS, row.AST, row.TOV, row.PLUS_MINUS) == (35, 28, 5, 3, -5)
    assert row.is_home
    (away,) = read(GameLog, game_log(log_row(MATCHUP="GSW @ LAL"))).rows
    assert not away.is_home


@given(st.integers(0, 300), st.integers(0, 59), st.integers(0, 99))
def test_minutes_are_read_to_the_second(minutes: int, seconds: int, hundredths: int) -> None:
    text = f"PT{minutes:02d}M{seconds:02d}.{hundredths:02d}S"
    body = changed(box_score(), f"{STATISTICS}.minutes", text)
    found = read(BoxScore, body).game.homeTeam.players[0].statistics.minutes
    assert found == 60 * minutes + seconds


@pytest.mark.parametrize("text", ["35:18", "PT35M", "", "PT35M75.00S", "-PT1M00S", None])
def test_minutes_in_another_form_are_refused(text: str | None) -> None:
    found = refusal(BoxScore, changed(box_score(), f"{STATISTICS}.minutes", text))
    assert "minutes look like PT35M18.00S" in found


def test_who_played_is_said_by_the_flag_and_not_by_a_reason() -> None:
    odd = player(7, notPlayingReason="DNP_INJURY", starter="0")
    body = changed(box_score(), f"{HOME}.players.0", odd)
    found = read(BoxScore, body).game.homeTeam.players[0]
    assert found.played is True
    assert found.starter is False
    assert found.notPlayingReason == "DNP_INJURY"


def test_fields_that_an_archive_lacks_are_absent_and_not_zero() -> None:
    body = box_score()
    del body["game"]["homeTeam"]["players"][0]["statistics"]["plusMinusPoints"]
    found = read(BoxScore, body).game.homeTeam
    assert found.players[0].statistics.plusMinusPoints is None
    assert found.statistics.pointsInThePaint is None
    assert found.statistics.turnoversTeam is None


def test_a_box_score_without_players_is_empty() -> None:
    assert not read(BoxScore, box_score()).is_empty
    body = changed(changed(box_score(), f"{HOME}.players", []), "game.awayTeam.players", [])
    assert read(BoxScore, body).is_empty


@pytest.mark.parametrize(
    ("game_id", "kind"),
    [
        ("0012500001", "preseason"),
        ("0022500001", "regular"),
        ("0032500001", "all_star"),
        ("0042500101", "playoffs"),
        ("0052500101", "play_in"),
        ("0062500001", "cup_final"),
        ("0092500001", "unknown"),
        ("1022500001", "unknown"),
    ],
)
def test_the_kind_of_a_game_is_read_from_its_id(game_id: str, kind: str) -> None:
    assert season_type_of(game_id) == kind


def only_game(**facts: Any) -> Any:
    return read(Schedule, schedule(game(**facts))).leagueSchedule.gameDates[0].games[0]


def test_the_date_is_eastern_and_the_tip_is_utc() -> None:
    found = only_game(day="2025-11-14", tip="2025-11-15T03:30:00Z")
    assert found.game_date == date(2025, 11, 14)
    assert found.tip_at == datetime(2025, 11, 15, 3, 30, tzinfo=UTC)


def test_a_date_list_does_not_say_the_date_of_its_games() -> None:
    body = changed(schedule(game()), "leagueSchedule.gameDates.0.gameDate", "10/25/2025 00:00:00")
    assert list(read(Schedule, body).by_date) == [date(2025, 10, 21)]


@pytest.mark.parametrize(
    ("status", "text", "periods"),
    [
        (3, "Final", 0),
        (3, "Final               ", 0),
        (3, "Final/OT", 1),
        (3, "Final/OT2", 2),
        (3, "Final/OT4", 4),
        (3, "Ended", None),
        (2, "Final/OT2", None),
        (1, "7:30 pm ET", None),
    ],
)
def test_overtimes_are_read_from_the_text_of_a_final(
    status: int, text: str, periods: int | None
) -> None:
    assert only_game(gameStatus=status, gameStatusText=text).overtime_periods == periods


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "scheduled"),
        ({"gameStatus": 2, "gameStatusText": "Q3 4:10"}, "live"),
        ({"gameStatus": 3, "gameStatusText": "Final"}, "final"),
        ({"gameStatusText": "PPD"}, "postponed"),
        ({"gameStatusText": "Postponed"}, "postponed"),
        ({"postponedStatus": "P"}, "postponed"),
        ({"postponedStatus": "A"}, "scheduled"),
        ({"gameStatusText": "Cancelled"}, "cancelled"),
    ],
)
def test_a_scheduled_game_has_one_status(facts: dict[str, Any], status: str) -> None:
    assert only_game(**facts).status == status


def test_a_game_without_two_teams_is_not_a_game_yet() -> None:
    assert only_game().has_two_teams
    assert not only_game(home=None).has_two_teams
    assert not only_game(away="").has_two_teams


def test_an_arena_is_a_home_from_its_second_regular_game_on() -> None:
    found = read(
        Schedule,
        schedule(
            game("0022500001", arenaName="Garden"),
            game("0022500002", arenaName="Garden"),
            game("0022500003", arenaName="Paris"),
            game("0012500004", arenaName="Abu Dhabi"),
            game("0012500005", arenaName="Abu Dhabi"),
            game("0022500006", home="SAS", arenaName="Frost"),
            game("0022500007", home="SAS", arenaName="Austin"),
            game("0022500008", home="SAS", arenaName="Frost"),
            game("0022500009", home="SAS", arenaName="Austin"),
            game("0022500010", home=None, arenaName="Cup"),
            game("0022500011", home=None, arenaName="Cup"),
        ),
    )
    assert found.own_arenas == {("NYK", "Garden"), ("SAS", "Frost"), ("SAS", "Austin")}


def test_the_date_of_a_game_is_found_by_its_id() -> None:
    undecided = game("0022500003", "2025-10-23", home=None)
    found = read(Schedule, schedule(game(), game("0022500002", "2025-10-22"), undecided))
    assert found.date_of == {"0022500001": date(2025, 10, 21), "0022500002": date(2025, 10, 22)}
    assert found.season == "2025-26"
    assert not found.is_empty
    assert read(Schedule, schedule()).is_empty
