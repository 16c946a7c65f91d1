"""What the other providers call the league's teams, games and people: codes, ids and spellings.

Every id is a function of ours and back again, so that the same game or player is found whichever
provider is asked. Ids lie in ranges of their own: no provider's id is another's.
"""

import unicodedata
from functools import cache
from hashlib import blake2b
from statistics import NormalDist
from typing import NamedTuple
from weakref import WeakKeyDictionary

from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League
from nba_assets.sandbox.names import SUFFIXES
from nba_assets.sandbox.players import FIRST_PERSON_ID, Player
from nba_assets.sources.teams import BY_TRICODE

GAMES = 1_230
_BDL_GAMES_FROM = 18_000_000
_BDL_PLAYERS_FROM = 17_890_000
_BETTINGPROS_PLAYERS_FROM = 60_000
_ESPN_ATHLETES_FROM = 4_300_000
_ESPN_EVENTS_FROM = 401_000_000
_YEARLY = 20_000  # ids reserved for a season

_NORMAL = NormalDist()
# Shares of the players a provider spells in its own way, where his name allows it.
_ACCENTLESS = {"espn": 0.6, "balldontlie": 0.5, "odds": 0.7, "bettingpros": 0.8, "bref": 0.0}
_SUFFIXLESS = {"espn": 0.2, "balldontlie": 0.2, "odds": 0.3, "bettingpros": 0.3, "bref": 0.4}
_UNPUNCTUATED = {"espn": 0.1, "balldontlie": 0.1, "odds": 0.4, "bettingpros": 0.2, "bref": 0.0}
_REVERSED = 0.015  # The Odds API: `Murray Dejounte`
_INITIALLED = 0.015  # The Odds API: `S. Gilgeous-Alexander`


class Codes(NamedTuple):
    """One team's ids and codes outside NBA.com, and its division."""

    tricode: str
    espn: str
    espn_id: int
    bref: str
    bdl_id: int
    division: str


_CODES = (
    Codes("ATL", "ATL", 1, "ATL", 1, "Southeast"),
    Codes("BOS", "BOS", 2, "BOS", 2, "Atlantic"),
    Codes("CLE", "CLE", 5, "CLE", 6, "Central"),
    Codes("NOP", "NO", 3, "NOP", 19, "Southwest"),
    Codes("CHI", "CHI", 4, "CHI", 5, "Central"),
    Codes("DAL", "DAL", 6, "DAL", 7, "Southwest"),
    Codes("DEN", "DEN", 7, "DEN", 8, "Northwest"),
    Codes("GSW", "GS", 9, "GSW", 10, "Pacific"),
    Codes("HOU", "HOU", 10, "HOU", 11, "Southwest"),
    Codes("LAC", "LAC", 12, "LAC", 13, "Pacific"),
    Codes("LAL", "LAL", 13, "LAL", 14, "Pacific"),
    Codes("MIA", "MIA", 14, "MIA", 16, "Southeast"),
    Codes("MIL", "MIL", 15, "MIL", 17, "Central"),
    Codes("MIN", "MIN", 16, "MIN", 18, "Northwest"),
    Codes("BKN", "BKN", 17, "BRK", 3, "Atlantic"),
    Codes("NYK", "NY", 18, "NYK", 20, "Atlantic"),
    Codes("ORL", "ORL", 19, "ORL", 22, "Southeast"),
    Codes("IND", "IND", 11, "IND", 12, "Central"),
    Codes("PHI", "PHI", 20, "PHI", 23, "Atlantic"),
    Codes("PHX", "PHX", 21, "PHO", 24, "Pacific"),
    Codes("POR", "POR", 22, "POR", 25, "Northwest"),
    Codes("SAC", "SAC", 23, "SAC", 26, "Pacific"),
    Codes("SAS", "SA", 24, "SAS", 27, "Southwest"),
    Codes("OKC", "OKC", 25, "OKC", 21, "Northwest"),
    Codes("TOR", "TOR", 28, "TOR", 28, "Atlantic"),
    Codes("UTA", "UTAH", 26, "UTA", 29, "Northwest"),
    Codes("MEM", "MEM", 29, "MEM", 15, "Southwest"),
    Codes("WAS", "WSH", 27, "WAS", 30, "Southeast"),
    Codes("DET", "DET", 8, "DET", 9, "Central"),
    Codes("CHA", "CHA", 30, "CHO", 4, "Southeast"),
)
CODES = {codes.tricode: codes for codes in _CODES}
TRICODE_OF_ESPN_ID = {str(codes.espn_id): codes.tricode for codes in _CODES}
TRICODE_OF_BREF = {codes.bref: codes.tricode for codes in _CODES}


def odds_name(tricode: str) -> str:
    """The team's name at the bookmakers, who write the Clippers' city out."""
    return "Los Angeles Clippers" if tricode == "LAC" else BY_TRICODE[tricode].full_name


def espn_event_id(game_id: str) -> str:
    """ESPN's nine digits for a game."""
    return str(_ESPN_EVENTS_FROM + _serial(game_id))


def game_of_espn(event_id: str) -> str | None:
    """The game id of an ESPN event; None for an event of no regular season."""
    return _game(event_id, _ESPN_EVENTS_FROM)


def bdl_game_id(game_id: str) -> int:
    """BallDontLie's number for a game."""
    return _BDL_GAMES_FROM + _serial(game_id)


def game_of_bdl(number: int) -> str | None:
    """The game id of a BallDontLie game; None for one of no regular season."""
    return _game(str(number), _BDL_GAMES_FROM)


def bettingpros_event_id(game_id: str) -> int:
    """BettingPros' number for a game."""
    return _serial(game_id)


def game_of_bettingpros(event_id: str) -> str | None:
    """The game id of a BettingPros event; None for one of no regular season."""
    return _game(event_id, 0)


@cache
def odds_event_id(game_id: str) -> str:
    """The Odds API's 32 hexadecimal digits for a game."""
    return blake2b(f"the-odds-api {game_id}".encode(), digest_size=16).hexdigest()


def game_of_odds(league: League, event_id: str) -> str | None:
    """The game id of an Odds API event of the league's season; None for any other."""
    return _odds_events(league.season_year).get(event_id)


@cache
def _odds_events(season_year: int) -> dict[str, str]:
    games = [f"002{season_year % 100:02d}{n:05d}" for n in range(1, GAMES + 1)]
    return {odds_event_id(game): game for game in games}


def espn_athlete_id(player: Player) -> str:
    """ESPN's seven digits for a player."""
    return str(_ESPN_ATHLETES_FROM + 7 * (player.person_id - FIRST_PERSON_ID))


def bdl_player_id(player: Player) -> int:
    """BallDontLie's number for a player."""
    return _BDL_PLAYERS_FROM + 3 * (player.person_id - FIRST_PERSON_ID)


def bettingpros_player_id(player: Player) -> str:
    """BettingPros' number for a player, which it writes as text."""
    return str(_BETTINGPROS_PLAYERS_FROM + player.person_id - FIRST_PERSON_ID)


def drive_file_id(game_id: str) -> str:
    """The Drive id of a game's BigDataBall file: 32 characters, as opaque as the real ones."""
    return "1" + blake2b(f"bigdataball {game_id}".encode(), digest_size=16).hexdigest()[:31]


@cache
def game_of_drive_file(season_year: int, file_id: str) -> str | None:
    """The game id of a BigDataBall file; None for a file that is not there."""
    games = (f"002{season_year % 100:02d}{n:05d}" for n in range(1, GAMES + 1))
    return next((game for game in games if drive_file_id(game) == file_id), None)


def bref_box_id(fixture: Fixture) -> str:
    """Basketball-Reference's key of a game: Eastern date, a zero, its own code of the home team."""
    return f"{fixture.day:%Y%m%d}0{CODES[fixture.home].bref}"


def spelling(league: League, provider: str, player: Player) -> tuple[str, str]:
    """First and family name as a provider writes them: `espn`, `balldontlie`, `odds`, ….

    Accents, suffixes and punctuation go missing for some players, always the same ones. A suffix
    that tells two men apart stays. Raises KeyError for an unknown provider.
    """
    first, family = player.first_name, player.family_name
    if share(provider, "accents", player.person_id) < _ACCENTLESS[provider]:
        first, family = _plain(first), _plain(family)
    base, _, suffix = family.rpartition(" ")
    is_suffixed = suffix in SUFFIXES and player.person_id not in _namesakes(league)
    if is_suffixed and share(provider, "suffix", player.person_id) < _SUFFIXLESS[provider]:
        family = base
    if share(provider, "dots", player.person_id) < _UNPUNCTUATED[provider]:
        first, family = (
            name.replace("'", "").replace("-", " ").replace(".", "") for name in (first, family)
        )
    return first, family


def display_name(league: League, provider: str, player: Player) -> str:
    """The whole name on one line; at the bookmakers a few are reversed or have an initial only."""
    first, family = spelling(league, provider, player)
    if provider == "odds":
        draw = share(provider, "order", player.person_id)
        is_certain = player.person_id not in _ambiguous(league)  # namesakes are among them
        if is_certain and draw < _REVERSED and " " not in first + family:
            return f"{family} {first}"
        if is_certain and draw < _REVERSED + _INITIALLED:
            return f"{first[0]}. {family}"
    return f"{first} {family}"


def bref_slug(league: League, player: Player) -> str:
    """Basketball-Reference's key of a player: five letters, two, and a number for namesakes."""
    return _doubles(league).slugs[player.person_id]


def slug(name: str) -> str:
    """A name as it stands in a link: `theo-underhill-jr`."""
    words = _plain(name).lower().replace("ø", "o").replace("'", "").replace(".", "")
    return "-".join(words.replace("-", " ").split())


def share(*key: object) -> float:
    """A number in (0, 1) that is always the same for a key."""
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=6).digest()
    return (int.from_bytes(digest) + 0.5) / (1 << 48)


def noise(*key: object) -> float:
    """A standard normal number that is always the same for a key."""
    return _NORMAL.inv_cdf(share(*key))


def _plain(text: str) -> str:
    """Without combining marks. A stroked ø is a letter of its own, which no folding undoes."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _serial(game_id: str) -> int:
    return _YEARLY * int(game_id[3:5]) + int(game_id[5:])


def _game(text: str, first: int) -> str | None:
    if not text.isascii() or not text.isdigit():
        return None
    year, number = divmod(int(text) - first, _YEARLY)
    return f"002{year:02d}{number:05d}" if 0 <= year < 100 and 1 <= number <= GAMES else None


class _Doubles(NamedTuple):
    namesakes: frozenset[int]  # people who share first and family name but for the suffix
    ambiguous: frozenset[int]  # people who share first initial and family name
    slugs: dict[int, str]


_DOUBLES: "WeakKeyDictionary[League, _Doubles]" = WeakKeyDictionary()


def _namesakes(league: League) -> frozenset[int]:
    return _doubles(league).namesakes


def _ambiguous(league: League) -> frozenset[int]:
    return _doubles(league).ambiguous


def _doubles(league: League) -> _Doubles:
    if league not in _DOUBLES:
        everyone = [player for roster in league.rosters.values() for player in roster]
        whole: dict[tuple[str, str], list[int]] = {}
        short: dict[tuple[str, str], list[int]] = {}
        stems: dict[str, int] = {}
        slugs: dict[int, str] = {}
        for player in sorted(everyone, key=lambda player: player.person_id):
            base = _base(player.family_name)
            whole.setdefault((_plain(player.first_name), base), []).append(player.person_id)
            short.setdefault((_plain(player.first_name)[0], base), []).append(player.person_id)
            stem = _letters(base)[:5] + _letters(player.first_name)[:2]
            stems[stem] = stems.get(stem, 0) + 1
            slugs[player.person_id] = f"{stem}{stems[stem]:02d}"
        _DOUBLES[league] = _Doubles(_shared(whole), _shared(short), slugs)
    return _DOUBLES[league]


def _letters(text: str) -> str:
    return "".join(c for c in _plain(text).lower().replace("ø", "o") if c.isascii() and c.isalpha())


def _shared(people: dict[tuple[str, str], list[int]]) -> frozenset[int]:
    return frozenset(person for ids in people.values() if len(ids) > 1 for person in ids)


def _base(family: str) -> str:
    base, _, suffix = family.rpartition(" ")
    return _plain(base if suffix in SUFFIXES else family)
