import fcntl
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from nba_assets.warehouse.files import PARTIAL, write_new, write_whole

HOLD = """
import fcntl, sys
with open(sys.argv[1], "wb") as handle:
    handle.write(b"half")
    handle.flush()
    fcntl.flock(handle, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a" / "b" / "body.json.gz"


@pytest.fixture
def partial(target: Path) -> Path:
    target.parent.mkdir(parents=True)
    return target.with_name(f".{target.name}.4711{PARTIAL}")


@pytest.fixture
def writer(partial: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process in the middle of writing the same path."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(partial)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_file_is_written_with_its_folders_and_nothing_beside_it(target: Path) -> None:
    write_whole(target, b"one")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_a_file_is_replaced_and_never_written_over(target: Path) -> None:
    write_whole(target, b"one")
    with target.open("rb") as reader:
        write_whole(target, b"two, and longer")
        assert reader.read() == b"one"


def test_a_new_file_takes_a_name_that_is_free_and_no_other(target: Path) -> None:
    write_new(target, b"one")
    with pytest.raises(FileExistsError):
        write_new(target, b"two")
    assert target.read_bytes() == b"one"
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_of_writers_of_one_new_name_one_succeeds(target: Path) -> None:
    start = threading.Barrier(4)
    succeeded: list[bytes] = []

    def write(body: bytes) -> None:
        start.wait()
        with suppress(FileExistsError):
            write_new(target, body)
            succeeded.append(body)

    threads = [threading.Thread(target=write, args=(bytes([n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert succeeded == [target.read_bytes()]
    assert [p.name for p in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("write", [write_whole, write_new])
def test_body_and_name_are_on_disk_when_the_write_returns(
    target: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None]
) -> None:
    synced: list[tuple[str, bool]] = []
    fsync = os.fsync

    def recorded(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        synced.append((kind, target.exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", recorded)
    write(target, b"whole")
    assert synced == [("file", False), ("folder", True)]


def test_what_a_dead_writer_left_is_removed(target: Path, partial: Path) -> None:
    partial.write_bytes(b"half")
    write_whole(target, b"whole")
    assert not partial.exists()


def test_what_a_killed_process_left_is_removed(
    target: Path, partial: Path, writer: "subprocess.Popen[bytes]"
) -> None:
    writer.kill()
    writer.wait()
    assert partial.read_bytes() == b"half"
    write_whole(target, b"whole")
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_what_a_live_process_writes_is_left_alone(
    target: Path, partial: Path, writer: "subprocess.Popen[bytes]"
) -> None:
    write_whole(target, b"whole")
    assert partial.read_bytes() == b"half"
    assert target.read_bytes() == b"whole"


def test_what_this_process_writes_elsewhere_is_left_alone(target: Path, partial: Path) -> None:
    with partial.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        write_whole(target, b"whole")
        assert partial.exists()
    write_whole(target, b"whole")
    assert not partial.exists()


def test_a_partial_that_is_finished_meanwhile_is_no_matter(target: Path, partial: Path) -> None:
    # Listed, and gone when it is opened: as that of a writer who ends in between.
    partial.symlink_to(partial.with_name("nowhere"))
    write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"


def test_partials_of_other_files_are_left_alone(target: Path, partial: Path) -> None:
    other = partial.with_name(f".other.json.gz.4711{PARTIAL}")
    other.write_bytes(b"half")
    write_whole(target, b"whole")
    assert other.exists()


def test_writers_of_one_path_never_share_a_file(target: Path) -> None:
    bodies = [bytes([n]) * 200_000 for n in range(1, 5)]
    torn: list[str] = []
    start = threading.Barrier(len(bodies))

    def write(body: bytes) -> None:
        start.wait()
        for _ in range(15):
            try:
                write_whole(target, body)
            except OSError as error:
                torn.append(repr(error))
            found = target.read_bytes()
            if found not in bodies:
                torn.append(f"{len(found)} bytes of {sorted(set(found))}")

    threads = [threading.Thread(target=write, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert torn == []
    assert [p.name for p in target.parent.iterdir()] == [target.name]
