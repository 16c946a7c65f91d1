"""Payload model of official.nba.com: who is assigned to tonight's games."""

import re
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from nba_assets.sources.payload import GameId, Payload, Tricode


def _american_date(value: object) -> object:
    """The date of "01/08/2025", month first."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", value) if isinstance(value, str) else None
    if not match:
        raise ValueError("a date looks like 01/08/2025")
    return date(int(match[3]), int(match[1]), int(match[2]))


AmericanDate = Annotated[date, BeforeValidator(_american_date)]


class Official(NamedTuple):
    """An assigned official: place in the list (1 crew chief … 4 alternate), NBA person id, name."""

    position: int
    person_id: int | None
    name: str

    @property
    def is_crew_chief(self) -> bool:
        return self.position == 1


class Assignment(Payload):
    """The officials of one game; the places that nobody has are null."""

    game_id: GameId
    game_date: AmericanDate
    home_team_abbr: Tricode
    away_team_abbr: Tricode
    official1: str | None = None
    official1_code: int | None = None
    official2: str | None = None
    official2_code: int | None = None
    official3: str | None = None
    official3_code: int | None = None
    official4: str | None = None
    official4_code: int | None = None

    @property
    def officials(self) -> list[Official]:
        places = (
            (self.official1, self.official1_code),
            (self.official2, self.official2_code),
            (self.official3, self.official3_code),
            (self.official4, self.official4_code),
        )
        return [Official(n, code, name) for n, (name, code) in enumerate(places, 1) if name]


class ReplayOfficial(Payload):
    """An official of the replay centre, for all games of the date."""

    game_date: AmericanDate
    official_code: int | None = None
    replaycenter_official: str


class AssignmentTable(Payload):
    """The games of one league."""

    rows: list[Assignment]


class ReplayTable(Payload):
    """The replay centre of one league."""

    rows: list[ReplayOfficial] = Field(default_factory=list)


class LeagueOfficials(Payload):
    """The two tables of one league."""

    Table: AssignmentTable
    Table1: ReplayTable | None = None


class GameOfficials(Payload):
    """`get-game-officials`; other leagues stand beside the NBA and are not read.

    Asked before the morning's publication it answers with another date's games, so each row's
    `game_date` is compared with the date that was asked for.
    """

    nba: LeagueOfficials

    @property
    def games(self) -> list[Assignment]:
        return self.nba.Table.rows

    @property
    def dates(self) -> set[date]:
        return {row.game_date for row in self.games}

    @property
    def is_empty(self) -> bool:
        return not self.games
