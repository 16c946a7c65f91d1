import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nba_assets.warehouse.file_cache import PER_COLUMN, FileCache, version_of
from nba_assets.warehouse.files import write_whole

SCHEMA = pa.schema([("points", pa.int64()), ("player_id", pa.string())])
PLAYERS = pa.schema([SCHEMA.field("player_id")])
POINTS = pa.schema([SCHEMA.field("points")])
LARGE = 2**20


def rows(*points: int) -> pa.Table:
    return pa.table({"points": points, "player_id": [f"p{n}" for n in points]}, schema=SCHEMA)


def write(path: Path, table: pa.Table) -> os.stat_result:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return write_whole(path, sink.getvalue().to_pybytes())


def spoil_unseen(path: Path) -> None:
    """Make the file unreadable and leave its version as it was: whoever still has rows, had them in memory."""
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert version_of(path.stat()) == version_of(status)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "part-0.parquet"
    write(path, rows(10, 20))
    return path


def test_what_was_read_is_not_opened_again(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.read(path, SCHEMA)
    spoil_unseen(path)
    assert cache.read(path, SCHEMA).equals(rows(10, 20))
    assert cache.read(path, PLAYERS).equals(rows(10, 20).select(["player_id"]))


def test_columns_that_were_not_read_yet_are_read_beside_those_that_were(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.read(path, PLAYERS)
    assert cache.read(path, SCHEMA).equals(rows(10, 20))
    spoil_unseen(path)
    assert cache.read(path, SCHEMA).equals(rows(10, 20))


def test_a_replaced_file_is_read_anew(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.read(path, SCHEMA)
    write(path, rows(30, 40))
    assert cache.read(path, POINTS)["points"].to_pylist() == [30, 40]
    assert cache.read(path, SCHEMA).equals(rows(30, 40))


@pytest.mark.parametrize("after", [rows(30, 40), rows(30)])
def test_a_file_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new(
    path: Path, after: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FileCache(LARGE)
    cache.read(path, PLAYERS)
    opened = pq.ParquetFile

    def replaced_first(*arguments: object, **options: object) -> pq.ParquetFile:
        write(path, after)
        return opened(*arguments, **options)

    monkeypatch.setattr(pq, "ParquetFile", replaced_first)
    assert cache.read(path, SCHEMA).equals(rows(10, 20))
    monkeypatch.undo()
    assert cache.read(path, SCHEMA).equals(after)


def test_who_asks_for_no_column_spoils_nothing(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.read(path, pa.schema([]))
    assert cache.read(path, SCHEMA).equals(rows(10, 20))


def test_a_file_larger_than_all_that_may_be_remembered_drives_nothing_out(tmp_path: Path) -> None:
    small, large = tmp_path / "small.parquet", tmp_path / "large.parquet"
    write(small, rows(1))
    write(large, rows(*range(1000)))
    cache = FileCache(3 * PER_COLUMN)
    cache.read(small, SCHEMA)
    cache.read(large, SCHEMA)
    spoil_unseen(small)
    assert cache.read(small, SCHEMA).equals(rows(1))


def test_a_file_that_is_gone_is_not_remembered(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.read(path, SCHEMA)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        cache.read(path, SCHEMA)


def test_what_was_written_need_not_be_read(path: Path) -> None:
    cache = FileCache(LARGE)
    cache.keep(path, version_of(write(path, rows(30))), rows(30))
    spoil_unseen(path)
    assert cache.read(path, SCHEMA).equals(rows(30))


def test_rows_of_a_write_that_another_replaced_are_not_taken_for_its(path: Path) -> None:
    cache = FileCache(LARGE)
    ours = version_of(write(path, rows(30)))
    write(path, rows(40))
    cache.keep(path, ours, rows(30))
    assert cache.read(path, SCHEMA).equals(rows(40))


def test_what_was_used_longest_ago_is_forgotten_first(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for path in paths:
        write(path, rows(1, 2))
    cache = FileCache(2 * (pq.read_table(paths[0]).nbytes + 2 * PER_COLUMN))
    for path in (paths[0], paths[1], paths[0], paths[2]):
        cache.read(path, SCHEMA)
    for path in paths:
        spoil_unseen(path)
    assert cache.read(paths[0], SCHEMA).equals(rows(1, 2))
    assert cache.read(paths[2], SCHEMA).equals(rows(1, 2))
    with pytest.raises(pa.ArrowInvalid):
        cache.read(paths[1], SCHEMA)


def test_more_than_may_be_remembered_is_read_all_the_same(path: Path) -> None:
    cache = FileCache(1)
    assert cache.read(path, SCHEMA).equals(rows(10, 20))
    spoil_unseen(path)
    with pytest.raises(pa.ArrowInvalid):
        cache.read(path, SCHEMA)
