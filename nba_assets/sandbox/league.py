"""The sandbox league: one fictional season, the same for a seed, played game by game on demand."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from nba_assets.partitions import Season, season
from nba_assets.sandbox.arenas import ARENAS, Arena
from nba_assets.sandbox.fixtures import Fixture, fixtures, morning_after, morning_of, play_dates
from nba_assets.sandbox.players import (
    Absence,
    Official,
    Player,
    Trade,
    absences,
    officials,
    rosters,
    trades,
)
from nba_assets.sandbox.simulation import Result, Side, TeamResult, simulate
from nba_assets.sources.teams import TEAMS

ACTIVE_LIMIT = 13
PUBLISHING_DELAY = timedelta(minutes=15)  # from the final horn to a complete box score

_MIN_AVAILABLE = 9
_SLOTS = ("SF", "PF", "C", "SG", "PG")  # the order in which a box score lists starters


class Unused(NamedTuple):
    """A player listed without having played. `reason` is the box score's own word, or None."""

    player: Player
    is_active: bool
    reason: str | None
    description: str | None


@dataclass(frozen=True)
class Lineup:
    """Everybody a team lists for one game."""

    side: Side
    slots: dict[int, str]  # starters' positions by person id
    unused: tuple[Unused, ...]  # inactive, or in civilian clothes


@dataclass(frozen=True)
class Box:
    """Everything that is known of a finished game."""

    fixture: Fixture
    result: Result
    lineups: dict[str, Lineup]  # by tricode
    officials: tuple[Official, ...]
    attendance: int
    duration: timedelta

    @property
    def arena(self) -> Arena:
        """The home team's building."""
        return ARENAS[self.fixture.home]

    @property
    def final_at(self) -> datetime:
        """The final horn, in UTC."""
        return self.fixture.tip_at + self.duration

    @property
    def published_at(self) -> datetime:
        """The first instant at which the box score answers, in UTC."""
        return self.final_at + PUBLISHING_DELAY

    @property
    def winner(self) -> str:
        """The winner's tricode."""
        is_home = self.result.home.score > self.result.away.score
        return self.fixture.home if is_home else self.fixture.away

    @property
    def status_text(self) -> str:
        """`Final`, `Final/OT`, `Final/OT2`."""
        overtimes = self.result.periods - 4
        return "Final" + ("", "/OT")[overtimes > 0] + (str(overtimes) if overtimes > 1 else "")

    def team(self, tricode: str) -> TeamResult:
        """One of the two teams' nights."""
        return self.result.home if tricode == self.fixture.home else self.result.away


class League:
    """A season of 30 teams and 1,230 games.

    The same seed and season give the same league. Games are simulated when first asked for, each
    from its own seed, so an answer never depends on what was asked before.
    """

    def __init__(self, seed: int = 7, season_year: int = 2025) -> None:
        """The season that starts in `season_year`; no game is played yet."""
        self.seed = seed
        self.season_year = season_year
        self.dates = tuple(play_dates(season_year))
        self.fixtures: tuple[Fixture, ...] = fixtures(seed, season_year)
        self.rosters: dict[str, tuple[Player, ...]] = rosters(seed, season_year)
        self.officials: tuple[Official, ...] = officials(seed, season_year)
        self.trades: tuple[Trade, ...] = trades(seed, season_year, self.rosters, list(self.dates))
        self.arenas = ARENAS
        self._fixtures = {fixture.game_id: fixture for fixture in self.fixtures}
        self._games_on: dict[date, list[Fixture]] = defaultdict(list)
        self._schedule: dict[str, list[Fixture]] = defaultdict(list)
        for fixture in sorted(self.fixtures, key=lambda f: (f.tip_at, f.game_id)):
            self._games_on[fixture.day].append(fixture)
            self._schedule[fixture.home].append(fixture)
            self._schedule[fixture.away].append(fixture)
        rng = np.random.default_rng(np.random.SeedSequence([seed, season_year, 6]))
        self._strengths = {
            team.tricode: (rng.normal(1, 0.017), rng.normal(1, 0.014)) for team in TEAMS
        }
        # Threads may play a game at the same time: both get the same box, and one is kept.
        self._boxes: dict[str, Box] = {}
        self._absences: dict[int, tuple[Absence, ...]] = {}

    @property
    def season(self) -> Season:
        """The season's label and real bounds."""
        return season(self.season_year)

    @property
    def end(self) -> datetime:
        """An instant at which the whole season is public, in UTC."""
        return morning_after(max(fixture.day for fixture in self.fixtures))

    @property
    def first_publication(self) -> datetime:
        """When the schedule is first posted: 15 September, 09:00 ET, in UTC."""
        return morning_of(min(date(self.season_year, 9, 15), self.season.first))

    def fixture(self, game_id: str) -> Fixture | None:
        """The game of an id; None where the season has no such game."""
        return self._fixtures.get(game_id)

    def games_on(self, day: date) -> tuple[Fixture, ...]:
        """The games played on an Eastern date, by tip. A postponed game is on its new date only."""
        return tuple(self._games_on.get(day, ()))

    def games_of(self, tricode: str) -> tuple[Fixture, ...]:
        """A team's 82 games in the order they are played."""
        return tuple(self._schedule[tricode])

    def roster(self, tricode: str, day: date) -> tuple[Player, ...]:
        """A team's players on a date, best first, trades of that date included."""
        players = list(self.rosters[tricode])
        everyone = {p.person_id: p for roster in self.rosters.values() for p in roster}
        for trade in self.trades:
            if trade.day > day:
                continue
            ids = [player.person_id for player in players]
            for gone, come in ((trade.one, trade.other), (trade.other, trade.one)):
                if gone in ids:
                    players[ids.index(gone)] = everyone[come]
        return tuple(players)

    def absence(self, player: Player, day: date) -> Absence | None:
        """Why a player cannot play on a date; None where he can."""
        if player.person_id not in self._absences:
            self._absences[player.person_id] = absences(
                self.seed, self.season_year, player.person_id, self.season.first
            )
        spells = self._absences[player.person_id]
        return next((spell for spell in spells if spell.first <= day <= spell.last), None)

    def box(self, game_id: str) -> Box:
        """The finished game, simulated on first request. Raises KeyError for an unknown id."""
        if game_id not in self._boxes:
            self._boxes[game_id] = self._play(self._fixtures[game_id])
        return self._boxes[game_id]

    def record_after(self, tricode: str, fixture: Fixture) -> tuple[int, int]:
        """A team's wins and losses once this game of theirs is over."""
        games = self._schedule[tricode]
        played = games[: games.index(fixture) + 1]
        wins = sum(self.box(game.game_id).winner == tricode for game in played)
        return wins, len(played) - wins

    def _play(self, fixture: Fixture) -> Box:
        rng = np.random.default_rng(
            np.random.SeedSequence([self.seed, self.season_year, 7, int(fixture.game_id)])
        )
        lineups = {
            team: self._lineup(team, fixture.day, rng) for team in (fixture.home, fixture.away)
        }
        result = simulate(lineups[fixture.home].side, lineups[fixture.away].side, rng)
        referees = rng.choice(len(self.officials), 3, replace=False).tolist()
        minutes = int(rng.integers(124, 147)) + 15 * (result.periods - 4)
        return Box(
            fixture=fixture,
            result=result,
            lineups=lineups,
            officials=tuple(self.officials[n] for n in referees),
            attendance=int(ARENAS[fixture.home].capacity * min(1.0, rng.uniform(0.84, 1.06))),
            duration=timedelta(minutes=minutes),
        )

    def _lineup(self, tricode: str, day: date, rng: np.random.Generator) -> Lineup:
        """Who dresses, who starts and who is listed as out."""
        roster = self.roster(tricode, day)
        away = {p.person_id: a for p in roster if (a := self.absence(p, day))}
        fit = [p for p in roster if p.person_id not in away and not p.is_two_way]
        # A team short of players calls up its two-ways, then asks the sore ones to play.
        reserves = [p for p in roster if p.is_two_way and p.person_id not in away]
        called = reserves if len(fit) < ACTIVE_LIMIT - 2 else reserves[: int(rng.integers(0, 2))]
        active = [*fit[: ACTIVE_LIMIT - len(called)], *called]
        for player in roster:
            if len(active) < _MIN_AVAILABLE and player not in active:
                active.append(player)
        active.sort(key=lambda p: (p.depth, p.person_id))
        slots = _starters(active)
        unused = []
        for player in roster:
            if player in active:
                continue
            absent = away.get(player.person_id)
            if absent:
                unused.append(Unused(player, False, absent.reason, absent.description))
            else:
                reason = "INACTIVE_GLEAGUE_TWOWAY" if player.is_two_way else "INACTIVE_COACH"
                unused.append(Unused(player, False, reason, None))
        offence, defence = self._strengths[tricode]
        starters = tuple(p for p in active if p.person_id in slots)
        return Lineup(Side(tuple(active), starters, offence, defence), slots, tuple(unused))


def _starters(active: list[Player]) -> dict[int, str]:
    """The best player at each position, and the best one left where a position has nobody."""
    slots: dict[int, str] = {}
    for slot in _SLOTS:
        left = [p for p in active[:9] if p.person_id not in slots]
        chosen = next((p for p in left if p.position == slot), left[-1])
        slots[chosen.person_id] = slot
    return slots


def utc_text(instant: datetime) -> str:
    """An instant as `2025-10-22T13:00:00Z`, the form of every header and UTC field here."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_utc(text: str) -> datetime:
    """The instant of `2025-10-22T13:00:00Z`. Raises ValueError for a text without a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no zone: write 2025-10-22T13:00:00Z")
    return instant.astimezone(UTC)
