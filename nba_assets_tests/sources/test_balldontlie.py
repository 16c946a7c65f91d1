import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nba_assets.sources.balldontlie import (
    BoxScores,
    Games,
    Injuries,
    Players,
    Standings,
    Stats,
)
from nba_assets.sources.payload import Payload

HOU = {"id": 11, "abbreviation": "HOU", "full_name": "Houston Rockets"}
PHI = {"id": 23, "abbreviation": "PHI", "full_name": "Philadelphia 76ers"}
PLAYER = {"id": 33, "first_name": "Nicolas", "last_name": "Batum", "height": "6-8", "weight": "230"}
COUNTED = (
    "pts", "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk",
    "turnover", "pf",
)  # fmt: skip


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def refusal(model: type[Payload], content: Any) -> str:
    with pytest.raises(ValueError, match=model.__name__) as refused:
        model.parse(body(content))
    return str(refused.value)


def game(**facts: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "date": "2024-01-15",
        "season": 2023,
        "status": "Final",
        "period": 4,
        "postseason": False,
        "home_team_score": 124,
        "visitor_team_score": 115,
        "home_team": PHI,
        "visitor_team": HOU,
        **facts,
    }


def line(minutes: Any = "28", **counts: Any) -> dict[str, Any]:
    return {"min": minutes, **dict.fromkeys(COUNTED, 0), "player": PLAYER, **counts}


def box(*players: Any) -> dict[str, Any]:
    home, visitor = {**PHI, "players": list(players)}, {**HOU, "players": []}
    return {"data": [game(home_team=home, visitor_team=visitor)]}


def stats(**facts: Any) -> dict[str, Any]:
    sides = {"home_team_id": 23, "visitor_team_id": 11}
    return {"data": [{"id": 9, "team": PHI, "game": {**game(), **sides}, **line(), **facts}]}


def test_a_page_tells_the_next_cursor_and_the_last_page_none() -> None:
    meta = {"next_cursor": 277, "per_page": 100}
    assert Games.parse(body({"data": [game()], "meta": meta})).next_cursor == 277
    assert Games.parse(body({"data": [game()], "meta": {"per_page": 100}})).next_cursor is None
    assert Games.parse(body({"data": [game()]})).next_cursor is None


@pytest.mark.parametrize("model", [Games, BoxScores, Stats, Injuries, Players, Standings])
def test_an_answer_is_empty_only_with_an_empty_list(model: Any) -> None:
    assert model.parse(body({"data": []})).is_empty
    assert "data" in refusal(model, {"error": "Unauthorized"})


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Final", "final"),
        ("2024-01-15T18:00:00Z", "scheduled"),
        ("2nd Qtr", "live"),
        ("Halftime", "live"),
        ("Postponed", "Postponed"),
    ],
)
def test_a_status_is_told_in_the_platforms_words_where_it_is_known(word: str, state: str) -> None:
    (found,) = Games.parse(body({"data": [game(status=word)]})).data
    assert found.state == state


def test_the_tip_stands_in_its_field_or_before_the_game_in_the_status() -> None:
    late = game(datetime="2024-01-16T03:30:00.000Z")
    coming = game(status="2024-01-16T03:30:00Z", period=0)
    tips = [g.tip_at for g in Games.parse(body({"data": [late, coming, game()]})).data]
    assert tips == [datetime(2024, 1, 16, 3, 30, tzinfo=UTC)] * 2 + [None]


def test_a_game_keeps_the_providers_eastern_date() -> None:
    (found,) = Games.parse(body({"data": [game(datetime="2024-01-16T03:30:00.000Z")]})).data
    assert found.key == (date(2024, 1, 15), "HOU", "PHI")
    assert (found.season, found.overtime_periods) == (2023, 0)


def test_defunct_teams_and_unknown_codes_bear_no_tricode() -> None:
    capitols = {"id": 42, "abbreviation": "WAS", "full_name": "Washington Capitols"}
    old_denver = {"id": 50, "abbreviation": "DN", "full_name": "Denver Nuggets"}
    unknown = {"id": 30, "abbreviation": "WZD", "full_name": "Washington Wizards"}
    pairs = [game(home_team=side) for side in (capitols, old_denver, unknown)]
    found = [g.home_team.tricode for g in Games.parse(body({"data": pairs})).data]
    assert found == [
        "Washington Capitols (defunct, id 42)",
        "Denver Nuggets (defunct, id 50)",
        "WZD",
    ]


def test_only_zeros_in_no_minutes_are_somebody_who_did_not_play() -> None:
    rows = (line("00"), line("00", pf=1, pts=0), line("01"), line("5"))
    (found,) = BoxScores.parse(body(box(*rows))).data
    assert [row.played for row in found.home_team.players] == [False, True, True, True]
    assert [row.seconds for row in found.home_team.players] == [0, 0, 60, 300]


@pytest.mark.parametrize("minutes", [28, "28:30", "", None, "-1", 28.0])
def test_minutes_of_another_form_are_refused(minutes: Any) -> None:
    assert "home_team.players.0.min" in refusal(BoxScores, box(line(minutes)))


@pytest.mark.parametrize("count", ["5", -1, 2.5, None])
def test_a_count_of_another_form_is_refused(count: Any) -> None:
    assert "home_team.players.0.ast" in refusal(BoxScores, box(line(ast=count)))


def test_a_row_of_stats_names_its_side() -> None:
    (home,) = Stats.parse(body(stats())).data
    (away,) = Stats.parse(body(stats(team=HOU))).data
    assert (home.is_home, away.is_home) == (True, False)
    assert (home.team.tricode, home.player.name, home.min) == ("PHI", "Nicolas Batum", 28)


def test_a_row_of_stats_of_a_third_team_is_named() -> None:
    denver = {"id": 8, "abbreviation": "DEN", "full_name": "Denver Nuggets"}
    (row,) = Stats.parse(body(stats(team=denver))).data
    with pytest.raises(ValueError, match=r"stats row 9: team 8 of a game of \(23, 11\)"):
        _ = row.is_home


@pytest.mark.parametrize(
    ("told", "captured", "expected"),
    [
        ("Jul 17", date(2025, 7, 16), date(2025, 7, 17)),
        ("Jul 17", date(2025, 7, 17), date(2025, 7, 17)),
        ("Jul 17", date(2025, 7, 18), date(2026, 7, 17)),
        ("Jan 1", date(2025, 12, 31), date(2026, 1, 1)),
        ("Feb 29", date(2025, 1, 1), date(2028, 2, 29)),
        ("Feb 30", date(2025, 1, 1), None),
        ("Out for the season", date(2025, 1, 1), None),
        (None, date(2025, 1, 1), None),
    ],
)
def test_a_return_without_year_is_the_next_such_day(
    told: str | None, captured: date, expected: date | None
) -> None:
    entry = {"player": {**PLAYER, "team_id": 23}, "return_date": told, "status": "Out"}
    (found,) = Injuries.parse(body({"data": [entry]})).data
    assert found.returns_on(captured) == expected
    assert found.return_date == told


def test_a_player_may_lack_measures_and_odd_ones_are_named() -> None:
    blank = {**PLAYER, "height": None, "weight": "", "team": PHI}
    odd = {**PLAYER, "height": "six feet", "weight": "230 lb", "team": PHI}
    found, strange = Players.parse(body({"data": [blank, odd]})).data
    assert (found.height_cm, found.weight_kg) == (None, None)
    with pytest.raises(ValueError, match="player 33 Nicolas Batum: height 'six feet'"):
        _ = strange.height_cm
    with pytest.raises(ValueError, match="player 33 Nicolas Batum: weight '230 lb'"):
        _ = strange.weight_kg


def test_a_player_of_one_name_has_no_trailing_space() -> None:
    single = {**PLAYER, "first_name": "Nene", "last_name": "", "team": PHI}
    assert Players.parse(body({"data": [single]})).data[0].name == "Nene"
