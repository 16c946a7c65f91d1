"""The ledger: every published prediction of a date beside what it came to."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.gates.publish import Computed
from nba_assets.grading.closing import closing_lines
from nba_assets.grading.outcomes import (
    LOSS,
    OVER,
    PENDING,
    PUSH,
    VOID,
    WIN,
    final_games,
    graded_versions,
    outcomes,
)
from nba_assets.grading.tables import PREDICTION_ACCURACY
from nba_assets.predictions.active import is_active
from nba_assets.predictions.tables import BETS, PICKS, PLAYER_PREDICTIONS
from nba_assets.raw.gates import expected_games
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.sources.odds_api import PLAYER_POINTS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed
from nba_assets.warehouse.table import Table, tier

KEY = ["game_id", "player_id", "system_id", "cutoff", "kind"]
# Of certainty, how far a log loss goes: 13.8 nats for what was called impossible and came true.
SUREST = 1e-6
_AT_A_CUTOFF = ["game_id", "player_id", "cutoff"]
_OF_PREDICTIONS = frozenset(
    {
        *(set(PREDICTION_ACCURACY.column_names) & set(PLAYER_PREDICTIONS.column_names)),
        "status", "issued_at", "line_observed_at", "tip_at", "low_50", "high_50", "low_80", "high_80",
        "over_decimal", "under_decimal",
    }
)  # fmt: skip
_OF_BOXES = (
    "game_date", "game_id", "player_id", "team", "played", "player_status", "dnp_reason", "points",
    "minutes", "source", "source_score", "is_degraded", "degraded_reasons",
)  # fmt: skip
_OF_THE_SCHEDULE = ("game_date", "game_id", "season_type", "status", "tip_at")
_OF_LINES = ("game_id", "player_id", "market", "book", "line", "observed_at")


@dataclass(frozen=True)
class Evidence:
    """What a ledger is made of, as frames of the dates.

    Attributes:
        predictions: rows of `predictions.player_predictions`.
        picks: of `predictions.picks`.
        boxes: of `raw.player_box_scores`.
        schedule: of `raw.schedule`.
        lines: of `raw.player_prop_lines`, every capture.
        contexts: of `analytics.upcoming_player_game_context`: the key and back_to_back.
        published: of the ledger itself, as it was.
    """

    predictions: pd.DataFrame
    picks: pd.DataFrame
    boxes: pd.DataFrame
    schedule: pd.DataFrame
    lines: pd.DataFrame
    contexts: pd.DataFrame
    published: pd.DataFrame


def ledger(found: Evidence) -> pd.DataFrame:
    """A row per prediction, with every column of the contract and in the order of the predictions."""
    rows = found.predictions.reset_index(drop=True)
    games = found.schedule.drop_duplicates("game_id").set_index("game_id")
    rows = rows.join(outcomes(rows, found.boxes, found.schedule))
    tips = rows["game_id"].map(games["tip_at"]).fillna(rows["tip_at"])
    # A tip that was moved forward and told of too late: such a row may know the game.
    is_before = (rows["cutoff_at"] < tips) & ~(rows["issued_at"] >= tips)
    rows["is_active_row"] = is_active(rows) & is_before
    rows["is_pick"] = _is_among(rows, found.picks, KEY) & is_before
    rows["is_back_to_back"] = _back_to_back(rows, found.contexts)
    points = found.lines[found.lines["market"] == PLAYER_POINTS]
    rows["closing_line"] = closing_lines(rows.assign(tip_at=tips), points)
    rows = rows.assign(**_errors(rows), **_bets(rows), **_scores(rows))
    played = rows["actual_points"].notna()
    rows["is_target"] = played & (rows["season_type"] == "regular") & rows["is_rotation"]
    rows = rows.assign(**_quality(rows, found.boxes, found.schedule))
    rows["graded_version"] = graded_versions(rows, found.published, KEY)
    return rows


def _is_among(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.Series:
    known = pd.MultiIndex.from_frame(others[key])
    return pd.Series(pd.MultiIndex.from_frame(rows[key]).isin(known), rows.index)


def _back_to_back(rows: pd.DataFrame, contexts: pd.DataFrame) -> pd.Series:
    found = rows[_AT_A_CUTOFF].merge(contexts, on=_AT_A_CUTOFF, how="left")
    return found["back_to_back"].astype("boolean").set_axis(rows.index)


def _errors(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """How far the prediction and the line were off, in points; positive is too many."""
    actual = rows["actual_points"]
    error = rows["predicted_points"] - actual
    size = error.abs()
    played = actual.notna()
    found = {"error": error, "abs_error": size, "line_abs_error": (rows["line"] - actual).abs()}
    for points in (3, 5):
        found[f"within_{points}"] = (size <= points).astype("boolean").where(played)
    for share in (50, 80):
        low, high = rows[f"low_{share}"], rows[f"high_{share}"]
        within = ((low <= actual) & (actual <= high)).astype("boolean")
        found[f"in_{share}"] = within.where(played & low.notna() & high.notna())
    return found


def _bets(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Price, profit and closing-line value of what was bet on."""
    is_bet = rows["recommendation"].isin(BETS)
    is_over = rows["recommendation"] == OVER
    price = rows["over_decimal"].where(is_over, rows["under_decimal"]).where(is_bet)
    profit = pd.Series(np.nan, rows.index)
    profit = profit.mask(rows["outcome"].isin([PUSH, VOID]) & is_bet, 0.0)
    profit = profit.mask(rows["outcome"] == LOSS, -1.0).mask(rows["outcome"] == WIN, price - 1)
    move = rows["closing_line"] - rows["line"]
    return {
        "price_decimal": price,
        "profit_units": profit,
        "clv": move.where(is_over, -move).where(is_bet),
    }


def _scores(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Brier score and log loss of the chance of more than the line, the system's and the market's."""
    above = rows["actual_points"] - rows["line"]
    # NULL above: no result or no line; nothing is said of a push.
    result = (above > 0).astype(float).where(above.notna() & (above != 0))
    chances = {
        "": rows["p_over"] / (1 - rows["p_push"]).where(rows["p_push"] < 1),
        "market_": rows["no_vig_over"],
    }
    found = {}
    for whose, chance in chances.items():
        kept = chance.clip(SUREST, 1 - SUREST)
        found[f"{whose}brier"] = (chance - result) ** 2
        found[f"{whose}log_loss"] = _nats(kept.where(result == 1, 1 - kept)).where(result.notna())
    return found


def _nats(chance: pd.Series) -> pd.Series:
    return pd.Series(-np.log(chance.to_numpy(float)), chance.index)


def _quality(
    rows: pd.DataFrame, boxes: pd.DataFrame, schedule: pd.DataFrame
) -> dict[str, pd.Series]:
    """Where a grade comes from: the box score where there is one, and of the prediction what it lacked."""
    box = rows[["game_id", "player_id"]].merge(
        boxes[
            ["game_id", "player_id", "source", "source_score", "is_degraded", "degraded_reasons"]
        ],
        on=["game_id", "player_id"],
        how="left",
    )
    score = pd.concat([rows["source_score"], box["source_score"]], axis=1).min(axis=1).astype(int)
    is_pending = rows["outcome"] == PENDING
    pending = ("pending: " + rows["game_id"] + " " + rows["outcome_reason"]).where(is_pending)
    reasons = [
        list(dict.fromkeys([*own, *_listed(of_box), *([waits] if isinstance(waits, str) else [])]))
        for own, of_box, waits in zip(
            rows["degraded_reasons"], box["degraded_reasons"], pending, strict=True
        )
    ]
    return {
        "source": box["source"].fillna(rows["source"]),
        "source_score": score,
        "quality_score": score,
        "quality_tier": score.map({s: tier(s) for s in score.unique()}),
        "completeness_pct": rows["game_date"].map(_completeness(boxes, schedule)).astype(float),
        "is_degraded": rows["is_degraded"] | box["is_degraded"].eq(True) | is_pending,
        "degraded_reasons": pd.Series(reasons, rows.index, dtype=object),
    }


def _listed(reasons: object) -> Sequence[str]:
    return list(reasons) if isinstance(reasons, np.ndarray | list) else []


def _completeness(boxes: pd.DataFrame, schedule: pd.DataFrame) -> dict[Hashable, float]:
    """% of each date's expected games with a box score of both sides."""
    expected = expected_games(schedule)
    has_box = expected["game_id"].isin(final_games(boxes))
    return (100.0 * has_box.groupby(expected["game_date"]).mean()).to_dict()


def compute(_desk: object, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The ledger of the dates, its versions counted from what is published of them."""

    def read(table: Table, columns: Collection[str]) -> pd.DataFrame:
        return pd.DataFrame(warehouse.read(table, dates, columns).to_pandas())

    predictions = read(PLAYER_PREDICTIONS, _OF_PREDICTIONS)
    if predictions.empty:
        return Computed(PREDICTION_ACCURACY.rows([]))
    found = ledger(
        Evidence(
            predictions=predictions,
            picks=read(PICKS, KEY),
            boxes=read(PLAYER_BOX_SCORES, _OF_BOXES),
            schedule=read(SCHEDULE, _OF_THE_SCHEDULE),
            lines=read(PLAYER_PROP_LINES, _OF_LINES),
            contexts=read(UPCOMING_PLAYER_GAME_CONTEXT, [*_AT_A_CUTOFF, "back_to_back"]),
            published=read(
                PREDICTION_ACCURACY,
                [*KEY, "outcome", "actual_points", "minutes", "graded_version"],
            ),
        )
    )
    rows: pa.Table = typed(PREDICTION_ACCURACY, found)
    picked = warehouse.published_dates(PICKS, dates)
    with_rows = set(found["game_date"])
    return Computed(
        rows,
        notes={
            day: {
                **_counts(found[found["game_date"] == day]),
                **({} if day in picked else {"without_picks": f"{PICKS.name} is not published"}),
            }
            for day in dates
            if day in with_rows
        },
    )


def _counts(rows: pd.DataFrame) -> dict[str, object]:
    """How many rows of a date came to what, and how many were restated."""
    counted = rows["outcome"].value_counts().sort_index().to_dict()
    restated = int((rows["graded_version"] > 1).sum())
    has_active = rows.groupby("game_id")["is_active_row"].any()
    late = sorted(has_active.index[~has_active])
    return {
        **{str(k): int(v) for k, v in counted.items()},
        **({"restated": restated} if restated else {}),
        **({"said_after_the_true_tip": late} if late else {}),
    }
