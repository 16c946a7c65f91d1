"""The predictions that are SQL as Dagster runs them: a night from its features to its errors."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    PLAYER_LINE_CONSENSUS,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.automation.backfill import RANGE_END, RANGE_START
from nba_assets.definitions import TABLES
from nba_assets.gates.publish import NoProgress
from nba_assets.gates.table_asset import HISTORY, OPTIONAL, Room
from nba_assets.partitions import game_dates, game_weeks
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_DAILY_CACHE,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets.predictions.system_assets import system_assets
from nba_assets.predictions.tables import FORECASTS, MEMBERS, TRAINED
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.table import Table
from nba_assets_tests.analytics.world import publish
from nba_assets_tests.gates.test_publish import ROOM
from nba_assets_tests.gates.verdicts import verdicts
from nba_assets_tests.platform import QUIET
from nba_assets_tests.precompute.form_world import (
    DAY,
    TONIGHT,
    FormWorld,
    Row,
    box,
    scheduled,
    tonight,
    whole,
)
from nba_assets_tests.predictions.rows import vector
from nba_assets_tests.raw.payloads import desk_in

HERE: Room = replace(
    ROOM,
    game_dates=game_dates(DAY, DAY),
    game_weeks=game_weeks(DAY, DAY),
    tables=TABLES,
    first_date=DAY,
)
FORM: Row = {
    "points_ewma": 17.0, "points_avg_last_5": 20.0, "points_avg_last_10": 18.0,
    "points_avg_season": 16.0, "quality_score": 99.5,
}  # fmt: skip


class Night(FormWorld):
    """A date's inputs, and the assets over them: ten players, one of them out, one without a line."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        men = [str(n) for n in range(10)]
        known = {"games_played_season": 40, "minutes_avg_last_10": 30.0}
        key: Row = {"game_date": DAY, "game_id": TONIGHT}
        context = [tonight(n, available=n != "9", **known) for n in men]
        self.publish(UPCOMING_PLAYER_GAME_CONTEXT, context)
        self.publish(ML_FEATURE_STORE, [vector(n, **FORM) for n in men])
        for table in (PLAYER_DAILY_CACHE, PLAYER_SHOT_ZONE_ANALYSIS):
            self.publish(table, [whole(table, game_date=DAY, player_id=n) for n in men])
        lines = [
            whole(PLAYER_LINE_CONSENSUS, **key, player_id=n, points_line=20.0) for n in men[1:]
        ]
        self.publish(PLAYER_LINE_CONSENSUS, lines)
        team = {"game_date": DAY, "team": "BOS"}
        self.publish(TEAM_DEFENSE_ZONE_ANALYSIS, [whole(TEAM_DEFENSE_ZONE_ANALYSIS, **team)])
        self.publish(SCHEDULE, [scheduled(DAY)])
        self.publish(PLAYER_GAME_SUMMARY, [box(DAY, 15, n) for n in men])
        for system_id in TRAINED:  # asked, and without a model yet
            table = FORECASTS[system_id]
            publish(self.warehouse, table, table.rows([]), [DAY])
        self.instance = dg.DagsterInstance.local_temp(str(home))
        resources = {"desk": desk_in(home), "warehouse": self.warehouse, "progress": NoProgress()}
        self.assets = system_assets(HERE)
        self.defs = dg.Definitions(assets=self.assets, resources=resources)

    def run(self) -> dg.ExecuteInProcessResult:
        return self.defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            tags={RANGE_START: str(DAY), RANGE_END: str(DAY)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def published(self, name: str) -> pd.DataFrame:
        return pd.DataFrame(self.warehouse.read(TABLES[f"predictions.{name}"], [DAY]).to_pandas())


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path)
    with made.instance:
        yield made


def test_a_night_goes_from_features_to_errors_and_no_gate_objects(night: Night) -> None:
    result = night.run()
    assert result.success
    said = verdicts(night.instance, result)
    assert {name for name, verdict in said.items() if not verdict.passed} == set()
    assert len({asset for asset, *_ in said}) == 9
    players = night.published("predicted_players")
    assert players["is_predicted"].tolist() == [True] * 9 + [False]
    systems = night.published("system_point_forecasts")["system_id"].value_counts().to_dict()
    assert systems == {"line": 8, "ewma": 9, "moving_average": 9, "zone_matchup": 9}
    errors = night.published("forecast_errors")
    assert errors.groupby("system_id")["error"].mean().round(9).to_dict() == {
        "line": 5.0, "ewma": 2.0, "moving_average": 4.1, "zone_matchup": 1.8,
    }  # fmt: skip
    skips = night.published("prediction_skips")
    reasons = skips.groupby(["system_id", "skip_reason"]).size().to_dict()
    assert reasons == {
        ("all", "out"): 1, ("line", "no_value"): 1, ("similarity", "no_value"): 9,
        ("catboost", "no_model"): 9, ("catboost_with_line", "no_model"): 9,
        ("ensemble", "no_value"): 9, ("ensemble_fixed", "no_value"): 9,
    }  # fmt: skip


def test_a_system_that_is_not_published_degrades_what_is_made_of_all(night: Night) -> None:
    folder = night.warehouse.path(FORECASTS["catboost"], DAY).parent
    shutil.rmtree(folder)
    assert night.run().success
    rows = night.published("system_point_forecasts")
    assert rows["is_degraded"].all()
    reasons = {reason for own in rows["degraded_reasons"] for reason in own}
    assert [r for r in reasons if r.startswith("every_system_is_published")] == list(reasons)
    assert all("predictions.catboost is not published" in reason for reason in reasons)
    skips = night.published("prediction_skips")
    why = skips.groupby("system_id")["skip_reason"].agg(set)
    assert why["catboost"] == {"not_published"}
    assert why["catboost_with_line"] == {"no_model"}


def test_each_forecast_names_the_very_partitions_it_was_made_of(night: Night) -> None:
    assert night.run().success

    def digest(table: Table) -> str:
        return f"{table.name}/{DAY}@{night.warehouse.digest(table, DAY)}"

    players = TABLES["predictions.predicted_players"]
    owed = {
        "line": [PLAYER_LINE_CONSENSUS, ML_FEATURE_STORE, players],
        "ewma": [ML_FEATURE_STORE, players],
        "moving_average": [ML_FEATURE_STORE, players],
        "zone_matchup": [
            ML_FEATURE_STORE, PLAYER_SHOT_ZONE_ANALYSIS, TEAM_DEFENSE_ZONE_ANALYSIS, players,
        ],
    }  # fmt: skip
    together = night.published("system_point_forecasts").set_index("system_id")["input_digests"]
    for system_id, tables in owed.items():
        named = {tuple(row) for row in night.published(system_id)["input_digests"]}
        assert named == {tuple(sorted(digest(table) for table in tables))}, system_id
        assert {tuple(row) for row in together[system_id]} == named


def test_a_line_that_was_taken_back_is_no_forecast_any_more(night: Night) -> None:
    assert night.run().success
    lines = night.warehouse.read(PLAYER_LINE_CONSENSUS, [DAY]).to_pylist()
    night.publish(PLAYER_LINE_CONSENSUS, lines[1:])
    assert night.run().success
    assert night.published("line")["player_id"].tolist() == [str(n) for n in range(2, 9)]
    skips = night.published("prediction_skips")
    assert skips.loc[skips["system_id"] == "line", "player_id"].tolist() == ["0", "1"]


def test_a_system_is_optional_to_the_table_of_all_and_the_players_are_not(night: Night) -> None:
    specs = {spec.key.path[-1]: spec for asset in night.assets for spec in asset.specs}
    optional = {name: spec.metadata.get(OPTIONAL, []) for name, spec in specs.items()}
    assert optional["system_point_forecasts"] == [f"predictions/{name}" for name in MEMBERS]
    assert optional["prediction_skips"] == [
        "predictions/system_point_forecasts", "predictions/catboost",
        "predictions/catboost_with_line", "predictions/ensemble_fixed", "predictions/ensemble",
    ]  # fmt: skip
    for name in ("system_point_forecasts", "prediction_skips", "forecast_errors", "ewma"):
        deps = {dep.asset_key.to_user_string() for dep in specs[name].deps}
        assert "predictions/predicted_players" in deps - set(optional[name])
    assert specs["similarity"].metadata[HISTORY] == {
        "analytics/player_game_summary": 300,
        "raw/schedule": 90,
        "precompute/team_defense_zone_analysis": 90,
    }


def test_players_without_a_system_that_must_know_them_hold_the_night(night: Night) -> None:
    unknown = FORM | {"points_ewma": None}
    night.publish(
        ML_FEATURE_STORE, [vector(str(n), **(FORM if n < 7 else unknown)) for n in range(10)]
    )
    result = night.run()
    assert not result.success
    said = verdicts(night.instance, result)
    verdict = said["predictions/ewma", "most_predicted_players_have_a_forecast", DAY]
    assert (verdict.effect, verdict.offenders) == ("holds", 2)
    assert night.published("ewma").empty
