"""The thirty teams and every provider's name for them. No other spelling of a team is known to the platform."""

from typing import NamedTuple


class Team(NamedTuple):
    """One franchise: its NBA tricode, NBA numeric id, names, and the codes other providers use."""

    tricode: str
    nba_id: int
    city: str
    name: str
    conference: str
    aliases: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.city} {self.name}"


TEAMS = (
    Team("ATL", 1610612737, "Atlanta", "Hawks", "East"),
    Team("BOS", 1610612738, "Boston", "Celtics", "East"),
    Team("CLE", 1610612739, "Cleveland", "Cavaliers", "East"),
    Team("NOP", 1610612740, "New Orleans", "Pelicans", "West", ("NO",)),
    Team("CHI", 1610612741, "Chicago", "Bulls", "East"),
    Team("DAL", 1610612742, "Dallas", "Mavericks", "West"),
    Team("DEN", 1610612743, "Denver", "Nuggets", "West"),
    Team("GSW", 1610612744, "Golden State", "Warriors", "West", ("GS",)),
    Team("HOU", 1610612745, "Houston", "Rockets", "West"),
    Team("LAC", 1610612746, "LA", "Clippers", "West", ("Los Angeles Clippers",)),
    Team("LAL", 1610612747, "Los Angeles", "Lakers", "West"),
    Team("MIA", 1610612748, "Miami", "Heat", "East"),
    Team("MIL", 1610612749, "Milwaukee", "Bucks", "East"),
    Team("MIN", 1610612750, "Minnesota", "Timberwolves", "West"),
    Team("BKN", 1610612751, "Brooklyn", "Nets", "East", ("BRK",)),
    Team("NYK", 1610612752, "New York", "Knicks", "East", ("NY",)),
    Team("ORL", 1610612753, "Orlando", "Magic", "East"),
    Team("IND", 1610612754, "Indiana", "Pacers", "East"),
    Team("PHI", 1610612755, "Philadelphia", "76ers", "East"),
    Team("PHX", 1610612756, "Phoenix", "Suns", "West", ("PHO",)),
    Team("POR", 1610612757, "Portland", "Trail Blazers", "West"),
    Team("SAC", 1610612758, "Sacramento", "Kings", "West"),
    Team("SAS", 1610612759, "San Antonio", "Spurs", "West", ("SA",)),
    Team("OKC", 1610612760, "Oklahoma City", "Thunder", "West"),
    Team("TOR", 1610612761, "Toronto", "Raptors", "East"),
    Team("UTA", 1610612762, "Utah", "Jazz", "West", ("UTAH",)),
    Team("MEM", 1610612763, "Memphis", "Grizzlies", "West"),
    Team("WAS", 1610612764, "Washington", "Wizards", "East", ("WSH",)),
    Team("DET", 1610612765, "Detroit", "Pistons", "East"),
    Team("CHA", 1610612766, "Charlotte", "Hornets", "East", ("CHO",)),
)

# All-Star sides and preseason guests: sides we know and never count as teams.
GUESTS = frozenset(
    {
        "CHK",
        "SHQ",
        "TMC",
        "TMM",
        "MRA",
        "CNS",
        "NZB",
        "RMD",
        "FLA",
        "EST",
        "WST",
        "LEB",
        "GIA",
        "DRT",
        "CAN",
        "KEN",
        "TMG",
        "TMT",
        "ULM",
        "MEL",
        "SEM",
    }
)

BY_NBA_ID = {team.nba_id: team for team in TEAMS}
_BY_ALIAS = {
    alias: team.tricode for team in TEAMS for alias in (team.tricode, team.full_name, *team.aliases)
}


def tricode_of(alias: str) -> str | None:
    """The NBA tricode of any provider's code or full name; None for a side that is not one of the thirty."""
    return _BY_ALIAS.get(alias)
