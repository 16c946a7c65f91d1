"""Small bodies in the shapes of NBA.com, written by hand."""

import copy
import json
from typing import Any

LOG_HEADERS = (
    "SEASON_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME",
    "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM", "FGA", "FG_PCT", "FG3M", "FG3A",
    "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TOV", "PF",
    "PTS", "PLUS_MINUS", "FANTASY_PTS", "VIDEO_AVAILABLE",
)  # fmt: skip
CURRY = (
    "22024", 201939, "Stephen Curry", 1610612744, "GSW", "Golden State Warriors", "0022400974",
    "2025-03-15", "GSW vs. NYK", "W", 35, 8, 20, 0.4, 4, 13, 0.308, 8, 9, 0.889, 0, 7, 7, 5, 0, 1,
    3, 2, 28, -5, 43.9, 1,
)  # fmt: skip


def player(person_id: int, points: int = 0, minutes: str = "PT48M00.00S", **facts: Any) -> Any:
    return {
        "status": "ACTIVE",
        "order": 1,
        "personId": person_id,
        "starter": "1",
        "oncourt": "0",
        "played": "1",
        "name": f"Player {person_id}",
        "statistics": {
            "minutes": minutes,
            "points": points,
            "fieldGoalsMade": points // 2,
            "fieldGoalsAttempted": points,
            "threePointersMade": 0,
            "threePointersAttempted": 1,
            "freeThrowsMade": points % 2,
            "freeThrowsAttempted": 2,
            "reboundsOffensive": 1,
            "reboundsDefensive": 3,
            "assists": 2,
            "steals": 1,
            "blocks": 0,
            "turnovers": 1,
            "foulsPersonal": 2,
            "plusMinusPoints": 0.0,
        },
        **facts,
    }


def side(team_id: int, tricode: str, score: int) -> Any:
    players = [player(team_id + n, score // 5) for n in range(5)]
    total = {
        name: sum(p["statistics"][name] for p in players)
        for name in players[0]["statistics"]
        if name not in ("minutes", "plusMinusPoints")
    }
    return {
        "teamId": team_id,
        "teamTricode": tricode,
        "score": score,
        "periods": [
            {"period": n, "periodType": "REGULAR", "score": score // 4} for n in range(1, 5)
        ],
        "players": players,
        "statistics": {"minutes": "PT240M00.00S", **total},
    }


def box_score(
    game_id: str = "0022500001", day: str = "2025-10-21", away: str = "BOS", home: str = "NYK"
) -> Any:
    return {
        "meta": {"version": 1, "code": 200},
        "game": {
            "gameId": game_id,
            "gameStatus": 3,
            "gameStatusText": "Final",
            "gameEt": f"{day}T19:30:00-04:00",
            "period": 4,
            "regulationPeriods": 4,
            "homeTeam": side(1610612752, home, 100),
            "awayTeam": side(1610612738, away, 80),
        },
    }


def game(
    game_id: str = "0022500001",
    day: str = "2025-10-21",
    away: str | None = "BOS",
    home: str | None = "NYK",
    tip: str = "2025-10-21T23:30:00Z",
    **facts: Any,
) -> Any:
    return {
        "gameId": game_id,
        "gameStatus": 1,
        "gameStatusText": "7:30 pm ET",
        "gameDateEst": f"{day}T00:00:00Z",
        "gameDateUTC": f"{day}T04:00:00Z",
        "gameDateTimeUTC": tip,
        "arenaName": "Madison Square Garden",
        "postponedStatus": "N",
        "homeTeam": {"teamId": 1610612752 if home else 0, "teamTricode": home, "score": 0},
        "awayTeam": {"teamId": 1610612738 if away else 0, "teamTricode": away, "score": 0},
        **facts,
    }


def schedule(*games: Any, season: str = "2025-26") -> Any:
    dates = dict.fromkeys(g["gameDateEst"] for g in games)
    return {
        "meta": {"version": 1},
        "leagueSchedule": {
            "seasonYear": season,
            "leagueId": "00",
            "gameDates": [
                {"gameDate": day, "games": [g for g in games if g["gameDateEst"] == day]}
                for day in dates
            ],
        },
    }


def game_log(*rows: tuple[Any, ...], headers: tuple[str, ...] = LOG_HEADERS) -> Any:
    return {
        "resource": "leaguegamelog",
        "parameters": {"LeagueID": "00"},
        "resultSets": [
            {"name": "LeagueGameLog", "headers": list(headers), "rowSet": [list(r) for r in rows]}
        ],
    }


def log_row(**changes: Any) -> tuple[Any, ...]:
    return tuple({**dict(zip(LOG_HEADERS, CURRY, strict=True)), **changes}.values())


def changed(body: Any, path: str, value: Any) -> Any:
    """A copy with one field set; `path` is dotted, numbers are places in lists."""
    found = copy.deepcopy(body)
    *folders, last = _steps(path)
    place = found
    for step in folders:
        place = place[step]
    place[last] = value
    return found


def renamed(body: Any, path: str, name: str) -> Any:
    """A copy with one key called otherwise."""
    found = copy.deepcopy(body)
    *folders, last = _steps(path)
    place = found
    for step in folders:
        place = place[step]
    place[name] = place.pop(last)
    return found


def as_bytes(body: Any) -> bytes:
    return json.dumps(body).encode()


def _steps(path: str) -> list[Any]:
    return [int(step) if step.isdigit() else step for step in path.split(".")]
