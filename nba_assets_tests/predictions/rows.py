"""Literal rows of tonight's predictions: New York's players against Boston."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.predictions.tables import (
    FORECAST_ERRORS,
    FORECASTS,
    PREDICTED_PLAYERS,
    PREDICTION_SKIPS,
    SYSTEM_POINT_FORECASTS,
)
from nba_assets.raw.schedule import game_id
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, FormWorld, Row, frame, only, whole

HASH = "5" * 64


def game_on(day: date) -> str:
    """The game of New York and Boston of a date."""
    return game_id(day, "BOS", "NYK")


def predicted(player_id: str = "1", **changes: Any) -> Row:
    """A player who is predicted; with a reason, one who is not."""
    given: Row = {
        "game_date": DAY, "game_id": game_on(changes.get("game_date", DAY)), "player_id": player_id,
        "team": "NYK", "opponent": "BOS", "is_home": True, "player_name": f"Player {player_id}",
        "is_predicted": changes.get("skip_reason") is None, "is_rotation": True, "games_before": 40,
    }  # fmt: skip
    return whole(PREDICTED_PLAYERS, **(given | changes))


def vector(player_id: str = "1", **changes: Any) -> Row:
    """His row of the feature store: at home, nothing else known."""
    given: Row = {
        "game_date": DAY, "game_id": game_on(changes.get("game_date", DAY)), "player_id": player_id,
        "team": "NYK", "opponent": "BOS", "available": True, "home": 1.0, "feature_hash": HASH,
        "games_played_season": 40,
    }  # fmt: skip
    return whole(ML_FEATURE_STORE, **(given | changes))


def forecast(system_id: str = "ewma", player_id: str = "1", **changes: Any) -> Row:
    """What a system says of him."""
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "system_id": system_id,
        "forecast_points": 20.0, "feature_hash": HASH, "input_digests": ["a@1"],
    }  # fmt: skip
    return whole(SYSTEM_POINT_FORECASTS, **(given | changes))


def error(system_id: str = "ewma", player_id: str = "1", **changes: Any) -> Row:
    """How far off it was: 20 forecast, 17 scored."""
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "system_id": system_id,
        "forecast_points": 20.0, "actual_points": 17, "actual_minutes": 30.0, "error": 3.0,
        "played": True, "is_rotation": True, "is_target": True,
    }  # fmt: skip
    return whole(FORECAST_ERRORS, **(given | changes))


def skip(player_id: str = "1", **changes: Any) -> Row:
    """Why he has no forecast of any system."""
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "system_id": "all",
        "skip_reason": "out",
    }  # fmt: skip
    return whole(PREDICTION_SKIPS, **(given | changes))


def players(*rows: Row) -> pd.DataFrame:
    return frame(PREDICTED_PLAYERS, rows)


def forecasts(*rows: Row) -> pd.DataFrame:
    return frame(SYSTEM_POINT_FORECASTS, rows)


def errors(*rows: Row) -> pd.DataFrame:
    return frame(FORECAST_ERRORS, rows)


def skips(*rows: Row) -> pd.DataFrame:
    return frame(PREDICTION_SKIPS, rows)


def world_of(home: Path, vectors: Iterable[Row], men: Iterable[Row] = ()) -> FormWorld:
    """A warehouse with these vectors, and their players, who are all predicted by default."""
    world = FormWorld(home)
    vectors = list(vectors)
    world.publish(ML_FEATURE_STORE, vectors)
    key = ("game_date", "player_id", "cutoff")
    world.publish(PREDICTED_PLAYERS, men or [predicted(**{k: v[k] for k in key}) for v in vectors])
    return world


def forecast_of(system_id: str, folder: Path, **known: Any) -> Row:
    """The one forecast of a system, where so much is known of him."""
    return only(world_of(folder, [vector(**known)]).read(FORECASTS[system_id]))
