"""Hand-written bodies in the providers' shapes, and a desk to land them on."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from nba_assets.definitions import build_desk
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant, season
from nba_assets.settings import Settings
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets_tests.raw.rows import DAY

SEASON = season(2025)
GAME = "0022500001"

Body = dict[str, Any]

_TEAM_IDS = {"BOS": 1610612738, "NYK": 1610612752, "LAL": 1610612747, "GSW": 1610612744}
_LOG_HEADERS = (
    "SEASON_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ABBREVIATION", "GAME_ID", "GAME_DATE",
    "MATCHUP", "WL", "MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "AST",
    "STL", "BLK", "TOV", "PF", "PTS", "PLUS_MINUS",
)  # fmt: skip


def desk_in(home: Path, **changes: Any) -> Desk:
    """A desk over `home/landing`; a replay by default, which cuts what it reads at the instant."""
    given = {
        "home": home,
        "source": "replay",
        "replay_roots": (home,),
        "landing_url": home / "landing",
        "dagster_home": home / "dagster",
        "first_date": SEASON.first,
        "last_date": SEASON.last,
    }
    return build_desk(Settings.model_validate(given | changes))


def tip_of(day: date) -> datetime:
    """19:00 Eastern in winter."""
    return datetime.combine(day, time(23, 59), UTC)


def scheduled_game(
    nba_game_id: str = GAME,
    away: str | None = "BOS",
    home: str | None = "NYK",
    day: date = DAY,
    **changes: Any,
) -> Body:
    """A game of the season file, final 97-100 unless `changes` say otherwise."""
    return {
        "gameId": nba_game_id,
        "gameStatus": 3,
        "gameStatusText": "Final",
        # The Eastern date under a false Z; the instant beside it is the next UTC date's.
        "gameDateEst": f"{day}T00:00:00Z",
        "gameDateTimeUTC": f"{tip_of(day):%Y-%m-%dT%H:%M:%SZ}",
        "arenaName": "Madison Square Garden",
        "isNeutral": False,
        "postponedStatus": "N",
        "broadcasters": {"nationalTvBroadcasters": []},
        "homeTeam": {"teamId": 1 if home else 0, "teamTricode": home, "score": 100},
        "awayTeam": {"teamId": 2 if away else 0, "teamTricode": away, "score": 97},
        **changes,
    }


def season_file(*games: Body) -> Body:
    """The season file of 2025-26 with these games."""
    return {
        "leagueSchedule": {
            "seasonYear": SEASON.label,
            "gameDates": [{"gameDate": "", "games": list(games)}],
        }
    }


def box_player(person_id: int, points: int = 20, **changes: Any) -> Body:
    """A starter of 48 minutes who made `points` free throws; statistics by their own names."""
    stats = {
        "minutes": "PT48M00.00S",
        "points": points,
        "fieldGoalsMade": 0,
        "fieldGoalsAttempted": 0,
        "threePointersMade": 0,
        "threePointersAttempted": 0,
        "freeThrowsMade": points,
        "freeThrowsAttempted": points,
        "reboundsOffensive": 0,
        "reboundsDefensive": 0,
        "assists": 0,
        "steals": 0,
        "blocks": 0,
        "turnovers": 0,
        "foulsPersonal": 0,
        "plusMinusPoints": 0.0,
    }
    player = {
        "status": "ACTIVE",
        "personId": person_id,
        "starter": "1",
        "played": "1",
        "name": f"Player {person_id}",
    }
    return {
        **player,
        **{k: v for k, v in changes.items() if k not in stats},
        "statistics": stats | {k: v for k, v in changes.items() if k in stats},
    }


def bench(person_id: int, status: str = "ACTIVE", **changes: Any) -> Body:
    """A listed man who did not play."""
    given = {"starter": "0", "played": "0", "minutes": "PT00M00.00S", "plusMinusPoints": None}
    return box_player(person_id, 0, **{"status": status, **given, **changes})


def box_team(tricode: str, players: Sequence[Body], **changes: Any) -> Body:
    """A side whose totals are its players'."""
    names = [n for n in players[0]["statistics"] if n not in ("minutes", "plusMinusPoints")]
    totals = {name: sum(p["statistics"][name] for p in players) for name in names}
    points = totals["points"]
    statistics = totals | {"minutes": "PT240M00.00S", "turnoversTeam": 1}
    side = {
        "teamId": _TEAM_IDS.get(tricode, 9),
        "teamTricode": tricode,
        "score": points,
        "periods": [
            {"period": n, "score": points // 4 + (points % 4 if n == 4 else 0)} for n in range(1, 5)
        ],
        "players": list(players),
    }
    return {
        **side,
        **{k: v for k, v in changes.items() if k in side},
        "statistics": statistics | {k: v for k, v in changes.items() if k not in side},
    }


def five_men(first_id: int, points: Sequence[int]) -> list[Body]:
    """Five starters with ids from `first_id` on."""
    return [box_player(first_id + n, scored) for n, scored in enumerate(points)]


def box(
    nba_game_id: str = GAME,
    away: str = "BOS",
    home: str = "NYK",
    day: date = DAY,
    *,
    home_team: Body | None = None,
    away_team: Body | None = None,
    **changes: Any,
) -> Body:
    """A box score, 97-100: home men from 101 on, visitors from 201 on."""
    return {
        "game": {
            "gameId": nba_game_id,
            "gameStatus": 3,
            "gameEt": f"{day}T19:00:00-05:00",
            "period": 4,
            "homeTeam": home_team or box_team(home, five_men(101, (30, 25, 20, 15, 10))),
            "awayTeam": away_team or box_team(away, five_men(201, (28, 24, 20, 15, 10))),
            **changes,
        }
    }


def log_line(
    person_id: int,
    points: int = 20,
    *,
    team: str = "NYK",
    other: str = "BOS",
    at_home: bool = True,
    nba_game_id: str = GAME,
    day: date = DAY,
    **changes: Any,
) -> dict[str, Any]:
    """A line of the game log by the names of its columns."""
    counts = dict.fromkeys(_LOG_HEADERS[9:-2], 0)
    return {
        "SEASON_ID": "22025",
        "PLAYER_ID": person_id,
        "PLAYER_NAME": f"Player {person_id}",
        "TEAM_ABBREVIATION": team,
        "GAME_ID": nba_game_id,
        "GAME_DATE": f"{day}",
        "MATCHUP": f"{team} {'vs.' if at_home else '@'} {other}",
        "WL": "W",
        "MIN": 48,
        **counts,
        "FTM": points,
        "FTA": points,
        "PTS": points,
        "PLUS_MINUS": 3,
        **changes,
    }


def log_lines(away: str = "BOS", home: str = "NYK", **changes: Any) -> list[dict[str, Any]]:
    """The lines of the same game as `box`."""
    ours = [
        log_line(101 + n, points, team=home, other=away, **changes)
        for n, points in enumerate((30, 25, 20, 15, 10))
    ]
    theirs = [
        log_line(201 + n, points, team=away, other=home, at_home=False, **changes)
        for n, points in enumerate((28, 24, 20, 15, 10))
    ]
    return ours + theirs


def game_log(lines: Sequence[dict[str, Any]]) -> Body:
    """The log's envelope."""
    return {
        "resultSets": [
            {
                "name": "LeagueGameLog",
                "headers": list(_LOG_HEADERS),
                "rowSet": [[line[name] for name in _LOG_HEADERS] for line in lines],
            }
        ]
    }


def subject(
    feed: Feed, nba_game_id: str = GAME, away: str = "BOS", home: str = "NYK", day: date = DAY
) -> Subject:
    """What a body of the feed is about."""
    if feed is NBA_BOXSCORE:
        game = ExpectedGame(nba_game_id, away, home, tip_of(day))
        return Subject(day, SEASON, "regular", game)
    return Subject(day, SEASON)


def land(desk: Desk, feed: Feed, about: Subject, body: Body, at: datetime | None = None) -> str:
    """Land a body, an hour before noon of the next day by default; its path in the zone."""
    observed_at = at or results_instant(about.day) - timedelta(hours=1)
    path = desk.zone.keep(feed.requests(about)[0], observed_at, json.dumps(body).encode())
    return str(path.relative_to(desk.zone.root))


def land_schedule(desk: Desk, *games: Body, day: date = DAY, at: datetime | None = None) -> str:
    """Land a season file."""
    return land(desk, NBA_SCHEDULE, subject(NBA_SCHEDULE, day=day), season_file(*games), at)


def land_box(desk: Desk, body: Body, at: datetime | None = None) -> str:
    """Land a box score under its own game."""
    game = body["game"]
    about = subject(NBA_BOXSCORE, game["gameId"], day=date.fromisoformat(game["gameEt"][:10]))
    return land(desk, NBA_BOXSCORE, about, body, at)


def land_log(
    desk: Desk, lines: Sequence[dict[str, Any]], day: date = DAY, at: datetime | None = None
) -> str:
    """Land a date's game log."""
    return land(desk, NBA_GAME_LOG, subject(NBA_GAME_LOG, day=day), game_log(lines), at)
