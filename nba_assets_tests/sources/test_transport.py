import gzip
import io
import logging
import random
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from nba_assets.definitions import build_transport
from nba_assets.settings import Settings
from nba_assets.sources import response as response_module
from nba_assets.sources import transport as transport_module
from nba_assets.sources.answer import BodyKind, Request
from nba_assets.sources.pace import HostState, Pace
from nba_assets.sources.policy import POLICIES, HostPolicy, Key
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

FAST = HostPolicy(requests_per_second=1.0, timeout=5.0, deadline=10.0, stops_on=frozenset({403}))
BODY = b'{"games": [1, 2, 3]}'
WHOLE = Reply(body=BODY)


def live(
    provider: Provider, clock: TestClock, policy: HostPolicy = FAST, seed: int = 1
) -> Transport:
    return Transport(clock=clock, policies={provider.host: policy}, rng=random.Random(seed))


def unpaced(provider: Provider, clock: TestClock, policy: HostPolicy = FAST) -> Transport:
    return Transport(provider.mount, clock=clock, policies={"cdn.nba.com": policy}, paced=False)


def asked(provider: Provider, path: str = "/a", **params: str) -> Request:
    return Request(f"{provider.url}{path}", params)


def test_a_whole_body_comes_verbatim_with_the_instant_of_its_receipt(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", WHOLE)
    answer = live(provider, clock).get(asked(provider, b="2", a="1 2/3"), clock.now())
    assert (answer.outcome, answer.body, answer.status) == ("body", BODY, 200)
    assert answer.observed_at == clock.now()
    assert answer.is_final
    assert provider.seen[0].path == "/a?a=1+2%2F3&b=2"


def test_a_body_that_travels_compressed_arrives_as_it_was(
    provider: Provider, clock: TestClock
) -> None:
    packed = Reply(body=gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    provider.serve("/a", packed)
    assert live(provider, clock).get(asked(provider), clock.now()).body == BODY


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 522])
def test_what_may_pass_is_asked_again_until_it_is_answered(
    provider: Provider, clock: TestClock, status: int
) -> None:
    provider.serve("/a", Reply(status), Reply(status), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts) == ("body", 3)
    assert len(provider.seen) == 3


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "malformed_request"),
        (401, "auth"),
        (403, "blocked"),
        (404, "not_found"),
        (407, "settings"),
        (410, "refused"),
        (422, "malformed_request"),
        (451, "blocked"),
    ],
)
def test_what_will_not_pass_is_never_asked_again(
    provider: Provider, clock: TestClock, status: int, outcome: str
) -> None:
    provider.serve("/a", Reply(status), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.status, answer.attempts) == (outcome, status, 1)
    assert len(provider.seen) == 1
    assert clock.sleeps == []
    assert str(status) in answer.reason


def test_a_redirection_is_not_followed(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(301, headers={"Location": f"{provider.url}/b"}))
    provider.serve("/b", WHOLE)
    assert live(provider, clock).get(asked(provider), clock.now()).outcome == "refused"
    assert len(provider.seen) == 1


def test_a_request_is_given_up_after_the_tries_of_its_policy(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(500))
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, len(provider.seen)) == ("server", 3, 3)
    assert not answer.is_final


def test_what_is_asked_again_is_in_the_hosts_policy(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(500), Reply(429), WHOLE)
    policy = replace(FAST, tries=3, retries=frozenset({"server"}))
    answer = live(provider, clock, policy).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts) == ("rate_limited", 2)


def test_a_caller_may_allow_fewer_tries(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(500), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now(), tries=1)
    assert (answer.outcome, len(provider.seen)) == ("server", 1)


def test_back_off_grows_within_its_bounds_and_is_jittered(
    provider: Provider, clock: TestClock
) -> None:
    policy = HostPolicy(1000.0, tries=7, backoff=5.0, backoff_cap=60.0)
    provider.serve("/a", Reply(500))
    transport = Transport(
        provider.mount,
        clock=clock,
        policies={"cdn.nba.com": policy},
        paced=False,
        rng=random.Random(3),
    )
    provider.serve("/cdn.nba.com/a", Reply(500))
    transport.get(Request("https://cdn.nba.com/a"), clock.now())
    waits = list(clock.sleeps)
    assert len(waits) == 6
    assert all(5.0 <= wait <= 60.0 for wait in waits)
    for before, after in zip([5.0, *waits], waits, strict=False):
        assert after <= min(60.0, before * 3)
    assert max(waits) > 15.0
    assert len(set(waits)) > 3
    transport.get(Request("https://cdn.nba.com/a"), clock.now())
    assert clock.sleeps[6:] != waits


def test_retry_after_in_seconds_is_waited_for(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(429, headers={"Retry-After": "90"}), WHOLE)
    assert live(provider, clock).get(asked(provider), clock.now()).outcome == "body"
    assert clock.sleeps == [90.0]


@pytest.mark.parametrize("zone", ["GMT", "-0000", ""])
def test_retry_after_as_a_date_is_waited_for(
    provider: Provider, clock: TestClock, zone: str
) -> None:
    stated = format_datetime(clock.now() + timedelta(seconds=75), usegmt=True)
    header = stated.replace("GMT", zone).strip()
    provider.serve("/a", Reply(503, headers={"Retry-After": header}), WHOLE)
    assert live(provider, clock).get(asked(provider), clock.now()).outcome == "body"
    assert clock.sleeps == [75.0]


@pytest.mark.parametrize("header", ["soon", "-3", "1.5", "\xb2"])
def test_a_retry_after_that_says_nothing_is_none(
    provider: Provider, clock: TestClock, header: str
) -> None:
    provider.serve("/a", Reply(503, headers={"Retry-After": header}), WHOLE)
    assert live(provider, clock).get(asked(provider), clock.now()).outcome == "body"
    assert len(clock.sleeps) == 1
    assert 5.0 <= clock.sleeps[0] <= 15.0


def test_a_429_without_retry_after_waits_as_the_policy_says(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(429), WHOLE)
    assert live(provider, clock).get(asked(provider), clock.now()).outcome == "body"
    assert clock.sleeps == [FAST.retry_after]


def test_nothing_is_asked_of_the_host_inside_a_wait_it_stated(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(429, headers={"Retry-After": "90"}))
    provider.serve("/b", WHOLE)
    transport = live(provider, clock)
    assert transport.get(asked(provider), clock.now(), tries=1).outcome == "rate_limited"
    asked_at = clock.now()
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "body"
    assert clock.now() - asked_at >= timedelta(seconds=90)


def test_a_wait_that_is_too_long_is_left_to_another_run(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(429, headers={"Retry-After": "3600"}))
    provider.serve("/b", WHOLE)
    transport = live(provider, clock)
    first = transport.get(asked(provider), clock.now())
    assert (first.outcome, first.attempts) == ("rate_limited", 1)
    second = transport.get(asked(provider, "/b"), clock.now())
    assert (second.outcome, second.attempts) == ("blocked", 0)
    assert provider.host in second.reason
    assert clock.sleeps == []
    assert len(provider.seen) == 1
    clock.instant += timedelta(seconds=3600)
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "body"


def test_a_403_stops_the_host_and_no_other(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(403, b"<html>Access Denied</html>"))
    provider.serve("/b", WHOLE)
    with Provider() as other:
        other.serve("/a", WHOLE)
        transport = Transport(clock=clock, policies={provider.host: FAST, other.host: FAST})
        assert transport.get(asked(provider), clock.now()).outcome == "blocked"
        second = transport.get(asked(provider, "/b"), clock.now())
        assert (second.outcome, second.attempts) == ("blocked", 0)
        assert "not asked again" in second.reason
        assert "403" in second.reason
        assert len(provider.seen) == 1
        assert transport.get(asked(other), clock.now()).outcome == "body"


def test_a_host_that_stopped_is_asked_again_after_its_cool_down(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(403), WHOLE)
    transport = live(provider, clock)
    transport.get(asked(provider), clock.now())
    clock.instant += timedelta(seconds=FAST.cool_down - 1)
    assert transport.get(asked(provider), clock.now()).outcome == "blocked"
    clock.instant += timedelta(seconds=1)
    assert transport.get(asked(provider), clock.now()).outcome == "body"
    assert len(provider.seen) == 2


def test_an_archive_is_not_stopped_by_one_403(provider: Provider, clock: TestClock) -> None:
    provider.serve("/cdn.nba.com/a", Reply(403))
    provider.serve("/cdn.nba.com/b", WHOLE)
    transport = unpaced(provider, clock)
    assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).outcome == "blocked"
    assert transport.get(Request("https://cdn.nba.com/b"), clock.now()).outcome == "body"


def test_stats_waits_after_a_429_and_is_not_stopped(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", *[Reply(429)] * 8, WHOLE)
    transport = live(provider, clock, POLICIES["stats.nba.com"])
    for _ in range(4):
        assert transport.get(asked(provider), clock.now()).outcome == "rate_limited"
    assert transport.get(asked(provider), clock.now()).outcome == "body"
    assert clock.sleeps == [60.0] * 8


def test_five_failures_in_a_row_stop_the_cdn_for_a_quarter_of_an_hour(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(500))
    provider.serve("/b", WHOLE)
    transport = live(provider, clock, POLICIES["cdn.nba.com"])
    assert transport.get(asked(provider), clock.now()).attempts == 3
    last = transport.get(asked(provider), clock.now())
    assert (last.outcome, last.attempts, len(provider.seen)) == ("server", 2, 5)
    stopped_at = clock.now()
    refused = transport.get(asked(provider, "/b"), clock.now())
    assert (refused.outcome, refused.attempts) == ("blocked", 0)
    until = stopped_at + timedelta(minutes=15)
    assert f"{provider.host} is not asked again before {until:%Y-%m-%d %H:%MZ}" in refused.reason
    assert "5 failures in a row, the last: 500" in refused.reason
    clock.instant = until - timedelta(seconds=1)
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "blocked"
    clock.instant = until
    assert transport.get(asked(provider), clock.now()).attempts == 1
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "blocked"
    clock.instant += timedelta(minutes=15)
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "body"
    assert transport.get(asked(provider, "/b"), clock.now()).outcome == "body"
    assert len(provider.seen) == 8


@pytest.mark.parametrize(
    "failure",
    [
        Reply(401),
        Reply(403),
        Reply(407),
        Reply(500),
        Reply(manner="mute"),
        Reply(body=b"<html>"),
        Reply(body=b"{"),
    ],
    ids=["auth", "blocked", "settings", "server", "silence", "page", "half"],
)
def test_three_failures_in_a_row_stop_stats_for_six_hours(
    provider: Provider, clock: TestClock, failure: Reply
) -> None:
    policy = replace(POLICIES["stats.nba.com"], timeout=0.05)
    provider.serve("/a", failure, failure, Reply(404), failure, failure, failure, WHOLE)
    transport = live(provider, clock, policy)
    for _ in range(6):
        assert transport.get(asked(provider), clock.now(), tries=1).attempts == 1
    clock.instant += timedelta(hours=6) - timedelta(seconds=1)
    assert transport.get(asked(provider), clock.now()).outcome == "blocked"
    clock.instant += timedelta(seconds=1)
    assert transport.get(asked(provider), clock.now()).outcome == "body"


def test_a_429_between_failures_does_not_end_their_row(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(500), Reply(500), Reply(429), Reply(500), WHOLE)
    transport = live(provider, clock, POLICIES["stats.nba.com"])
    outcomes = [transport.get(asked(provider), clock.now(), tries=1).outcome for _ in range(5)]
    assert outcomes == ["server", "server", "rate_limited", "server", "blocked"]


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_what_is_wrong_with_one_request_stops_no_host(
    provider: Provider, clock: TestClock, status: int
) -> None:
    provider.serve("/a", *[Reply(status)] * 7, WHOLE)
    transport = live(provider, clock)
    for _ in range(7):
        assert transport.get(asked(provider), clock.now()).status == status
    assert transport.get(asked(provider), clock.now()).outcome == "body"


def test_nothing_is_asked_beyond_the_daily_budget(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(500), WHOLE, Reply(500), WHOLE)
    policy = replace(FAST, daily_budget=3)
    transport = live(provider, clock, policy)
    assert transport.get(asked(provider), clock.now()).attempts == 2
    cut_short = transport.get(asked(provider), clock.now())
    assert (cut_short.outcome, cut_short.attempts) == ("server", 1)
    refused = transport.get(asked(provider), clock.now())
    assert (refused.outcome, refused.attempts) == ("blocked", 0)
    assert "daily budget of 3 requests is used up" in refused.reason
    assert len(provider.seen) == 3
    clock.instant += timedelta(days=1)
    assert transport.get(asked(provider), clock.now()).outcome == "body"


def test_an_archive_has_no_breaker_and_no_budget(provider: Provider, clock: TestClock) -> None:
    provider.serve("/cdn.nba.com/a", *[Reply(500)] * 6, WHOLE)
    transport = unpaced(provider, clock, replace(FAST, daily_budget=1))
    for _ in range(2):
        assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).outcome == "server"
    assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).outcome == "body"


ELSEWHERE = """
import sys
from datetime import datetime
from pathlib import Path
from nba_assets.sources.policy import POLICIES, HostPolicy, Key
from nba_assets.sources.answer import BodyKind, Request
from nba_assets.sources.transport import Transport
from nba_assets_tests.sources.provider import TestClock
url, host, state, now = sys.argv[1:]
clock = TestClock(datetime.fromisoformat(now))
transport = Transport(clock=clock, policies={host: HostPolicy(0.5, stops_on=frozenset({403}))}, state=Path(state))
print(transport.get(Request(url), clock.now()).outcome, *clock.sleeps)
"""


def in_another_process(request: Request, state: Path, now: datetime) -> str:
    command = [sys.executable, "-c", ELSEWHERE, request.url, request.host, str(state)]
    done = subprocess.run(
        [*command, now.isoformat()], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def test_processes_keep_the_pace_and_the_stop_of_a_host_together(
    provider: Provider, clock: TestClock, tmp_path: Path
) -> None:
    provider.serve("/a", WHOLE)
    provider.serve("/b", Reply(403))
    policies = {provider.host: HostPolicy(0.5, stops_on=frozenset({403}))}
    transport = Transport(clock=clock, policies=policies, state=tmp_path / "hosts")
    start = clock.now()
    transport.get(asked(provider), start)
    assert in_another_process(asked(provider), tmp_path / "hosts", start) == "body 2.0"
    assert in_another_process(asked(provider, "/b"), tmp_path / "hosts", start) == "blocked 4.0"
    refused = transport.get(asked(provider), start)
    assert (refused.outcome, refused.attempts) == ("blocked", 0)
    assert "403" in refused.reason
    assert len(provider.seen) == 3


def test_a_stop_that_comes_while_a_call_waits_for_its_turn_holds_for_it(
    provider: Provider, tmp_path: Path
) -> None:
    class Interrupted(TestClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            Pace(tmp_path).stop(provider.host, self.now() + timedelta(days=1), "403: elsewhere")

    provider.serve("/a", WHOLE)
    clock = Interrupted()
    transport = Transport(clock=clock, policies={provider.host: FAST}, state=tmp_path)
    assert transport.get(asked(provider), clock.now()).outcome == "body"
    refused = transport.get(asked(provider), clock.now())
    assert refused.outcome == "blocked"
    assert "403: elsewhere" in refused.reason
    assert len(provider.seen) == 1


def configured(home: Path, source: str, provider: Provider) -> Transport:
    environ = {
        "NBA_ASSETS_HOME": str(home),
        "NBA_ASSETS_SOURCE": source,
        "NBA_ASSETS_SANDBOX_URL": provider.url,
        "NBA_ASSETS_SANDBOX_LIMITS": "cdn.nba.com=1000",
    }
    return build_transport(Settings.load(environ, folder=home))


@pytest.mark.parametrize("source", ["live", "sandbox"])
def test_the_processes_of_one_home_share_the_state_of_its_hosts(
    provider: Provider, tmp_path: Path, source: str
) -> None:
    transport = configured(tmp_path, source, provider)
    stopped_until = transport.now() + timedelta(days=1)
    Pace(tmp_path / "hosts").stop("cdn.nba.com", stopped_until, "403: elsewhere")
    refused = transport.get(Request("https://cdn.nba.com/a"), transport.now())
    assert (refused.outcome, refused.attempts) == ("blocked", 0)
    assert "403: elsewhere" in refused.reason


def test_a_sandbox_with_a_pace_has_no_budget(provider: Provider, tmp_path: Path) -> None:
    provider.serve("/cdn.nba.com/a", WHOLE)
    transport = configured(tmp_path, "sandbox", provider)
    state = HostState(day=transport.now().date(), requests=1_000_000)
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts" / "cdn.nba.com.json").write_text(state.model_dump_json())
    answer = transport.get(Request("https://cdn.nba.com/a"), transport.now())
    assert answer.outcome == "body"


def test_an_archive_keeps_no_state(provider: Provider, clock: TestClock, tmp_path: Path) -> None:
    provider.serve("/cdn.nba.com/a", WHOLE)
    transport = Transport(provider.mount, clock=clock, paced=False, state=tmp_path / "hosts")
    assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).outcome == "body"
    assert not (tmp_path / "hosts").exists()


def test_a_proxy_that_wants_a_password_is_a_matter_of_settings(
    clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(407)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        answer = Transport(clock=clock).get(Request("https://cdn.nba.com/a"), clock.now())
        proxy.shutdown()
        thread.join()
    assert (answer.outcome, answer.attempts) == ("settings", 1)
    assert "HTTPS_PROXY" in answer.reason


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_silence_after_a_drip_cannot_hold_a_call_past_its_deadline(
    provider: Provider, clock: TestClock, monkeypatch: pytest.MonkeyPatch, connection: str
) -> None:
    # All but a twentieth of a second has gone when the body begins; the server hangs up much later.
    gone = chain([0.0], repeat(FAST.deadline - 0.05))
    for module in (transport_module, response_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(gone)))
    headers = {"Connection": connection}
    provider.serve("/a", Reply(body=BODY, headers=headers, manner="hanging"))
    hang_up = threading.Timer(1.0, provider.released.set)
    hang_up.start()
    answer = live(provider, clock).get(asked(provider), clock.now(), tries=1)
    hang_up.cancel()
    assert answer.outcome == "timeout"
    assert "not whole within 10 s" in answer.reason


def test_a_mute_server_cannot_hold_a_call_past_its_deadline(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(manner="mute"))
    hang_up = threading.Timer(1.0, provider.released.set)
    hang_up.start()
    policy = HostPolicy(1.0, timeout=5.0, deadline=0.1, tries=1)
    answer = live(provider, clock, policy).get(asked(provider), clock.now())
    hang_up.cancel()
    assert answer.outcome == "timeout"


def test_a_body_without_a_socket_in_reach_is_read_all_the_same(clock: TestClock) -> None:
    class Recorded(HTTPAdapter):
        def send(
            self,
            request: requests.PreparedRequest,
            *_args: object,
            **_kwargs: object,
        ) -> requests.Response:
            raw = HTTPResponse(io.BytesIO(BODY), status=200, preload_content=False)
            return self.build_response(request, raw)

    transport = Transport(lambda s: s.mount("https://", Recorded()), clock=clock, paced=False)
    assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).body == BODY


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_a_server_may_close_its_connection_after_the_body(
    provider: Provider, clock: TestClock, connection: str
) -> None:
    provider.serve("/a", Reply(body=BODY, headers={"Connection": connection}))
    assert live(provider, clock).get(asked(provider), clock.now()).body == BODY


def test_a_dripping_server_cannot_hold_a_call_past_its_deadline(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(body=b"[" + b" " * 100_000, manner="dripping"))
    policy = HostPolicy(1.0, timeout=5.0, deadline=0.1, tries=1)
    answer = live(provider, clock, policy).get(asked(provider), clock.now())
    assert answer.outcome == "timeout"
    assert "not whole within" in answer.reason


@pytest.mark.parametrize("manner", ["mute", "hanging"])
def test_silence_is_a_time_out_and_asked_again(
    provider: Provider, clock: TestClock, manner: str
) -> None:
    silent = Reply(body=BODY, manner="mute" if manner == "mute" else "hanging")
    provider.serve("/a", silent, WHOLE)
    policy = HostPolicy(1.0, timeout=0.1, deadline=5.0, tries=2)
    answer = live(provider, clock, policy).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts) == ("body", 2)
    provider.serve("/a", silent)
    given_up = live(provider, clock, policy).get(asked(provider), clock.now())
    assert (given_up.outcome, given_up.attempts) == ("timeout", 2)


def test_a_cut_connection_is_not_whole_and_asked_again(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(body=BODY, length=len(BODY) + 40), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, answer.body) == ("body", 2, BODY)


def test_the_half_that_came_is_kept_as_evidence(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(body=BODY, length=len(BODY) + 40))
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts) == ("not_whole", 3)
    assert answer.body == BODY
    assert not answer.is_final


def test_truncated_json_is_not_whole_and_asked_again(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(body=BODY[:-4]), WHOLE)
    transport = live(provider, clock)
    assert transport.get(asked(provider), clock.now()).body == BODY
    provider.serve("/a", Reply(body=BODY[:-4]))
    answer = transport.get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, answer.body) == ("not_whole", 3, BODY[:-4])
    assert "broken JSON" in answer.reason


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"<html>Just a moment</html>", "an HTML page"),
        (b"", "an empty body"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_a_page_with_status_200_is_wrong_kind_and_not_asked_again(
    provider: Provider, clock: TestClock, body: bytes, named: str
) -> None:
    provider.serve("/a", Reply(body=body, headers={"Content-Type": "application/pdf"}), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, answer.body) == ("wrong_kind", 1, body)
    assert named in answer.reason
    assert len(provider.seen) == 1


def test_a_server_that_is_not_there_is_an_answer_too(provider: Provider, clock: TestClock) -> None:
    with Provider() as gone:
        request = asked(gone)
    policies = {gone.host: FAST}
    answer = Transport(clock=clock, policies=policies).get(request, clock.now())
    assert (answer.outcome, answer.attempts) == ("not_whole", 3)
    assert "refused" in answer.reason


def test_the_pace_of_a_host_is_kept_between_calls(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", WHOLE)
    transport = live(provider, clock, HostPolicy(requests_per_second=0.5))
    for _ in range(3):
        transport.get(asked(provider), clock.now())
    assert clock.sleeps == [2.0, 2.0]
    clock.instant += timedelta(seconds=1.5)
    transport.get(asked(provider), clock.now())
    assert clock.sleeps[2:] == [0.5]
    clock.instant += timedelta(minutes=1)
    transport.get(asked(provider), clock.now())
    assert len(clock.sleeps) == 3


def test_an_archive_has_no_pace(provider: Provider, clock: TestClock) -> None:
    provider.serve("/cdn.nba.com/a", WHOLE)
    transport = unpaced(provider, clock)
    for _ in range(5):
        assert transport.get(Request("https://cdn.nba.com/a"), clock.now()).outcome == "body"
    assert clock.sleeps == []


def test_a_host_without_a_policy_is_not_asked(provider: Provider, clock: TestClock) -> None:
    transport = Transport(clock=clock, policies=POLICIES)
    with pytest.raises(LookupError, match=f"{provider.host} has no policy"):
        transport.get(asked(provider), clock.now())
    assert provider.seen == []


def test_one_connection_carries_many_requests(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", WHOLE)
    provider.serve("/b", Reply(404, b"nothing"), Reply(500, b"{}"), WHOLE)
    transport = live(provider, clock)
    for path in ("/a", "/b", "/b", "/a"):
        transport.get(asked(provider, path), clock.now())
    assert len(provider.seen) == 5
    assert len({seen.port for seen in provider.seen}) == 1


def test_a_live_host_gets_the_headers_of_its_policy(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", WHOLE)
    live(provider, clock, POLICIES["cdn.nba.com"]).get(asked(provider), clock.now())
    headers = provider.seen[0].headers
    assert headers["Referer"] == "https://www.nba.com/"
    assert headers["Origin"] == "https://www.nba.com"
    assert headers["User-Agent"].startswith("Mozilla/5.0")
    assert "X-As-Of" not in headers


def test_archive_and_sandbox_are_told_the_instant_they_answer_for(
    provider: Provider, clock: TestClock
) -> None:
    stamped = Reply(body=BODY, headers={"X-Observed-At": "2025-10-22T05:30:00+00:00"})
    provider.serve("/cdn.nba.com/a", stamped)
    as_of = clock.now() - timedelta(days=80)
    policy = POLICIES["cdn.nba.com"]
    answer = unpaced(provider, clock, policy).get(Request("https://cdn.nba.com/a"), as_of)
    assert provider.seen[0].headers["X-As-Of"] == as_of.isoformat()
    assert "Referer" in provider.seen[0].headers
    assert answer.observed_at.isoformat() == "2025-10-22T05:30:00+00:00"


def test_no_message_holds_a_secret(
    provider: Provider, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="nba_assets")
    policy = HostPolicy(1.0, timeout=0.1, tries=2, headers={"Authorization": "s3cret"})
    provider.serve("/a", Reply(500))
    provider.serve("/mute", Reply(manner="mute"))
    transport = live(provider, clock, policy)
    answers = [
        transport.get(asked(provider, path, apiKey="s3cret", sport="nba"), clock.now())
        for path in ("/a", "/mute", "/404")
    ]
    with Provider() as gone:
        request = asked(gone, apiKey="s3cret", sport="nba")
    answers.append(Transport(clock=clock, policies={gone.host: policy}).get(request, clock.now()))
    assert provider.seen[0].headers["Authorization"] == "s3cret"
    assert "apiKey=s3cret" in provider.seen[0].path
    assert [a.outcome for a in answers] == ["server", "timeout", "not_found", "not_whole"]
    assert "sport=nba" in caplog.text
    assert "s3cret" not in caplog.text
    for answer in answers:
        assert "s3cret" not in f"{answer.request} {answer.reason}"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("json", b'{"a": 1}', b"a,b\n1,2\n"),
        ("html", b"\n<!DOCTYPE html><html>", b'{"error": "none"}'),
        ("pdf", b"%PDF-1.7 \xe2", b"<html>Access Denied</html>"),
        ("csv", b"game_id,period\n22500001,1\n", b"<html>sign in</html>"),
        ("csv", b"game_id,period\n22500001,1\n", b'{"error": {"code": 403}}'),
        ("csv", b"game_id,period\n22500001,1\n", b""),
    ],
    ids=["json", "html", "pdf", "csv", "csv-error", "csv-nothing"],
)
def test_the_first_bytes_tell_whether_a_body_is_of_its_kind(
    provider: Provider, clock: TestClock, kind: BodyKind, good: bytes, bad: bytes
) -> None:
    provider.serve("/good", Reply(body=good))
    provider.serve("/bad", Reply(body=bad))
    transport = live(provider, clock)
    whole = transport.get(Request(f"{provider.url}/good", kind=kind), clock.now())
    assert (whole.outcome, whole.body) == ("body", good)
    other = transport.get(Request(f"{provider.url}/bad", kind=kind), clock.now())
    assert (other.outcome, other.body) == ("wrong_kind", bad)
    assert f"instead of {kind.upper()}" in other.reason


@pytest.mark.parametrize(
    ("host", "status", "outcome"),
    [
        ("cdn.nba.com", 403, "blocked"),
        ("ak-static.cms.nba.com", 403, "not_found"),
        ("statsdmz.nba.com", 403, "not_found"),
        ("api.bettingpros.com", 403, "blocked"),
        ("api.the-odds-api.com", 204, "not_found"),
        ("api.the-odds-api.com", 404, "not_found"),
        ("www.basketball-reference.com", 429, "rate_limited"),
    ],
)
def test_what_says_that_there_is_none_is_the_hosts_own(
    provider: Provider, clock: TestClock, host: str, status: int, outcome: str
) -> None:
    provider.serve("/a", Reply(status, b""))
    answer = live(provider, clock, POLICIES[host]).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, len(provider.seen)) == (outcome, 1, 1)


def test_basketball_reference_is_left_alone_for_an_hour_after_its_first_429(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", Reply(429), WHOLE)
    transport = live(provider, clock, POLICIES["www.basketball-reference.com"])
    transport.get(asked(provider), clock.now())
    clock.instant += timedelta(minutes=59)
    assert transport.get(asked(provider), clock.now()).outcome == "blocked"
    clock.instant += timedelta(minutes=1)
    assert transport.get(asked(provider), clock.now()).outcome == "body"


def test_a_burst_follows_a_pause_and_then_the_pace_holds(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", WHOLE)
    transport = live(provider, clock, POLICIES["site.api.espn.com"])
    for _ in range(4):
        assert transport.get(asked(provider), clock.now()).outcome == "body"
    # Two at once, then one a second.
    assert clock.sleeps == [1.0, 1.0]


KEYED = HostPolicy(1.0, key=Key("SOME_KEY", header="Authorization"))
PRICED = HostPolicy(1.0, key=Key("SOME_KEY", param="apiKey"))
SECRET = "s3cret/Of+The=Tests"


def with_key(provider: Provider, clock: TestClock, policy: HostPolicy) -> Transport:
    return Transport(clock=clock, policies={provider.host: policy}, keys={"SOME_KEY": SECRET})


def test_a_key_travels_in_the_header_or_the_query_of_its_host_alone(
    provider: Provider, clock: TestClock
) -> None:
    provider.serve("/a", WHOLE)
    by_header = with_key(provider, clock, KEYED).get(asked(provider), clock.now())
    by_query = with_key(provider, clock, PRICED).get(asked(provider, b="1"), clock.now())
    without = live(provider, clock).get(asked(provider), clock.now())
    header, query, neither = provider.seen
    assert (header.headers["Authorization"], header.path) == (SECRET, "/a")
    assert query.path == "/a?apiKey=s3cret%2FOf%2BThe%3DTests&b=1"
    assert "Authorization" not in query.headers
    assert "Authorization" not in neither.headers
    for answer in (by_header, by_query, without):
        assert SECRET not in repr(answer)


def test_a_line_of_netrc_does_not_take_the_place_of_a_key(
    provider: Provider, clock: TestClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    provider.serve("/a", WHOLE)
    with_key(provider, clock, KEYED).get(asked(provider), clock.now())
    live(provider, clock).get(asked(provider), clock.now())
    assert provider.seen[0].headers["Authorization"] == SECRET
    assert "Authorization" not in provider.seen[1].headers


@pytest.mark.parametrize(
    "form",
    [SECRET, "s3cret%2FOf%2BThe%3DTests", r"s3cret\/Of+The=Tests"],
    ids=["plain", "quoted", "escaped"],
)
@pytest.mark.parametrize("manner", ["whole", "page", "half"])
def test_a_body_that_repeats_the_key_is_kept_without_it(
    provider: Provider, clock: TestClock, form: str, manner: str
) -> None:
    text = (f'{{"asked": "{form}"}}' if manner != "page" else f"<html>{form}</html>").encode()
    length = len(text) + 9 if manner == "half" else None
    provider.serve("/a", Reply(body=text, length=length))
    answer = with_key(provider, clock, PRICED).get(asked(provider), clock.now(), tries=1)
    assert answer.body is not None
    assert b"***" in answer.body
    assert form not in answer.body.decode()


@pytest.mark.parametrize("broken", ["two\nlines-of-a-key", "“quoted-by-a-word-processor”"])
def test_a_key_that_no_header_can_carry_is_a_matter_of_settings(
    provider: Provider, clock: TestClock, broken: str
) -> None:
    transport = Transport(clock=clock, policies={provider.host: KEYED}, keys={"SOME_KEY": broken})
    answer = transport.get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, provider.seen) == ("settings", 1, [])
    assert "SOME_KEY has characters that no header can carry" in answer.reason
    assert broken not in answer.reason


def test_a_sandbox_may_be_asked_at_the_live_policies(provider: Provider, tmp_path: Path) -> None:
    environ = {
        "NBA_ASSETS_HOME": str(tmp_path),
        "NBA_ASSETS_SOURCE": "sandbox",
        "NBA_ASSETS_SANDBOX_URL": provider.url,
        "NBA_ASSETS_SANDBOX_LIMITS": "live",
    }
    transport = build_transport(Settings.load(environ, folder=tmp_path))
    spent = HostState(day=transport.now().date(), requests=600)
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts" / "cdn.nba.com.json").write_text(spent.model_dump_json())
    refused = transport.get(Request("https://cdn.nba.com/a"), transport.now())
    assert "daily budget of 600 requests is used up" in refused.reason
    assert provider.seen == []


@pytest.mark.parametrize(
    ("ahead", "later", "is_noticed"),
    [(119, 0, False), (600, 600, True), (-600, 0, True)],
    ids=["a delay", "theirs ahead", "theirs behind"],
)
def test_where_clocks_disagree_the_later_one_says_when_a_body_was_known(
    provider: Provider, clock: TestClock, ahead: int, later: int, is_noticed: bool
) -> None:
    theirs = clock.now() + timedelta(seconds=ahead)
    provider.serve("/a", Reply(body=BODY, headers={"Date": format_datetime(theirs, usegmt=True)}))
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert answer.observed_at == clock.now().replace(microsecond=0) + timedelta(seconds=later)
    assert bool(answer.skew) == is_noticed
