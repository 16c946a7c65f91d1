import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.warehouse.duckdb import DuckDBWarehouse, UnreadableDateError, digest_of
from nba_assets.warehouse.sql import Query
from nba_assets_tests.warehouse.rows import FIRST, POINTS, SECOND, TABLES, TOTALS, row, rows

ROOT = Path(__file__).parents[2]
STAGE_AND_WAIT = """
import sys
from pathlib import Path
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets_tests.warehouse.rows import FIRST, POINTS, TABLES, row, rows
home = Path(sys.argv[1])
warehouse = DuckDBWarehouse(home, home, TABLES)
staged = warehouse.stage_rows(POINTS, (FIRST,), rows(row(FIRST, "g", "p")), "other-run")
print("staged", flush=True)
sys.stdin.read()
"""
PUBLISH = """
import sys
from datetime import date
from pathlib import Path
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets_tests.warehouse.rows import POINTS, TABLES, row, rows
home, day = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
warehouse = DuckDBWarehouse(home, home, TABLES)
print("ready", flush=True)
sys.stdin.readline()
for n in range(20):
    staged = warehouse.stage_rows(POINTS, (day,), rows(row(day, "g", "p", n)), f"run-{day}-{n}")
    warehouse.publish(staged, day, staged.rows)
    warehouse.discard(staged)
"""


def start(script: str, *arguments: object) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline()
    return process


def finish(process: "subprocess.Popen[bytes]") -> int:
    assert process.stdin
    process.communicate(b"\n", timeout=60)
    return process.returncode


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(tmp_path, tmp_path / "quarantine", TABLES)


@pytest.fixture
def other_run(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that has staged and not yet published."""
    with start(STAGE_AND_WAIT, tmp_path) as process:
        yield process
        process.kill()


def publish(warehouse: DuckDBWarehouse, given: pa.Table, day: date = FIRST) -> Path:
    staged = warehouse.stage_rows(POINTS, (day,), given, "run")
    warehouse.publish(staged, day, staged.rows)
    warehouse.discard(staged)
    return warehouse.path(POINTS, day)


def staging(warehouse: DuckDBWarehouse) -> list[str]:
    return sorted(path.name for path in (warehouse.root / ".staging").iterdir())


def test_a_date_is_one_file_where_readers_look_for_it(warehouse: DuckDBWarehouse) -> None:
    path = publish(warehouse, rows(row(FIRST, "g", "p")))
    assert path == warehouse.root / "raw/points/game_date=2025-10-21/part-0.parquet"
    assert [p.name for p in path.parent.iterdir()] == ["part-0.parquet"]


def test_equal_rows_and_later_captures_change_no_byte(warehouse: DuckDBWarehouse) -> None:
    path = publish(warehouse, rows(row(FIRST, "g", "a"), row(FIRST, "g", "b")))
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
    publish(warehouse, rows(row(FIRST, "g", "b"), row(FIRST, "g", "a")))
    publish(warehouse, rows(row(FIRST, "g", "a", hour=9), row(FIRST, "g", "b", hour=9)))
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before


def test_the_same_rows_make_the_same_bytes_in_another_home(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    other = DuckDBWarehouse(tmp_path / "other", tmp_path, TABLES)
    given = [row(FIRST, "g", p) for p in "abc"]
    one, two = publish(warehouse, rows(*given)), publish(other, rows(*reversed(given)))
    assert one.read_bytes() == two.read_bytes()


def test_anything_that_reads_parquet_reads_what_is_published(warehouse: DuckDBWarehouse) -> None:
    path = publish(warehouse, rows(row(FIRST, "g1", "a"), row(FIRST, "g1", "b", None)))
    publish(warehouse, rows(row(SECOND, "g2", "a")), SECOND)
    expected = [row(FIRST, "g1", "a"), row(FIRST, "g1", "b", None)]
    assert pq.ParquetFile(path).read().to_pylist() == expected
    frame = pd.read_parquet(path)
    assert frame["player_id"].tolist() == ["a", "b"]
    assert list(frame.columns) == list(POINTS.column_names)
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT game_date, player_id, points FROM read_parquet(?) ORDER BY ALL",
            [f"{warehouse.root}/raw/points/*/*.parquet"],
        ).fetchall()
    assert found == [(FIRST, "a", 10), (FIRST, "b", None), (SECOND, "a", 10)]


def test_an_empty_date_is_a_file_of_columns_alone(warehouse: DuckDBWarehouse) -> None:
    path = publish(warehouse, rows())
    publish(warehouse, rows(row(SECOND, "g2", "a")), SECOND)
    assert pq.read_schema(path).names == list(POINTS.column_names)
    assert pd.read_parquet(path).empty
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT COUNT(*), MIN(game_date) FROM read_parquet(?)",
            [f"{warehouse.root}/raw/points/*/*.parquet"],
        ).fetchall()
    assert found == [(1, SECOND)]


def test_what_is_staged_no_pattern_of_a_reader_finds(warehouse: DuckDBWarehouse) -> None:
    staged = warehouse.stage_rows(POINTS, (FIRST,), rows(row(FIRST, "g", "p")), "run")
    assert (staged.folder / "rows.parquet").exists()
    assert list(warehouse.root.glob("*/*/*/*.parquet")) == []
    assert list(warehouse.root.glob("raw/**/*.parquet")) == []
    warehouse.discard(staged)
    assert staging(warehouse) == []


def test_the_staging_of_a_killed_run_is_removed_by_the_next(
    warehouse: DuckDBWarehouse, other_run: "subprocess.Popen[bytes]"
) -> None:
    assert staging(warehouse) == ["other-run.raw.points", "other-run.raw.points.lock"]
    other_run.kill()
    other_run.wait()
    staged = warehouse.stage_rows(POINTS, (FIRST,), rows(), "run")
    assert staging(warehouse) == ["run.raw.points", "run.raw.points.lock"]
    warehouse.discard(staged)
    assert warehouse.published_dates(POINTS, [FIRST]) == set()


def test_the_staging_of_a_live_run_is_left_alone(
    warehouse: DuckDBWarehouse, other_run: "subprocess.Popen[bytes]"
) -> None:
    warehouse.discard(warehouse.stage_rows(POINTS, (FIRST,), rows(), "run"))
    assert staging(warehouse) == ["other-run.raw.points", "other-run.raw.points.lock"]
    assert finish(other_run) == 0


def test_a_lock_that_is_let_go_meanwhile_is_no_matter(warehouse: DuckDBWarehouse) -> None:
    warehouse.discard(warehouse.stage_rows(POINTS, (FIRST,), rows(), "run"))
    # Listed, and gone when it is opened: as the lock of a run that ends in between.
    gone = warehouse.root / ".staging" / "gone.raw.points.lock"
    gone.symlink_to(gone.with_name("nowhere"))
    warehouse.discard(warehouse.stage_rows(POINTS, (FIRST,), rows(), "run"))
    assert staging(warehouse) == [gone.name]


def test_processes_that_publish_different_dates_all_land(warehouse: DuckDBWarehouse) -> None:
    days = [FIRST, SECOND]
    processes = [start(PUBLISH, warehouse.root, day) for day in days]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert [finish(process) for process in processes] == [0, 0]
    assert warehouse.read(POINTS, days).to_pylist() == [row(day, "g", "p", 19) for day in days]
    assert staging(warehouse) == []
    assert list(warehouse.root.rglob("*.partial")) == []


def test_a_whole_number_sum_is_int64_and_any_other_difference_is_left_for_the_gate(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    publish(warehouse, rows(row(FIRST, "g1", "a", 3)))
    path = tmp_path / "totals.sql"
    path.write_text(
        "SELECT SUM(points) AS points, game_id, game_date, MAX(share) AS extra FROM raw.points"
        " WHERE game_date = @start_date GROUP BY game_date, game_id"
    )
    staged = warehouse.stage_query(TOTALS, (FIRST,), Query(path), "run")
    warehouse.discard(staged)
    assert staged.rows.column_names == ["game_date", "game_id", "points", "extra"]
    assert staged.rows.schema.field("points").type == pa.int64()


def test_a_query_says_dates_of_instants_in_utc_on_any_machine(
    warehouse: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    publish(warehouse, rows(row(FIRST, "g1", "a", hour=23)))
    path = tmp_path / "totals.sql"
    path.write_text(
        "SELECT CAST(observed_at AS DATE) AS game_date, game_id, points FROM raw.points"
        " WHERE game_date = @start_date"
    )
    staged = warehouse.stage_query(TOTALS, (FIRST,), Query(path), "run")
    warehouse.discard(staged)
    assert staged.rows["game_date"].to_pylist() == [date(2025, 10, 24)]


ROWS = st.lists(
    st.builds(
        lambda game, player, points, reasons, hour: {
            **row(FIRST, game, player, points, hour),
            "reasons": reasons,
        },
        st.sampled_from(["g1", "g2", ""]),
        st.text(max_size=3),
        st.none() | st.integers(-5, 5),
        st.lists(st.sampled_from(["late", "a,b", '"'])),
        st.integers(0, 23),
    ),
    unique_by=lambda r: (r["game_id"], r["player_id"]),
    max_size=6,
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    home = tmp_path_factory.mktemp("stage")
    return DuckDBWarehouse(home, home, TABLES)


def staged_digest(stage: DuckDBWarehouse, given: list[dict[str, object]]) -> str:
    staged = stage.stage_rows(POINTS, (FIRST,), rows(*given), "run")
    stage.discard(staged)
    return digest_of(staged.rows)


@given(data=st.data(), found=ROWS)
def test_a_digest_depends_on_no_order_and_no_lineage(
    stage: DuckDBWarehouse, data: st.DataObject, found: list[dict[str, object]]
) -> None:
    moved = data.draw(st.permutations(found))
    later = [{**r, "landing_path": "elsewhere", "observed_at": None} for r in moved]
    assert staged_digest(stage, later) == staged_digest(stage, found)


def test_the_instant_of_a_series_is_part_of_its_digest() -> None:
    early, late = rows(row(FIRST, "g", "p", hour=5)), rows(row(FIRST, "g", "p", hour=9))
    assert digest_of(early, POINTS.key) == digest_of(late, POINTS.key)
    series = (*POINTS.key, "observed_at")
    assert digest_of(early, series) != digest_of(late, series)


@pytest.mark.parametrize("kept", [0, 3, 8, -1, -8, -12])
def test_a_file_that_was_cut_anywhere_is_not_published(
    warehouse: DuckDBWarehouse, kept: int
) -> None:
    path = publish(warehouse, rows(row(FIRST, "g", "p")))
    assert warehouse.published_dates(POINTS, [FIRST, SECOND]) == {FIRST}
    path.write_bytes(path.read_bytes()[:kept])
    assert warehouse.published_dates(POINTS, [FIRST, SECOND]) == set()


@given(one=ROWS, other=ROWS)
def test_equal_digests_are_equal_rows(
    one: list[dict[str, object]], other: list[dict[str, object]]
) -> None:
    def said(found: list[dict[str, object]]) -> list[dict[str, object]]:
        return [
            {k: v for k, v in r.items() if k not in ("landing_path", "observed_at")} for r in found
        ]

    assert (digest_of(rows(*one)) == digest_of(rows(*other))) == (said(one) == said(other))


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_any_two_different_numbers_have_different_digests(one: float, other: float) -> None:
    digests = [digest_of(rows({**row(FIRST, "g", "p"), "share": n})) for n in (one, other)]
    assert (digests[0] == digests[1]) == (repr(one) == repr(other))


def test_a_damaged_file_is_named_where_it_is_read(warehouse: DuckDBWarehouse) -> None:
    path = publish(warehouse, rows(row(FIRST, "g", "p")))
    path.write_bytes(b"no Parquet")
    with pytest.raises(UnreadableDateError) as refused:
        warehouse.read(POINTS, [FIRST, SECOND])
    for word in (POINTS.name, str(FIRST), str(path), f"materialize raw/points again for {FIRST}"):
        assert word in str(refused.value)
    assert warehouse.published_dates(POINTS, [FIRST, SECOND]) == set()


@pytest.mark.parametrize("days", [(FIRST,), (FIRST, SECOND)], ids=["day", "range"])
def test_a_damaged_file_is_replaced_by_the_next_run_of_its_date(
    warehouse: DuckDBWarehouse, days: tuple[date, ...]
) -> None:
    given = rows(*(row(day, "g", "p") for day in days))
    whole = publish(warehouse, rows(row(FIRST, "g", "p"))).read_bytes()
    path = warehouse.path(POINTS, FIRST)
    path.write_bytes(whole[:-9])
    staged = warehouse.stage_rows(POINTS, days, given, "run")
    found = warehouse.publish(staged, FIRST, staged.rows.slice(0, 1))
    warehouse.discard(staged)
    assert found.changed
    assert path.read_bytes() == whole


def test_held_rows_that_another_run_cleared_meanwhile_are_no_matter(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = pd.DataFrame({"game_id": ["g1"]})
    warehouse.quarantine(POINTS, FIRST, {"line_ups": held})
    listed = list(warehouse.quarantine_root.rglob("*.parquet"))
    warehouse.quarantine(POINTS, FIRST, {})
    monkeypatch.setattr(Path, "glob", lambda *_: listed)
    warehouse.quarantine(POINTS, FIRST, {})
    assert listed
    assert not any(path.exists() for path in listed)


def test_a_date_of_another_process_and_one_of_ours_are_read_together(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    other = DuckDBWarehouse(tmp_path, tmp_path / "quarantine", TABLES)
    for one, day in ((other, FIRST), (warehouse, SECOND)):
        staged = one.stage_rows(POINTS, (day,), rows(row(day, "g", "p")), "run")
        one.publish(staged, day, staged.rows)
        one.discard(staged)
    assert warehouse.read(POINTS, [FIRST, SECOND]).equals(other.read(POINTS, [FIRST, SECOND]))


def test_a_date_that_another_process_replaced_is_read_anew(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    other = DuckDBWarehouse(tmp_path, tmp_path / "quarantine", TABLES)
    for one, points in ((warehouse, 1), (other, 2)):
        staged = one.stage_rows(POINTS, (FIRST,), rows(row(FIRST, "g", "p", points)), "run")
        one.publish(staged, FIRST, staged.rows)
        one.discard(staged)
    assert warehouse.read(POINTS, [FIRST])["points"].to_pylist() == [2]
