"""Why rows offend, in words: one series of texts, empty where a row does not. Pure; the rules stand in their rooms."""

from collections.abc import Mapping

import pandas as pd


def no_reasons(rows: pd.DataFrame) -> pd.Series:
    """An empty text per row, to add to."""
    return pd.Series("", rows.index, dtype=object)


def add_reason(reasons: pd.Series, offends: pd.Series, text: pd.Series | str) -> None:
    """Add one text, or each offender's own, to his reasons; whoever does not offend keeps his.

    Args:
        reasons: to add to.
        offends: who offends.
        text: of all rows, or of the offenders alone: of a season, hardly a row is one.
    """
    own = text if isinstance(text, str) else text.loc[reasons.index[offends]]
    reasons[offends] += own + "; "


def outside(rows: pd.DataFrame, possible: Mapping[str, tuple[float, float]]) -> pd.Series:
    """The reasons of rows whose values are not possible.

    Args:
        rows: to judge.
        possible: by column, the lowest and the highest value there is; NULL is not judged.
    """
    reasons = no_reasons(rows)
    for column, (least, most) in possible.items():
        values = rows[column].astype(float)
        offends = values.notna() & ~values.between(least, most)
        # Words for offenders alone: of a season, hardly a row is one.
        texts = values[offends].astype(str)
        reasons[offends] += f"{column} " + texts + f" is not within {least:g} to {most:g}; "
    return reasons
