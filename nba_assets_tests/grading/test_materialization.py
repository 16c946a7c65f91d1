"""Nights graded as Dagster does it: over a real warehouse, held, corrected and graded again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_assets.automation.backfill import RANGE_END, RANGE_START
from nba_assets.automation.conditions import (
    FRESHNESS,
    WHEN_ANY_INPUT_IS_NEW,
    WHEN_THE_WEEK_BEGINS,
    when_inputs_are_published,
)
from nba_assets.definitions import TABLES
from nba_assets.gates.audit import CONTRACT_GATE
from nba_assets.gates.publish import NoProgress
from nba_assets.gates.table_asset import Room
from nba_assets.grading.assets import grading_assets
from nba_assets.grading.tables import (
    PERFORMANCE_SUMMARY,
    PREDICTION_ACCURACY,
    RELIABILITY,
    SYSTEM_DAILY_PERFORMANCE,
)
from nba_assets.grading.tables import TABLES as GRADING
from nba_assets.partitions import game_dates, game_weeks
from nba_assets.predictions.tables import PICKS, PLAYER_PREDICTIONS, PREDICTION_REVISIONS
from nba_assets.raw.gates import expected_games
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.table import Table
from nba_assets_tests.analytics.world import publish
from nba_assets_tests.gates.verdicts import Said, failures, verdicts
from nba_assets_tests.grading.rows import USED, did, game, offer, pick, prediction, sat, visitor
from nba_assets_tests.platform import QUIET
from nba_assets_tests.precompute.form_world import DAY, Row, whole
from nba_assets_tests.raw.payloads import desk_in

DAYS = tuple(DAY + timedelta(days=n) for n in range(4))
KEYS = [table.name.replace(".", "/") for table in GRADING]
LEDGER, DAILY, SUMMARY, RELIABLE = KEYS
WAITS_NOT = "nothing_waits_for_a_result"
TOO_GOOD = "nothing_is_too_good_to_be_true"
ROOM = Room(
    game_dates=game_dates(DAYS[0], DAYS[-1]),
    game_weeks=game_weeks(DAYS[0], DAYS[-1]),
    automation=when_inputs_are_published,
    automation_weekly=WHEN_THE_WEEK_BEGINS,
    automation_undated=WHEN_ANY_INPUT_IS_NEW,
    freshness=FRESHNESS,
    tables=TABLES,
    first_date=DAYS[0],
    schedule=SCHEDULE,
    expected_games=expected_games,
    synthetic=False,
)


class Graded:
    """Published predictions and results of four nights, and the room that grades them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
        (home / "dagster").mkdir(parents=True)
        self.instance = dg.DagsterInstance.local_temp(str(home / "dagster"))
        resources = {
            "desk": desk_in(home), "warehouse": self.warehouse, "progress": NoProgress()
        }  # fmt: skip
        self.defs = dg.Definitions(assets=grading_assets(ROOM), resources=resources)
        for n, day in enumerate(DAYS):
            self.plant(
                day, predicted(day), [did(game_date=day, points=24 + n), sat("2", game_date=day)]
            )

    def plant(
        self, day: date, predictions: Sequence[Row], boxes: Sequence[Row], **schedule: object
    ) -> None:
        """What a night's grading reads; the champion bet on the first prediction."""
        self.publish(SCHEDULE, day, [game(day, **schedule)])
        self.publish(PLAYER_PREDICTIONS, day, predictions)
        self.publish(PICKS, day, [pick(row) for row in predictions[:1]])
        self.publish(PLAYER_BOX_SCORES, day, [*boxes, visitor(day)] if boxes else [])

    def publish(self, table: Table, day: date, rows: Iterable[Row]) -> None:
        publish(self.warehouse, table, table.rows(rows), [day])

    def run(self, first: date = DAYS[0], last: date | None = None, keys: Sequence[str] = KEYS) -> dg.ExecuteInProcessResult:  # fmt: skip
        return self.defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys],
            tags={RANGE_START: str(first), RANGE_END: str(last or first)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def said(self, result: dg.ExecuteInProcessResult) -> dict[tuple[str, str, date], Said]:
        return verdicts(self.instance, result)

    def read(self, table: Table, day: date = DAY) -> pd.DataFrame:
        return pd.DataFrame(self.warehouse.read(table, [day]).to_pandas())

    def digests(self) -> dict[tuple[str, date], str | None]:
        return {(t.name, day): self.warehouse.digest(t, day) for t in GRADING for day in DAYS}

    def materialized(self, key: str) -> set[str]:
        return self.instance.get_materialized_partitions(dg.AssetKey(key.split("/")))


def predicted(day: date = DAY, players: int = 2) -> list[Row]:
    """Two systems, both cut-offs, of each player."""
    return [
        prediction(str(n), game_date=day, system_id=system, cutoff=cutoff)
        for n in range(1, players + 1)
        for system in ("ewma", "line")
        for cutoff in ("lock", "morning")
    ]


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Graded]:
    world = Graded(tmp_path)
    with world.instance:
        yield world


def test_a_night_is_graded(nights: Graded) -> None:
    nights.publish(PLAYER_PROP_LINES, DAY, [offer(21.5, 5)])
    result = nights.run()
    assert result.success
    assert all(verdict.passed for verdict in nights.said(result).values())
    ledger = nights.read(PREDICTION_ACCURACY)
    assert len(ledger) == 8
    played = ledger[ledger["player_id"] == "1"]
    assert set(played["outcome"]) == {"win"}
    assert set(played["clv"]) == {1.0}
    assert set(ledger.loc[ledger["player_id"] == "2", "outcome_reason"]) == {"coach_decision"}
    assert ledger.loc[ledger["is_pick"], ["system_id", "cutoff"]].to_numpy().tolist() == [
        ["ewma", "lock"]
    ]
    daily = nights.read(SYSTEM_DAILY_PERFORMANCE)
    assert len(daily) == 6
    assert set(zip(daily["wins"], daily["voids"], strict=True)) == {(1, 1)}
    summary = nights.read(PERFORMANCE_SUMMARY)
    assert set(summary["verdict"]) == {"not_distinguishable"}
    assert set(daily["completeness_pct"]) == {100.0}
    judged = nights.read(RELIABILITY).query("system_id == 'ewma' and window == 'season'")
    assert set(judged["cutoff"]) == {"morning", "lock", "active"}
    assert set(judged["threshold"]) == {"5", "10", "15", "20", "25", "line"}
    assert judged["graded"].sum() == 3 * 6


def test_a_range_run_equals_its_days_and_a_second_run(nights: Graded, tmp_path: Path) -> None:
    assert nights.run(DAYS[0], DAYS[-1]).success
    ranged = nights.digests()
    assert None not in ranged.values()
    files = {path: path.stat().st_mtime_ns for path in nights.warehouse.root.rglob("*.parquet")}
    assert nights.run(DAYS[0], DAYS[-1]).success
    assert files == {p: p.stat().st_mtime_ns for p in nights.warehouse.root.rglob("*.parquet")}
    daily = Graded(tmp_path / "days")
    with daily.instance:
        for day in DAYS:
            assert daily.run(day).success
        assert daily.digests() == ranged


def test_a_corrected_box_is_graded_anew_and_only_then(nights: Graded) -> None:
    assert nights.run(DAYS[0], DAYS[-1]).success
    before = nights.digests()
    nights.publish(
        PLAYER_BOX_SCORES, DAY, [did(points=24, source="espn_summary"), sat("2"), visitor()]
    )
    assert nights.run(keys=[LEDGER]).success
    assert set(nights.read(PREDICTION_ACCURACY)["graded_version"]) == {1}
    nights.publish(PLAYER_BOX_SCORES, DAY, [did(points=20), sat("2"), visitor()])
    assert nights.run(DAYS[0], DAYS[-1]).success
    ledger = nights.read(PREDICTION_ACCURACY)
    versions = ledger.groupby("player_id")["graded_version"].unique()
    assert versions.map(list).to_dict() == {"1": [2], "2": [1]}
    assert set(ledger.loc[ledger["player_id"] == "1", "outcome"]) == {"loss"}
    after = nights.digests()
    changed = {key for key in after if after[key] != before[key]}
    # Its own ledger and performance, and every later window that holds the night.
    assert changed == {
        (PREDICTION_ACCURACY.name, DAY),
        (SYSTEM_DAILY_PERFORMANCE.name, DAY),
        *((table.name, day) for table in (PERFORMANCE_SUMMARY, RELIABILITY) for day in DAYS),
    }
    assert nights.run(DAYS[0], DAYS[-1]).success
    assert nights.digests() == after
    nights.publish(PLAYER_BOX_SCORES, DAY, [did(points=24), sat("2"), visitor()])
    assert nights.run(keys=[LEDGER]).success
    assert set(nights.read(PREDICTION_ACCURACY)["graded_version"]) == {1, 3}


def test_a_date_without_a_box_score_waits(nights: Graded) -> None:
    path = nights.warehouse.path(PLAYER_BOX_SCORES, DAYS[1])
    path.unlink()
    result = nights.run(DAYS[0], DAYS[1], [LEDGER])
    assert not result.success
    assert nights.materialized(LEDGER) == {str(DAYS[0])}
    (why,) = failures(result).values()
    assert f"raw.player_box_scores is not published for {DAYS[1]}" in why


def test_a_postponed_game_with_picks_is_void(nights: Graded) -> None:
    nights.plant(DAYS[1], predicted(DAYS[1]), [], status="postponed")
    assert nights.run(DAYS[0], DAYS[1]).success
    ledger = nights.read(PREDICTION_ACCURACY, DAYS[1])
    assert set(ledger["outcome"]) == {"void"}
    assert set(ledger["outcome_reason"]) == {"game_postponed"}
    assert ledger["is_pick"].sum() == 1
    assert set(ledger["profit_units"]) == {0.0}
    assert not ledger["is_degraded"].any()
    daily = nights.read(SYSTEM_DAILY_PERFORMANCE, DAYS[1])
    assert daily[["wins", "losses", "graded"]].to_numpy().sum() == 0


def test_a_win_whose_game_is_struck_out_later_becomes_void_and_is_counted_as_restated(
    nights: Graded,
) -> None:
    assert nights.run().success
    won = nights.read(PREDICTION_ACCURACY).query("player_id == '1'")
    assert (set(won["outcome"]), set(won["graded_version"])) == ({"win"}, {1})
    nights.plant(DAY, predicted(), [], status="postponed")
    assert nights.run().success
    ledger = nights.read(PREDICTION_ACCURACY).query("player_id == '1'")
    assert (set(ledger["outcome"]), set(ledger["graded_version"])) == ({"void"}, {2})
    assert set(ledger["outcome_reason"]) == {"game_postponed"}
    assert set(ledger["profit_units"]) == {0.0}
    assert ledger[["actual_points", "error", "brier"]].isna().all(axis=None)
    daily = nights.read(SYSTEM_DAILY_PERFORMANCE)
    assert daily[["wins", "losses", "graded"]].to_numpy().sum() == 0


def test_only_the_published_version_of_a_prediction_is_graded(nights: Graded) -> None:
    said = [
        prediction("1", predicted_points=points, revision=n, issued_at=USED + timedelta(hours=n))
        for n, points in enumerate((22.0, 26.0))
    ]
    kept = [
        whole(PREDICTION_REVISIONS, **{n: row[n] for n in PREDICTION_REVISIONS.column_names})
        for row in said
    ]
    nights.publish(PREDICTION_REVISIONS, DAY, kept)
    nights.plant(DAY, said[1:], [did(points=24)])
    assert nights.run(keys=[LEDGER]).success
    (row,) = nights.read(PREDICTION_ACCURACY).to_dict("records")
    assert (row["predicted_points"], row["error"]) == (26.0, 2.0)


@pytest.mark.parametrize("status", ["final", "scheduled"])
def test_a_game_without_a_box_is_pending_and_the_date_degraded(nights: Graded, status: str) -> None:
    nights.plant(DAY, predicted(), [], status=status)
    result = nights.run()
    assert result.success
    said = nights.said(result)[LEDGER, WAITS_NOT, DAY]
    assert (said.passed, said.effect, said.offenders) == (False, "degrades", 1)
    ledger = nights.read(PREDICTION_ACCURACY)
    assert set(ledger["outcome_reason"]) == {"no_box_score"}
    assert ledger["is_degraded"].all()
    assert nights.read(PERFORMANCE_SUMMARY).empty


def test_a_game_that_the_schedule_has_lost_is_named(nights: Graded) -> None:
    nights.publish(SCHEDULE, DAY, [])
    nights.publish(PLAYER_BOX_SCORES, DAY, [])
    result = nights.run(keys=[LEDGER])
    assert result.success
    said = nights.said(result)[LEDGER, WAITS_NOT, DAY]
    assert said.effect == "degrades"
    assert "8 rows are pending: not_scheduled" in said.named


def test_a_man_of_whom_a_box_says_nothing_waits_and_the_others_are_graded(nights: Graded) -> None:
    nights.plant(DAY, predicted(), [did(), sat("2", player_status="played")])
    result = nights.run(keys=[LEDGER])
    assert result.success
    assert nights.said(result)[LEDGER, WAITS_NOT, DAY].effect == "degrades"
    ledger = nights.read(PREDICTION_ACCURACY)
    assert set(ledger.loc[ledger["player_id"] == "1", "outcome"]) == {"win"}
    waiting = ledger.loc[ledger["player_id"] == "2", "outcome_reason"]
    assert set(waiting) == {"no_play_status"}


def test_an_outcome_that_cannot_be_holds_the_date_in_its_own_name(nights: Graded) -> None:
    nights.plant(DAY, predicted(), [did(minutes=1800.0), sat("2")])
    result = nights.run(keys=[LEDGER])
    assert not result.success
    said = nights.said(result)
    assert said[LEDGER, "every_outcome_is_possible", DAY].effect == "holds"
    assert said[LEDGER, "one_row_per_prediction", DAY].passed
    (why,) = failures(result).values()
    assert "1 ewma lock: minutes 1800.0 is not within 0 to 78" in why
    assert nights.materialized(LEDGER) == set()


def test_a_prediction_that_is_there_five_times_is_held(nights: Graded) -> None:
    offered = [prediction("1", line=20.5 + n) for n in range(5)]
    nights.plant(DAY, offered, [did()])
    result = nights.run()
    assert not result.success
    said = nights.said(result)[LEDGER, CONTRACT_GATE, DAY]
    assert said.effect == "holds"
    assert "unique_key: game_id 20240305_BOS_NYK, player_id 1" in said.named
    assert nights.warehouse.published_dates(PREDICTION_ACCURACY, [DAY]) == set()


def test_a_date_without_predictions_is_empty(nights: Graded) -> None:
    for table in (PLAYER_PREDICTIONS, PICKS, PLAYER_BOX_SCORES, SCHEDULE):
        nights.publish(table, DAYS[1], [])
    assert nights.run(DAYS[0], DAYS[2]).success
    assert [len(nights.read(table, DAYS[1])) for table in GRADING] == [0, 0, 0, 0]
    season = nights.read(PERFORMANCE_SUMMARY, DAYS[2]).query(
        "window == 'season' and slice == 'all'"
    )
    assert set(season["graded"]) == {2}


def test_a_night_is_graded_without_picks_lines_and_contexts(nights: Graded) -> None:
    nights.warehouse.path(PICKS, DAY).unlink()
    assert nights.run().success
    ledger = nights.read(PREDICTION_ACCURACY)
    assert not ledger["is_pick"].any()
    assert ledger["is_back_to_back"].isna().all()
    assert set(ledger["outcome"]) == {"win", "void"}


def lucky_night(day: date, wins: int, bets: int) -> tuple[list[Row], list[Row]]:
    """So many bets on more than 20.5, of which so many are won."""
    made = [prediction(str(n), game_date=day, cutoff="lock") for n in range(bets)]
    return made, [did(str(n), 24 if n < wins else 14, game_date=day) for n in range(bets)]


def test_a_rate_that_is_too_good_holds_the_summary_and_not_the_ledger(nights: Graded) -> None:
    assert nights.run().success
    good = nights.digests()
    nights.plant(DAYS[1], *lucky_night(DAYS[1], 228, 300))
    result = nights.run(DAYS[1])
    assert not result.success
    said = nights.said(result)
    assert said[SUMMARY, TOO_GOOD, DAYS[1]].effect == "holds"
    (why,) = failures(result).values()
    assert "too_good_to_be_true: suspected leakage: ewma active forward" in why
    assert "% of n=301 bets" in why
    for key, dates in ((LEDGER, 2), (DAILY, 2), (SUMMARY, 1), (RELIABLE, 2)):
        assert nights.materialized(key) == {str(day) for day in DAYS[:dates]}
    assert nights.digests()[PERFORMANCE_SUMMARY.name, DAY] == good[PERFORMANCE_SUMMARY.name, DAY]


def test_a_small_lucky_night_is_published(nights: Graded) -> None:
    nights.plant(DAYS[1], *lucky_night(DAYS[1], 40, 40))
    assert nights.run(DAYS[0], DAYS[1]).success
    summary = nights.read(PERFORMANCE_SUMMARY, DAYS[1])
    best = summary[(summary["slice"] == "all") & (summary["window"] == "season")]
    assert best["hit_rate"].max() == 1.0
    assert set(best.loc[best["wins"] > 40, "verdict"]) == {"above"}


def test_the_edges_are_those_of_the_inputs(nights: Graded) -> None:
    graph = nights.defs.resolve_asset_graph()
    parents = {
        key: {p.to_user_string() for p in graph.get(dg.AssetKey(key.split("/"))).parent_keys}
        for key in KEYS
    }
    assert parents == {
        LEDGER: {
            "analytics/upcoming_player_game_context", "predictions/picks",
            "predictions/player_predictions", "raw/player_box_scores", "raw/player_prop_lines",
            "raw/schedule",
        },
        DAILY: {LEDGER},
        SUMMARY: {LEDGER, DAILY},
        RELIABLE: {LEDGER, DAILY},
    }  # fmt: skip
