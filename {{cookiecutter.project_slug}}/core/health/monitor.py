"""The state of all parts for the overview, by the checks of doctor.

Each part is asked in a thread of its own, so that one that hangs delays no other. People who watch share the results
through the cache: however many overviews are open, in however many processes, a part is asked once in 5 seconds. While
a part is ok, it gets doctor's round trip every `watch_seconds`, and the ping of readiness in between. A part that
failed gets the round trip each time, so that it is seen at once when it is back.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.cache import caches
from django.db import connections

from .checks import HealthCheck, Result
from .stack import health_checks

INTERVAL_SECONDS = 5.0
ANSWER_SECONDS = 3.0  # how long a caller waits for the parts
LOST_SECONDS = 15.0  # results that are older are not shown while another process asks
ASKING_SECONDS = 4  # for which a process that has ended holds up the others
# Another form of the results needs another key: during a deployment, old and new processes share the cache.
KEY, ASKING, LIFETIME_SECONDS = "core:monitor:2", "core:monitor:asking", 300


@dataclass(frozen=True, slots=True)
class PartState:
    """The last result of a part. Times are seconds since 1970: of the last round trip, and of the first failure."""

    result: Result
    examined_at: float
    failed_since: float | None
    version: str


@dataclass(frozen=True, slots=True)
class StackState:
    """The last results of all parts, by service, and when they were asked for, in seconds since 1970."""

    parts: dict[str, PartState]
    checked_at: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> "StackState":
        parts = {
            name: PartState(**{**part, "result": Result(**part["result"])}) for name, part in value["parts"].items()
        }
        return cls(parts, value["checked_at"])


def in_thread(call: Callable[[], None]) -> None:
    threading.Thread(target=call, daemon=True).start()


class Monitor:
    """Asks the parts, and keeps their state. Every method may be called from any thread."""

    def __init__(
        self,
        checks: Callable[[], Sequence[HealthCheck]] = health_checks,
        start: Callable[[Callable[[], None]], None] = in_thread,
    ):
        self.checks, self.start = checks, start
        self.asking = threading.Lock()  # held by the thread that asks
        self.changed = threading.Condition()
        self.parts: dict[str, PartState] = {}
        self.running: dict[str, float] = {}  # service → when its check began, by time.monotonic()
        self.checked_at = 0.0

    def state(self, *, now: bool = False) -> StackState:
        """Return the state of the stack, at most 5 seconds old; with `now`, after a round trip to every part."""
        if now:
            self.check_parts(examine=True)
        elif time.time() - self.checked_at >= INTERVAL_SECONDS and not self.adopt_shared():
            self.check_parts()
        return StackState({check.service: self.part(check) for check in self.checks()}, self.checked_at)

    def adopt_shared(self) -> bool:
        """Adopt the results of another process. Returns whether they are enough."""
        cache = caches["cache"]
        if (shared := cache.get(KEY)) and shared["checked_at"] > self.checked_at:
            state = StackState.from_json(shared)
            self.parts, self.checked_at = {**self.parts, **state.parts}, state.checked_at
        age = time.time() - self.checked_at
        if age < INTERVAL_SECONDS:
            return True
        # Does another process ask just now? When the cache is down, `add` and `get` both find nothing.
        return age < LOST_SECONDS and not cache.add(ASKING, 1, timeout=ASKING_SECONDS) and bool(cache.get(ASKING))

    def check_parts(self, *, examine: bool = False) -> None:
        """Ask the parts, and wait at most ANSWER_SECONDS for them. One thread of a process asks at a time."""
        has_to_wait = examine or not self.parts
        if not self.asking.acquire(timeout=ANSWER_SECONDS if has_to_wait else 0):
            return
        try:
            if not examine and time.time() - self.checked_at < INTERVAL_SECONDS:
                return  # another thread has asked in the meantime
            started = [check for check in self.checks() if self.begin(check, examine=examine)]
            with self.changed:
                self.changed.wait_for(
                    lambda: not any(check.service in self.running for check in started), timeout=ANSWER_SECONDS
                )
            self.checked_at = time.time()
            caches["cache"].set(KEY, StackState(dict(self.parts), self.checked_at).as_json(), timeout=LIFETIME_SECONDS)
            caches["cache"].delete(ASKING)
        finally:
            self.asking.release()

    def begin(self, check: HealthCheck, *, examine: bool) -> bool:
        """Start the check that is due, unless it still runs. Returns whether its result is to be waited for."""
        if check.service in self.running:
            return False
        last = self.parts.get(check.service)
        is_due = (
            examine
            or last is None
            or last.result.status != "ok"
            or time.time() - last.examined_at >= check.watch_seconds
        )
        if not is_due and not check.in_readiness:
            return False
        self.running[check.service] = time.monotonic()
        self.start(lambda: self.run(check, last, is_examination=is_due))
        return True

    def run(self, check: HealthCheck, last: PartState | None, *, is_examination: bool) -> None:
        """Run a check and keep its result, in a thread."""
        try:
            result = check.run(check.watch if is_examination else check.ping)
            version = last.version if last else ""
            if result.status == "ok" and is_examination:
                version = version_of(check) or version
            self.keep(check, result, last, version=version, is_examination=is_examination)
        finally:
            if self.start is in_thread:
                connections.close_all()
            with self.changed:
                self.running.pop(check.service, None)
                self.changed.notify_all()

    def keep(
        self, check: HealthCheck, result: Result, last: PartState | None, *, version: str, is_examination: bool
    ) -> None:
        now = time.time()
        if result.status == "ok" and last is not None and not is_examination:
            result = replace(last.result, milliseconds=result.milliseconds)  # the round trip's text says more
        failed_since = None if result.status == "ok" else (last and last.failed_since) or now
        examined_at = now if is_examination or last is None else last.examined_at
        self.parts[check.service] = PartState(result, examined_at, failed_since, version)

    def part(self, check: HealthCheck) -> PartState:
        """Return the state of a part: a failure while its check has run for longer than it may."""
        last, began = self.parts.get(check.service), self.running.get(check.service)
        seconds = time.monotonic() - began if began is not None else 0.0
        if last is not None and seconds < check.seconds:
            return last
        if began is not None and seconds >= min(check.seconds, ANSWER_SECONDS):
            detail = f"no answer for {seconds:.0f} seconds"
            since = (last and last.failed_since) or time.time() - seconds
            return PartState(
                check.failure(detail, milliseconds=seconds * 1000), 0.0, since, last.version if last else ""
            )
        return PartState(check.failure("not asked yet", milliseconds=0), 0.0, None, "")


def version_of(check: HealthCheck) -> str:
    try:
        return check.version()
    except Exception:
        return ""  # the next round trip asks again


monitor = Monitor()
