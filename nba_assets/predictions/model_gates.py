"""Gates on models: which versions are refused before they forecast anything. Pure functions over frames."""

from datetime import timedelta

import pandas as pd

from nba_assets.gates.reasons import add_reason, no_reasons
from nba_assets.predictions.leaks import MAX_R2, MIN_LEAK_ROWS, MIN_LINED_MAE, MIN_MAE

# How long an older model may stand in for newer ones, and a version be held to one that was published.
OLDEST_WEEKS = 8
# Points by which a new version may be worse against ewma on its weeks than the last one was on its own.
WORSE_BY = 0.05
# Target rows below which a version has no error that says anything: `training.MIN_TEST_ROWS`.
MEASURED_ROWS = 500


def leaking_models(models: pd.DataFrame) -> pd.DataFrame:
    """A model that is too good has seen the answers, and every bet on it is made of nothing.

    Returns:
        rows of `predictions.models`, with their index and `reason`.
    """
    reason = no_reasons(models)
    for metric, rows, limit, is_beyond in (
        ("test_mae", "test_rows", MIN_MAE, pd.Series.lt),
        ("test_lined_mae", "test_lined_rows", MIN_LINED_MAE, pd.Series.lt),
        ("test_r2", "test_rows", MAX_R2, pd.Series.gt),
    ):
        values = models[metric].astype(float)
        off = is_beyond(values, limit) & (models[rows] >= MIN_LEAK_ROWS)
        text = (
            f"suspected leakage: {metric} "
            + values.round(3).astype(str)
            + f" over {rows} "
            + models[rows].astype(str)
            + f", {limit} is the limit"
        )
        add_reason(reason, off, text)
    return _told(models, reason)


def worse_models(
    models: pd.DataFrame, earlier: pd.DataFrame, constant: pd.DataFrame
) -> pd.DataFrame:
    """A week of bad data or a careless change would replace a model that works by one that does not.

    Held to each other are not the errors of two versions on the last four weeks of each, but what each
    is off from ewma on the same rows: one kind of weeks is harder than another by more than models
    differ, and by the errors alone a version would be refused for weeks in which everybody scored out
    of turn. A version is held to the newest one of the last 8 weeks that was published: one that is
    refused here, or that another of these gates refuses, is not among them, be it made in the same run.

    Args:
        models: rows of `predictions.models`.
        earlier: rows of weeks before, as published.
        constant: as `models_of_constant_features` knows it.
    """
    flagged = {
        *leaking_models(models)["model_id"],
        *models_of_constant_features(models, constant)["model_id"],
    }
    reason = no_reasons(models)
    for (system_id, cutoff), own in models.groupby(["system_id", "cutoff"]):
        is_same = (earlier["system_id"] == system_id) & (earlier["cutoff"] == cutoff)
        known = earlier[is_same].sort_values("game_date")
        gaps = (known["test_mae"] - known["test_ewma_mae"]).dropna().astype(float)
        published = list(zip(known.loc[gaps.index, "game_date"], gaps, strict=True))
        for _, row in own.sort_values("game_date").iterrows():
            gap = row["test_mae"] - row["test_ewma_mae"]
            if pd.isna(gap):
                continue
            oldest = row["game_date"] - timedelta(weeks=OLDEST_WEEKS)
            before = [said for week, said in published if week >= oldest]
            if before and gap > before[-1] + WORSE_BY:
                reason[models["model_id"] == row["model_id"]] = (
                    f"model_is_not_worse: {gap:+.3f} points against ewma on the last 4 weeks, the"
                    f" model before it {before[-1]:+.3f}, {WORSE_BY} are allowed"
                )
            elif row["model_id"] not in flagged:
                published.append((row["game_date"], float(gap)))
    return _told(models, reason)


def unmeasured_models(models: pd.DataFrame) -> pd.DataFrame:
    """A version that nobody could measure replaces one that works, be it better or worse.

    Nothing is held for it: in a season's first weeks there is nothing to measure on, and the version
    before it is as old as the summer is long.

    Returns:
        rows of `predictions.models`, with `reason` and `blocks`, which is false.
    """
    reason = no_reasons(models)
    text = (
        "not measured: "
        + models["test_rows"].astype(str)
        + f" target rows of the last 4 weeks kept from a twin, {MEASURED_ROWS} are needed"
    )
    add_reason(reason, models["test_mae"].isna(), text)
    return _told(models, reason).assign(blocks=False)


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
