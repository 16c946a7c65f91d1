"""The one HTTP client. Live, replay and sandbox differ in the adapter below it, and in nothing above."""

import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Protocol
from urllib.parse import quote, quote_plus

import pydantic_core
import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import Timeout

from nba_assets.sources.answer import FAILURES, OUTCOMES, Answer, Outcome, Request
from nba_assets.sources.pace import Pace, Turn
from nba_assets.sources.policy import MEANING, POLICIES, HostPolicy
from nba_assets.sources.response import (
    TooSlowError,
    cause_of,
    credits_of,
    instant_of,
    is_of_kind,
    kind_found,
    read_into,
    retry_after_of,
)

log = logging.getLogger(__name__)

AS_OF_HEADER = "X-As-Of"
OBSERVED_AT_HEADER = "X-Observed-At"
CLOCK_SKEW = timedelta(seconds=120)
LONG_SECRET = 8  # a shorter one could be a part of honest data


class Clock(Protocol):
    """The wall clock of the edge; tests bring their own."""

    def now(self) -> datetime:
        """The instant, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Witness(Protocol):
    """Who is told of every request: the request log."""

    def saw(self, answer: Answer) -> None:
        """A request was answered, or given up."""
        ...


class Transport:
    """GETs with pooled connections, a deadline, retries, `Retry-After` and the pace a host asks for.

    Args:
        mount: prepares a session: mounts the replay or sandbox adapter; None is the internet.
        clock: now and sleep.
        policies: per host; a host that is not listed is refused, so that none is asked unpaced.
        paced: whether the hosts' pace is kept: live is, an archive has none.
        state: folder in which all processes of the machine keep the hosts' pace, stops and budgets
            together; None keeps them in this process.
        rng: of the jitter.
        keys: secrets by the name of their setting. They are put into the call and nowhere else: what
            is returned, logged or raised shows none of them.
        witness: is told of every request.
    """

    def __init__(
        self,
        mount: Callable[[requests.Session], None] | None = None,
        *,
        clock: Clock | None = None,
        policies: Mapping[str, HostPolicy] = POLICIES,
        paced: bool = True,
        state: Path | None = None,
        rng: random.Random | None = None,
        keys: Mapping[str, str] | None = None,
        witness: Witness | None = None,
    ) -> None:
        self._session = requests.Session()
        self._is_live = mount is None
        self._session.trust_env = self._is_live  # proxies are for the internet only
        if mount:
            mount(self._session)
        self._clock = clock or WallClock()
        self._policies = policies
        self._pace = Pace(state) if paced else None
        # Jitter keeps clients apart; nothing that is stored depends on it.
        self._rng = rng or random.Random()
        self._keys = dict(keys or {})
        self._witness = witness
        # At DEBUG urllib3 prints whole URLs, the key in the query among them.
        logging.getLogger("urllib3.connectionpool").addFilter(_above_debug)
        self._whole: set[bytes] = set()

    def now(self) -> datetime:
        """The clock's instant: of a live receipt."""
        return self._clock.now()

    def get(
        self,
        request: Request,
        as_of: datetime,
        *,
        tries: int | None = None,
        judge: Callable[[Answer], Answer] | None = None,
    ) -> Answer:
        """Ask once, with retries where the host's policy allows them.

        Never raises for what a provider or the network does: the answer says it.

        Args:
            request: what to ask.
            as_of: the instant an archive or the sandbox answers for; the internet answers for now.
            tries: at most so many calls; by default the host's policy says.
            judge: what a whole body comes to, as the witness is told: `empty` or `not_accepted`, which
                status and kind do not show. What it raises is raised, and told as a body.
        """
        started = perf_counter()
        answer = self._asked(request, as_of, tries)
        answer = replace(answer, seconds=perf_counter() - started)
        try:
            if judge is not None and answer.outcome == "body":
                answer = judge(answer)
        finally:
            if self._witness is not None:
                self._witness.saw(answer)
        return answer

    def affords(self, host: str, cost: int, *, is_before_a_lock: bool) -> str:
        """Why a sweep of that many credits must not begin at a host; empty where it may."""
        if self._pace is None:
            return ""
        policy = self._policy(host)
        return self._pace.affords(
            host, policy, self._clock.now(), cost, is_before_a_lock=is_before_a_lock
        )

    def missing_key(self, host: str) -> str:
        """The setting of the host's key, where it wants one that is not set; else empty."""
        key = self._policy(host).key
        return key.setting if key and not self._keys.get(key.setting) else ""

    def _policy(self, host: str) -> HostPolicy:
        try:
            return self._policies[host]
        except KeyError:
            raise LookupError(f"{host} has no policy: add its row to sources/policy.py") from None

    def _asked(self, request: Request, as_of: datetime, tries: int | None) -> Answer:
        policy = self._policy(request.host)
        wait = policy.backoff
        tries = tries or policy.tries
        answer: Answer | None = None
        for attempt in range(1, tries + 1):
            turn = self._turn(request.host, policy)
            if turn.refusal:
                # What the host itself said before it was stopped says more.
                return answer or self._failed(request, "blocked", turn.refusal, 0)
            called = perf_counter()
            answer, retry_after = self._once(request, as_of, policy, attempt)
            answer = replace(answer, latency=perf_counter() - called)
            is_stopped = self._heed(request.host, policy, turn, answer, retry_after)
            is_too_long = retry_after is not None and retry_after > policy.longest_wait
            if (
                is_stopped
                or is_too_long
                or answer.outcome not in policy.retries
                or attempt == tries
            ):
                return answer
            wait = min(policy.backoff_cap, self._rng.uniform(policy.backoff, wait * 3))
            pause = wait if retry_after is None else retry_after
            log.info("%s: %s; next try in %.0f s", request, answer.reason, pause)
            self._clock.sleep(pause)
        raise AssertionError("a policy has at least one try")

    def _turn(self, host: str, policy: HostPolicy) -> Turn:
        """Wait for the next call that is allowed, or learn why none is."""
        while True:
            now = self._clock.now()
            if self._pace is None:
                return Turn(now)
            turn = self._pace.turn(host, policy, now)
            if turn.refusal or turn.at <= now:
                return turn
            self._clock.sleep((turn.at - now).total_seconds())
            if self._pace.still_holds(host, turn):
                return turn

    def _heed(
        self,
        host: str,
        policy: HostPolicy,
        turn: Turn,
        answer: Answer,
        retry_after: float | None,
    ) -> bool:
        """What the answer means for the next calls to the host; whether it is left alone now."""
        if self._pace is None:
            return False
        now = self._clock.now()
        if answer.credits is not None:
            self._pace.spent(host, now, *answer.credits)
        if retry_after is not None:
            until = now + timedelta(seconds=retry_after)
            self._pace.wait(host, turn, now, until, answer.reason)
        if answer.status in policy.stops_on:
            cool_down = timedelta(seconds=max(policy.cool_down, retry_after or 0))
            self._pace.stop(host, now + cool_down, answer.reason)
            return True
        if answer.outcome in FAILURES:
            return self._pace.failed(host, policy, turn, now, answer.reason)
        if answer.outcome != "rate_limited":
            self._pace.served(host, turn)
        return False

    def _once(
        self, request: Request, as_of: datetime, policy: HostPolicy, attempt: int
    ) -> tuple[Answer, float | None]:
        deadline = time.monotonic() + policy.deadline
        # `total` is of all steps until the head of the answer is there.
        step = Timeout(connect=policy.timeout, read=policy.timeout, total=policy.deadline)
        parts: list[bytes] = []
        headers: Mapping[str, str] = {}
        key_headers, key_params = self._secrets(policy)
        sent = {**policy.headers, **key_headers}
        if not self._is_live:
            sent[AS_OF_HEADER] = as_of.isoformat()
        try:
            with self._session.get(
                request.url,
                params=sorted({**request.params, **key_params}.items()),
                headers=sent,
                # Or a line of ~/.netrc would take the place of the key.
                auth=_as_prepared,
                timeout=step,  # type: ignore[arg-type]  # the stubs know of numbers only
                stream=True,
                allow_redirects=False,
            ) as response:
                headers = response.headers
                read_into(response, deadline, policy.timeout, parts)
        except (requests.exceptions.InvalidHeader, UnicodeError):
            # Raised before anything was sent; its text would show the key.
            setting = policy.key.setting if policy.key else "a header of its policy"
            reason = f"{setting} has characters that no header can carry: set it anew"
            return self._failed(request, "settings", reason, attempt), None
        except (requests.Timeout, ReadTimeoutError):
            return self._failed(
                request,
                "timeout",
                f"no answer within {min(policy.timeout, policy.deadline):.0f} s",
                attempt,
            ), None
        except TooSlowError:
            return self._failed(
                request,
                "timeout",
                f"the body was not whole within {policy.deadline:.0f} s",
                attempt,
            ), None
        except requests.exceptions.ProxyError as error:
            cause = cause_of(error)
            # Of a tunnel, as all of the internet is asked through, it is no answer but an exception.
            if "Tunnel connection failed: 407" in str(cause):
                return self._failed(request, "settings", f"407: {MEANING[407]}", attempt), None
            return self._failed(request, "not_whole", f"the proxy failed: {cause}", attempt), None
        except (
            requests.ConnectionError,
            requests.exceptions.ContentDecodingError,
            HTTPError,
        ) as error:
            return self._failed(
                request,
                "not_whole",
                f"the connection broke: {cause_of(error)}",
                attempt,
                self._without_secrets(b"".join(parts)) or None,
                headers,
            ), None
        answer, wait = self._judged(request, response, b"".join(parts), attempt, policy)
        if skew := self._skew(headers, as_of):
            # One of the two clocks is wrong: what was seen counts as known when the later one says,
            # so that no line from after the tip is taken for one from before it.
            observed_at = answer.observed_at + max(skew, timedelta(0))
            answer = replace(answer, observed_at=observed_at, skew=skew)
            log.warning("%s: clock_skew: the provider's clock is %s off ours", request, skew)
        return answer, wait

    def _secrets(self, policy: HostPolicy) -> tuple[dict[str, str], dict[str, str]]:
        """What the host's key adds to headers and query."""
        key = policy.key
        secret = self._keys.get(key.setting) if key else None
        if key is None or not secret:
            return {}, {}
        return ({key.header: secret}, {}) if key.header else ({}, {key.param: secret})

    def _without_secrets(self, body: bytes) -> bytes:
        """A block page may repeat the URL it was asked for, key and all."""
        for secret in self._keys.values():
            if len(secret) >= LONG_SECRET:
                for form in _forms(secret):
                    body = body.replace(form.encode(), b"***")
        return body

    def _judged(
        self,
        request: Request,
        response: requests.Response,
        body: bytes,
        attempt: int,
        policy: HostPolicy,
    ) -> tuple[Answer, float | None]:
        status = response.status_code
        body = self._without_secrets(body)
        observed_at = self._observed_at(response.headers)

        def answer(outcome: Outcome, reason: str = "", evidence: bytes | None = None) -> Answer:
            return Answer(
                request,
                outcome,
                observed_at,
                reason,
                status,
                evidence,
                attempt,
                credits=credits_of(response, policy),
            )

        if status in policy.absent:
            in_archive = response.reason != NOT_IN_ARCHIVE
            return answer(
                "not_found" if in_archive else "not_in_archive",
                f"{status}: {_ABSENT.get(status, 'there is none, or not yet')}",
            ), None
        if status == 200:
            if not is_of_kind(request.kind, body):
                found = kind_found(response, body)
                reason = f"200 with {found} instead of {request.kind.upper()}"
                return answer("wrong_kind", reason, body), None
            if request.kind == "json" and (broken := self._broken_json(body)):
                return answer("not_whole", f"200 with broken JSON: {broken}", body), None
            return answer("body", evidence=body), None
        reason = f"{status}: {MEANING.get(status, 'the provider failed' if status >= 500 else 'refused')}"
        outcome = OUTCOMES.get(status, "server" if status >= 500 else "refused")
        if outcome not in ("rate_limited", "server"):
            return answer(outcome, reason), None
        retry_after = retry_after_of(response, self._clock.now())
        if retry_after is None and status == 429:
            retry_after = policy.retry_after
        return answer(outcome, reason), retry_after

    def _broken_json(self, body: bytes) -> str:
        # A season file of 2 MB is served for each of its dates: parsed once, known by its digest.
        digest = hashlib.sha256(body).digest()
        if digest not in self._whole:
            try:
                pydantic_core.from_json(body, cache_strings="none")
            except ValueError as error:
                return str(error)
            self._whole.add(digest)
        return ""

    def _failed(
        self,
        request: Request,
        outcome: Outcome,
        reason: str,
        attempts: int,
        evidence: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        observed_at = self._observed_at(headers or {})
        return Answer(request, outcome, observed_at, reason, body=evidence, attempts=attempts)

    def _observed_at(self, headers: Mapping[str, str]) -> datetime:
        stamped = headers.get(OBSERVED_AT_HEADER)
        instant = datetime.fromisoformat(stamped) if stamped else self._clock.now()
        return instant.replace(microsecond=0)

    def _skew(self, headers: Mapping[str, str], as_of: datetime) -> timedelta:
        """How far the provider's clock is ahead of ours, where that is more than a delay explains."""
        told = instant_of(headers.get("Date", ""))
        if told is None:
            return timedelta(0)
        skew = told - (self._clock.now() if self._is_live else as_of)
        return skew if abs(skew) > CLOCK_SKEW else timedelta(0)


def _forms(secret: str) -> set[str]:
    """How a page may write it: in a URL, in HTML, in JSON."""
    in_urls = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, escape(secret), secret.replace("/", r"\/"), *in_urls}


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def _as_prepared(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


NOT_IN_ARCHIVE = "Not In The Archive"
_ABSENT = {204: "no content", 404: "not found"}
