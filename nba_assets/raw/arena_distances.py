"""How far it is between two arenas, by every pair of the names that schedules write."""

from datetime import date
from math import asin, cos, radians, sin, sqrt

import pandas as pd

from nba_assets.gates.audit import partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.raw.arenas import OWN_LINEAGE, OWN_QUALITY, arena_rows
from nba_assets.raw.entity import Entity, Row
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import QUALITY, UNDATED, Column, Table

# Mean radius (2a + b) / 3 of GRS 80, 6,371.0088 km (H. Moritz, "Geodetic Reference System 1980",
# Journal of Geodesy 74, 2000, https://doi.org/10.1007/s001900050278), in miles of 1.609344 km.
EARTH_RADIUS_MILES = 6371.0088 / 1.609344
MAX_MILES = 12_500.0  # half way around the earth is 12,437
MAX_TIME_ZONES = 12
DECIMALS = 2  # the coordinates are good for 0.01 mile, and machines differ in the last bits

ARENA_DISTANCES = Table(
    name="raw.arena_distances",
    row="ordered pair of arena names",
    key=("from_arena", "to_arena"),
    is_undated=True,
    columns=(
        Column("from_arena", "STRING", "name as schedules write it"),
        Column("to_arena", "STRING", "name as schedules write it"),
        Column(
            "miles",
            "FLOAT64",
            "statute miles on a great circle of the mean earth, to 0.01; 0 between two names of one"
            " building",
        ),
        Column(
            "time_zones",
            "INT64",
            "hours of standard time from the first to the second, positive eastward, the shorter"
            " way round: zones, not clocks, daylight saving is left out and Arizona is Mountain",
        ),
        *QUALITY,
        *OWN_LINEAGE,
    ),
)


def great_circle_miles(
    latitude: float, longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Statute miles between two points on the mean earth.

    The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68 (2), 1984,
    p. 159); on a sphere, so up to half a percent off the ellipsoid.

    Args:
        latitude: degrees north of the first point.
        longitude: degrees east of it.
        to_latitude: degrees north of the second.
        to_longitude: degrees east of it.
    """
    north, to_north = radians(latitude), radians(to_latitude)
    haversine = (
        sin((to_north - north) / 2) ** 2
        + cos(north) * cos(to_north) * sin(radians(to_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(haversine)))


def time_zones_between(offset: int, to_offset: int) -> int:
    """Hours from one standard time to another, positive eastward, across the date line where that is shorter.

    Args:
        offset: hours from UTC at the start.
        to_offset: hours from UTC at the end.
    """
    hours = to_offset - offset
    if abs(hours) <= MAX_TIME_ZONES:
        return hours
    return hours - 24 if hours > 0 else hours + 24


def distance_rows() -> list[Row]:
    """One row per ordered pair of names, each name with itself too."""
    arenas = arena_rows()
    return [
        {
            "from_arena": start["arena"],
            "to_arena": end["arena"],
            "miles": round(
                great_circle_miles(
                    start["latitude"], start["longitude"], end["latitude"], end["longitude"]
                ),
                DECIMALS,
            ),
            "time_zones": time_zones_between(start["utc_offset_hours"], end["utc_offset_hours"]),
            **OWN_QUALITY,
        }
        for start in arenas
        for end in arenas
    ]


def missing_pairs(distances: pd.DataFrame) -> pd.DataFrame:
    """A pair that is missing would make a known trip an unknown one."""
    names = sorted({*distances["from_arena"], *distances["to_arena"]})
    wanted = pd.MultiIndex.from_product([names, names])
    found = pd.MultiIndex.from_frame(distances[["from_arena", "to_arena"]])
    reasons = [f"no way from {start!r} to {end!r}" for start, end in wanted.difference(found)]
    return pd.DataFrame({"game_date": [UNDATED] * len(reasons), "reason": reasons})


def one_way_distances(distances: pd.DataFrame) -> pd.DataFrame:
    """The way back is as long as the way there, or a road trip would not add up."""
    back = distances.rename(
        columns={
            "from_arena": "to_arena",
            "to_arena": "from_arena",
            "miles": "back",
            "time_zones": "zones_back",
        }
    )[["from_arena", "to_arena", "back", "zones_back"]]
    both = distances.merge(back, on=["from_arena", "to_arena"])
    is_itself = both["from_arena"] == both["to_arena"]
    uneven = both[
        (both["miles"] != both["back"])
        | (both["time_zones"] != -both["zones_back"])
        | (is_itself & (both["miles"] != 0))
    ]
    reasons = [
        f"{start!r} to {end!r} is {miles} miles and {zones:+} zones, back {back} and {zones_back:+}"
        for start, end, miles, zones, back, zones_back in zip(
            uneven["from_arena"],
            uneven["to_arena"],
            uneven["miles"],
            uneven["time_zones"],
            uneven["back"],
            uneven["zones_back"],
            strict=True,
        )
    ]
    return pd.DataFrame({"game_date": [UNDATED] * len(reasons), "reason": reasons})


def distances_beyond_the_earth(distances: pd.DataFrame) -> pd.DataFrame:
    """Kilometres or degrees in the place of miles would tire every visitor in the league."""
    is_possible = distances["miles"].between(0, MAX_MILES) & (
        distances["time_zones"].abs() <= MAX_TIME_ZONES
    )
    offenders = distances[~is_possible]
    return offenders[["game_date"]].assign(
        reason=[
            f"{start!r} to {end!r}: {miles} miles, {zones:+} zones"
            for start, end, miles, zones in zip(
                offenders["from_arena"],
                offenders["to_arena"],
                offenders["miles"],
                offenders["time_zones"],
                strict=True,
            )
        ]
    )


def _compute(_desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
    return Computed(ARENA_DISTANCES.rows(distance_rows()))


ENTITY = Entity(
    ARENA_DISTANCES,
    _compute,
    feeds=(),
    gates=(
        partition_gate("every_pair_of_arenas_is_there", missing_pairs),
        partition_gate("the_way_back_is_as_long", one_way_distances),
        partition_gate("no_arena_is_beyond_the_earth", distances_beyond_the_earth),
    ),
)
