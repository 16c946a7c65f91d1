"""The publish step: what is stamped on rows, and that held dates are neither published nor recorded."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

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
from nba_assets.gates.audit import CONTRACT_GATE, Audit, Gate, game_gate, partition_gate
from nba_assets.gates.publish import Computed, NoProgress, stamped
from nba_assets.gates.table_asset import Room, sql_asset, table_asset
from nba_assets.landing.desk import Desk
from nba_assets.partitions import game_dates, game_weeks
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import SCHEDULE, TEAM_BOX_SCORES
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.table import Table
from nba_assets_tests.gates.verdicts import failures, verdicts
from nba_assets_tests.platform import QUIET
from nba_assets_tests.raw.payloads import desk_in
from nba_assets_tests.raw.rows import DAY, Row, scheduled, whole_game

PAIRS = (("BOS", "NYK"), ("LAL", "GSW"), ("MIA", "CHI"), ("DEN", "UTA"), ("DAL", "HOU"))
DAYS = tuple(DAY + timedelta(days=n) for n in range(3))
KEY = "raw/team_box_scores"
ROOM = Room(
    game_dates=game_dates(DAYS[0], DAYS[-1]),
    automation=when_inputs_are_published,
    game_weeks=game_weeks(DAYS[0], DAYS[-1]),
    automation_weekly=WHEN_THE_WEEK_BEGINS,
    automation_undated=WHEN_ANY_INPUT_IS_NEW,
    freshness=FRESHNESS,
    tables=TABLES,
    first_date=DAYS[0],
    schedule=SCHEDULE,
    expected_games=expected_games,
    synthetic=False,
)
HERE = Path(__file__)


def audited(rows: Sequence[Row], *reasons: str) -> Audit:
    """A date whose rows the gates let through, for these reasons degraded."""
    return Audit(DAY, rows=TEAM_BOX_SCORES.rows(rows), reasons=list(reasons))


def teams(*pairs: tuple[str, str], day: date = DAY) -> list[Row]:
    return [row for pair in pairs for row in whole_game(*pair, day=day)[1]]


def expected(*pairs: tuple[str, str]) -> set[str]:
    return {f"20251105_{away}_{home}" for away, home in pairs}


def test_a_whole_date_is_stamped_as_complete() -> None:
    rows, state = stamped(audited(teams(*PAIRS)), expected(*PAIRS))
    assert state == "published"
    assert set(rows["completeness_pct"].to_pylist()) == {100.0}
    assert not any(rows["is_degraded"].to_pylist())
    assert rows["degraded_reasons"].to_pylist() == [[]] * 10


def test_a_date_that_lacks_games_is_stamped_with_its_share_and_why() -> None:
    found = audited(teams(*PAIRS[:4]), "scheduled_games_are_covered: one is missing")
    rows, state = stamped(found, expected(*PAIRS))
    assert state == "degraded"
    assert set(rows["completeness_pct"].to_pylist()) == {80.0}
    assert all(rows["is_degraded"].to_pylist())
    assert (
        rows["degraded_reasons"].to_pylist()
        == [["scheduled_games_are_covered: one is missing"]] * 8
    )


def test_a_rows_own_reason_is_kept_before_the_dates() -> None:
    own = teams(PAIRS[0])
    own[0] |= {"is_degraded": True, "degraded_reasons": ["from the log"]}
    rows, _ = stamped(audited(own, "the date", "from the log"), expected(PAIRS[0]))
    assert rows["degraded_reasons"].to_pylist() == [
        ["from the log", "the date"],
        ["the date", "from the log"],
    ]


def test_one_row_from_a_fallback_makes_the_date_degraded_and_no_other_row() -> None:
    own = teams(PAIRS[0])
    own[0] |= {"is_degraded": True, "degraded_reasons": ["from the log"]}
    rows, state = stamped(audited(own), expected(PAIRS[0]))
    assert state == "degraded"
    assert rows["is_degraded"].to_pylist() == [True, False]


def test_a_game_beyond_the_expected_ones_does_not_make_up_for_one_that_lacks() -> None:
    rows, _ = stamped(audited(teams(*PAIRS[:4])), expected(*PAIRS[1:]))
    assert set(rows["completeness_pct"].to_pylist()) == {75.0}


def test_completeness_is_null_where_nothing_was_expected() -> None:
    rows, state = stamped(audited(teams(PAIRS[0])), set())
    assert rows["completeness_pct"].to_pylist() == [None, None]
    assert state == "published"


def test_a_date_without_rows_is_empty_unless_something_was_held_out() -> None:
    assert stamped(audited([]), set())[1] == "empty"
    assert stamped(audited([], "a game is in quarantine"), expected(PAIRS[0]))[1] == "degraded"


def test_the_schedule_keeps_its_own_completeness() -> None:
    found = Audit(DAY, rows=SCHEDULE.rows([scheduled(completeness_pct=100.0)]))
    rows, state = stamped(found, None)
    assert rows["completeness_pct"].to_pylist() == [100.0]
    assert state == "published"


class Planted:
    """`raw.team_box_scores` computed from rows that a test has planted, over a real warehouse."""

    def __init__(
        self,
        home: Path,
        gates: Sequence[Gate],
        below: Table | None = None,
        dates_at_once: int | None = None,
    ) -> None:
        self.dates_at_once = dates_at_once
        self.computed: list[list[date]] = []
        self.rows: dict[date, list[Row]] = {day: teams(*PAIRS, day=day) for day in DAYS}
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
        games = [scheduled(*pair, day) for pair in PAIRS for day in DAYS]
        staged = self.warehouse.stage_rows(SCHEDULE, DAYS, SCHEDULE.rows(games), "planted")
        for day in DAYS:
            own = SCHEDULE.rows(game for game in games if game["game_date"] == day)
            self.warehouse.publish(staged, day, own)
        self.warehouse.discard(staged)
        self.instance = dg.DagsterInstance.local_temp(str(home))
        self.assets = [self._asset(TEAM_BOX_SCORES, self._compute, gates)]
        if below:
            self.assets.append(self._asset(below, self._copy, (), reads=(TEAM_BOX_SCORES,)))
        self.resources = {
            "desk": desk_in(home),
            "warehouse": self.warehouse,
            "progress": NoProgress(),
        }
        self.defs = dg.Definitions(assets=self.assets, resources=self.resources)

    def _asset(
        self,
        table: Table,
        compute: Callable[[Desk, Warehouse, list[date]], Computed],
        gates: Sequence[Gate],
        reads: Sequence[Table] = (SCHEDULE,),
    ) -> dg.AssetsDefinition:
        return table_asset(
            ROOM,
            table,
            compute,
            reads=reads,
            gates=gates,
            kinds={"python"},
            source=HERE,
            dates_at_once=self.dates_at_once,
        )

    def _compute(self, _desk: Desk, _warehouse: Warehouse, days: list[date]) -> Computed:
        self.computed.append(days)
        return Computed(TEAM_BOX_SCORES.rows(row for day in days for row in self.rows[day]))

    def _copy(self, _desk: Desk, warehouse: Warehouse, days: list[date]) -> Computed:
        return Computed(warehouse.read(TEAM_BOX_SCORES, days))

    def run(self, first: date = DAYS[0], last: date = DAYS[-1], **options: Any) -> dg.ExecuteInProcessResult:  # fmt: skip
        return self.defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            tags={RANGE_START: str(first), RANGE_END: str(last)},
            run_config=QUIET,
            raise_on_error=False,
            **options,
        )

    def materialized(self, key: str = KEY) -> set[str]:
        return self.instance.get_materialized_partitions(dg.AssetKey(key.split("/")))

    def published(self, table: Table = TEAM_BOX_SCORES) -> set[date]:
        return self.warehouse.published_dates(table, DAYS)

    def read(self, day: date) -> pd.DataFrame:
        return pd.DataFrame(self.warehouse.read(TEAM_BOX_SCORES, [day]).to_pandas())


def dates_that_are_cursed(rows: pd.DataFrame) -> pd.DataFrame:
    """A date on which somebody scored 666 points is not sold."""
    cursed = rows[rows["points"] == 666]
    return cursed.assign(reason="cursed: " + cursed["team"])


def lopsided_games(rows: pd.DataFrame) -> pd.DataFrame:
    """A game of one side has no opponent."""
    games = rows.groupby(["game_date", "game_id"], as_index=False).agg(sides=("team", "nunique"))
    one_sided = games[games["sides"] != 2]
    return one_sided.assign(reason="two_sides: " + one_sided["sides"].astype(str) + " teams")


LOPSIDED = game_gate("each_game_has_two_sides", lopsided_games)
CURSED = partition_gate("no_date_is_cursed", dates_that_are_cursed)
BELOW = Table("raw.below", "team", ("game_id", "team"), TEAM_BOX_SCORES.columns)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    world = Planted(tmp_path, (LOPSIDED, CURSED))
    with world.instance:
        yield world


def test_good_dates_are_published_and_recorded(planted: Planted) -> None:
    assert planted.run().success
    assert planted.materialized() == {str(day) for day in DAYS}
    assert planted.published() == set(DAYS)
    said = verdicts(planted.instance, planted.run())
    assert set(said) == {
        (KEY, gate, day) for gate in (CONTRACT_GATE, LOPSIDED.name, CURSED.name) for day in DAYS
    }
    assert all(verdict.passed for verdict in said.values())


def test_a_held_date_is_not_recorded_and_the_others_are(planted: Planted) -> None:
    planted.rows[DAYS[1]][0]["points"] = 666
    result = planted.run()
    assert not result.success
    good = {DAYS[0], DAYS[2]}
    assert planted.materialized() == {str(day) for day in good}
    assert planted.published() == good
    said = verdicts(planted.instance, result)
    held = said[KEY, CURSED.name, DAYS[1]]
    assert (held.passed, held.effect, held.named) == (
        False,
        "holds",
        "20251106_BOS_NYK cursed: NYK",
    )
    assert all(v.passed for (_, _, day), v in said.items() if day in good)
    assert failures(result) == {
        "raw__team_box_scores": "raw.team_box_scores 2025-11-06 held back by no_date_is_cursed:"
        " 1 offender: 20251106_BOS_NYK cursed: NYK\nThe last good data stays. Mend the input, then"
        " materialize raw/team_box_scores again for 2025-11-06."
    }


def test_a_held_date_keeps_its_last_good_data(planted: Planted) -> None:
    assert planted.run().success
    before = planted.read(DAYS[1])
    planted.rows[DAYS[1]][0]["points"] = 666
    assert not planted.run(DAYS[1], DAYS[1]).success
    pd.testing.assert_frame_equal(planted.read(DAYS[1]), before)


def test_a_lopsided_game_is_quarantined_and_the_rest_is_published_degraded(
    planted: Planted, tmp_path: Path
) -> None:
    del planted.rows[DAYS[1]][1]
    result = planted.run()
    assert result.success
    verdict = verdicts(planted.instance, result)[KEY, LOPSIDED.name, DAYS[1]]
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "quarantines", 1)
    assert "20251106_BOS_NYK" in verdict.named
    rows = planted.read(DAYS[1])
    assert rows["game_id"].nunique() == 4
    assert rows["is_degraded"].all()
    assert set(rows["completeness_pct"]) == {80.0}
    folder = tmp_path / "quarantine/raw/team_box_scores" / f"game_date={DAYS[1]}"
    (kept,) = folder.iterdir()
    assert kept.name == "each_game_has_two_sides.parquet"
    assert pd.read_parquet(kept)["team"].tolist() == ["NYK"]
    assert not planted.read(DAYS[0])["is_degraded"].any()


def test_a_game_that_is_whole_again_leaves_the_quarantine(planted: Planted, tmp_path: Path) -> None:
    lost = planted.rows[DAYS[1]].pop(1)
    assert planted.run().success
    planted.rows[DAYS[1]].append(lost)
    assert planted.run(DAYS[1], DAYS[1]).success
    assert not planted.read(DAYS[1])["is_degraded"].any()
    assert not list((tmp_path / "quarantine").rglob("*.parquet"))


@pytest.mark.parametrize("cursed", [False, True])
def test_checks_that_are_launched_alone_judge_and_publish_nothing(
    planted: Planted, cursed: bool
) -> None:
    if cursed:
        planted.rows[DAYS[1]][0]["points"] = 666
    checks = planted.defs.resolve_asset_graph().get(dg.AssetKey(KEY.split("/"))).check_keys
    job = planted.defs.resolve_implicit_global_asset_job_def()
    result = job.get_subset(asset_selection=set(), asset_check_selection=checks).execute_in_process(
        instance=planted.instance,
        tags={RANGE_START: str(DAYS[1]), RANGE_END: str(DAYS[1])},
        run_config=QUIET,
    )
    assert result.success
    said = verdicts(planted.instance, result)
    assert set(said) == {
        (KEY, gate, DAYS[1]) for gate in (CONTRACT_GATE, LOPSIDED.name, CURSED.name)
    }
    assert said[KEY, CURSED.name, DAYS[1]].passed is not cursed
    assert planted.materialized() == set()
    assert planted.published() == set()


@pytest.mark.parametrize("cursed", [False, True])
def test_what_reads_a_step_with_a_held_date_does_not_run_with_it(
    tmp_path: Path, cursed: bool
) -> None:
    world = Planted(tmp_path, (CURSED,), BELOW)
    if cursed:
        world.rows[DAYS[1]][0]["points"] = 666
    with world.instance:
        result = world.run()
        assert result.success is not cursed
        assert world.materialized("raw/below") == (set() if cursed else {str(d) for d in DAYS})
        assert world.published(BELOW) == (set() if cursed else set(DAYS))


def test_a_gate_that_breaks_publishes_nothing(tmp_path: Path) -> None:
    def broken(rows: pd.DataFrame) -> pd.DataFrame:
        """A gate with a fault of its own."""
        return rows[rows["no_such_column"] > 0]

    world = Planted(tmp_path, (game_gate("never_true", broken),))
    with world.instance:
        result = world.run()
        assert not result.success
        assert verdicts(world.instance, result) == {}
        assert world.materialized() == set()
        assert world.published() == set()


def test_nothing_is_left_staged_behind_a_run(planted: Planted) -> None:
    planted.rows[DAYS[1]][0]["points"] = 666
    planted.run()
    assert list((planted.warehouse.root / ".staging").iterdir()) == []


def test_a_date_records_its_rows_state_and_digest(planted: Planted) -> None:
    planted.rows[DAYS[1]] = planted.rows[DAYS[1]][2:]
    planted.run()
    facts = {}
    for record in planted.instance.fetch_materializations(
        dg.AssetKey(KEY.split("/")), limit=10
    ).records:
        assert record.asset_materialization
        metadata = record.asset_materialization.metadata
        facts[record.partition_key] = {name: value.value for name, value in metadata.items()}
    assert facts[str(DAYS[0])]["dagster/partition_row_count"] == 10
    assert (facts[str(DAYS[0])]["games"], facts[str(DAYS[0])]["state"]) == (5, "published")
    assert (facts[str(DAYS[0])]["changed"], "reasons" in facts[str(DAYS[0])]) == (True, False)
    assert facts[str(DAYS[1])]["dagster/partition_row_count"] == 8
    assert len({facts[str(day)]["digest"] for day in DAYS}) == 3


@pytest.mark.parametrize("cursed", [False, True])
def test_a_range_in_parts_publishes_and_holds_what_a_range_at_once_does(
    tmp_path: Path, cursed: bool
) -> None:
    digests, said, held = [], [], []
    for dates_at_once in (None, 2):
        world = Planted(tmp_path / str(dates_at_once), (LOPSIDED, CURSED), None, dates_at_once)
        if cursed:
            world.rows[DAYS[0]][0]["points"] = 666
        with world.instance:
            result = world.run()
            said.append(verdicts(world.instance, result))
            held.append(failures(result))
            digests.append([world.warehouse.digest(TEAM_BOX_SCORES, day) for day in DAYS])
    assert world.computed == [list(DAYS[:2]), [DAYS[2]]]
    assert digests[0] == digests[1]
    assert said[0] == said[1]
    assert held[0] == held[1]
    assert bool(held[1]) is cursed


def test_a_second_run_changes_nothing(planted: Planted) -> None:
    assert planted.run().success
    paths = sorted(planted.warehouse.root.rglob("*.parquet"))
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    assert planted.run().success
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_a_query_over_a_table_that_nobody_knows_does_not_build(tmp_path: Path) -> None:
    sql = tmp_path / "renamed.sql"
    sql.write_text(
        "SELECT game_date, game_id FROM raw.box_scores_of_players"
        " WHERE game_date BETWEEN @start_date AND @end_date"
    )
    with pytest.raises(LookupError, match=r"renamed\.sql.*raw\.box_scores_of_players"):
        sql_asset(ROOM, BELOW, sql)
