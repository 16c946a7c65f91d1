import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_assets.sources.answer import Answer, Request
from nba_assets.sources.replay import ReplayAdapter
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.provider import TestClock

REQUEST = Request(
    "https://stats.nba.com/stats/log", {"Season": "2023-24", "Type": "Regular Season"}
)
FOLDER = "stats.nba.com/stats/log/Season=2023-24&Type=Regular+Season"
NOON = datetime(2023, 10, 25, 12, tzinfo=UTC)


def capture(root: Path, hour: int, body: bytes) -> None:
    path = root / FOLDER / f"20231025T{hour:02d}0000Z.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body))


def ask(as_of: datetime, *roots: Path, request: Request = REQUEST) -> Answer:
    adapter = ReplayAdapter(roots)
    clock = TestClock()
    transport = Transport(
        lambda session: session.mount("https://", adapter), clock=clock, paced=False
    )
    answer = transport.get(request, as_of, tries=1)
    assert clock.sleeps == []
    return answer


def test_the_newest_capture_up_to_the_instant_answers(tmp_path: Path) -> None:
    for hour in (6, 12, 14):
        capture(tmp_path, hour, b'{"hour": %d}' % hour)
    found = ask(NOON, tmp_path)
    assert (found.outcome, found.body, found.observed_at) == ("body", b'{"hour": 12}', NOON)
    assert ask(NOON - timedelta(seconds=1), tmp_path).body == b'{"hour": 6}'
    assert ask(NOON + timedelta(days=1), tmp_path).body == b'{"hour": 14}'


def test_what_the_archive_lacks_at_the_instant_is_a_final_answer(tmp_path: Path) -> None:
    capture(tmp_path, 14, b"{}")
    early = ask(NOON, tmp_path)
    assert (early.outcome, early.attempts, early.is_final) == ("not_in_archive", 1, True)
    other = ask(NOON, tmp_path, request=Request("https://stats.nba.com/stats/log"))
    assert other.outcome == "not_in_archive"


def test_a_later_root_lies_over_an_earlier_one(tmp_path: Path) -> None:
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    capture(lower, 6, b'{"root": "lower"}')
    capture(lower, 11, b'{"root": "lower, later"}')
    capture(upper, 6, b'{"root": "upper"}')
    assert ask(NOON - timedelta(hours=5), lower, upper).body == b'{"root": "upper"}'
    assert ask(NOON - timedelta(hours=5), upper, lower).body == b'{"root": "lower"}'
    assert ask(NOON, lower, upper).body == b'{"root": "lower, later"}'


def test_a_missing_root_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"NBA_ASSETS_REPLAY_ROOTS: no folder .*nowhere"):
        ReplayAdapter([tmp_path, tmp_path / "nowhere"])


def test_an_archive_with_half_a_body_says_so(tmp_path: Path) -> None:
    capture(tmp_path, 6, b'{"hour": ')
    assert ask(NOON, tmp_path).outcome == "not_whole"
