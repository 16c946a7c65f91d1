"""`python -m nba_assets_tests.bench.figures HOME FIRST LAST`: what graded predictions of a span come to, beside what was promised.

Every figure with its rows, and with an interval by bootstrap of dates. Rows of a game whose cut-off
turned out to lie after its true tip are left out of the lock's.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from nba_assets.definitions import TABLES
from nba_assets.grading.reliability import chances
from nba_assets.grading.tables import PREDICTION_ACCURACY
from nba_assets.partitions import dates_between
from nba_assets.predictions.errors import gap_interval
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets_tests.bench.report import Report

ROW = ["game_date", "game_id", "player_id"]
WITHOUT_LINE, WITH_LINE = "catboost", "catboost_with_line"
TARGETS = {"morning": 4.70, "lock": 4.57}
COLUMNS = [
    *ROW, "system_id", "cutoff", "cutoff_at", "is_target", "outcome", "predicted_points",
    "actual_points", "abs_error", "in_50", "in_80", "line", "line_abs_error", "p_over", "p_push",
    "no_vig_over", "recommendation", "is_pick", "profit_units",
    *(f"p_over_{points}" for points in (5, 10, 15, 20, 25)),
]  # fmt: skip


def ledger(home: Path, first: date, last: date) -> pd.DataFrame:
    """Rows of the ledger whose cut-off lies before their game's true tip."""
    warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
    days = dates_between(first, last)
    parts = []
    for n in range(0, len(days), 14):
        rows = warehouse.read(PREDICTION_ACCURACY, days[n : n + 14], COLUMNS).to_pandas()
        schedule = warehouse.read(SCHEDULE, days[n : n + 14], ["game_id", "tip_at"]).to_pandas()
        tips = rows["game_id"].map(
            schedule.drop_duplicates("game_id").set_index("game_id")["tip_at"]
        )
        parts.append(rows[tips.isna() | (rows["cutoff_at"] < tips)])
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found


def paired(rows: pd.DataFrame, own: str, other: str) -> pd.DataFrame:
    """Rows that both systems speak of: game_date, line and both absolute errors."""
    by = {name: rows[rows["system_id"] == name].set_index(ROW) for name in (own, other)}
    both = by[own][["abs_error", "line", "line_abs_error"]].join(
        by[other]["abs_error"].rename("other"), how="inner"
    )
    found: pd.DataFrame = both.reset_index()
    return found


def told(gaps: pd.Series, days: pd.Series) -> str:
    """A mean gap in points with its interval."""
    low, high = gap_interval(gaps, list(days))
    return f"{gaps.mean():+.3f} (95 % {low:+.3f} to {high:+.3f})"


def errors(rows: pd.DataFrame, cutoff: str, report: Report) -> None:
    """The mean error over all target rows, against `ewma` on the same rows."""
    own = paired(rows, WITHOUT_LINE, "ewma")
    gaps = own["other"] - own["abs_error"]
    low, _ = gap_interval(gaps, list(own["game_date"]))
    mae = own["abs_error"].mean()
    report.add(
        f"mean error of {WITHOUT_LINE} at {cutoff}, target rows",
        f"{mae:.3f} points, n={len(own):,}; better than ewma ({own['other'].mean():.3f}) by"
        f" {told(gaps, own['game_date'])}",
        f"≤ {TARGETS[cutoff]}, interval above 0",
        met=mae <= TARGETS[cutoff] and low > 0,
    )
    for system_id in sorted(set(rows["system_id"]) - {"ewma", WITHOUT_LINE}):
        own = paired(rows, system_id, "ewma")
        if len(own):
            gaps = own["other"] - own["abs_error"]
            report.note(
                f"mean error of {system_id} at {cutoff}",
                f"{own['abs_error'].mean():.3f} points, n={len(own):,}; against ewma on the same"
                f" rows {told(gaps, own['game_date'])}",
            )


def learned_against_fixed(rows: pd.DataFrame, cutoff: str, report: Report) -> None:
    """Whether weights that are learned on past weeks are worth learning: the two ensembles on the same rows."""
    own = paired(rows, "ensemble", "ensemble_fixed")
    if len(own):
        gaps = own["other"] - own["abs_error"]
        report.note(
            f"mean error of ensemble at {cutoff} against ensemble_fixed on the same rows",
            f"{told(gaps, own['game_date'])}, n={len(own):,}",
        )


def against_the_line(rows: pd.DataFrame, report: Report) -> None:
    """Lined target rows at lock: without seeing the line, and with it."""
    for system_id, least, promise in (
        (WITHOUT_LINE, -0.05, "within 0.05 of the line (stretch)"),
        (WITH_LINE, 0.03, "better than the line by 0.03 (stretch)"),
    ):
        own = rows[(rows["system_id"] == system_id) & rows["line"].notna()]
        if own.empty:
            report.note(f"{system_id} on lined rows", "none")
            continue
        gaps = own["line_abs_error"] - own["abs_error"]
        report.add(
            f"mean error of {system_id} on lined target rows at lock",
            f"{own['abs_error'].mean():.3f} points, line {own['line_abs_error'].mean():.3f},"
            f" n={len(own):,}; better than the line by {told(gaps, own['game_date'])}",
            promise,
            met=gaps.mean() >= least,
        )


def calibration(rows: pd.DataFrame, cutoff: str, report: Report) -> None:
    """Coverage of intervals and expected calibration error, over all target rows."""
    own = rows[(rows["system_id"] == WITHOUT_LINE) & rows["in_80"].notna()]
    for share, low, high in ((80, 78, 82), (50, 48, 52)):
        covered = 100 * own[f"in_{share}"].astype(float).mean()
        report.add(
            f"coverage of the {share} % interval at {cutoff}",
            f"{covered:.1f} %, n={len(own):,}",
            f"{low}-{high} %",
            met=low <= covered <= high,
        )
    for threshold, chance, happened, is_judged in chances(own):
        at = np.flatnonzero(is_judged)
        if not len(at):
            report.note(f"calibration of P(points > {threshold}) at {cutoff}", "no row")
        elif threshold == "line":
            excess, text = _excess(chance[at], happened[at])
            report.add(
                f"calibration error beyond sampling noise, P(points > line) at {cutoff}",
                text,
                "≤ 0.01",
                met=excess <= 0.01,
            )
        else:
            off = calibration_error(chance[at], happened[at])
            report.add(
                f"calibration error of P(points > {threshold}) at {cutoff}",
                f"{off:.4f}, n={len(at):,}",
                "≤ 0.03",
                met=off <= 0.03,
            )


def calibration_error(chance: np.ndarray, happened: np.ndarray) -> float:
    """Expected calibration error, ten equal bins."""
    bins = np.minimum((chance * 10).astype(int), 9)
    off = np.bincount(bins, chance - happened, 10)
    return float(np.abs(off).sum() / len(chance))


def _excess(chance: np.ndarray, happened: np.ndarray) -> tuple[float, str]:
    """Calibration error less the mean of what fair coins of these chances show."""
    draws = np.random.default_rng(20240414)
    fair = [calibration_error(chance, draws.random(len(chance)) < chance) for _ in range(500)]
    found = calibration_error(chance, happened)
    excess = found - float(np.mean(fair))
    return excess, f"{found:.4f} - {np.mean(fair):.4f} = {excess:+.4f}, n={len(chance):,}"


def figures(home: Path, first: date, last: date, report: Report) -> None:
    """Everything that is told of a span."""
    every = ledger(home, first, last)
    said = every[every["system_id"] == WITHOUT_LINE]
    for cutoff in TARGETS:
        own = said[said["cutoff"] == cutoff]
        sat = (own["outcome"] == "void").mean()
        report.note(f"predicted at {cutoff} who did not play", f"{100 * sat:.1f} % of {len(own):,}")
        rows = every[(every["cutoff"] == cutoff) & every["is_target"]]
        errors(rows, cutoff, report)
        learned_against_fixed(rows, cutoff, report)
        calibration(rows, cutoff, report)
        if cutoff == "lock":
            against_the_line(rows, report)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("first", type=date.fromisoformat)
    parser.add_argument("last", type=date.fromisoformat)
    chosen = parser.parse_args()
    figures(chosen.home, chosen.first, chosen.last, Report())
