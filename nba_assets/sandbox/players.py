"""The people of the sandbox league: rosters, what each player is like, who is away and when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from nba_assets.sandbox.names import FIRST_NAMES, SUFFIXES, SURNAMES
from nba_assets.sources.teams import TEAMS

FIRST_PERSON_ID = 9_000_001  # the NBA's own ids end below 2,000,000
FIRST_OFFICIAL_ID = 9_900_001
OFFICIALS = 60
TRADES = 3

_POSITIONS = ("PG", "C", "SF", "SG", "PF")
_SUFFIX_SHARE = 0.08


class Traits(NamedTuple):
    """What a player does while on court: weights relative to a teammate's 1, and odds."""

    usage: float
    three_share: float  # of his shots
    two_pct: float
    three_pct: float
    free_throw_pct: float
    offensive_rebounds: float
    defensive_rebounds: float
    assists: float
    steals: float
    blocks: float
    fouls: float


@dataclass(frozen=True)
class Player:
    """One fictional player. `depth` is his place in his first team's order, 0 for its best."""

    person_id: int
    first_name: str
    family_name: str
    jersey: str
    position: str
    depth: int
    is_two_way: bool
    traits: Traits

    @property
    def name(self) -> str:
        """First and family name, suffix included."""
        return f"{self.first_name} {self.family_name}"

    @property
    def short_name(self) -> str:
        """As the NBA abbreviates it: first initial and family name."""
        return f"{self.first_name[0]}. {self.family_name}"


class Official(NamedTuple):
    """One fictional referee."""

    person_id: int
    first_name: str
    family_name: str
    jersey: str


class Absence(NamedTuple):
    """Dates, both inclusive, on which a player is not available, in the box score's own words."""

    first: date
    last: date
    reason: str
    description: str | None


class Trade(NamedTuple):
    """Two players who change teams; each may play for his new team from `day` on."""

    day: date
    one: int  # person ids
    other: int


# Share of absences, the box score's reason, and a description where the real ones have one.
_REASONS = (
    (0.30, "INACTIVE_INJURY", "Left Ankle; Sprain"),
    (0.25, "INACTIVE_INJURY", "Right Knee; Soreness"),
    (0.15, "INACTIVE_INJURY", "Lower Back; Tightness"),
    (0.10, "INACTIVE_INJURY", "Illness"),
    (0.10, "INACTIVE_REST", None),
    (0.06, "INACTIVE_PERSONAL", None),
    (0.04, "INACTIVE_NOT_WITH_TEAM", None),
)


def rosters(seed: int, season_year: int) -> dict[str, tuple[Player, ...]]:
    """15 to 17 players by tricode, best first. A father and a son of one name are among them."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 2]))
    sizes = rng.integers(15, 18, len(TEAMS))
    names = _names(rng, int(sizes.sum()))
    found: dict[str, tuple[Player, ...]] = {}
    number = 0
    for team, size in zip(TEAMS, sizes, strict=True):
        jerseys = rng.choice(56, size, replace=False)
        players = []
        for depth in range(size):
            first, family = names[number]
            position = _POSITIONS[depth % 5]
            players.append(
                Player(
                    person_id=FIRST_PERSON_ID + number,
                    first_name=first,
                    family_name=family,
                    jersey=str(jerseys[depth]),
                    position=position,
                    depth=depth,
                    is_two_way=depth >= size - 2,
                    traits=_traits(rng, position, depth),
                )
            )
            number += 1
        found[team.tricode] = tuple(players)
    return found


def officials(seed: int, season_year: int) -> tuple[Official, ...]:
    """The referees of the season; every game is given three of them."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 3]))
    return tuple(
        Official(FIRST_OFFICIAL_ID + n, first, family, str(n + 4))
        for n, (first, family) in enumerate(_names(rng, OFFICIALS))
    )


def trades(
    seed: int, season_year: int, teams: dict[str, tuple[Player, ...]], dates: list[date]
) -> tuple[Trade, ...]:
    """Swaps of two rotation players, the first one in the season's second week."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 4]))
    sides = rng.permutation(sorted(teams))[: 2 * TRADES].tolist()
    days = [dates[9], dates[len(dates) // 3], dates[len(dates) // 2]]
    swaps = []
    for day, one, other in zip(days, sides[::2], sides[1::2], strict=True):
        depth = int(rng.integers(4, 8))
        swaps.append(Trade(day, teams[one][depth].person_id, teams[other][depth].person_id))
    return tuple(swaps)


def absences(seed: int, season_year: int, person_id: int, first: date) -> tuple[Absence, ...]:
    """A player's spells out of the line-up over a season that begins on `first`."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 5, person_id]))
    spells = []
    day = first + timedelta(days=int(rng.exponential(55)))
    while day < first + timedelta(days=250):
        share = rng.random()
        reason, description = next(
            (
                (reason, description)
                for n, (_, reason, description) in enumerate(_REASONS)
                if share < sum(s for s, _, _ in _REASONS[: n + 1])
            ),
            _REASONS[0][1:],
        )
        is_injury = reason == "INACTIVE_INJURY"
        length = 1 + int(rng.exponential(7 if is_injury else 0.5))
        spells.append(Absence(day, day + timedelta(days=length - 1), reason, description))
        day += timedelta(days=length + 3 + int(rng.exponential(55)))
    return tuple(spells)


def _names(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    firsts = [FIRST_NAMES[n] for n in rng.integers(0, len(FIRST_NAMES), 2 * count)]
    families = [SURNAMES[n] for n in rng.integers(0, len(SURNAMES), 2 * count)]
    unique = list(dict.fromkeys(zip(firsts, families, strict=True)))[:count]
    suffixed = [
        (first, f"{family} {SUFFIXES[int(rng.integers(0, 4))]}")
        if rng.random() < _SUFFIX_SHARE
        else (first, family)
        for first, family in unique
    ]
    # The hard case of name matching: father and son, on different teams.
    first, family = unique[0]
    suffixed[0], suffixed[count // 2] = (first, family), (first, f"{family} Jr.")
    return suffixed


def _traits(rng: np.random.Generator, position: str, depth: int) -> Traits:
    is_big, is_guard = position in ("C", "PF"), position in ("PG", "SG")
    is_centre = position == "C"
    levels = (1.75, 1.4, 1.15, 0.95, 0.85)
    level = levels[depth] if depth < len(levels) else 0.85
    return Traits(
        usage=level * rng.uniform(0.88, 1.14),
        three_share=rng.uniform(0.05, 0.3) if is_centre else rng.uniform(0.37, 0.57),
        two_pct=rng.normal(0.59 if is_centre else 0.535, 0.02),
        three_pct=rng.normal(0.34 if is_centre else 0.365, 0.015),
        free_throw_pct=float(np.clip(rng.normal(0.73 if is_centre else 0.805, 0.05), 0.5, 0.93)),
        offensive_rebounds=rng.uniform(2, 3.5) if is_big else rng.uniform(0.5, 1.2),
        defensive_rebounds=rng.uniform(1.6, 2.6) if is_big else rng.uniform(0.7, 1.3),
        assists=rng.uniform(1.6, 3.0) * level**0.5 if is_guard else rng.uniform(0.5, 1.2),
        steals=rng.uniform(0.9, 1.7) if is_guard else rng.uniform(0.6, 1.2),
        blocks=rng.uniform(1.8, 4.0) if is_big else rng.uniform(0.3, 0.9),
        fouls=rng.uniform(1.1, 1.6) if is_big else rng.uniform(0.7, 1.1),
    )
