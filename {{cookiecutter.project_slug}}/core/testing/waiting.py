"""Waits for conditions, so that tests need not sleep."""

import time
from collections.abc import Callable


def wait_until[T](check: Callable[[], T], *, seconds: float = 10.0, every: float = 0.05) -> T:
    """Call `check` until its result is true, and return that. After `seconds`, fail and show the last result."""
    deadline = time.monotonic() + seconds
    while not (result := check()):
        assert time.monotonic() < deadline, f"not true within {seconds:g} seconds; the last result: {result!r}"
        time.sleep(every)
    return result
