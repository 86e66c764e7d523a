"""Which hooks are slow in this process."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

STUCK_SECONDS = 2.0
SKIP_SECONDS = 30.0  # after a hook was stuck


class Timings:
    """The calls of hooks in this process, by (hook, app).

    Nothing can interrupt Python code that waits, for example for another server. So a hook that took longer than
    STUCK_SECONDS, or that still runs in another thread after so long, is left out for a while. It then holds few
    threads of the server, and not one for each visitor of the home page.
    """

    def __init__(self) -> None:
        self.last: dict[tuple[str, str], tuple[float, float]] = {}  # how long the last call took, and when it ended
        self.running: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)  # thread → since when

    @contextmanager
    def measure(self, hook: str, app: str) -> Iterator[None]:
        key, thread, began = (hook, app), threading.get_ident(), monotonic()
        self.running[key][thread] = began
        try:
            yield
        finally:
            del self.running[key][thread]
            ended = monotonic()
            self.last[key] = ended - began, ended

    def seconds(self, hook: str, app: str) -> float:
        """Return how long the last call took. Slow hooks are called last, so that they take time from no other."""
        return self.last.get((hook, app), (0.0, 0.0))[0]

    def is_stuck(self, hook: str, app: str) -> bool:
        key, now = (hook, app), monotonic()
        took, ended = self.last.get(key, (0.0, 0.0))
        if took > STUCK_SECONDS and now - ended < SKIP_SECONDS:
            return True
        return any(now - began > STUCK_SECONDS for began in list(self.running[key].values()))

    def forget(self) -> None:
        self.last.clear()
        self.running.clear()


timings = Timings()
