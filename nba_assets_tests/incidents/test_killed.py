"""A process that dies in the middle of a write leaves nothing half-written that anybody can read."""

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents import interrupted, rewriting
from nba_assets_tests.incidents.findings import Findings, assert_same, findings, of_dates, sandboxed
from nba_assets_tests.incidents.rewriting import DAY, PUBLISHED, TALLY, version, warehouse_in
from nba_assets_tests.platform import SPINE, SPINE_TABLES

pytestmark = pytest.mark.nights

REPOSITORY = Path(__file__).parents[2]
FIRST, LAST = date(2025, 10, 21), date(2025, 10, 22)
SELECT = ("--select", ",".join(SPINE))
BACKFILL = ("backfill", "--from", str(FIRST), "--to", str(LAST), *SELECT)

# Where the process dies, one after another in one home; each gets further than the one before.
POINTS = (
    ("half", "landing/cdn.nba.com/static/json/staticData"),
    ("whole", "landing/cdn.nba.com/static/json/liveData/boxscore/boxscore_0022500005.json"),
    ("whole", f"warehouse/raw/player_box_scores/game_date={FIRST}"),
    ("half", f"warehouse/raw/team_box_scores/game_date={LAST}"),
    ("half", f"warehouse/analytics/team_offense_game_summary/game_date={FIRST}"),
)


def environment(home: Path, server: SandboxServer) -> dict[str, str]:
    """Of a process of its own over the sandbox that runs here."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_SOURCE": "sandbox",
        "NBA_ASSETS_SANDBOX_URL": server.url,
    }


def kill_at(home: Path, server: SandboxServer, moment: str, part: str) -> None:
    """Start a backfill, and kill it where it stands still."""
    script = Path(interrupted.__file__)
    with subprocess.Popen(
        [sys.executable, str(script), moment, part, *BACKFILL],
        cwd=home,
        env=environment(home, server),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            stood_still = any(interrupted.STOPPED in line for line in process.stdout)
        finally:
            process.kill()
    assert stood_still, f"the backfill never wrote {part}"


def unreadable(home: Path) -> list[str]:
    """Files that a reader finds and cannot read to the end."""
    found = []
    for path in sorted((home / "warehouse").glob("*/*/*/*.parquet")):
        try:
            pq.ParquetFile(path).read()
        except (OSError, ValueError):
            found.append(str(path))
    for path in sorted((home / "landing").rglob("*.gz")):
        try:
            json.loads(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, ValueError):
            found.append(str(path))
    return found


def leftovers(home: Path) -> list[str]:
    """What only a process at work may have: halves of files, and staged rows."""
    staging = home / "warehouse" / ".staging"
    return sorted(
        str(path.relative_to(home))
        for path in (*home.rglob("*.partial"), *(staging.glob("*") if staging.exists() else ()))
    )


@dataclass(frozen=True)
class Wreck:
    """What a killed backfill left behind."""

    unreadable: list[str]
    leftovers: list[str]
    runs: dict[str, dg.DagsterRunStatus]
    states: set[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def wrecks(server: SandboxServer, home: Path) -> list[Wreck]:
    """One home in which a backfill is killed again and again."""
    found = []
    for moment, part in POINTS:
        kill_at(home, server, moment, part)
        with sandboxed(home, server) as wreck:
            states = {cell.state for cell in wreck.status(FIRST, LAST).values()}
        found.append(Wreck(unreadable(home), leftovers(home), runs_of(home), states))
    return found


@pytest.fixture(scope="module")
def repaired(server: SandboxServer, home: Path, wrecks: list[Wreck]) -> Findings:
    """The same home after a backfill that nobody killed."""
    subprocess.run(
        [sys.executable, "-m", "nba_assets.cli", *BACKFILL],
        cwd=home,
        env=environment(home, server),
        check=True,
        capture_output=True,
    )
    with sandboxed(home, server) as found:
        return findings(found, [], FIRST, LAST)


def runs_of(home: Path) -> dict[str, dg.DagsterRunStatus]:
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        return {run.run_id: run.status for run in instance.get_runs()}


def test_nothing_half_written_is_ever_readable(wrecks: list[Wreck]) -> None:
    assert [wreck.unreadable for wreck in wrecks] == [[]] * len(POINTS)


def test_what_a_killed_run_left_undone_is_never_shown_as_done(wrecks: list[Wreck]) -> None:
    done = {"published", "answered", "missing", "failed", "running"}
    for wreck in wrecks:
        assert wreck.states <= done
        assert wreck.states & {"missing", "failed", "running"}


def test_each_process_died_in_the_middle_of_its_work(wrecks: list[Wreck]) -> None:
    halves = [[left for left in wreck.leftovers if left.endswith(".partial")] for wreck in wrecks]
    for (moment, part), found in zip(POINTS, halves, strict=True):
        if moment == "half":
            assert any(part in path for path in found)
    assert any(".staging/" in left for left in wrecks[-1].leftovers)


def test_a_run_that_died_with_its_process_is_closed_by_the_next(
    wrecks: list[Wreck], repaired: Findings, home: Path
) -> None:
    open_runs = [
        {run for run, status in wreck.runs.items() if status is dg.DagsterRunStatus.STARTED}
        for wreck in wrecks
    ]
    assert [len(each) for each in open_runs] == [1] * len(POINTS)
    assert len(set().union(*open_runs)) == len(POINTS)
    statuses = runs_of(home)
    assert {statuses[run] for each in open_runs for run in each} == {dg.DagsterRunStatus.FAILURE}
    assert dg.DagsterRunStatus.STARTED not in statuses.values()
    assert list((home / "dagster").glob(".*.lock")) == []


def test_the_next_run_leaves_no_trace_of_a_killed_one(repaired: Findings, home: Path) -> None:
    assert leftovers(home) == []
    assert unreadable(home) == []


def test_the_next_run_repairs_what_a_killed_one_left_undone(
    undisturbed: Findings, repaired: Findings
) -> None:
    assert repaired.digests == of_dates(undisturbed.digests, FIRST, LAST)
    for table in SPINE_TABLES:
        rows = undisturbed.rows[table]
        assert_same(
            repaired.rows[table], rows[(rows["game_date"] >= FIRST) & (rows["game_date"] <= LAST)]
        )
    assert {cell.state for cell in repaired.cells.values()} == {"published", "answered"}


def test_a_reader_beside_a_writer_sees_one_version_whole_and_so_does_one_after_its_death(
    tmp_path: Path,
) -> None:
    warehouse = warehouse_in(tmp_path)
    seen = set()
    with subprocess.Popen(
        [sys.executable, str(Path(rewriting.__file__)), str(tmp_path)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            assert process.stdout.readline().strip() == PUBLISHED
            for number in range(5000):
                (only,) = set(warehouse.read(TALLY, [DAY])["version"].to_pylist())
                seen.add(only)
                if number >= 100 and len(seen) == 2:
                    break
        finally:
            process.kill()
    assert seen == {"old", "new"}
    rows = warehouse.read(TALLY, [DAY])
    (left,) = set(rows["version"].to_pylist())
    assert rows.num_rows == version(left).num_rows
    staged = warehouse.stage_rows(TALLY, [DAY], version(left), "next")
    assert not warehouse.publish(staged, DAY, staged.rows).changed
    warehouse.discard(staged)
    assert leftovers(tmp_path) == []


def test_half_a_file_goes_with_the_next_run_even_where_nothing_changed(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    staged = warehouse.stage_rows(TALLY, [DAY], version("old"), "first")
    assert warehouse.publish(staged, DAY, staged.rows).changed
    path = warehouse.path(TALLY, DAY)
    half = path.with_name(f".{path.name}.1.partial")
    half.write_bytes(path.read_bytes()[:100])
    assert not warehouse.publish(staged, DAY, staged.rows).changed
    warehouse.discard(staged)
    assert leftovers(tmp_path) == []
