"""The demo's month, as a newcomer plays it: no gap, and numbers that are labelled as simulated."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import nba_assets
from nba_assets.partitions import weeks_of
from nba_assets_tests.test_cli import DATED, MONDAY, NIGHTLY, WEEKLY, WEEKLY_ASSETS, ask, cells

pytestmark = pytest.mark.nights


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home and the output of `nba-assets demo`, run as a newcomer does."""
    folder = tmp_path_factory.mktemp("demo")
    inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH")}
    found = subprocess.run(
        [sys.executable, "-m", "nba_assets.cli", "demo"],
        cwd=folder,
        env={
            **inherited,
            "HOME": str(folder),
            "COLUMNS": "120",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": str(Path(nba_assets.__file__).parents[1]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return folder / ".nba_assets", found.stdout


def test_the_demo_publishes_a_month_without_a_gap(demo: tuple[Path, str]) -> None:
    home, _ = demo
    found = cells(home)
    # A week is shown on its Monday; the first week of the season began before it.
    mondays = {str(week) for week in weeks_of(date.fromisoformat(cell["day"]) for cell in found)}
    assert len(found) == 30 * (len(NIGHTLY) + len(DATED)) + len(mondays) * len(WEEKLY)
    assert {cell["day"] for cell in found if cell["asset"] in WEEKLY_ASSETS} == mondays
    assert MONDAY in mondays
    assert {cell["state"] for cell in found} == {"published", "answered", "skipped", "empty"}
    empty = {cell["asset"] for cell in found if cell["state"] == "empty"}
    assert {asset.split("/")[0] for asset in empty} == {"predictions", "grading"}
    skipped = {cell["asset"] for cell in found if cell["state"] == "skipped"}
    assert skipped == {f"landing/{feed.name}" for feed in NIGHTLY if feed.is_optional}
    assert {date.fromisoformat(cell["day"]).month for cell in found} == {10, 11}


def test_the_demo_ends_with_numbers_that_are_labelled_as_simulated(
    demo: tuple[Path, str],
) -> None:
    home, output = demo
    games = sum(
        pd.read_parquet(path, columns=["game_id"])["game_id"].nunique()
        for path in (home / "warehouse/analytics/player_game_summary").rglob("*.parquet")
    )
    assert f"{games} games, " in output
    assert "SYNTHETIC: no real game, nothing to bet on." in output
    assert "Top scorers" in output
    told = ask(home, "performance").output
    assert "SYNTHETIC: games of the simulated sandbox league" in told
    assert not re.search(r"hit rate \d", told)
    assert re.search(r"  ewma, lock: N=[\d,]+ graded, .* MAE \d\.\d{3}", told)
    assert re.search(r"League: 1\d\d\.\d points a team, pace \d+\.\d, offensive rating", output)
    for said in (told, output):
        assert re.search(r"(no bets: no champion|bets) at lock in the week of 2025-11-17", said)
    assert "nba-assets status" in output
    assert "held back" not in output


def test_every_bet_of_a_lock_is_held_against_a_later_line(demo: tuple[Path, str]) -> None:
    home, _ = demo
    ledger, predictions, lines = (
        pd.concat(map(pd.read_parquet, sorted((home / "warehouse" / table).rglob("*.parquet"))))
        for table in (
            "grading/prediction_accuracy", "predictions/player_predictions", "raw/player_prop_lines"
        )
    )  # fmt: skip
    bets = ledger[ledger["is_active_row"] & ledger["recommendation"].isin(["OVER", "UNDER"])]
    assert len(bets) > 1000
    assert set(bets["cutoff"]) == {"lock"}
    assert bets["clv"].notna().all()
    key = ["game_id", "player_id", "system_id", "cutoff", "kind"]
    used = predictions[[*key, "line_observed_at"]]
    offers = lines[["game_id", "player_id", "observed_at", "line"]].rename(
        columns={"line": "closing_line"}
    )
    held = bets.merge(used, on=key).merge(offers, on=["game_id", "player_id", "closing_line"])
    later = held[held["observed_at"] > held["line_observed_at"]]
    assert len(later[key].drop_duplicates()) == len(bets)
