"""Providers at their worst: an unsteady server under load, and keys that must show nowhere."""

import gzip
import io
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from nba_assets.landing.rounds import ask_all
from nba_assets.partitions import slate_instant
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.sources.feed import Feed
from nba_assets.sources.policy import POLICIES
from nba_assets_tests.landing.by_hand import (
    ALL_KEYS,
    BDL,
    DAY,
    ODDS,
    ONE_TRY,
    SECRET,
    desk_in,
    page,
    plain,
    with_games,
)
from nba_assets_tests.load import SkippingClock, loaded_night, night_of
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

QUOTED = "s3cret%2FOf%2BThe%3DTests"
PIECE = "s3cret"  # in every form of the key


def forms_in(home: Path) -> list[str]:
    """Every file of a home that holds a piece of the key: names, bodies, tables and databases."""
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if PIECE in path.name or (path.is_file() and any(PIECE in text for text in _texts(path)))
    ]


def _texts(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    yield content.decode(errors="replace")
    if path.suffix == ".gz":
        yield gzip.decompress(content).decode(errors="replace")
    elif path.suffix == ".parquet":
        yield str(pq.read_table(io.BytesIO(content)).to_pylist())
    elif path.suffix == ".db":
        with sqlite3.connect(path) as database:
            yield "\n".join(database.iterdump())


def test_a_night_of_all_feeds_lands_whole_from_an_unsteady_server(
    tmp_path: Path, league: League
) -> None:
    night = loaded_night(
        tmp_path, league, night_of(league, 5), POLICIES, latency=0.0, clock=SkippingClock()
    )
    assert night.refused > 3
    assert night.unanswered == []
    assert night.over_budget == {}
    assert night.opened == {}
    for host, calls in night.calls.items():
        assert night.states[host].requests == calls


REPLIES = {
    "body": page(1),
    "empty": page(),
    "refused": Reply(body=f'{{"rows": "{QUOTED} {SECRET}"}}'.encode()),
    "auth": Reply(401, f"no such key: {SECRET}".encode()),
    "malformed_request": Reply(400, f"?apiKey={QUOTED}".encode()),
    "blocked": Reply(403, f"<html>{SECRET}</html>".encode()),
    "not_found": Reply(404, f"?apiKey={QUOTED}".encode()),
    "settings": Reply(407),
    "rate_limited": Reply(429, headers={"Retry-After": "1"}),
    "server": Reply(503, SECRET.encode()),
    "moved": Reply(302, headers={"Location": f"https://{ODDS}/elsewhere?apiKey={QUOTED}"}),
    "page": Reply(body=f"<html>GET /rows?apiKey={QUOTED} {SECRET}</html>".encode()),
    "half": Reply(body=f'{{"rows": [1], "asked": "{SECRET}"}}'.encode(), length=999),
    "broken": Reply(body=f'{{"rows": "{SECRET}'.encode()),
    "mute": Reply(manner="mute"),
}


def test_no_outcome_leaves_a_key_in_home_logs_or_errors(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    policies = {
        # No breaker, or the later outcomes would not be met.
        host: replace(policy, timeout=0.2, breaker_failures=99, stops_on=frozenset())
        for host, policy in ONE_TRY.items()
    }
    clock = TestClock(slate_instant(DAY) - timedelta(hours=1))
    with Provider() as provider:
        feeds: list[Feed] = []
        for host in (ODDS, BDL):
            for name, reply in REPLIES.items():
                feed = plain(f"{name}_{host.split('.')[1]}", host)
                provider.serve(f"/{host}/{feed.name}", reply)
                feeds.append(feed)
        desk = with_games(desk_in(tmp_path, provider, clock, policies=policies))
        with desk.recorded("a-run"):
            results = list(ask_all(desk, feeds, [DAY]))
        sent = [f"{seen.path} {seen.headers}" for seen in provider.seen]
    assert len(results) == len(feeds)
    # It was sent each time, in the query or in a header: what is searched for is there to be found.
    assert len(sent) >= len(feeds)
    assert all(PIECE in call for call in sent)
    assert forms_in(tmp_path) == []
    assert PIECE not in caplog.text
    assert PIECE not in repr(results) + repr(desk.settings)


def test_no_key_is_left_by_a_run_of_the_platform(
    tmp_path: Path, server: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    feeds = ["nba_schedule", "odds_events", "bdl_games", "bdl_injuries", "bettingpros_events"]
    faults = (
        Fault(kind="html", feed="odds_events"),
        Fault(kind="refused", host=BDL, status=401),
        Fault(kind="refused", provider="bettingpros", status=403),
    )
    for fault in faults:
        server.faults.add(fault)
    try:
        with platform(tmp_path, sandbox_url=server.url) as found:
            keyed = found.settings.model_copy(update={"keys": ALL_KEYS})
            run = Platform(keyed, found.instance).run([f"landing/{name}" for name in feeds], DAY)
            assert run.success
            key = dg.AssetKey(["landing", "odds_events"])
            event = found.instance.get_latest_materialization_event(key)
            assert event is not None
            assert event.asset_materialization is not None
            assert "wrong_kind" in str(event.asset_materialization.metadata["outcomes"].value)
    finally:
        server.faults.clear()
    assert any(path.suffix == ".db" for path in tmp_path.rglob("*"))
    assert forms_in(tmp_path) == []
    assert PIECE not in caplog.text
