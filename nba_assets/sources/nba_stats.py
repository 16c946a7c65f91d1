"""Payload models of stats.nba.com: what happened in games. People and standings have their own module."""

import math
import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from nba_assets.sources.nba import LogLine, PlayerStatistics, TeamStatistics
from nba_assets.sources.payload import Count, GameId, Payload, Tricode, named_rows
from nba_assets.sources.shots import Shot, clock_seconds, with_and_ones
from nba_assets.sources.teams import side_of

REGULATION_SECONDS = 240 * 60  # five players, four periods of twelve minutes
OVERTIME_SECONDS = 25 * 60  # five players, five minutes
TENTHS_THAT_ROUND_TO_NO_FOOT = 10  # distances are whole feet, coordinates tenths of a foot


def _colon_seconds(value: object) -> object:
    """Seconds of "45:55": 2755; 0 of the empty text of a player who stayed on the bench."""
    if value == "":
        return 0
    match = re.fullmatch(r"(\d+):([0-5]\d)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError("minutes look like 45:55")
    return int(match[1]) * 60 + int(match[2])


def _compact_date(value: object) -> object:
    """The date of "20231024"."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{8}", value):
        raise ValueError("a date looks like 20231024")
    return date.fromisoformat(value)


def _running_score(value: object) -> object:
    """A score written as text, "101"; None of the empty text of an action that changes nothing."""
    if value == "":
        return None
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError('a score is written "101", or "" where it stays')
    return int(value)


ColonSeconds = Annotated[int, BeforeValidator(_colon_seconds)]
CompactDate = Annotated[date, BeforeValidator(_compact_date)]
RunningScore = Annotated[int | None, BeforeValidator(_running_score)]
Clock = Annotated[float, BeforeValidator(clock_seconds)]


class PlayerStatisticsV3(PlayerStatistics):
    """A player's counts; the minutes are written "45:55"."""

    minutes: ColonSeconds


class TeamStatisticsV3(TeamStatistics):
    """A team's counts; the minutes of regulation are written "240:00"."""

    minutes: ColonSeconds


class BoxPlayerV3(Payload):
    """A player of the list. Who played has minutes, be they "0:00"; who did not has an empty text."""

    personId: int
    firstName: str
    familyName: str
    position: str
    comment: str
    played: bool
    statistics: PlayerStatisticsV3

    @model_validator(mode="before")
    @classmethod
    def _played_by_minutes(cls, body: Any) -> Any:
        statistics = body.get("statistics") if isinstance(body, dict) else None
        if not isinstance(statistics, dict):
            return body
        return {**body, "played": statistics.get("minutes") != ""}

    @property
    def is_starter(self) -> bool:
        return self.position != ""

    @property
    def name(self) -> str:
        return f"{self.firstName} {self.familyName}"


class BoxTeamV3(Payload):
    """A side. Its `bench` repeats the minutes of its `starters`; neither is read."""

    teamId: int
    teamTricode: Tricode
    players: list[BoxPlayerV3]
    statistics: TeamStatisticsV3


class BoxGameV3(Payload):
    """Two sides, or none where nothing is told of the game."""

    gameId: GameId
    homeTeam: BoxTeamV3 | None
    awayTeam: BoxTeamV3 | None

    @model_validator(mode="before")
    @classmethod
    def _sides_that_have_players(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        empty = {
            side: None
            for side in ("homeTeam", "awayTeam")
            if side in body and not (isinstance(body[side], dict) and body[side].get("players"))
        }
        return {**body, **empty}

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.homeTeam is None) != (self.awayTeam is None):
            side = "homeTeam" if self.homeTeam is None else "awayTeam"
            raise ValueError(f"game {self.gameId}: {side} has no players")
        return self


class BoxScoreV3(Payload):
    """`boxscoretraditionalv3`. It tells of no status: see `overtime_periods`."""

    boxScoreTraditional: BoxGameV3

    @property
    def game_id(self) -> str:
        return self.boxScoreTraditional.gameId

    @property
    def is_empty(self) -> bool:
        return not self.sides

    @property
    def sides(self) -> list[BoxTeamV3]:
        """Home, then away; nobody where the body says nothing."""
        game = self.boxScoreTraditional
        return [side for side in (game.homeTeam, game.awayTeam) if side]

    @property
    def overtime_periods(self) -> int | None:
        """From the minutes of the teams; None where no whole game has been played."""
        seconds = {side.statistics.minutes - REGULATION_SECONDS for side in self.sides}
        if len(seconds) != 1 or (over := seconds.pop()) < 0 or over % OVERTIME_SECONDS:
            return None
        return over // OVERTIME_SECONDS


class ActionV3(Payload):
    """One line of the play-by-play. A block or steal repeats the number of the play it ended."""

    actionNumber: int
    clock: Clock
    period: int
    actionType: str
    subType: str
    description: str
    personId: int
    playerName: str
    playerNameI: str
    teamTricode: Tricode
    isFieldGoal: Literal[0, 1]
    shotResult: Literal["Made", "Missed", ""]
    shotValue: int
    shotDistance: float
    xLegacy: int
    yLegacy: int
    scoreHome: RunningScore
    scoreAway: RunningScore

    @property
    def is_shot(self) -> bool:
        return self.isFieldGoal == 1 or self.actionType == "Free Throw"

    @property
    def is_made(self) -> bool:
        """A free throw has no result: the words "MISS …" say that it missed."""
        if self.isFieldGoal == 1:
            return self.shotResult == "Made"
        return not self.description.startswith("MISS ")

    @property
    def distance_ft(self) -> float | None:
        """Feet from the basket; None where a 0 stands beside coordinates that are farther away.

        The provider writes 0 for corner threes whose description names no distance.
        """
        if self.isFieldGoal == 0:
            return None
        far = math.hypot(self.xLegacy, self.yLegacy) > TENTHS_THAT_ROUND_TO_NO_FOOT
        return None if self.shotDistance == 0 and far else self.shotDistance

    @property
    def passer(self) -> str | None:
        """The name in "(Love 1 AST)"."""
        match = re.search(r"\(([^()]+) \d+ AST\)$", self.description)
        return match[1] if match else None

    @model_validator(mode="after")
    def _whole_shot(self) -> Self:
        what = f"action {self.actionNumber} ({self.actionType})"
        if self.isFieldGoal == 1 and not (self.shotValue in (2, 3) and self.shotResult):
            raise ValueError(f"{what}: a field goal has a result and is worth 2 or 3")
        if self.is_shot and not (self.personId and self.teamTricode):
            raise ValueError(f"{what}: a shot has a shooter and a team")
        return self


class PlayByPlayGameV3(Payload):
    """The actions of a game in their order."""

    gameId: GameId
    actions: list[ActionV3]


class PlayByPlayV3(Payload):
    """`playbyplayv3`. It names no zones, and passers only by the name in the description."""

    game: PlayByPlayGameV3

    @property
    def is_empty(self) -> bool:
        return not self.game.actions

    @property
    def scores(self) -> list[tuple[int, int]]:
        """Home and away points after each action; a score is written where it changes."""
        found: list[tuple[int, int]] = []
        home = away = 0
        for action in self.game.actions:
            home = home if action.scoreHome is None else action.scoreHome
            away = away if action.scoreAway is None else action.scoreAway
            found.append((home, away))
        return found

    @property
    def is_final(self) -> bool:
        """Whether the fourth period or an overtime ended with one side ahead."""
        return any(
            (action.actionType, action.subType) == ("period", "end")
            and action.period >= 4
            and home != away
            for action, (home, away) in zip(self.game.actions, self.scores, strict=True)
        )

    @property
    def shots(self) -> list[Shot]:
        """Field-goal attempts and free throws, in the order of the game."""
        actions = [action for action in self.game.actions if action.is_shot]
        alone = {
            a.actionNumber
            for a in actions
            if a.subType in ("Free Throw 1 of 1", "Free Throw Flagrant 1 of 1")
        }
        blockers = {
            a.actionNumber: a.personId
            for a in self.game.actions
            if a.actionType == "" and " BLOCK " in a.description
        }
        people = self._people()
        return with_and_ones(
            (
                Shot(
                    game_id=self.game.gameId,
                    event=a.actionNumber,
                    period=a.period,
                    clock_s=a.clock,
                    person_id=a.personId,
                    team=a.teamTricode,
                    value=a.shotValue if a.isFieldGoal else 1,
                    made=a.is_made,
                    distance_ft=a.distance_ft,
                    x=a.xLegacy if a.isFieldGoal else None,
                    y=a.yLegacy if a.isFieldGoal else None,
                    assist_person_id=_passer(a, people),
                    block_person_id=blockers.get(a.actionNumber) if a.isFieldGoal else None,
                )
                for a in actions
            ),
            alone,
        )

    @property
    def unknown_passers(self) -> list[tuple[int, str]]:
        """Event number and name of each assist whose name leads to nobody, or to two."""
        people = self._people()
        return [
            (a.actionNumber, a.passer)
            for a in self.game.actions
            if a.passer and _passer(a, people) is None
        ]

    def _people(self) -> dict[tuple[str, str], set[int]]:
        """Who of each team goes by a name in this game."""
        found: dict[tuple[str, str], set[int]] = {}
        for a in self.game.actions:
            for name in {a.playerName, a.playerNameI} - {""}:
                found.setdefault((a.teamTricode, _plain(name)), set()).add(a.personId)
        return found


def _passer(action: ActionV3, people: dict[tuple[str, str], set[int]]) -> int | None:
    """The one teammate of that name; None where it names nobody or two."""
    named = people.get((action.teamTricode, _plain(action.passer or "")), set())
    return next(iter(named)) if len(named) == 1 else None


def _plain(name: str) -> str:
    """Descriptions write Vucevic where the name is Vučević."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(c for c in letters if not unicodedata.combining(c)).lower()


class ShotRow(Payload):
    """An attempt of the shot chart. The recorded charts have a null for the event's number."""

    GAME_ID: GameId
    GAME_EVENT_ID: int | None
    PLAYER_ID: int
    TEAM_ID: int
    PERIOD: int
    MINUTES_REMAINING: Count
    SECONDS_REMAINING: Count
    SHOT_TYPE: Literal["2PT Field Goal", "3PT Field Goal"]
    SHOT_ZONE_BASIC: str
    SHOT_DISTANCE: int
    LOC_X: int
    LOC_Y: int
    SHOT_ATTEMPTED_FLAG: Literal[1]
    SHOT_MADE_FLAG: Literal[0, 1]
    GAME_DATE: CompactDate
    HTM: Tricode
    VTM: Tricode


class ShotChart(Payload):
    """`shotchartdetail`: all attempts of a date, if asked for FGA; PTS gives made shots only."""

    rows: list[ShotRow]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        return {"rows": named_rows(body, "Shot_Chart_Detail")}

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def dates(self) -> set[date]:
        return {row.GAME_DATE for row in self.rows}

    @property
    def shots(self) -> list[Shot]:
        """The attempts; assists, blocks, fouls and free throws are not told of."""
        return [
            Shot(
                game_id=row.GAME_ID,
                event=row.GAME_EVENT_ID,
                period=row.PERIOD,
                clock_s=float(row.MINUTES_REMAINING * 60 + row.SECONDS_REMAINING),
                person_id=row.PLAYER_ID,
                team=side_of(row.TEAM_ID),
                value=3 if row.SHOT_TYPE == "3PT Field Goal" else 2,
                made=row.SHOT_MADE_FLAG == 1,
                distance_ft=float(row.SHOT_DISTANCE),
                area=row.SHOT_ZONE_BASIC,
                x=row.LOC_X,
                y=row.LOC_Y,
            )
            for row in self.rows
        ]


class TeamLogRow(LogLine):
    """A team's line of the game log. `TOV` is the provider's team total."""

    TEAM_ID: int


class TeamGameLog(Payload):
    """`leaguegamelog` with PlayerOrTeam=T; the players' log has the same name and is refused."""

    rows: list[TeamLogRow]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        rows = named_rows(body, "LeagueGameLog")
        if rows and "PLAYER_ID" in rows[0]:
            raise ValueError("LeagueGameLog has lines of players, asked were those of teams")
        return {"rows": rows}

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def home_teams(self) -> dict[str, str]:
        """The home team of each game id, whose match-up reads "GSW vs. NYK".

        A game on neutral ground is missing: both of its lines read "DAL @ DET" and "DET @ DAL".
        """
        return {row.GAME_ID: row.TEAM_ABBREVIATION for row in self.rows if row.is_home}
