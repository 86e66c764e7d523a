"""How long a request waits for locks in all: its statements and its locks of files share one second.

PostgreSQL's own limit, lock_timeout, is for each wait: a request with three statements could wait for three seconds,
and hold its thread as long. core/stores/postgresql uses this module.
"""

import threading
from typing import Any

from django.core.signals import request_started

MOST_SECONDS = 1.0

# A statement that was quicker did not wait noticeably. Requests without a slower one cost nothing more.
SHORTEST_SECONDS = 0.02


class LockWaits(threading.local):
    """The waits of the request that this thread serves."""

    seconds = 0.0

    def restart(self) -> None:
        """Forget the waits, because another request begins."""
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count a wait, or the time of a statement: when it was slow, it may have waited for locks."""
        if seconds >= SHORTEST_SECONDS:
            self.seconds += seconds

    @property
    def remaining(self) -> float:
        """The seconds that this request may still wait. Never negative."""
        return max(0.0, MOST_SECONDS - self.seconds)


lock_waits = LockWaits()


def restart_lock_waits(**more: Any) -> None:
    lock_waits.restart()


request_started.connect(restart_lock_waits, dispatch_uid="restart_lock_waits")
