"""The thirty teams as a table: every provider's code, id and name beside the tricode."""

from dataclasses import replace
from datetime import date

import pandas as pd

from nba_assets.gates.audit import partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.raw.entity import Entity, Row
from nba_assets.sources.teams import TEAMS as KNOWN_TEAMS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, UNDATED, Column, Table, tier

TEAMS_IN_THE_LEAGUE = 30

SOURCE, SCORE = "platform", 100  # a list that is part of the platform, simulated games or real

TEAMS = Table(
    name="raw.teams",
    row="team of the league",
    key=("team",),
    is_undated=True,
    columns=(
        Column("team", "STRING", "tricode"),
        Column("nba_team_id", "STRING", "NBA.com's id"),
        Column("city", "STRING", "as NBA.com writes it"),
        Column("name", "STRING", "nickname"),
        Column("full_name", "STRING", "city and nickname"),
        Column("conference", "STRING", "East or West"),
        Column("espn_code", "STRING", "ESPN's code"),
        Column("espn_team_id", "STRING", "ESPN's id"),
        Column("bref_code", "STRING", "Basketball-Reference's code"),
        Column("bdl_team_id", "STRING", "BallDontLie's id; its code is the tricode"),
        Column("slug", "STRING", "as in NBA.com's addresses"),
        Column("aliases", "ARRAY<STRING>", "every other spelling that is known of it"),
        *QUALITY,
        *(replace(c, null_means="the platform's own list: no body is behind it") for c in LINEAGE),
    ),
)


def team_rows() -> list[Row]:
    """One row per team, in the order of NBA.com's ids."""
    return [
        {
            "team": team.tricode,
            "nba_team_id": str(team.nba_id),
            "city": team.city,
            "name": team.name,
            "full_name": team.full_name,
            "conference": team.conference,
            "espn_code": team.espn,
            "espn_team_id": str(team.espn_id),
            "bref_code": team.bref,
            "bdl_team_id": str(team.bdl_id),
            "slug": team.slug,
            "aliases": list(team.aliases),
            "source": SOURCE,
            "source_score": SCORE,
            "quality_score": SCORE,
            "quality_tier": tier(SCORE),
            "completeness_pct": 100.0,
            "is_degraded": False,
            "degraded_reasons": [],
            "is_bootstrap": False,
        }
        for team in KNOWN_TEAMS
    ]


def ambiguous_spellings(teams: pd.DataFrame) -> pd.DataFrame:
    """A code that two teams bear would give one team's games to the other."""
    spelled = [
        (spelling, team)
        for team, full_name, aliases in zip(
            teams["team"], teams["full_name"], teams["aliases"], strict=True
        )
        for spelling in {team, full_name, *aliases}
    ]
    ids = [
        (f"{column} {value}", team)
        for column in ("nba_team_id", "espn_team_id", "espn_code", "bref_code", "bdl_team_id")
        for value, team in zip(teams[column], teams["team"], strict=True)
    ]
    found = pd.DataFrame([*spelled, *ids], columns=["spelling", "team"])
    shared = found[found.duplicated("spelling", keep=False)].groupby("spelling")["team"]
    reasons = [f"{spelling!r} is {' and '.join(own)}" for spelling, own in shared]
    if len(teams) != TEAMS_IN_THE_LEAGUE:
        reasons.append(f"{len(teams)} teams instead of {TEAMS_IN_THE_LEAGUE}")
    return pd.DataFrame({"game_date": [UNDATED] * len(reasons), "reason": reasons})


def _compute(_desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
    return Computed(TEAMS.rows(team_rows()))


ENTITY = Entity(
    TEAMS,
    _compute,
    feeds=(),
    gates=(partition_gate("every_spelling_is_of_one_of_thirty_teams", ambiguous_spellings),),
)
