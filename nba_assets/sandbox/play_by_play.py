"""A finished game told play by play, so that the plays add up to its box score.

What each player did in each stint is known from the simulation. Here it is put in an order: who
assisted whom, which miss was caught by whom, when, and from where a shot was taken. Nothing is
counted anew, so replaying the actions gives the players' lines, the line score and who was on
court. What no recording of a real game lacks but nothing here depends on (reviews, ejections) is
left out.
"""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

import numpy as np

from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.shots import MID_RANGE, PAINT, RESTRICTED, Place, three_pointer, two_pointer
from nba_assets.sandbox.simulation import OVERTIME_SECONDS, PERIOD_SECONDS
from nba_assets.sandbox.stint_plays import Foul, Heave, Play, Shot, Stock, Technical, Trip, Turnover

_SEED = 8  # of the league's seed sequences: the order of plays
_TIMEOUTS = 6  # a team
_LOST_BALLS = ("bad pass", "lost ball")
_DEAD_BALLS = ("out-of-bounds", "traveling", "out-of-bounds", "lost ball")
_MANNERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    RESTRICTED: (
        ("Layup", "driving"), ("Layup", None), ("Layup", "running"), ("Layup", "cutting"),
        ("DUNK", None), ("DUNK", "cutting"),
    ),
    PAINT: (
        ("Jump Shot", "driving floating"), ("Layup", "driving"), ("Hook", None),
        ("Jump Shot", "turnaround"), ("Hook", "turnaround"),
    ),
    MID_RANGE: (
        ("Jump Shot", "pullup"), ("Jump Shot", None), ("Jump Shot", "turnaround fadeaway"),
        ("Jump Shot", "step back"),
    ),
    "3pt": (
        ("Jump Shot", None), ("Jump Shot", None), ("Jump Shot", None), ("Jump Shot", "pullup"),
        ("Jump Shot", "step back"),
    ),
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Action:
    """One line of the story. `kind` and `sub` are the CDN's `actionType` and `subType`.

    `clock` is the seconds left in the period; the scores are those after the action. `other` is
    the second player involved: who assisted, stole the ball or drew the foul.
    """

    kind: str
    sub: str
    period: int
    clock: int
    team: str | None = None
    player: Player | None = None
    other: Player | None = None
    blocker: Player | None = None
    rival: Player | None = None  # of a jump ball
    descriptor: str | None = None
    qualifiers: tuple[str, ...] = ()
    is_made: bool | None = None
    place: Place | None = None
    shot: "Action | None" = None  # a rebound's
    possession: str | None = None
    home_score: int = 0
    away_score: int = 0
    number: int = 0


def play_by_play(league: League, game_id: str) -> tuple[Action, ...]:
    """A finished game's actions in the order they happened. Raises KeyError for an unknown id."""
    key = np.random.SeedSequence([league.seed, league.season_year, _SEED, int(game_id)])
    return _Teller(league.box(game_id), Random(int(key.generate_state(1, np.uint64)[0]))).tell()


def _manner(rng: Random, place: Place, points: int) -> tuple[str, str | None]:
    """How a shot was taken: the feed's subType and descriptor."""
    manners = _MANNERS["3pt" if points == 3 else place.area]
    return manners[int(rng.random() * len(manners))]


class _Teller:
    """Writes the actions down in order, keeping score."""

    def __init__(self, box: Box, rng: Random) -> None:
        self.box = box
        self.rng = rng
        result = box.result
        home, away = result.stints
        self.codes = (box.fixture.home, box.fixture.away)
        self.stocks = (
            Stock(home, away, result.home, rng),
            Stock(away, home, result.away, rng),
        )
        self.scores = [0, 0]
        self.actions: list[Action] = []
        self.period = 1
        self.clock = PERIOD_SECONDS
        self.ball = 0
        self.stint = 0

    def tell(self) -> tuple[Action, ...]:
        """The whole game."""
        result = self.box.result
        starts = dict(zip(result.starts, range(1, result.periods + 1), strict=True))
        breaks = self._timeouts()
        for stint, seconds in enumerate(result.lengths):
            self.stint = stint
            if stint in starts:
                self._start(starts[stint])
            if stint:
                self._substitute(is_period_start=stint in starts)
            if stint in breaks and stint not in starts:
                for side in breaks[stint]:
                    self._write("timeout", "full", side, qualifiers=("team",))
            self._play(seconds)
            if stint + 1 in starts or stint + 1 == len(result.lengths):
                self._write("period", "end")
        self._write("game", "end")
        for number, action in enumerate(self.actions, 2):
            action.number = number
        return tuple(self.actions)

    def _timeouts(self) -> dict[int, list[int]]:
        breaks: dict[int, list[int]] = defaultdict(list)
        stints = range(1, len(self.box.result.lengths))
        for side in (0, 1):
            for stint in self.rng.sample(stints, _TIMEOUTS):
                breaks[stint].append(side)
        return breaks

    def _start(self, period: int) -> None:
        self.period = period
        self.clock = PERIOD_SECONDS if period <= 4 else OVERTIME_SECONDS
        self._write("period", "start")
        if period == 1 or period > 4:
            self._jump()
        else:
            self.ball = self.rng.randrange(2)

    def _jump(self) -> None:
        """The tallest of each side go up; a teammate of the winner has the ball."""
        court = [stock.court[self.stint] for stock in self.stocks]
        jumpers = [self._tallest(side) for side in (0, 1)]
        self.ball = won = self.rng.randrange(2)
        lost = 1 - won
        self._write(
            "jumpball", "recovered", won, self.rng.choice(court[won]), descriptor="startperiod",
            other=(won, jumpers[won]), rival=(lost, jumpers[lost]),
        )  # fmt: skip

    def _tallest(self, side: int) -> int:
        """Whoever takes most rebounds of the five, for want of heights."""
        stock = self.stocks[side]
        return max(
            stock.court[self.stint],
            key=lambda n: (stock.players[n].traits.defensive_rebounds, -n),
        )

    def _substitute(self, is_period_start: bool) -> None:
        words = ("startperiod",) if is_period_start else ()
        for side, stock in enumerate(self.stocks):
            before, after = set(stock.court[self.stint - 1]), set(stock.court[self.stint])
            for n in sorted(before - after):
                self._write("substitution", "out", side, n, qualifiers=words)
            for n in sorted(after - before):
                self._write("substitution", "in", side, n, qualifiers=words)

    def _play(self, seconds: int) -> None:
        """All plays of the stint, the sides in turn as the ball changes hands."""
        queues = [list(stock.plays.get(self.stint, ())) for stock in self.stocks]
        end, total = self.clock - seconds, sum(map(len, queues))
        begun = self.clock
        for done in range(total):
            if not queues[self.ball]:
                self.ball = 1 - self.ball
            share = (done + self.rng.uniform(0.3, 0.95)) / total
            self.clock = max(end, min(self.clock, begun - round(seconds * share)))
            side = self.ball
            if not self._make(side, queues[side].pop()):
                self.ball = 1 - side
        self.clock = end

    def _make(self, side: int, play: Play) -> bool:
        """Write one play down; whether the side keeps the ball."""
        match play:
            case Shot():
                return self._shoot(side, play)
            case Trip():
                return self._go_to_the_line(side, play)
            case Turnover():
                self._lose(side, play)
                return False
            case Foul(is_charge=True):
                self._charge(side, play.n)
                return False
            case Foul():
                self._foul(side, play.n)
                return True
            case Heave():
                self._write("heave", "", side, place=three_pointer(self.rng))  # nobody's attempt
                return False
            case Technical():
                self._write("foul", "technical", side, play.n)
                return True

    def _shoot(self, side: int, shot: Shot) -> bool:
        place = (
            two_pointer(self.rng, shot.is_paint) if shot.points == 2 else three_pointer(self.rng)
        )
        sub, descriptor = _manner(self.rng, place, shot.points)
        if shot.is_made:
            self.scores[side] += shot.points
        action = self._write(
            f"{shot.points}pt", sub, side, shot.n, descriptor=descriptor,
            qualifiers=tuple(shot.qualifiers), is_made=shot.is_made, place=place,
            other=(side, shot.assist), blocker=(1 - side, shot.blocker),
        )  # fmt: skip
        if shot.blocker is not None:
            self._write("block", "", 1 - side, shot.blocker, place=place)
        if not shot.is_made:
            return self._rebound(side, action)
        if shot.and_one is None:
            return False
        self._foul(side, shot.n, "shooting", "1freethrow")
        free = self._free(side, shot.n, "1 of 1", shot.and_one)
        return self._after_last_free(side, free)

    def _go_to_the_line(self, side: int, trip: Trip) -> bool:
        self._foul(side, trip.n, "shooting", "2freethrow")
        one = self._free(side, trip.n, "1 of 2", trip.made[0])
        stock = self.stocks[side]
        if not trip.made[0] and stock.live_frees[self.stint] > stock.last_misses[self.stint]:
            stock.live_frees[self.stint] -= 1
            self._rebound(side, one)
        elif not trip.made[0]:
            self._dead_rebound(side, one, is_ours=True)
        return self._after_last_free(side, self._free(side, trip.n, "2 of 2", trip.made[1]))

    def _free(self, side: int, n: int, sub: str, is_made: bool) -> Action:
        self.scores[side] += is_made
        return self._write("freethrow", sub, side, n, is_made=is_made)

    def _after_last_free(self, side: int, free: Action) -> bool:
        if free.is_made:
            return False
        live = self.stocks[side].live_frees
        self.stocks[side].last_misses[self.stint] -= 1
        if live[self.stint] <= 0:
            return self._dead_rebound(side, free, is_ours=False)
        live[self.stint] -= 1
        return self._rebound(side, free)

    def _dead_rebound(self, side: int, shot: Action, is_ours: bool) -> bool:
        """The scorer's formality after a dead ball, counted in no box score."""
        who = side if is_ours else 1 - side
        sub = "offensive" if is_ours else "defensive"
        self._write("rebound", sub, who, qualifiers=("deadball", "team"), shot=shot)
        return is_ours

    def _rebound(self, side: int, shot: Action) -> bool:
        is_ours, n = self.stocks[side].catches[self.stint].pop()
        who, sub = (side, "offensive") if is_ours else (1 - side, "defensive")
        words = () if n is not None else ("team",)
        self._write("rebound", sub, who, n, qualifiers=words, shot=shot, place=shot.place)
        return is_ours

    def _lose(self, side: int, lost: Turnover) -> None:
        if lost.n is None:
            self._write("turnover", "shot clock", side, qualifiers=("team",))
            return
        if lost.is_charge:
            self._charge(side, lost.n)
            self._write("turnover", "offensive foul", side, lost.n)
            return
        sub = self.rng.choice(_DEAD_BALLS if lost.thief is None else _LOST_BALLS)
        self._write("turnover", sub, side, lost.n, other=(1 - side, lost.thief))
        if lost.thief is not None:
            self._write("steal", "", 1 - side, lost.thief)

    def _charge(self, side: int, n: int) -> None:
        drawn = self.stocks[1 - side].drawn[self.stint]
        self._write("foul", "offensive", side, n, other=(1 - side, drawn.pop()))

    def _foul(self, side: int, drawn_by: int, descriptor: str | None = None, *words: str) -> None:
        fouls = self.stocks[1 - side].fouls[self.stint]
        self._write(
            "foul", "personal", 1 - side, fouls.pop(self.rng.randrange(len(fouls))),
            descriptor=descriptor, qualifiers=words, other=(side, drawn_by),
        )  # fmt: skip

    def _write(
        self,
        kind: str,
        sub: str,
        side: int | None = None,
        n: int | None = None,
        *,
        other: tuple[int, int | None] | None = None,
        blocker: tuple[int, int | None] | None = None,
        rival: tuple[int, int] | None = None,
        descriptor: str | None = None,
        qualifiers: tuple[str, ...] = (),
        is_made: bool | None = None,
        place: Place | None = None,
        shot: Action | None = None,
    ) -> Action:
        action = Action(
            kind,
            sub,
            self.period,
            self.clock,
            None if side is None else self.codes[side],
            None if side is None else self._player((side, n)),
            self._player(other),
            self._player(blocker),
            self._player(rival),
            descriptor,
            qualifiers,
            is_made,
            place,
            shot,
            self.codes[self.ball],
            self.scores[0],
            self.scores[1],
        )
        self.actions.append(action)
        return action

    def _player(self, who: tuple[int, int | None] | None) -> Player | None:
        return None if who is None or who[1] is None else self.stocks[who[0]].players[who[1]]
