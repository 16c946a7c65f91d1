"""The recorded season 2023-24 lived through date by date, against one range run over all of it."""

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from nba_assets.definitions import TABLES
from nba_assets.partitions import season_dates
from nba_assets_tests.leakage.chain import Chain, queries
from nba_assets_tests.leakage.day_by_day import lived, of_date
from nba_assets_tests.leakage.league import at_lock, in_the_morning
from nba_assets_tests.platform import SHARED, SPINE, platform

pytestmark = [
    pytest.mark.season,
    pytest.mark.skipif(
        not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
    ),
]

FIRST, LAST = date(2023, 10, 24), date(2024, 4, 14)
# What the archive tells of: results, people, shots, line-ups and, from March on, lines. It has no injury
# report and no roster of a date; the tables of these are empty.
RAW = (
    *(name for name in SPINE if not name.startswith("analytics/")),
    "landing/nba_players",
    "landing/nba_play_by_play",
    "landing/nba_shot_chart",
    "landing/nba_lineups",
    "landing/odds_events",
    "landing/odds_player_points",
    "landing/odds_game_lines",
    "raw/players",
    "raw/teams",
    "raw/arenas",
    "raw/arena_distances",
    "raw/shots",
    "raw/lineups",
    "raw/player_prop_lines",
    "raw/game_lines",
)
# The lock of every date is lived through, the morning before it of every so many dates.
MORNING_EVERY = 7


def test_every_date_alone_says_what_the_range_says(tmp_path: Path) -> None:
    dates = season_dates(FIRST, LAST)
    with platform(
        tmp_path / "home",
        source="replay",
        replay_roots=str(SHARED / "replay"),
        first_date=str(FIRST),
        last_date=str(LAST),
    ) as home:
        assert not [failure for run in home.backfill(FIRST, LAST, RAW) for failure in run.failures]
        read = {n for query in queries().values() for n in query.upstreams if n.startswith("raw.")}
        raw = {name: home.warehouse.read(TABLES[name], dates) for name in read}
    assert len(raw["raw.player_box_scores"]) > 26_000
    assert len(raw["raw.shots"]) > 200_000
    assert len(raw["raw.lineups"]) > 130_000
    assert len(raw["raw.player_prop_lines"]) > 20_000
    assert len(raw["raw.game_lines"]) > 1_000

    ranged, daily = Chain(tmp_path / "ranged", FIRST), Chain(tmp_path / "daily", FIRST)
    ranged.plant(raw, dates)
    ranged.make(dates)
    daily.plant({name: rows for name, rows in raw.items() if TABLES[name].is_undated}, [])
    lock = (at_lock, True)
    differences = []
    for position, day in enumerate(dates):
        cuts = (lock,) if position % MORNING_EVERY else ((in_the_morning, False), lock)
        differences += lived(ranged, daily, of_date(raw, day), day, cuts)
    assert differences == []
    cutoffs = ranged.rows("precompute.ml_feature_store", dates)["cutoff"]
    for cutoff in ("morning", "lock"):
        assert pc.sum(pc.equal(cutoffs, cutoff)).as_py() > 40_000
    assert ranged.rows("analytics.player_line_consensus", dates).num_rows > 3_000
