"""The analytics assets: each a contract, a SQL file and its gates."""

from pathlib import Path

import dagster as dg

from nba_assets.analytics.gates import (
    games_without_one_pace,
    sides_without_their_opponent,
    teams_whose_usage_does_not_add_up,
    unaccounted_players,
)
from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.gates.audit import game_gate, partition_gate
from nba_assets.gates.table_asset import Room, sql_asset
from nba_assets.raw.tables import PLAYER_BOX_SCORES

HERE = Path(__file__).parent


def analytics_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        sql_asset(
            room,
            TEAM_OFFENSE_GAME_SUMMARY,
            HERE / "team_offense_game_summary.sql",
            gates=(game_gate("each_game_has_one_pace", games_without_one_pace),),
        ),
        sql_asset(
            room,
            TEAM_DEFENSE_GAME_SUMMARY,
            HERE / "team_defense_game_summary.sql",
            gates=(
                game_gate(
                    "each_defense_mirrors_its_opponent",
                    sides_without_their_opponent,
                    TEAM_OFFENSE_GAME_SUMMARY,
                ),
            ),
        ),
        sql_asset(
            room,
            PLAYER_GAME_SUMMARY,
            HERE / "player_game_summary.sql",
            gates=(
                game_gate(
                    "usage_adds_up_to_five_players",
                    teams_whose_usage_does_not_add_up,
                    TEAM_OFFENSE_GAME_SUMMARY,
                ),
                partition_gate(
                    "every_raw_row_is_accounted_for", unaccounted_players, PLAYER_BOX_SCORES
                ),
            ),
        ),
    ]
