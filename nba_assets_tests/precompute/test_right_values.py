"""What is published for hard nights is what raw rows say, computed a second time by a plain oracle."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from nba_assets.definitions import TABLES
from nba_assets.partitions import season_dates
from nba_assets.precompute.features import ADDED, FEATURES, VERSION
from nba_assets.warehouse.table import QUALITY
from nba_assets_tests.platform import SHARED, Platform, platform
from nba_assets_tests.precompute.oracle.cases import (
    FIRST_WEEKS,
    FIRST_WEEKS_MEN,
    FIRST_WEEKS_SIDES,
    SEASON,
    SEASON_MEN,
    SEASON_SIDES,
    Man,
    Side,
)
from nba_assets_tests.precompute.oracle.features import Oracle
from nba_assets_tests.precompute.oracle.raw import Raw
from nba_assets_tests.precompute.oracle.verdict import (
    CUTOFFS,
    PER_CUTOFF,
    PLAYER_TABLES,
    TEAM_TABLES,
    Judge,
    Row,
    differences,
    is_same,
)

pytestmark = pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
)

STORE = "precompute.ml_feature_store"
# What earlier seasons are read for.
HISTORY = ("analytics.player_game_summary", "analytics.team_defense_game_summary")
# The recorded feeds; of the others nothing is recorded, and what is read from them alone is empty.
LINES = ("odds_events", "odds_player_points", "odds_game_lines")
RECORDED = ("nba_schedule", "nba_boxscore", "nba_game_log", "nba_lineups", "nba_shot_chart",
            *LINES)  # fmt: skip
# Of the row itself, or how complete its sources are: other tests' matter.
NOT_JUDGED = {
    *(c.name for c in QUALITY), "game_date", "game_id", "player_id", "cutoff", "team",
    "warnings", "absent_terms", "feature_version", "feature_hash", "input_digests",
}  # fmt: skip
SEASONS_BEFORE = ((date(2021, 10, 19), date(2022, 4, 10)), (date(2022, 10, 18), date(2023, 4, 9)))


class Night(NamedTuple):
    """What is published of a span of dates, and the nights that are looked at."""

    judge: Judge
    men: Sequence[Man]
    sides: Sequence[Side]


def made_from_recordings(home: Platform, *tables: str) -> list[str]:
    """What the tables stand on, without the feeds of which nothing is recorded."""
    wanted = dg.AssetSelection.assets(*(dg.AssetKey(table.split(".")) for table in tables))
    needed = {key.to_user_string() for key in wanted.upstream().resolve(home.graph)}
    return [
        name
        for name in home.nightly
        if name in needed and (not name.startswith("landing/") or name.split("/")[1] in RECORDED)
    ]


def judge_of(home: Platform) -> Judge:
    return Judge(home.warehouse, Oracle(Raw.of(home.settings.home / "warehouse")))


@pytest.fixture(scope="module")
def first_weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    first, last = FIRST_WEEKS
    with platform(
        tmp_path_factory.mktemp("first-weeks"),
        source="replay",
        replay_roots=str(SHARED / "replay"),
        first_date=str(first),
        last_date=str(last),
    ) as home:
        # No line was recorded before March.
        names = made_from_recordings(home, STORE)
        wanted = [name for name in names if name.removeprefix("landing/") not in LINES]
        runs = home.backfill(first, last, wanted)
        assert not [failure for run in runs for failure in run.failures]
        yield Night(judge_of(home), FIRST_WEEKS_MEN, FIRST_WEEKS_SIDES)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    last = SEASON[1]
    with platform(
        tmp_path_factory.mktemp("season"),
        source="replay",
        replay_roots=str(SHARED / "replay"),
        first_date=str(SEASONS_BEFORE[0][0]),
        last_date=str(last),
    ) as home:
        spans = [(*span, HISTORY) for span in SEASONS_BEFORE] + [(*SEASON, (STORE,))]
        for begin, end, tables in spans:
            runs = home.backfill(begin, end, made_from_recordings(home, *tables))
            assert not [failure for run in runs for failure in run.failures]
        yield Night(judge_of(home), SEASON_MEN, SEASON_SIDES)


@pytest.fixture(params=["first_weeks", pytest.param("season", marks=pytest.mark.season)])
def night(request: pytest.FixtureRequest) -> Night:
    found: Night = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("table", TEAM_TABLES)
def test_teams_of_hard_nights_are_told_right(night: Night, table: str) -> None:
    judge, wrong = night.judge, []
    for side in night.sides:
        for cutoff in CUTOFFS if table in PER_CUTOFF else (None,):
            found, expected = judge.side(table, side, cutoff)
            wrong += [f"{side}, {side.why}, {cutoff}: {d}" for d in differences(found, expected)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", PLAYER_TABLES)
def test_players_of_hard_nights_are_told_right(night: Night, table: str) -> None:
    judge, wrong = night.judge, []
    for man in night.men:
        for cutoff in CUTOFFS if table in PER_CUTOFF else (None,):
            found, expected = judge.man(table, man, cutoff)
            wrong += [f"{man}, {man.why}, {cutoff}: {d}" for d in differences(found, expected)]
    assert not wrong, "\n".join(wrong)


def test_every_hard_night_has_its_row_at_the_lock(night: Night) -> None:
    rows = [night.judge.man(STORE, man, "lock") for man in night.men]
    assert all(found is not None and expected is not None for found, expected in rows)


def test_the_hard_nights_are_as_many_as_promised() -> None:
    assert len({(man.day, man.name) for man in FIRST_WEEKS_MEN}) >= 10
    assert len(set(FIRST_WEEKS_SIDES)) >= 4
    assert len({(man.day, man.name) for man in SEASON_MEN}) >= 25
    assert len(set(SEASON_SIDES)) >= 10


@pytest.mark.parametrize("table", [*TEAM_TABLES, *PLAYER_TABLES])
def test_the_oracle_has_a_word_on_every_column(first_weeks: Night, table: str) -> None:
    cutoff = "lock" if table in PER_CUTOFF else None
    expected: Row | None
    if table in TEAM_TABLES:
        _, expected = first_weeks.judge.side(table, first_weeks.sides[-1], cutoff)
    else:
        _, expected = first_weeks.judge.man(table, first_weeks.men[-1], cutoff)
    assert expected is not None
    assert set(TABLES[table].column_names) - NOT_JUDGED <= set(expected)
    assert set(expected) <= set(TABLES[table].column_names)
    if table == STORE:
        names = [feature.name for feature in (*FEATURES, *ADDED)]
        assert list(expected)[: len(names)] == names


def test_the_hash_is_of_the_features_as_they_are_published(night: Night) -> None:
    names = [feature.name for feature in FEATURES]
    for man in night.men:
        for cutoff in CUTOFFS:
            row, _ = night.judge.man(STORE, man, cutoff)
            if row is None:
                continue
            vector = [float("nan") if row[name] is None else row[name] for name in names]
            packed = struct.pack(f"<{len(vector)}d", *vector)
            assert row["feature_hash"] == hashlib.sha256(packed).hexdigest(), f"{man}, {cutoff}"
            assert row["feature_version"] == VERSION


def test_warnings_are_as_many_as_the_factors_that_are_out_of_the_ordinary(night: Night) -> None:
    for man in night.men:
        for cutoff in CUTOFFS:
            row, expected = night.judge.man("precompute.player_composite_factors", man, cutoff)
            if row is None or expected is None:
                continue
            unusual = (
                expected["fatigue_score"] < 50,
                abs(expected["shot_zone_mismatch"] or 0) > 8,
                abs(expected["total_adjustment"]) > 12,
            )
            assert len(row["warnings"]) == sum(unusual), f"{man}, {cutoff}: {row['warnings']}"


# Worked out from the box scores with paper and pencil; the oracle has to say the same.

# His six games: 15, 21 (overtime), 11, 18, 38 and, the night before, 20 points (overtime) in 1,399,
# 1,859, 1,576, 1,693, 2,061 and 2,274 seconds, the last three of them in the week before.
WEMBANYAMA = Man(date(2023, 11, 6), "SAS", "Victor Wembanyama", "by hand")
WEMBANYAMA_BY_HAND = {
    "points_avg_last_5": 108 / 5,
    "points_avg_season": 123 / 6,
    "games_played_season": 6,
    "games_last_7_days": 3,
    "minutes_last_7_days": (1693 + 2061 + 2274) / 60,
    "minutes_avg_season": 10862 / 60 / 6,
    "points_trend": (20 + 38 + 18) / 3 - (11 + 21) / 2,
    "points_std_last_10": ((30.25 + 0.25 + 90.25 + 6.25 + 306.25 + 0.25) / 5) ** 0.5,
    "points_avg_prior_season": None,
}
# Lost by 7 to Dallas, won by 4 and lost by 40, won by 1 and by 11, lost by 7 the night before.
SPURS_BY_HAND = {
    "days_since_last_game": 1,
    "days_rest": 0,
    "back_to_back": True,
    "games_last_7_days": 3,
    "games_played_season": 6,
    "win_pct": 3 / 6,
    "streak": -1,
    "last_margin": -7,
}
# 70 points on 22 January, 31 and 14, then two months out, 24 on 2 April and 29 on 4 April.
EMBIID = Man(date(2024, 4, 6), "PHI", "Joel Embiid", "by hand")
EMBIID_BY_HAND = {
    "points_avg_last_5": (29 + 24 + 14 + 31 + 70) / 5,
    "points_trend": (29 + 24 + 14) / 3 - (31 + 70) / 2,
    "games_last_7_days": 2,
    "games_last_14_days": 2,
}
# Played on 15 January; the games of 17 and 19 January were postponed.
WARRIORS = Side(date(2024, 1, 24), "GSW", "by hand")
WARRIORS_BY_HAND = {"days_since_last_game": 9, "days_rest": 7, "games_last_7_days": 0}


def unlike(row: Row | None, by_hand: Row) -> list[str]:
    assert row is not None
    return [
        f"{name} is {row[name]!r}, not {value!r}"
        for name, value in by_hand.items()
        if not is_same(row[name], value)
    ]


def test_a_player_worked_out_by_hand(first_weeks: Night) -> None:
    for row in first_weeks.judge.man("precompute.player_daily_cache", WEMBANYAMA, None):
        assert not unlike(row, WEMBANYAMA_BY_HAND)
    for row in first_weeks.judge.man(STORE, WEMBANYAMA, "lock"):
        assert not unlike(row, {"recent_trend": 2, "back_to_back": 1, "home": 0, "has_line": 0})


def test_a_team_worked_out_by_hand(first_weeks: Night) -> None:
    side = Side(WEMBANYAMA.day, "SAS", "by hand")
    for row in first_weeks.judge.side("analytics.upcoming_team_game_context", side, "morning"):
        assert not unlike(row, SPURS_BY_HAND)


@pytest.mark.season
def test_a_man_back_from_two_months_out_worked_out_by_hand(season: Night) -> None:
    for row in season.judge.man("precompute.player_daily_cache", EMBIID, None):
        assert not unlike(row, EMBIID_BY_HAND)
    for row in season.judge.man(STORE, EMBIID, "lock"):
        assert not unlike(row, {"days_since_return": 4, "days_since_last_game": 2})


@pytest.mark.season
def test_postponed_games_are_rest_worked_out_by_hand(season: Night) -> None:
    for row in season.judge.side("analytics.upcoming_team_game_context", WARRIORS, "lock"):
        assert not unlike(row, WARRIORS_BY_HAND)


@pytest.mark.season
@pytest.mark.parametrize("cutoff", CUTOFFS)
def test_the_quality_score_predicts_error(season: Night, cutoff: str) -> None:
    """The less is known of a player, the larger is the error of his mean, as a share of his points.

    Players who played and were projected 10 minutes or more. As a share, for whoever is known less
    scores less. Between silver and gold the difference is within its error; both are told apart from
    bronze.
    """
    days = season_dates(*SEASON)
    warehouse = season.judge.warehouse
    store = warehouse.read(TABLES[STORE], days).to_pandas()
    boxes = warehouse.read(TABLES["raw.player_box_scores"], days).to_pandas()
    rows = store[(store["cutoff"] == cutoff) & (store["projected_minutes"] >= 10)].merge(
        boxes.loc[boxes["played"], ["game_id", "player_id", "points"]]
    )
    rows = rows.dropna(subset=["points_ewma"])
    rows["error"] = (rows["points_ewma"] - rows["points"]).abs()
    tiers = rows.groupby("quality_tier")
    share = tiers["error"].mean() / tiers["points"].mean()
    uncertain = tiers["error"].sem() / tiers["points"].mean()
    assert tiers.size().min() > 1000
    assert share["bronze"] > share["silver"] > share["gold"]
    for better in ("silver", "gold"):
        gap = share["bronze"] - share[better]
        assert gap > 1.96 * (uncertain["bronze"] ** 2 + uncertain[better] ** 2) ** 0.5


def test_a_wrong_value_is_seen() -> None:
    row = {"points_avg_last_5": 21.6, "line_points": None, "status": "out", "back_to_back": True}
    assert differences(row, row) == []
    for name, wrong in (("points_avg_last_5", 21.6 + 1e-7), ("line_points", 0.0),
                        ("status", None), ("back_to_back", False)):  # fmt: skip
        assert differences(row | {name: wrong}, row) == [f"{name} is {wrong!r}, not {row[name]!r}"]
    assert differences(None, row) == ["no row is published"]
    assert differences(row, None) == ["a row that should not be there"]


def test_a_warehouse_without_raw_rows_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no rows of schedule"):
        Raw.of(tmp_path)
