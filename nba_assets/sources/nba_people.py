"""Payload models of stats.nba.com: players, rosters, line-ups, moves and standings."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from nba_assets.partitions import EASTERN
from nba_assets.sources.payload import Count, GameId, Payload, Tricode, named_rows
from nba_assets.sources.teams import side_of
from nba_assets.sources.units import KG_PER_POUND

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _height_cm(value: object) -> object:
    """Centimetres of feet and inches, "6-8": 203.2; None of an empty text."""
    if value in (None, ""):
        return None
    match = re.fullmatch(r"(\d)-(\d|1[01])", value) if isinstance(value, str) else None
    if not match:
        raise ValueError("a height looks like 6-8")
    return (int(match[1]) * 12 + int(match[2])) * 254 / 100


def _weight_kg(value: object) -> object:
    """Kilograms of pounds written as text, "243": 110.2; None of an empty text."""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError('a weight in pounds is written "243"')
    return int(value) * KG_PER_POUND


def _birth_date(value: object) -> object:
    """The date of "JUL 28, 1999"; None of an empty text."""
    if value in (None, ""):
        return None
    match = re.fullmatch(r"([A-Z]{3}) (\d\d?), (\d{4})", value) if isinstance(value, str) else None
    if not match or match[1] not in MONTHS:
        raise ValueError("a birth date looks like JUL 28, 1999")
    return date(int(match[3]), MONTHS.index(match[1]) + 1, int(match[2]))


def _midnight(value: object) -> object:
    """The date of "2025-07-16T00:00:00"."""
    if not isinstance(value, str) or not value.endswith("T00:00:00"):
        raise ValueError("a date looks like 2025-07-16T00:00:00")
    return date.fromisoformat(value.removesuffix("T00:00:00"))


def _whole(value: object) -> object:
    """An id that arrives as a float: 1610612745.0."""
    if isinstance(value, float) and not value.is_integer():
        raise ValueError("an id is a whole number")
    return int(value) if isinstance(value, float) else value


def _experience(value: object) -> object:
    """Seasons played before this one; "R" is a rookie."""
    if value == "R":
        return 0
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError('experience is "R" or a number of seasons as text')
    return int(value)


def _year(value: object) -> object:
    """A season's start year written as text: "2025"; None of an empty one."""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}", value):
        raise ValueError('a year is written "2025"')
    return int(value)


def _eastern_instant(value: object) -> object:
    """The UTC instant of an Eastern clock without a zone; None of an empty text."""
    if value in (None, ""):
        return None
    clock = datetime.fromisoformat(value) if isinstance(value, str) else None
    if clock is None or clock.tzinfo:
        raise ValueError("a line-up's timestamp is an Eastern clock without a zone")
    return clock.replace(tzinfo=EASTERN).astimezone(UTC)


HeightCm = Annotated[float | None, BeforeValidator(_height_cm)]
WeightKg = Annotated[float | None, BeforeValidator(_weight_kg)]
BirthDate = Annotated[date | None, BeforeValidator(_birth_date)]
MidnightDate = Annotated[date, BeforeValidator(_midnight)]
WholeId = Annotated[int, BeforeValidator(_whole)]
Experience = Annotated[int, BeforeValidator(_experience)]
Year = Annotated[int | None, BeforeValidator(_year)]
EasternInstant = Annotated[datetime | None, BeforeValidator(_eastern_instant)]


class IndexedPlayer(Payload):
    """A player of the season's list; team id 0 is nobody's. The suffix is in the last name."""

    PERSON_ID: int
    PLAYER_FIRST_NAME: str
    PLAYER_LAST_NAME: str
    TEAM_ID: int
    TEAM_ABBREVIATION: Tricode | None
    JERSEY_NUMBER: str | None
    POSITION: str | None
    HEIGHT: HeightCm
    WEIGHT: WeightKg
    ROSTER_STATUS: float | None
    FROM_YEAR: Year
    TO_YEAR: Year

    @property
    def name(self) -> str:
        return f"{self.PLAYER_FIRST_NAME} {self.PLAYER_LAST_NAME}".strip()

    @property
    def team(self) -> str | None:
        """The tricode; None of a player without a team."""
        return (self.TEAM_ABBREVIATION or side_of(self.TEAM_ID)) if self.TEAM_ID else None

    @property
    def is_on_roster(self) -> bool:
        """The provider's flag, 1.0 or null."""
        return self.ROSTER_STATUS == 1.0


class PlayerIndex(Payload):
    """`playerindex` of a season."""

    rows: list[IndexedPlayer]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        return {"rows": named_rows(body, "PlayerIndex")}

    @property
    def is_empty(self) -> bool:
        return not self.rows


class RosterPlayer(Payload):
    """A player of one team's roster; the season is its start year."""

    TeamID: int
    SEASON: Year
    PLAYER_ID: int
    PLAYER: str
    NUM: str | None
    POSITION: str | None
    HEIGHT: HeightCm
    WEIGHT: WeightKg
    BIRTH_DATE: BirthDate
    EXP: Experience

    @property
    def team(self) -> str:
        return side_of(self.TeamID)


class TeamRoster(Payload):
    """`commonteamroster`: the players of one team; its coaches are not read."""

    rows: list[RosterPlayer]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        return {"rows": named_rows(body, "CommonTeamRoster")}

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def teams(self) -> set[str]:
        return {row.team for row in self.rows}


class StandingsRow(Payload):
    """A team's record as of the answer. `PlayoffRank` is the rank in the conference."""

    SeasonID: str
    TeamID: int
    Conference: str
    Division: str
    PlayoffRank: int
    DivisionRank: int
    WINS: Count
    LOSSES: Count

    @property
    def team(self) -> str:
        return side_of(self.TeamID)


class Standings(Payload):
    """`leaguestandingsv3`, as it stands when asked: it cannot be asked for a date."""

    rows: list[StandingsRow]

    @model_validator(mode="before")
    @classmethod
    def _named_columns(cls, body: Any) -> Any:
        return {"rows": named_rows(body, "Standings")}

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def seasons(self) -> set[str]:
        """The provider's season ids: "22025" is the regular season that starts in 2025."""
        return {row.SeasonID for row in self.rows}


class LineupPlayer(Payload):
    """A listed player. The words of the provider stay: a word nobody has seen is a gate's to refuse.

    `lineupStatus` is Expected (the five likely starters, no announcement) or Confirmed (everybody,
    dressed or not); `rosterStatus` is Active or Inactive.
    """

    personId: int
    firstName: str
    lastName: str
    playerName: str
    lineupStatus: str
    position: str
    rosterStatus: str
    timestamp: EasternInstant

    @property
    def is_starter(self) -> bool:
        """Whether the line-up gives him a position."""
        return self.position != ""

    @property
    def announced_at(self) -> datetime | None:
        """The provider's own clock, in UTC; what was known when is said by our captures."""
        return self.timestamp


class LineupTeam(Payload):
    """A side; nobody is listed before its line-up is out."""

    teamId: int
    teamAbbreviation: Tricode
    players: list[LineupPlayer]

    @property
    def statuses(self) -> set[str]:
        """The line-up statuses of its players; one, if the list is what it should be."""
        return {player.lineupStatus for player in self.players}


class LineupGame(Payload):
    """A game of the date; `gameStatusText` is padded once it is in play."""

    gameId: GameId
    gameStatus: int
    gameStatusText: str
    homeTeam: LineupTeam
    awayTeam: LineupTeam

    @property
    def sides(self) -> tuple[LineupTeam, LineupTeam]:
        """Home, then away."""
        return self.homeTeam, self.awayTeam


class DailyLineups(Payload):
    """`00_daily_lineups_<YYYYMMDD>.json`: the body names no date, its games are compared by id."""

    games: list[LineupGame]

    @property
    def is_empty(self) -> bool:
        """True until the first player of the date is listed."""
        return not any(side.players for game in self.games for side in game.sides)


class Move(Payload):
    """One line of the movement file. Ids arrive as floats; 0 is nobody.

    A player id of 0 is draft consideration. `Additional_Sort` is the other team of a trade. A
    trade has a line per asset under one `GroupSort`; (`GroupSort`, `TEAM_ID`, `PLAYER_ID`,
    `Additional_Sort`) told all 8,730 recorded lines apart.
    """

    Transaction_Type: str
    TRANSACTION_DATE: MidnightDate
    TRANSACTION_DESCRIPTION: str
    TEAM_ID: WholeId
    PLAYER_ID: WholeId
    PLAYER_SLUG: str
    Additional_Sort: WholeId
    GroupSort: str

    @property
    def effective_date(self) -> date:
        return self.TRANSACTION_DATE

    @property
    def person_id(self) -> int | None:
        """The NBA person id; None of draft consideration."""
        return self.PLAYER_ID or None

    @property
    def team(self) -> str | None:
        """The team that signs, waives or receives."""
        return side_of(self.TEAM_ID) if self.TEAM_ID else None

    @property
    def other_team(self) -> str | None:
        """The team that gives, in a trade."""
        return side_of(self.Additional_Sort) if self.Additional_Sort else None


class MoveTable(Payload):
    """The lines, newest first."""

    rows: list[Move]


class PlayerMovement(Payload):
    """`NBA_Player_Movement.json`: the whole history since July 2015, each time."""

    NBA_Player_Movement: MoveTable

    @property
    def rows(self) -> list[Move]:
        return self.NBA_Player_Movement.rows

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def newest_date(self) -> date | None:
        """The date of the latest move; an old copy of the file shows by it."""
        return max((row.TRANSACTION_DATE for row in self.rows), default=None)
