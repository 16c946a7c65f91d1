"""The season file as NBA.com words it, as of one morning's publication."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League, utc_text
from nba_assets.sources.teams import BY_NBA_ID, BY_TRICODE, Team

_SLUGS = {"76ers": "sixers", "Trail Blazers": "blazers"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BROADCASTERS = (
    *(f"{scope}{medium}Broadcasters" for scope in ("national", "home", "away")
      for medium in ("Tv", "Radio", "Ott")),
    "intlRadioBroadcasters", "intlTvBroadcasters", "intlOttBroadcasters",
)  # fmt: skip
_CHANNEL = {
    "broadcasterId": 9001,
    "broadcasterDisplay": "Sandbox Sports",
    "broadcasterAbbreviation": "SBX",
    "broadcasterDescription": "",
    "regionId": 1,
}


def schedule_body(league: League, published_at: datetime) -> dict[str, Any]:
    """The whole season as posted at an instant: scores of what is over, tips of what is to come."""
    games: dict[date, list[tuple[datetime, str, Fixture]]] = defaultdict(list)
    for fixture in league.fixtures:
        tip_at = fixture.tip_known_at(published_at)
        games[eastern_date(tip_at)].append((tip_at, fixture.game_id, fixture))
    return {
        "meta": {
            "version": 1,
            "request": f"http://nba.cloud/league/00/{league.season.label}/scheduleleaguev2?Format=json",
            "time": utc_text(published_at),
        },
        "leagueSchedule": {
            "seasonYear": league.season.label,
            "leagueId": "00",
            "gameDates": [
                {
                    "gameDate": f"{day:%m/%d/%Y} 00:00:00",
                    "games": [
                        _game(league, fixture, tip_at, number, published_at)
                        for number, (tip_at, _, fixture) in enumerate(sorted(listed), 1)
                    ],
                }
                for day, listed in sorted(games.items())
            ],
            "weeks": _weeks(league),
            "broadcasterList": [_CHANNEL],
        },
    }


def _game(
    league: League, fixture: Fixture, tip_at: datetime, number: int, published_at: datetime
) -> dict[str, Any]:
    is_final = (
        tip_at == fixture.tip_at
        and tip_at < published_at
        and league.box(fixture.game_id).published_at <= published_at
    )
    eastern = tip_at.astimezone(EASTERN)
    home, away = BY_TRICODE[fixture.home], BY_TRICODE[fixture.away]
    arena = ARENAS[fixture.home]
    week = _week_number(league, eastern.date())
    return {
        "gameId": fixture.game_id,
        "gameCode": f"{eastern:%Y%m%d}/{fixture.away}{fixture.home}",
        "gameStatus": 3 if is_final else 1,
        "gameStatusText": league.box(fixture.game_id).status_text if is_final else _clock(eastern),
        "gameSequence": number,
        # NBA.com writes local clocks with a Z; only the …UTC fields are UTC.
        "gameDateEst": f"{eastern:%Y-%m-%dT00:00:00Z}",
        "gameTimeEst": f"1900-01-01T{eastern:%H:%M:%SZ}",
        "gameDateTimeEst": f"{eastern:%Y-%m-%dT%H:%M:%SZ}",
        "gameDateUTC": utc_text(eastern.replace(hour=0, minute=0, second=0)),
        "gameTimeUTC": f"1900-01-01T{tip_at:%H:%M:%SZ}",
        "gameDateTimeUTC": utc_text(tip_at),
        "awayTeamTime": f"{tip_at.astimezone(ARENAS[fixture.away].clock):%Y-%m-%dT%H:%M:%SZ}",
        "homeTeamTime": f"{tip_at.astimezone(arena.clock):%Y-%m-%dT%H:%M:%SZ}",
        "day": _DAYS[eastern.weekday()],
        "monthNum": eastern.month,
        "weekNumber": week,
        "weekName": f"Week {week}",
        "ifNecessary": False,
        "seriesGameNumber": "",
        "gameLabel": "",
        "gameSubLabel": "",
        "seriesText": "",
        "arenaName": arena.name,
        "arenaState": arena.state,
        "arenaCity": arena.city,
        "postponedStatus": "N",
        "branchLink": "",
        "gameSubtype": "",
        "isNeutral": False,
        "broadcasters": _broadcasters(home, away),
        "homeTeam": _team(league, fixture, home, is_final),
        "awayTeam": _team(league, fixture, away, is_final),
        "pointsLeaders": _leaders(league, fixture) if is_final else [],
    }


def _clock(eastern: datetime) -> str:
    """`7:30 pm ET`, as the schedule says when a game is not over."""
    half = "am" if eastern.hour < 12 else "pm"
    return f"{(eastern.hour - 1) % 12 + 1}:{eastern:%M} {half} ET"


def _team(league: League, fixture: Fixture, team: Team, is_final: bool) -> dict[str, Any]:
    wins, losses = league.record_after(team.tricode, fixture) if is_final else (0, 0)
    return {
        "teamId": team.nba_id,
        "teamName": team.name,
        "teamCity": team.city,
        "teamTricode": team.tricode,
        "teamSlug": _SLUGS.get(team.name, team.name.lower()),
        "wins": wins,
        "losses": losses,
        "score": league.box(fixture.game_id).team(team.tricode).score if is_final else 0,
        "seed": 0,
    }


def _leaders(league: League, fixture: Fixture) -> list[dict[str, Any]]:
    """The game's top scorer; the lower person id where two share the honour."""
    box = league.box(fixture.game_id)
    points, _, nba_id, player = min(
        (-line.counts["points"], line.player.person_id, BY_TRICODE[team].nba_id, line.player)
        for team in (fixture.home, fixture.away)
        for line in box.team(team).lines
    )
    team = BY_NBA_ID[nba_id]
    return [
        {
            "personId": player.person_id,
            "firstName": player.first_name,
            "lastName": player.family_name,
            "teamId": team.nba_id,
            "teamCity": team.city,
            "teamName": team.name,
            "teamTricode": team.tricode,
            "points": float(-points),
        }
    ]


def _broadcasters(home: Team, away: Team) -> dict[str, list[dict[str, Any]]]:
    """Every list the real file has; each side's television is the fictional channel."""
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _BROADCASTERS}
    for name, scope, team in (
        ("homeTvBroadcasters", "home", home),
        ("awayTvBroadcasters", "away", away),
    ):
        lists[name].append(
            {
                "broadcasterScope": scope,
                "broadcasterMedia": "tv",
                **_CHANNEL,
                "tapeDelayComments": "",
                "broadcasterVideoLink": "",
                "broadcasterTeamId": team.nba_id,
                "broadcasterRanking": None,
            }
        )
    return lists


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week_number(league: League, day: date) -> int:
    return (_monday(day) - _monday(league.season.first)).days // 7 + 1


def _weeks(league: League) -> list[dict[str, Any]]:
    first, last = league.dates[0], league.dates[-1]
    weeks = []
    for number in range(1, _week_number(league, last) + 1):
        monday = _monday(first) + timedelta(weeks=number - 1)
        weeks.append(
            {
                "weekNumber": number,
                "weekName": f"Week {number}",
                "startDate": f"{max(first, monday):%Y-%m-%dT00:00:00Z}",
                "endDate": f"{monday + timedelta(days=6):%Y-%m-%dT00:00:00Z}",
            }
        )
    return weeks
