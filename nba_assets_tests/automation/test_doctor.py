from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from rich.console import Console

from nba_assets.automation.doctor import checkups, state_in_words, why_skipped, with_canaries
from nba_assets.cli import main
from nba_assets.definitions import build_desk
from nba_assets.partitions import results_instant
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.settings import Settings
from nba_assets.sources.answer import Answer, Outcome, Request
from nba_assets.sources.feeds import CANARIES, FEEDS
from nba_assets.sources.pace import HostState
from nba_assets.sources.policy import POLICIES
from nba_assets.sources.request_log import REQUEST_LOG, RequestLog
from nba_assets_tests.landing.by_hand import ALL_KEYS, ESPN, ODDS, desk_in
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

NOW = datetime(2026, 1, 15, 17, tzinfo=UTC)
DAY = date(2025, 11, 20)
KEYED = {host for host, policy in POLICIES.items() if policy.key}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(League(), FaultBook()) as running:
        yield running


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


def doctor(
    home: Path, server: SandboxServer, *arguments: str, **environment: str
) -> tuple[int, str]:
    environ = {
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_SOURCE": "sandbox",
        "NBA_ASSETS_SANDBOX_URL": server.url,
        "DAGSTER_HOME": str(home / "dagster"),
        **ALL_KEYS,
        **environment,
    }
    with pytest.MonkeyPatch.context() as wide:
        # The width of the machine that runs the tests is not for them.
        wide.setattr("nba_assets.cli.console", Console(width=200))
        result = CliRunner().invoke(main, ["doctor", *arguments], env=environ)
    return result.exit_code, result.output


def logged(home: Path) -> list[tuple[str, str, str]]:
    """Host, outcome and run of each request in the log."""
    files = home / REQUEST_LOG / "*" / "*.parquet"
    rows = duckdb.sql(f"SELECT host, outcome, run_id FROM read_parquet('{files}')").fetchall()
    return sorted(rows)


def line_of(host: str, output: str) -> str:
    return next(line for line in output.splitlines() if f" {host} " in f" {line} ")


def test_every_provider_that_answers_is_well(tmp_path: Path, server: SandboxServer) -> None:
    code, output = doctor(tmp_path, server)
    assert code == 0, output
    for host in CANARIES:
        assert "answers in" in line_of(host, output)
    assert logged(tmp_path) == [(host, "body", "doctor") for host in sorted(CANARIES)]


def test_each_provider_has_one_that_can_be_asked() -> None:
    asked = {POLICIES[host].provider for host in CANARIES}
    assert asked == {policy.provider for policy in POLICIES.values()}


def test_a_provider_that_does_not_answer_is_named_and_ends_with_1(
    tmp_path: Path, server: SandboxServer
) -> None:
    fault = server.faults.add(Fault(kind="refused", host=ESPN, status=503))
    try:
        code, output = doctor(tmp_path, server)
    finally:
        server.faults.remove(str(fault.id))
    assert code == 1
    assert "server in" in line_of(ESPN, output)
    assert "answers in" in line_of("cdn.nba.com", output)
    assert f"{ESPN}: https://{ESPN}/" in output
    code, output = doctor(tmp_path, server, "--no-canary")
    assert code == 0
    assert "1 (100 %) 1 server" in line_of(ESPN, output)


def test_a_host_is_told_whole_on_a_narrow_terminal(tmp_path: Path, server: SandboxServer) -> None:
    _, output = doctor(tmp_path, server, "--no-canary", COLUMNS="60")
    assert "…" not in output


def test_a_body_without_its_key_is_no_answer_in_the_log_either(
    tmp_path: Path, provider: Provider
) -> None:
    provider.serve(f"/{ESPN}/apis/site/v2/sports/basketball/nba/scoreboard", Reply(body=b'{"a":1}'))
    desk = desk_in(tmp_path, provider, TestClock(NOW), source="sandbox")
    found = with_canaries(desk, checkups(desk, NOW, 7), DAY, NOW)
    (espn,) = (one.canary for one in found if one.host == ESPN)
    assert espn is not None
    assert (espn.outcome, espn.is_failure) == ("not_accepted", True)
    assert (ESPN, "not_accepted", "doctor") in logged(tmp_path)


def test_a_body_that_is_not_as_its_model_has_it_is_no_answer(
    tmp_path: Path, server: SandboxServer
) -> None:
    fault = server.faults.add(Fault(kind="html", host=ODDS))
    try:
        code, output = doctor(tmp_path, server)
    finally:
        server.faults.remove(str(fault.id))
    assert code == 1
    assert "wrong_kind in" in line_of(ODDS, output)


def test_what_is_not_configured_is_told_by_its_setting_and_not_asked(
    tmp_path: Path, provider: Provider
) -> None:
    desk = desk_in(tmp_path, provider, TestClock(NOW), keys={})
    assert {host for host in POLICIES if why_skipped(desk, host)} == KEYED
    found = with_canaries(desk, checkups(desk, NOW, 7), NOW.date(), NOW)
    assert {one.host for one in found if one.canary} == set(CANARIES) - KEYED
    for one in found:
        if one.host in KEYED:
            key = POLICIES[one.host].key
            assert key is not None
            assert one.skipped == f"not configured: {key.setting} is not set"
            assert not one.is_ill
    assert not any(ODDS in seen.path for seen in provider.seen)


def test_a_key_is_told_by_its_name_alone(tmp_path: Path, provider: Provider) -> None:
    desk = desk_in(tmp_path, provider, TestClock(NOW))
    found = checkups(desk, NOW, 7)
    assert [one.skipped for one in found] == [""] * len(POLICIES)
    assert {one.key for one in found if one.host == ODDS} == {"ODDS_API_KEY is set"}
    assert "s3cret" not in repr(found)


def test_a_host_all_of_whose_feeds_are_switched_off_is_not_asked(
    tmp_path: Path, provider: Provider
) -> None:
    names = [f.name for f in FEEDS if f.host == ESPN]
    desk = desk_in(tmp_path, provider, TestClock(NOW), feeds_off=",".join(names))
    assert why_skipped(desk, ESPN) == "switched off by NBA_ASSETS_FEEDS_OFF"
    all_but_one = desk_in(tmp_path, provider, TestClock(NOW), feeds_off=",".join(names[1:]))
    assert why_skipped(all_but_one, ESPN) == ""


def test_requests_are_counted_by_host_and_outcome_over_the_days_asked_for(
    tmp_path: Path, provider: Provider
) -> None:
    outcomes: list[tuple[Outcome, timedelta]] = [
        ("body", timedelta(days=2)),
        ("server", timedelta(days=1)),
        ("server", timedelta(0)),
        ("timeout", timedelta(0)),
        ("body", timedelta(days=8)),
    ]
    for outcome, ago in outcomes:
        clock = TestClock(NOW - ago)
        log = RequestLog(tmp_path / REQUEST_LOG, clock.now)
        log.saw(Answer(Request(f"https://{ESPN}/a"), outcome, clock.now()))
        log.flush()
    desk = desk_in(tmp_path, provider, TestClock(NOW))
    (espn,) = (one for one in checkups(desk, NOW, 7) if one.host == ESPN)
    assert (espn.requests, espn.failures) == (4, {"server": 2, "timeout": 1})
    assert espn.last_success == NOW - timedelta(days=2)
    (longer,) = (one for one in checkups(desk, NOW, 9) if one.host == ESPN)
    assert longer.requests == 5


@pytest.mark.parametrize(
    ("host", "state", "words"),
    [
        (ESPN, HostState(), ""),
        (
            ESPN,
            HostState(stopped_until=NOW + timedelta(hours=1), stop_reason="403: blocked"),
            "stopped until 01-15 18:00Z: 403: blocked",
        ),
        (
            ESPN,
            HostState(stopped_until=NOW, stop_reason="403: blocked"),
            "the next call is a probe: 403: blocked",
        ),
        (ESPN, HostState(failures=2), "2 of 5 failures in a row"),
        (
            ESPN,
            HostState(wait_until=NOW + timedelta(minutes=1), wait_reason="429: rate limited"),
            "asked to wait until 01-15 17:01Z: 429: rate limited",
        ),
        (ESPN, HostState(day=NOW.date(), requests=12), "12 of 500 requests today"),
        (ESPN, HostState(day=date(2026, 1, 14), requests=12), ""),
        (
            ODDS,
            HostState(credits_left=90, credits_month=date(2026, 1, 1)),
            "90 credits left this month",
        ),
        (ODDS, HostState(credits_left=90, credits_month=date(2025, 12, 1)), ""),
    ],
)
def test_a_hosts_state_is_told_in_words(host: str, state: HostState, words: str) -> None:
    assert state_in_words(state, POLICIES[host], NOW) == words


def test_a_page_that_is_gone_is_an_illness_and_a_body_the_archive_lacks_is_none(
    tmp_path: Path, provider: Provider
) -> None:
    at = results_instant(DAY)
    desk = desk_in(tmp_path / "a", provider, TestClock(NOW), source="sandbox")
    gone = [one for one in with_canaries(desk, checkups(desk, NOW, 7), DAY, at) if one.canary]
    assert {one.canary.outcome for one in gone if one.canary} == {"not_found"}
    assert all(one.is_ill for one in gone)

    settings = Settings.load(
        {
            "NBA_ASSETS_HOME": str(tmp_path / "b"),
            "NBA_ASSETS_SOURCE": "replay",
            "NBA_ASSETS_REPLAY_ROOTS": str(tmp_path),
        },
        folder=tmp_path,
    )
    archive = build_desk(settings)
    lacking = [
        one for one in with_canaries(archive, checkups(archive, NOW, 7), DAY, at) if one.canary
    ]
    assert {one.canary.outcome for one in lacking if one.canary} == {"not_in_archive"}
    assert not any(one.is_ill for one in lacking)
