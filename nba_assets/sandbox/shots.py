"""From where a shot was taken: a place on the floor, and the NBA's words for it."""

from math import cos, hypot, radians, sin
from random import Random
from typing import NamedTuple

RESTRICTED, PAINT, MID_RANGE = "Restricted Area", "In The Paint (Non-RA)", "Mid-Range"
LEFT_CORNER, RIGHT_CORNER, ABOVE = "Left Corner 3", "Right Corner 3", "Above the Break 3"

ARC_FEET = 23.75
CORNER_FEET = 22.0
_RESTRICTED_SHARE = 0.64  # of attempts in the paint
_CORNER_SHARE = 0.24  # of threes
_SIDES = {"L": "Left", "LC": "Left Center", "C": "Center", "RC": "Right Center", "R": "Right"}
_RANGES = ("Less Than 8 ft.", "8-16 ft.", "16-24 ft.", "24+ ft.")
_DETAILS = ("0-8", "8-16", "16-24", "24+")


class Place(NamedTuple):
    """A spot in tenths of feet from the hoop (x to the right seen from mid-court), and its zone."""

    x: int
    y: int
    area: str
    side: str  # L, LC, C, RC, R
    reach: int  # 0 under 8 feet, 1 under 16, 2 under 24, 3 beyond

    @property
    def feet(self) -> float:
        """Distance from the hoop."""
        return hypot(self.x, self.y) / 10

    @property
    def detail(self) -> str:
        """`16-24 Right Center`, as the live feeds say it."""
        return f"{_DETAILS[self.reach]} {_SIDES[self.side]}"

    @property
    def zone_range(self) -> str:
        """`16-24 ft.`, as the shot chart says it."""
        return _RANGES[self.reach]

    @property
    def zone_area(self) -> str:
        """`Right Side Center(RC)`, as the shot chart says it."""
        if self.side == "C":
            return "Center(C)"
        words = {"L": "Left Side", "R": "Right Side"}[self.side[0]]
        return f"{words}{' Center' if len(self.side) == 2 else ''}({self.side})"


def two_pointer(rng: Random, is_in_paint: bool) -> Place:
    """A place inside the arc: in the 16 feet wide paint, or between it and the arc."""
    if is_in_paint and rng.random() < _RESTRICTED_SHARE:
        distance, angle = 39 * rng.random() ** 0.7, radians(rng.uniform(-20, 200))
        x, y = round(distance * cos(angle)), round(distance * sin(angle))
        return Place(x, y, RESTRICTED, "C", 0)
    if is_in_paint:
        x, y = round(rng.uniform(-79, 79)), round(rng.triangular(15, 135, 45))
        if hypot(x, y) < 41:  # that would be the restricted area
            y = 42
        return Place(x, y, PAINT, *_zone(x, y))
    distance, angle = rng.uniform(100, 225), radians(rng.uniform(0, 180))
    x, y = round(distance * cos(angle)), round(distance * sin(angle))
    if abs(x) <= 80 and y < 140:  # inside the paint
        x = 90 if x >= 0 else -90
    return Place(x, y, MID_RANGE, *_zone(x, y))


def three_pointer(rng: Random) -> Place:
    """A place behind the line: 22 feet in the corners, 23.75 above the break."""
    if rng.random() < _CORNER_SHARE:
        x, y = round(rng.uniform(10 * CORNER_FEET + 1, 238)), round(rng.uniform(-30, 85))
        is_right = rng.random() < 0.5
        area, side = (RIGHT_CORNER, "R") if is_right else (LEFT_CORNER, "L")
        return Place(x if is_right else -x, y, area, side, 3)
    distance, angle = rng.triangular(10 * ARC_FEET + 2, 285, 250), radians(rng.uniform(25, 155))
    x, y = round(distance * cos(angle)), round(distance * sin(angle))
    return Place(x, y, ABOVE, _zone(x, y)[0], 3)


def _zone(x: int, y: int) -> tuple[str, int]:
    feet = hypot(x, y) / 10
    reach = min(int(feet / 8), 2)
    if reach == 0:
        return "C", 0
    slope = x / max(y, 1)
    is_right = "R" if x > 0 else "L"
    if abs(slope) < 0.5:
        return "C", reach
    if reach >= 2 and abs(slope) < 1.3:
        return f"{is_right}C", reach
    return is_right, reach
