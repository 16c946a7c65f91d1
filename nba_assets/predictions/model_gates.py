"""Gates on models: which versions are refused before they forecast anything. Pure functions over frames."""

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons

# Below these over so many rows a model knows what it cannot (domain rules, section 8): with minutes
# known exactly the error is about 4.2, on lined rows 4.6.
LEAK_MAE, LEAK_LINED_MAE, LEAK_R2 = 4.2, 4.6, 0.60
LEAK_ROWS = 2000
# Points by which a new version may be worse against ewma on its weeks than the last one was on its own.
WORSE_BY = 0.05


def leaking_models(models: pd.DataFrame) -> pd.DataFrame:
    """A model that is too good has seen the answers, and every bet on it is made of nothing.

    Returns:
        rows of `predictions.models`, with their index and `reason`.
    """
    reason = no_reasons(models)
    for metric, rows, limit, is_beyond in (
        ("test_mae", "test_rows", LEAK_MAE, pd.Series.lt),
        ("test_lined_mae", "test_lined_rows", LEAK_LINED_MAE, pd.Series.lt),
        ("test_r2", "test_rows", LEAK_R2, pd.Series.gt),
    ):
        values = models[metric].astype(float)
        off = is_beyond(values, limit) & (models[rows] >= LEAK_ROWS)
        text = (
            f"suspected leakage: {metric} "
            + values.round(3).astype(str)
            + f" over {rows} "
            + models[rows].astype(str)
            + f", {limit} is the limit"
        )
        add_reason(reason, off, text)
    return _told(models, reason)


def worse_models(models: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """A week of bad data or a careless change would replace a model that works by one that does not.

    The error of the last four weeks is told against that of ewma on the same rows, for weeks differ more
    than models do. A version is held to the newest one that was published, one that is refused here not
    among them.

    Args:
        models: rows of `predictions.models`.
        earlier: rows of weeks before, as published.
    """
    reason = no_reasons(models)
    for (system_id, cutoff), own in models.groupby(["system_id", "cutoff"]):
        is_same = (earlier["system_id"] == system_id) & (earlier["cutoff"] == cutoff)
        known = earlier[is_same].sort_values("game_date")
        gaps = (known["test_mae"] - known["test_ewma_mae"]).dropna()
        best = float(gaps.iloc[-1]) if len(gaps) else None
        for _, row in own.sort_values("game_date").iterrows():
            gap = row["test_mae"] - row["test_ewma_mae"]
            if pd.isna(gap):
                continue
            if best is not None and gap > best + WORSE_BY:
                reason[models["model_id"] == row["model_id"]] = (
                    f"model_is_not_worse: {gap:+.3f} points against ewma on the last 4 weeks, the"
                    f" model before it {best:+.3f}, {WORSE_BY} are allowed"
                )
            else:
                best = float(gap)
    return _told(models, reason)


def models_of_constant_features(models: pd.DataFrame, constant: pd.DataFrame) -> pd.DataFrame:
    """A feature that is one value for everybody is a default that somebody forgot to fill.

    Args:
        models: rows of `predictions.models`.
        constant: `model_id` and `feature` of what did not vary in training.
    """
    named = constant.groupby("model_id")["feature"].agg(", ".join)
    reason = no_reasons(models)
    features = models["model_id"].map(named)
    add_reason(reason, features.notna(), "constant in training: " + features.astype(str))
    return _told(models, reason)


def _told(models: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    off = models[reason != ""]
    return off.assign(reason=off["model_id"] + " " + reason[off.index])
