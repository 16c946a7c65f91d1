import gzip
import logging
import random
from datetime import timedelta
from email.utils import format_datetime

import pytest

from nba_assets.sources.policy import POLICIES, HostPolicy
from nba_assets.sources.transport import Request, Transport
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

FAST = HostPolicy(requests_per_second=1.0, timeout=5.0, deadline=10.0)
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


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
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
        (400, "refused"),
        (401, "refused"),
        (403, "blocked"),
        (404, "not_found"),
        (407, "refused"),
        (410, "refused"),
        (422, "refused"),
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


def test_stats_stops_at_its_first_429(provider: Provider, clock: TestClock) -> None:
    provider.serve("/a", Reply(429), WHOLE)
    transport = live(provider, clock, POLICIES["stats.nba.com"])
    assert transport.get(asked(provider), clock.now()).outcome == "rate_limited"
    assert transport.get(asked(provider), clock.now()).outcome == "blocked"
    assert len(provider.seen) == 1


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
def test_a_page_with_status_200_is_not_json_and_not_asked_again(
    provider: Provider, clock: TestClock, body: bytes, named: str
) -> None:
    provider.serve("/a", Reply(body=body, headers={"Content-Type": "application/pdf"}), WHOLE)
    answer = live(provider, clock).get(asked(provider), clock.now())
    assert (answer.outcome, answer.attempts, answer.body) == ("not_json", 1, body)
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
    answer = unpaced(provider, clock).get(Request("https://cdn.nba.com/a"), as_of)
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
