"""What every warehouse promises, held against each of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.warehouse.base import Published, Warehouse
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.sql import Query
from nba_assets_tests.warehouse.rows import (
    FIRST,
    POINTS,
    SECOND,
    TABLES,
    THIRD,
    TOTALS,
    TOTALS_SQL,
    row,
    rows,
)

# Opens the warehouse of a place: twice is two processes' views of one store.
Opening = Callable[[], Warehouse]


def embedded(home: Path) -> Opening:
    return lambda: DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)


@pytest.fixture(params=[embedded], ids=["duckdb"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    found: Opening = request.param(tmp_path)
    return found


@pytest.fixture
def warehouse(opening: Opening) -> Warehouse:
    return opening()


def on(day: date, given: pa.Table) -> pa.Table:
    return given.filter(
        pa.array([value == day for value in given["game_date"].to_pylist()], pa.bool_())
    )


def publish(
    warehouse: Warehouse, given: pa.Table, *days: date, run: str = "run"
) -> list[Published]:
    staged = warehouse.stage_rows(POINTS, days, given, run)
    try:
        return [warehouse.publish(staged, day, on(day, staged.rows)) for day in days]
    finally:
        warehouse.discard(staged)


def published(warehouse: Warehouse, *days: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = warehouse.read(POINTS, days).to_pylist()
    return found


def test_what_is_staged_no_reader_sees(opening: Opening) -> None:
    writer, reader = opening(), opening()
    publish(writer, rows(row(FIRST, "g1", "a", 1)), FIRST)
    staged = writer.stage_rows(
        POINTS, (FIRST, SECOND), rows(row(FIRST, "g1", "a", 2), row(SECOND, "g2", "a")), "run-2"
    )
    for warehouse in (writer, reader):
        assert [r["points"] for r in published(warehouse, FIRST, SECOND)] == [1]
        assert warehouse.published_dates(POINTS, (FIRST, SECOND)) == {FIRST}
    writer.discard(staged)
    assert [r["points"] for r in published(reader, FIRST, SECOND)] == [1]


def test_publishing_replaces_a_date_whole_and_leaves_the_others(opening: Opening) -> None:
    warehouse = opening()
    old = rows(row(FIRST, "g1", "a"), row(FIRST, "g1", "b"), row(SECOND, "g2", "a"))
    assert [p.rows for p in publish(warehouse, old, FIRST, SECOND)] == [2, 1]
    (changed,) = publish(warehouse, rows(row(FIRST, "g1", "c", 5)), FIRST)
    assert (changed.rows, changed.changed) == (1, True)
    assert published(opening(), FIRST, SECOND) == [row(FIRST, "g1", "c", 5), row(SECOND, "g2", "a")]


def test_only_dates_that_passed_are_published(warehouse: Warehouse) -> None:
    given = rows(row(FIRST, "g1", "a"), row(SECOND, "g2", "a"))
    staged = warehouse.stage_rows(POINTS, (FIRST, SECOND), given, "run")
    warehouse.publish(staged, SECOND, on(SECOND, staged.rows))
    warehouse.discard(staged)
    assert warehouse.published_dates(POINTS, (FIRST, SECOND)) == {SECOND}


def test_an_empty_date_is_published_with_its_columns(opening: Opening) -> None:
    warehouse = opening()
    (empty,) = publish(warehouse, rows(), FIRST)
    assert (empty.rows, empty.changed) == (0, True)
    found = opening().read(POINTS, [FIRST])
    assert found.num_rows == 0
    assert found.schema.names == list(POINTS.column_names)
    assert warehouse.published_dates(POINTS, (FIRST, SECOND)) == {FIRST}
    (again,) = publish(warehouse, rows(), FIRST)
    assert not again.changed


def test_a_date_can_become_empty(warehouse: Warehouse) -> None:
    publish(warehouse, rows(row(FIRST, "g1", "a")), FIRST)
    (emptied,) = publish(warehouse, rows(), FIRST)
    assert emptied.changed
    assert published(warehouse, FIRST) == []


def test_equal_rows_are_no_change_in_whatever_order_they_come(warehouse: Warehouse) -> None:
    given = [row(FIRST, f"g{n}", p) for n in range(3) for p in "ab"]
    (first,) = publish(warehouse, rows(*given), FIRST)
    (again,) = publish(warehouse, rows(*reversed(given)), FIRST)
    assert (first.changed, again.changed) == (True, False)
    assert again.digest == first.digest


def test_a_later_capture_that_says_the_same_is_no_change(warehouse: Warehouse) -> None:
    (first,) = publish(warehouse, rows(row(FIRST, "g1", "a", hour=5)), FIRST)
    (later,) = publish(warehouse, rows(row(FIRST, "g1", "a", hour=9)), FIRST)
    assert (later.changed, later.digest) == (False, first.digest)
    assert published(warehouse, FIRST) == [row(FIRST, "g1", "a", hour=5)]


@pytest.mark.parametrize(
    ("name", "value"),
    [("points", 11), ("points", None), ("is_home", False), ("reasons", ["late"]), ("share", 0.1)],
)
def test_any_other_value_is_a_change(warehouse: Warehouse, name: str, value: object) -> None:
    publish(warehouse, rows(row(FIRST, "g1", "a")), FIRST)
    corrected = {**row(FIRST, "g1", "a"), name: value}
    (change,) = publish(warehouse, rows(corrected), FIRST)
    assert change.changed
    assert published(warehouse, FIRST) == [corrected]


def test_rows_are_read_in_key_order_of_the_dates_asked_for(warehouse: Warehouse) -> None:
    given = [
        row(SECOND, "g3", "b"),
        row(FIRST, "g2", "a"),
        row(SECOND, "g3", "a"),
        row(FIRST, "g1", "z"),
        row(THIRD, "g4", "a"),
    ]
    publish(warehouse, rows(*given), FIRST, SECOND, THIRD)
    found = published(warehouse, SECOND, FIRST)
    assert [(r["game_id"], r["player_id"]) for r in found] == [
        ("g1", "z"),
        ("g2", "a"),
        ("g3", "a"),
        ("g3", "b"),
    ]


def test_a_date_that_is_not_published_reads_as_no_rows(warehouse: Warehouse) -> None:
    found = warehouse.read(POINTS, [FIRST])
    assert found.num_rows == 0
    assert found.schema.types == [c.arrow for c in POINTS.columns]
    assert warehouse.published_dates(POINTS, [FIRST]) == set()


def test_a_null_where_the_contract_knows_none_is_not_published(warehouse: Warehouse) -> None:
    broken = rows({**row(FIRST, "g1", "a"), "is_home": None})
    with pytest.raises(ValueError, match="is_home"):
        publish(warehouse, broken, FIRST)
    assert warehouse.published_dates(POINTS, [FIRST]) == set()


def test_held_rows_are_kept_apart_by_gate_and_cleared_when_nothing_is_held(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    def kept() -> dict[str, int]:
        folder = tmp_path / "quarantine/raw/points/game_date=2025-10-21"
        return {path.stem: len(pd.read_parquet(path)) for path in folder.glob("*")}

    one = pd.DataFrame({"game_id": ["g1"], "found": ["101 points, 100 on the board"]})
    warehouse.quarantine(POINTS, FIRST, {"points_reconcile": one, "line_ups": one})
    assert kept() == {"points_reconcile": 1, "line_ups": 1}
    warehouse.quarantine(POINTS, SECOND, {})
    warehouse.quarantine(POINTS, FIRST, {"line_ups": pd.concat([one, one])})
    assert kept() == {"line_ups": 2}
    warehouse.quarantine(POINTS, FIRST, {})
    assert kept() == {}
    assert published(warehouse, FIRST) == []


def query(folder: Path) -> Query:
    path = folder / "totals.sql"
    path.write_text(TOTALS_SQL)
    return Query(path)


def test_a_query_reads_what_is_published_of_its_dates(warehouse: Warehouse, tmp_path: Path) -> None:
    given = rows(
        row(FIRST, "g1", "a", 10),
        row(FIRST, "g1", "b", 20),
        row(SECOND, "g2", "a", 5),
        row(THIRD, "g3", "a", 7),
    )
    publish(warehouse, given, FIRST, SECOND, THIRD)
    staged = warehouse.stage_query(TOTALS, (FIRST, SECOND), query(tmp_path), "run")
    try:
        assert staged.rows.to_pylist() == [
            {"game_date": FIRST, "game_id": "g1", "points": 30},
            {"game_date": SECOND, "game_id": "g2", "points": 5},
        ]
        assert staged.rows.schema.types == [c.arrow for c in TOTALS.columns]
    finally:
        warehouse.discard(staged)


def test_a_query_sees_no_date_that_was_not_asked_for(warehouse: Warehouse, tmp_path: Path) -> None:
    days = (FIRST, SECOND, THIRD)
    publish(warehouse, rows(*(row(day, f"g{day}", "a") for day in days)), *days)
    staged = warehouse.stage_query(TOTALS, (FIRST, THIRD), query(tmp_path), "run")
    warehouse.discard(staged)
    assert staged.rows["game_date"].to_pylist() == [FIRST, THIRD]


def test_a_query_over_nothing_gives_no_rows_of_its_contract(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    staged = warehouse.stage_query(TOTALS, (FIRST,), query(tmp_path), "run")
    try:
        assert staged.rows.num_rows == 0
        assert staged.rows.schema.types == [c.arrow for c in TOTALS.columns]
    finally:
        warehouse.discard(staged)


def test_a_range_and_its_days_give_the_same_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    publish(warehouse, rows(row(FIRST, "g1", "a"), row(SECOND, "g2", "a")), FIRST, SECOND)
    found = []
    for days in ((FIRST, SECOND), (FIRST,), (SECOND,)):
        staged = warehouse.stage_query(TOTALS, days, query(tmp_path), "run")
        found.append(staged.rows.to_pylist())
        warehouse.discard(staged)
    assert found[0] == found[1] + found[2]


def test_publishers_of_different_dates_do_not_disturb_each_other(opening: Opening) -> None:
    days = [FIRST + timedelta(days=n) for n in range(8)]

    def work(day: date) -> list[Published]:
        return publish(opening(), rows(row(day, f"g{day}", "a")), day, run=f"run-{day}")

    for _ in range(3):
        with ThreadPoolExecutor(len(days)) as pool:
            assert all(pool.map(work, days))
    assert published(opening(), *days) == [row(day, f"g{day}", "a") for day in days]


def test_publishers_of_one_date_leave_one_whole_answer(opening: Opening) -> None:
    answers = [[row(FIRST, "g1", p, n) for p in "abc"] for n in range(6)]

    def work(n: int) -> None:
        publish(opening(), rows(*answers[n]), FIRST, run=f"run-{n}")
        assert published(opening(), FIRST) in answers

    with ThreadPoolExecutor(len(answers)) as pool:
        list(pool.map(work, range(len(answers))))
    assert published(opening(), FIRST) in answers
