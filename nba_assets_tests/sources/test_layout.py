import hashlib
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.sources.layout import LONGEST_COMPONENT, STAMP, captures_in, url_folder

STATS = "https://stats.nba.com/stats"


def test_a_url_without_a_query_is_its_host_and_path() -> None:
    url = "https://cdn.nba.com/static/json/liveData/boxscore/boxscore_0022300061.json"
    assert url_folder(url) == Path(
        "cdn.nba.com/static/json/liveData/boxscore/boxscore_0022300061.json"
    )


def test_a_query_is_one_more_level_sorted_and_encoded() -> None:
    found = url_folder(
        f"{STATS}/leaguegamelog",
        {
            "Sorter": "DATE",
            "SeasonType": "Regular Season",
            "DateFrom": "10/24/2023",
            "Counter": "1000",
        },
    )
    assert found == Path(
        "stats.nba.com/stats/leaguegamelog",
        "Counter=1000&DateFrom=10%2F24%2F2023&SeasonType=Regular+Season&Sorter=DATE",
    )


def test_a_query_in_the_url_and_one_beside_it_are_the_same() -> None:
    apart = url_folder(f"{STATS}/scheduleleaguev2", {"LeagueID": "00", "Season": "2023-24"})
    assert url_folder(f"{STATS}/scheduleleaguev2?Season=2023-24&LeagueID=00") == apart
    assert url_folder(f"{STATS}/scheduleleaguev2?Season=2023-24", {"LeagueID": "00"}) == apart


def test_secrets_and_empty_values_leave_no_trace() -> None:
    url = "https://api.the-odds-api.com/v4/sports/basketball_nba/events"
    params = {"apiKey": "s3cret", "token": "s3cret", "Authorization": "s3cret", "regions": ""}
    assert url_folder(url, params) == url_folder(url)
    assert url_folder(f"{url}?api_key=s3cret&dateFormat=iso", params).name == "dateFormat=iso"


def test_a_long_level_is_cut_and_carries_the_digest_of_the_whole() -> None:
    whole = "q=" + "x" * 300
    name = url_folder(f"{STATS}/a", {"q": "x" * 300}).name
    assert name == f"{whole[:200]}~{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
    assert url_folder(f"{STATS}/a", {"q": "x" * 299 + "y"}).name != name


def test_a_level_of_240_bytes_is_whole_and_one_of_241_is_cut() -> None:
    assert url_folder(f"{STATS}/a", {"q": "x" * 238}).name == "q=" + "x" * 238
    assert "~" in url_folder(f"{STATS}/a", {"q": "x" * 239}).name


@given(st.text(st.characters(exclude_characters="/?#\\", exclude_categories=["C"]), max_size=400))
def test_no_level_is_longer_than_a_file_system_takes(segment: str) -> None:
    for level in url_folder(f"https://host/{segment}", {"q": segment}).parts:
        assert len(level.encode()) <= LONGEST_COMPONENT


@given(st.sets(st.integers(0, 3_000_000_000), max_size=20))
def test_captures_are_read_as_they_were_stamped_oldest_first(seconds: set[int]) -> None:
    instants = [datetime.fromtimestamp(s, UTC) for s in seconds]
    with TemporaryDirectory() as folder:
        for instant in instants:
            Path(folder, f"{instant.strftime(STAMP)}.json.gz").touch()
        assert [c.observed_at for c in captures_in(Path(folder))] == sorted(instants)


def test_what_is_no_capture_is_not_read(tmp_path: Path) -> None:
    for name in (
        "20251022T053000Z.json.gz",
        "20251021T053000Z.html.gz",
        ".20251023T053000Z.json.gz.abc.partial",
        ".hidden.gz",
        "README.md",
    ):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "Season=2023-24").mkdir()
    found = captures_in(tmp_path)
    assert [c.path.name for c in found] == ["20251021T053000Z.html.gz", "20251022T053000Z.json.gz"]
    assert found[1].observed_at == datetime(2025, 10, 22, 5, 30, tzinfo=UTC)


def test_a_foreign_file_is_passed_over_and_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("20251022T053000Z.json.gz", "backup.json.gz", "20251399T053000Z.json.gz"):
        (tmp_path / name).write_bytes(b"")
    for _ in range(3):
        assert [c.path.name for c in captures_in(tmp_path)] == ["20251022T053000Z.json.gz"]
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    for name in ("backup.json.gz", "20251399T053000Z.json.gz"):
        assert str(tmp_path / name) in caplog.text


def test_a_folder_that_is_not_there_has_no_captures(tmp_path: Path) -> None:
    assert captures_in(tmp_path / "nowhere") == []
    (tmp_path / "file").write_text("")
    assert captures_in(tmp_path / "file") == []
