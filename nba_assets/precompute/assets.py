"""The precompute assets: each a contract, a SQL file and its gates."""

from pathlib import Path

import dagster as dg

from nba_assets.analytics.upcoming_tables import (
    PLAYER_AVAILABILITY,
    UPCOMING_GAMES,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.gates.audit import Earlier, Gate, notice_gate, partition_gate, row_gate
from nba_assets.gates.publish import Finish
from nba_assets.gates.table_asset import Room, sql_asset
from nba_assets.precompute.fingerprints import with_fingerprints
from nba_assets.precompute.gates import (
    CHANGING,
    NIGHT,
    WEEKS_BACK,
    broken_vectors,
    constant_features,
    history_after_its_date,
    impossible_factors,
    impossible_features,
    impossible_form,
    long_constant_features,
    missing_players,
    over_imputed_features,
    players_past_the_clock,
    thin_games,
    uncovered_slate,
    unfaithful_discrete_features,
)
from nba_assets.precompute.role_gates import (
    constant_form,
    constant_outlooks,
    impossible_outlooks,
    impossible_scoring_form,
    unheard_statuses,
)
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
    PLAYER_ROLE_OUTLOOK,
    PLAYER_SCORING_FORM,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets.precompute.zone_gates import impossible_zones, missing_teams, unready_tables
from nba_assets.warehouse.table import Table

HERE = Path(__file__).parent
MOST_ROWS_ARE_READY = partition_gate("most_rows_are_production_ready", unready_tables)
MOST_PLAYERS_ARE_THERE = partition_gate(
    "most_players_of_the_slate_are_there", missing_players, UPCOMING_PLAYER_GAME_CONTEXT
)
HISTORY_IS_PAST = partition_gate("history_ends_before_the_date", history_after_its_date)


def precompute_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        _asset(
            room,
            TEAM_DEFENSE_ZONE_ANALYSIS,
            row_gate("every_zone_is_possible", impossible_zones),
            partition_gate("all_thirty_teams_are_there", missing_teams, UPCOMING_GAMES),
            MOST_ROWS_ARE_READY,
        ),
        _asset(
            room,
            PLAYER_SHOT_ZONE_ANALYSIS,
            row_gate("every_zone_is_possible", impossible_zones),
            partition_gate(
                "most_players_of_the_slate_are_there", missing_players, PLAYER_AVAILABILITY
            ),
            MOST_ROWS_ARE_READY,
        ),
        _asset(
            room,
            PLAYER_DAILY_CACHE,
            row_gate("no_player_outlasts_the_clock", players_past_the_clock),
            row_gate("every_form_is_possible", impossible_form),
            MOST_PLAYERS_ARE_THERE,
            HISTORY_IS_PAST,
            MOST_ROWS_ARE_READY,
        ),
        _asset(
            room,
            PLAYER_COMPOSITE_FACTORS,
            row_gate("every_factor_is_possible", impossible_factors),
            MOST_PLAYERS_ARE_THERE,
        ),
        _asset(
            room,
            ML_FEATURE_STORE,
            row_gate("every_vector_tells_what_it_lacks", broken_vectors),
            row_gate("every_feature_is_possible", impossible_features),
            row_gate(
                "flags_and_counts_are_those_of_their_inputs",
                unfaithful_discrete_features,
                UPCOMING_PLAYER_GAME_CONTEXT,
                PLAYER_DAILY_CACHE,
            ),
            row_gate("each_side_has_eight_available", thin_games),
            partition_gate(
                "no_feature_is_one_value_for_all", constant_features, PLAYER_DAILY_CACHE
            ),
            notice_gate(
                "no_flag_is_one_value_for_a_week",
                long_constant_features,
                Earlier(ML_FEATURE_STORE, WEEKS_BACK, (*NIGHT, "is_bootstrap", *CHANGING)),
            ),
            partition_gate("few_values_are_missing", over_imputed_features),
            partition_gate(
                "most_of_the_slate_has_features", uncovered_slate, UPCOMING_PLAYER_GAME_CONTEXT
            ),
            HISTORY_IS_PAST,
            MOST_ROWS_ARE_READY,
            finish=with_fingerprints,
        ),
        _asset(
            room,
            PLAYER_SCORING_FORM,
            row_gate("every_form_is_possible", impossible_scoring_form),
            partition_gate("no_feature_is_one_value_for_all", constant_form),
            MOST_PLAYERS_ARE_THERE,
            MOST_ROWS_ARE_READY,
        ),
        _asset(
            room,
            PLAYER_ROLE_OUTLOOK,
            row_gate("every_outlook_is_possible", impossible_outlooks),
            row_gate(
                "roles_are_those_that_are_told", unheard_statuses, UPCOMING_PLAYER_GAME_CONTEXT
            ),
            partition_gate("no_feature_is_one_value_for_all", constant_outlooks),
            MOST_PLAYERS_ARE_THERE,
            MOST_ROWS_ARE_READY,
        ),
    ]


def _asset(
    room: Room, table: Table, *gates: Gate, finish: Finish | None = None
) -> dg.AssetsDefinition:
    """One table of a `.sql` file of its name."""
    sql = HERE / f"{table.table_name}.sql"
    return sql_asset(room, table, sql, gates=gates, finish=finish)
