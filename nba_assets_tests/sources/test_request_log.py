from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from nba_assets.sources import request_log
from nba_assets.sources.answer import Answer, Request
from nba_assets.sources.request_log import RequestLog
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

AT = datetime(2026, 1, 15, 17, tzinfo=UTC)
URL = "https://api.the-odds-api.com/v4/events"


def answer(outcome: str = "body", **facts: object) -> Answer:
    asked = Request(URL, {"regions": "us", "apiKey": "s3cret"})
    return Answer(asked, outcome, AT, **facts)  # type: ignore[arg-type]


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    files = f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
    return duckdb.sql(query.replace("LOG", files)).fetchall()


def test_every_request_is_a_row_with_its_run_and_without_its_key(tmp_path: Path) -> None:
    log = RequestLog(tmp_path, lambda: AT)
    with log.of_run("run-1"):
        log.saw(
            answer(status=200, body=b"12345", attempts=2, seconds=3.0, latency=0.5, credits=(7, 93))
        )
        log.saw(answer("server", status=503, reason="503: the provider failed", attempts=3))
    assert rows(
        tmp_path,
        "SELECT provider, host, endpoint, params, status, outcome, is_failure, reason, attempts,"
        " bytes, seconds, latency_seconds, credits, run_id, CAST(day AS VARCHAR)"
        " FROM LOG ORDER BY outcome",
    ) == [
        ("odds_api", "api.the-odds-api.com", URL, "regions=us", 200, "body", False, "", 2, 5, 3.0,
         0.5, 7, "run-1", "2026-01-15"),
        ("odds_api", "api.the-odds-api.com", URL, "regions=us", 503, "server", True,
         "503: the provider failed", 3, 0, 0.0, 0.0, None, "run-1", "2026-01-15"),
    ]  # fmt: skip
    ((asked_at,),) = rows(tmp_path, "SELECT epoch(asked_at) FROM LOG WHERE outcome = 'body'")
    assert asked_at == AT.timestamp() - 3.0


def test_which_provider_failed_how_often_is_one_query(tmp_path: Path) -> None:
    log = RequestLog(tmp_path, lambda: AT)
    with log.of_run("run-1"):
        for outcome in ("body", "server", "server", "not_found", "timeout"):
            log.saw(answer(outcome))
    assert rows(
        tmp_path,
        "SELECT provider, outcome, count(*) FROM LOG"
        " WHERE is_failure AND day >= DATE '2026-01-10' GROUP BY ALL ORDER BY ALL",
    ) == [("odds_api", "server", 2), ("odds_api", "timeout", 1)]


def test_a_row_stands_under_the_day_it_was_asked_on(tmp_path: Path) -> None:
    midnight = datetime(2026, 1, 16, tzinfo=UTC)
    log = RequestLog(tmp_path, lambda: midnight)
    log.saw(answer(seconds=1.0))
    log.saw(answer())
    log.flush()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day=2026-01-15", "day=2026-01-16"]


def test_rows_are_on_disk_before_they_are_too_many_to_lose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "ROWS_PER_FILE", 3)
    log = RequestLog(tmp_path, lambda: AT)
    for _ in range(7):
        log.saw(answer())
    assert rows(tmp_path, "SELECT count(*) FROM LOG") == [(6,)]


def test_rows_of_a_run_that_raised_are_on_disk_too(tmp_path: Path) -> None:
    log = RequestLog(tmp_path, lambda: AT)

    def run() -> None:
        with log.of_run("run-1"):
            log.saw(answer())
            raise RuntimeError("a defect of ours")

    with pytest.raises(RuntimeError):
        run()
    log.saw(answer())
    log.flush()
    assert sorted(rows(tmp_path, "SELECT run_id FROM LOG")) == [("",), ("run-1",)]


def test_nothing_asked_is_no_file(tmp_path: Path) -> None:
    with RequestLog(tmp_path / "log").of_run("run-1"):
        pass
    assert not (tmp_path / "log").exists()


def test_a_body_that_its_reader_does_not_accept_is_told_as_a_failure_and_an_empty_one_as_none(
    provider: Provider, clock: TestClock, tmp_path: Path
) -> None:
    provider.serve("/cdn.nba.com/a", Reply(body=b"[]"))
    log = RequestLog(tmp_path, lambda: AT)
    transport = Transport(provider.mount, clock=clock, paced=False, witness=log)
    asked = Request("https://cdn.nba.com/a")

    def gone_wrong(_answer: Answer) -> Answer:
        raise RuntimeError("a defect of ours")

    transport.get(asked, clock.now(), judge=lambda it: replace(it, outcome="empty"))
    refused = transport.get(
        asked, clock.now(), judge=lambda it: replace(it, outcome="not_accepted", reason="of 1999")
    )
    assert (refused.outcome, refused.body) == ("not_accepted", b"[]")
    with pytest.raises(RuntimeError):
        transport.get(asked, clock.now(), judge=gone_wrong)
    provider.serve("/cdn.nba.com/a", Reply(404))
    assert transport.get(asked, clock.now(), judge=gone_wrong).outcome == "not_found"
    log.flush()
    assert rows(tmp_path, "SELECT outcome, is_failure, reason FROM LOG ORDER BY ALL") == [
        ("body", False, ""),
        ("empty", False, ""),
        ("not_accepted", True, "of 1999"),
        ("not_found", False, "404: not found"),
    ]


def test_the_transport_tells_of_every_request_even_one_it_did_not_make(
    provider: Provider, clock: TestClock, tmp_path: Path
) -> None:
    provider.serve("/cdn.nba.com/a", Reply(403), Reply(200))
    log = RequestLog(tmp_path, lambda: AT)
    transport = Transport(provider.mount, clock=clock, witness=log)
    for _ in range(2):
        transport.get(Request("https://cdn.nba.com/a"), clock.now())
    log.flush()
    found = rows(
        tmp_path, "SELECT outcome, attempts, latency_seconds > 0 FROM LOG ORDER BY attempts"
    )
    assert found == [("blocked", 0, False), ("blocked", 1, True)]
