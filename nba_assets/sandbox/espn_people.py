"""ESPN's people over the sandbox league: teams and athletes, injuries, rosters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sandbox.feed import Body, Params
from nba_assets.sandbox.fixtures import morning_of
from nba_assets.sandbox.league import League
from nba_assets.sandbox.pages import (
    morning_page,
)
from nba_assets.sandbox.people import birth_date, height, weight
from nba_assets.sandbox.players import Absence, Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    TRICODE_OF_ESPN_ID,
    display_name,
    espn_athlete_id,
    share,
    slug,
    spelling,
)
from nba_assets.sources.teams import BY_TRICODE

_POSITIONS = {
    "PG": ("1", "Point Guard"),
    "SG": ("2", "Shooting Guard"),
    "SF": ("5", "Small Forward"),
    "PF": ("6", "Power Forward"),
    "C": ("9", "Center"),
}


def utc(instant: datetime) -> str:
    """ESPN leaves the seconds out."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def utc_seven(day: date) -> str:
    """A date as the calendar prints it: 07:00 UTC, whatever the season of the year."""
    return f"{day:%Y-%m-%d}T07:00Z"


def team_row(tricode: str) -> dict[str, Any]:
    """A team by ESPN's id and code."""
    team, codes = BY_TRICODE[tricode], CODES[tricode]
    return {
        "id": str(codes.espn_id),
        "uid": f"s:40~l:46~t:{codes.espn_id}",
        "location": team.city,
        "name": team.name,
        "abbreviation": codes.espn,
        "displayName": team.full_name,
        "shortDisplayName": team.name,
        "isActive": True,
        "venue": {"id": str(ARENAS[tricode].arena_id)},
    }


def athlete_row(league: League, player: Player) -> dict[str, Any]:
    """A player by ESPN's id and the name it shows."""
    name = display_name(league, "espn", player)
    first, family = spelling(league, "espn", player)
    return {
        "id": espn_athlete_id(player),
        "fullName": name,
        "displayName": name,
        "shortName": f"{first[0]}. {family}",
        "jersey": player.jersey,
        "position": {"abbreviation": player.position},
    }


def injuries(league: League, params: Params, observed_at: datetime) -> Body:
    """Who is away that day, by team; teams without anybody are not listed."""
    del params
    day = eastern_date(observed_at)
    teams = []
    for tricode, team in sorted(BY_TRICODE.items(), key=lambda item: item[1].full_name):
        rows = [
            _injury(player, absence, observed_at)
            | {"athlete": athlete_row(league, player) | {"team": team_row(tricode)}}
            for player in league.roster(tricode, day)
            if (absence := league.absence(player, day))
        ]
        if rows:
            number = str(CODES[tricode].espn_id)
            teams.append({"id": number, "displayName": team.full_name, "injuries": rows})
    return {
        "timestamp": observed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "status": "success",
        "season": {
            "year": league.season_year + 1,
            "type": 2,
            "name": "Regular Season",
            "displayName": league.season.label,
        },
        "injuries": teams,
    }


def _injury(player: Player, absence: Absence, observed_at: datetime) -> dict[str, Any]:
    """A player's entry. The date of return is the provider's guess, not the league's knowledge."""
    word = absence.description or {
        "INACTIVE_REST": "Rest",
        "INACTIVE_PERSONAL": "Personal",
    }.get(absence.reason, "Not With Team")
    part = word.split(";")[0]
    side, _, place = part.partition(" ")
    if side not in ("Left", "Right"):
        side, place = "Not Specified", part
    detail = word.partition("; ")[2]
    guess = absence.first + timedelta(
        days=2 + int(9 * share("return", player.person_id, absence.first))
    )
    today = eastern_date(observed_at)
    return {
        "id": str(500_000 + int(400_000 * share("injury", player.person_id, absence.first))),
        "longComment": f"{player.family_name} ({word.lower()}) is out.",
        "shortComment": f"{player.family_name} ({part.lower()}) is out.",
        "status": "Out",
        "date": utc(min(observed_at, morning_of(absence.first))),
        "source": {"id": "1", "description": "basic/manual", "state": "basic"},
        "type": {
            "id": "4",
            "name": "INJURY_STATUS_OUT",
            "description": "out",
            "abbreviation": "O",
        },
        "details": {
            "fantasyStatus": {"description": "OUT", "abbreviation": "OUT"},
            "type": place,
            "location": "Leg" if place in ("Ankle", "Knee") else "Other",
            **({"detail": detail} if detail else {}),
            "side": side,
            "returnDate": str(max(guess, today + timedelta(days=1))),
        },
    }


def roster_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest morning, for the thirty teams."""
    return morning_page(league, params, as_of) if params["team"] in TRICODE_OF_ESPN_ID else None


def roster(league: League, params: Params, observed_at: datetime) -> Body:
    """A team with its players of that day."""
    tricode = TRICODE_OF_ESPN_ID[params["team"]]
    day = eastern_date(observed_at)
    team = team_row(tricode)
    return {
        "team": {
            **{name: value for name, value in team.items() if name != "venue"},
            "slug": slug(team["displayName"]),
            "athletes": [
                _roster_row(league, player, league.absence(player, day), observed_at)
                for player in league.roster(tricode, day)
            ],
        }
    }


def _roster_row(
    league: League, player: Player, absence: Absence | None, observed_at: datetime
) -> dict[str, Any]:
    athlete = athlete_row(league, player)
    first, family = spelling(league, "espn", player)
    feet, _, rest = height(player).partition("-")
    inches, pounds = 12 * int(feet) + int(rest), int(weight(player))
    born = birth_date(league, player)
    injuries = []
    if absence:
        injuries.append(_injury(player, absence, observed_at) | {"athlete": {}})
    number, position = _POSITIONS[player.position]
    return {
        "id": athlete["id"],
        "uid": f"s:40~l:46~a:{athlete['id']}",
        "type": "basketball",
        "firstName": first,
        "lastName": family,
        "fullName": athlete["fullName"],
        "displayName": athlete["displayName"],
        "shortName": athlete["shortName"],
        "weight": float(pounds),
        "displayWeight": f"{pounds} lbs",
        "height": float(inches),
        "displayHeight": f"{inches // 12}' {inches % 12}\"",
        "age": (league.season.first - born).days // 365,
        "dateOfBirth": utc_seven(born),
        "slug": slug(athlete["displayName"]),
        "jersey": player.jersey,
        "position": {
            "id": number,
            "name": position,
            "displayName": position,
            "abbreviation": player.position,
            "leaf": True,
        },
        "injuries": injuries,
        "linked": True,
        "active": True,
        "status": {"id": "1", "name": "Active", "type": "active", "abbreviation": "Active"},
    }
