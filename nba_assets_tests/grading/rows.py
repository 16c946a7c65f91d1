"""Literal rows of tonight: what was said of New York's players against Boston, and what they did."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.grading.prediction_accuracy import Evidence, ledger
from nba_assets.grading.tables import PREDICTION_ACCURACY
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.warehouse.frames import typed
from nba_assets.warehouse.table import Table
from nba_assets_tests.platform import utc
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, frame, whole

TIP = utc("2024-03-06T00:30Z")
USED = TIP - timedelta(hours=8)


def prediction(player_id: str = "1", **changes: Any) -> Row:
    """24 predicted of a line of 20.5: more, at 1.90 against 1.92."""
    given: Row = {
        "game_date": DAY, "game_id": game_id(changes.get("game_date", DAY), "BOS", "NYK"),
        "player_id": player_id, "system_id": "ewma", "kind": "forward", "cutoff": "morning",
        "nba_game_id": "0022300001", "team": "NYK", "opponent": "BOS", "is_home": True,
        "player_name": f"Player {player_id}", "status": "available", "tip_at": TIP,
        "cutoff_at": TIP - timedelta(hours=0.5 if changes.get("cutoff") == "lock" else 10),
        "predicted_points": 24.0, "mean_points": 24.5, "low_50": 20, "high_50": 28, "low_80": 16,
        "high_80": 32, "p_over_5": 0.99, "p_over_10": 0.97, "p_over_15": 0.9, "p_over_20": 0.7,
        "p_over_25": 0.4, "p_over": 0.6, "p_push": 0.0, "p_under": 0.4, "confidence": 0.6,
        "recommendation": "OVER", "line": 20.5, "line_observed_at": USED, "over_decimal": 1.9,
        "over_book": "fanduel", "under_decimal": 1.92, "under_book": "betmgm", "no_vig_over": 0.5,
        "edge": 3.5, "is_rotation": True,
    }  # fmt: skip
    return whole(PLAYER_PREDICTIONS, **(given | changes))


def unlined(player_id: str = "1", **changes: Any) -> Row:
    """The same of a player without a line."""
    lined = ("p_over", "p_push", "p_under", "confidence", "line", "line_observed_at",
             "over_decimal", "over_book", "under_decimal", "under_book", "no_vig_over", "edge")  # fmt: skip
    return prediction(player_id, **dict.fromkeys(lined), recommendation="NO_LINE", **changes)


def did(player_id: str = "1", points: int = 24, **changes: Any) -> Row:
    """Thirty minutes of his."""
    given: Row = {
        "game_date": DAY, "game_id": game_id(changes.get("game_date", DAY), "BOS", "NYK"),
        "player_id": player_id, "team": "NYK", "opponent": "BOS", "played": True,
        "player_status": "played", "points": points, "minutes": 30.0, "seconds_played": 1800,
    }  # fmt: skip
    return whole(PLAYER_BOX_SCORES, **(given | changes))


def sat(player_id: str = "1", **changes: Any) -> Row:
    """A man on the list who did not enter the game."""
    given: Row = {"played": False, "player_status": "dnp", "minutes": 0.0, "seconds_played": 0}
    return did(player_id, 0, **(given | changes))


def visitor(day: date = DAY, **changes: Any) -> Row:
    """Somebody of Boston, without whom the box is half a box."""
    return did("of BOS", 11, game_date=day, team="BOS", opponent="NYK", **changes)


def game(day: date = DAY, **changes: Any) -> Row:
    """The game of the schedule."""
    given: Row = {
        "game_date": day, "game_id": game_id(day, "BOS", "NYK"), "home_team": "NYK",
        "away_team": "BOS", "status": "final", "tip_at": TIP,
    }  # fmt: skip
    return whole(SCHEDULE, **(given | changes))


def offer(line: float, minutes_before: float, book: str = "fanduel", **changes: Any) -> Row:
    """A main line of the player, so many minutes before tip."""
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": "1", "market": "player_points",
        "book": book, "line": line, "observed_at": TIP - timedelta(minutes=minutes_before),
    }  # fmt: skip
    return whole(PLAYER_PROP_LINES, **(given | changes))


def pick(of: Row) -> Row:
    """The bet on a prediction."""
    names = {"game_date", "game_id", "player_id", "system_id", "cutoff", "kind"}
    return whole(PICKS, **{name: of[name] for name in names})


def context(player_id: str = "1", **changes: Any) -> Row:
    """What was known of his rest."""
    given: Row = {"game_date": DAY, "game_id": TONIGHT, "player_id": player_id}
    return whole(UPCOMING_PLAYER_GAME_CONTEXT, **(given | changes))


def evidence(
    predictions: Iterable[Row],
    boxes: Sequence[Row] = (),
    *,
    schedule: Sequence[Row] | None = None,
    **others: Iterable[Row],
) -> Evidence:
    """What a night's ledger is made of; a box of anybody is Boston's box, too."""
    tables: dict[str, tuple[Table, Iterable[Row]]] = {
        "picks": (PICKS, ()),
        "lines": (PLAYER_PROP_LINES, ()),
        "contexts": (UPCOMING_PLAYER_GAME_CONTEXT, ()),
        "published": (PREDICTION_ACCURACY, ()),
    }
    given = {name: frame(table, others.get(name, rows)) for name, (table, rows) in tables.items()}
    found = Evidence(
        predictions=frame(PLAYER_PREDICTIONS, predictions),
        boxes=frame(PLAYER_BOX_SCORES, [*boxes, visitor()] if boxes else []),
        schedule=frame(SCHEDULE, [game()] if schedule is None else schedule),
        **given,
    )
    names = ["game_id", "player_id", "cutoff", "back_to_back"]
    return replace(found, contexts=found.contexts[names])


def graded(prediction_row: Row, *boxes: Row, **others: Any) -> Row:
    """The ledger's row of one prediction, as it would be published."""
    made = typed(PREDICTION_ACCURACY, ledger(evidence([prediction_row], boxes, **others)))
    (row,) = made.to_pylist()
    return dict(row)


def entry(player_id: str = "1", **changes: Any) -> Row:
    """A row of the ledger: the bet on more than 20.5 that was won with 24."""
    given: Row = {
        "game_date": DAY, "game_id": game_id(changes.get("game_date", DAY), "BOS", "NYK"),
        "player_id": player_id, "system_id": "ewma", "kind": "forward", "cutoff": "lock",
        "is_home": True, "is_back_to_back": False, "is_active_row": True, "is_target": True,
        "is_rotation": True, "outcome": "win", "recommendation": "OVER", "predicted_points": 24.0,
        "mean_points": 24.5, "actual_points": 24, "minutes": 30.0, "error": 0.0, "abs_error": 0.0,
        "within_3": True, "within_5": True, "in_50": True, "in_80": True, "p_over_5": 1.0,
        "p_over_10": 1.0, "p_over_15": 1.0, "p_over_20": 1.0, "p_over_25": 0.0, "line": 20.5,
        "line_abs_error": 3.5, "p_over": 0.6, "p_push": 0.0, "no_vig_over": 0.5, "confidence": 0.6,
        "edge": 3.5, "price_decimal": 2.0, "profit_units": 1.0, "brier": 0.16, "log_loss": 0.5,
        "market_brier": 0.25, "market_log_loss": 0.7, "graded_version": 1,
    }  # fmt: skip
    return whole(PREDICTION_ACCURACY, **(given | changes))


def lost(player_id: str = "1", **changes: Any) -> Row:
    """The same bet, lost with 14."""
    given: Row = {
        "outcome": "loss", "actual_points": 14, "error": 10.0, "abs_error": 10.0,
        "within_3": False, "within_5": False, "in_50": False, "in_80": False,
        "line_abs_error": 6.5, "profit_units": -1.0, "brier": 0.36, "log_loss": 0.9,
    }  # fmt: skip
    return entry(player_id, **(given | changes))


def void(player_id: str = "1", **changes: Any) -> Row:
    """The same bet, returned: he did not play."""
    graded = ("actual_points", "minutes", "error", "abs_error", "within_3", "within_5", "in_50",
              "in_80", "line_abs_error", "brier", "log_loss", "market_brier", "market_log_loss")  # fmt: skip
    given: Row = {"outcome": "void", "outcome_reason": "late_scratch", "profit_units": 0.0,
                  "is_target": False, **dict.fromkeys(graded)}  # fmt: skip
    return entry(player_id, **(given | changes))


def ledger_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows of the ledger in key order, as they are read."""
    key = ["game_date", *PREDICTION_ACCURACY.key]
    return frame(PREDICTION_ACCURACY, rows).sort_values(key, ignore_index=True)
