"""Payload models of BallDontLie: the fields that are read, strictly typed. Unknown fields pass."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from nba_assets.sources.payload import Count, Payload
from nba_assets.sources.teams import tricode_of
from nba_assets.sources.units import CM_PER_INCH, KG_PER_POUND

MAX_TEAM_ID = 30  # ids above are franchises of the 1940s under codes and names in use today
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _whole_minutes(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}", value):
        raise ValueError('minutes are a text of whole minutes, as "37"')
    return int(value)


WholeMinutes = Annotated[int, BeforeValidator(_whole_minutes)]


class Meta(Payload):
    """Paging: the last page has no cursor."""

    next_cursor: int | None = None


class Page(Payload):
    """What all answers share. Those that are never paged have no `meta`."""

    meta: Meta | None = None

    @property
    def next_cursor(self) -> int | None:
        """The `cursor` of the next page; None on the last."""
        return self.meta.next_cursor if self.meta else None


class Team(Payload):
    """A team by BallDontLie's id, which is no other provider's."""

    id: int
    abbreviation: str
    full_name: str

    @property
    def tricode(self) -> str:
        """The NBA tricode; for a defunct franchise or an unknown code, a word that no team bears."""
        if self.id > MAX_TEAM_ID:
            return f"{self.full_name} (defunct, id {self.id})"
        return tricode_of(self.abbreviation) or self.abbreviation


class Player(Payload):
    """A player. `height` is "6-11", `weight` pounds as text; either may be missing."""

    id: int
    first_name: str
    last_name: str
    position: str | None = None
    height: str | None = None
    weight: str | None = None
    jersey_number: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def height_cm(self) -> float | None:
        """None where there is no height.

        Raises:
            ValueError: where the text is not feet and inches.
        """
        if not self.height:
            return None
        if not (match := re.fullmatch(r"(\d)-(\d{1,2})", self.height)):
            raise ValueError(f"player {self.id} {self.name}: height {self.height!r} is not as 6-11")
        return (int(match[1]) * 12 + int(match[2])) * CM_PER_INCH

    @property
    def weight_kg(self) -> float | None:
        """None where there is no weight.

        Raises:
            ValueError: where the text is not a number of pounds.
        """
        if not self.weight:
            return None
        if not re.fullmatch(r"\d+", self.weight):
            raise ValueError(f"player {self.id} {self.name}: weight {self.weight!r} is not as 265")
        return int(self.weight) * KG_PER_POUND


class Game(Payload):
    """What every form tells of a game. `date` is Eastern, `datetime` the tip in UTC.

    `season` is the year it starts. Box scores of 2024-01-15 have neither `id` nor `datetime`.
    """

    id: int | None = None
    date: dt.date
    datetime: AwareDatetime | None = None
    season: int
    status: str
    period: Count
    postseason: bool
    home_team_score: Count
    visitor_team_score: Count

    @property
    def tip_at(self) -> dt.datetime | None:
        """The tip, UTC, from `datetime` or from a status that is still an instant."""
        return self.datetime or _instant_in(self.status)

    @property
    def state(self) -> str:
        """final, live or scheduled; else the provider's own word.

        Only "Final" is recorded; an instant before the tip and the words in play are public
        knowledge.
        """
        if self.status == "Final":
            return "final"
        if re.fullmatch(r"\d(st|nd|rd|th) Qtr|Halftime|OT\d*|\dOT", self.status):
            return "live"
        return "scheduled" if _instant_in(self.status) else self.status

    @property
    def overtime_periods(self) -> int | None:
        """Periods beyond four; None until the game is final."""
        return max(self.period - 4, 0) if self.state == "final" else None


def _instant_in(text: str) -> dt.datetime | None:
    """The UTC instant that a status is before the game; None of any other word."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)", text):
        return None
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


class ListedGame(Game):
    """A game of `games`, always with its id."""

    id: int
    home_team: Team
    visitor_team: Team

    @property
    def key(self) -> tuple[dt.date, str, str]:
        """What joins a game across providers: Eastern date, away and home tricode."""
        return self.date, self.visitor_team.tricode, self.home_team.tricode


class Games(Page):
    """`games?dates[]=`: a page of the games of an Eastern date."""

    data: list[ListedGame]

    @property
    def is_empty(self) -> bool:
        return not self.data

    @property
    def game_dates(self) -> set[dt.date]:
        return {game.date for game in self.data}


class Counts(Payload):
    """What is counted of a player. `min` is whole minutes, rounded either way (16:31 stands as 16)."""

    min: WholeMinutes
    pts: Count
    fgm: Count
    fga: Count
    fg3m: Count
    fg3a: Count
    ftm: Count
    fta: Count
    oreb: Count
    dreb: Count
    reb: Count
    ast: Count
    stl: Count
    blk: Count
    turnover: Count
    pf: Count

    @property
    def seconds(self) -> int:
        """Playing time, to the minute."""
        return self.min * 60

    @property
    def played(self) -> bool:
        """False of "00" and zeros: such rows are also listed for who did not play.

        A player on court for some seconds who did nothing looks the same.
        """
        return bool(self.min or self._counted)

    @property
    def _counted(self) -> int:
        shots = self.fga + self.fta + self.pts
        return shots + self.reb + self.ast + self.stl + self.blk + self.turnover + self.pf


class BoxLine(Counts):
    """A listed player's line of a box score; captures of 2025 have no `plus_minus`."""

    plus_minus: int | None = None
    player: Player


class BoxTeam(Team):
    """A side with its listed players."""

    players: list[BoxLine]


class BoxGame(Game):
    """A game of `box_scores`, in both vintages. Nobody is marked as a starter."""

    home_team: BoxTeam
    visitor_team: BoxTeam
    home_q1: Count | None = None
    home_q2: Count | None = None
    home_q3: Count | None = None
    home_q4: Count | None = None
    home_ot1: Count | None = None
    home_ot2: Count | None = None
    home_ot3: Count | None = None
    visitor_q1: Count | None = None
    visitor_q2: Count | None = None
    visitor_q3: Count | None = None
    visitor_q4: Count | None = None
    visitor_ot1: Count | None = None
    visitor_ot2: Count | None = None
    visitor_ot3: Count | None = None

    @property
    def key(self) -> tuple[dt.date, str, str]:
        """What joins a game across providers: Eastern date, away and home tricode."""
        return self.date, self.visitor_team.tricode, self.home_team.tricode

    @property
    def home_period_scores(self) -> list[int]:
        """Points of each period told; a fourth overtime has no field."""
        quarters = (self.home_q1, self.home_q2, self.home_q3, self.home_q4)
        overtimes = (self.home_ot1, self.home_ot2, self.home_ot3)
        return [points for points in (*quarters, *overtimes) if points is not None]

    @property
    def visitor_period_scores(self) -> list[int]:
        """Points of each period told; a fourth overtime has no field."""
        quarters = (self.visitor_q1, self.visitor_q2, self.visitor_q3, self.visitor_q4)
        overtimes = (self.visitor_ot1, self.visitor_ot2, self.visitor_ot3)
        return [points for points in (*quarters, *overtimes) if points is not None]


class BoxScores(Page):
    """`box_scores?date=` and `box_scores/live`: the games of an Eastern date, never paged.

    A refusal compares `game_dates` and the keys with the schedule, and asks each game to be final
    with at least five who played of each side. One game of nine was once answered with status 200.
    """

    data: list[BoxGame]

    @property
    def is_empty(self) -> bool:
        return not self.data

    @property
    def game_dates(self) -> set[dt.date]:
        return {game.date for game in self.data}


class StatsGame(Game):
    """The game of a row of `stats`, its sides by id alone."""

    id: int
    home_team_id: int
    visitor_team_id: int


class StatsRow(Counts):
    """A player's line of `stats`. `team` is the side he played for."""

    id: int
    player: Player
    team: Team
    game: StatsGame

    @property
    def is_home(self) -> bool:
        """Whether his side was at home.

        Raises:
            ValueError: where his team is neither side of the game.
        """
        sides = (self.game.home_team_id, self.game.visitor_team_id)
        if self.team.id not in sides:
            raise ValueError(f"stats row {self.id}: team {self.team.id} of a game of {sides}")
        return self.team.id == self.game.home_team_id


class Stats(Page):
    """`stats?dates[]=`: a page of player lines of an Eastern date."""

    data: list[StatsRow]

    @property
    def is_empty(self) -> bool:
        return not self.data

    @property
    def game_dates(self) -> set[dt.date]:
        return {row.game.date for row in self.data}

    @property
    def game_ids(self) -> set[int]:
        return {row.game.id for row in self.data}


class InjuredPlayer(Player):
    """A player and the id of his team."""

    team_id: int


class Injury(Payload):
    """An injured player. `return_date` is as "Jul 17", without a year; `status` Out or Day-To-Day."""

    player: InjuredPlayer
    return_date: str | None = None
    description: str | None = None
    status: str

    def returns_on(self, captured: dt.date) -> dt.date | None:
        """The next such day on or after the capture; None where `return_date` is no month and day."""
        match = re.fullmatch(rf"({'|'.join(MONTHS)}) (\d\d?)", self.return_date or "")
        return next(_occurrences(match, captured), None) if match else None


def _occurrences(match: re.Match[str], captured: dt.date) -> Iterator[dt.date]:
    for year in range(captured.year, captured.year + 9):  # two leap days are at most eight apart
        try:
            day = dt.date(year, MONTHS.index(match[1]) + 1, int(match[2]))
        except ValueError:
            continue
        if day >= captured:
            yield day


class Injuries(Page):
    """`player_injuries`: a page of everybody hurt, as of now."""

    data: list[Injury]

    @property
    def is_empty(self) -> bool:
        return not self.data


class ActivePlayer(Player):
    """A player with his team as of now."""

    team: Team


class Players(Page):
    """`players/active`: a page of the players under contract."""

    data: list[ActivePlayer]

    @property
    def is_empty(self) -> bool:
        return not self.data


class Standing(Payload):
    """A team's record in a season, which is named by the year it starts."""

    team: Team
    season: int
    wins: Count
    losses: Count
    conference_rank: Annotated[int, Field(ge=1)]
    division_rank: Annotated[int, Field(ge=1)]


class Standings(Page):
    """`standings?season=`: thirty teams, as of now or as a season ended."""

    data: list[Standing]

    @property
    def is_empty(self) -> bool:
        return not self.data

    @property
    def seasons(self) -> set[int]:
        return {row.season for row in self.data}
