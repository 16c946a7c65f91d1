"""The buildings that games are played in, with every name that schedules have written for them since 2015.

Two arenas that bear one name are left out under it ("Mercedes-Benz Arena" stands in Berlin and in
Shanghai): a name that is not here has no place, and no place is guessed for it.
"""

from typing import NamedTuple


class Building(NamedTuple):
    """One building, or halls of one site.

    Attributes:
        city: where it stands.
        latitude: degrees north of its centre (WGS 84), to four decimals, 11 m; of sites that only
            exhibitions or single games went to, to two where no better is known, within a mile.
        longitude: degrees east, likewise.
        utc_offset_hours: of standard time; daylight saving is left out.
        names: as schedules write them, the latest last.
        home_of: the team whose home games are regularly played there under these names. Where two
            teams shared it, the one that stayed.
        is_current: it is that team's usual home today, under the last of the names.
    """

    city: str
    latitude: float
    longitude: float
    utc_offset_hours: int
    names: tuple[str, ...]
    home_of: str | None = None
    is_current: bool = False

    @property
    def simulated_name(self) -> str:
        """What the simulated league calls the arena that it gives to this building's team."""
        return f"{self.city} Sandbox Arena"


# fmt: off
BUILDINGS = (
    # Usual homes of today.
    Building("Atlanta", 33.7573, -84.3963, -5, ("Philips Arena", "State Farm Arena"), "ATL", True),
    Building("Boston", 42.3663, -71.0622, -5, ("TD Garden",), "BOS", True),
    Building("Cleveland", 41.4964, -81.6881, -5, ("Quicken Loans Arena", "Rocket Mortgage Fieldhouse", "Rocket Mortgage FieldHouse", "Rocket Arena"), "CLE", True),
    Building("New Orleans", 29.9490, -90.0821, -6, ("Smoothie King Center",), "NOP", True),
    Building("Chicago", 41.8807, -87.6742, -6, ("United Center",), "CHI", True),
    Building("Dallas", 32.7905, -96.8103, -6, ("American Airlines Center",), "DAL", True),
    Building("Denver", 39.7487, -105.0077, -7, ("Pepsi Center", "Ball Arena"), "DEN", True),
    Building("San Francisco", 37.7680, -122.3877, -8, ("Chase Center",), "GSW", True),
    Building("Houston", 29.7508, -95.3621, -6, ("Toyota Center",), "HOU", True),
    Building("Inglewood", 33.9450, -118.3431, -8, ("Intuit Dome",), "LAC", True),
    Building("Los Angeles", 34.0430, -118.2673, -8, ("Staples Center", "STAPLES Center", "Crypto.com Arena"), "LAL", True),
    Building("Miami", 25.7814, -80.1870, -5, ("AmericanAirlines Arena", "FTX Arena", "Miami-Dade Arena", "Kaseya Center"), "MIA", True),
    Building("Milwaukee", 43.0451, -87.9172, -6, ("Fiserv Forum",), "MIL", True),
    Building("Minneapolis", 44.9795, -93.2761, -6, ("Target Center",), "MIN", True),
    Building("Brooklyn", 40.6827, -73.9752, -5, ("Barclays Center",), "BKN", True),
    Building("New York", 40.7505, -73.9934, -5, ("Madison Square Garden",), "NYK", True),
    Building("Orlando", 28.5392, -81.3839, -5, ("Amway Center", "Kia Center"), "ORL", True),
    Building("Indianapolis", 39.7640, -86.1555, -5, ("Bankers Life Fieldhouse", "Gainbridge Fieldhouse"), "IND", True),
    Building("Philadelphia", 39.9012, -75.1720, -5, ("Wells Fargo Center", "Xfinity Mobile Arena"), "PHI", True),
    Building("Phoenix", 33.4457, -112.0712, -7, ("US Airways Center", "Talking Stick Resort Arena", "Phoenix Suns Arena", "Footprint Center", "PHX Arena", "Mortgage Matchup Center"), "PHX", True),
    Building("Portland", 45.5316, -122.6668, -8, ("Moda Center",), "POR", True),
    Building("Sacramento", 38.5802, -121.4997, -8, ("Golden 1 Center",), "SAC", True),
    Building("San Antonio", 29.4270, -98.4375, -6, ("AT&T Center", "Frost Bank Center"), "SAS", True),
    Building("Oklahoma City", 35.4634, -97.5151, -6, ("Chesapeake Energy Arena", "Paycom Center"), "OKC", True),
    Building("Toronto", 43.6435, -79.3791, -5, ("Air Canada Centre", "Scotiabank Arena"), "TOR", True),
    Building("Salt Lake City", 40.7683, -111.9011, -7, ("EnergySolutions Arena", "vivint.SmartHome Arena", "Vivint Smart Home Arena", "Vivint Arena", "Delta Center"), "UTA", True),
    Building("Memphis", 35.1382, -90.0506, -6, ("FedEx Forum", "FedExForum"), "MEM", True),
    Building("Washington", 38.8981, -77.0209, -5, ("Verizon Center", "Capital One Arena"), "WAS", True),
    Building("Detroit", 42.3411, -83.0553, -5, ("Little Caesars Arena",), "DET", True),
    Building("Charlotte", 35.2251, -80.8392, -5, ("Time Warner Cable Arena", "Spectrum Center"), "CHA", True),
    # Homes of before, and second homes.
    Building("Auburn Hills", 42.6969, -83.2456, -5, ("Palace of Auburn Hills", "The Palace of Auburn Hills"), "DET"),
    Building("Oakland", 37.7503, -122.2030, -8, ("ORACLE Arena", "Oracle Arena"), "GSW"),
    Building("Milwaukee", 43.0438, -87.9172, -6, ("Bradley Center", "BMO Harris Bradley Center"), "MIL"),
    Building("Sacramento", 38.6492, -121.5181, -8, ("Sleep Train Arena",), "SAC"),
    Building("Tampa", 27.9427, -82.4518, -5, ("Amalie Arena",), "TOR"),  # 2020-21, Canada's border was closed
    Building("Tampa", 27.9427, -82.4518, -5, ("Benchmark International Arena",)),
    Building("Austin", 30.2820, -97.7325, -6, ("Moody Center",), "SAS"),  # two nights a season since 2022-23
    # Neutral and special sites of the regular season, the cup and the 2020 restart.
    Building("San Antonio", 29.4170, -98.4788, -6, ("Alamodome",)),
    Building("Milwaukee", 43.0420, -87.9174, -6, ("UW-Milwaukee Panther Arena",)),
    Building("Las Vegas", 36.1028, -115.1783, -8, ("T-Mobile Arena",)),
    Building("Mexico City", 19.4967, -99.1758, -6, ("Mexico City Arena", "Arena Ciudad de Mexico", "Arena Ciudad de México", "Arena CDMX")),
    Building("Paris", 48.8386, 2.3786, 1, ("AccorHotels Arena", "Accor Arena")),
    Building("Paris", 48.8994, 2.3606, 1, ("adidas arena", "Adidas Arena")),
    Building("London", 51.5030, 0.0032, 0, ("O2 Arena", "The O2 Arena", "The O2")),
    Building("Manchester", 53.49, -2.20, 0, ("Co-op Live",)),
    Building("Berlin", 52.5058, 13.4433, 1, ("Uber Arena",)),
    # Three halls of the ESPN Wide World of Sports Complex, within a third of a mile: one place.
    Building("Lake Buena Vista", 28.3371, -81.5557, -5, ("HP Field House", "Visa Athletic Center", "VISA Athletic Center", "The Arena", "AdventHealth Arena")),
    # Exhibitions.
    Building("Abu Dhabi", 24.4604, 54.6040, 4, ("Etihad Arena",)),
    Building("Anaheim", 33.8078, -117.8765, -8, ("Honda Center",)),
    Building("Birmingham", 33.5247, -86.8125, -6, ("Legacy Arena at the BJCC",)),
    Building("College Park", 33.64, -84.46, -5, ("Gateway Center Arena",)),
    Building("Des Moines", 41.5918, -93.6211, -6, ("Wells Fargo Arena",)),
    Building("East Lansing", 42.7284, -84.4925, -5, ("Breslin Center",)),
    Building("Edmonton", 53.5469, -113.4978, -7, ("Rogers Place",)),
    Building("Greensboro", 36.0594, -79.8258, -5, ("Greensboro Coliseum",)),
    Building("Honolulu", 21.2944, -157.8189, -10, ("Stan Sheriff Center",)),
    Building("Las Vegas", 36.1048, -115.1433, -8, ("Thomas & Mack Center",)),
    Building("Macao", 22.1480, 113.5604, 8, ("Venetian Arena",)),
    Building("Madrid", 40.4239, -3.6717, 1, ("WiZink Center",)),
    Building("Melbourne", -37.8216, 144.9785, 10, ("Rod Laver Arena",)),
    Building("Montreal", 45.4961, -73.5694, -5, ("Bell Centre",)),
    Building("Ontario", 34.0731, -117.5661, -8, ("Citizens Business Bank Arena", "Toyota Arena")),
    Building("Palm Desert", 33.79, -116.35, -8, ("Acrisure Arena",)),
    Building("Saitama", 35.8949, 139.6308, 9, ("Saitama Super Arena",)),
    Building("San Juan", 18.4278, -66.0614, -4, ("Coliseo de Puerto Rico", "Coliseo de Puerto Rico José Miguel Agrelot")),
    Building("Seattle", 47.6221, -122.3540, -8, ("KeyArena", "Climate Pledge Arena")),
    Building("Tulsa", 36.1528, -95.9964, -6, ("BOK Center",)),
    Building("Vancouver", 49.2778, -123.1089, -8, ("Rogers Arena",)),
)
# fmt: on
