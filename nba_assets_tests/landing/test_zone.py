import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_assets.landing.zone import DamagedFileError, LandingZone
from nba_assets.sources.answer import Answer, Request

REQUEST = Request("https://stats.nba.com/stats/log", {"Season": "2023-24", "apiKey": "s3cret"})
FOLDER = "stats.nba.com/stats/log/Season=2023-24"
AT = datetime(2023, 10, 25, 13, tzinfo=UTC)
SECOND = timedelta(seconds=1)

LAND = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from nba_assets.landing.zone import LandingZone
from nba_assets.sources.answer import Request
zone, at = LandingZone(Path(sys.argv[1]), Path(sys.argv[1])), datetime(2023, 10, 25, 13, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
for n in range(40):
    request = Request(f"https://stats.nba.com/stats/log/{n}")
    print(zone.keep(request, at, f"{sys.argv[2]} {n}".encode()))
"""


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    return LandingZone(tmp_path / "landing", tmp_path / "quarantine" / "landing")


def bodies(zone: LandingZone, until: datetime | None = None) -> list[bytes]:
    return [zone.body(capture) for capture in zone.captures(REQUEST, until)]


def test_a_body_lands_verbatim_where_the_layout_says(zone: LandingZone) -> None:
    path = zone.keep(REQUEST, AT, b'{ "a" : 1 }\n')
    assert path == zone.root / FOLDER / "20231025T130000Z.json.gz"
    assert gzip.decompress(path.read_bytes()) == b'{ "a" : 1 }\n'


def test_the_same_body_of_the_same_instant_is_landed_once(zone: LandingZone) -> None:
    first = zone.keep(REQUEST, AT, b"{}")
    before = first.stat()
    assert zone.keep(REQUEST, AT, b"{}") == first
    assert LandingZone(zone.root, zone.root).keep(REQUEST, AT, b"{}") == first
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert bodies(zone) == [b"{}"]


def test_one_body_has_one_form_on_disk(zone: LandingZone, tmp_path: Path) -> None:
    other = LandingZone(tmp_path / "other", tmp_path / "other")
    one = zone.keep(REQUEST, AT, b'{"a": 1}')
    assert other.keep(REQUEST, AT, b'{"a": 1}').read_bytes() == one.read_bytes()
    no_time_of_packing = bytes(4)
    assert one.read_bytes()[4:8] == no_time_of_packing


def test_two_bodies_of_one_instant_are_a_second_apart_and_both_stay(zone: LandingZone) -> None:
    paths = [zone.keep(REQUEST, AT, body) for body in (b"1", b"2", b"3")]
    assert [p.name for p in paths] == [f"20231025T13000{n}Z.json.gz" for n in range(3)]
    assert bodies(zone) == [b"3", b"2", b"1"]
    reopened = LandingZone(zone.root, zone.root)
    assert reopened.keep(REQUEST, AT, b"2") == paths[1]
    assert reopened.keep(REQUEST, AT, b"1") == paths[0]
    assert len(bodies(zone)) == 3


def test_a_later_capture_is_another_file(zone: LandingZone) -> None:
    zone.keep(REQUEST, AT, b"{}")
    zone.keep(REQUEST, AT + 60 * SECOND, b"{}")
    assert len(bodies(zone)) == 2


def test_captures_are_read_up_to_an_instant_newest_first(zone: LandingZone) -> None:
    for n in range(3):
        zone.keep(REQUEST, AT + n * SECOND, b"%d" % n)
    assert bodies(zone) == [b"2", b"1", b"0"]
    assert bodies(zone, AT + SECOND) == [b"1", b"0"]
    assert bodies(zone, AT - SECOND) == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"half": ', "20231025T130000Z.json.gz"),
        (b"\n <html>blocked</html>", "20231025T130000Z.html.gz"),
    ],
)
def test_what_is_no_body_is_kept_apart_and_never_read(
    zone: LandingZone, tmp_path: Path, body: bytes, name: str
) -> None:
    path = zone.keep_apart(Answer(REQUEST, "wrong_kind", AT, "200 with half a page", 200, body))
    assert path == tmp_path / "quarantine/landing" / FOLDER / name
    assert gzip.decompress(path.read_bytes()) == body
    assert bodies(zone) == []
    assert zone.evidence(REQUEST, AT) == [(Path(FOLDER) / name, "wrong_kind: 200 with half a page")]
    facts = json.loads(path.with_name(f"{name}.request.json").read_text())
    assert (facts["status"], facts["attempts"], facts["request"]) == (200, 1, str(REQUEST))
    assert zone.evidence(REQUEST, AT - SECOND) == []


def test_a_damaged_file_is_named_and_the_good_body_lands_beside_it(zone: LandingZone) -> None:
    path = zone.keep(REQUEST, AT, b'{"games": [1, 2, 3]}')
    path.write_bytes(path.read_bytes()[:12])
    fresh = LandingZone(zone.root, zone.root.parent / "quarantine")
    (damaged,) = fresh.captures(REQUEST, None)
    with pytest.raises(DamagedFileError, match="damaged"):
        fresh.body(damaged)
    again = fresh.keep(REQUEST, AT, b'{"games": [1, 2, 3]}')
    assert again != path
    assert fresh.body(fresh.captures(REQUEST, None)[0]) == b'{"games": [1, 2, 3]}'


def test_no_secret_is_written_to_a_path(zone: LandingZone) -> None:
    zone.keep(REQUEST, AT, b"{}")
    assert not [path for path in zone.root.rglob("*") if "s3cret" in str(path)]


def test_nothing_but_whole_bodies_is_left_behind(zone: LandingZone) -> None:
    orphan = zone.root / FOLDER / ".20231025T130000Z.json.gz.0.partial"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"half")
    assert bodies(zone) == []
    zone.keep(REQUEST, AT, b"{}")
    assert [p.name for p in (zone.root / FOLDER).iterdir()] == ["20231025T130000Z.json.gz"]


def test_processes_that_land_in_one_second_overwrite_nothing(zone: LandingZone) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", LAND, str(zone.root), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    landed = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    for name, paths in zip(("one", "two"), landed, strict=True):
        found = [gzip.decompress(Path(path).read_bytes()).decode() for path in paths]
        assert found == [f"{name} {n}" for n in range(40)]


@pytest.mark.parametrize(
    ("theirs", "name"), [(b"theirs", "20231025T130001Z"), (b"ours", "20231025T130000Z")]
)
def test_whoever_lands_in_the_instant_between_look_and_write_keeps_the_name(
    zone: LandingZone, monkeypatch: pytest.MonkeyPatch, theirs: bytes, name: str
) -> None:
    compress = gzip.compress

    def compress_while_another_lands(body: bytes, compresslevel: int, *, mtime: float) -> bytes:
        monkeypatch.setattr(gzip, "compress", compress)
        LandingZone(zone.root, zone.root).keep(REQUEST, AT, theirs)
        return compress(body, compresslevel, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", compress_while_another_lands)
    assert zone.keep(REQUEST, AT, b"ours").name == f"{name}.json.gz"
    assert set(bodies(zone)) == {theirs, b"ours"}
