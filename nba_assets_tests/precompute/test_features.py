"""The contract of the features: names and order are fixed, and what it promises the tables have."""

import re
from pathlib import Path

import nba_assets.precompute
from nba_assets.definitions import TABLES
from nba_assets.precompute.features import (
    ADDED,
    FEATURE_NAMES,
    FEATURES,
    VERSION,
    Feature,
)
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.warehouse.sql import Query

F33 = (
    "points_avg_last_5", "points_avg_last_10", "points_avg_season", "points_std_last_10",
    "games_in_last_7_days", "fatigue_score", "shot_zone_mismatch", "pace_score", "usage_spike",
    "rest_advantage", "injury_risk", "recent_trend", "minutes_change", "opponent_def_rating",
    "opponent_pace", "home", "back_to_back", "playoff_game", "pct_paint", "pct_mid", "pct_three",
    "pct_free_throw", "team_pace", "team_off_rating", "team_win_pct", "line_points",
    "line_opening", "line_move", "has_line", "avg_points_vs_opponent", "games_vs_opponent",
    "minutes_avg_last_10", "points_per_minute_last_10",
)  # fmt: skip
STORE = Query(Path(nba_assets.precompute.__file__).parent / "ml_feature_store.sql")


def test_the_vector_is_the_33_in_their_order() -> None:
    assert FEATURE_NAMES == F33


def test_the_store_has_the_vector_in_its_order_and_the_added_behind_it() -> None:
    names = ML_FEATURE_STORE.column_names
    first = names.index(F33[0])
    assert names[first : first + len(F33)] == F33
    behind = tuple(f.name for f in ADDED)
    assert names[first + len(F33) : first + len(F33) + len(behind)] == behind
    assert not set(behind) & set(F33)


def test_continuous_are_those_in_which_fifty_equal_values_are_a_defect() -> None:
    # 12 is judged before it is made into steps, in the cache.
    numbers = [0, 1, 2, 3, 5, 6, 7, 8, 13, 14, 18, 19, 20, 21, 22, 23, 24, 31, 32]
    assert [n for n, f in enumerate(FEATURES) if f.is_continuous] == numbers


def _sources(feature: Feature) -> list[tuple[str, str]]:
    return re.findall(r"([a-z_]+)\.([a-z_0-9]+)", feature.source)


def test_every_feature_is_read_from_a_column_that_there_is() -> None:
    columns = {t.table_name: t.column_names for t in TABLES.values()}
    for feature in (*FEATURES, *ADDED):
        assert _sources(feature), feature.name
        for table, column in _sources(feature):
            assert column in columns[table], feature.name


def test_the_sql_reads_each_feature_where_the_contract_says() -> None:
    # Followed through the WITH clauses; flags, steps and clamps end at the same column.
    found = STORE.column_lineage(TABLES)
    for feature in (*FEATURES, *ADDED):
        for table, column in _sources(feature):
            read = {(name.split(".")[1], c) for name, c in found[feature.name]}
            assert (table, column) in read, feature.name


def test_every_feature_has_unit_window_and_what_it_may_know() -> None:
    for feature in (*FEATURES, *ADDED):
        assert feature.unit
        assert feature.window
        assert feature.knows
        assert (feature.column.name, feature.column.type) == (feature.name, "FLOAT64")


def test_what_can_be_not_applicable_says_what_null_means() -> None:
    for feature in FEATURES:
        if feature.needs_games or feature.fact or feature.block:
            assert feature.null_means, feature.name


def test_a_short_window_is_longer_than_the_least_one() -> None:
    for feature in FEATURES:
        if feature.short_below:
            assert feature.short_below > feature.needs_games, feature.name


def test_the_sql_writes_the_version_of_the_contract() -> None:
    assert f"'{VERSION}' AS feature_version" in STORE.text
