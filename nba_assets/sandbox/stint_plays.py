"""What one side did in a game, put into plays: who assisted, who blocked, who caught what.

The simulation counts by stint; here each count is given to a play, so that nothing is left over.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nba_assets.sandbox.simulation import Stints, TeamResult


@dataclass(slots=True, eq=False)
class Shot:
    """A shot from the field by the side's n-th player; `and_one` is whether the free throw fell."""

    stint: int
    n: int
    points: int
    is_made: bool
    qualifiers: list[str]
    is_paint: bool = False
    and_one: bool | None = None  # whether the free throw was made; None where there was none
    assist: int | None = None
    blocker: int | None = None


class Turnover(NamedTuple):
    """A lost ball; `n` is None for the team's, `thief` counts among the other side."""

    n: int | None  # None: the team's
    is_charge: bool
    thief: int | None


class Trip(NamedTuple):
    """Two free throws."""

    n: int
    made: tuple[bool, bool]


class Foul(NamedTuple):
    """A foul away from a shot, or a charge whose ball was stolen before the whistle."""

    n: int  # who drew it; of a charge, who committed it
    is_charge: bool


class Heave(NamedTuple):
    """A throw at the end of a period that is nobody's attempt."""


class Technical(NamedTuple):
    """A technical foul."""

    n: int


Play = Shot | Turnover | Trip | Foul | Heave | Technical


class Stock:
    """What is left of one side to be handed out: plays, catches, fouls and blocks by stint."""

    def __init__(self, stints: Stints, theirs: Stints, result: TeamResult, rng: Random) -> None:
        self.rng = rng
        self.stints = stints
        self.players = [line.player for line in result.lines]
        self.court: list[list[int]] = [np.flatnonzero(row).tolist() for row in stints.on_court]
        # Fouls this side commits, charges apart.
        self.fouls = _units_by_stint(_common_fouls(stints, result))
        self.plays: dict[int, list[Play]] = defaultdict(list)
        shots = self._shots()
        self._mark(shots, result)
        self._assist(shots, result)
        self._block(shots, theirs)
        self.catches = self._catches(theirs, result)
        self.live_frees = {stint: len(caught) for stint, caught in self.catches.items()}
        for shot in shots:
            self.live_frees[shot.stint] -= not shot.is_made
        self.last_misses: dict[int, int] = defaultdict(int)
        self._frees(shots)
        for shot in shots:
            self.plays[shot.stint].append(shot)
        self._lose(theirs, result)
        self._rest(theirs, result)
        for _, plays in sorted(self.plays.items()):
            rng.shuffle(plays)

    def _shots(self) -> list[Shot]:
        counts, shots = self.stints.counts, []
        for name, points in (("twoPointers", 2), ("threePointers", 3)):
            made = counts[f"{name}Made"]
            for is_made, array in ((True, made), (False, counts[f"{name}Attempted"] - made)):
                shots += [Shot(s, n, points, is_made, []) for s, n in _units(array)]
        return shots

    def _mark(self, shots: list[Shot], result: TeamResult) -> None:
        """Say which shots came from the paint, a break, a second chance or a turnover."""
        made: dict[tuple[int, int], list[Shot]] = defaultdict(list)
        for shot in shots:
            if shot.is_made:
                made[shot.points, shot.n].append(shot)
        for name, points, word in (
            ("paint", 2, "pointsinthepaint"),
            ("fast2", 2, "fastbreak"),
            ("fast3", 3, "fastbreak"),
            ("second2", 2, "2ndchance"),
            ("second3", 3, "2ndchance"),
        ):
            for n, share in enumerate(self.stints.shares[name]):
                for shot in self.rng.sample(made[points, n], share) if share else ():
                    shot.qualifiers.append(word)
        missed = [shot for shot in shots if not shot.is_made and shot.points == 2]
        for name, word in (
            ("pointsInThePaint", "pointsinthepaint"),
            ("fastBreakPoints", "fastbreak"),
            ("secondChancePoints", "2ndchance"),
        ):
            tries = result.team[f"{name}Attempted"] - result.team[f"{name}Made"]
            for shot in self.rng.sample(missed, tries):
                shot.qualifiers.append(word)
        twos = [shot for shot in shots if shot.is_made and shot.points == 2]
        stolen = min(len(twos), result.team["pointsFromTurnovers"] // 2)
        for shot in self.rng.sample(twos, stolen):
            shot.qualifiers.append("fromturnover")
        for shot in shots:
            shot.is_paint = "pointsinthepaint" in shot.qualifiers

    def _assist(self, shots: list[Shot], result: TeamResult) -> None:
        """Give each assist to a make of a teammate with whom its author was on court.

        A maximum matching by augmenting paths (Kuhn, 1955): the simulation counts a passer's
        assists and a scorer's makes apart, and a first-come distribution leaves some over.
        """
        makes = [shot for shot in shots if shot.is_made]
        self.rng.shuffle(makes)
        court = self.stints.on_court
        for n, line in enumerate(result.lines):
            for _ in range(line.counts["assists"]):
                if not _augment(n, makes, court, set()):
                    free = (m for m in makes if m.assist is None and m.n != n)
                    next(free).assist = n  # he had just left the court

    def _block(self, shots: list[Shot], theirs: Stints) -> None:
        blockers = _units_by_stint(theirs.counts["blocks"])
        missed: dict[tuple[int, int], list[Shot]] = defaultdict(list)
        for shot in shots:
            if not shot.is_made and shot.points == 2:
                missed[shot.stint, shot.n].append(shot)
        for stint, n in _units(self.stints.counts["blocksReceived"]):
            shot = missed[stint, n].pop()
            shot.blocker = blockers[stint].pop(self.rng.randrange(len(blockers[stint])))

    def _frees(self, shots: list[Shot]) -> None:
        """Free throws in pairs, and after some makes; the last of a pair is live if it must be."""
        counts = self.stints.counts
        made, extra = counts["freeThrowsMade"].tolist(), counts["andOnes"].tolist()
        pairs: dict[int, list[Trip]] = defaultdict(list)
        tried = counts["freeThrowsAttempted"]
        for stint, n in dict.fromkeys(_units(tried)):
            fell = [True] * made[stint][n]
            fell += [False] * (int(tried[stint, n]) - len(fell))
            self.rng.shuffle(fell)
            if extra[stint][n]:
                own = [
                    shot for shot in shots
                    if (shot.stint, shot.n, shot.points) == (stint, n, 2) and shot.is_made
                ]  # fmt: skip
                for shot in own[: extra[stint][n]]:
                    shot.and_one = fell.pop()
                    self.last_misses[stint] += not shot.and_one
            pairs[stint] += [Trip(n, pair) for pair in zip(fell[::2], fell[1::2], strict=True)]
        for stint, trips in pairs.items():
            self.last_misses[stint] += sum(not trip.made[1] for trip in trips)
            for at, trip in enumerate(trips):
                wanted = self.live_frees[stint] - self.last_misses[stint]
                if wanted > 0 and trip.made == (False, True):
                    trips[at] = Trip(trip.n, (True, False))
                    self.last_misses[stint] += 1
                elif wanted < 0 and trip.made == (True, False):
                    trips[at] = Trip(trip.n, (False, True))
                    self.last_misses[stint] -= 1
            self.plays[stint] += trips

    def _lose(self, theirs: Stints, result: TeamResult) -> None:
        """Turnovers with their thieves; only a team short of other turnovers is robbed of a charge."""
        counts = self.stints.counts
        thieves = _units_by_stint(theirs.counts["steals"])
        charges: dict[tuple[int, int], int] = defaultdict(int)
        for spot in _units(counts["foulsOffensive"]):
            charges[spot] += 1
        lost = []
        for stint, n in _units(counts["turnovers"]):
            is_charge = charges[stint, n] > 0
            charges[stint, n] -= is_charge
            lost.append((stint, n, is_charge))
        for stint, n, is_charge in sorted(lost, key=lambda one: one[2]):
            thief = thieves[stint].pop() if thieves[stint] else None
            self.plays[stint].append(Turnover(n, is_charge and thief is None, thief))
            if is_charge and thief is not None:
                self.plays[stint].append(Foul(n, is_charge=True))
        for _ in range(result.team["turnoversTeam"]):
            stint = self.rng.randrange(len(self.court))
            self.plays[stint].append(Turnover(None, False, None))

    def _rest(self, theirs: Stints, result: TeamResult) -> None:
        """Fouls away from a shot, technicals and heaves."""
        counts = self.stints.counts
        pairs = (counts["freeThrowsAttempted"] - counts["andOnes"]) // 2
        self.drawn = _units_by_stint(counts["foulsDrawn"] - pairs - counts["andOnes"])
        charges = theirs.counts["foulsOffensive"].sum(axis=1).tolist()
        for stint, drawn in self.drawn.items():
            self.rng.shuffle(drawn)
            while len(drawn) > charges[stint]:
                self.plays[stint].append(Foul(drawn.pop(), is_charge=False))
        for n, line in enumerate(result.lines):
            for _ in range(line.counts["foulsTechnical"]):
                stints = np.flatnonzero(self.stints.on_court[:, n]).tolist()
                self.plays[self.rng.choice(stints)].append(Technical(n))
        for _ in range(result.team["teamFieldGoalAttempts"]):
            stint = self.rng.randrange(len(self.court))
            self.plays[stint].append(Heave())

    def _catches(
        self, theirs: Stints, result: TeamResult
    ) -> dict[int, list[tuple[bool, int | None]]]:
        """Who caught our misses, by stint: whether it was us, and the player; None is the team."""
        ours = _units_by_stint(self.stints.counts["reboundsOffensive"])
        other = _units_by_stint(theirs.counts["reboundsDefensive"])
        dead = [True] * result.team["reboundsTeamOffensive"]
        dead += [False] * (sum(self.stints.dead) - len(dead))
        self.rng.shuffle(dead)
        found: dict[int, list[tuple[bool, int | None]]] = {}
        for stint in range(len(self.court)):
            caught: list[tuple[bool, int | None]] = [(True, n) for n in ours[stint]]
            caught += [(False, n) for n in other[stint]]
            caught += [(dead.pop(), None) for _ in range(self.stints.dead[stint])]
            self.rng.shuffle(caught)
            found[stint] = caught
        return found


def _augment(n: int, makes: list[Shot], court: NDArray[np.bool_], seen: set[int]) -> bool:
    for at, shot in enumerate(makes):
        if at in seen or shot.n == n or not court[shot.stint, n]:
            continue
        if shot.assist is None:
            shot.assist = n
            return True
    for at, shot in enumerate(makes):
        if at in seen or shot.n == n or not court[shot.stint, n]:
            continue
        seen.add(at)
        if shot.assist is not None and _augment(shot.assist, makes, court, seen):
            shot.assist = n
            return True
    return False


def _units(array: NDArray[np.int8]) -> Iterator[tuple[int, int]]:
    """Stint and player, as often as the array counts them."""
    rows, columns = np.nonzero(array)
    for stint, n, count in zip(
        rows.tolist(), columns.tolist(), array[rows, columns].tolist(), strict=True
    ):
        for _ in range(count):
            yield stint, n


def _units_by_stint(array: NDArray[np.int8]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for stint, n in _units(array):
        found[stint].append(n)
    return found


def _common_fouls(stints: Stints, result: TeamResult) -> NDArray[np.int8]:
    """Fouls by stint that are no charges, a player's seventh given to whom the box gives it."""
    fouls = stints.counts["foulsPersonal"] - stints.counts["foulsOffensive"]
    kept = np.array([line.counts["foulsPersonal"] for line in result.lines])
    over = stints.counts["foulsPersonal"].sum(axis=0) - kept
    while over.max() > 0:
        giver, taker = int(over.argmax()), int(over.argmin())
        his = np.flatnonzero(fouls[:, giver])
        shared = [s for s in his if stints.on_court[s, taker]]
        stint = shared[-1] if shared else his[-1]
        fouls[stint, giver] -= 1
        fouls[stint, taker] += 1
        over[giver] -= 1
        over[taker] += 1
    return fouls
