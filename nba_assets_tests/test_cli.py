import json
import os
import re
import signal
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from dagster._core.test_utils import create_run_for_test

from nba_assets.automation.backfill import BACKFILL_TAG, sole_owner
from nba_assets.cli import main
from nba_assets.definitions import TABLES
from nba_assets.partitions import week_of
from nba_assets.sandbox.faults import FaultBook
from nba_assets.settings import SettingsError, claim, world_of
from nba_assets.sources.feeds import FEEDS

DAY, NEXT = "2025-10-21", "2025-10-23"
MONDAY = "2025-10-20"  # of their week
GAME = "0022500001"  # of DAY
PLAYERS = "raw/player_box_scores"
NIGHTLY = [feed for feed in FEEDS if not feed.on_demand]
DATED = [n for n, table in TABLES.items() if not table.is_undated and not table.is_weekly]
WEEKLY = [name for name, table in TABLES.items() if table.is_weekly]
WEEKLY_ASSETS = {name.replace(".", "/") for name in WEEKLY}
ROOMS = ["landing", "raw", "analytics", "precompute", "predictions", "grading"]
UNDATED = [name for name, table in TABLES.items() if table.is_undated]
# All that a night's box scores can be had from.
SOURCES = ("nba_boxscore", "nba_game_log", "espn_summary", "bdl_box_scores")
SUMMARIES = tuple(
    f"analytics/{name}_game_summary" for name in ("team_offense", "team_defense", "player")
)
SPINE = ",".join(("raw/team_box_scores", *SUMMARIES))
_OURS = (
    "SOURCE", "REPLAY_ROOTS", "AS_OF", "WAREHOUSE", "LANDING_URL", "FIRST_DATE", "LAST_DATE",
    "SANDBOX_SEED", "SANDBOX_URL", "SANDBOX_LIMITS",
)  # fmt: skip


def ask(home: Path, *words: str, source: str | None = "sandbox", **environment: str) -> Result:
    """`nba-assets …` in this process, in an environment that knows nothing but the home."""
    given: dict[str, str | None] = {f"NBA_ASSETS_{name}": None for name in _OURS}
    given |= {"NBA_ASSETS_HOME": str(home), "NBA_ASSETS_SOURCE": source, "DAGSTER_HOME": None}
    return CliRunner().invoke(main, words, env=given | environment)


def backfill(
    home: Path,
    first: str,
    last: str,
    *words: str,
    source: str | None = "sandbox",
    **environment: str,
) -> Result:
    """`nba-assets backfill`."""
    span = ("--from", first, "--to", last)
    return ask(home, "backfill", *span, *words, source=source, **environment)


def cells(home: Path, *words: str) -> list[dict[str, Any]]:
    """What `status --json` says."""
    found = ask(home, "status", "--json", *words)
    assert found.exit_code == 0, found.output
    return [json.loads(line) for line in found.output.splitlines()]


def states(home: Path, day: str) -> dict[str, str]:
    return {cell["asset"]: cell["state"] for cell in cells(home, "--from", day, "--to", day)}


def refused(result: Result, *words: str) -> None:
    """An error in words, no traceback."""
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    text = " ".join(result.output.split())
    for word in words:
        assert word in text


@pytest.fixture(scope="module")
def backfilled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A home in which one date was backfilled, and what was said of it."""
    found = tmp_path_factory.mktemp("home")
    result = backfill(found, DAY, DAY)
    assert result.exit_code == 0, result.output
    return found, result


@pytest.fixture
def home(backfilled: tuple[Path, Result]) -> Path:
    """The home in which one date was backfilled."""
    return backfilled[0]


def test_a_date_is_backfilled_layer_by_layer(backfilled: tuple[Path, Result]) -> None:
    home, result = backfilled
    layers = [line.split(": ")[0] for line in result.output.splitlines()[:-1]]
    assert layers == sorted(layers, key=ROOMS.index)
    assert layers.count("landing") == 1
    optional = sum(feed.is_optional for feed in NIGHTLY)
    assert result.output.splitlines()[0] == (
        f"landing: {len(NIGHTLY)} assets: {len(NIGHTLY) - optional} answered, {optional} skipped"
    )
    assert result.output.splitlines()[-2].startswith(
        "grading: performance_summary, reliability: 2 "
    )
    assert result.output.splitlines()[-1].startswith(f"{DAY} … {DAY}, 1 dates in season, ")
    for table in UNDATED:
        part = home / "warehouse" / table.replace(".", "/") / "part-0.parquet"
        assert part.is_file()
    for table in DATED:
        part = home / "warehouse" / table.replace(".", "/") / f"game_date={DAY}"
        assert [path.name for path in part.iterdir()] == ["part-0.parquet"]
    for table in WEEKLY:
        part = home / "warehouse" / table.replace(".", "/")
        assert [path.name for path in part.iterdir()] == [
            f"game_date={week_of(date.fromisoformat(DAY))}"
        ]
    assert world_of(home) == "sandbox"


def test_only_the_selected_assets_are_made(tmp_path: Path) -> None:
    result = backfill(tmp_path, DAY, DAY, "--select", "landing/nba_schedule,raw/schedule")
    assert result.exit_code == 0, result.output
    assert [line.split(":")[0] for line in result.output.splitlines()[:-1]] == ["landing", "raw"]
    made = {name for name, state in states(tmp_path, DAY).items() if state != "missing"}
    assert made == {"landing/nba_schedule", "raw/schedule"}


def test_dates_whose_input_is_missing_are_told_and_end_with_1(tmp_path: Path) -> None:
    result = backfill(tmp_path, DAY, NEXT, "--select", PLAYERS)
    assert result.exit_code == 1
    assert "raw: player_box_scores: nothing to do" in result.output
    (told,) = re.findall(
        rf"{PLAYERS} left out for {DAY} … {NEXT}: (.*) not published", result.output
    )
    assert {"landing/nba_boxscore", "landing/espn_summary", "raw/schedule"} <= set(told.split(", "))


@pytest.mark.parametrize("command", ["backfill", "status"])
@pytest.mark.parametrize("select", ["raw/shedule", "group:nope", "((("])
def test_words_that_name_no_asset_are_an_error_in_words(
    tmp_path: Path, command: str, select: str
) -> None:
    words = ["--from", DAY, "--to", DAY, "--select", select]
    refused(ask(tmp_path, command, *words), f"--select {select}: ")
    assert world_of(tmp_path) is None


@pytest.mark.parametrize("command", ["backfill", "status"])
def test_a_range_that_ends_before_it_begins_is_refused(tmp_path: Path, command: str) -> None:
    found = ask(tmp_path, command, "--from", NEXT, "--to", DAY)
    refused(found, f"--to {DAY} is before --from {NEXT}")


@pytest.mark.parametrize("command", ["backfill", "status"])
@pytest.mark.parametrize(("first", "last"), [("2025-10-20", DAY), ("2026-06-29", "2026-07-01")])
def test_a_range_beyond_the_window_names_the_settings(
    tmp_path: Path, command: str, first: str, last: str
) -> None:
    refused(
        ask(tmp_path, command, "--from", first, "--to", last),
        f"{first} … {last} reaches beyond the partition window 2025-10-21 … 2026-06-30",
        "set NBA_ASSETS_FIRST_DATE and NBA_ASSETS_LAST_DATE",
    )
    assert world_of(tmp_path) is None


def test_a_range_between_seasons_has_nothing_to_backfill(tmp_path: Path) -> None:
    window = {"NBA_ASSETS_LAST_DATE": "2026-09-30"}
    result = backfill(tmp_path, "2026-08-01", "2026-08-31", **window)
    refused(result, "2026-08-01 … 2026-08-31 lies between seasons: nothing to backfill")


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    result = backfill(tmp_path, DAY, DAY, NBA_ASSETS_FIRST_DATE="October")
    refused(result, "NBA_ASSETS_FIRST_DATE=October")


def test_what_a_person_can_mend_is_said_in_one_line(tmp_path: Path) -> None:
    archive = {"NBA_ASSETS_REPLAY_ROOTS": str(tmp_path / "nowhere")}
    result = ask(tmp_path, "status", source="replay", **archive)
    refused(result, f"Error: NBA_ASSETS_REPLAY_ROOTS: no folder {tmp_path / 'nowhere'}")
    (tmp_path / "file").touch()
    for command in ("backfill", "status"):
        result = ask(tmp_path / "file", command, "--from", DAY, "--to", DAY)
        refused(result, "Error: ", str(tmp_path / "file"), "another folder")


def test_nothing_is_said_of_dagsters_own_previews(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    ask(tmp_path, "status", "--select", "group:raw")
    assert [
        str(w.message) for w in recwarn if w.category in (dg.BetaWarning, dg.PreviewWarning)
    ] == []


def test_runs_are_kept_in_dagsters_own_home_and_locks_beside_them(tmp_path: Path) -> None:
    log, homes = tmp_path / "log", [tmp_path / "one", tmp_path / "two"]
    log.mkdir()
    with dg.DagsterInstance.local_temp(str(log)) as instance, sole_owner(log, instance) as owner:
        run = create_run_for_test(
            instance, status=dg.DagsterRunStatus.STARTED, tags={BACKFILL_TAG: owner}
        )
        for home in homes:
            result = backfill(
                home, DAY, DAY, "--select", "landing/nba_schedule", DAGSTER_HOME=str(log)
            )
            assert result.exit_code == 0, result.output
            assert not (home / "dagster").exists()
        kept = instance.get_run_by_id(run.run_id)
        assert kept
        assert kept.status is dg.DagsterRunStatus.STARTED
        assert len(instance.get_runs()) == 3


def test_ctrl_c_ends_a_backfill_with_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("nba_assets.cli.ShownProgress.done", interrupted)
    result = backfill(tmp_path, DAY, DAY)
    assert (result.exit_code, result.output) == (130, "interrupted\n")
    assert list((tmp_path / "dagster").glob(".*.lock")) == []
    assert "failed" in states(tmp_path, DAY).values()


def test_status_in_json_is_one_line_a_date_and_table(home: Path) -> None:
    found = cells(home, "--from", DAY, "--to", NEXT)
    assert len(found) == 3 * (len(NIGHTLY) + len(DATED)) + len(WEEKLY)
    # A week is shown on its Monday, which that of opening night has before the season.
    assert {cell["day"] for cell in found} == {MONDAY, "2025-10-21", "2025-10-22", "2025-10-23"}
    assert {cell["asset"] for cell in found if cell["day"] == MONDAY} == WEEKLY_ASSETS
    assert found[0].keys() == {"asset", "day", "state", "reason"}
    by_day = states(home, DAY)
    assert {by_day.pop(asset) for asset in WEEKLY_ASSETS} == {"published", "empty"}
    # Who is predicted, and why nobody is, can be told on opening night; nobody has games enough.
    told = {"predictions/predicted_players", "predictions/prediction_skips"}
    for asset, state in by_day.items():
        if not asset.startswith("landing/"):
            is_told = asset in told or not asset.startswith(("predictions/", "grading/"))
            assert state == ("published" if is_told else "empty"), asset
    next_day = states(home, NEXT)
    assert {next_day[asset] for asset in next_day.keys() - WEEKLY_ASSETS} == {"missing"}


def test_status_is_a_calendar_with_a_legend_and_the_gaps(home: Path) -> None:
    result = ask(home, "status", "--from", DAY, "--to", NEXT, "--select", "raw/schedule")
    assert result.exit_code == 0, result.output
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines == [
        "October 2025 1234567890123456789012345678901",
        "raw/schedule" + " " * 21 + "●○○",
        "○     2 missing: never run, or its published file is gone",
        "●     1 published: all gates passed",
        "SYNTHETIC games of the sandbox league. 2 gaps",
    ]


def test_status_of_a_season_without_runs_is_gaps_and_no_error(tmp_path: Path) -> None:
    result = ask(tmp_path, "status")
    assert result.exit_code == 0, result.output
    assert f"{len(NIGHTLY) + len(DATED) + len(WEEKLY)} gaps" in result.output


def test_status_ends_with_the_last_date_that_was_run(home: Path) -> None:
    assert {cell["day"] for cell in cells(home)} == {MONDAY, DAY}


def test_performance_of_nothing_graded_says_so(home: Path) -> None:
    found = ask(home, "performance")
    graded, *champions = found.output.splitlines()
    assert (found.exit_code, graded) == (0, "no graded predictions")
    assert champions[0] == f"no bets: no champion at lock in the week of {MONDAY}:"
    assert all("0 target rows, 500 are needed" in champions[n] for n in (2, 5))
    found = ask(home, "performance", "--reliability", "catboost")
    assert (found.exit_code, found.output) == (0, "no graded chances of catboost\n")


def test_a_date_broken_on_purpose_is_held_and_healed(tmp_path: Path) -> None:
    for feed in SOURCES:
        result = ask(tmp_path, "sandbox", "break", "html", "--feed", feed, "--date", DAY)
        assert result.exit_code == 0, result.output
        assert f'"feed":"{feed}","date":"{DAY}"' in result.output
    # What reads box scores or is read with them; a dozen other tables are none of this test's.
    assets = ("--select", ",".join(["group:landing", "raw/schedule", PLAYERS, SPINE]))
    result = backfill(tmp_path, DAY, "2025-10-22", *assets)
    assert result.exit_code == 1
    for table in ("player_box_scores", "team_box_scores"):
        assert (
            f"raw.{table} {DAY} held back by scheduled_games_are_covered: 2 offenders:"
            in result.output
        )
    assert "raw: player_box_scores, team_box_scores: 2 held, 2 published" in result.output
    assert f"materialize {PLAYERS} again for {DAY}" in result.output
    broken = states(tmp_path, DAY)
    assert (broken["landing/nba_boxscore"], broken[PLAYERS]) == ("incomplete", "blocked")
    assert broken["analytics/player_game_summary"] == "missing"
    assert "requests without an accepted answer" in result.output
    assert f"landing/nba_boxscore {DAY}: " in result.output
    assert f"analytics/team_offense_game_summary left out for {DAY}: raw/" in result.output
    calendar = ask(tmp_path, "status", "--from", DAY, "--to", DAY)
    assert f"{DAY} {PLAYERS} blocked: scheduled_games_are_covered:" in calendar.output
    made = [PLAYERS, *SUMMARIES]
    whole = states(tmp_path, "2025-10-22")
    assert {whole[name] for name in made} == {"published"}

    assert ask(tmp_path, "sandbox", "mend").output == f"{len(SOURCES)} faults mended\n"
    assert backfill(tmp_path, DAY, DAY, *assets).exit_code == 0
    healed = states(tmp_path, DAY)
    assert {healed[name] for name in made} == {"published"}


def test_a_fault_of_an_unknown_kind_is_an_error_in_words(tmp_path: Path) -> None:
    refused(ask(tmp_path, "sandbox", "break", "explode"), "no fault of kind 'explode'", "truncated")


def test_a_fault_is_of_one_provider_feed_date_game_and_page(tmp_path: Path) -> None:
    where = ("--provider", "balldontlie", "--feed", "bdl_games", "--date", DAY)
    result = ask(tmp_path, "sandbox", "break", "refused", *where, "--game", GAME, "--page", "2")
    assert result.exit_code == 0, result.output
    (fault,) = FaultBook.load(tmp_path / "sandbox" / "faults.json").faults()
    assert (fault.kind, fault.provider, fault.feed) == ("refused", "balldontlie", "bdl_games")
    assert (str(fault.date), fault.game, fault.page) == (DAY, GAME, "2")


@pytest.mark.parametrize(("option", "name"), [("--feed", "nba_boxscores"), ("--provider", "nfl")])
def test_a_fault_of_what_does_not_exist_would_break_nothing_and_is_refused(
    tmp_path: Path, option: str, name: str
) -> None:
    refused(ask(tmp_path, "sandbox", "break", "html", option, name), f"'{name}' is not one of")
    assert not FaultBook.load(tmp_path / "sandbox" / "faults.json").faults()


def test_only_the_sandbox_can_be_broken(tmp_path: Path) -> None:
    result = ask(tmp_path, "sandbox", "break", "html", source="live")
    refused(result, "NBA_ASSETS_SOURCE is live: only the sandbox can be broken")


def test_a_date_that_is_there_is_made_again_to_the_byte_by_the_demo_whatever_window_is_set(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tables() -> dict[Path, bytes]:
        paths = (home / "warehouse").rglob("*.parquet")
        return {path: path.read_bytes() for path in paths if "operations" not in path.parts}

    before = tables()
    monkeypatch.setattr("nba_assets.cli.DEMO_DAYS", 1)
    window = {"NBA_ASSETS_FIRST_DATE": "2023-10-24", "NBA_ASSETS_LAST_DATE": "2024-04-14"}
    result = ask(home, "demo", NBA_ASSETS_AS_OF="2024-01-01T00:00Z", **window)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == (
        f"NBA_ASSETS_FIRST_DATE, LAST_DATE and AS_OF do not count here: the demo plays from {DAY}"
    )
    assert "2 games, " in result.output
    assert tables() == before


def test_the_demo_plays_the_sandbox_only(tmp_path: Path) -> None:
    refused(ask(tmp_path, "demo", source="live"), "NBA_ASSETS_SOURCE is live: unset it")


@pytest.mark.parametrize(
    ("begun", "other"), [("sandbox", "live"), ("sandbox", "replay"), ("live", "sandbox")]
)
def test_a_home_holds_one_world(tmp_path: Path, begun: Any, other: Any) -> None:
    claim(tmp_path, begun)
    with pytest.raises(SettingsError, match="would mix"):
        claim(tmp_path, other)
    claim(tmp_path, begun)


def test_real_sources_share_a_home(tmp_path: Path) -> None:
    claim(tmp_path, "replay")
    claim(tmp_path, "live")
    assert world_of(tmp_path) == "real"


def test_a_backfill_never_mixes_real_games_into_a_simulated_home(home: Path) -> None:
    before = sorted(home.rglob("*.parquet"))
    archive = {"NBA_ASSETS_REPLAY_ROOTS": str(home), "NBA_ASSETS_FIRST_DATE": DAY}
    result = backfill(home, DAY, DAY, source="replay", **archive)
    refused(result, "holds sandbox games", "would mix", "set NBA_ASSETS_HOME to another folder")
    assert "landing:" not in result.output, "nothing was asked"
    assert sorted(home.rglob("*.parquet")) == before


def test_a_home_that_the_sandbox_began_stays_a_sandbox(home: Path) -> None:
    result = backfill(home, DAY, DAY, "--select", "raw/schedule", source=None)
    assert result.exit_code == 0, result.output
    table = home / "warehouse/raw/schedule" / f"game_date={DAY}" / "part-0.parquet"
    assert set(pd.read_parquet(table)["source"]) == {"sandbox:nba_schedule"}


def test_the_command_explains_itself() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert set(re.findall(r"^  ([a-z]+) ", result.output, re.MULTILINE)) == {
        "backfill",
        "demo",
        "doctor",
        "performance",
        "restate",
        "sandbox",
        "status",
        "unresolved",
    }
