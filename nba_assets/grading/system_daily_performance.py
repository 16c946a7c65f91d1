"""What each system's predictions of a date came to."""

from datetime import date

import pandas as pd

from nba_assets.gates.publish import Computed
from nba_assets.grading.measures import READ, daily_sums, folded, mean_confidence, rates
from nba_assets.grading.slices import ALL, slices
from nba_assets.grading.tables import PREDICTION_ACCURACY, SYSTEM_DAILY_PERFORMANCE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed
from nba_assets.warehouse.table import tier

_COUNTS = (
    "over_picks", "over_wins", "under_picks", "under_wins", "passes", "confident_picks",
    "confident_wins", "confident_losses", "pending",
)  # fmt: skip


def daily_performance(ledger: pd.DataFrame) -> pd.DataFrame:
    """A row per date, system, cut-off (morning, lock, active) and kind, with every column of the contract.

    Args:
        ledger: rows of `grading.prediction_accuracy` in key order within their date.
    """
    sums = folded(daily_sums(ledger, lambda rows: {ALL: slices(rows)[ALL]}))
    counts = {name: sums[name].astype("int64") for name in _COUNTS}
    rows = sums[["game_date", "system_id", "cutoff", "kind"]].join(rates(sums))
    rows = rows.assign(**counts, mean_confidence=mean_confidence(sums))
    return rows.join(quality_of_dates(ledger), on="game_date")


def quality_of_dates(ledger: pd.DataFrame) -> pd.DataFrame:
    """The quality columns of what is made of a date's ledger: the worst of its rows.

    Returns:
        source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
        degraded_reasons and is_bootstrap, by `game_date`.
    """
    dates = ledger.groupby("game_date").agg(
        source_score=("source_score", "min"),
        completeness_pct=("completeness_pct", "min"),
        degraded=("is_degraded", "sum"),
        rows=("is_degraded", "size"),
        is_bootstrap=("is_bootstrap", "max"),
    )
    reasons = [
        [f"{degraded} of {rows} rows of the ledger are degraded"] if degraded else []
        for degraded, rows in zip(dates["degraded"], dates["rows"], strict=True)
    ]
    return pd.DataFrame(
        {
            "source": "platform",
            "source_score": dates["source_score"],
            "quality_score": dates["source_score"],
            "quality_tier": [tier(score) for score in dates["source_score"]],
            "completeness_pct": dates["completeness_pct"],
            "is_degraded": dates["degraded"] > 0,
            "degraded_reasons": pd.Series(reasons, dates.index, dtype=object),
            "is_bootstrap": dates["is_bootstrap"].astype(bool),
        },
        index=dates.index,
    )


def compute(_desk: object, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The performance of the dates."""
    ledger = pd.DataFrame(warehouse.read(PREDICTION_ACCURACY, dates, READ).to_pandas())
    if ledger.empty:
        return Computed(SYSTEM_DAILY_PERFORMANCE.rows([]))
    return Computed(typed(SYSTEM_DAILY_PERFORMANCE, daily_performance(ledger)))
