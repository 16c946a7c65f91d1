import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_assets.sources.pace import Pace
from nba_assets.sources.policy import POLICIES, HostPolicy

HOST = "cdn.nba.com"
NOW = datetime(2026, 1, 15, 17, tzinfo=UTC)
POLICY = HostPolicy(
    requests_per_second=0.5, breaker_failures=3, breaker_cool_down=900.0, daily_budget=None
)
SECOND = timedelta(seconds=1)
COOL_DOWN = timedelta(seconds=900)

RESERVE = """
import sys
from datetime import datetime
from pathlib import Path
from nba_assets.sources.pace import Pace
from nba_assets.sources.policy import HostPolicy
pace, now = Pace(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    print(pace.turn("cdn.nba.com", HostPolicy(0.5), now).at.isoformat())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hosts"


def broken(folder: Path | None, at: datetime = NOW) -> Pace:
    """A pace whose host has just failed once too often."""
    pace = Pace(folder)
    for _ in range(POLICY.breaker_failures):
        pace.failed(HOST, POLICY, pace.turn(HOST, POLICY, at), at, "500: it broke")
    return pace


def test_processes_at_one_time_never_get_the_same_turn(folder: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RESERVE, str(folder), NOW.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    turns = [
        datetime.fromisoformat(line)
        for process in processes
        for line in process.communicate()[0].split()
    ]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(turns) == [NOW + 2 * n * SECOND for n in range(100)]


def test_the_file_of_a_host_holds_instants_in_utc(folder: Path) -> None:
    broken(folder)
    state = json.loads((folder / f"{HOST}.json").read_text())
    assert state["next_call"] == "2026-01-15T17:00:06Z"
    assert state["stopped_until"] == "2026-01-15T17:15:00Z"
    assert (state["failures"], state["requests"], state["day"]) == (3, 3, "2026-01-15")


@pytest.mark.parametrize(
    "damaged",
    ["", "\n", "{", "[]", '{"failures": -1}', '{"next_call": "2026-01-15T17:00:06"}', "\xff"],
)
def test_a_damaged_state_is_a_fresh_one(folder: Path, damaged: str) -> None:
    folder.mkdir()
    (folder / f"{HOST}.json").write_text(damaged, encoding="latin-1")
    pace = Pace(folder)
    assert pace.turn(HOST, POLICY, NOW) == (NOW, "", False)
    assert pace.turn(HOST, POLICY, NOW).at == NOW + 2 * SECOND


def test_what_a_killed_writer_left_behind_its_line_is_not_read(folder: Path) -> None:
    broken(folder)
    with (folder / f"{HOST}.json").open("a") as file:
        file.write('"}')
    assert "500: it broke" in Pace(folder).turn(HOST, POLICY, NOW).refusal
    Pace(folder).stop(HOST, NOW + COOL_DOWN, "403")
    assert json.loads((folder / f"{HOST}.json").read_text())["stop_reason"] == "403"


def test_hosts_do_not_share_a_state(folder: Path) -> None:
    assert broken(folder).turn("stats.nba.com", POLICY, NOW) == (NOW, "", False)


def test_a_breaker_opens_at_its_count_and_says_until_when(folder: Path) -> None:
    pace = Pace(folder)
    for expected in (False, False, True):
        turn = pace.turn(HOST, POLICY, NOW)
        assert not turn.refusal
        assert pace.failed(HOST, POLICY, turn, NOW, "500: it broke") is expected
    refusal = Pace(folder).turn(HOST, POLICY, NOW + COOL_DOWN - SECOND).refusal
    assert refusal == (
        "cdn.nba.com is not asked again before 2026-01-15 17:15Z:"
        " 3 failures in a row, the last: 500: it broke"
    )


def test_failures_that_are_not_in_a_row_open_nothing(folder: Path) -> None:
    pace = Pace(folder)
    for _ in range(4):
        for _ in range(POLICY.breaker_failures - 1):
            turn = pace.turn(HOST, POLICY, NOW)
            assert not pace.failed(HOST, POLICY, turn, NOW, "500")
        pace.served(HOST, turn)


@pytest.mark.parametrize("shared", [True, False], ids=["of-the-machine", "of-the-process"])
def test_one_probe_is_let_through_after_the_cool_down(folder: Path, shared: bool) -> None:
    pace = broken(folder if shared else None)
    later = NOW + COOL_DOWN
    probe = pace.turn(HOST, POLICY, later)
    assert probe == (later, "", True)
    assert pace.turn(HOST, POLICY, later).refusal
    pace.served(HOST, probe)
    assert pace.turn(HOST, POLICY, later) == (later + 2 * SECOND, "", False)


def test_a_probe_that_fails_stops_the_host_again(folder: Path) -> None:
    pace = broken(folder)
    later = NOW + COOL_DOWN
    assert pace.failed(HOST, POLICY, pace.turn(HOST, POLICY, later), later, "502: again")
    assert "502: again" in pace.turn(HOST, POLICY, later + COOL_DOWN - SECOND).refusal
    assert pace.turn(HOST, POLICY, later + COOL_DOWN).is_probe


def test_a_probe_that_fails_after_a_stop_stops_the_host_again_at_once(folder: Path) -> None:
    pace = Pace(folder)
    pace.stop(HOST, NOW + COOL_DOWN, "403")
    later = NOW + COOL_DOWN
    assert pace.failed(HOST, POLICY, pace.turn(HOST, POLICY, later), later, "502")


def test_a_probe_whose_process_died_is_followed_by_another(folder: Path) -> None:
    broken(folder).turn(HOST, POLICY, NOW + COOL_DOWN)
    longest = timedelta(seconds=POLICY.timeout + POLICY.deadline)
    assert Pace(folder).turn(HOST, POLICY, NOW + COOL_DOWN + longest - SECOND).refusal
    assert Pace(folder).turn(HOST, POLICY, NOW + COOL_DOWN + longest).is_probe


def test_a_probe_that_is_told_to_wait_is_followed_by_another(folder: Path) -> None:
    pace = broken(folder)
    later = NOW + COOL_DOWN
    probe = pace.turn(HOST, POLICY, later)
    pace.wait(HOST, probe, later, later + 5 * SECOND, "429")
    assert pace.turn(HOST, POLICY, later) == (later + 5 * SECOND, "", True)


def test_a_late_success_opens_nothing_and_a_late_failure_shortens_nothing(folder: Path) -> None:
    pace = Pace(folder)
    first, second = pace.turn(HOST, POLICY, NOW), pace.turn(HOST, POLICY, NOW)
    pace.stop(HOST, NOW + timedelta(days=1), "403: blocked")
    pace.served(HOST, first)
    for _ in range(POLICY.breaker_failures):
        pace.failed(HOST, POLICY, second, NOW, "500")
    refusal = pace.turn(HOST, POLICY, NOW + timedelta(hours=23)).refusal
    assert "403: blocked" in refusal


def test_a_turn_does_not_outlive_what_another_call_was_told(folder: Path) -> None:
    pace = Pace(folder)
    first, second = pace.turn(HOST, POLICY, NOW), pace.turn(HOST, POLICY, NOW)
    assert pace.still_holds(HOST, second)
    pace.wait(HOST, first, NOW, NOW + 60 * SECOND, "429")
    assert not pace.still_holds(HOST, second)
    assert pace.turn(HOST, POLICY, NOW).at == NOW + 60 * SECOND
    third = pace.turn(HOST, POLICY, NOW)
    assert pace.still_holds(HOST, third)
    pace.stop(HOST, NOW + COOL_DOWN, "403")
    assert not pace.still_holds(HOST, third)


def test_a_daily_budget_is_of_the_utc_day_and_of_all_processes(folder: Path) -> None:
    policy = HostPolicy(requests_per_second=1000.0, daily_budget=3)
    for _ in range(3):
        assert not Pace(folder).turn(HOST, policy, NOW).refusal
    last = datetime(2026, 1, 15, 23, 59, 59, tzinfo=UTC)
    assert Pace(folder).turn(HOST, policy, last).refusal == (
        "cdn.nba.com is not asked again before 2026-01-16 00:00Z:"
        " daily budget of 3 requests is used up"
    )
    for _ in range(3):
        assert not Pace(folder).turn(HOST, policy, last + SECOND).refusal
    assert Pace(folder).turn(HOST, policy, last + SECOND).refusal


def test_the_hosts_have_the_budgets_and_breakers_of_their_providers() -> None:
    cdn, stats = POLICIES["cdn.nba.com"], POLICIES["stats.nba.com"]
    assert (cdn.daily_budget, cdn.breaker_failures, cdn.breaker_cool_down) == (600, 5, 900)
    assert (cdn.stops_on, cdn.cool_down) == (frozenset({403}), 24 * 3600)
    assert (stats.daily_budget, stats.breaker_failures) == (400, 3)
    assert (stats.stops_on, stats.breaker_cool_down) == (frozenset(), 6 * 3600)
