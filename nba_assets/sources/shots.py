"""One neutral form of a shot, whichever of NBA.com's bodies tells of it: two play-by-plays, one shot chart."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Shot:
    """A field-goal attempt, or a free throw where a play-by-play is the source.

    Attributes:
        game_id: the ten digits of NBA.com.
        event: the provider's event number; None where it gives none.
        period: 1 to 4, then overtimes.
        clock_s: seconds left in the period, tenths of the last minute included.
        person_id: the shooter.
        team: the shooter's tricode; an unknown side keeps the provider's word.
        value: points that it is worth: 1, 2 or 3; 1 is a free throw.
        made: whether it went in.
        distance_ft: feet from the basket; None of a free throw.
        area: the provider's zone ("Restricted Area"); None where it names none.
        x: tenths of a foot from the basket, across the court; None of a free throw.
        y: tenths of a foot from the basket, along the court; None of a free throw.
        assist_person_id: who passed; None also where the source tells of no assists.
        block_person_id: who blocked; None also where the source tells of no blocks.
        fouled: whether a field goal that went in was followed by its one free throw (and-one);
            None where the source tells of no free throws. A missed shot that was fouled is no
            attempt and stands in no source.
    """

    game_id: str
    event: int | None
    period: int
    clock_s: float
    person_id: int
    team: str
    value: int
    made: bool
    distance_ft: float | None = None
    area: str | None = None
    x: int | None = None
    y: int | None = None
    assist_person_id: int | None = None
    block_person_id: int | None = None
    fouled: bool | None = None

    @property
    def points(self) -> int:
        return self.value if self.made else 0

    @property
    def is_free_throw(self) -> bool:
        return self.value == 1


def clock_seconds(text: object) -> float:
    """Seconds left, of "PT11M42.00S": 702.0.

    Raises:
        ValueError: where the text is of another form.
    """
    match = isinstance(text, str) and re.fullmatch(r"PT(\d+)M([0-5]\d(?:\.\d+)?)S", text)
    if not match:
        raise ValueError("a clock looks like PT11M42.00S")
    return int(match[1]) * 60 + float(match[2])


def with_and_ones(shots: Iterable[Shot], only_free_throws: Collection[int | None]) -> list[Shot]:
    """The shots, each saying whether its one free throw followed.

    The free throw of an and-one is the shooter's, at the very clock of his field goal. A teammate
    can shoot one at that clock too, fouled away from the ball: it belongs to no field goal.

    Args:
        shots: the field goals and free throws of one game.
        only_free_throws: event numbers of the free throws that are "1 of 1" for a personal foul.
    """
    listed = list(shots)
    single = {_moment(s) for s in listed if s.is_free_throw and s.event in only_free_throws}
    return [
        replace(s, fouled=not s.is_free_throw and s.made and _moment(s) in single) for s in listed
    ]


def _moment(shot: Shot) -> tuple[int, float, int]:
    return shot.period, shot.clock_s, shot.person_id
