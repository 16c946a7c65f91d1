"""Promises of the whole graph, asked of every asset and gate in a loop."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

import nba_assets
from nba_assets.definitions import TABLES, build_defs
from nba_assets.landing.assets import ON_DEMAND
from nba_assets.settings import Settings
from nba_assets.sources.feeds import FEEDS

# Data of ours, made of nothing else.
OWN_DATA = {"raw.teams", "raw.arenas", "raw.arena_distances"}
LAYERS = ("landing", "raw", "analytics", "precompute", "predictions", "grading")
GRAPH_OF_SQL = {
    "analytics/team_offense_game_summary": {"raw/player_box_scores", "raw/team_box_scores"},
    "analytics/team_defense_game_summary": {"analytics/team_offense_game_summary"},
    "analytics/player_game_summary": {
        "raw/player_box_scores",
        "analytics/team_offense_game_summary",
    },
}

# The gates of what is predicted and graded, beside their contract: one that is not wired fails here.
GATES = {
    **dict.fromkeys(
        ("predictions/catboost", "predictions/catboost_with_line"),
        frozenset({"every_forecast_is_possible", "only_predicted_players_are_forecast"}),
    ),
    **dict.fromkeys(
        ("predictions/catboost_models", "predictions/catboost_with_line_models"),
        frozenset({
            "every_version_is_measured", "model_is_not_worse", "no_model_is_too_good",
            "training_features_vary",
        }),
    ),
    **dict.fromkeys(
        ("predictions/ensemble", "predictions/ensemble_fixed"),
        frozenset({
            "every_forecast_is_possible", "it_is_none_of_its_members",
            "only_predicted_players_are_forecast",
        }),
    ),
    **dict.fromkeys(
        ("predictions/moving_average", "predictions/similarity", "predictions/zone_matchup"),
        frozenset({"every_forecast_is_possible", "forecasts_are_the_sum_of_their_terms"}),
    ),
    "predictions/ewma": {
        "every_forecast_is_possible", "forecasts_are_the_sum_of_their_terms",
        "most_predicted_players_have_a_forecast",
    },
    "predictions/line": {"every_forecast_is_possible", "every_line_is_the_books"},
    "predictions/predicted_players": {
        "every_skip_has_a_reason", "most_available_players_are_predicted",
        "most_players_of_the_slate_are_there",
    },
    "predictions/system_point_forecasts": {
        "every_forecast_tells_what_it_is_made_of", "every_system_is_published",
        "most_predicted_players_have_a_forecast", "no_two_systems_say_the_same",
        "only_predicted_players_are_forecast",
    },
    "predictions/forecast_errors": {
        "every_error_is_forecast_less_actual", "most_predicted_players_are_in_a_box_score",
    },
    "predictions/prediction_skips": {
        "every_player_is_predicted_or_explained", "every_reason_is_known",
    },
    "predictions/ensemble_weights": {"weights_sum_to_one"},
    "predictions/weekly_calibration": {"quantiles_rise", "twins_are_the_ones_named"},
    "predictions/weekly_champions": {"one_champion_at_most"},
    "predictions/player_predictions": {
        "confidence_spreads", "every_prediction_is_possible", "every_prediction_is_traced",
        "inputs_are_the_newest", "means_are_of_this_league", "no_version_waits_to_be_kept",
        "picks_take_both_sides",
    },
    "predictions/prediction_revisions": {"every_version_is_kept"},
    "predictions/picks": {"every_pick_is_recommended"},
    "grading/prediction_accuracy": {
        "every_outcome_is_possible", "nothing_waits_for_a_result", "one_row_per_prediction",
    },
    "grading/system_daily_performance": {"counts_add_up"},
    "grading/performance_summary": {
        "counts_add_up", "nothing_is_nearly_too_good", "nothing_is_too_good_to_be_true",
    },
    "grading/reliability": {"bins_add_up"},
}  # fmt: skip


SQL_ASSETS = {
    f"{path.parent.name}/{path.stem}": path
    for path in sorted(Path(nba_assets.__file__).parent.rglob("*.sql"))
}


def definitions(home: Path, **environment: str) -> dg.Definitions:
    given = {"NBA_ASSETS_HOME": str(home), **environment}
    return build_defs(Settings.load(given, folder=home, today=date(2026, 1, 15)))


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return definitions(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def graph(defs: dg.Definitions) -> AssetGraph:
    return defs.resolve_asset_graph()


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def is_table(name: str) -> bool:
    return not name.startswith("landing/")


def metadata_of(spec: dg.AssetSpec, name: str) -> Any:
    """A definition's metadata as it was given."""
    found = spec.metadata[f"dagster/{name}"]
    return (
        found.value if isinstance(found, dg.MetadataValue) and hasattr(found, "schema") else found
    )


def fresh(code: str, home: Path, **environment: str) -> str:
    """What a new interpreter prints that inherits nothing but a home."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(nba_assets.__file__).parents[1],
        env={**kept, "HOME": str(home), "NBA_ASSETS_HOME": str(home / "data"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_definitions_load_in_a_fresh_interpreter(tmp_path: Path) -> None:
    code = (
        "from dagster import Definitions\n"
        "from nba_assets.definitions import defs\n"
        "found = defs() if callable(defs) else defs\n"
        "Definitions.validate_loadable(found)\n"
        "print(len(found.resolve_asset_graph().get_all_asset_keys()))"
    )
    assert fresh(code, tmp_path).strip() == str(len(TABLES) + len(FEEDS))
    assert not (tmp_path / "data").exists(), "loading writes nothing"


def test_every_module_imports_in_a_fresh_interpreter(tmp_path: Path) -> None:
    code = (
        "import importlib, pkgutil, nba_assets\n"
        "names = [m.name for m in pkgutil.walk_packages(nba_assets.__path__, 'nba_assets.')]\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(len(names))"
    )
    modules = list(Path(nba_assets.__file__).parent.rglob("*.py"))
    assert int(fresh(code, tmp_path)) == len(modules) - 1


def is_undated(key: dg.AssetKey) -> bool:
    table = TABLES.get(".".join(key.path))
    return table is not None and table.is_undated


def test_every_contract_has_an_asset_and_every_feed(specs: dict[str, dg.AssetSpec]) -> None:
    tables = {name.replace(".", "/") for name in TABLES}
    assert set(specs) == tables | {f"landing/{feed.name}" for feed in FEEDS}


def test_every_table_says_what_a_row_is(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        begins = "One row per " if is_table(name) else "One body per "
        assert (spec.description or "").startswith(begins), name


def test_every_asset_has_group_kinds_owner_and_freshness(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        assert spec.group_name == name.split("/")[0], name
        assert spec.kinds, name
        assert list(spec.owners) == ["team:data-platform"], name
        # What is asked by hand, and what never changes, is late for nothing.
        is_due = ON_DEMAND not in spec.tags and name.replace("/", ".") not in OWN_DATA
        assert isinstance(spec.freshness_policy, dg.FreshnessPolicy) == is_due, name


def test_every_asset_shows_its_columns(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        shown = [column.name for column in metadata_of(spec, "column_schema").columns]
        if is_table(name):
            table = TABLES[name.replace("/", ".")]
            assert shown == list(table.column_names), name
            assert metadata_of(spec, "table_name") == table.name
        else:
            assert shown, name


def test_the_shown_columns_say_type_meaning_null_and_key(specs: dict[str, dg.AssetSpec]) -> None:
    columns = {c.name: c for c in metadata_of(specs["raw/schedule"], "column_schema").columns}
    assert columns["tip_at"].type == "TIMESTAMP"
    assert (columns["home_score"].description or "").startswith("points; NULL: not final in the ")
    assert columns["home_score"].constraints.nullable
    assert not columns["status"].constraints.nullable
    assert columns["game_id"].constraints.other == ["key"]


def test_every_asset_opens_the_file_it_is_changed_in(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        (reference,) = metadata_of(spec, "code_references").code_references
        path = Path(reference.file_path)
        assert path.is_file(), name
        if name in SQL_ASSETS:
            assert path == SQL_ASSETS[name]


def test_every_asset_is_partitioned_by_date_or_by_week(graph: AssetGraph) -> None:
    weekly = {dg.AssetKey(t.name.split(".")) for t in TABLES.values() if t.is_weekly}
    dated = [k for k in graph.get_all_asset_keys() if not is_undated(k) and k not in weekly]
    assert len({graph.get(key).partitions_def for key in dated}) == 1
    (weeks,) = {graph.get(key).partitions_def for key in weekly}
    assert isinstance(weeks, dg.WeeklyPartitionsDefinition)
    undated = graph.get_all_asset_keys() - set(dated) - weekly
    assert {graph.get(key).partitions_def for key in undated} == {None}
    assert undated, "some tables have no dates"


def test_every_gate_has_its_assets_partitions_and_says_what_it_costs(
    defs: dg.Definitions, graph: AssetGraph
) -> None:
    for key in graph.get_all_asset_keys():
        assert graph.get(key).check_keys, key
    for assets in defs.assets or ():
        assert isinstance(assets, dg.AssetsDefinition)
        for check in assets.check_specs:
            assert check.partitions_def == assets.partitions_def, check.name
            assert len(check.description or "") > 40, check.name


def test_every_table_has_a_few_gates_beside_its_contract(graph: AssetGraph) -> None:
    for name in TABLES:
        gates = {key.name for key in graph.get(dg.AssetKey(name.split("."))).check_keys}
        assert "rows_keep_the_contract" in gates, name
        assert 2 <= len(gates) <= 11, name


def test_what_is_predicted_and_graded_has_all_its_gates(graph: AssetGraph) -> None:
    found = {
        key.to_user_string(): {check.name for check in graph.get(key).check_keys}
        - {"rows_keep_the_contract"}
        for key in graph.get_all_asset_keys()
        if key.path[0] in ("predictions", "grading")
    }
    assert found == GATES


def test_a_range_of_any_asset_is_one_run(graph: AssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        policy = None if is_undated(key) else dg.BackfillPolicy.single_run()
        assert graph.get(key).backfill_policy == policy, key


def test_no_edge_points_against_the_layers(graph: AssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            assert LAYERS.index(parent.path[0]) <= LAYERS.index(key.path[0]), (parent, key)
            assert parent.path[0] != "landing" or key.path[0] in ("landing", "raw"), (parent, key)
    for name in TABLES.keys() - OWN_DATA:
        assert graph.get(dg.AssetKey(name.split("."))).parent_keys, name


def test_sql_assets_depend_on_what_their_sql_and_gates_read(graph: AssetGraph) -> None:
    for name, read in GRAPH_OF_SQL.items():
        parents = {k.to_user_string() for k in graph.get(dg.AssetKey(name.split("/"))).parent_keys}
        assert read <= parents, name
        assert "raw/schedule" in parents, "completeness counts its games"


def test_column_lineage_leads_to_columns_that_exist(specs: dict[str, dg.AssetSpec]) -> None:
    for name in SQL_ASSETS:
        lineage = metadata_of(specs[name], "column_lineage").deps_by_column
        assert list(lineage) == list(TABLES[name.replace("/", ".")].column_names), name
        for column, sources in lineage.items():
            for source in sources:
                upstream = TABLES[".".join(source.asset_key.path)]
                assert source.column_name in upstream.column_names, (name, column)
    lineage = metadata_of(specs["analytics/player_game_summary"], "column_lineage").deps_by_column
    assert {(s.asset_key.to_user_string(), s.column_name) for s in lineage["usage_rate"]} == {
        *(
            ("raw/player_box_scores", name)
            for name in ("fga", "fta", "tov", "overtime_periods", "seconds_played")
        ),
        *(("analytics/team_offense_game_summary", name) for name in ("fga", "fta", "player_tov")),
    }


def test_derived_tables_make_themselves_and_landing_is_asked_for(
    specs: dict[str, dg.AssetSpec],
) -> None:
    for name, spec in specs.items():
        assert bool(spec.automation_condition) is is_table(name), name


def parts(condition: dg.AutomationCondition) -> list[dg.AutomationCondition]:
    return [condition, *(part for child in condition.children for part in parts(child))]


def test_no_condition_waits_for_blocking_checks(specs: dict[str, dg.AssetSpec]) -> None:
    unwanted = dg.AutomationCondition.all_deps_blocking_checks_passed().get_label()
    assert unwanted
    for name, spec in specs.items():
        if spec.automation_condition:
            assert unwanted not in [p.get_label() for p in parts(spec.automation_condition)], name


def test_sensors_are_on_by_default(defs: dg.Definitions) -> None:
    sensors = {s.name: s for s in defs.sensors or ()}
    assert set(sensors) == {"automation", "results_sensor", "cutoffs_sensor"}
    for sensor in sensors.values():
        assert isinstance(sensor, dg.SensorDefinition)
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_a_home_of_real_games_is_not_labelled_synthetic(tmp_path: Path) -> None:
    for source, is_labelled in (("sandbox", True), ("live", False)):
        specs = definitions(tmp_path, NBA_ASSETS_SOURCE=source).resolve_all_asset_specs()
        assert {"SYNTHETIC" in (spec.description or "") for spec in specs} == {is_labelled}
        assert {"synthetic" in spec.tags for spec in specs} == {is_labelled}


def test_the_window_is_inclusive_of_its_last_date(tmp_path: Path) -> None:
    defs = definitions(
        tmp_path, NBA_ASSETS_FIRST_DATE="2023-10-24", NBA_ASSETS_LAST_DATE="2024-04-14"
    )
    graph = defs.resolve_asset_graph()
    partitions = graph.get(dg.AssetKey(["raw", "schedule"])).partitions_def
    assert partitions is not None
    keys = partitions.get_partition_keys()
    assert (keys[0], keys[-1]) == ("2023-10-24", "2024-04-14")
