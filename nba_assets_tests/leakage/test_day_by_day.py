"""A range run says of each date what a run of that date alone says, when nothing later was there."""

from pathlib import Path

import pyarrow as pa

from nba_assets.definitions import TABLES
from nba_assets_tests.leakage.chain import RESULTS, Chain
from nba_assets_tests.leakage.day_by_day import lived, of_date
from nba_assets_tests.leakage.league import (
    PRIOR,
    TOLD_IN_THE_MORNING,
    TRADED_ON,
    UNLISTED,
    at_lock,
    in_the_morning,
)
from nba_assets_tests.warehouse.small_league import DATES

# Opening night, what is awkward, and the end, where the windows are full; the others are history.
LIVED = {DATES[1], UNLISTED, TRADED_ON, TOLD_IN_THE_MORNING, DATES[-1]}
# A game's summary says how it ended against the line, which is read at the cut-offs of its slate.
# Of old games a defence is what was known of it before them: of each date what its analysis said.
RESULTS_NEED = (
    "analytics.upcoming_games", "analytics.player_line_consensus", *RESULTS,
    "precompute.team_defense_zone_analysis",
)  # fmt: skip


def test_a_range_run_equals_its_days_with_nothing_later_at_hand(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path
) -> None:
    daily = Chain(tmp_path, PRIOR)
    daily.plant({name: rows for name, rows in raw.items() if TABLES[name].is_undated}, [])
    differences = []
    for day in DATES:
        if day not in LIVED:
            daily.plant(of_date(raw, day), [day])
            daily.make([day], RESULTS_NEED)
            continue
        cuts = ((in_the_morning, False), (at_lock, True))
        differences += lived(clean, daily, of_date(raw, day), day, cuts)
        assert clean.rows("precompute.ml_feature_store", [day]).num_rows > 0
    assert differences == []
