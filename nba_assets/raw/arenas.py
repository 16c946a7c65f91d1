"""The arenas as a table: where every name that a schedule may write stands, and whose home it is."""

from dataclasses import replace
from datetime import date

import pandas as pd

from nba_assets.gates.audit import partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.raw.entity import Entity, Row
from nba_assets.sources.arenas import BUILDINGS
from nba_assets.sources.teams import TEAMS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, UNDATED, Column, Table, tier

SOURCE, SCORE = "platform", 100  # a list that is part of the platform, simulated games or real
LEAST_LATITUDE, MOST_LATITUDE = -45.0, 60.0  # no league game further south or north
DEGREES_AN_HOUR = 15.0
MAX_HOURS_OFF_THE_SUN = 2.0  # legal time strays less from the longitude wherever games are played

OWN_QUALITY: Row = {
    "source": SOURCE,
    "source_score": SCORE,
    "quality_score": SCORE,
    "quality_tier": tier(SCORE),
    "completeness_pct": 100.0,
    "is_degraded": False,
    "degraded_reasons": [],
    "is_bootstrap": False,
}
OWN_LINEAGE = tuple(
    replace(c, null_means="the platform's own list: no body is behind it") for c in LINEAGE
)

ARENAS = Table(
    name="raw.arenas",
    row="name of an arena",
    key=("arena",),
    is_undated=True,
    columns=(
        Column("arena", "STRING", "name as schedules write it; a renamed building has several"),
        Column("city", "STRING", "where it stands"),
        Column("latitude", "FLOAT64", "degrees north, WGS 84"),
        Column("longitude", "FLOAT64", "degrees east, WGS 84"),
        Column("utc_offset_hours", "INT64", "hours of standard time from UTC; no daylight saving"),
        Column(
            "home_team",
            "STRING",
            "tricode whose home games are regularly played there under this name; of two that"
            " shared it, the one that stayed",
            "no team's regular home under this name",
        ),
        Column("is_current", "BOOL", "the usual home of home_team today; one name a team"),
        *QUALITY,
        *OWN_LINEAGE,
    ),
)


def arena_rows() -> list[Row]:
    """One row per name, building by building; the simulated league's arenas stand where its teams do.

    Its names are known in every home: they are no building's, and no real schedule writes them.
    """
    return [
        {
            "arena": name,
            "city": building.city,
            "latitude": building.latitude,
            "longitude": building.longitude,
            "utc_offset_hours": building.utc_offset_hours,
            "home_team": building.home_of,
            "is_current": building.is_current and name == building.names[-1],
            **OWN_QUALITY,
        }
        for building in BUILDINGS
        for name in (
            *building.names,
            *([building.simulated_name] if building.is_current else []),
        )
    ]


def teams_without_one_current_arena(arenas: pd.DataFrame) -> pd.DataFrame:
    """A team without a home, or with two, would start its travels from nowhere or twice."""
    current = arenas[arenas["is_current"]]
    named = current.groupby("home_team")["arena"].agg(list).to_dict()
    reasons = [
        f"{team.tricode} has {len(own)} current arenas{': ' if own else ''}{' and '.join(own)}"
        for team in TEAMS
        if len(own := named.pop(team.tricode, [])) != 1
    ]
    reasons += [f"{team!r} of {' and '.join(own)} is no team" for team, own in named.items()]
    reasons += [
        f"{arena!r} is current and nobody's home"
        for arena in current.loc[current["home_team"].isna(), "arena"]
    ]
    return pd.DataFrame({"game_date": [UNDATED] * len(reasons), "reason": reasons})


def misplaced_arenas(arenas: pd.DataFrame) -> pd.DataFrame:
    """A lost sign or swapped coordinates would send every visitor around the globe."""
    off_the_sun = arenas["utc_offset_hours"] - arenas["longitude"] / DEGREES_AN_HOUR
    is_placed = (
        arenas["latitude"].between(LEAST_LATITUDE, MOST_LATITUDE)
        & arenas["longitude"].between(-180.0, 180.0)
        & (off_the_sun.abs() <= MAX_HOURS_OFF_THE_SUN)
    )
    offenders = arenas[~is_placed]
    return offenders[["game_date"]].assign(
        reason=[
            f"{arena!r} at {latitude} north, {longitude} east, {offset:+} hours from UTC"
            for arena, latitude, longitude, offset in zip(
                offenders["arena"],
                offenders["latitude"],
                offenders["longitude"],
                offenders["utc_offset_hours"],
                strict=True,
            )
        ]
    )


def _compute(_desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
    return Computed(ARENAS.rows(arena_rows()))


ENTITY = Entity(
    ARENAS,
    _compute,
    feeds=(),
    gates=(
        partition_gate("every_team_has_one_current_arena", teams_without_one_current_arena),
        partition_gate("every_arena_stands_where_its_clock_says", misplaced_arenas),
    ),
)
