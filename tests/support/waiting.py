"""The one way to wait: for a condition, with a deadline."""

import time
from collections.abc import Callable


def wait_until[Answer](check: Callable[[], Answer], *, seconds: float = 10.0, every: float = 0.05) -> Answer:
    """Return the first true answer of `check()`.

    `check` runs at once, and then again `every` so many seconds. Raises TimeoutError after `seconds`, with the last
    answer in its message.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{check.__qualname__} was still {answer!r} after {seconds:g} s")
        time.sleep(every)
