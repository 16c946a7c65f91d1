"""The grading assets: each a contract, a function over frames and its gates."""

from pathlib import Path

import dagster as dg

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.gates.audit import notice_gate, partition_gate
from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.grading import (
    performance_summary,
    prediction_accuracy,
    reliability,
    system_daily_performance,
)
from nba_assets.grading.gates import (
    doubtful_performances,
    impossible_outcomes,
    incredible_performances,
    miscounted_bins,
    miscounted_days,
    slices_unlike_the_whole,
    ungraded_games,
    unmatched_predictions,
)
from nba_assets.grading.tables import (
    PERFORMANCE_SUMMARY,
    PREDICTION_ACCURACY,
    RELIABILITY,
    SYSTEM_DAILY_PERFORMANCE,
)
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE

# Days back to the start of the longest season there was: 2019-20 had 356 dates.
LONGEST_SEASON = 360
# Of a season, a ledger in one piece would be a gigabyte of frames; its dates do not know of each other.
LEDGER_DATES, SUMMARY_DATES = 30, 20
RELIABILITY_DATES = 180  # each part reads the season before it: of a regular season there is one
_KINDS = {"python", "parquet"}


def grading_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        table_asset(
            room,
            PREDICTION_ACCURACY,
            prediction_accuracy.compute,
            reads=(PLAYER_PREDICTIONS, PLAYER_BOX_SCORES, SCHEDULE),
            # Without them nothing is a pick, closes or is rested, and everything is graded.
            after=(PICKS, PLAYER_PROP_LINES, UPCOMING_PLAYER_GAME_CONTEXT),
            gates=(
                partition_gate("every_outcome_is_possible", impossible_outcomes),
                partition_gate("one_row_per_prediction", unmatched_predictions, PLAYER_PREDICTIONS),
                partition_gate("nothing_waits_for_a_result", ungraded_games, PLAYER_BOX_SCORES),
            ),
            kinds=_KINDS,
            source=Path(prediction_accuracy.__file__),
            dates_at_once=LEDGER_DATES,
        ),
        table_asset(
            room,
            SYSTEM_DAILY_PERFORMANCE,
            system_daily_performance.compute,
            reads=(PREDICTION_ACCURACY,),
            gates=(partition_gate("counts_add_up", miscounted_days, PREDICTION_ACCURACY),),
            kinds=_KINDS,
            source=Path(system_daily_performance.__file__),
            dates_at_once=LEDGER_DATES,
        ),
        table_asset(
            room,
            PERFORMANCE_SUMMARY,
            performance_summary.compute,
            # Its own date of the ledger stands behind the performance of the date.
            reads=(SYSTEM_DAILY_PERFORMANCE,),
            history={PREDICTION_ACCURACY: LONGEST_SEASON},
            gates=(
                partition_gate("counts_add_up", slices_unlike_the_whole),
                partition_gate("nothing_is_too_good_to_be_true", incredible_performances),
                notice_gate("nothing_is_nearly_too_good", doubtful_performances),
            ),
            kinds=_KINDS,
            source=Path(performance_summary.__file__),
            dates_at_once=SUMMARY_DATES,
        ),
        table_asset(
            room,
            RELIABILITY,
            reliability.compute,
            # Its own date of the ledger stands behind the performance of the date.
            reads=(SYSTEM_DAILY_PERFORMANCE,),
            history={PREDICTION_ACCURACY: LONGEST_SEASON},
            gates=(partition_gate("bins_add_up", miscounted_bins, reliability.JUDGED),),
            kinds=_KINDS,
            source=Path(reliability.__file__),
            dates_at_once=RELIABILITY_DATES,
        ),
    ]
