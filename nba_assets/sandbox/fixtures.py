"""The fixture list of a sandbox season: who meets whom, where and when, and what was postponed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import numpy as np

from nba_assets.partitions import EASTERN, dates_between, eastern_date, season
from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sources.teams import TEAMS

SEASON_DAYS = 174  # opening night to the last Sunday of the regular season
POSTPONED = 6
PUBLISHED_AT = time(9)  # Eastern: the league office posts schedule and logs in the morning

_ROUNDS = 82
_CONFERENCE = 15
# Share of a week's games by weekday, Monday first: Wednesdays and Fridays are full, Thursdays thin.
_WEEKDAY_WEIGHT = (8.0, 6.5, 11.0, 4.0, 11.0, 8.0, 7.5)
_BACK_TO_BACKS = 14.5
_LATEST_TIP = time(22, 30)  # Eastern; 19:30 on the Pacific coast
_SLOTS = {0: (19, 0), 1: (19, 30), 2: (20, 0)}
_SUNDAY_SLOTS = {0: (15, 30), 1: (18, 0), 2: (19, 0)}


@dataclass(frozen=True)
class Fixture:
    """One game as it was finally played; `first_tip_at` differs from `tip_at` if it was postponed.

    Instants are UTC, dates Eastern. `home` and `away` are tricodes.
    """

    game_id: str
    home: str
    away: str
    tip_at: datetime
    first_tip_at: datetime

    @property
    def day(self) -> date:
        """The Eastern date it was played on."""
        return self.tip_at.astimezone(EASTERN).date()

    @property
    def first_day(self) -> date:
        """The Eastern date it was first scheduled for."""
        return self.first_tip_at.astimezone(EASTERN).date()

    @property
    def is_postponed(self) -> bool:
        """Whether it was played at another time than first scheduled."""
        return self.tip_at != self.first_tip_at

    def tip_known_at(self, instant: datetime) -> datetime:
        """The tip that is public at an instant: a postponement is posted the morning after."""
        if self.is_postponed and instant < morning_after(self.first_day):
            return self.first_tip_at
        return self.tip_at


def morning_of(day: date) -> datetime:
    """09:00 ET of the date, when schedule and logs are posted, in UTC."""
    return datetime.combine(day, PUBLISHED_AT, EASTERN).astimezone(UTC)


def morning_after(day: date) -> datetime:
    """09:00 ET of the next date, in UTC."""
    return morning_of(day + timedelta(days=1))


def newest_morning(as_of: datetime) -> datetime:
    """The last 09:00 ET up to an instant, in UTC."""
    today = eastern_date(as_of)
    morning = morning_of(today)
    return morning if morning <= as_of else morning_of(today - timedelta(days=1))


def fixtures(seed: int, season_year: int) -> tuple[Fixture, ...]:
    """The 1,230 games in the order of their first dates: 82 a team, 41 of them at home."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 1]))
    dates = play_dates(season_year)
    rounds = _rounds(rng)
    days = _days(rng, rounds, dates)
    meetings = sorted(
        (days[r][g], pair) for r, games in enumerate(rounds) for g, pair in enumerate(games)
    )
    hosted = _venues(rng, [pair for _, pair in meetings])
    tips = [_tip(rng, day, home) for (day, _), (home, _) in zip(meetings, hosted, strict=True)]
    order = sorted(range(len(tips)), key=lambda n: (meetings[n][0], tips[n], hosted[n]))
    moved = _postponements(rng, [(meetings[n][0], *hosted[n]) for n in order], dates)
    games = []
    for number, n in enumerate(order):
        home, away = hosted[n]
        new_day = moved.get(number)
        games.append(
            Fixture(
                game_id=f"002{season_year % 100:02d}{number + 1:05d}",
                home=home,
                away=away,
                tip_at=tips[n] if new_day is None else _tip(rng, new_day, home),
                first_tip_at=tips[n],
            )
        )
    return tuple(games)


def play_dates(season_year: int) -> list[date]:
    """Dates on which the league may play: no Thanksgiving, no 24 December, no All-Star break."""
    first = season(season_year).first
    november = date(season_year, 11, 1)
    thanksgiving = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    february = date(season_year + 1, 2, 1)
    # All-Star Sunday is the third of February; the break is Friday to Wednesday around it.
    friday = february + timedelta(days=(6 - february.weekday()) % 7 + 12)
    closed = {
        thanksgiving,
        date(season_year, 12, 24),
        *dates_between(friday, friday + timedelta(5)),
    }
    return [
        day
        for day in dates_between(first, first + timedelta(days=SEASON_DAYS - 1))
        if day not in closed
    ]


def _rounds(rng: np.random.Generator) -> list[list[tuple[str, str]]]:
    """82 rounds in which every team plays once.

    Each conference of 15 is paired by the circle method, which leaves one team idle in each of 15
    rounds; idle teams of the two conferences meet. Three whole cycles and one without the pairs at
    distance 1 and 2 give 52 games inside the conference (10 opponents four times, 4 three times);
    with 22 rounds across, each opponent of the other conference is met twice.
    """
    east = [str(t) for t in rng.permutation([t.tricode for t in TEAMS if t.conference == "East"])]
    west = [str(t) for t in rng.permutation([t.tricode for t in TEAMS if t.conference == "West"])]
    shifts_left = [2] * _CONFERENCE
    rounds = []

    def inside(centre: int, steps: Iterable[int], side: list[str]) -> list[tuple[str, str]]:
        return [
            (side[(centre - step) % _CONFERENCE], side[(centre + step) % _CONFERENCE])
            for step in steps
        ]

    for shift in range(3):
        shifts_left[shift] -= 1
        for k in range(_CONFERENCE):
            west_idle = (k + shift) % _CONFERENCE
            rounds.append(
                [
                    (east[k], west[west_idle]),
                    *inside(k, range(1, 8), east),
                    *inside(west_idle, range(1, 8), west),
                ]
            )
    # Idle without steps 1 and 7: the centre and its neighbours at 1 and 7, met crosswise so that
    # the five meetings have five different shifts.
    crosswise = ((0, 0), (1, -1), (-1, 1), (7, -7), (-7, 7))
    base = 7
    for ours, theirs in crosswise:
        shifts_left[(base + theirs - ours) % _CONFERENCE] -= 1
    for k in range(_CONFERENCE):
        across = [
            (east[(k + ours) % _CONFERENCE], west[(k + base + theirs) % _CONFERENCE])
            for ours, theirs in crosswise
        ]
        rounds.append(
            [*across, *inside(k, range(2, 7), east), *inside(k + base, range(2, 7), west)]
        )
    for shift, left in enumerate(shifts_left):
        rounds += [[(east[k], west[(k + shift) % 15]) for k in range(_CONFERENCE)]] * left
    return [[rounds[r][g] for g in rng.permutation(15)] for r in rng.permutation(_ROUNDS)]


def _windows(dates: list[date]) -> list[list[date]]:
    """The dates dealt to the rounds in order, two each and three where there are spare ones.

    Rounds never share a date, so nobody plays twice a date or three nights in a row.
    """
    cuts = [len(dates) * r // _ROUNDS for r in range(_ROUNDS + 1)]
    return [dates[a:b] for a, b in pairwise(cuts)]


def _days(
    rng: np.random.Generator, rounds: list[list[tuple[str, str]]], dates: list[date]
) -> list[list[date]]:
    """The date of every game of every round: nights as full as their weekday, few back-to-backs."""
    windows = _windows(dates)
    days: list[list[date]] = []
    for r, window in enumerate(windows):
        weights = np.array([_WEEKDAY_WEIGHT[day.weekday()] for day in window])
        shares = weights * rng.uniform(0.8, 1.2, len(window))
        counts = np.floor(15 * shares / shares.sum()).astype(int)
        counts[int(np.argmax(weights))] += 15 - counts.sum()
        if r == 0:
            counts = np.array([2, *[0] * (len(window) - 2), 13])  # opening night is a double bill
        if r == _ROUNDS - 1:
            counts = np.array([*[0] * (len(window) - 1), 15])  # on the last day everybody plays
        days.append([day for day, count in zip(window, counts, strict=True) for _ in range(count)])
    _even_out(rng, rounds, days)
    return days


def _even_out(
    rng: np.random.Generator, rounds: list[list[tuple[str, str]]], days: list[list[date]]
) -> None:
    """Exchange games within rounds until nearly every team has 14 or 15 back-to-backs."""
    when: dict[str, list[date]] = defaultdict(list)
    for games, dated in zip(rounds, days, strict=True):
        for pair, day in zip(games, dated, strict=True):
            for team in pair:
                when[team].append(day)
    night = timedelta(days=1)
    doubles = {
        team: sum(b - a == night for a, b in pairwise(played)) for team, played in when.items()
    }

    def change(team: str, r: int, day: date) -> int:
        played = when[team]
        before = sum(
            abs(played[n] - played[r]) == night for n in (r - 1, r + 1) if 0 <= n < _ROUNDS
        )
        after = sum(abs(played[n] - day) == night for n in (r - 1, r + 1) if 0 <= n < _ROUNDS)
        return after - before

    def strain(count: float) -> float:
        return max(0.0, abs(count - _BACK_TO_BACKS) - 0.5) ** 2

    picks = rng.integers(0, 15, (30_000, 2)).tolist()
    for n, (a, b) in enumerate(picks):
        r = n % _ROUNDS
        if days[r][a] == days[r][b]:
            continue
        moves = [(team, days[r][b]) for team in rounds[r][a]]
        moves += [(team, days[r][a]) for team in rounds[r][b]]
        changes = [change(team, r, day) for team, day in moves]
        gain = sum(
            strain(doubles[team] + c) - strain(doubles[team])
            for (team, _), c in zip(moves, changes, strict=True)
        )
        if gain > 0:
            continue
        days[r][a], days[r][b] = days[r][b], days[r][a]
        for (team, day), c in zip(moves, changes, strict=True):
            when[team][r] = day
            doubles[team] += c


def _venues(rng: np.random.Generator, meetings: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Home and away for every meeting: two and two, one and one, and the odd third game in turn."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for pair in meetings:
        count[pair] += 1
    homes = {pair: [odd] for pair, odd in _thirds_in_turn(count)}
    for pair, number in count.items():
        venue = homes.get(pair, []) + [*pair] * (number // 2)
        homes[pair] = [venue[n] for n in rng.permutation(number)]
    hosted = []
    for pair in meetings:
        home = homes[pair].pop()
        hosted.append((home, pair[0] if home == pair[1] else pair[1]))
    return hosted


def _thirds_in_turn(count: dict[tuple[str, str], int]) -> list[tuple[tuple[str, str], str]]:
    """A host for each three-game series so that every team hosts the odd game twice of four times.

    The series form an even graph: walk its closed trails and host at each departure.
    """
    open_series: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in sorted(pair for pair, number in count.items() if number == 3):
        for team in pair:
            open_series[team].append(pair)
    hosts = []
    used = set()
    for start in sorted(open_series):
        team = start
        while open_series[team]:
            pair = open_series[team].pop()
            if pair in used:
                continue
            used.add(pair)
            hosts.append((pair, team))
            team = pair[0] if team == pair[1] else pair[1]
    return hosts


def _tip(rng: np.random.Generator, day: date, home: str) -> datetime:
    """A tip on the hour or half hour of the home city's evening; Sundays also in the afternoon."""
    slots = _SUNDAY_SLOTS if day.weekday() == 6 else _SLOTS
    hour, minute = slots[int(rng.choice(3, p=(0.5, 0.35, 0.15)))]
    clock = ARENAS[home].clock
    tip = datetime.combine(day, time(hour, minute), clock).astimezone(UTC)
    return min(tip, datetime.combine(day, _LATEST_TIP, EASTERN).astimezone(UTC))


def _postponements(
    rng: np.random.Generator, games: list[tuple[date, str, str]], dates: list[date]
) -> dict[int, date]:
    """Six games by number and the later date each is played on; one is of the first month."""
    busy: dict[str, set[date]] = defaultdict(set)
    for day, home, away in games:
        busy[home].add(day)
        busy[away].add(day)
    edges = np.linspace(12, len(dates) * 3 // 4, POSTPONED).astype(int)
    moved: dict[int, date] = {}
    for edge in edges:
        earliest = dates[int(edge) + int(rng.integers(0, 8))]
        # In order from that date on: some games find no date on which both teams are free.
        for number, (day, home, away) in enumerate(games):
            if day < earliest:
                continue
            free = [
                later
                for later in dates[dates.index(day) + 10 : -7]
                if _is_free(busy[home] - {day}, later) and _is_free(busy[away] - {day}, later)
            ]
            if free:
                moved[number] = free[int(rng.integers(0, min(len(free), 12)))]
                for team in (home, away):
                    busy[team] = (busy[team] - {day}) | {moved[number]}
                break
    return moved


def _is_free(busy: set[date], day: date) -> bool:
    """Whether one more game on this date is neither a second one nor a third night in a row."""
    near = [day + timedelta(days=n) in busy for n in (-2, -1, 0, 1, 2)]
    return not (near[2] or (near[0] and near[1]) or (near[1] and near[3]) or (near[3] and near[4]))
