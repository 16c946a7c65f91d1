"""Whole, honest rows of the raw tables; a test states only what it is about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd

from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import COUNT_NAMES
from nba_assets.warehouse.table import Table

DAY = date(2025, 11, 5)
POINTS = (30, 25, 20, 15, 10)
FULL_GAME = 48 * 60

Row = dict[str, Any]

_QUALITY: Row = {
    "source": "nba_boxscore",
    "source_score": 100,
    "quality_score": 100,
    "quality_tier": "gold",
    "completeness_pct": 100.0,
    "is_degraded": False,
    "degraded_reasons": [],
    "is_bootstrap": False,
    "observed_at": datetime(2025, 11, 6, 9, tzinfo=UTC),
    "landing_path": "cdn.nba.com/body.json.gz",
}


def frame(table: Table, rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as gates get them: typed by the contract."""
    return pd.DataFrame(table.rows(rows).to_pandas())


def scheduled(away: str = "BOS", home: str = "NYK", day: date = DAY, **changes: Any) -> Row:
    """A game of the schedule."""
    return {
        "game_date": day,
        "game_id": game_id(day, away, home),
        "nba_game_id": "0022500001",
        "season_year": 2025,
        "season_type": "regular",
        "home_team": home,
        "away_team": away,
        "tip_at": datetime.combine(day, time(23), UTC),
        "status": "final",
        **_QUALITY,
        **changes,
    }


def player(
    player_id: str,
    team: str = "NYK",
    opponent: str = "BOS",
    *,
    day: date = DAY,
    is_home: bool = True,
    **changes: Any,
) -> Row:
    """A starter who played 48 minutes and did nothing that counts."""
    pair = (opponent, team) if is_home else (team, opponent)
    seconds = changes.get("seconds_played", FULL_GAME)
    return {
        "game_date": day,
        "game_id": game_id(day, *pair),
        "player_id": player_id,
        "nba_game_id": "0022500001",
        "nba_player_id": player_id,
        "player_name": f"Player {player_id}",
        "player_lookup": f"player{player_id}",
        "season_year": 2025,
        "season_type": "regular",
        "team": team,
        "opponent": opponent,
        "is_home": is_home,
        "is_starter": True,
        "played": True,
        "player_status": "played",
        "minutes": seconds / 60,
        "seconds_played": seconds,
        "minutes_precision": "second",
        **dict.fromkeys(COUNT_NAMES, 0),
        "tov": 0,
        "pf": 0,
        "overtime_periods": 0,
        **_QUALITY,
        **changes,
    }


def dnp(player_id: str, team: str = "NYK", opponent: str = "BOS", **changes: Any) -> Row:
    """A man who stayed on the bench."""
    return player(player_id, team, opponent) | {
        "is_starter": False,
        "played": False,
        "player_status": "dnp",
        "dnp_reason": "DNP_COACH",
        "minutes": 0.0,
        "seconds_played": 0,
        **changes,
    }


def team(team: str = "NYK", opponent: str = "BOS", **changes: Any) -> Row:
    """A team's line; `score`, `line_score` and `scheduled_score` agree with its points."""
    is_home, day = changes.get("is_home", True), changes.get("game_date", DAY)
    pair = (opponent, team) if is_home else (team, opponent)
    points = changes.get("points", sum(POINTS))
    return {
        "game_date": day,
        "game_id": game_id(day, *pair),
        "nba_game_id": "0022500001",
        "season_year": 2025,
        "season_type": "regular",
        "team": team,
        "opponent": opponent,
        "is_home": is_home,
        "seconds_played": 5 * FULL_GAME,
        "minutes": 240.0,
        **dict.fromkeys(COUNT_NAMES, 0),
        "points": points,
        "player_tov": 0,
        "pf": 0,
        "overtime_periods": 0,
        "line_score": points,
        "score": points,
        "scheduled_score": points,
        **_QUALITY,
        **changes,
    }


def five(
    team: str = "NYK", opponent: str = "BOS", *, points: Sequence[int] = POINTS, **changes: Any
) -> list[Row]:
    """Five men who played all of the game, `NYK1` … `NYK5`."""
    return [
        player(f"{team}{n}", team, opponent, **{"points": scored, **changes})
        for n, scored in enumerate(points, 1)
    ]


def whole_game(
    away: str = "BOS", home: str = "NYK", day: date = DAY, **changes: Any
) -> tuple[list[Row], list[Row]]:
    """The player rows and the team rows of a game that is as it should be."""
    away_points = (28, 24, 20, 15, 10)
    return (
        five(home, away, day=day, **changes)
        + five(away, home, day=day, is_home=False, points=away_points, **changes),
        [
            team(home, away, game_date=day, **changes),
            team(away, home, game_date=day, is_home=False, points=sum(away_points), **changes),
        ],
    )
