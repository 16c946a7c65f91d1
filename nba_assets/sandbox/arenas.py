"""Where the sandbox league plays: one fictional building a team, with the city's real clock."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from nba_assets.sources.teams import TEAMS


class Arena(NamedTuple):
    """One building. Ids start at 90001, far above the NBA's own."""

    arena_id: int
    name: str
    city: str
    state: str
    country: str
    timezone: str
    capacity: int

    @property
    def clock(self) -> ZoneInfo:
        """The building's own time zone."""
        return ZoneInfo(self.timezone)


_EASTERN = "America/New_York"
_CENTRAL = "America/Chicago"
_MOUNTAIN = "America/Denver"
_PACIFIC = "America/Los_Angeles"

# Tricode: city, state, clock. Phoenix and Indianapolis keep daylight saving rules of their own.
_PLACES = {
    "ATL": ("Atlanta", "GA", _EASTERN),
    "BOS": ("Boston", "MA", _EASTERN),
    "CLE": ("Cleveland", "OH", _EASTERN),
    "NOP": ("New Orleans", "LA", _CENTRAL),
    "CHI": ("Chicago", "IL", _CENTRAL),
    "DAL": ("Dallas", "TX", _CENTRAL),
    "DEN": ("Denver", "CO", _MOUNTAIN),
    "GSW": ("San Francisco", "CA", _PACIFIC),
    "HOU": ("Houston", "TX", _CENTRAL),
    "LAC": ("Inglewood", "CA", _PACIFIC),
    "LAL": ("Los Angeles", "CA", _PACIFIC),
    "MIA": ("Miami", "FL", _EASTERN),
    "MIL": ("Milwaukee", "WI", _CENTRAL),
    "MIN": ("Minneapolis", "MN", _CENTRAL),
    "BKN": ("Brooklyn", "NY", _EASTERN),
    "NYK": ("New York", "NY", _EASTERN),
    "ORL": ("Orlando", "FL", _EASTERN),
    "IND": ("Indianapolis", "IN", "America/Indiana/Indianapolis"),
    "PHI": ("Philadelphia", "PA", _EASTERN),
    "PHX": ("Phoenix", "AZ", "America/Phoenix"),
    "POR": ("Portland", "OR", _PACIFIC),
    "SAC": ("Sacramento", "CA", _PACIFIC),
    "SAS": ("San Antonio", "TX", _CENTRAL),
    "OKC": ("Oklahoma City", "OK", _CENTRAL),
    "TOR": ("Toronto", "ON", "America/Toronto"),
    "UTA": ("Salt Lake City", "UT", _MOUNTAIN),
    "MEM": ("Memphis", "TN", _CENTRAL),
    "WAS": ("Washington", "DC", _EASTERN),
    "DET": ("Detroit", "MI", "America/Detroit"),
    "CHA": ("Charlotte", "NC", _EASTERN),
}

ARENAS = {
    team.tricode: Arena(
        arena_id=90001 + number,
        name=f"{_PLACES[team.tricode][0]} Sandbox Arena",
        city=_PLACES[team.tricode][0],
        state=_PLACES[team.tricode][1],
        country="CA" if team.tricode == "TOR" else "US",
        timezone=_PLACES[team.tricode][2],
        capacity=17_000 + 97 * number,
    )
    for number, team in enumerate(TEAMS)
}
