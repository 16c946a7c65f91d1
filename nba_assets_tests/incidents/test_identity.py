"""A name that nobody knows: kept with its body, counted, named, and brought back by an alias."""

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nba_assets.cli import main
from nba_assets.definitions import build_desk
from nba_assets.raw.unresolved import GATE, UnresolvedName, unresolved_names_in
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.forgery import UNKNOWN_PLAYER
from nba_assets.sources.espn import TeamRoster
from nba_assets.sources.feeds.espn import ESPN_ROSTERS
from nba_assets_tests.gates.verdicts import Said, verdicts
from nba_assets_tests.platform import Platform, platform

DAY = date(2025, 11, 6)
NEMO = " ".join(UNKNOWN_PLAYER)
FEEDS = ("nba_schedule", "nba_players", "nba_rosters", "espn_rosters")
ASSETS = (*(f"landing/{feed}" for feed in FEEDS), "raw/schedule", "raw/players", "raw/rosters")
BACKFILL = f"backfill --from {DAY} --to {DAY} --select {','.join(ASSETS)}"


def call(home: Platform, words: str) -> Result:
    """`nba-assets …` in this process."""
    env = {
        "NBA_ASSETS_HOME": str(home.settings.home),
        "NBA_ASSETS_SOURCE": "sandbox",
        "DAGSTER_HOME": None,
    }
    return CliRunner().invoke(main, shlex.split(words), env=env)


def verdict(home: Platform) -> Said:
    """What the check says of the date."""
    return verdicts(home.instance, home.run(["raw/rosters"], DAY))["raw/rosters", GATE, DAY]


def kept(home: Platform) -> list[UnresolvedName]:
    return unresolved_names_in(home.settings.home / "quarantine")


def first_men(home: Platform) -> dict[str, str]:
    """The first athlete of each roster that ESPN answered with, by team."""
    desk, found = build_desk(home.settings), {}
    for subject in desk.subjects(ESPN_ROSTERS, DAY)[0]:
        payload = desk.read(ESPN_ROSTERS, subject, "slate").payload
        assert isinstance(payload, TeamRoster)
        found[payload.team.abbreviation] = payload.team.athletes[0].displayName
    return found


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("healthy")) as home:
        assert call(home, BACKFILL).exit_code == 0
        yield home


@pytest.fixture
def stranded(tmp_path: Path) -> Iterator[Platform]:
    """NBA.com has no rosters, and in one of ESPN's a man bears a name that nobody knows."""
    with platform(tmp_path) as home:
        book = FaultBook.load(tmp_path / "sandbox" / "faults.json")
        book.add(Fault(kind="missing", feed="nba_rosters"))
        book.add(Fault(kind="unknown_player", feed="espn_rosters", times=1))
        call(home, BACKFILL)
        yield home


def test_where_every_name_is_known_nothing_is_listed(healthy: Platform) -> None:
    result = call(healthy, "unresolved")
    assert (result.exit_code, result.output) == (0, "Every name is resolved.\n")
    assert verdict(healthy).passed


def test_an_unknown_name_is_quarantined_with_its_body_and_counted(stranded: Platform) -> None:
    said = verdict(stranded)
    assert (said.passed, said.effect, said.offenders) == (False, "quarantines", 1)
    (team,) = (team for team, name in first_men(stranded).items() if name == NEMO)
    (one,) = kept(stranded)
    assert (one.name, one.teams, one.table, one.dates, one.count) == (
        NEMO, team, "raw.rosters", (DAY,), 1,
    )  # fmt: skip
    body = stranded.settings.landing_url / one.landing_path
    assert body.is_file()
    assert "site.api.espn.com" in one.landing_path
    rows = stranded.read("raw.rosters", DAY)
    assert NEMO not in set(rows["player_name"])
    assert (rows["team"] == team).sum() >= 8


def test_the_command_says_who_why_and_how_to_bring_him_back(stranded: Platform) -> None:
    result = call(stranded, "unresolved")
    assert result.exit_code == 1
    (one,) = kept(stranded)
    for words in (NEMO, one.teams, "raw.rosters", one.landing_path, "is called 'Nemo Nescio'"):
        assert words in result.output
    assert str(stranded.settings.home / "aliases.csv") in result.output
    assert f"nba-assets backfill --from {DAY} --to {DAY} --select raw/rosters\n" in result.output


def test_an_alias_brings_him_back_and_empties_the_quarantine(
    healthy: Platform, stranded: Platform
) -> None:
    (one,) = kept(stranded)
    before = stranded.read("raw.rosters", DAY)
    truth = healthy.read("raw.rosters", DAY)
    ours = set(before.loc[before["team"] == one.teams, "player_id"])
    (lost,) = set(truth.loc[truth["team"] == one.teams, "player_id"]) - ours
    (real_name,) = truth.loc[truth["player_id"] == lost, "player_name"]
    aliases = stranded.settings.home / "aliases.csv"
    aliases.write_text(f"alias,name,note\n{NEMO},{real_name},as ESPN has him\n")
    result = call(stranded, one.replay.removeprefix("nba-assets "))
    assert result.exit_code == 0, result.output
    after = stranded.read("raw.rosters", DAY)
    assert set(after["player_id"]) == set(truth["player_id"])
    assert after.loc[after["player_id"] == lost, "player_name"].tolist() == [NEMO]
    assert kept(stranded) == []
    assert call(stranded, "unresolved").output == "Every name is resolved.\n"
    assert verdict(stranded).passed


def test_an_alias_that_cannot_be_used_is_named_with_its_line(stranded: Platform) -> None:
    aliases = stranded.settings.home / "aliases.csv"
    aliases.write_text(f"alias,name,note\n{NEMO}\n")
    (one,) = kept(stranded)
    result = call(stranded, one.replay.removeprefix("nba-assets "))
    assert result.exit_code == 1
    assert f"{aliases} line 2" in result.output


def test_names_are_listed_over_tables_and_dates(tmp_path: Path) -> None:
    for table, day, columns in (
        ("player_prop_lines", "2025-11-05", {"game_id": "20251105_BOS_NYK"}),
        ("player_prop_lines", "2025-11-07", {"game_id": "20251107_BOS_NYK"}),
        ("injuries", "2025-11-05", {"game_id": "20251105_BOS_NYK", "team": "NYK"}),
    ):
        folder = tmp_path / "raw" / table / f"game_date={day}"
        folder.mkdir(parents=True)
        row = {"player_name": NEMO, "landing_path": f"body-of-{day}", "quarantine_reason": "why"}
        pd.DataFrame([row | columns]).to_parquet(folder / f"{GATE}.parquet")
    first, last = date(2025, 11, 5), date(2025, 11, 7)
    assert unresolved_names_in(tmp_path) == [
        UnresolvedName(NEMO, "NYK", "raw.injuries", (first,), 1, "why", "body-of-2025-11-05"),
        UnresolvedName(
            NEMO, "BOS, NYK", "raw.player_prop_lines", (first, last), 2, "why", "body-of-2025-11-07"
        ),
    ]
    assert unresolved_names_in(tmp_path)[1].replay == (
        "nba-assets backfill --from 2025-11-05 --to 2025-11-07 --select raw/player_prop_lines"
    )
