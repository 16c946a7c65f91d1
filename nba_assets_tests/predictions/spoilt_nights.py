"""Inputs of the season's last night, each spoilt so that one gate of the predictions has to speak."""

from collections.abc import Callable
from datetime import timedelta

from nba_assets.analytics.upcoming_tables import LOCK, PLAYER_LINE_CONSENSUS, UPCOMING_GAMES
from nba_assets.partitions import dates_between, week_of
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.predictions.tables import FORECASTS, PREDICTED_PLAYERS, SYSTEM_POINT_FORECASTS
from nba_assets.predictions.weekly_tables import ENSEMBLE_WEIGHTS, WEEKLY_CALIBRATION
from nba_assets.warehouse.table import Table
from nba_assets_tests.precompute.form_world import Row, whole
from nba_assets_tests.predictions.season_world import FIRST, LAST, SeasonWorld

LAST_WEEK = week_of(LAST)


def change(world: SeasonWorld, table: Table, changed: Callable[[Row], Row]) -> None:
    """Publish the last night, or week, of a table anew."""
    day = LAST_WEEK if table.is_weekly else LAST
    world.publish(table, [{**r, **changed(r)} for r in world.rows(table, day, day).to_pylist()])


def a_copied_system(world: SeasonWorld) -> None:
    said = {
        (r["player_id"], r["cutoff"]): r["forecast_points"]
        for r in world.rows(FORECASTS["zone_matchup"], LAST, LAST).to_pylist()
    }
    change(
        world,
        FORECASTS["moving_average"],
        lambda r: {"forecast_points": said[r["player_id"], r["cutoff"]]},
    )


def an_ensemble_of_one(world: SeasonWorld) -> None:
    change(world, ENSEMBLE_WEIGHTS, lambda r: {"weight": 1e-30 + (r["system_id"] == "catboost")})


def a_forecast_that_names_no_features(world: SeasonWorld) -> None:
    change(
        world,
        SYSTEM_POINT_FORECASTS,
        lambda r: {
            "input_digests": [
                own for own in r["input_digests"]
                if r["system_id"] != "catboost" or not own.startswith(ML_FEATURE_STORE.name)
            ]
        },
    )  # fmt: skip


def a_system_in_another_unit(world: SeasonWorld) -> None:
    change(
        world,
        SYSTEM_POINT_FORECASTS,
        lambda r: {"forecast_points": r["forecast_points"] + 8 * (r["system_id"] == "catboost")},
    )


def lines(world: SeasonWorld, points: float) -> None:
    """One line for everybody at lock."""
    (at,) = {
        r["cutoff_at"]
        for r in world.rows(UPCOMING_GAMES, LAST, LAST).to_pylist()
        if r["cutoff"] == LOCK
    }
    players = world.rows(PREDICTED_PLAYERS, LAST, LAST).to_pylist()
    world.publish(
        PLAYER_LINE_CONSENSUS,
        [
            whole(
                PLAYER_LINE_CONSENSUS, game_date=LAST, game_id=r["game_id"], cutoff=LOCK,
                player_id=r["player_id"], cutoff_at=at, points_line=points, line_books=3,
                over_decimal=1.95, over_book="fanduel", under_decimal=1.90,
                under_book="draftkings", line_observed_at=at - timedelta(minutes=5),
            )
            for r in players
            if r["cutoff"] == LOCK
        ],
    )  # fmt: skip


def lines_below_everybody(world: SeasonWorld) -> None:
    lines(world, 1.5)


def errors_of_one_size(world: SeasonWorld) -> None:
    lines(world, 14.5)
    change(world, WEEKLY_CALIBRATION, lambda _: {"residual": 0.0})


def a_slate_of_which_too_little_is_known(world: SeasonWorld) -> None:
    change(world, ML_FEATURE_STORE, lambda _: {"quality_score": 10.0})


def features_restated_after_the_forecasts(world: SeasonWorld) -> None:
    change(world, ML_FEATURE_STORE, lambda r: {"points_avg_season": r["points_avg_season"] + 1})


def a_feature_that_is_the_same_for_everybody(world: SeasonWorld) -> None:
    for day in dates_between(FIRST, LAST_WEEK - timedelta(days=1)):
        rows = world.rows(ML_FEATURE_STORE, day, day).to_pylist()
        world.publish(ML_FEATURE_STORE, [{**r, "points_std_last_10": 5.0} for r in rows])


# By asset and gate: what is spoilt. Of these the date is held, of the others the offending rows.
HELD: dict[tuple[str, str], Callable[[SeasonWorld], None]] = {
    ("system_point_forecasts", "no_two_systems_say_the_same"): a_copied_system,
    ("ensemble", "it_is_none_of_its_members"): an_ensemble_of_one,
    ("player_predictions", "every_prediction_is_traced"): a_forecast_that_names_no_features,
    (
        "predicted_players",
        "most_available_players_are_predicted",
    ): a_slate_of_which_too_little_is_known,
}
QUARANTINED: dict[tuple[str, str], Callable[[SeasonWorld], None]] = {
    ("player_predictions", "means_are_of_this_league"): a_system_in_another_unit,
    ("player_predictions", "confidence_spreads"): errors_of_one_size,
    ("player_predictions", "picks_take_both_sides"): lines_below_everybody,
    ("catboost_models", "training_features_vary"): a_feature_that_is_the_same_for_everybody,
}
