"""The predictions assets: systems, models of the week, calibration, predictions and picks."""

from pathlib import Path

import dagster as dg

from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS, UPCOMING_GAMES
from nba_assets.gates.audit import Earlier, notice_gate, partition_gate, row_gate
from nba_assets.gates.lineage import with_input_digests
from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.predictions import models, picks, player_predictions, revisions, weekly
from nba_assets.predictions.errors import REMEMBERED_DAYS
from nba_assets.predictions.feature_rows import feature_tables
from nba_assets.predictions.forecasts import ensemble, trained
from nba_assets.predictions.gates import (
    copies_of_a_member,
    forecasts_of_nobody,
    impossible_forecasts,
)
from nba_assets.predictions.model_gates import (
    OLDEST_WEEKS,
    leaking_models,
    models_of_constant_features,
    unmeasured_models,
    worse_models,
)
from nba_assets.predictions.prediction_gates import (
    constant_confidence,
    impossible_predictions,
    inputs_of_before,
    one_sided_picks,
    picks_without_rule,
    refused_twins,
    several_champions,
    unlikely_means,
    unplaced_weights,
    untold_errors,
    untraced_predictions,
)
from nba_assets.predictions.recipes import RECIPES
from nba_assets.predictions.system_assets import system_assets
from nba_assets.predictions.tables import (
    ENSEMBLES,
    FORECAST_ERRORS,
    FORECASTS,
    PICKS,
    PLAYER_PREDICTIONS,
    PREDICTED_PLAYERS,
    PREDICTION_REVISIONS,
    SYSTEM_POINT_FORECASTS,
    TRAINED,
)
from nba_assets.predictions.training import SEEN_DAYS, seen_tables
from nba_assets.predictions.weekly import WEIGHTS_DAYS
from nba_assets.predictions.weekly_tables import (
    ENSEMBLE_WEIGHTS,
    MODELS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets.raw.tables import SCHEDULE

HERE = Path(__file__).parent
# Of a season, predictions in one piece would be gigabytes of frames; its dates do not know of each other.
PREDICTED_DATES = 15
_FORECAST_GATES = (
    row_gate("every_forecast_is_possible", impossible_forecasts),
    row_gate("only_predicted_players_are_forecast", forecasts_of_nobody, PREDICTED_PLAYERS),
)


def predictions_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        *system_assets(room),
        *(_models(room, system_id) for system_id in TRAINED),
        *(_trained(room, system_id) for system_id in TRAINED),
        *(_ensemble(room, system_id) for system_id in ENSEMBLES),
        *_weekly(room),
        _player_predictions(room),
        _revisions(room),
        _picks(room),
    ]


def _models(room: Room, system_id: str) -> dg.AssetsDefinition:
    table = MODELS[system_id]
    before = ("game_date", "system_id", "cutoff", "test_mae", "test_ewma_mae")
    return table_asset(
        room,
        table,
        models.trained(system_id),
        reads=[],
        history=dict.fromkeys(seen_tables(RECIPES[system_id]), SEEN_DAYS),
        gates=[
            row_gate("no_model_is_too_good", leaking_models),
            row_gate(
                "model_is_not_worse",
                worse_models,
                Earlier(table, 7 * OLDEST_WEEKS, before),
                models.CONSTANT,
            ),
            row_gate("training_features_vary", models_of_constant_features, models.CONSTANT),
            partition_gate("every_version_is_measured", unmeasured_models),
        ],
        kinds={"python", "catboost", "parquet"},
        source=HERE / "models.py",
    )


def _trained(room: Room, system_id: str) -> dg.AssetsDefinition:
    return table_asset(
        room,
        FORECASTS[system_id],
        trained(system_id),
        reads=[*feature_tables(RECIPES[system_id].features), PREDICTED_PLAYERS],
        weekly=[MODELS[system_id]],
        gates=_FORECAST_GATES,
        kinds={"python", "catboost", "parquet"},
        source=HERE / "forecasts.py",
        finish=with_input_digests,
    )


def _ensemble(room: Room, system_id: str) -> dg.AssetsDefinition:
    return table_asset(
        room,
        FORECASTS[system_id],
        ensemble(system_id),
        reads=[SYSTEM_POINT_FORECASTS],
        weekly=[ENSEMBLE_WEIGHTS] if system_id == "ensemble" else [],
        gates=(
            *_FORECAST_GATES,
            partition_gate("it_is_none_of_its_members", copies_of_a_member, SYSTEM_POINT_FORECASTS),
        ),
        kinds={"python", "parquet"},
        source=HERE / "ensembles.py",
        finish=with_input_digests,
    )


def _weekly(room: Room) -> list[dg.AssetsDefinition]:
    """What past errors say for a week; of the ensembles they are told by the weights of past weeks."""
    return [
        table_asset(
            room,
            ENSEMBLE_WEIGHTS,
            weekly.ensemble_weights,
            reads=[],
            history={FORECAST_ERRORS: WEIGHTS_DAYS},
            gates=[partition_gate("weights_sum_to_one", unplaced_weights)],
            kinds={"python", "parquet"},
            source=HERE / "weekly.py",
        ),
        table_asset(
            room,
            WEEKLY_CALIBRATION,
            weekly.weekly_calibration,
            reads=[],
            history={FORECAST_ERRORS: REMEMBERED_DAYS},
            weekly=[ENSEMBLE_WEIGHTS],
            # Of these it reads what the twins were off by; the other systems are published without.
            after=[*MODELS.values()],
            gates=[
                partition_gate("quantiles_rise", untold_errors),
                partition_gate("twins_are_the_ones_named", refused_twins, weekly.REFUSED),
            ],
            kinds={"python", "parquet"},
            source=HERE / "weekly.py",
        ),
        table_asset(
            room,
            WEEKLY_CHAMPIONS,
            weekly.weekly_champions,
            reads=[],
            history={
                FORECAST_ERRORS: REMEMBERED_DAYS,
                PLAYER_PREDICTIONS: REMEMBERED_DAYS,
            },
            weekly=[ENSEMBLE_WEIGHTS],
            gates=[partition_gate("one_champion_at_most", several_champions)],
            kinds={"python", "parquet"},
            source=HERE / "weekly.py",
        ),
    ]


def _player_predictions(room: Room) -> dg.AssetsDefinition:
    return table_asset(
        room,
        PLAYER_PREDICTIONS,
        player_predictions.predicted(room.tables),
        reads=[
            SYSTEM_POINT_FORECASTS,
            *(FORECASTS[e] for e in ENSEMBLES),
            PREDICTED_PLAYERS,
            UPCOMING_GAMES,
            PLAYER_LINE_CONSENSUS,
            SCHEDULE,
        ],
        weekly=[WEEKLY_CALIBRATION],
        gates=[
            row_gate("every_prediction_is_possible", impossible_predictions),
            partition_gate(
                "every_prediction_is_traced",
                untraced_predictions,
                player_predictions.PUBLISHED_INPUTS,
            ),
            notice_gate(
                "inputs_are_the_newest", inputs_of_before, player_predictions.PUBLISHED_INPUTS
            ),
            row_gate("means_are_of_this_league", unlikely_means, player_predictions.COMMITTED),
            row_gate("confidence_spreads", constant_confidence, player_predictions.COMMITTED),
            row_gate("picks_take_both_sides", one_sided_picks, player_predictions.COMMITTED),
            notice_gate(
                "no_version_waits_to_be_kept", revisions.waiting_rows, player_predictions.WAITING
            ),
        ],
        kinds={"python", "parquet"},
        source=HERE / "player_predictions.py",
        dates_at_once=PREDICTED_DATES,
    )


def _revisions(room: Room) -> dg.AssetsDefinition:
    return table_asset(
        room,
        PREDICTION_REVISIONS,
        revisions.compute,
        reads=[PLAYER_PREDICTIONS],
        gates=[notice_gate("every_version_is_kept", revisions.lost_versions)],
        kinds={"python", "parquet"},
        source=HERE / "revisions.py",
    )


def _picks(room: Room) -> dg.AssetsDefinition:
    return table_asset(
        room,
        PICKS,
        picks.compute,
        reads=[PLAYER_PREDICTIONS, SCHEDULE],
        weekly=[WEEKLY_CHAMPIONS],
        gates=[row_gate("every_pick_is_recommended", picks_without_rule, PLAYER_PREDICTIONS)],
        kinds={"python", "parquet"},
        source=HERE / "picks.py",
    )
