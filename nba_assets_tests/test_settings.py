import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nba_assets.settings import Settings, SettingsError, claim, world_of

WINTER = date(2026, 1, 15)


def load(folder: Path, **given: str) -> Settings:
    return Settings.load(
        {f"NBA_ASSETS_{name.upper()}": value for name, value in given.items()},
        folder=folder,
        today=WINTER,
    )


def refusal(folder: Path, **given: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load(folder, **given)
    return str(refused.value)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NBA_ASSETS_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


def test_live_is_the_current_season_and_open_ended(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found == Settings(
        home=tmp_path / ".nba_assets",
        dagster_home=tmp_path / ".nba_assets" / "dagster",
        source="live",
        landing_url=tmp_path / ".nba_assets" / "landing",
        first_date=date(2025, 10, 21),
        last_date=None,
    )
    assert (found.warehouse, found.as_of, found.synthetic) == ("duckdb", None, False)


def test_in_summer_the_current_season_is_the_last_one(tmp_path: Path) -> None:
    found = Settings.load({}, folder=tmp_path, today=date(2025, 8, 1))
    assert found.first_date == date(2024, 10, 22)


def test_replay_has_the_same_window_and_its_archives(tmp_path: Path) -> None:
    found = load(tmp_path, source="replay", replay_roots=os.pathsep.join(["a", "/b", ""]))
    assert found.replay_roots == (tmp_path / "a", Path("/b"))
    assert (found.first_date, found.last_date) == (date(2025, 10, 21), None)
    assert not found.synthetic


def test_the_sandbox_is_its_own_season_from_end_to_end(tmp_path: Path) -> None:
    found = load(tmp_path, source="sandbox")
    assert (found.first_date, found.last_date) == (date(2025, 10, 21), date(2026, 6, 30))
    assert (found.sandbox_seed, found.sandbox_url, found.synthetic) == (7, None, True)


def test_every_setting_is_read(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        home="here",
        source="sandbox",
        replay_roots="a",
        as_of="2026-02-07T01:00-05:00",
        warehouse="duckdb",
        landing_url="elsewhere",
        first_date="2025-11-01",
        last_date="2025-11-02",
        sandbox_seed="11",
        sandbox_url="http://127.0.0.1:1",
    )
    assert found == Settings(
        home=tmp_path / "here",
        dagster_home=tmp_path / "here" / "dagster",
        source="sandbox",
        replay_roots=(tmp_path / "a",),
        as_of=datetime(2026, 2, 7, 6, tzinfo=UTC),
        landing_url=tmp_path / "elsewhere",
        first_date=date(2025, 11, 1),
        last_date=date(2025, 11, 2),
        sandbox_seed=11,
        sandbox_url="http://127.0.0.1:1",
    )
    assert found.as_of
    assert found.as_of.tzinfo is UTC


def test_a_blank_setting_is_not_set(tmp_path: Path) -> None:
    assert load(tmp_path, source=" ", first_date="", home="") == load(tmp_path)


def test_the_landing_zone_follows_the_home(tmp_path: Path) -> None:
    assert load(tmp_path, home="/data").landing_url == Path("/data/landing")


@pytest.mark.parametrize(
    ("given", "place"),
    [("/srv/dagster", "/srv/dagster"), ("log", "log"), (" ", ".nba_assets/dagster")],
)
def test_dagsters_own_home_is_read_from_its_own_variable(
    tmp_path: Path, given: str, place: str
) -> None:
    found = Settings.load({"DAGSTER_HOME": given}, folder=tmp_path, today=WINTER)
    assert found.dagster_home == tmp_path / place


def test_dagsters_own_home_has_one_name_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load(tmp_path, dagster_home="/elsewhere") == load(tmp_path)
    assert "NBA_ASSETS_DAGSTER_HOME is no setting" in caplog.text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"source": "espn"}, ("NBA_ASSETS_SOURCE=espn", "'sandbox', 'replay' or 'live'")),
        ({"warehouse": "oracle"}, ("NBA_ASSETS_WAREHOUSE=oracle", "'duckdb'")),
        ({"warehouse": "bigquery"}, ("NBA_ASSETS_WAREHOUSE=bigquery", "use duckdb")),
        ({"landing_url": "gs://b/p"}, ("NBA_ASSETS_LANDING_URL=gs://b/p", "only local folders")),
        ({"first_date": "24.10.2023"}, ("NBA_ASSETS_FIRST_DATE=24.10.2023", "valid date")),
        ({"last_date": "tonight"}, ("NBA_ASSETS_LAST_DATE=tonight", "valid date")),
        ({"as_of": "2026-02-07T06:00"}, ("NBA_ASSETS_AS_OF=2026-02-07", "2026-02-07T06:00Z")),
        ({"as_of": "noon"}, ("NBA_ASSETS_AS_OF=noon", "valid datetime")),
        ({"sandbox_seed": "seven"}, ("NBA_ASSETS_SANDBOX_SEED=seven", "valid integer")),
        ({"source": "replay"}, ("source replay", "set NBA_ASSETS_REPLAY_ROOTS")),
        (
            {"sandbox_limits": "cdn.nba.org=2"},
            ("NBA_ASSETS_SANDBOX_LIMITS", "no such host: cdn.nba.org"),
        ),
        ({"sandbox_limits": "cdn.nba.com=0"}, ("NBA_ASSETS_SANDBOX_LIMITS", "more than none")),
        (
            {"first_date": "2025-11-02", "last_date": "2025-11-01"},
            ("NBA_ASSETS_LAST_DATE 2025-11-01", "before NBA_ASSETS_FIRST_DATE 2025-11-02"),
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_write(
    tmp_path: Path, given: dict[str, str], named: tuple[str, str]
) -> None:
    found = refusal(tmp_path, **given)
    assert named[0] in found
    assert named[1] in found


def test_every_setting_that_cannot_be_used_is_named_at_once(tmp_path: Path) -> None:
    found = refusal(tmp_path, source="espn", sandbox_seed="seven")
    assert len(found.splitlines()) == 2


@pytest.mark.usefixtures("bare")
def test_a_dotenv_beside_the_project_is_read_and_the_process_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "NBA_ASSETS_SOURCE=sandbox\nNBA_ASSETS_SANDBOX_SEED=11\nOTHER=1\nNBA_ASSETS_EMPTY\n"
        "DAGSTER_HOME=log\n"
    )
    assert Settings.load(folder=tmp_path).sandbox_seed == 11
    assert Settings.load(folder=tmp_path).dagster_home == tmp_path / "log"
    monkeypatch.chdir(tmp_path)
    assert Settings.load().source == "sandbox"
    monkeypatch.setenv("NBA_ASSETS_SANDBOX_SEED", "12")
    assert Settings.load(folder=tmp_path).sandbox_seed == 12


def test_given_variables_stand_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NBA_ASSETS_SOURCE=sandbox\n")
    assert load(tmp_path).source == "live"


def test_a_home_begun_by_the_sandbox_stays_a_sandbox(tmp_path: Path) -> None:
    fresh = Settings.load({}, folder=tmp_path, default_source="sandbox")
    assert fresh.source == "sandbox"
    claim(tmp_path / ".nba_assets", "sandbox")
    assert load(tmp_path).source == "sandbox"
    assert load(tmp_path, source="live").source == "live"
    assert load(tmp_path, home="other").source == "live"


def test_a_home_begun_by_real_games_is_not_made_a_sandbox_by_default(tmp_path: Path) -> None:
    claim(tmp_path / ".nba_assets", "replay")
    assert load(tmp_path).source == "live"


def test_a_home_holds_one_world(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    assert world_of(home) is None
    claim(home, "sandbox")
    assert world_of(home) == "sandbox"
    claim(home, "sandbox")
    with pytest.raises(SettingsError, match=r"holds sandbox games and NBA_ASSETS_SOURCE=live"):
        claim(home, "live")
    with pytest.raises(SettingsError, match="set NBA_ASSETS_HOME to another folder"):
        claim(home, "replay")
    assert world_of(home) == "sandbox"


def test_replay_and_live_are_one_world(tmp_path: Path) -> None:
    claim(tmp_path, "replay")
    claim(tmp_path, "live")
    assert world_of(tmp_path) == "real"
    with pytest.raises(SettingsError, match="holds real games"):
        claim(tmp_path, "sandbox")


def test_a_marker_that_was_never_written_to_the_end_begins_nothing(tmp_path: Path) -> None:
    (tmp_path / "WORLD").write_text("")
    assert world_of(tmp_path) is None
    claim(tmp_path, "live")
    assert world_of(tmp_path) == "real"


def test_a_marker_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        claim(tmp_path, "live")
    assert not (tmp_path / "WORLD").exists()


def test_a_home_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/home cannot be written to .* another folder"):
        claim(tmp_path / "file" / "home", "sandbox")


def test_homes_of_one_machine_can_share_what_is_known_of_hosts(tmp_path: Path) -> None:
    given = {"NBA_ASSETS_SOURCE": "live"}
    own = Settings.load({**given, "NBA_ASSETS_HOME": "one"}, folder=tmp_path)
    assert own.hosts == tmp_path / "one" / "hosts"
    shared = {**given, "NBA_ASSETS_HOST_STATE": "hosts"}
    homes = [Settings.load({**shared, "NBA_ASSETS_HOME": n}, folder=tmp_path) for n in "ab"]
    assert {home.hosts for home in homes} == {tmp_path / "hosts"}
