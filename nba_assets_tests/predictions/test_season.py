"""A season from features to picks: walk-forward, traced, frozen after tip, and refused where a model is not the one named."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import CUTOFFS, UPCOMING_GAMES
from nba_assets.definitions import TABLES
from nba_assets.partitions import dates_between, week_of
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_ROLE_OUTLOOK,
    PLAYER_SCORING_FORM,
)
from nba_assets.predictions import training
from nba_assets.predictions.estimators import PointsModel
from nba_assets.predictions.feature_rows import feature_rows
from nba_assets.predictions.recipes import RECIPES
from nba_assets.predictions.registry import SNAPSHOT_FILE, TWIN_FILE, ModelStore
from nba_assets.predictions.revisions import lost_versions
from nba_assets.predictions.tables import (
    ENSEMBLES,
    FORECAST_ERRORS,
    FORECASTS,
    PICKS,
    PLAYER_PREDICTIONS,
    PREDICTION_REVISIONS,
    PREDICTION_SKIPS,
    TRAINED,
)
from nba_assets.predictions.training import TEST_WEEKS, History
from nba_assets.predictions.vectors import vectors
from nba_assets.predictions.weekly_tables import (
    ENSEMBLE_WEIGHTS,
    MODELS,
    WEEKLY_CALIBRATION,
    WEEKLY_CHAMPIONS,
)
from nba_assets.raw.tables import SCHEDULE
from nba_assets.settings import WORLD_FILE
from nba_assets.warehouse.frames import keys_of
from nba_assets.warehouse.table import Table
from nba_assets_tests.predictions.season_world import (
    FIRST,
    LAST,
    ORDER,
    SeasonWorld,
    small_recipes,
)
from nba_assets_tests.predictions.spoilt_nights import (
    HELD,
    QUARANTINED,
    features_restated_after_the_forecasts,
)

LAST_WEEK = week_of(LAST)
ENSEMBLE_ASSETS, SKIPS = (
    ("predictions/ensemble_fixed", "predictions/ensemble"),
    "predictions/prediction_skips",
)
CHAIN = ["predictions/system_point_forecasts", *ENSEMBLE_ASSETS, "predictions/player_predictions"]
REVISIONS = "predictions/prediction_revisions"


@pytest.fixture(scope="module", autouse=True)
def recipes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for system_id, recipe in small_recipes().items():
            patch.setitem(RECIPES, system_id, recipe)
        yield


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeasonWorld]:
    """The whole season, as one range run of each asset."""
    with dg.DagsterInstance.ephemeral() as instance:
        world = SeasonWorld(tmp_path_factory.mktemp("season"), instance)
        world.make(FIRST, LAST)
        yield world


@pytest.fixture
def copy(season: SeasonWorld, tmp_path: Path) -> Iterator[SeasonWorld]:
    """The same season, to be spoilt."""
    shutil.copytree(season.home, tmp_path, dirs_exist_ok=True)
    with dg.DagsterInstance.ephemeral() as instance:
        yield SeasonWorld(tmp_path, instance, dates=())


def frame(
    world: SeasonWorld, table: object, first: date = FIRST, last: date = LAST
) -> pd.DataFrame:
    return pd.DataFrame(world.rows(table, first, last).to_pandas())  # type: ignore[arg-type]


def facts_of(world: SeasonWorld, name: str, day: date) -> dict[str, object]:
    """The metadata of the newest materialization of a date."""
    key = dg.AssetKey(name.split("/"))
    records = world.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, asset_partitions=[str(day)]), limit=1
    ).records
    found = records[0].asset_materialization
    assert found is not None
    return {entry: value.value for entry, value in found.metadata.items()}


def said_of(world: SeasonWorld, name: str, gate: str) -> tuple[bool, dict[str, object]]:
    """Whether a gate passed where it judged last, and what it told."""
    key = dg.AssetCheckKey(dg.AssetKey(name.split("/")), gate)
    newest = world.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])
    judged = newest[key].evaluation
    assert isinstance(judged, dg.AssetCheckEvaluation)
    return judged.passed, {entry: value.value for entry, value in judged.metadata.items()}


def test_a_model_sees_only_games_before_its_week(season: SeasonWorld) -> None:
    models = frame(season, MODELS["catboost"])
    assert len(models) > 8
    assert (models["trained_through"] < models["game_date"]).all()
    assert set(models["cutoff"]) == set(CUTOFFS)
    assert (models["training_rows"] >= RECIPES["catboost"].min_rows).all()
    assert models["training_rows"].is_monotonic_increasing
    assert models["model_id"].is_unique


def test_nothing_is_forecast_before_there_are_rows_enough(season: SeasonWorld) -> None:
    first_model = frame(season, MODELS["catboost"])["game_date"].min()
    forecasts = frame(season, FORECASTS["catboost"])
    assert forecasts["game_date"].min() == first_model
    skips = frame(season, PREDICTION_SKIPS)
    unmodelled = skips[(skips["game_date"] < first_model) & (skips["system_id"] == "catboost")]
    assert set(unmodelled["skip_reason"]) == {"no_model"}


def test_each_date_is_forecast_by_the_newest_model_that_was_not_refused(
    season: SeasonWorld,
) -> None:
    models = frame(season, MODELS["catboost"])
    forecasts = frame(season, FORECASTS["catboost"])
    ages = forecasts["model_age_weeks"].astype(int)
    assert (ages == 0).mean() > 0.7
    for (_, cutoff), rows in forecasts.groupby(["game_date", "cutoff"]):
        day = rows["game_date"].iloc[0]
        known = models[(models["cutoff"] == cutoff) & (models["game_date"] <= week_of(day))]
        newest = known.sort_values("game_date").iloc[-1]
        assert set(rows["model_id"]) == {newest["model_id"]}
        assert set(rows["model_age_weeks"]) == {(week_of(day) - newest["game_date"]).days // 7}


def test_the_models_forecast_and_are_better_where_they_know_more(season: SeasonWorld) -> None:
    errors = frame(season, FORECAST_ERRORS, LAST_WEEK - timedelta(weeks=2))
    mae = (
        errors[errors["is_target"]]
        .groupby(["system_id", "cutoff"])["error"]
        .agg(lambda e: e.abs().mean())
    )
    assert mae["catboost", "lock"] < mae["catboost", "morning"] < mae["ewma", "morning"]
    minutes = errors[errors["played"] & errors["forecast_minutes"].notna()]
    off = (minutes["forecast_minutes"] - minutes["actual_minutes"]).abs().mean()
    assert off < 4


def test_every_prediction_names_what_it_was_made_from(season: SeasonWorld) -> None:
    rows = frame(season, PLAYER_PREDICTIONS, LAST, LAST)
    assert len(rows) > 100
    published = {
        f"{table.name}/{LAST}@{season.warehouse.digest(table, LAST)}"
        for table in (ML_FEATURE_STORE, PLAYER_ROLE_OUTLOOK, PLAYER_SCORING_FORM, UPCOMING_GAMES)
    }
    for inputs in rows[rows["system_id"] == "catboost"]["input_digests"]:
        named = dict(text.split("@") for text in inputs)
        assert published <= set(inputs)
        assert all(len(digest) == 64 for digest in named.values())
        assert f"predictions.catboost_models/{LAST_WEEK}" in named
        assert f"predictions.weekly_calibration/{LAST_WEEK}" in named
    assert (rows["predicted_at"] == rows["cutoff_at"]).all()
    assert set(rows["kind"]) == {"walk_forward"}, "made long after the tip"


def test_distributions_cover_what_they_say(season: SeasonWorld) -> None:
    rows = frame(season, PLAYER_PREDICTIONS, LAST_WEEK - timedelta(weeks=2))
    rows = rows[(rows["system_id"] == "catboost") & rows["p50"].notna()]
    played = frame(season, PLAYER_GAME_SUMMARY)
    played = played[played["played"]][["game_id", "player_id", "points"]]
    rows = rows.merge(played, on=["game_id", "player_id"])
    assert len(rows) > 1000
    for share in (50, 80):
        inside = rows["points"].between(rows[f"low_{share}"], rows[f"high_{share}"]).mean()
        assert inside == pytest.approx(share / 100, abs=0.04)
    assert rows["mean_points"].mean() == pytest.approx(rows["points"].mean(), abs=0.4)


def test_a_row_with_a_line_says_what_it_is_worth_and_one_without_says_no_line(
    season: SeasonWorld,
) -> None:
    rows = frame(season, PLAYER_PREDICTIONS, LAST, LAST)
    lined = rows["line"].notna()
    assert 0.2 < lined.mean() < 0.5
    assert set(rows.loc[~lined, "recommendation"]) == {"NO_LINE"}
    assert rows.loc[~lined & (rows["system_id"] == "catboost"), "p50"].notna().all()
    told = rows[lined & rows["p_over"].notna()]
    assert np.allclose(told["p_over"] + told["p_push"] + told["p_under"], 1)
    assert (told["over_book"] == "fanduel").all()
    assert (told["line_observed_at"] <= told["cutoff_at"]).all()
    assert set(told.loc[told["system_id"] == "line", "recommendation"]) == {"PASS"}


def test_ensembles_weigh_what_was_good_in_past_weeks(season: SeasonWorld) -> None:
    weights = frame(season, ENSEMBLE_WEIGHTS, LAST_WEEK, LAST_WEEK)
    at_lock = weights[weights["cutoff"] == "lock"].set_index("system_id")["weight"]
    assert at_lock.sum() == pytest.approx(1)
    assert at_lock["catboost"] > 0.5
    rows = frame(season, PLAYER_PREDICTIONS, LAST, LAST)
    fixed = rows[rows["system_id"] == "ensemble_fixed"]
    assert all({"catboost", "moving_average"} <= set(own) for own in fixed["contributing_systems"])
    assert fixed["agreement"].notna().all()


def test_the_champion_is_surely_better_than_ewma_and_bets_are_its(season: SeasonWorld) -> None:
    judged = frame(season, WEEKLY_CHAMPIONS, LAST_WEEK, LAST_WEEK)
    champions = judged[judged["is_champion"]].set_index("cutoff")
    assert set(champions.index) == {"lock"}, "in the morning nobody is as good as the market"
    assert (champions["gap_low"] > 0).all()
    assert (champions["brier"] <= champions["market_brier"]).all()
    untested = judged[(judged["lined_rows"] >= 500) & judged["brier"].isna()]
    assert set(untested["system_id"]) == {"catboost_with_line"}
    assert untested["why"].str.contains("not tested against the market yet").all()
    picks = frame(season, PICKS, LAST_WEEK)
    assert len(picks) > 5
    assert set(picks["cutoff"]) == {"lock"}, "the lock is there: the morning does not count"
    assert set(picks["system_id"]) == {champions["system_id"]["lock"]}
    assert (picks["expected_value"] >= 0.02).all()
    assert (picks["edge"].abs() >= 1.5).all()


def test_a_served_vector_is_the_training_row_bit_for_bit(season: SeasonWorld) -> None:
    recipe = RECIPES["catboost"]
    day = LAST - timedelta(days=7)
    history = History(season.warehouse, FIRST, [LAST_WEEK], recipe)
    for cutoff in CUTOFFS:
        learned = history.before(LAST_WEEK, cutoff)
        assert learned is not None
        learned = learned.between(day, day)
        served = feature_rows(season.warehouse, [day], recipe.features)
        keys = set(
            zip(
                learned.rows["game_id"].to_pylist(),
                learned.rows["player_id"].to_pylist(),
                strict=True,
            )
        )
        own = [
            (game, player) in keys and at == cutoff
            for game, player, at in zip(
                *(served[name].to_pylist() for name in ("game_id", "player_id", "cutoff")),
                strict=True,
            )
        ]
        assert len(keys) > 50
        expected = vectors(served.filter(own), recipe.features).tobytes()
        assert vectors(learned.rows, recipe.features).tobytes() == expected
    hashes = frame(season, FORECASTS["catboost"], day, day).set_index(
        ["game_id", "player_id", "cutoff"]
    )["feature_hash"]
    store = frame(season, ML_FEATURE_STORE, day, day).set_index(["game_id", "player_id", "cutoff"])
    assert (hashes == store["feature_hash"].reindex(hashes.index)).all()


@pytest.mark.parametrize("system_id", TRAINED)
def test_what_is_published_is_what_the_model_says_of_the_row_it_will_learn_from(
    season: SeasonWorld, system_id: str
) -> None:
    day = LAST - timedelta(days=7)
    history = History(season.warehouse, FIRST, [LAST_WEEK], RECIPES[system_id])
    published = frame(season, FORECASTS[system_id], day, day)
    digests = frame(season, MODELS[system_id]).set_index("model_id")["card_digest"]
    store = ModelStore(season.home / "models")
    for cutoff in CUTOFFS:
        learned = history.before(LAST_WEEK, cutoff)
        assert learned is not None
        rows = learned.between(day, day).rows
        own = published[published["cutoff"] == cutoff]
        (model_id,) = set(own["model_id"])
        card, model = store.load(model_id, digests[model_id])
        said, _ = model.forecast(vectors(rows, card.feature_names))
        keys = keys_of(rows, ("game_id", "player_id"))
        assert len(keys) > 20
        told = own.set_index(["game_id", "player_id"])["forecast_points"].loc[keys]
        assert told.to_numpy() == pytest.approx(said, abs=1e-9)


@pytest.mark.nights
def test_running_it_again_changes_nothing(copy: SeasonWorld) -> None:
    before = copy.digests(FIRST, LAST)
    copy.make(FIRST, LAST)
    assert copy.digests(FIRST, LAST) == before


@pytest.mark.nights
def test_day_by_day_is_the_range_run(season: SeasonWorld, copy: SeasonWorld) -> None:
    shutil.rmtree(copy.home / "models")
    for name in ORDER:
        shutil.rmtree(copy.home / "warehouse" / name)
    first = LAST_WEEK - timedelta(days=1)
    copy.make(FIRST, first - timedelta(days=1))
    for day in dates_between(first, first + timedelta(days=2)):
        copy.make(day, day)
    last = first + timedelta(days=2)
    assert copy.digests(FIRST, last) == season.digests(FIRST, last)


def test_results_of_the_week_and_later_change_no_model_and_no_prediction_of_it(
    copy: SeasonWorld, season: SeasonWorld
) -> None:
    for day in dates_between(LAST_WEEK, LAST):
        rows = copy.rows(PLAYER_GAME_SUMMARY, day, day).to_pylist()
        copy.publish(PLAYER_GAME_SUMMARY, [{**r, "points": r["points"] + 1000} for r in rows])
    copy.make(LAST_WEEK, LAST)
    before = [name for name in ORDER if name != "predictions/forecast_errors"]
    found, expected = copy.digests(LAST_WEEK, LAST), season.digests(LAST_WEEK, LAST)
    assert [name for name in before if found[name] != expected[name]] == []
    assert found["predictions/forecast_errors"] != expected["predictions/forecast_errors"]


def test_a_feature_that_sees_the_result_is_suspected_of_leakage(copy: SeasonWorld) -> None:
    for day in dates_between(FIRST, LAST):
        results = frame(copy, PLAYER_GAME_SUMMARY, day, day).set_index("player_id")["points"]
        rows = copy.rows(ML_FEATURE_STORE, day, day).to_pylist()
        leaking = [{**r, "points_avg_last_10": float(results[r["player_id"]])} for r in rows]
        copy.publish(ML_FEATURE_STORE, leaking)
    assert copy.run("predictions/catboost_models", LAST_WEEK, LAST) == ""
    assert frame(copy, MODELS["catboost"], LAST_WEEK, LAST_WEEK).empty
    held = copy.home / "quarantine/predictions/catboost_models" / f"game_date={LAST_WEEK}"
    refused = pd.read_parquet(held / "no_model_is_too_good.parquet")
    assert set(refused["cutoff"]) == set(CUTOFFS)
    assert refused["quarantine_reason"].str.contains("suspected leakage: test_mae").all()
    # What was published before the leak forecasts in its place, and says so.
    assert copy.run("predictions/catboost", LAST, LAST) == ""
    assert set(frame(copy, FORECASTS["catboost"], LAST, LAST)["model_age_weeks"]) == {1}


def test_a_version_that_could_not_be_measured_says_so_and_is_published(
    season: SeasonWorld,
) -> None:
    models = frame(season, MODELS["catboost"])
    first = models[models["game_date"] == models["game_date"].min()]
    assert len(first) == len(CUTOFFS)
    for _, row in first.iterrows():
        (reason,) = row["degraded_reasons"]
        assert reason == (
            f"every_version_is_measured: {row['model_id']} not measured: 0 target rows of the last 4"
            " weeks kept from a twin, 500 are needed"
        )
    assert (models["is_degraded"] == models["test_mae"].isna()).all()
    assert not models.loc[models["game_date"] == LAST_WEEK, "is_degraded"].any()


@pytest.mark.parametrize(("table", "gate"), HELD)
def test_a_spoilt_night_is_held_by_its_gate(copy: SeasonWorld, table: str, gate: str) -> None:
    name = f"predictions/{table}"
    before = copy.warehouse.digest(TABLES[f"predictions.{table}"], LAST)
    HELD[table, gate](copy)
    said = copy.run(name, LAST, LAST)
    assert f"predictions.{table} {LAST} held back by {gate}: " in said
    assert copy.warehouse.digest(TABLES[f"predictions.{table}"], LAST) == before


@pytest.mark.parametrize(("table", "gate"), QUARANTINED)
def test_the_spoilt_rows_of_a_night_are_held_out_by_its_gate(
    copy: SeasonWorld, table: str, gate: str
) -> None:
    contract = TABLES[f"predictions.{table}"]
    QUARANTINED[table, gate](copy)
    assert copy.run(f"predictions/{table}", LAST, LAST) == ""
    day = LAST_WEEK if contract.is_weekly else LAST
    folder = copy.home / "quarantine/predictions" / table / f"game_date={day}"
    held = pd.read_parquet(folder / f"{gate}.parquet")
    kept = frame(copy, contract, day, day)
    assert "catboost" in set(held["system_id"])
    key = list(contract.key)
    assert kept.merge(held[key], on=key).empty


def test_features_restated_after_the_forecasts_are_named_and_change_no_prediction(
    copy: SeasonWorld,
) -> None:
    name, gate = "predictions/player_predictions", "inputs_are_the_newest"
    assert copy.run(name, LAST, LAST) == ""
    assert said_of(copy, name, gate)[0]
    before = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    features_restated_after_the_forecasts(copy)
    assert copy.run(name, LAST, LAST) == ""
    assert copy.rows(PLAYER_PREDICTIONS, LAST, LAST).equals(before), "digests and hashes too"
    is_passed, told = said_of(copy, name, gate)
    assert not is_passed
    assert f"catboost names {ML_FEATURE_STORE.name}/{LAST} as they were before" in str(
        told["named"]
    )


def test_a_missing_model_file_holds_its_system_and_no_other(copy: SeasonWorld) -> None:
    forecasts = frame(copy, FORECASTS["catboost"], LAST, LAST)
    (lock,) = set(forecasts[forecasts["cutoff"] == "lock"]["model_id"])
    before = copy.warehouse.digest(FORECASTS["catboost"], LAST)
    shutil.rmtree(copy.home / "models" / lock)
    said = copy.run("predictions/catboost", LAST, LAST)
    assert "model_is_the_one_named" in said
    assert lock in said
    assert "materialize" in said
    assert copy.warehouse.digest(FORECASTS["catboost"], LAST) == before, "the last good data stays"


def test_a_model_names_every_partition_that_it_has_seen(season: SeasonWorld) -> None:
    model = frame(season, MODELS["catboost"], LAST_WEEK, LAST_WEEK).iloc[0]
    path = season.home / "models" / model["model_id"] / SNAPSHOT_FILE
    assert hashlib.sha256(path.read_bytes()).hexdigest() == model["snapshot_digest"]
    seen = pd.read_csv(path, index_col="game_date", parse_dates=["game_date"])
    assert set(seen.columns) >= {ML_FEATURE_STORE.name, PLAYER_GAME_SUMMARY.name}
    days = [day.date() for day in seen.index]
    assert days == dates_between(FIRST, LAST_WEEK - timedelta(days=1))
    for name, digests in seen.items():
        assert [season.warehouse.digest(TABLES[str(name)], day) for day in days] == list(digests)


@pytest.mark.parametrize("models", ["the four weeks old ones", "spoilt ones", "none"])
def test_a_twin_is_the_model_as_of_four_weeks_ago_whether_that_is_kept_or_not(
    copy: SeasonWorld, models: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []

    def fitted(*given: Any) -> PointsModel:
        trained.append(given)
        return training.fitted(*given)

    monkeypatch.setattr("nba_assets.predictions.models.fitted", fitted)
    expected = copy.warehouse.digest(MODELS["catboost"], LAST_WEEK)
    then = LAST_WEEK - timedelta(weeks=TEST_WEEKS)
    kept = {folder.name for folder in (copy.home / "models").glob(f"catboost-*-{then}-*")}
    assert len(kept) == len(CUTOFFS)
    for folder in (copy.home / "models").iterdir():
        if folder.name not in kept or models == "none":
            shutil.rmtree(folder)
        elif models == "spoilt ones":
            (folder / "plain.cbm").write_bytes(b"")
    shutil.rmtree(copy.home / "warehouse/predictions/catboost_models" / f"game_date={LAST_WEEK}")
    assert copy.run("predictions/catboost_models", LAST_WEEK, LAST_WEEK) == ""
    assert copy.warehouse.digest(MODELS["catboost"], LAST_WEEK) == expected
    twins = 0 if models == "the four weeks old ones" else len(CUTOFFS)
    assert len(trained) == len(CUTOFFS) + twins
    store = ModelStore(copy.home / "models")
    for model_id in frame(copy, MODELS["catboost"], LAST_WEEK, LAST_WEEK)["model_id"]:
        assert len(store.twin_errors(model_id)) > 500


def test_without_a_system_the_others_are_published(copy: SeasonWorld) -> None:
    shutil.rmtree(copy.home / "models")
    for name in ("catboost", "catboost_with_line"):
        shutil.rmtree(copy.home / "warehouse/predictions" / name / f"game_date={LAST}")
    assert "model_is_the_one_named" in copy.run("predictions/catboost", LAST, LAST)
    rest = [
        name for name in ORDER
        if name.split("/")[1] not in ("catboost", "catboost_with_line", *(m.table_name for m in MODELS.values()))
        and not name.endswith(("weights", "calibration", "champions"))
    ]  # fmt: skip
    copy.make(LAST, LAST, rest)
    rows = frame(copy, PLAYER_PREDICTIONS, LAST, LAST)
    assert {"ewma", "moving_average", "ensemble_fixed", "ensemble"} <= set(rows["system_id"])
    assert "catboost" not in set(rows["system_id"])
    assert rows["is_degraded"].all()
    (reasons,) = {tuple(own) for own in rows["degraded_reasons"]}
    assert {"catboost", "catboost_with_line"} == {
        reason.split("predictions.")[1].split()[0] for reason in reasons
    }


def test_a_week_without_models_has_its_calibration(copy: SeasonWorld) -> None:
    before = copy.warehouse.digest(WEEKLY_CALIBRATION, LAST_WEEK)
    for table in (WEEKLY_CALIBRATION, *MODELS.values()):
        folder = copy.home / "warehouse/predictions" / table.table_name
        shutil.rmtree(folder / f"game_date={LAST_WEEK}")
    shutil.rmtree(copy.home / "models")
    assert copy.run("predictions/weekly_calibration", LAST_WEEK, LAST_WEEK) == ""
    found = frame(copy, WEEKLY_CALIBRATION, LAST_WEEK, LAST_WEEK)
    assert {"ewma", "moving_average"} <= set(found["system_id"])
    assert copy.warehouse.digest(WEEKLY_CALIBRATION, LAST_WEEK) == before, "each has its own past"


def test_a_twin_that_is_another_is_refused_by_name_until_it_is_trained_again(
    copy: SeasonWorld,
) -> None:
    name = "predictions/weekly_calibration"
    shutil.rmtree(copy.home / "warehouse/predictions/forecast_errors")
    assert copy.run(name, LAST_WEEK, LAST_WEEK) == ""
    found = frame(copy, WEEKLY_CALIBRATION, LAST_WEEK, LAST_WEEK)
    assert set(found["residual_source"]) == {"out_of_time"}, "nobody has a past"
    before = copy.warehouse.digest(WEEKLY_CALIBRATION, LAST_WEEK)
    model_id = frame(copy, MODELS["catboost"], LAST_WEEK, LAST_WEEK)["model_id"].iloc[0]
    (copy.home / "models" / model_id / TWIN_FILE).write_bytes(b"")
    assert copy.run(name, LAST_WEEK, LAST_WEEK) == "", "the other systems have their calibration"
    left = frame(copy, WEEKLY_CALIBRATION, LAST_WEEK, LAST_WEEK)
    lost = set(zip(found["system_id"], found["cutoff"], strict=True))
    lost -= set(zip(left["system_id"], left["cutoff"], strict=True))
    assert lost == {("catboost", "lock")} or lost == {("catboost", "morning")}
    assert (
        f"model_is_the_one_named: model {model_id}: its {TWIN_FILE} is not the one it was saved with"
        in str(facts_of(copy, name, LAST_WEEK)["reasons"])
    )
    assert copy.run("predictions/catboost_models", LAST_WEEK, LAST_WEEK) == ""
    assert copy.run(name, LAST_WEEK, LAST_WEEK) == ""
    assert copy.warehouse.digest(WEEKLY_CALIBRATION, LAST_WEEK) == before


@pytest.mark.parametrize("table", [ML_FEATURE_STORE, PLAYER_ROLE_OUTLOOK, PLAYER_SCORING_FORM])
def test_unpublished_features_are_refused_by_name(copy: SeasonWorld, table: Table) -> None:
    shutil.rmtree(copy.home / "warehouse/precompute" / table.table_name / f"game_date={LAST}")
    said = copy.run("predictions/catboost", LAST, LAST)
    assert f"required_inputs: {table.name} is not published for {LAST}" in said


def test_a_player_without_his_row_of_role_is_told_and_not_forecast(copy: SeasonWorld) -> None:
    rows = copy.rows(PLAYER_ROLE_OUTLOOK, LAST, LAST).to_pylist()
    copy.publish(PLAYER_ROLE_OUTLOOK, [r for r in rows if r["player_id"] != "NYK3"])
    assert copy.run("predictions/catboost", LAST, LAST) == ""
    forecasts = frame(copy, FORECASTS["catboost"], LAST, LAST)
    assert "NYK3" not in set(forecasts["player_id"])
    assert "NYK4" in set(forecasts["player_id"])
    told = facts_of(copy, "predictions/catboost", LAST)["without_rows"]
    assert told == "1 players have no row in precompute.player_role_outlook: NYK3"
    copy.make(LAST, LAST, ["predictions/system_point_forecasts", *ENSEMBLE_ASSETS, SKIPS])
    skips = frame(copy, PREDICTION_SKIPS, LAST, LAST)
    own = skips[(skips["player_id"] == "NYK3") & (skips["system_id"] == "catboost")]
    assert set(own["skip_reason"]) == {"no_value"}


def test_an_unpublished_calibration_is_refused_by_name(copy: SeasonWorld) -> None:
    shutil.rmtree(copy.home / "warehouse/predictions/weekly_calibration" / f"game_date={LAST_WEEK}")
    said = copy.run("predictions/player_predictions", LAST, LAST)
    assert f"predictions.weekly_calibration is not published for the week of {LAST_WEEK}" in said


def at(instant: datetime) -> dict[str, object]:
    """Settings of a sandbox whose simulated clock stands there."""
    return {"source": "sandbox", "as_of": instant}


def test_what_was_committed_before_tip_is_never_changed_after_it(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    name = "predictions/player_predictions"
    games = frame(copy, UPCOMING_GAMES, LAST, LAST)
    tip = games["tip_at"].iloc[0].to_pydatetime()
    before, after = tip - timedelta(minutes=10), tip + timedelta(hours=5)
    assert copy.run(name, LAST, LAST, **at(before)) == ""
    committed = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    assert set(committed["kind"].to_pylist()) == {"forward"}
    assert set(committed["revision"].to_pylist()) == {0}
    assert set(committed["issued_at"].to_pylist()) == {before}
    assert copy.run(REVISIONS, LAST, LAST, **at(before)) == ""
    # A correction before tip still counts, one after it does not.
    rows = copy.rows(FORECASTS["ewma"], LAST, LAST).to_pylist()
    for instant, is_changed in ((before, True), (after, False)):
        committed = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
        moved = 1.0 if is_changed else 2.0
        copy.publish(
            FORECASTS["ewma"],
            [{**r, "forecast_points": r["forecast_points"] + moved} for r in rows],
        )
        copy.make(LAST, LAST, [*CHAIN, REVISIONS], **at(instant))
        found = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
        assert found.equals(committed) is not is_changed
    assert set(found["kind"].to_pylist()) == {"forward"}


def test_what_was_said_before_tip_and_said_otherwise_later_is_kept(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    hours = [tip - timedelta(hours=n) for n in (3, 2, 1)]
    rows = copy.rows(FORECASTS["ewma"], LAST, LAST).to_pylist()
    for moved, instant in zip((0, -2, -2), hours, strict=True):
        copy.publish(
            FORECASTS["ewma"],
            [{**r, "forecast_points": r["forecast_points"] + moved} for r in rows],
        )
        copy.make(LAST, LAST, [*CHAIN, REVISIONS], **at(instant))
    now = frame(copy, PLAYER_PREDICTIONS, LAST, LAST)
    is_ewma = now["system_id"] == "ewma"
    assert set(now.loc[is_ewma, "revision"]) == {1}
    assert set(now.loc[is_ewma, "issued_at"]) == {hours[1]}, "the third run said the same"
    # How far the members of an ensemble are apart has changed with one of them.
    others = now[~now["system_id"].isin(["ewma", *ENSEMBLES])]
    assert set(others["revision"]) == {0}
    assert set(others["issued_at"]) == {hours[0]}
    kept = frame(copy, PREDICTION_REVISIONS, LAST, LAST)
    assert len(kept) == len(now) + (now["revision"] == 1).sum()
    said = kept[kept["system_id"] == "ewma"].pivot(
        index=["game_id", "player_id", "cutoff"], columns="revision", values="predicted_points"
    )
    assert (said[1] - said[0]).tolist() == pytest.approx([-2.0] * len(said))


def test_what_is_not_made_again_before_tip_is_withdrawn_and_not_lost(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    rows = copy.rows(FORECASTS["ewma"], LAST, LAST).to_pylist()
    without = [r for r in rows if r["player_id"] != "NYK3"]
    moved = [{**r, "forecast_points": r["forecast_points"] + 1} for r in rows]
    kept = []
    for hours, forecasts in ((3, rows), (2, without), (1, moved)):
        copy.publish(FORECASTS["ewma"], forecasts)
        copy.make(LAST, LAST, [*CHAIN, REVISIONS], **at(tip - timedelta(hours=hours)))
        found = frame(copy, PLAYER_PREDICTIONS, LAST, LAST)
        own = found[(found["player_id"] == "NYK3") & (found["system_id"] == "ewma")]
        assert len(own) == len(CUTOFFS)
        kept.append(own)
    assert set(kept[1]["recommendation"]) == {"PASS"}
    assert set(kept[1]["pass_reason"]) == {"withdrawn"}
    assert kept[1]["predicted_points"].tolist() == kept[0]["predicted_points"].tolist()
    assert [set(own["revision"]) for own in kept] == [{0}, {1}, {2}]


def test_a_row_that_a_gate_holds_out_before_tip_is_withdrawn_and_not_lost(
    copy: SeasonWorld,
) -> None:
    (copy.home / WORLD_FILE).unlink()
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    copy.make(LAST, LAST, [*CHAIN, REVISIONS], **at(tip - timedelta(hours=3)))
    said = frame(copy, PLAYER_PREDICTIONS, LAST, LAST)
    rows = copy.rows(FORECASTS["catboost"], LAST, LAST).to_pylist()
    impossible = [{**r, "forecast_minutes": 70.0} if r["player_id"] == "NYK3" else r for r in rows]
    copy.publish(FORECASTS["catboost"], impossible)
    copy.make(LAST, LAST, [*CHAIN, REVISIONS], **at(tip - timedelta(hours=2)))
    held = copy.home / "quarantine/predictions/player_predictions" / f"game_date={LAST}"
    assert (held / "every_prediction_is_possible.parquet").is_file()
    found = frame(copy, PLAYER_PREDICTIONS, LAST, LAST)
    assert len(found) == len(said)
    own = found[(found["player_id"] == "NYK3") & (found["system_id"] == "catboost")]
    assert len(own) == len(CUTOFFS)
    assert set(own["pass_reason"]) == {"withdrawn"}
    assert set(own["revision"]) == {1}
    assert set(found.loc[found["player_id"] == "NYK4", "revision"]) == {0}


def test_a_version_is_replaced_only_once_it_is_kept(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    name = "predictions/player_predictions"
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    now = at(tip - timedelta(hours=2))
    assert copy.run(name, LAST, LAST, **now) == ""
    said = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    rows = copy.rows(FORECASTS["ewma"], LAST, LAST).to_pylist()
    moved = [{**r, "forecast_points": r["forecast_points"] + 1} for r in rows]
    copy.publish(FORECASTS["ewma"], moved)
    copy.make(LAST, LAST, CHAIN, **now)
    found = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    is_ewma = pc.equal(said["system_id"], "ewma")
    assert found.filter(is_ewma).equals(said.filter(is_ewma)), "it stays until it is kept"
    for asset in (REVISIONS, name):
        assert copy.run(asset, LAST, LAST, **now) == ""
    now_said = copy.rows(PLAYER_PREDICTIONS, LAST, LAST).filter(is_ewma)
    assert set(now_said["revision"].to_pylist()) == {1}
    kept = frame(copy, PREDICTION_REVISIONS, LAST, LAST)
    assert set(kept.loc[kept["system_id"] == "ewma", "revision"]) == {0}


def test_a_bet_that_was_made_before_tip_stays_and_none_joins_it(
    copy: SeasonWorld, season: SeasonWorld
) -> None:
    (copy.home / WORLD_FILE).unlink()
    day = frame(season, PICKS, LAST_WEEK)["game_date"].mode().iloc[0]
    tip = frame(copy, UPCOMING_GAMES, day, day)["tip_at"].iloc[0].to_pydatetime()
    before, after = tip - timedelta(hours=1), tip + timedelta(hours=1)
    copy.make(day, day, ["predictions/player_predictions", "predictions/picks"], **at(before))
    made = copy.rows(PICKS, day, day)
    assert set(made["kind"].to_pylist()) == {"forward"}
    judged = copy.rows(WEEKLY_CHAMPIONS, LAST_WEEK, LAST_WEEK).to_pylist()
    other = [{**r, "is_champion": r["system_id"] == "moving_average"} for r in judged]
    copy.publish(WEEKLY_CHAMPIONS, other)
    assert copy.run("predictions/picks", day, day, **at(after)) == ""
    assert copy.rows(PICKS, day, day).equals(made)
    assert copy.run("predictions/picks", day, day, **at(before)) == ""
    assert set(copy.rows(PICKS, day, day)["system_id"].to_pylist()) <= {"moving_average"}


def test_a_version_that_was_replaced_before_it_was_kept_is_missed() -> None:
    kept = pd.DataFrame(
        {"game_id": "g", "player_id": ["p", "p", "q"], "system_id": "ewma", "cutoff": "lock"}
    ).assign(revision=[0, 2, 0])
    lost = lost_versions(kept)
    assert lost["revision"].tolist() == [2]
    assert "1 of 3 versions" in lost["reason"].iloc[0]


def test_what_is_made_after_tip_is_walk_forward(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    assert copy.run("predictions/player_predictions", LAST, LAST, **at(tip)) == ""
    assert set(frame(copy, PLAYER_PREDICTIONS, LAST, LAST)["kind"]) == {"walk_forward"}
    assert copy.run("predictions/prediction_revisions", LAST, LAST, **at(tip)) == ""
    assert frame(copy, PREDICTION_REVISIONS, LAST, LAST).empty


def test_a_tip_that_was_moved_forward_after_the_slate_is_a_tip(copy: SeasonWorld) -> None:
    (copy.home / WORLD_FILE).unlink()
    name = "predictions/player_predictions"
    games = copy.rows(SCHEDULE, LAST, LAST).to_pylist()
    tip = frame(copy, UPCOMING_GAMES, LAST, LAST)["tip_at"].iloc[0].to_pydatetime()
    copy.make(LAST, LAST, [name, REVISIONS], **at(tip - timedelta(hours=2)))
    said = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    assert set(said["kind"].to_pylist()) == {"forward"}
    moved = games[0]["game_id"]
    earlier = [{**g, "tip_at": tip - timedelta(hours=g["game_id"] == moved)} for g in games]
    copy.publish(SCHEDULE, earlier)
    # Half an hour after the moved tip, half an hour before the others.
    rows = copy.rows(FORECASTS["ewma"], LAST, LAST).to_pylist()
    late = [{**r, "forecast_points": r["forecast_points"] + 1} for r in rows]
    copy.publish(FORECASTS["ewma"], late)
    now = tip - timedelta(minutes=30)
    copy.make(LAST, LAST, CHAIN, **at(now))
    found = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    begun = pc.equal(found["game_id"], moved)
    assert found.filter(begun).equals(said.filter(pc.equal(said["game_id"], moved)))
    others = found.filter(pc.and_(pc.invert(begun), pc.equal(found["system_id"], "ewma")))
    assert set(others["issued_at"].to_pylist()) == {now}
    shutil.rmtree(copy.home / "warehouse" / name / f"game_date={LAST}")
    assert copy.run(name, LAST, LAST, **at(now)) == ""
    found = copy.rows(PLAYER_PREDICTIONS, LAST, LAST)
    kinds = set(zip(found["game_id"].to_pylist(), found["kind"].to_pylist(), strict=True))
    assert {k for g, k in kinds if g == moved} == {"walk_forward"}
    assert {k for g, k in kinds if g != moved} == {"forward"}


def test_a_model_without_a_past_is_as_sure_as_its_twin(season: SeasonWorld) -> None:
    kept = frame(season, WEEKLY_CALIBRATION)
    own = kept[(kept["system_id"] == "catboost") & (kept["cutoff"] == "lock")]
    by_week = own.groupby("game_date")["residual_source"].first()
    assert by_week.iloc[-1] == "walk_forward"
    store = ModelStore(season.home / "models")
    models = frame(season, MODELS["catboost"])
    assert any(len(store.twin_errors(m)) for m in models["model_id"])
