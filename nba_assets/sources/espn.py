"""Payload models of ESPN's site API: the fields that are read, strictly typed. Unknown fields pass."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AwareDatetime, BeforeValidator, Field, PlainValidator, model_validator

from nba_assets.partitions import eastern_date
from nba_assets.sources.payload import Payload, Tricode
from nba_assets.sources.units import CM_PER_INCH, KG_PER_POUND

# 4 is the off season. All-Star games hide among type 2 (unverified): their sides tell.
SEASON_TYPES = {1: "preseason", 2: "regular", 3: "playoffs", 5: "play_in"}


class MadeAttempted(NamedTuple):
    """A pair as ESPN writes it: "5-9"."""

    made: int
    attempted: int


def _whole(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"\d+", value):
        raise ValueError('a count is a text of digits, as "12"')
    return int(value)


def _signed(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?\d+", value):
        raise ValueError('a margin is a text as "-8", "0" or "+5"')
    return int(value)


def _pair(value: object) -> MadeAttempted:
    match = re.fullmatch(r"(\d+)-(\d+)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('makes and attempts look like "5-9"')
    return MadeAttempted(int(match[1]), int(match[2]))


CountText = Annotated[int, BeforeValidator(_whole)]
MarginText = Annotated[int, BeforeValidator(_signed)]
PairText = Annotated[MadeAttempted, PlainValidator(_pair)]


class StatusType(Payload):
    """The kind of status; a game put off is state "post" without being completed."""

    name: str
    state: Literal["pre", "in", "post"]
    completed: bool


class Status(Payload):
    """Where a game stands; the period is missing where only the kind is told."""

    period: int | None = None
    type: StatusType


class SideTeam(Payload):
    """A team with ESPN's id, which is no other provider's."""

    id: str
    abbreviation: Tricode


class LineScore(Payload):
    """Points of one period, as text."""

    displayValue: CountText


class Competitor(Payload):
    """A side of a game. The score is a text, and absent where none is told."""

    homeAway: Literal["home", "away"]
    score: CountText | None = None
    team: SideTeam
    linescores: list[LineScore] = Field(default_factory=list)

    @property
    def period_scores(self) -> list[int]:
        """Points of each period played, overtimes last."""
        return [line.displayValue for line in self.linescores]


class Venue(Payload):
    """Where it is played."""

    fullName: str | None = None


class Competition(Payload):
    """What is played under an event: one tip (UTC), one home side, one away side."""

    date: AwareDatetime
    competitors: list[Competitor]
    status: Status
    neutralSite: bool | None = None
    venue: Venue | None = None

    @model_validator(mode="after")
    def _is_one_at_another(self) -> "Competition":
        sides = sorted(side.homeAway for side in self.competitors)
        if sides != ["away", "home"]:
            raise ValueError(f"a game has one home and one away side, found {sides}")
        return self

    def side(self, which: Literal["home", "away"]) -> Competitor:
        return next(side for side in self.competitors if side.homeAway == which)


class SeasonOfEvent(Payload):
    """`year` is the year the season ends."""

    year: int
    type: int


class GameKey(NamedTuple):
    """What joins a game across providers: Eastern date, away and home tricode."""

    day: date
    away: str
    home: str


class Event(Payload):
    """A game by ESPN's event id."""

    id: str
    season: SeasonOfEvent
    competitions: Annotated[list[Competition], Field(min_length=1, max_length=1)]

    @property
    def competition(self) -> Competition:
        return self.competitions[0]

    @property
    def home(self) -> Competitor:
        return self.competition.side("home")

    @property
    def away(self) -> Competitor:
        return self.competition.side("away")

    @property
    def tip_at(self) -> datetime:
        """The scheduled tip, UTC."""
        return self.competition.date

    @property
    def game_date(self) -> date:
        """The Eastern date of the tip."""
        return eastern_date(self.tip_at)

    @property
    def key(self) -> GameKey:
        return GameKey(self.game_date, self.away.team.abbreviation, self.home.team.abbreviation)

    @property
    def season_year(self) -> int:
        """The year the season starts."""
        return self.season.year - 1

    @property
    def season_type(self) -> str:
        """preseason, regular, playoffs, play_in; "unknown" for a type nobody has seen."""
        return SEASON_TYPES.get(self.season.type, "unknown")

    @property
    def status(self) -> str:
        """scheduled, live, final, postponed or cancelled; else ESPN's own word."""
        found = self.competition.status.type
        if found.name == "STATUS_POSTPONED":
            return "postponed"
        if found.name in ("STATUS_CANCELED", "STATUS_CANCELLED"):
            return "cancelled"
        if found.state == "post":
            return "final" if found.completed else found.name
        return "live" if found.state == "in" else "scheduled"

    @property
    def overtime_periods(self) -> int | None:
        """Periods beyond four; None until the game is final or where no period is told."""
        period = self.competition.status.period
        return max(period - 4, 0) if self.status == "final" and period else None


class League(Payload):
    """`calendar` lists the days with games, as Pacific midnights in UTC."""

    calendar: list[AwareDatetime] = Field(default_factory=list)


class Scoreboard(Payload):
    """`scoreboard?dates=YYYYMMDD`: the games of one Eastern date.

    A refusal compares `game_dates` with the date asked and `by_key` with the schedule; an empty
    body is an answer only where `has_games_on` denies the date.
    """

    leagues: list[League]
    events: list[Event]

    @property
    def is_empty(self) -> bool:
        return not self.events

    @property
    def game_dates(self) -> set[date]:
        """The Eastern dates its games are on."""
        return {event.game_date for event in self.events}

    @cached_property
    def by_key(self) -> dict[GameKey, list[Event]]:
        """The events of each date and pair of teams: more than one is an error of the provider."""
        found: dict[GameKey, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.key, []).append(event)
        return found

    def has_games_on(self, day: date) -> bool:
        """Whether ESPN's calendar of the season lists the date."""
        return any(
            eastern_date(listed) == day for league in self.leagues for listed in league.calendar
        )


class AthleteStatistics(Payload):
    """A player's line, by the names in `keys`: their order differs between captures.

    `minutes` are whole, any second played counting as one.
    """

    minutes: CountText
    fieldGoals: PairText = Field(alias="fieldGoalsMade-fieldGoalsAttempted")
    threePointers: PairText = Field(alias="threePointFieldGoalsMade-threePointFieldGoalsAttempted")
    freeThrows: PairText = Field(alias="freeThrowsMade-freeThrowsAttempted")
    offensiveRebounds: CountText
    defensiveRebounds: CountText
    rebounds: CountText
    assists: CountText
    steals: CountText
    blocks: CountText
    turnovers: CountText
    fouls: CountText
    plusMinus: MarginText
    points: CountText

    @property
    def seconds(self) -> int:
        """Playing time, to the minute."""
        return self.minutes * 60


class Athlete(Payload):
    """A player by ESPN's id and the name it shows."""

    id: str
    displayName: str


class AthleteLine(Payload):
    """A listed player. `reason` also stands beside players who played; `played` alone decides."""

    athlete: Athlete
    starter: bool
    didNotPlay: bool
    reason: str | None = None
    statistics: AthleteStatistics | None

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> "AthleteLine":
        if self.didNotPlay and self.statistics:
            raise ValueError(f"{self.athlete.displayName} did not play and has statistics")
        return self

    @property
    def played(self) -> bool:
        return self.statistics is not None


class StatisticsBlock(Payload):
    """The players of a team; each `stats` is positional to `keys`, and empty for who did not play."""

    athletes: list[AthleteLine]

    @model_validator(mode="before")
    @classmethod
    def _named_by_keys(cls, block: Any) -> Any:
        if not isinstance(block, dict) or not isinstance(block.get("athletes"), list):
            raise ValueError("a block of statistics has keys and athletes")
        keys = block.get("keys")
        return {**block, "athletes": [_named(keys, line) for line in block["athletes"]]}


def _named(keys: Any, line: Any) -> Any:
    stats = line.get("stats") if isinstance(line, dict) else None
    if not isinstance(stats, list):
        raise ValueError(f"an athlete's line has a list of stats, found {str(line)[:80]}")
    if not stats:
        return {**line, "statistics": None}
    if not isinstance(keys, list) or len(keys) != len(stats) or len(set(keys)) != len(keys):
        raise ValueError(f"{len(stats)} stats for the keys {keys}")
    return {**line, "statistics": dict(zip(keys, stats, strict=True))}


class TeamPlayers(Payload):
    """One team's block of the box score."""

    team: SideTeam
    statistics: list[StatisticsBlock]

    @property
    def athletes(self) -> list[AthleteLine]:
        return [line for block in self.statistics for line in block.athletes]


class Boxscore(Payload):
    """Absent blocks are a game that has not begun."""

    players: list[TeamPlayers] = Field(default_factory=list)


class Summary(Payload):
    """`summary?event=<id>`: one game with its box score.

    Proof: no recording has this JSON envelope, `header` included. What the blocks of players hold
    (keys, pairs, signs, empty stats) is proven on the same block of three recorded HTML pages.

    A refusal compares `event` (id, key, status) with what was asked, `sides` with the two teams,
    and asks at least five who played of each.
    """

    header: Event
    boxscore: Boxscore

    @property
    def event(self) -> Event:
        return self.header

    @property
    def is_empty(self) -> bool:
        return not any(team.athletes for team in self.boxscore.players)

    @property
    def sides(self) -> dict[str, list[AthleteLine]]:
        """Listed players of each tricode. A team that stands twice shows in `boxscore.players`."""
        return {team.team.abbreviation: team.athletes for team in self.boxscore.players}


class InjuryType(Payload):
    """ESPN's name of the status, such as INJURY_STATUS_OUT."""

    name: str | None = None


class InjuryDetails(Payload):
    """What is hurt, and until when; `returnDate` is an estimate."""

    type: str | None = None
    location: str | None = None
    detail: str | None = None
    side: str | None = None
    returnDate: date | None = None


class Injury(Payload):
    """One entry about an injured player, dated by ESPN in UTC. `status` is ESPN's word."""

    status: str
    date: AwareDatetime
    shortComment: str | None = None
    longComment: str | None = None
    type: InjuryType | None = None
    details: InjuryDetails | None = None

    @property
    def reason(self) -> str | None:
        """The details in one line, as "Achilles - Surgery (Right)"; else the short comment."""
        if not self.details or not self.details.type:
            return self.shortComment
        side = self.details.side
        words = [self.details.type, *([f"- {self.details.detail}"] if self.details.detail else [])]
        return " ".join([*words, *([f"({side})"] if side and side != "Not Specified" else [])])


class InjuredAthlete(Payload):
    """The player of the league-wide feed, where an id is not sure to be told."""

    id: str | None = None
    displayName: str


class ReportedInjury(Injury):
    """An injury of the league-wide feed, which names its player; a roster's does not."""

    athlete: InjuredAthlete


class TeamInjuries(Payload):
    """A team's entries; the team is named in full."""

    displayName: Tricode
    injuries: list[ReportedInjury]


class Injuries(Payload):
    """`injuries`: everybody hurt, nested by team, as of now. History exists only as captures.

    Proof: none recorded; an injury's own fields are proven on the recorded roster.
    """

    injuries: list[TeamInjuries]

    @property
    def is_empty(self) -> bool:
        return not any(team.injuries for team in self.injuries)

    @property
    def by_player(self) -> Iterator[tuple[str, ReportedInjury]]:
        """Every entry with its team's tricode, in the order of the body."""
        return ((team.displayName, entry) for team in self.injuries for entry in team.injuries)


class Position(Payload):
    """Where a player plays, as "SG"."""

    abbreviation: str | None = None


class AthleteStatus(Payload):
    """Whether the player is active, in ESPN's words."""

    name: str | None = None
    type: str | None = None


class RosterAthlete(Payload):
    """A player of a roster. `height` is in inches, `weight` in pounds."""

    id: str
    displayName: str
    fullName: str
    jersey: str | None = None
    position: Position | None = None
    height: float | None = None
    weight: float | None = None
    dateOfBirth: AwareDatetime | None = None
    injuries: list[Injury] = Field(default_factory=list)
    status: AthleteStatus | None = None

    @property
    def height_cm(self) -> float | None:
        return None if self.height is None else self.height * CM_PER_INCH

    @property
    def weight_kg(self) -> float | None:
        return None if self.weight is None else self.weight * KG_PER_POUND

    @property
    def birth_date(self) -> date | None:
        """The date as UTC has it: ESPN writes a Pacific midnight."""
        return self.dateOfBirth.date() if self.dateOfBirth else None


class RosterTeam(SideTeam):
    """A team with its players."""

    athletes: list[RosterAthlete]


class TeamRoster(Payload):
    """`teams/<id>?enable=roster`: one team's players as of now.

    A refusal compares `team.id` and `team.abbreviation` with the team asked, and the number of
    athletes with the least a roster can have.
    """

    team: RosterTeam

    @property
    def is_empty(self) -> bool:
        return not self.team.athletes
