"""The raw assets: each a contract, a reader of the landing zone and its gates."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_assets.gates.audit import Gate, game_gate, listed, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.landing.desk import Desk
from nba_assets.raw.box_scores import box_scores
from nba_assets.raw.gates import (
    TELLINGS_OF_THE_SCORE,
    games_of_unknown_teams,
    implausible_sides,
    irreconcilable_games,
    teams_off_their_players,
    teams_playing_twice,
    uncovered_games,
)
from nba_assets.raw.schedule import DateNotes, schedule_rows
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets.sources.nba_feeds import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table

HERE = Path(__file__).parent


def raw_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        table_asset(
            room,
            SCHEDULE,
            _schedule,
            reads=(),
            feeds=(NBA_SCHEDULE.name,),
            gates=(
                game_gate("every_team_is_known", games_of_unknown_teams),
                partition_gate("no_team_plays_twice_a_date", teams_playing_twice),
            ),
            kinds={"python", "parquet"},
            source=HERE / "schedule.py",
        ),
        _box_score_asset(
            room,
            PLAYER_BOX_SCORES,
            game_gate("points_and_minutes_reconcile", irreconcilable_games, "teams"),
            game_gate("both_line_ups_are_plausible", implausible_sides),
        ),
        _box_score_asset(
            room,
            TEAM_BOX_SCORES,
            game_gate("team_totals_are_their_players", teams_off_their_players, "players", "teams"),
        ),
    ]


def _box_score_asset(room: Room, table: Table, *gates: Gate) -> dg.AssetsDefinition:
    return table_asset(
        room,
        table,
        partial(_box_scores, table),
        reads=(SCHEDULE,),
        feeds=(NBA_BOXSCORE.name, NBA_GAME_LOG.name),
        gates=(
            *gates,
            partition_gate("scheduled_games_are_covered", uncovered_games, SCHEDULE),
        ),
        kinds={"python", "parquet"},
        source=HERE / "box_scores.py",
    )


def _schedule(desk: Desk, _warehouse: Warehouse, dates: list[date]) -> Computed:
    rows, notes = schedule_rows(desk, dates)
    return Computed(
        rows=SCHEDULE.rows(rows),
        missing_inputs={day: [n.missing_input] for day, n in notes.items() if n.missing_input},
        notes=_in_metadata(notes),
    )


def _box_scores(table: Table, desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    found = box_scores(desk, schedule, dates)
    own = found.players if table is PLAYER_BOX_SCORES else found.teams
    return Computed(
        rows=table.rows(own),
        # Typed: a date without games has frames too, and the gates count in them.
        evidence={
            "players": PLAYER_BOX_SCORES.rows(found.players).to_pandas(),
            "teams": TEAM_BOX_SCORES.rows(found.teams)
            .to_pandas()
            .assign(
                **{
                    name: pd.Series([row[name] for row in found.teams], dtype="float64")
                    for name in TELLINGS_OF_THE_SCORE
                }
            ),
        },
        notes=_in_metadata(found.notes),
    )


def _in_metadata(notes: Mapping[date, DateNotes]) -> dict[date, dict[str, object]]:
    return {
        day: {
            **({"passed_over": listed(n.passed_over)} if n.passed_over else {}),
            **({"left_out": listed(n.left_out)} if n.left_out else {}),
            **({"identical_copies_collapsed": n.collapsed} if n.collapsed else {}),
        }
        for day, n in notes.items()
    }
