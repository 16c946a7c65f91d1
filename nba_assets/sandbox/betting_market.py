"""What bookmakers could know before a game, and what they quote from it at an instant.

Lines come from players' true skill, expected minutes and who is ruled out that day, plus error.
The simulated result is never read before the tip: an over and an under are equally likely.
In play, what has been scored by then is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.fixtures import Fixture, morning_after
from nba_assets.sandbox.in_play import Progress, line_so_far, progress
from nba_assets.sandbox.league import League
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import noise, share

LISTED_BEFORE = timedelta(hours=48)  # an event is listed this long before its tip
PLACES = 10  # players of a side that somebody quotes
IN_PLAY = timedelta(minutes=10)  # between two in-play quotes

_QUOTED_AT = (time(9), time(13), time(17))  # Eastern, of the game's date
_LAST_HOURS = (*range(180, 0, -30), 10)  # minutes before the tip; the last are the closing prices
_FIRST_IN_PLAY = timedelta(minutes=5)

# The simulation's own constants, as a good model of the league would have them.
_PLAYS_A_MINUTE = 99.6 * 1.105 / 48
_SHOTS, _TRIPS, _AND_ONES = 0.789, 0.087, 0.06
_HOME_EDGE = 0.0125
_OVERTIME = 1.015  # longer games, and what averages leave out: measured over half a season
_MINUTES = (36.0, 34.0, 32.5, 30.5, 28.5, 22.5, 18.5, 15.0, 11.0, 8.0, 6.0)
_MAX_MINUTES = 38.0
_ROTATION = ((8, 0.08), (9, 0.37), (10, 0.38), (11, 0.17))
_SLOTS = ("SF", "PF", "C", "SG", "PG")
_ACTIVE, _FEWEST = 13, 11
_SKEW = 0.42  # points by which the median lies below the mean
_MINUTES_SPREAD = 0.12  # of a player's minutes: matchups, fouls, garbage time
_FORM_SPREAD = 0.25  # of what he takes on himself that night

_MARGIN_SPREAD, _TOTAL_SPREAD = 14.0, 20.0
_NORMAL = NormalDist()


class Prospect(NamedTuple):
    """One player's expected night, given that he plays: median and spread of his points."""

    player: Player
    tricode: str
    place: int  # in his team's rotation, 0 for the first
    median: float
    spread: float


@dataclass(frozen=True)
class Outlook:
    """What is expected of a game: of each side's players by place, and of the two scores."""

    prospects: tuple[Prospect, ...]
    home_mean: float
    away_mean: float


class Listing(NamedTuple):
    """An event while bookmakers list it. A game that is called off is `off` at its first tip."""

    fixture: Fixture
    tip_at: datetime
    listed_at: datetime
    is_off: bool

    @property
    def day(self) -> date:
        """The Eastern date it is listed for."""
        return self.tip_at.astimezone(EASTERN).date()

    @property
    def started_at(self) -> datetime:
        """When the ball really goes up: some minutes after the advertised tip."""
        late = 480 + int(360 * share("start", self.fixture.game_id))
        return self.tip_at + timedelta(seconds=late)


class Quote(NamedTuple):
    """A two-sided price on a number. `over` is the probability of more, the margin left out."""

    point: float
    over: float


def _minutes_by_size() -> dict[int, list[float]]:
    found = {}
    for size, _ in _ROTATION:
        minutes = list(_MINUTES[:size])
        for _ in range(8):
            total = sum(minutes)
            minutes = [min(240 * m / total, _MAX_MINUTES) for m in minutes]
        found[size] = minutes
    return found


def _expected_minutes() -> list[tuple[float, float]]:
    """By place in the rotation: minutes of a player who plays, and the odds that he does."""
    by_size = _minutes_by_size()
    found = []
    for place in range(len(_MINUTES)):
        sizes = [(size, odds) for size, odds in _ROTATION if size > place]
        odds = sum(odds for _, odds in sizes)
        found.append((sum(o * by_size[size][place] for size, o in sizes) / odds, odds))
    return found


_EXPECTED = _expected_minutes()


def listing(league: League, fixture: Fixture, instant: datetime) -> Listing | None:
    """The event of a game at an instant; None before it is listed and once it is over."""
    tip_at = fixture.tip_known_at(instant)
    listed_at = max(league.first_publication, tip_at - LISTED_BEFORE)
    is_off = tip_at != fixture.tip_at
    if fixture.is_postponed and not is_off:
        listed_at = max(listed_at, morning_after(fixture.first_day))
    if instant < listed_at:
        return None
    if instant >= tip_at and (is_off or instant >= league.box(fixture.game_id).final_at):
        return None
    return Listing(fixture, tip_at, listed_at, is_off)


def quoting_instants(event: Listing) -> list[datetime]:
    """When prices are made before the tip: opening first, closing last."""
    fixed = [datetime.combine(event.day, at, EASTERN).astimezone(UTC) for at in _QUOTED_AT]
    last = [event.tip_at - timedelta(minutes=minutes) for minutes in _LAST_HOURS]
    opening = fixed[0]
    return sorted({at for at in (*fixed, *last) if opening <= at < event.tip_at})


def quoted_at(event: Listing, instant: datetime) -> datetime:
    """When the prices of an instant were made; before the opening, when the event was listed."""
    if instant >= event.tip_at + _FIRST_IN_PLAY:
        rounds = (instant - event.tip_at - _FIRST_IN_PLAY) // IN_PLAY
        return event.tip_at + _FIRST_IN_PLAY + rounds * IN_PLAY
    made = [at for at in quoting_instants(event) if at <= instant]
    return made[-1] if made else event.listed_at


def is_open(event: Listing, instant: datetime) -> bool:
    """Whether there are prices yet."""
    return instant >= quoting_instants(event)[0]


def outlook(league: League, event: Listing) -> Outlook:
    """What a game promises on the morning of its date."""
    fixture = event.fixture
    home, away = (_strengths(league, tricode) for tricode in (fixture.home, fixture.away))
    at_home, at_home_mean = _side(
        league, fixture.home, event.day, home[0] * (1 + _HOME_EDGE) / away[1]
    )
    visiting, visiting_mean = _side(
        league, fixture.away, event.day, away[0] * (1 - _HOME_EDGE) / home[1]
    )
    return Outlook((*at_home, *visiting), at_home_mean, visiting_mean)


def player_centres(
    league: League, event: Listing, instant: datetime, outlook: Outlook
) -> list[tuple[Prospect, float, float]]:
    """Each prospect with the market's idea of his median, and the spread around it."""
    key = (league.seed, event.fixture.game_id)
    left, now = _left(league, event, instant)
    found = []
    for prospect in outlook.prospects:
        who = (*key, prospect.player.person_id)
        drift = _drift(event, instant, who) * (0.2 + 0.02 * prospect.median)
        error = noise("market", *who) * (0.12 + 0.025 * prospect.median)
        centre = max(1.6, prospect.median + error + drift)
        scored = _points_so_far(now, prospect) if now else 0
        found.append((prospect, scored + left * centre, max(0.4, sqrt(left) * prospect.spread)))
    return found


def game_centres(
    league: League, event: Listing, instant: datetime, outlook: Outlook
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The market's idea of home minus away and of the sum, each with the spread around it."""
    key = (league.seed, event.fixture.game_id)
    left, now = _left(league, event, instant)
    margin = outlook.home_mean - outlook.away_mean
    margin += 1.2 * noise("margin", *key) + 0.8 * _drift(event, instant, ("margin", *key))
    total = outlook.home_mean + outlook.away_mean
    total += 2.0 * noise("total", *key) + 1.2 * _drift(event, instant, ("total", *key))
    home, away = (now.home_score, now.away_score) if now else (0, 0)
    around = max(0.05, sqrt(left))
    return (
        (home - away + left * margin, around * _MARGIN_SPREAD),
        (home + away + left * total, around * _TOTAL_SPREAD),
    )


def quote(centre: float, spread: float) -> Quote:
    """The half point nearest to the centre, and how likely more is."""
    point = max(0.5, int(centre) + 0.5)
    return at_point(point, centre, spread)


def at_point(point: float, centre: float, spread: float) -> Quote:
    """The price of any point; nothing is quoted as nearly certain."""
    over = 1 - _NORMAL.cdf((point - centre) / spread)
    return Quote(point, min(0.96, max(0.04, over)))


def american(probability: float, margin: float, step: int) -> int:
    """A price as -115 or +105, the bookmaker's margin in it, rounded to a step."""
    asked = min(0.97, probability * (1 + margin))
    raw = -100 * asked / (1 - asked) if asked > 0.5 else 100 * (1 - asked) / asked
    price = step * round(raw / step)
    return price if abs(price) >= 100 else 100


def decimal(probability: float, margin: float) -> float:
    """A price as 1.91."""
    return round(max(1.01, 1 / min(0.97, probability * (1 + margin))), 2)


def _left(league: League, event: Listing, instant: datetime) -> tuple[float, Progress | None]:
    """The share of the game that is still to be played, and the state of one in play."""
    if event.is_off or instant < event.tip_at:
        return 1.0, None
    now = progress(league, event.fixture, instant)
    return max(0.0, 1.0 - now.share), now


def _points_so_far(now: Progress, prospect: Prospect) -> int:
    if now.box is None:
        return 0
    for line in now.box.team(prospect.tricode).lines:
        if line.player.person_id == prospect.player.person_id:
            return line_so_far(line, now.share).counts["points"]
    return 0


def _drift(event: Listing, instant: datetime, key: tuple[object, ...]) -> float:
    """A walk from the opening to the close, of about unit size in all."""
    made = [at for at in quoting_instants(event) if at <= instant]
    steps = [noise("step", n, *key) for n in range(len(made))]
    return list(accumulate(steps))[-1] / 3 if steps else 0.0


def _strengths(league: League, tricode: str) -> tuple[float, float]:
    """A team's attack and defence, as they are all season."""
    side = league.box(league.games_of(tricode)[0].game_id).lineups[tricode].side
    return side.offence, side.defence


def _rotation(league: League, tricode: str, day: date) -> list[Player]:
    """Who is expected to play, starters first."""
    fit = [p for p in league.roster(tricode, day) if league.absence(p, day) is None]
    active = [p for p in fit if not p.is_two_way][:_ACTIVE]
    if len(active) < _FEWEST:
        active += [p for p in fit if p.is_two_way]
    active.sort(key=lambda p: (p.depth, p.person_id))
    starters = _starters(active)
    ranked = sorted(enumerate(active), key=lambda pair: pair[0] - 4 * (pair[1] in starters))
    return [player for _, player in ranked]


def _starters(active: Sequence[Player]) -> list[Player]:
    """The best player at each position, and the best one left where a position has nobody."""
    chosen: list[Player] = []
    for slot in _SLOTS:
        left = [p for p in active[:9] if p not in chosen]
        if left:
            chosen.append(next((p for p in left if p.position == slot), left[-1]))
    return chosen


def _side(league: League, tricode: str, day: date, skill: float) -> tuple[list[Prospect], float]:
    """The prospects of a team, and the points expected of all of it."""
    rotation = _rotation(league, tricode, day)[: len(_EXPECTED)]
    weights = [minutes * odds for minutes, odds in _EXPECTED[: len(rotation)]]
    usage = [player.traits.usage for player in rotation]
    minutes_all = sum(weights)
    used_all = sum(w * u for w, u in zip(weights, usage, strict=True))
    prospects = []
    team_mean = 0.0
    for place, player in enumerate(rotation):
        minutes, odds = _EXPECTED[place]
        others = (used_all - weights[place] * usage[place]) / (minutes_all - weights[place])
        plays = minutes * _PLAYS_A_MINUTE * usage[place] / (usage[place] + 4 * others)
        mean_a_play, square_a_play = _points_a_play(player, skill)
        mean = plays * mean_a_play * _OVERTIME
        variance = plays * square_a_play + (_MINUTES_SPREAD**2 + _FORM_SPREAD**2) * mean**2
        team_mean += odds * mean
        if place < PLACES:
            median = max(1.6, mean - _SKEW)
            prospects.append(Prospect(player, tricode, place, median, sqrt(variance)))
    return prospects, team_mean


def _points_a_play(player: Player, skill: float) -> tuple[float, float]:
    """Mean and mean square of the points of one play."""
    traits = player.traits
    threes, twos = traits.three_share, 1 - traits.three_share
    three, two, free = traits.three_pct * skill, traits.two_pct * skill, traits.free_throw_pct
    mean = _SHOTS * (3 * threes * three + twos * two * (2 + _AND_ONES * free))
    square = _SHOTS * (9 * threes * three + twos * two * (4 + 5 * _AND_ONES * free))
    return mean + _TRIPS * 2 * free, square + _TRIPS * (2 * free + 2 * free**2)
