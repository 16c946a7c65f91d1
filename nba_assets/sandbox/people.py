"""What is known of a player beside his game: measures, age and origin, the same for everybody."""

from datetime import date, timedelta

from nba_assets.sandbox.league import League
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import share

SCHOOL, COUNTRY = "Sandbox State", "USA"
LETTERS = {"PG": "G", "SG": "G", "SF": "F", "PF": "F", "C": "C"}
WORDS = {"G": "guard", "F": "forward", "C": "center"}

_INCHES = {"PG": 75, "SG": 77, "SF": 79, "PF": 81, "C": 83}


def height(player: Player) -> str:
    """Feet and inches as `6-8`."""
    inches = _inches(player)
    return f"{inches // 12}-{inches % 12}"


def weight(player: Player) -> str:
    """Pounds as `230`."""
    return str(5 * _inches(player) - 185)


def birth_date(league: League, player: Player) -> date:
    """Twenty to thirty-five years before the season."""
    years = 20 + 15 * share("age", player.person_id)
    return league.season.first - timedelta(days=int(365 * years))


def draft(league: League, player: Player) -> tuple[int, int | None]:
    """The year in which he came, and his pick; None where nobody drafted him."""
    year = league.season_year - 1 - int(14 * share("draft", player.person_id))
    pick = 1 + player.person_id % 75
    return year, pick if pick <= 60 else None


def rosters_on(league: League, day: date) -> list[tuple[str, Player]]:
    """Everybody with his team of a date, by family and first name."""
    people = [(team, player) for team in league.rosters for player in league.roster(team, day)]
    return sorted(people, key=lambda one: (one[1].family_name, one[1].name, one[1].person_id))


def _inches(player: Player) -> int:
    return _INCHES[player.position] + player.person_id % 3 - 1
