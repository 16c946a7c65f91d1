"""The thirty teams and every provider's name for them. No other spelling of a team is known to the platform."""

from typing import NamedTuple


class Team(NamedTuple):
    """One franchise: its NBA tricode and numeric id, its names, and other providers' codes and ids.

    BallDontLie writes the NBA tricode. Every provider counts its teams for itself: 12 is the
    Clippers at ESPN and the Pacers at BallDontLie.
    """

    tricode: str
    nba_id: int
    city: str
    name: str
    conference: str
    espn: str
    espn_id: int
    bref: str
    bdl_id: int
    slug: str
    other_names: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.city} {self.name}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every spelling beside the tricode and the full name, each once."""
        codes = [code for code in (self.espn, self.bref) if code != self.tricode]
        return (*codes, self.slug, *self.other_names)


# fmt: off
TEAMS = (
    Team("ATL", 1610612737, "Atlanta", "Hawks", "East", "ATL", 1, "ATL", 1, "hawks"),
    Team("BOS", 1610612738, "Boston", "Celtics", "East", "BOS", 2, "BOS", 2, "celtics"),
    Team("CLE", 1610612739, "Cleveland", "Cavaliers", "East", "CLE", 5, "CLE", 6, "cavaliers"),
    Team("NOP", 1610612740, "New Orleans", "Pelicans", "West", "NO", 3, "NOP", 19, "pelicans"),
    Team("CHI", 1610612741, "Chicago", "Bulls", "East", "CHI", 4, "CHI", 5, "bulls"),
    Team("DAL", 1610612742, "Dallas", "Mavericks", "West", "DAL", 6, "DAL", 7, "mavericks"),
    Team("DEN", 1610612743, "Denver", "Nuggets", "West", "DEN", 7, "DEN", 8, "nuggets"),
    Team("GSW", 1610612744, "Golden State", "Warriors", "West", "GS", 9, "GSW", 10, "warriors"),
    Team("HOU", 1610612745, "Houston", "Rockets", "West", "HOU", 10, "HOU", 11, "rockets"),
    Team("LAC", 1610612746, "LA", "Clippers", "West", "LAC", 12, "LAC", 13, "clippers", ("Los Angeles Clippers",)),
    Team("LAL", 1610612747, "Los Angeles", "Lakers", "West", "LAL", 13, "LAL", 14, "lakers"),
    Team("MIA", 1610612748, "Miami", "Heat", "East", "MIA", 14, "MIA", 16, "heat"),
    Team("MIL", 1610612749, "Milwaukee", "Bucks", "East", "MIL", 15, "MIL", 17, "bucks"),
    Team("MIN", 1610612750, "Minnesota", "Timberwolves", "West", "MIN", 16, "MIN", 18, "timberwolves"),
    Team("BKN", 1610612751, "Brooklyn", "Nets", "East", "BKN", 17, "BRK", 3, "nets"),
    Team("NYK", 1610612752, "New York", "Knicks", "East", "NY", 18, "NYK", 20, "knicks"),
    Team("ORL", 1610612753, "Orlando", "Magic", "East", "ORL", 19, "ORL", 22, "magic"),
    Team("IND", 1610612754, "Indiana", "Pacers", "East", "IND", 11, "IND", 12, "pacers"),
    Team("PHI", 1610612755, "Philadelphia", "76ers", "East", "PHI", 20, "PHI", 23, "sixers"),
    Team("PHX", 1610612756, "Phoenix", "Suns", "West", "PHX", 21, "PHO", 24, "suns"),
    Team("POR", 1610612757, "Portland", "Trail Blazers", "West", "POR", 22, "POR", 25, "blazers"),
    Team("SAC", 1610612758, "Sacramento", "Kings", "West", "SAC", 23, "SAC", 26, "kings"),
    Team("SAS", 1610612759, "San Antonio", "Spurs", "West", "SA", 24, "SAS", 27, "spurs"),
    Team("OKC", 1610612760, "Oklahoma City", "Thunder", "West", "OKC", 25, "OKC", 21, "thunder"),
    Team("TOR", 1610612761, "Toronto", "Raptors", "East", "TOR", 28, "TOR", 28, "raptors"),
    Team("UTA", 1610612762, "Utah", "Jazz", "West", "UTAH", 26, "UTA", 29, "jazz"),
    Team("MEM", 1610612763, "Memphis", "Grizzlies", "West", "MEM", 29, "MEM", 15, "grizzlies"),
    Team("WAS", 1610612764, "Washington", "Wizards", "East", "WSH", 27, "WAS", 30, "wizards"),
    Team("DET", 1610612765, "Detroit", "Pistons", "East", "DET", 8, "DET", 9, "pistons"),
    Team("CHA", 1610612766, "Charlotte", "Hornets", "East", "CHA", 30, "CHO", 4, "hornets"),
)
# fmt: on

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

BY_TRICODE = {team.tricode: team for team in TEAMS}
BY_NBA_ID = {team.nba_id: team for team in TEAMS}
_BY_ESPN_ID = {str(team.espn_id): team for team in TEAMS}
_BY_BDL_ID = {team.bdl_id: team for team in TEAMS}
_BY_ALIAS = {
    alias: team.tricode for team in TEAMS for alias in (team.tricode, team.full_name, *team.aliases)
}


def tricode_of(alias: str) -> str | None:
    """The NBA tricode of any provider's code, full name or slug; None for a side that is not one of the thirty."""
    return _BY_ALIAS.get(alias)


def by_espn_id(espn_id: int | str) -> Team | None:
    """The team of an ESPN id, which its bodies write as text and its paths as a number."""
    return _BY_ESPN_ID.get(str(espn_id))


def by_bdl_id(bdl_id: int) -> Team | None:
    """The team of a BallDontLie id; None above 30: defunct teams, one of them a second WAS."""
    return _BY_BDL_ID.get(bdl_id)


def side_of(nba_id: int) -> str:
    """The tricode of an NBA team id; an unknown id stays as it is, in digits, for the gates."""
    team = BY_NBA_ID.get(nba_id)
    return team.tricode if team else str(nba_id)
