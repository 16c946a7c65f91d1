"""How far a game has come at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.simulation import OVERTIME_SECONDS, PERIOD_SECONDS, Line, TeamResult

_SHOTS = (("twoPointersMade", 2), ("threePointersMade", 3), ("freeThrowsMade", 1))


@dataclass(frozen=True)
class Progress:
    """A game at an instant: `pre`, `in` or `post`. Nothing is scored before the tip."""

    state: str
    period: int = 0
    clock_seconds: int = 0  # left in the period
    share: float = 0.0  # of the game's clock that has run
    home: tuple[int, ...] = ()  # points by period begun
    away: tuple[int, ...] = ()
    box: Box | None = None

    @property
    def home_score(self) -> int:
        """Points so far."""
        return sum(self.home)

    @property
    def away_score(self) -> int:
        """Points so far."""
        return sum(self.away)

    @property
    def clock(self) -> str:
        """Time left as `8:41`."""
        return f"{self.clock_seconds // 60}:{self.clock_seconds % 60:02d}"


def progress(
    league: League, fixture: Fixture, instant: datetime, settling: timedelta = timedelta()
) -> Progress:
    """How far a game is. Players' and teams' points in play agree; final ones are the box's."""
    if instant < fixture.tip_at:
        return Progress("pre")
    box = league.box(fixture.game_id)
    periods = box.result.periods
    if instant >= box.final_at + settling:
        home, away = box.result.home.periods, box.result.away.periods
        return Progress("post", periods, 0, 1.0, home, away, box)
    share = min(1.0, (instant - fixture.tip_at) / box.duration)
    elapsed = int(share * box.result.seconds)
    ends = [_end(n) for n in range(1, periods + 1)]
    period = next((n for n, end in enumerate(ends, 1) if elapsed < end), periods)
    return Progress(
        "in",
        period,
        ends[period - 1] - elapsed,
        share,
        _by_period(box.result.home, ends[: period - 1], box.result.seconds, share),
        _by_period(box.result.away, ends[: period - 1], box.result.seconds, share),
        box,
    )


def line_so_far(line: Line, share: float) -> Line:
    """A player's night when a share of it is over; the whole night at 1."""
    if share >= 1:
        return line
    counts = {name: int(count * share) for name, count in line.counts.items()}
    counts["points"] = _points(line, share)
    return line._replace(seconds=int(line.seconds * share), counts=counts)


def _by_period(team: TeamResult, ends: list[int], seconds: int, share: float) -> tuple[int, ...]:
    marks = [*(end / seconds for end in ends), share]
    totals = [sum(_points(line, mark) for line in team.lines) for mark in marks]
    return tuple(b - a for a, b in zip([0, *totals[:-1]], totals, strict=True))


def _points(line: Line, share: float) -> int:
    return sum(worth * int(line.counts[made] * share) for made, worth in _SHOTS)


def _end(period: int) -> int:
    return PERIOD_SECONDS * min(period, 4) + OVERTIME_SECONDS * max(0, period - 4)
