"""Payload models of NBA.com: the fields that are read, strictly typed. Unknown fields pass."""

import re
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from nba_assets.sources.payload import (
    ClockSeconds,
    Count,
    Flag,
    GameId,
    Instant,
    Payload,
    Tricode,
    named_rows,
)

SEASON_TYPES = {
    "001": "preseason",
    "002": "regular",
    "003": "all_star",
    "004": "playoffs",
    "005": "play_in",
    "006": "cup_final",
}
MIN_PLAYERS = 5  # a shorter list cannot fill the floor; real games have been played by six
# Games that coverage expects; the others are never results.
COUNTED_SEASON_TYPES = frozenset({"regular", "cup_final", "play_in", "playoffs"})


def is_expected(season_type: str, status: str) -> bool:
    """Whether a game must have results once its date is over: it counts, and was not called off."""
    return season_type in COUNTED_SEASON_TYPES and status not in ("postponed", "cancelled")


def season_type_of(nba_game_id: str) -> str:
    """From the third digit of the id, never from texts; "unknown" for a kind nobody has seen."""
    return SEASON_TYPES.get(nba_game_id[:3], "unknown")


class ScheduledTeam(Payload):
    """A side of a scheduled game; id 0 and no tricode while it is still to be determined."""

    teamId: int
    teamTricode: Tricode | None
    score: int | None = None


class Broadcaster(Payload):
    broadcasterDisplay: str | None = None


class Broadcasters(Payload):
    nationalTvBroadcasters: list[Broadcaster] = Field(default_factory=list)


class ScheduledGame(Payload):
    """One game of the season file. `gameDateEst` is an Eastern date under a false `Z`."""

    gameId: GameId
    gameStatus: int
    gameStatusText: str
    gameDateEst: str
    gameDateTimeUTC: Instant
    ifNecessary: bool | None = None
    arenaName: str | None = None
    isNeutral: bool | None = None
    postponedStatus: str | None = None
    broadcasters: Broadcasters | None = None
    homeTeam: ScheduledTeam
    awayTeam: ScheduledTeam

    @cached_property
    def game_date(self) -> date:
        return date.fromisoformat(self.gameDateEst[:10])

    @property
    def has_two_teams(self) -> bool:
        return bool(self.homeTeam.teamTricode and self.awayTeam.teamTricode)

    @property
    def tip_at(self) -> datetime | None:
        """The scheduled tip, UTC; None while none is announced."""
        return self.gameDateTimeUTC

    @property
    def status(self) -> str:
        """scheduled, live, final, postponed or cancelled."""
        text = self.gameStatusText.strip().lower()
        if text in ("ppd", "postponed") or self.postponedStatus == "P":
            return "postponed"
        if text.startswith("cancel"):
            return "cancelled"
        return {2: "live", 3: "final"}.get(self.gameStatus, "scheduled")

    @property
    def overtime_periods(self) -> int | None:
        """From "Final/OT2"; None until the game is final."""
        if self.gameStatus != 3 or not (
            match := re.fullmatch(r"Final(?:/OT(\d*))?", self.gameStatusText.strip())
        ):
            return None
        return 0 if match[1] is None else int(match[1] or 1)


class GameDate(Payload):
    games: list[ScheduledGame]


class LeagueSchedule(Payload):
    seasonYear: str
    gameDates: list[GameDate]


class Schedule(Payload):
    """The season file of the CDN and of stats.nba.com, about 1,300 games."""

    leagueSchedule: LeagueSchedule

    @property
    def season(self) -> str:
        return self.leagueSchedule.seasonYear

    @property
    def is_empty(self) -> bool:
        return not any(day.games for day in self.leagueSchedule.gameDates)

    @cached_property
    def by_date(self) -> dict[date, list[ScheduledGame]]:
        """The games of each Eastern date, in the order of the file."""
        found: dict[date, list[ScheduledGame]] = {}
        for day in self.leagueSchedule.gameDates:
            for game in day.games:
                found.setdefault(game.game_date, []).append(game)
        return found

    @cached_property
    def date_of(self) -> dict[str, date]:
        """The Eastern date on which the file has each NBA game id, once its two teams are known."""
        return {
            game.gameId: day
            for day, games in self.by_date.items()
            for game in games
            if game.has_two_teams
        }

    @cached_property
    def first_regular_date(self) -> date | None:
        """Opening night."""
        return min((d for d, games in self.by_date.items() if _any_regular(games)), default=None)

    @cached_property
    def without_teams(self) -> frozenset[str]:
        """NBA ids of the games whose teams are still to be determined."""
        games = (game for games in self.by_date.values() for game in games)
        return frozenset(game.gameId for game in games if not game.has_two_teams)

    @cached_property
    def own_arenas(self) -> set[tuple[str, str]]:
        """(team, arena) pairs where a team is at home: two or more of its regular home games.

        One game abroad or at a cup site does not make an arena a home; San Antonio's second one does.
        """
        counts: dict[tuple[str, str], int] = {}
        for games in self.by_date.values():
            for game in games:
                if game.gameId.startswith("002") and game.homeTeam.teamTricode and game.arenaName:
                    pair = (game.homeTeam.teamTricode, game.arenaName)
                    counts[pair] = counts.get(pair, 0) + 1
        return {pair for pair, games in counts.items() if games >= 2}


def _any_regular(games: list[ScheduledGame]) -> bool:
    return any(season_type_of(game.gameId) == "regular" for game in games)


def games_of(
    day: date, latest: Schedule, slate: Schedule | None
) -> list[tuple[ScheduledGame, str, bool]]:
    """The games of a date: as the newest file has them, and those only the morning's slate had.

    A game that left the date is not forgotten: it was put off where the newest file has it on
    another date, and called off where it was conditional or lost its teams again. One that is
    nowhere any more was lost by the file, and its result is still expected.

    Returns:
        The game, its status, and whether only the slate has it on the date.
    """
    found = [(game, game.status, False) for game in latest.by_date.get(day, [])]
    named = {game.gameId for game, _, _ in found if game.has_two_teams}
    for game in slate.by_date.get(day, []) if slate else []:
        if game.gameId in named or not game.has_two_teams:
            continue
        if game.gameId in latest.date_of:
            found.append((game, "postponed", True))
        elif game.ifNecessary or game.gameId in latest.without_teams:
            found.append((game, "cancelled", True))
        else:
            found.append((game, game.status, True))
    return found


class Statistics(Payload):
    """What is counted of a player and of a team alike."""

    minutes: ClockSeconds
    points: Count
    fieldGoalsMade: Count
    fieldGoalsAttempted: Count
    threePointersMade: Count
    threePointersAttempted: Count
    freeThrowsMade: Count
    freeThrowsAttempted: Count
    reboundsOffensive: Count
    reboundsDefensive: Count
    assists: Count
    steals: Count
    blocks: Count
    turnovers: Count
    foulsPersonal: Count


class PlayerStatistics(Statistics):
    plusMinusPoints: float | None = None


class BoxPlayer(Payload):
    """A listed player. Who played is said by `played` alone: reasons stand beside players who did."""

    status: str
    notPlayingReason: str | None = None
    notPlayingDescription: str | None = None
    personId: int
    starter: Flag
    played: Flag
    name: str
    firstName: str | None = None
    familyName: str | None = None
    statistics: PlayerStatistics


class TeamStatistics(Statistics):
    """`turnovers` are the players'; those of nobody but the team stand apart."""

    turnoversTeam: Count | None = None
    pointsSecondChance: Count | None = None
    pointsFastBreak: Count | None = None
    pointsInThePaint: Count | None = None


class PeriodScore(Payload):
    period: int
    score: Count


class BoxTeam(Payload):
    teamId: int
    teamTricode: Tricode
    score: Count
    periods: list[PeriodScore]
    players: list[BoxPlayer]
    statistics: TeamStatistics


class BoxOfficial(Payload):
    """A referee of the game, in the order of the list: the crew chief is the first."""

    personId: int | None = None
    name: str
    assignment: str | None = None


class BoxGame(Payload):
    gameId: GameId
    gameStatus: Literal[1, 2, 3]
    gameEt: str
    period: int
    regulationPeriods: int = 4
    homeTeam: BoxTeam
    awayTeam: BoxTeam
    officials: list[BoxOfficial] = Field(default_factory=list)


class BoxScore(Payload):
    """`liveData/boxscore/boxscore_<gameId>.json` of the CDN."""

    game: BoxGame

    @property
    def is_empty(self) -> bool:
        return not self.game.homeTeam.players and not self.game.awayTeam.players


class LogLine(Payload):
    """A line of the game log, by the headers' names: what players' and teams' lines share."""

    TEAM_ABBREVIATION: Tricode
    GAME_ID: GameId
    GAME_DATE: str
    MATCHUP: str
    WL: str | None
    MIN: Count
    FGM: Count
    FGA: Count
    FG3M: Count
    FG3A: Count
    FTM: Count
    FTA: Count
    OREB: Count
    DREB: Count
    AST: Count
    STL: Count
    BLK: Count
    TOV: Count
    PF: Count
    PTS: Count

    @property
    def is_home(self) -> bool:
        """Whether the match-up reads "GSW vs. NYK" (at home) and not "GSW @ LAL"."""
        return " vs. " in self.MATCHUP


class GameLogRow(LogLine):
    """A player's line of the game log. Only players who played have one."""

    PLAYER_ID: int
    PLAYER_NAME: str
    PLUS_MINUS: float | None = None


class GameLog(Payload):
    """`leaguegamelog`: the envelope names columns in `headers`; they are read by name."""

    rows: list[GameLogRow]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        return {"rows": named_rows(body, "LeagueGameLog")}

    @property
    def is_empty(self) -> bool:
        return not self.rows
