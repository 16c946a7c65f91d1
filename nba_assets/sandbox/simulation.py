"""One simulated game: minutes, shots and everything counted from them, so that all totals agree.

A game is cut into stints. In each stint five players a side are on court, and all that happens is
given to them. Line scores, player and team totals and plus/minus are sums over the same stints.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nba_assets.sandbox.players import Player, Traits

PERIOD_SECONDS = 720
OVERTIME_SECONDS = 300
MAX_REGULATION_SECONDS = 44 * 60

_STINTS = 9  # a period
_OVERTIME_STINTS = 4
_GOLDEN = (5**0.5 - 1) / 2
_POSSESSIONS = 99.6  # a side in 48 minutes
_SECOND_CHANCES = 0.105  # plays a possession, beyond its first
_TURNOVER, _FREE_THROW_TRIP = 0.124, 0.087  # shares of plays; the rest are shots
_HOME_EDGE = 0.0125  # of every shooting percentage: 2.5 points a game between the sides
_LATE_EQUALISER = 0.62  # of games within three points: with true draws, 6 % go to overtime
_EASE = 0.0028  # of a shooting percentage, for each point of the margin when a quarter begins
_ROTATION = ((8, 0.08), (9, 0.37), (10, 0.38), (11, 0.17))
_MINUTES = (36.0, 34.0, 32.5, 30.5, 28.5, 22.5, 18.5, 15.0, 11.0, 8.0, 6.0)
_MAX_TARGET = 38.0
_MAX_FOULS = 6
_FORM = 0.27  # deviation of a player's share of the plays, night by night
_PLAYED_OUT = (
    "twoPointersMade", "twoPointersAttempted", "threePointersMade", "threePointersAttempted",
    "freeThrowsMade", "freeThrowsAttempted", "andOnes", "turnovers", "steals", "blocks",
    "blocksReceived", "reboundsOffensive", "reboundsDefensive", "foulsPersonal", "foulsOffensive",
    "foulsDrawn",
)  # fmt: skip

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """Who is available to one team, best first, and how good the team is (1.0 is average)."""

    players: tuple[Player, ...]
    starters: tuple[Player, ...]
    offence: float
    defence: float


class Line(NamedTuple):
    """One player's night. `counts` has the CDN box score's names for whole-number statistics."""

    player: Player
    seconds: int
    is_on_court: bool  # at the end
    counts: dict[str, int]


@dataclass(frozen=True)
class TeamResult:
    """One team's night. `team` holds what belongs to no player or is counted for teams only."""

    lines: tuple[Line, ...]
    periods: tuple[int, ...]
    team: dict[str, int]

    @property
    def score(self) -> int:
        """Points, overtimes included."""
        return sum(self.periods)


@dataclass(frozen=True, eq=False)
class Stints:
    """What one side did in every stint: the grain from which all else is summed.

    `on_court` and each of `counts` are arrays of stint x player, players in the order of the lines.
    `shares` has, by player, how many of his makes were made in the paint, on a fast break (`fast2`,
    `fast3`) or as a second chance (`second2`, `second3`). `dead` counts the loose balls of our
    misses that nobody caught, by stint.
    """

    on_court: NDArray[np.bool_]
    counts: dict[str, NDArray[np.int8]]
    shares: dict[str, tuple[int, ...]]
    dead: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """A finished game; `margins` is home minus away after every stint, `lengths` their seconds.

    `starts` are the stints with which the periods begin.
    """

    home: TeamResult
    away: TeamResult
    margins: tuple[int, ...]
    leads: dict[str, tuple[int, str]]
    periods: int
    seconds: int
    lengths: tuple[int, ...]
    starts: tuple[int, ...]
    stints: tuple[Stints, Stints] = field(compare=False)  # home, away


class _Shooting:
    """Attempts and makes of one side: arrays of stint x player."""

    def __init__(self, plays: Counts, on_court: NDArray[Any], traits: Traits, skill: float,
                 rng: np.random.Generator) -> None:  # fmt: skip
        usage = on_court * traits.usage
        turnovers, trips, shots = rng.multinomial(
            plays, (_TURNOVER, _FREE_THROW_TRIP, 1 - _TURNOVER - _FREE_THROW_TRIP)
        ).T
        shots_by = _share(rng, shots, usage)
        self.on_court = on_court
        self.turnovers = _share(rng, turnovers, usage**0.7 * on_court)
        self.threes = rng.binomial(shots_by, np.clip(traits.three_share, 0, 1))
        self.twos = shots_by - self.threes
        self.threes_made = rng.binomial(self.threes, np.clip(traits.three_pct * skill, 0, 1))
        self.twos_made = rng.binomial(self.twos, np.clip(traits.two_pct * skill, 0, 1))
        self.and_ones = rng.binomial(self.twos_made, 0.06)
        self.trips = _share(rng, trips, usage)
        self.frees = 2 * self.trips + self.and_ones
        self.frees_made = rng.binomial(self.frees, traits.free_throw_pct)

    @property
    def points(self) -> Counts:
        """Points by stint and player."""
        return 3 * self.threes_made + 2 * self.twos_made + self.frees_made

    def make_one_more(self, points: int) -> bool:
        """Turn a miss of the last stint into `points`; False where nobody missed such a shot."""
        made, tried = {
            1: (self.frees_made, self.frees),
            2: (self.twos_made, self.twos),
            3: (self.threes_made, self.threes),
        }[points]
        missed = np.flatnonzero(tried[-1] > made[-1])
        if not len(missed):
            return False
        made[-1, missed[0]] += 1
        return True


def simulate(home: Side, away: Side, rng: np.random.Generator) -> Result:
    """Play one game to its end, with as many overtimes as it needs."""
    sides = (home, away)
    pace = rng.normal(_POSSESSIONS, 3.2)
    traits = [_traits_of(side) for side in sides]
    tonight = [_tonight(trait, rng) for trait in traits]
    targets = [_targets(side, rng) for side in sides]
    skills = (
        home.offence * (1 + _HOME_EDGE) / away.defence,
        away.offence * (1 - _HOME_EDGE) / home.defence,
    )
    lengths, courts = _regulation(sides, targets, rng)
    stints = list(lengths.reshape(4, _STINTS))
    blocks: list[list[_Shooting]] = []
    for n, period in enumerate(stints):
        on_court = [court[n * _STINTS : (n + 1) * _STINTS] for court in courts]
        blocks.append(_block(period, on_court, pace, tonight, _eased(skills, blocks), rng))
    _equalise(blocks, rng)
    while _margin(blocks) == 0:
        extra = _cuts(rng, OVERTIME_SECONDS, _OVERTIME_STINTS)
        on_court = [_on_court(rng, target, len(extra)) for target in targets]
        stints.append(extra)
        blocks.append(_block(extra, on_court, pace, tonight, skills, rng))
    return _result(sides, traits, stints, blocks, rng)


def _tonight(traits: Traits, rng: np.random.Generator) -> Traits:
    """How much each player takes on himself tonight: more than minutes and makes moves his points."""
    usage: Any = np.asarray(traits.usage)
    usage = usage * np.clip(rng.normal(1, _FORM, usage.shape), 0.25, None)
    return traits._replace(usage=usage)


def _regulation(
    sides: tuple[Side, Side], targets: list[NDArray[np.float64]], rng: np.random.Generator
) -> tuple[Counts, list[NDArray[np.float64]]]:
    """Stints of four periods and who is on court, nobody beyond 44 minutes."""
    while True:
        lengths = np.concatenate([_cuts(rng, PERIOD_SECONDS, _STINTS) for _ in range(4)])
        courts = [_on_court(rng, target, len(lengths)) for target in targets]
        for side, court in zip(sides, courts, strict=True):
            court[0] = [player in side.starters for player in side.players]
        played = [lengths @ court for court in courts]
        if all(p.max() <= MAX_REGULATION_SECONDS and (p > 0).sum() >= 8 for p in played):
            return lengths, courts


def _block(
    lengths: Counts,
    courts: list[NDArray[np.float64]],
    pace: float,
    traits: list[Traits],
    skills: tuple[float, float],
    rng: np.random.Generator,
) -> list[_Shooting]:
    possessions = round(pace * lengths.sum() / (4 * PERIOD_SECONDS))
    return [
        _Shooting(
            rng.multinomial(round(possessions * (1 + _SECOND_CHANCES)), lengths / lengths.sum()),
            court,
            trait,
            skill,
            rng,
        )
        for court, trait, skill in zip(courts, traits, skills, strict=True)
    ]


def _margin(blocks: list[list[_Shooting]]) -> int:
    """Home minus away so far."""
    return sum(int(home.points.sum()) - int(away.points.sum()) for home, away in blocks)


def _eased(skills: tuple[float, float], blocks: list[list[_Shooting]]) -> tuple[float, float]:
    """Leaders rest and trailers press: without it, blowouts would be too common."""
    ease = _EASE * float(np.clip(_margin(blocks), -25, 25))
    return skills[0] * (1 - ease), skills[1] * (1 + ease)


def _equalise(blocks: list[list[_Shooting]], rng: np.random.Generator) -> None:
    margin = _margin(blocks)
    if 1 <= abs(margin) <= 3 and rng.random() < _LATE_EQUALISER:
        blocks[-1][1 if margin > 0 else 0].make_one_more(abs(margin))


def _targets(side: Side, rng: np.random.Generator) -> NDArray[np.float64]:
    """Each player's expected share of the clock; the shares sum to five."""
    sizes, odds = zip(*_ROTATION, strict=True)
    size = min(len(side.players), int(rng.choice(sizes, p=odds)))
    minutes = np.zeros(len(side.players))
    # A starter further down the order still belongs to the rotation.
    order = sorted(
        range(len(side.players)), key=lambda n: n - 4 * (side.players[n] in side.starters)
    )
    for place, n in enumerate(order[:size]):
        minutes[n] = _MINUTES[place] * rng.normal(1, 0.07)
    for _ in range(8):
        minutes = np.minimum(minutes * 240 / minutes.sum(), _MAX_TARGET)
    shares: NDArray[np.float64] = minutes / minutes.sum() * 5
    return shares


def _on_court(
    rng: np.random.Generator, shares: NDArray[np.float64], stints: int
) -> NDArray[np.float64]:
    """Five players a stint, each as often as his share says.

    Systematic sampling (Madow, 1949): shares are laid end to end on [0, 5], and five marks one
    apart pick five different players. Marks advance by the golden ratio, so nobody drifts far from
    his share.
    """
    order = rng.permutation(len(shares))
    edges = np.concatenate([[0.0], np.cumsum(shares[order])])
    edges[-1] = 5.0
    marks = (rng.random() + _GOLDEN * np.arange(stints)) % 1.0
    passed = np.ceil(edges[None, :] - marks[:, None])
    court = np.zeros((stints, len(shares)))
    court[:, order] = np.diff(passed, axis=1)
    return court


def _cuts(rng: np.random.Generator, seconds: int, stints: int) -> Counts:
    least = seconds // (3 * stints)
    return least + rng.multinomial(seconds - least * stints, rng.dirichlet([4.0] * stints))


def _share(rng: np.random.Generator, totals: Counts, weights: NDArray[np.float64]) -> Counts:
    """Give each stint's total to the players on court in proportion to their weights."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    return rng.multinomial(totals, shares)


def _traits_of(side: Side) -> Traits:
    return Traits(*np.array([player.traits for player in side.players]).T)


def _result(
    sides: tuple[Side, Side],
    traits: list[Traits],
    stints: list[Counts],
    blocks: list[list[_Shooting]],
    rng: np.random.Generator,
) -> Result:
    lengths = np.concatenate(stints)
    starts = np.cumsum([0, *map(len, stints[:-1])])
    tallies = [_Tally([b[n] for b in blocks], traits[n]) for n in (0, 1)]
    home, away = tallies
    _defend(home, away, rng)
    _defend(away, home, rng)
    by_stint = [tally.points.sum(axis=1) for tally in tallies]
    running = [np.cumsum(points) for points in by_stint]
    margins = running[0] - running[1]
    teams = []
    for n, (ours, theirs) in enumerate(((home, away), (away, home))):
        ours.finish(rng)
        plus = by_stint[n] @ ours.on_court
        minus = by_stint[1 - n] @ ours.on_court
        teams.append(
            TeamResult(
                lines=ours.lines(sides[n], lengths, plus, minus),
                periods=tuple(int(p) for p in np.add.reduceat(by_stint[n], starts)),
                team=ours.team | {"pointsFromTurnovers": ours.off_turnovers(theirs, rng)},
            )
        )
    return Result(
        home=teams[0],
        away=teams[1],
        margins=tuple(int(m) for m in margins),
        leads={
            "home": _biggest(margins, running[0], running[1]),
            "away": _biggest(-margins, running[1], running[0]),
        },
        periods=len(starts),
        seconds=int(lengths.sum()),
        lengths=tuple(lengths.tolist()),
        starts=tuple(starts.tolist()),
        stints=(home.stints(), away.stints()),
    )


def _biggest(margins: Counts, ours: Counts, theirs: Counts) -> tuple[int, str]:
    n = int(np.argmax(margins))
    return (int(margins[n]), f"{ours[n]}-{theirs[n]}") if margins[n] > 0 else (0, "0-0")


class _Tally:
    """Everything counted for one side, by stint until the night is added up."""

    def __init__(self, blocks: list[_Shooting], traits: Traits) -> None:
        def join(name: str) -> Any:
            return np.concatenate([getattr(block, name) for block in blocks])

        self.traits = traits
        self.on_court: NDArray[np.float64] = join("on_court")
        self.points: Counts = join("points")
        self.turnovers: Counts = join("turnovers")
        self.twos: Counts = join("twos")
        self.twos_made: Counts = join("twos_made")
        self.threes: Counts = join("threes")
        self.threes_made: Counts = join("threes_made")
        self.frees: Counts = join("frees")
        self.frees_made: Counts = join("frees_made")
        self.and_ones: Counts = join("and_ones")
        self.drawn: Counts = join("trips") + self.and_ones
        self.counts: dict[str, Counts] = {}
        self.team: dict[str, int] = {}
        self.dead: Counts = np.zeros(len(self.points), dtype=np.int64)
        self.shares: dict[str, Counts] = {}
        self._by_stint: dict[str, Counts] = {}

    def add(self, name: str, by_player: Counts) -> None:
        """Count a statistic: by stint and player, or already by player."""
        total = by_player
        if by_player.ndim == 2:
            total = by_player.sum(axis=0)
            known = self._by_stint.get(name)
            self._by_stint[name] = by_player if known is None else known + by_player
        self.counts[name] = self.counts[name] + total if name in self.counts else total

    def finish(self, rng: np.random.Generator) -> None:
        """Sum shots, and split them by where and how they came about."""
        for name, made, tried in (
            ("twoPointers", self.twos_made, self.twos),
            ("threePointers", self.threes_made, self.threes),
            ("freeThrows", self.frees_made, self.frees),
        ):
            self.add(f"{name}Made", made)
            self.add(f"{name}Attempted", tried)
        self.add("points", self.points)
        self.add("turnovers", self.turnovers)
        twos, threes = self.counts["twoPointersMade"], self.counts["threePointersMade"]
        missed = self.counts["twoPointersAttempted"] - twos
        paint = rng.binomial(twos, 0.78)
        fast = rng.binomial(twos, 0.2), rng.binomial(threes, 0.08)
        second = rng.binomial(twos, 0.19), rng.binomial(threes, 0.08)
        self.shares = dict(
            zip(
                ("paint", "fast2", "fast3", "second2", "second3"),
                (paint, *fast, *second),
                strict=True,
            )
        )
        self.add("pointsInThePaint", 2 * paint)
        self.add("pointsFastBreak", 2 * fast[0] + 3 * fast[1])
        self.add("pointsSecondChance", 2 * second[0] + 3 * second[1])
        for name, made in (
            ("pointsInThePaint", paint.sum()),
            ("fastBreakPoints", sum(part.sum() for part in fast)),
            ("secondChancePoints", sum(part.sum() for part in second)),
        ):
            tries = made + rng.binomial(missed.sum(), 0.7 if name == "pointsInThePaint" else 0.15)
            self.team |= {f"{name}Made": int(made), f"{name}Attempted": int(tries)}
        self._limit_fouls()
        technicals = np.zeros(len(twos), dtype=np.int64)
        if rng.random() < 0.3:
            technicals[int(np.argmax(self.counts["foulsPersonal"]))] = 1
        self.add("foulsTechnical", technicals)
        self.team["turnoversTeam"] = int(rng.poisson(0.6))
        # Heaves at the end of a quarter are nobody's attempt.
        self.team["teamFieldGoalAttempts"] = int(rng.poisson(0.4))

    def stints(self) -> Stints:
        """What happened when; personal fouls as they were before anybody's seventh was moved."""
        arrays = {**self._by_stint, "andOnes": self.and_ones}
        return Stints(
            on_court=self.on_court > 0,
            counts={name: arrays[name].astype(np.int8) for name in _PLAYED_OUT},
            shares={name: tuple(made.tolist()) for name, made in self.shares.items()},
            dead=tuple(self.dead.tolist()),
        )

    def _limit_fouls(self) -> None:
        """Nobody has seven: the seventh was a teammate's with the fewest of those who played."""
        fouls = self.counts["foulsPersonal"]
        idle = np.where(self.on_court.sum(axis=0) > 0, 0, 99)
        while fouls.max() > _MAX_FOULS:
            fouls[int(np.argmax(fouls))] -= 1
            fouls[int(np.argmin(fouls + idle))] += 1

    def off_turnovers(self, theirs: "_Tally", rng: np.random.Generator) -> int:
        """Points scored after the other side lost the ball."""
        lost = int(theirs.turnovers.sum())
        return min(int(self.points.sum()), 2 * int(rng.binomial(lost, 0.55)))

    def lines(
        self, side: Side, lengths: Counts, plus: NDArray[Any], minus: NDArray[Any]
    ) -> tuple[Line, ...]:
        """The players' nights in the order of `side`."""
        seconds = (lengths @ self.on_court).astype(int).tolist()
        names = (*self.counts, "plus", "minus")
        columns = [*self.counts.values(), plus.astype(int), minus.astype(int)]
        rows = np.stack(columns, axis=1).tolist()
        last = self.on_court[-1].tolist()
        return tuple(
            Line(player, seconds[n], last[n] > 0, dict(zip(names, rows[n], strict=True)))
            for n, player in enumerate(side.players)
        )


def _defend(ours: _Tally, theirs: _Tally, rng: np.random.Generator) -> None:
    """What our attack leaves to be counted on both sides: passes, boards, blocks, steals, fouls."""
    court, other = ours.on_court, theirs.on_court
    mine, their = ours.traits, theirs.traits
    made = (ours.twos_made + ours.threes_made).sum(axis=1)
    ours.add("assists", _share(rng, rng.binomial(made, 0.62), court * mine.assists))

    misses = ours.twos - ours.twos_made + ours.threes - ours.threes_made
    lost_frees = rng.binomial(ours.frees - ours.frees_made, 0.5)  # only the last of a trip is live
    loose = (misses + lost_frees).sum(axis=1)
    offensive = rng.binomial(loose, 0.235)
    defensive = rng.binomial(loose - offensive, 0.93)
    ours.add("reboundsOffensive", _share(rng, offensive, court * mine.offensive_rebounds))
    theirs.add("reboundsDefensive", _share(rng, defensive, other * their.defensive_rebounds))
    ours.dead = loose - offensive - defensive
    dead = int(ours.dead.sum())
    ours.team["reboundsTeamOffensive"] = int(rng.binomial(dead, 0.7))
    theirs.team["reboundsTeamDefensive"] = dead - ours.team["reboundsTeamOffensive"]

    blocked = rng.binomial(ours.twos - ours.twos_made, 0.19)
    ours.add("blocksReceived", blocked)
    theirs.add("blocks", _share(rng, blocked.sum(axis=1), other * their.blocks))
    stolen = rng.binomial(ours.turnovers.sum(axis=1), 0.58)
    theirs.add("steals", _share(rng, stolen, other * their.steals))

    charges = rng.binomial(ours.turnovers, 0.1)
    ours.add("foulsOffensive", charges)
    theirs.add("foulsDrawn", _share(rng, charges.sum(axis=1), other))
    common = _share(rng, rng.binomial(1, 0.2, len(court)), court)
    drawn = ours.drawn + common
    ours.add("foulsDrawn", drawn)
    fouls = _share(rng, drawn.sum(axis=1), other * their.fouls)
    ours.add("foulsPersonal", charges)
    theirs.add("foulsPersonal", fouls)
