"""The predictions that are SQL: who is predicted, the formulas, and what became of the forecasts."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    PLAYER_LINE_CONSENSUS,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.gates.audit import Gate, partition_gate, row_gate
from nba_assets.gates.lineage import with_input_digests
from nba_assets.gates.publish import Finish
from nba_assets.gates.table_asset import ABSENT, Room, sql_asset
from nba_assets.precompute.gates import missing_players
from nba_assets.predictions.gates import (
    NO_MODEL,
    NOT_PUBLISHED,
    absent_systems,
    estimated_lines,
    forecasts_of_nobody,
    identical_systems,
    impossible_forecasts,
    uncovered_slate,
    unexplained_players,
    unfaithful_sums,
    unknown_reasons,
    unknown_skips,
    unlisted_players,
    unpredicted_slate,
    untraceable_forecasts,
    wrong_errors,
)
from nba_assets.predictions.tables import (
    ENSEMBLES,
    FORECAST_ERRORS,
    FORECASTS,
    MEMBERS,
    PREDICTED_PLAYERS,
    PREDICTION_SKIPS,
    SYSTEM_POINT_FORECASTS,
    TRAINED,
)
from nba_assets.warehouse.table import Table

HERE = Path(__file__).parent
EVERY_FORECAST_IS_POSSIBLE = row_gate("every_forecast_is_possible", impossible_forecasts)
FORECASTS_ARE_THEIR_TERMS = row_gate("forecasts_are_the_sum_of_their_terms", unfaithful_sums)
MOST_OF_THE_SLATE_IS_FORECAST = partition_gate(
    "most_predicted_players_have_a_forecast", uncovered_slate, PREDICTED_PLAYERS
)


def system_assets(room: Room) -> list[dg.AssetsDefinition]:
    """Who is predicted, the systems that are formulas, and what is made of all forecasts."""
    return [
        _asset(
            room,
            PREDICTED_PLAYERS,
            row_gate("every_skip_has_a_reason", unknown_reasons),
            partition_gate(
                "most_players_of_the_slate_are_there", missing_players, UPCOMING_PLAYER_GAME_CONTEXT
            ),
            partition_gate("most_available_players_are_predicted", unpredicted_slate),
        ),
        _system(
            room,
            "line",
            row_gate("every_line_is_the_books", estimated_lines, PLAYER_LINE_CONSENSUS),
        ),
        _system(room, "ewma", FORECASTS_ARE_THEIR_TERMS, MOST_OF_THE_SLATE_IS_FORECAST),
        *(
            _system(room, system_id, FORECASTS_ARE_THEIR_TERMS)
            for system_id in ("moving_average", "zone_matchup", "similarity")
        ),
        _asset(
            room,
            SYSTEM_POINT_FORECASTS,
            row_gate("only_predicted_players_are_forecast", forecasts_of_nobody, PREDICTED_PLAYERS),
            row_gate("every_forecast_tells_what_it_is_made_of", untraceable_forecasts),
            MOST_OF_THE_SLATE_IS_FORECAST,
            partition_gate("no_two_systems_say_the_same", identical_systems),
            partition_gate("every_system_is_published", absent_systems, ABSENT),
            # A system that is held or has no model is no reason to hold the others.
            after=[FORECASTS[system_id] for system_id in MEMBERS],
        ),
        _asset(
            room,
            FORECAST_ERRORS,
            row_gate("every_error_is_forecast_less_actual", wrong_errors),
            partition_gate(
                "most_predicted_players_are_in_a_box_score",
                unlisted_players,
                PREDICTED_PLAYERS,
                PLAYER_GAME_SUMMARY,
            ),
        ),
        _asset(
            room,
            PREDICTION_SKIPS,
            row_gate("every_reason_is_known", unknown_skips),
            partition_gate(
                "every_player_is_predicted_or_explained", unexplained_players, PREDICTED_PLAYERS
            ),
            after=[
                SYSTEM_POINT_FORECASTS,
                *(FORECASTS[system_id] for system_id in (*TRAINED, *ENSEMBLES)),
            ],
            finish=with_held_systems,
        ),
    ]


def with_held_systems(skips: pa.Table, digests: Mapping[str, str]) -> pa.Table:
    """The skips in which a system whose date is held is not said to have no model.

    A model that was refused and one that there is not leave a date without forecasts alike: whoever
    is told the one looks for more games, and whoever is told the other for a broken file.

    Args:
        skips: rows of `predictions.prediction_skips` of one date.
        digests: of what the date reads, by `partition_name`; none of a system that is not published.
    """
    read = {name.partition("/")[0] for name in digests}
    held = [system_id for system_id in TRAINED if FORECASTS[system_id].name not in read]
    is_held = pc.and_(
        pc.equal(skips["skip_reason"], NO_MODEL),
        pc.is_in(skips["system_id"], value_set=pa.array(held, pa.string())),
    )
    reasons = pc.if_else(is_held, NOT_PUBLISHED, skips["skip_reason"])
    return skips.set_column(skips.column_names.index("skip_reason"), "skip_reason", reasons)


def _system(room: Room, system_id: str, *gates: Gate) -> dg.AssetsDefinition:
    """One system's forecasts, each with the digests of what it was made of."""
    table = FORECASTS[system_id]
    return _asset(room, table, EVERY_FORECAST_IS_POSSIBLE, *gates, finish=with_input_digests)


def _asset(
    room: Room,
    table: Table,
    *gates: Gate,
    after: list[Table] | None = None,
    finish: Finish | None = None,
) -> dg.AssetsDefinition:
    """One table of a `.sql` file of its name."""
    sql = HERE / f"{table.table_name}.sql"
    return sql_asset(room, table, sql, after=after or (), gates=gates, finish=finish)
