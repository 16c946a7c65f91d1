from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.automation.backfill import (
    BACKFILL_TAG,
    Backfill,
    LayerRun,
    held_dates,
    selection,
    sole_owner,
    stretches,
)
from nba_assets.partitions import dates_between
from nba_assets_tests.platform import Platform, platform

FIRST = date(2025, 10, 21)
DAYS = dates_between(FIRST, FIRST + timedelta(days=3))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Platform]:
    """A platform in which nothing has run; an empty archive answers it."""
    with platform(tmp_path, source="replay", replay_roots=str(tmp_path)) as found:
        yield found


def keys(*names: str) -> set[dg.AssetKey]:
    return {dg.AssetKey(name.split("/")) for name in names}


def layered(found: Platform, selected: set[dg.AssetKey]) -> list[list[str]]:
    work = Backfill(found.defs, found.instance, selected)
    return [[key.to_user_string() for key in layer] for layer in work.layers]


def publish(found: Platform, name: str, *days: date) -> None:
    for day in days:
        found.instance.report_runless_asset_event(
            dg.AssetMaterialization(name.split("/"), partition=str(day))
        )


def spans(runs: list[LayerRun]) -> list[tuple[tuple[str, ...], date, date]]:
    return [(run.assets, run.first, run.last) for run in runs]


def test_layers_follow_the_graph_and_landing_is_one(fresh: Platform) -> None:
    assert layered(fresh, selection(fresh.graph, None)) == [
        ["landing/nba_boxscore", "landing/nba_game_log", "landing/nba_schedule"],
        ["raw/schedule"],
        ["raw/player_box_scores", "raw/team_box_scores"],
        ["analytics/team_offense_game_summary"],
        ["analytics/player_game_summary", "analytics/team_defense_game_summary"],
    ]


def test_a_layer_holds_nothing_that_another_asset_of_it_reads(fresh: Platform) -> None:
    for layer in Backfill(fresh.defs, fresh.instance, selection(fresh.graph, None)).layers[1:]:
        for key in layer:
            assert not fresh.graph.get(key).parent_keys & set(layer)


def test_a_selection_keeps_the_order_of_the_whole_graph(fresh: Platform) -> None:
    picked = keys("analytics/player_game_summary", "raw/schedule")
    assert layered(fresh, picked) == [["raw/schedule"], ["analytics/player_game_summary"]]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("raw/schedule", {"raw/schedule"}),
        ("raw/schedule,raw/team_box_scores", {"raw/schedule", "raw/team_box_scores"}),
        ("group:raw", {"raw/schedule", "raw/team_box_scores", "raw/player_box_scores"}),
    ],
)
def test_assets_are_selected_in_dagsters_words(
    fresh: Platform, text: str, chosen: set[str]
) -> None:
    assert selection(fresh.graph, text) == keys(*chosen)


def test_nothing_named_is_everything(fresh: Platform) -> None:
    assert {key.to_user_string() for key in selection(fresh.graph, None)} == set(fresh.keys)


def test_a_name_that_no_asset_has_is_an_error(fresh: Platform) -> None:
    with pytest.raises(dg.DagsterInvalidSubsetError):
        selection(fresh.graph, "raw/shedule")


def test_dates_are_unbroken_stretches() -> None:
    days = [DAYS[3], DAYS[0], DAYS[1]]
    assert stretches(days) == [(DAYS[0], DAYS[1]), (DAYS[3], DAYS[3])]
    assert stretches([]) == []


@given(st.sets(st.dates(date(2025, 10, 21), date(2025, 12, 1))))
def test_stretches_are_the_dates_and_never_touch(days: set[date]) -> None:
    found = stretches(sorted(days))
    assert [day for first, last in found for day in dates_between(first, last)] == sorted(days)
    for (_, before), (after, _) in pairwise(found):
        assert after - before > timedelta(days=1)


def test_dates_whose_input_is_missing_are_not_asked_for(fresh: Platform) -> None:
    publish(fresh, "landing/nba_schedule", DAYS[0], DAYS[1], DAYS[3])
    work = Backfill(fresh.defs, fresh.instance, keys("raw/schedule"))
    (layer,) = work.layers
    runs = list(work.run(layer, DAYS, "test"))
    assert spans(runs) == [
        (("raw/schedule",), DAYS[0], DAYS[1]),
        (("raw/schedule",), DAYS[3], DAYS[3]),
    ]
    assert "2025-10-22 held back by rows_keep_the_contract" in runs[0].failures[0]
    assert "no season file that is accepted for 2025-10-21" in runs[0].failures[0]


def test_where_no_input_is_there_nothing_runs(fresh: Platform) -> None:
    work = Backfill(fresh.defs, fresh.instance, keys("raw/schedule", "raw/team_box_scores"))
    assert [run for layer in work.layers for run in work.run(layer, DAYS, "test")] == []
    assert fresh.instance.get_runs() == []


def test_assets_of_a_layer_run_over_the_dates_that_each_has_inputs_for(fresh: Platform) -> None:
    publish(fresh, "raw/schedule", *DAYS[:2])
    publish(fresh, "raw/player_box_scores", *DAYS[:2])
    publish(fresh, "analytics/team_offense_game_summary", *DAYS[:1])
    both = keys("analytics/team_offense_game_summary", "analytics/team_defense_game_summary")
    publish(fresh, "raw/team_box_scores", DAYS[1])
    work = Backfill(fresh.defs, fresh.instance, both)
    runs = [run for layer in work.layers for run in work.run(layer, DAYS, "test")]
    assert spans(runs) == [
        (("analytics/team_offense_game_summary",), DAYS[1], DAYS[1]),
        (("analytics/team_defense_game_summary",), DAYS[0], DAYS[0]),
    ]


def test_failures_are_told_by_asset() -> None:
    runs = [
        LayerRun(("raw/a", "raw/b"), FIRST, FIRST, "1", ["one"]),
        LayerRun(("raw/a", "raw/b"), FIRST, FIRST, "2", ["two"]),
        LayerRun(("raw/c",), FIRST, FIRST, "3"),
    ]
    assert held_dates(runs) == {"raw/a, raw/b": ["one", "two"]}


def test_the_run_of_a_killed_process_is_closed(fresh: Platform, tmp_path: Path) -> None:
    run = create_run_for_test(
        fresh.instance, status=dg.DagsterRunStatus.STARTED, tags={BACKFILL_TAG: "gone"}
    )
    with sole_owner(tmp_path, fresh.instance):
        found = fresh.instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status is dg.DagsterRunStatus.FAILURE


def test_the_run_of_a_process_at_work_is_left_alone(fresh: Platform, tmp_path: Path) -> None:
    with sole_owner(tmp_path, fresh.instance) as other:
        run = create_run_for_test(
            fresh.instance, status=dg.DagsterRunStatus.STARTED, tags={BACKFILL_TAG: other}
        )
        with sole_owner(tmp_path, fresh.instance) as mine:
            assert mine != other
            found = fresh.instance.get_run_by_id(run.run_id)
            assert found is not None
            assert found.status is dg.DagsterRunStatus.STARTED
    assert not list(tmp_path.glob(".*.lock"))


def test_a_run_that_is_not_of_a_backfill_is_left_alone(fresh: Platform, tmp_path: Path) -> None:
    run = create_run_for_test(fresh.instance, status=dg.DagsterRunStatus.STARTED)
    with sole_owner(tmp_path, fresh.instance):
        found = fresh.instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status is dg.DagsterRunStatus.STARTED
