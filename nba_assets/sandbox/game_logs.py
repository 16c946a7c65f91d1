"""The players' game log of one date as stats.nba.com words it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from nba_assets.partitions import dates_between
from nba_assets.sandbox.fixtures import morning_after
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import TEAMS

HEADERS = (
    "SEASON_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME",
    "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM", "FGA", "FG_PCT", "FG3M", "FG3A",
    "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TOV", "PF",
    "PTS", "PLUS_MINUS", "FANTASY_PTS", "VIDEO_AVAILABLE",
)  # fmt: skip

_TEAMS = {team.tricode: team for team in TEAMS}


def game_log_body(
    league: League, params: Mapping[str, str], first: date, last: date, published_at: datetime
) -> dict[str, Any]:
    """One row per player who played from `first` to `last`, of games whose morning has come."""
    is_asked = (
        params.get("Season") == league.season.label
        and params.get("SeasonType") == "Regular Season"
        and params.get("LeagueID") == "00"
    )
    rows = []
    for day in reversed(dates_between(first, last)) if is_asked else ():
        if morning_after(day) > published_at:
            continue
        for fixture in league.games_on(day):
            box = league.box(fixture.game_id)
            for tricode in (fixture.home, fixture.away):
                lines = [line for line in box.team(tricode).lines if line.seconds]
                rows += [_row(league, box, tricode, line) for line in lines]
    return {
        "resource": "leaguegamelog",
        "parameters": {
            "LeagueID": params.get("LeagueID"),
            "Season": params.get("Season"),
            "SeasonType": params.get("SeasonType"),
            "PlayerOrTeam": "P",
            "Counter": int(params.get("Counter", "0")),
            "Sorter": params.get("Sorter", "DATE"),
            "Direction": params.get("Direction", "DESC"),
            "DateFrom": first.isoformat(),
            "DateTo": last.isoformat(),
        },
        "resultSets": [{"name": "LeagueGameLog", "headers": list(HEADERS), "rowSet": rows}],
    }


def _row(league: League, box: Box, tricode: str, line: Line) -> list[Any]:
    fixture, team, counts = box.fixture, _TEAMS[tricode], line.counts
    against = f"vs. {fixture.away}" if tricode == fixture.home else f"@ {fixture.home}"
    made = counts["twoPointersMade"] + counts["threePointersMade"]
    tried = counts["twoPointersAttempted"] + counts["threePointersAttempted"]
    rebounds = counts["reboundsOffensive"] + counts["reboundsDefensive"]
    fantasy = (
        counts["points"]
        + 1.2 * rebounds
        + 1.5 * counts["assists"]
        + 3 * (counts["steals"] + counts["blocks"])
        - counts["turnovers"]
    )
    return [
        f"2{league.season_year}",
        line.player.person_id,
        line.player.name,
        team.nba_id,
        tricode,
        team.full_name,
        fixture.game_id,
        fixture.day.isoformat(),
        f"{tricode} {against}",
        "W" if box.winner == tricode else "L",
        (line.seconds + 30) // 60,
        made,
        tried,
        _rate(made, tried),
        counts["threePointersMade"],
        counts["threePointersAttempted"],
        _rate(counts["threePointersMade"], counts["threePointersAttempted"]),
        counts["freeThrowsMade"],
        counts["freeThrowsAttempted"],
        _rate(counts["freeThrowsMade"], counts["freeThrowsAttempted"]),
        counts["reboundsOffensive"],
        counts["reboundsDefensive"],
        rebounds,
        counts["assists"],
        counts["steals"],
        counts["blocks"],
        counts["turnovers"],
        counts["foulsPersonal"],
        counts["points"],
        counts["plus"] - counts["minus"],
        round(fantasy, 1),
        1,
    ]


def _rate(made: int, tried: int) -> float | None:
    """Three decimals, and None where nothing was tried: the log's way, unlike the box score's."""
    return round(made / tried, 3) if tried else None
