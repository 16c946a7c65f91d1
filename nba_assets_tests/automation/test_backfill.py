import os
import signal
from collections.abc import Callable, Iterator
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
    LeftOut,
    held_dates,
    selection,
    sole_owner,
    stretches,
)
from nba_assets.partitions import dates_between
from nba_assets.raw.assets import TABLES
from nba_assets.sources.feeds import FEEDS
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
    return [(run.assets, *run.dates) for run in runs if run.dates]


def test_layers_follow_the_graph_and_landing_is_one(fresh: Platform) -> None:
    everything = selection(fresh.graph, None)
    layers = layered(fresh, everything)
    assert layers[0] == sorted(f"landing/{feed.name}" for feed in FEEDS if not feed.on_demand)
    number = {name: n for n, layer in enumerate(layers) for name in layer}
    assert set(number) == {key.to_user_string() for key in everything}
    for name, n in number.items():
        needed = fresh.graph.get(dg.AssetKey(name.split("/"))).parent_keys & everything
        before = [number[key.to_user_string()] for key in needed]
        assert n == 0 or max(before, default=0) < n, name


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
        ("group:raw", {table.name.replace(".", "/") for table in TABLES}),
    ],
)
def test_assets_are_selected_in_dagsters_words(
    fresh: Platform, text: str, chosen: set[str]
) -> None:
    assert selection(fresh.graph, text) == keys(*chosen)


def test_nothing_named_is_everything(fresh: Platform) -> None:
    everything = selection(fresh.graph, None)
    assert {key.to_user_string() for key in everything} == set(fresh.nightly)
    on_demand = {dg.AssetKey(["landing", feed.name]) for feed in FEEDS if feed.on_demand}
    assert fresh.graph.get_all_asset_keys() - everything == on_demand


@pytest.mark.parametrize("text", ["raw/shedule", "group:nope", "(((", "a b", "", ",", "status:x"])
def test_words_that_name_no_asset_are_an_error(fresh: Platform, text: str) -> None:
    with pytest.raises(LookupError):
        selection(fresh.graph, text)


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


def test_dates_left_out_are_told_with_what_they_lack(fresh: Platform) -> None:
    publish(fresh, "raw/schedule", *DAYS)
    publish(fresh, "landing/nba_boxscore", *DAYS[1:])
    publish(fresh, "landing/nba_game_log", *DAYS[2:])
    work = Backfill(fresh.defs, fresh.instance, keys("raw/team_box_scores"))
    (layer,) = work.layers
    assert [run.dates for run in work.run(layer, DAYS, "test")] == [(DAYS[1], DAYS[-1])]
    (left_out,) = work.left_out
    assert (left_out.asset, left_out.day) == ("raw/team_box_scores", DAYS[0])
    assert {"landing/nba_boxscore", "landing/nba_game_log"} <= set(left_out.lacks)


def test_nothing_downstream_of_a_held_date_is_made_again(fresh: Platform) -> None:
    publish(fresh, "landing/nba_schedule", *DAYS)
    publish(fresh, "raw/schedule", *DAYS)
    for name in ("nba_boxscore", "nba_game_log"):
        publish(fresh, f"landing/{name}", *DAYS)
    assert not fresh.run(["raw/schedule"], DAYS[1]).success
    work = Backfill(fresh.defs, fresh.instance, keys("raw/team_box_scores"))
    (layer,) = work.layers
    assert [run.dates for run in work.run(layer, DAYS, "test")] == [
        (DAYS[0], DAYS[0]),
        (DAYS[2], DAYS[3]),
    ]
    assert work.left_out == [LeftOut("raw/team_box_scores", DAYS[1], ("raw/schedule",))]


def test_a_request_without_an_accepted_answer_is_told_and_is_no_failure(fresh: Platform) -> None:
    work = Backfill(
        fresh.defs, fresh.instance, keys("landing/nba_schedule", "landing/nba_boxscore")
    )
    (layer,) = work.layers
    (run,) = work.run(layer, DAYS[:1], "test")
    assert run.failures == []
    assert run.unanswered[-1].startswith(
        f"landing/nba_boxscore {DAYS[0]}: which games {DAYS[0]} has"
    )


def small(body: Callable[[], None]) -> dg.Definitions:
    """One asset of some dates that does this and nothing else."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(["raw", "one"], partitions_def=dg.DailyPartitionsDefinition("2025-10-21"))
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def one() -> dg.MaterializeResult:
        body()
        return dg.MaterializeResult(["raw", "one"])

    return dg.Definitions(assets=[one], executor=dg.in_process_executor)


def test_an_interrupted_run_ends_the_backfill_and_is_recorded_as_failed() -> None:
    begun = []

    def interrupted() -> None:
        begun.append(1)
        os.kill(os.getpid(), signal.SIGINT)

    with dg.DagsterInstance.ephemeral() as instance:
        work = Backfill(small(interrupted), instance, keys("raw/one"))
        with pytest.raises(KeyboardInterrupt):
            list(work.run(work.layers[0], [DAYS[0], DAYS[2]], "test"))
        assert begun == [1]
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


def test_a_run_that_fails_outside_its_steps_has_failed() -> None:
    @dg.io_manager
    def broken() -> dg.IOManager:
        raise RuntimeError("no such thing")

    defs = dg.Definitions.merge(
        small(lambda: None), dg.Definitions(resources={"io_manager": broken})
    )
    with dg.DagsterInstance.ephemeral() as instance:
        work = Backfill(defs, instance, keys("raw/one"))
        (run,) = work.run(work.layers[0], DAYS[:1], "test")
        assert run.failures == [f"run {run.run_id} failed outside its steps; see its log"]


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
        LayerRun(("raw/a", "raw/b"), (FIRST, FIRST), "1", ["one"]),
        LayerRun(("raw/a", "raw/b"), (FIRST, FIRST), "2", ["two"]),
        LayerRun(("raw/c",), None, "3"),
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
