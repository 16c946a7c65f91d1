"""Which of a game's rows count: those at lock, or those of the morning. Pure; bets and headline grades ask here."""

import pandas as pd

from nba_assets.analytics.upcoming_tables import LOCK
from nba_assets.predictions.tables import FORWARD


def is_active(predictions: pd.DataFrame) -> pd.Series:
    """Whether a row is of the cut-off that counts for its game.

    The lock counts where it was committed before tip (`forward`), or where the morning was not
    either; the morning where the lock is missing, or came after a tip that the morning was before.

    Args:
        predictions: game_id, cutoff, kind.
    """
    is_lock = predictions["cutoff"] == LOCK
    is_forward = predictions["kind"] == FORWARD
    games = predictions["game_id"]
    has_lock = is_lock.groupby(games).transform("any")
    has_forward_lock = (is_lock & is_forward).groupby(games).transform("any")
    has_forward_morning = (~is_lock & is_forward).groupby(games).transform("any")
    lock_counts = has_forward_lock | (has_lock & ~has_forward_morning)
    return lock_counts == is_lock
