"""The part of the benchmark from feature store to grades: a week of models, a slate, a season walked forward."""

from datetime import date, timedelta
from pathlib import Path

from nba_assets.definitions import TABLES
from nba_assets_tests.bench.derived import Homes
from nba_assets_tests.bench.figures import figures
from nba_assets_tests.bench.homes import copied
from nba_assets_tests.bench.phases import PREDICTED
from nba_assets_tests.bench.processes import FIRST, LAST, SEASONS, Phases, backfill, phases_of
from nba_assets_tests.bench.report import Report

WINDOW = (SEASONS["2021-22"][0], LAST)
# Halves of 2023-24 of whole weeks; the season opens on a Tuesday.
MIDDLE = date(2024, 1, 15)
MODELS = ("predictions.catboost_models", "predictions.catboost_with_line_models")
SLATE = [n for n, table in TABLES.items() if n.startswith("predictions.") and not table.is_weekly]


def predictions_part(folder: Path, homes: Homes, report: Report) -> None:
    """Two seasons of predictions are made unmeasured, so that 2023-24 has what it has in use."""
    home = copied(homes.features(report), folder / "walked")
    for name in ("2021-22", "2022-23"):
        run = backfill(home, *SEASONS[name], WINDOW, PREDICTED, accepted=(0, 1))
        report.note(f"predictions and grades of {name}", f"{run.seconds:.0f} s")
    halves = (FIRST, MIDDLE - timedelta(days=1)), (MIDDLE, LAST)
    walked = [phases_of(home, *half, "group:predictions", WINDOW) for half in halves]
    seconds = [run.seconds for run, _ in walked]
    weeks = [((last - first).days + 7) // 7 for first, last in halves]
    report.add(
        f"a season walked forward, {sum(weeks)} weeks: models, forecasts, predictions, picks",
        f"{seconds[0]:.0f} + {seconds[1]:.0f} s",
        "≤ 900 s",
        met=sum(seconds) <= 900,
    )
    each = [own / count for own, count in zip(seconds, weeks, strict=True)]
    report.add(
        "a week of the second half against one of the first",
        f"{each[1]:.1f} s / {each[0]:.1f} s = {each[1] / each[0]:.2f}",
        "≤ 1.25",
        met=each[1] <= 1.25 * each[0],
    )
    training = sum(_computing(walked[1][1], *MODELS).values()) / weeks[1]
    report.note("training a week's models, mean of the second half", f"{training:.1f} s")
    # A gate that holds a date of grades is a finding about the season, told in the log of the home.
    graded = backfill(home, FIRST, LAST, WINDOW, "group:grading", accepted=(0, 1))
    held = f", dates held: see {home / 'bench.log'}" if graded.status else ""
    report.note("grades of the season", f"{graded.seconds:.0f} s{held}")
    figures(home, FIRST, LAST, report)
    one, phases = phases_of(home, LAST, LAST, "group:predictions", WINDOW)
    week = sum(_computing(phases, *MODELS).values())
    report.add(
        "training one week's models, both cut-offs, with their twins",
        f"{week:.1f} s",
        "≤ 30 s",
        met=week <= 30,
    )
    slate = _computing(phases, *SLATE)
    report.add(
        f"computing the predictions of one slate, {LAST}",
        f"{sum(slate.values()):.2f} s in {len(slate)} tables",
        "≤ 2 s",
        met=sum(slate.values()) <= 2,
    )
    memory = max(run.megabytes for run in (*(run for run, _ in walked), graded, one))
    report.add(
        "peak memory of predictions and grades",
        f"{memory:.0f} MB",
        "< 2000 MB",
        met=memory < 2000,
    )


def _computing(phases: Phases, *tables: str) -> dict[str, float]:
    return {n: s for n, s in phases["computing"].items() if n in tables}
