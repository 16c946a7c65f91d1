"""Hand-written bodies that name people: lists, rosters, line-ups, injuries; and the rows they resolve to."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from nba_assets.identity.names import player_lookup
from nba_assets.partitions import slate_instant
from nba_assets.raw.people import Names
from nba_assets.raw.players import PLAYERS
from nba_assets.sources.feed import Subject
from nba_assets.sources.teams import TEAMS
from nba_assets.warehouse.table import Table
from nba_assets_tests.raw.payloads import GAME, SEASON, Body
from nba_assets_tests.raw.rows import DAY, Row, scheduled

SLATE = slate_instant(DAY)
TEAM = {team.tricode: team for team in TEAMS}


def about(day: date = DAY, team: str = "", hour: datetime | None = None) -> Subject:
    """What a body is about: a date, a team of it or a full hour."""
    return Subject(day, SEASON, team=TEAM[team] if team else None, hour=hour)


def envelope(name: str, rows: Sequence[Body]) -> Body:
    """One result set of stats.nba.com."""
    headers = list(rows[0]) if rows else []
    return {
        "resultSets": [
            {"name": name, "headers": headers, "rowSet": [list(row.values()) for row in rows]}
        ]
    }


def indexed(person_id: int, first: str, last: str, team: str = "NYK") -> Body:
    """A line of the player list; without a team where it is empty."""
    return {
        "PERSON_ID": person_id,
        "PLAYER_FIRST_NAME": first,
        "PLAYER_LAST_NAME": last,
        "TEAM_ID": TEAM[team].nba_id if team else 0,
        "TEAM_ABBREVIATION": team or None,
        "JERSEY_NUMBER": "7",
        "POSITION": "G",
        "HEIGHT": "6-8",
        "WEIGHT": "243",
        "ROSTER_STATUS": 1.0,
        "FROM_YEAR": "2020",
        "TO_YEAR": "2025",
    }


def player_index(*rows: Body) -> Body:
    """The season's player list."""
    return envelope("PlayerIndex", rows)


def member(person_id: int, name: str, team: str = "NYK", **changes: Any) -> Body:
    """A line of a team's roster."""
    return {
        "TeamID": TEAM[team].nba_id,
        "SEASON": "2025",
        "PLAYER_ID": person_id,
        "PLAYER": name,
        "NUM": "11",
        "POSITION": "G",
        "HEIGHT": "6-2",
        "WEIGHT": "190",
        "BIRTH_DATE": "AUG 31, 1996",
        "EXP": "7",
        **changes,
    }


def team_roster(*rows: Body) -> Body:
    """A team's roster."""
    return envelope("CommonTeamRoster", rows)


def eight(first_id: int, team: str) -> list[Body]:
    """Eight players of a team, with ids from `first_id` on."""
    return [member(first_id + n, f"Player {LETTERS[n]}. {team}", team) for n in range(8)]


LETTERS = "ABCDEFGHIJ"


def espn_roster(team: str, *names: str, **changes: Any) -> Body:
    """ESPN's roster of a team."""
    return {
        "team": {
            "id": str(TEAM[team].espn_id),
            "abbreviation": TEAM[team].espn,
            "displayName": TEAM[team].full_name,
            "athletes": [
                {
                    "id": str(4000 + n),
                    "displayName": name,
                    "fullName": name,
                    "jersey": "11",
                    "position": {"abbreviation": "G"},
                    "height": 74.0,
                    "weight": 190.0,
                    "dateOfBirth": "1996-08-31T07:00Z",
                    "status": {"type": "active", "name": "Active"},
                    **changes,
                }
                for n, name in enumerate(names)
            ],
        }
    }


def bdl_player(name: str, team: str, person_id: int = 1, **changes: Any) -> Body:
    """A player under contract at BallDontLie."""
    first, _, last = name.partition(" ")
    known = TEAM[team]
    return {
        "id": person_id,
        "first_name": first,
        "last_name": last,
        "position": "G",
        "height": "6-2",
        "weight": "190",
        "jersey_number": "11",
        "team": {"id": known.bdl_id, "abbreviation": team, "full_name": known.full_name},
        **changes,
    }


def lined(
    person_id: int, position: str = "", status: str = "Confirmed", roster: str = "Active"
) -> Body:
    """A man of a line-up."""
    return {
        "personId": person_id,
        "firstName": "Player",
        "lastName": str(person_id),
        "playerName": f"Player {person_id}",
        "lineupStatus": status,
        "position": position,
        "rosterStatus": roster,
        "timestamp": f"{DAY}T18:20:00",
    }


def five(first_id: int, status: str = "Confirmed") -> list[Body]:
    """Five starters with ids from `first_id` on."""
    positions = ("PG", "SG", "SF", "PF", "C")
    return [lined(first_id + n, position, status) for n, position in enumerate(positions)]


def lineup_game(
    home: Sequence[Body],
    away: Sequence[Body],
    nba_game_id: str = GAME,
    sides: tuple[str, str] = ("BOS", "NYK"),
) -> Body:
    """A game of the line-ups, BOS at NYK."""
    listed = zip(("awayTeam", "homeTeam"), sides, (away, home), strict=True)
    return {
        "gameId": nba_game_id,
        "gameStatus": 1,
        "gameStatusText": "7:00 pm ET",
        **{
            side: {
                "teamId": TEAM[team].nba_id,
                "teamAbbreviation": team,
                "players": list(players),
            }
            for side, team, players in listed
        },
    }


def espn_injury(name: str, status: str = "Out", **changes: Any) -> Body:
    """An entry of ESPN's list."""
    return {
        "status": status,
        "date": "2025-11-05T05:10Z",
        "details": {
            "type": "Ankle",
            "detail": "Sprain",
            "side": "Left",
            "returnDate": "2025-11-12",
        },
        "athlete": {"id": "4001", "displayName": name},
        **changes,
    }


def espn_injuries(**teams: Sequence[Body]) -> Body:
    """ESPN's list by tricode."""
    return {
        "injuries": [
            {"displayName": TEAM[team].full_name, "injuries": list(entries)}
            for team, entries in teams.items()
        ]
    }


def bdl_injury(name: str, team: str, status: str = "Out", **changes: Any) -> Body:
    """An entry of BallDontLie's list."""
    player = bdl_player(name, team)
    del player["team"]
    return {
        "player": {**player, "team_id": TEAM[team].bdl_id},
        "return_date": "Nov 12",
        "description": "Ankle sprain.",
        "status": status,
        **changes,
    }


def spelled(name: str, player_id: str, team: str, **changes: Any) -> Row:
    """A row of `raw.players`."""
    quality = {k: v for k, v in scheduled().items() if k in PLAYERS.column_names}
    return quality | {
        "player_id": player_id,
        "nba_player_id": player_id,
        "player_name": name,
        "player_lookup": player_lookup(name),
        "season_year": SEASON.year,
        "team": team,
        "first_seen": DAY - timedelta(days=9),
        "last_seen": DAY,
        **changes,
    }


def unresolved(names: Names) -> list[tuple[str, str]]:
    """Name and team of what was kept aside."""
    return [(row["player_name"], row["team"]) for row in names.unresolved]


def keyed(table: Table, rows: Iterable[Row]) -> list[tuple[object, ...]]:
    """The keys of rows, which fit their contract."""
    listed = list(rows)
    table.rows(listed)
    keys = [tuple(row[name] for name in table.key) for row in listed]
    assert len(set(keys)) == len(keys)
    return sorted(keys, key=str)
