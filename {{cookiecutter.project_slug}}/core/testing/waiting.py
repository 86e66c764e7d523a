"""Tests never sleep to wait: they wait for a condition, with a deadline."""

import time
from collections.abc import Callable


def wait_until[T](check: Callable[[], T], *, seconds: float = 10.0, every: float = 0.05) -> T:
    """The first true answer of `check`; after `seconds`, fails and shows the last one."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, f"not within {seconds:g} seconds; at last: {answer!r}"
        time.sleep(every)
    return answer
