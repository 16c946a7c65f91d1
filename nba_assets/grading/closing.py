"""The closing line: what the books offered in the last minutes before a game's own tip. Pure."""

import pandas as pd

CLOSING = pd.Timedelta(minutes=30)
_MAN = ["game_id", "player_id"]


def closing_lines(predictions: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    """The consensus that a prediction's line is held against.

    Made as the line itself: the lower median over the books of the newest capture that lists the
    player, in the 30 minutes before tip and later than the one the prediction used. A book that is not
    in it has withdrawn.

    Args:
        predictions: game_id, player_id, line_observed_at (NULL without a line), tip_at.
        lines: game_id, player_id, book, line, observed_at: one market's main lines, all captures.

    Returns:
        points, NULL without a line or such a capture, with the index of the predictions.
    """
    used = [*_MAN, "line_observed_at"]
    wanted = predictions.loc[predictions["line_observed_at"].notna(), [*used, "tip_at"]]
    offers = wanted.drop_duplicates(used).merge(lines, on=_MAN)
    before_tip = offers["tip_at"] - offers["observed_at"]
    is_closing = (before_tip >= pd.Timedelta(0)) & (before_tip <= CLOSING)
    offers = offers[is_closing & (offers["observed_at"] > offers["line_observed_at"])]
    newest = offers[offers["observed_at"] == offers.groupby(used)["observed_at"].transform("max")]
    ordered = newest.sort_values([*used, "line", "book"])
    books = ordered.groupby(used)["book"]
    middle = ordered[books.cumcount() == (books.transform("size") + 1) // 2 - 1]
    found = predictions[used].merge(middle[[*used, "line"]], on=used, how="left")
    return found["line"].astype(float).set_axis(predictions.index)
