"""The game logs of players and teams of a span of dates as stats.nba.com words them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from nba_assets.partitions import dates_between
from nba_assets.sandbox.fixtures import morning_after
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import BY_TRICODE

HEADERS = (
    "SEASON_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME",
    "GAME_ID", "GAME_DATE", "MATCHUP", "WL", "MIN", "FGM", "FGA", "FG_PCT", "FG3M", "FG3A",
    "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TOV", "PF",
    "PTS", "PLUS_MINUS", "FANTASY_PTS", "VIDEO_AVAILABLE",
)  # fmt: skip

TEAM_HEADERS = tuple(
    name for name in HEADERS if name not in ("PLAYER_ID", "PLAYER_NAME", "FANTASY_PTS")
)


def game_log_body(
    league: League, params: Mapping[str, str], first: date, last: date, published_at: datetime
) -> dict[str, Any]:
    """One row per player who played from `first` to `last`, of games whose morning has come.

    With PlayerOrTeam=T one row per team.
    """
    is_asked = (
        params.get("Season") == league.season.label
        and params.get("SeasonType") == "Regular Season"
        and params.get("LeagueID") == "00"
    )
    is_of_teams = params.get("PlayerOrTeam") == "T"
    rows = []
    for day in reversed(dates_between(first, last)) if is_asked else ():
        if morning_after(day) > published_at:
            continue
        for fixture in league.games_on(day):
            box = league.box(fixture.game_id)
            for tricode in (fixture.home, fixture.away):
                if is_of_teams:
                    rows.append(_team_row(league, box, tricode))
                    continue
                lines = [line for line in box.team(tricode).lines if line.seconds]
                rows += [_row(league, box, tricode, line) for line in lines]
    headers = TEAM_HEADERS if is_of_teams else HEADERS
    return {
        "resource": "leaguegamelog",
        "parameters": {
            "LeagueID": params.get("LeagueID"),
            "Season": params.get("Season"),
            "SeasonType": params.get("SeasonType"),
            "PlayerOrTeam": params.get("PlayerOrTeam"),
            "Counter": int(params.get("Counter", "0")),
            "Sorter": params.get("Sorter", "DATE"),
            "Direction": params.get("Direction", "DESC"),
            "DateFrom": first.isoformat(),
            "DateTo": last.isoformat(),
        },
        "resultSets": [{"name": "LeagueGameLog", "headers": list(headers), "rowSet": rows}],
    }


def _row(league: League, box: Box, tricode: str, line: Line) -> list[Any]:
    counts = line.counts
    fantasy = (
        counts["points"]
        + 1.2 * (counts["reboundsOffensive"] + counts["reboundsDefensive"])
        + 1.5 * counts["assists"]
        + 3 * (counts["steals"] + counts["blocks"])
        - counts["turnovers"]
    )
    margin = counts["plus"] - counts["minus"]
    whose = _whose(league, box, tricode)
    return [
        whose[0],
        line.player.person_id,
        line.player.name,
        *whose[1:],
        (line.seconds + 30) // 60,
        *_counts(counts),
        margin,
        round(fantasy, 1),
        1,
    ]


def _team_row(league: League, box: Box, tricode: str) -> list[Any]:
    """A team's row: its players' sums, and the minutes of five."""
    lines = box.team(tricode).lines
    counts = {name: sum(line.counts[name] for line in lines) for name in lines[0].counts}
    home, away = box.result.home.score, box.result.away.score
    margin = home - away if tricode == box.fixture.home else away - home
    minutes = 5 * box.result.seconds // 60
    return [*_whose(league, box, tricode), minutes, *_counts(counts), margin, 1]


def _whose(league: League, box: Box, tricode: str) -> list[Any]:
    fixture, team = box.fixture, BY_TRICODE[tricode]
    against = f"vs. {fixture.away}" if tricode == fixture.home else f"@ {fixture.home}"
    return [
        f"2{league.season_year}",
        team.nba_id,
        tricode,
        team.full_name,
        fixture.game_id,
        fixture.day.isoformat(),
        f"{tricode} {against}",
        "W" if box.winner == tricode else "L",
    ]


def _counts(counts: Mapping[str, int]) -> list[Any]:
    """From FGM to PTS."""
    made = counts["twoPointersMade"] + counts["threePointersMade"]
    tried = counts["twoPointersAttempted"] + counts["threePointersAttempted"]
    return [
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
        counts["reboundsOffensive"] + counts["reboundsDefensive"],
        counts["assists"],
        counts["steals"],
        counts["blocks"],
        counts["turnovers"],
        counts["foulsPersonal"],
        counts["points"],
    ]


def _rate(made: int, tried: int) -> float | None:
    """Three decimals, and None where nothing was tried: the log's way, unlike the box score's."""
    return round(made / tried, 3) if tried else None
