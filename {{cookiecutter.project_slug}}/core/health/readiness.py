"""The state of the parts for /health/ready/, which one thread asks for on behalf of all.

A part that hangs holds its check for seconds. Without this module, a few requests to /health/ready/ would hold every
thread of a process.
"""

import threading
import time
from collections.abc import Sequence

from .checks import HealthCheck, Result
from .stack import HEALTH_CHECKS

INTERVAL_SECONDS = 3.0  # the parts are asked at most once in this time
FIRST_ANSWER_SECONDS = 1.0  # how long the first requests of a process wait for the first answer
STUCK_SECONDS = 10.0  # a check that takes longer counts as failed


class Readiness:
    """Keeps the last results of the checks. Every method may be called from any thread."""

    def __init__(self, checks: Sequence[HealthCheck]):
        self.checks = checks
        self.forget()

    def forget(self) -> None:
        """Forget the results, so that the next call of `results` asks the parts."""
        self.asking = threading.Lock()  # held by the thread that asks
        self.has_answer = threading.Event()
        self.first_asked_at: float | None = None
        self.answered_at = 0.0
        self.last: dict[str, Result] = {}
        self.current: tuple[HealthCheck, float] | None = None  # the check that runs, and when it began

    def results(self) -> list[Result]:
        """Return a result for each part, in the order of the checks.

        One thread asks the parts. All others get its last results at once, also while it waits for a part that hangs.
        Before the first results, a part that was not asked yet counts as failed.
        """
        asking = self.asking
        if self.is_due() and asking.acquire(blocking=False):
            try:
                self.check_parts()
            finally:
                asking.release()
        elif not self.has_answer.is_set():
            now = time.monotonic()
            self.has_answer.wait(max(0.0, (self.first_asked_at or now) + FIRST_ANSWER_SECONDS - now))
        current = self.current
        return [self.result(check, current) for check in self.checks]

    def is_due(self) -> bool:
        return not self.has_answer.is_set() or time.monotonic() - self.answered_at >= INTERVAL_SECONDS

    def check_parts(self) -> None:
        """Check each part, one after the other."""
        if not self.is_due():
            return  # another thread has asked in the meantime
        self.first_asked_at = self.first_asked_at or time.monotonic()
        try:
            for check in self.checks:
                self.current = (check, time.monotonic())
                self.last[check.service] = check.run(check.ping)
        finally:
            self.current = None
            self.answered_at = time.monotonic()
        self.has_answer.set()

    def result(self, check: HealthCheck, current: tuple[HealthCheck, float] | None) -> Result:
        """Return the last result of a check, or a failure when there is none or the check is stuck."""
        if current is not None and current[0] is check:
            seconds = time.monotonic() - current[1]
            if seconds >= STUCK_SECONDS:
                return check.failure(f"no answer for {seconds:.0f} seconds", milliseconds=seconds * 1000)
        return self.last.get(check.service) or check.failure("not asked yet", milliseconds=0)


readiness = Readiness([check for check in HEALTH_CHECKS if check.in_readiness])
