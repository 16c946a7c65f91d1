"""What became of a prediction: a result, a void or still pending, and why. Pure: frames in, frames out."""

import numpy as np
import pandas as pd

from nba_assets.predictions.tables import BETS
from nba_assets.raw.gates import expected_games

WIN, LOSS, PUSH, VOID, NO_PICK, PENDING = "win", "loss", "push", "void", "no_pick", "pending"
OVER, UNDER = BETS
PASS = "PASS"

INJURY_KNOWN, LATE_SCRATCH = "injury_known", "late_scratch"
COACH_DECISION, NOT_LISTED = "coach_decision", "not_listed"
NOT_FINAL, NOT_SCHEDULED = "not_final", "not_scheduled"
NO_BOX_SCORE, NO_PLAY_STATUS = "no_box_score", "no_play_status"
# Statuses of a schedule's game that is not played under its id, and what its predictions are void for.
NOT_PLAYED = {"postponed": "game_postponed", "cancelled": "game_cancelled"}
VOID_REASONS = (
    INJURY_KNOWN, LATE_SCRATCH, COACH_DECISION, NOT_LISTED, *NOT_PLAYED.values(),
)  # fmt: skip
PENDING_REASONS = (NOT_FINAL, NOT_SCHEDULED, NO_BOX_SCORE, NO_PLAY_STATUS)

_EXPECTED_OUT = ("out", "doubtful")
_IN_DOUBT = ("questionable", "probable")
_SAT = ("dnp", "inactive")


def final_games(boxes: pd.DataFrame) -> set[str]:
    """Games whose box score is published, of both sides: of half a box, half the players would be absent."""
    sides = boxes.groupby("game_id")["team"].nunique()
    return set(sides[sides >= 2].index)


def outcomes(
    predictions: pd.DataFrame, boxes: pd.DataFrame, schedule: pd.DataFrame
) -> pd.DataFrame:
    """What each prediction came to.

    Zero points in positive minutes is a result; who never entered a final game is void. A game that
    is not played under its id is void as a whole, unless its box score says otherwise. A game that must
    have results lacks its box score once those of its date are published, whatever its status says.

    Args:
        predictions: game_id, player_id, status, recommendation, line.
        boxes: rows of `raw.player_box_scores`, of final games, published for each of the dates.
        schedule: game_id, season_type and status of the games.

    Returns:
        outcome, outcome_reason, actual_points (points) and minutes (NULL unless he played), in the
        order and with the index of the predictions.
    """
    box = _box_of(predictions, boxes)
    listed = box["player_status"].notna()
    is_final = predictions["game_id"].isin(final_games(boxes)).to_numpy()
    played = is_final & box["played"].eq(True).to_numpy()
    sat = is_final & ~played & (~listed | box["player_status"].isin(_SAT)).to_numpy()
    states = schedule.drop_duplicates("game_id").set_index("game_id")["status"]
    state = predictions["game_id"].map(states)
    is_owed = predictions["game_id"].isin(expected_games(schedule)["game_id"]).to_numpy()
    off = ~is_final & state.isin(list(NOT_PLAYED)).to_numpy()
    points = pd.to_numeric(box["points"]).where(played).astype("Int64")
    outcome = np.select(
        [played & predictions["recommendation"].isin(BETS).to_numpy(), played, sat | off],
        [_settled(predictions, points), NO_PICK, VOID],
        PENDING,
    )
    reason = np.select(
        [played, sat, off, is_final, state.isna(), is_owed | (state == "final").to_numpy()],
        [
            np.full(len(predictions), None, object),
            _why_he_sat(predictions["status"], box),
            state.map(NOT_PLAYED).to_numpy(object),
            np.full(len(predictions), NO_PLAY_STATUS, object),
            np.full(len(predictions), NOT_SCHEDULED, object),
            np.full(len(predictions), NO_BOX_SCORE, object),
        ],
        NOT_FINAL,
    )
    return pd.DataFrame(
        {
            "outcome": outcome.astype(object),
            "outcome_reason": reason,
            "actual_points": points.to_numpy(dtype="float64", na_value=np.nan),
            "minutes": box["minutes"].where(played).to_numpy(float),
        },
        index=predictions.index,
    )


def _box_of(predictions: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Each prediction's line of the box, numbered from 0; NULL as a whole where there is none."""
    found = predictions[["game_id", "player_id"]].merge(
        boxes[
            ["game_id", "player_id", "played", "player_status", "dnp_reason", "points", "minutes"]
        ],
        on=["game_id", "player_id"],
        how="left",
    )
    return found.reset_index(drop=True)


def _settled(predictions: pd.DataFrame, points: pd.Series) -> np.ndarray:
    """Win, loss or push of every row as if it were a bet; the others are not read."""
    above = points.to_numpy(dtype="float64", na_value=np.nan) - predictions["line"].to_numpy(float)
    side = np.where(predictions["recommendation"] == OVER, 1.0, -1.0)
    return np.select([above * side > 0, above * side < 0, above == 0], [WIN, LOSS, PUSH], PENDING)


def _why_he_sat(status: pd.Series, box: pd.DataFrame) -> np.ndarray:
    """Why who did not enter a final game did not: what was known at the cut-off comes first."""
    at_cutoff = status.reset_index(drop=True)
    is_listed = box["player_status"].notna()
    why = box["dnp_reason"].fillna("").str.upper()
    by_the_coach = (box["player_status"] == "dnp") & ((why == "") | why.str.contains("COACH"))
    return np.select(
        [
            at_cutoff.isin(_EXPECTED_OUT),
            at_cutoff.isin(_IN_DOUBT),
            ~is_listed,
            by_the_coach,
        ],
        [INJURY_KNOWN, LATE_SCRATCH, NOT_LISTED, COACH_DECISION],
        # He was to play, or nothing spoke of him, and the box calls him inactive or hurt.
        LATE_SCRATCH,
    ).astype(object)


def graded_versions(rows: pd.DataFrame, published: pd.DataFrame, key: list[str]) -> pd.Series:
    """1, and one more whenever a result that was published is not what it is now.

    Args:
        rows: of the ledger, without their version.
        published: rows of the ledger as they are published, with their version.
        key: of the ledger.
    """
    was = published[[*key, "outcome", "actual_points", "minutes", "graded_version"]]
    both = rows[[*key, "outcome", "actual_points", "minutes"]].merge(
        was, on=key, how="left", suffixes=("", "_was")
    )
    same = pd.Series(True, both.index)
    for column in ("actual_points", "minutes"):
        now, then = both[column], both[f"{column}_was"]
        same &= (now == then) | (now.isna() & then.isna())
    for state in (VOID, PENDING):
        same &= (both["outcome"] == state) == (both["outcome_was"] == state)
    # What was pending had no result to restate.
    is_restated = both["graded_version"].notna() & (both["outcome_was"] != PENDING) & ~same
    versions = both["graded_version"].fillna(1).astype("int64") + is_restated.astype("int64")
    return versions.set_axis(rows.index)
