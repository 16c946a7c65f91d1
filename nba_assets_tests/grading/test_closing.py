"""Bets on every line of a night of the sandbox, held against the books' last prices before its tips."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS, UPCOMING_GAMES
from nba_assets.grading.prediction_accuracy import Evidence, ledger
from nba_assets.grading.tables import PREDICTION_ACCURACY
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.sources.feed import LOCK_LEAD
from nba_assets_tests.analytics.world import World, publish
from nba_assets_tests.grading.rows import prediction
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.precompute.form_world import frame

DAY = date(2025, 10, 21)
FEEDS = (
    "nba_schedule", "nba_lineups", "nba_boxscore", "odds_events", "odds_player_points",
    "bettingpros_events", "bettingpros_offers",
)  # fmt: skip
TABLES = (
    "raw/schedule", "raw/players", "raw/player_box_scores", "raw/player_prop_lines",
    "analytics/upcoming_games", "analytics/player_line_consensus",
)  # fmt: skip
MAN = ["game_id", "player_id"]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("night")) as home:
        assert home.run([f"landing/{feed}" for feed in FEEDS], DAY).success
        for table in TABLES:
            assert home.run([table], DAY).success, table
        yield home


@pytest.fixture(scope="module")
def evidence(night: Platform) -> Evidence:
    """What is published of the night, and a bet on each line of both cut-offs."""
    lines = night.read("analytics.player_line_consensus", DAY)
    games = night.read("raw.schedule", DAY)
    tips = games.set_index("game_id")["tip_at"]
    bets = [
        prediction(
            line["player_id"], game_date=DAY, game_id=line["game_id"], cutoff=line["cutoff"],
            cutoff_at=line["cutoff_at"], tip_at=tips[line["game_id"]], line=line["points_line"],
            line_observed_at=line["line_observed_at"],
        )
        for line in lines.to_dict("records")
    ]  # fmt: skip
    return Evidence(
        predictions=frame(PLAYER_PREDICTIONS, bets),
        picks=frame(PICKS, []),
        boxes=night.read("raw.player_box_scores", DAY),
        schedule=games,
        lines=night.read("raw.player_prop_lines", DAY),
        contexts=pd.DataFrame(columns=[*MAN, "cutoff", "back_to_back"]),
        published=frame(PREDICTION_ACCURACY, []),
    )


def active(evidence: Evidence) -> pd.DataFrame:
    found = ledger(evidence)
    return found[found["is_active_row"]]


def test_bets_of_the_lock_have_a_closing_line(evidence: Evidence) -> None:
    bets = active(evidence)
    assert set(bets["cutoff"]) == {"lock"}
    assert set(bets["game_id"]) == set(evidence.schedule["game_id"])
    assert bets["closing_line"].notna().mean() > 0.9
    assert bets["clv"].equals(bets["closing_line"] - bets["line"])
    assert (bets["clv"] != 0).any()


def test_no_closing_line_was_observed_by_the_lock(evidence: Evidence) -> None:
    by_lock = evidence.lines["minutes_before_tip"] >= LOCK_LEAD / timedelta(minutes=1)
    assert evidence.lines[~by_lock]["minutes_before_tip"].gt(0).all()
    unclosed = replace(evidence, lines=evidence.lines[by_lock])
    assert active(unclosed)["closing_line"].isna().all()


def test_no_line_of_a_cut_off_comes_from_a_closing_capture(night: Platform, tmp_path: Path) -> None:
    told = night.read("raw.player_prop_lines", DAY)
    by_lock = told[told["minutes_before_tip"] >= LOCK_LEAD / timedelta(minutes=1)].copy()
    tips = by_lock["observed_at"] + pd.to_timedelta(by_lock["minutes_before_tip"], unit="min")
    is_closed = by_lock["superseded_at"] > tips - LOCK_LEAD
    assert len(by_lock) < len(told), "what is observed after the lock is left out"
    assert is_closed.any(), "and what it supersedes knows nothing of it"
    by_lock.loc[is_closed, "superseded_at"] = pd.NaT
    world = World(tmp_path)
    rows = pa.Table.from_pandas(by_lock, PLAYER_PROP_LINES.arrow_schema, preserve_index=False)
    publish(world.warehouse, PLAYER_PROP_LINES, rows, [DAY])
    slate = night.warehouse.read(UPCOMING_GAMES, [DAY])
    publish(world.warehouse, UPCOMING_GAMES, slate, [DAY])
    lines = night.read(PLAYER_LINE_CONSENSUS.name, DAY)
    assert set(lines["cutoff"]) == {"morning", "lock"}
    world.make(PLAYER_LINE_CONSENSUS, [DAY])
    unclosed = world.warehouse.read(PLAYER_LINE_CONSENSUS, [DAY]).to_pandas()
    pd.testing.assert_frame_equal(lines, unclosed, check_exact=True)
