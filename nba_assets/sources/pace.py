"""How often a host may be asked, and when not at all: one state per host, for all processes of a machine."""

import calendar
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, NonNegativeInt, ValidationError

from nba_assets.sources.policy import HostPolicy


class HostState(BaseModel):
    """What the next request to a host has to know of those before it. Instants are UTC.

    Attributes:
        next_call: before it the pace allows no further call.
        wait_until: before it the host asked for none.
        wait_reason: the answer that asked.
        stopped_until: before it no call is made at all; after it, one whose success clears it.
        stop_reason: the answer that stopped it.
        failures: in a row, the last call included.
        day: of `requests`, UTC.
        requests: made on that day.
        credits_left: of the month, as the host's newest answer says; None before it said so.
        credits_month: the first of that month, UTC.
        credits_spent: on `day`.
    """

    next_call: AwareDatetime | None = None
    wait_until: AwareDatetime | None = None
    wait_reason: str = ""
    stopped_until: AwareDatetime | None = None
    stop_reason: str = ""
    failures: NonNegativeInt = 0
    day: date | None = None
    requests: NonNegativeInt = 0
    credits_left: NonNegativeInt | None = None
    credits_month: date | None = None
    credits_spent: NonNegativeInt = 0


class Turn(NamedTuple):
    """When a call may be made, or why none may; a probe is the one call to a host that was stopped."""

    at: datetime
    refusal: str = ""
    is_probe: bool = False


class Pace:
    """Turns at the hosts, for every process that shares a state folder.

    A file is locked only while it is read and written: who waits for a turn, waits without it.

    Args:
        state: folder with one file per host; None keeps the state in this process.
    """

    def __init__(self, state: Path | None = None) -> None:
        self._folder = state
        self._own: dict[str, HostState] = {}
        self._own_lock = threading.Lock()

    def turn(self, host: str, policy: HostPolicy, now: datetime) -> Turn:
        """Reserve the next call to the host, or say why there is none."""
        with self._state(host) as state:
            if state.stopped_until and now < state.stopped_until:
                return Turn(now, _left_alone(host, state.stopped_until, state.stop_reason))
            longest_wait = timedelta(seconds=policy.longest_wait)
            if state.wait_until and now + longest_wait < state.wait_until:
                return Turn(now, _left_alone(host, state.wait_until, state.wait_reason))
            _begin_day(state, now)
            if policy.daily_budget is not None and state.requests >= policy.daily_budget:
                used_up = f"daily budget of {policy.daily_budget} requests is used up"
                midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
                return Turn(now, _left_alone(host, midnight, used_up))
            gap = timedelta(seconds=1 / policy.requests_per_second)
            # The generic cell rate algorithm: `next_call` is when a host without bursts would be asked.
            due = max(state.next_call, now) if state.next_call else now
            at = max(i for i in (now, due - (policy.burst - 1) * gap, state.wait_until) if i)
            state.next_call = max(due, at) + gap
            state.requests += 1
            is_probe = state.stopped_until is not None
            if is_probe:
                # Until it is answered, or its process is certainly gone, it stays the only one.
                state.stopped_until = at + timedelta(seconds=policy.timeout + policy.deadline)
            return Turn(at, is_probe=is_probe)

    def still_holds(self, host: str, turn: Turn) -> bool:
        """Whether nothing that another call was told meanwhile forbids the turn."""
        with self._state(host) as state:
            is_stopped = bool(state.stopped_until) and not turn.is_probe
            return not is_stopped and not (state.wait_until and turn.at < state.wait_until)

    def served(self, host: str, turn: Turn) -> None:
        """The host answered: a failure before it is no longer the last of a row."""
        with self._state(host) as state:
            state.failures = 0
            if turn.is_probe:
                state.stopped_until, state.stop_reason = None, ""

    def failed(self, host: str, policy: HostPolicy, turn: Turn, now: datetime, reason: str) -> bool:
        """The call failed; whether the host is left alone now, as one failure too many or a failed probe."""
        with self._state(host) as state:
            state.failures += 1
            if not turn.is_probe and state.failures < policy.breaker_failures:
                return False
            why = f"{state.failures} failures in a row, the last: {reason}"
            _stop(state, now + timedelta(seconds=policy.breaker_cool_down), why)
            return True

    def stop(self, host: str, until: datetime, reason: str) -> None:
        """Leave the host alone."""
        with self._state(host) as state:
            state.failures += 1
            _stop(state, until, reason)

    def wait(self, host: str, turn: Turn, now: datetime, until: datetime, reason: str) -> None:
        """The host asked for a wait: it holds for every request, also where this one is given up."""
        with self._state(host) as state:
            if state.wait_until is None or until > state.wait_until:
                state.wait_until, state.wait_reason = until, reason
            if turn.is_probe:
                # Neither well nor failed: the call after the wait is the next probe.
                state.stopped_until = now

    def spent(self, host: str, now: datetime, cost: int, left: int | None) -> None:
        """A call cost credits; `left` is what the host says remains of the month."""
        with self._state(host) as state:
            _begin_day(state, now)
            state.credits_spent += cost
            if left is not None:
                state.credits_left, state.credits_month = left, now.date().replace(day=1)

    def affords(
        self, host: str, policy: HostPolicy, now: datetime, cost: int, *, is_before_a_lock: bool
    ) -> str:
        """Why a sweep of that many credits must not begin; empty where it may.

        A day may spend its share of what is left of the month, the reserve apart; only the last
        snapshots before a lock (`is_before_a_lock`) may use the reserve and the shares of the days to come.
        """
        if policy.credits is None or not cost:
            return ""
        with self._state(host) as state:
            _begin_day(state, now)
            if state.credits_left is None or state.credits_month != now.date().replace(day=1):
                return ""  # a new month, or never asked: the first answer will tell
            left = state.credits_left
            if is_before_a_lock:
                budget = left
            else:
                free = int((left + state.credits_spent) * (1 - policy.credits.reserved))
                budget = min(left, free // _days_left(now.date()) - state.credits_spent)
        if cost <= budget:
            return ""
        return (
            f"credits: {cost} needed, {max(0, budget)} may be spent now of {left} left this month"
            f" ({100 * policy.credits.reserved:.0f} % are reserved for the last before a lock)"
        )

    @contextmanager
    def _state(self, host: str) -> Iterator[HostState]:
        if self._folder is None:
            with self._own_lock:
                yield self._own.setdefault(host, HostState())
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / f"{host}.json", os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                state = HostState.model_validate_json(file.read().partition(b"\n")[0])
            except ValidationError:
                state = HostState()
            yield state
            # Over the old one, in one call, and shortened after it: a kill between them leaves a line
            # that is whole, and after it what is not read.
            file.seek(0)
            file.write(state.model_dump_json().encode() + b"\n")
            file.truncate()


def state_of(folder: Path, host: str) -> HostState:
    """What is known of a host, for whoever only looks: nothing is locked, nothing reserved."""
    try:
        return HostState.model_validate_json(
            (folder / f"{host}.json").read_bytes().partition(b"\n")[0]
        )
    except (FileNotFoundError, ValidationError):
        return HostState()


def _begin_day(state: HostState, now: datetime) -> None:
    if state.day != now.date():
        state.day, state.requests, state.credits_spent = now.date(), 0, 0


def _days_left(day: date) -> int:
    """Of the month, the day itself included."""
    return calendar.monthrange(day.year, day.month)[1] - day.day + 1


def _stop(state: HostState, until: datetime, reason: str) -> None:
    # A late answer of a call made before the stop shortens no stop.
    if state.stopped_until is None or until >= state.stopped_until:
        state.stopped_until, state.stop_reason = until, reason


def _left_alone(host: str, until: datetime, why: str) -> str:
    return f"{host} is not asked again before {until:%Y-%m-%d %H:%MZ}: {why}"
