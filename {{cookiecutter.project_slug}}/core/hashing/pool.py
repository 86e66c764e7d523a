"""Hashes passwords within limits of memory, threads and time, whatever the number of requests.

A hash needs 19 MiB of memory, one of Django's own parameters 100 MiB, and tens of milliseconds of a processor. Without
limits, a few sign-ins at once would use up the memory of a server, and all its threads.

    with hashing_pool().admit():  # raises HashingBusy at once when the process hashes for enough requests
        hashing_pool().run(function, megabytes=19)
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache

from django.conf import settings

from .limits import MEGABYTES_AT_ONCE, REQUESTS_AT_ONCE

THREADS = 2
WAIT_SECONDS = 5.0  # for memory
RETRY_AFTER_SECONDS = 3

# Other threads come first. Even the eight threads that a hash of Django's own parameters starts get, while a request
# wants the processor too, only a fifth of its time.
NICENESS = 15


class HashingBusy(Exception):
    """This process cannot hash another password now. Another attempt may succeed after `retry_after` seconds."""

    retry_after = RETRY_AFTER_SECONDS


class HashingPool:
    """The threads of one process that hash, and the limits of what they do at once."""

    def __init__(self, *, megabytes: int, requests: int, wait_seconds: float = WAIT_SECONDS):
        self.megabytes = megabytes
        self.wait_seconds = wait_seconds
        self._free_megabytes = megabytes
        self._memory_returned = threading.Condition()
        self._admissions = threading.BoundedSemaphore(requests)
        self._admitted: ContextVar[bool] = ContextVar("admitted", default=False)
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="hashing", initializer=lower_priority)

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Admit a request for the duration of the block. Raises HashingBusy at once when there are enough.

        Inside the block, further calls are part of the same admission.
        """
        if self._admitted.get():
            yield
            return
        if not self._admissions.acquire(blocking=False):
            raise HashingBusy("enough requests of this process wait for a password's hash")
        token = self._admitted.set(True)
        try:
            yield
        finally:
            self._admitted.reset(token)
            self._admissions.release()

    def run[T](self, function: Callable[[], T], *, megabytes: int) -> T:
        """Return the result of `function`, which needs so many megabytes of memory.

        Raises HashingBusy when the memory does not become free in time, and ValueError for more than there is.
        """
        if megabytes > self.megabytes:
            raise ValueError(f"a hash may need {self.megabytes} MiB of memory, not {megabytes}")
        with self.admit(), self._memory(megabytes):
            return self._executor.submit(function).result()

    @contextmanager
    def _memory(self, megabytes: int) -> Iterator[None]:
        with self._memory_returned:
            if not self._memory_returned.wait_for(lambda: self._free_megabytes >= megabytes, self.wait_seconds):
                raise HashingBusy(f"{megabytes} MiB of memory did not become free within {self.wait_seconds:g} seconds")
            self._free_megabytes -= megabytes
        try:
            yield
        finally:
            with self._memory_returned:
                self._free_megabytes += megabytes
                self._memory_returned.notify_all()


@cache
def hashing_pool() -> HashingPool:
    """Return the pool of this process."""
    # Development's server has a thread for each request, and tests of pages sign in at once.
    production = settings.CONFIGURATION.environment.is_production
    return HashingPool(megabytes=MEGABYTES_AT_ONCE, requests=REQUESTS_AT_ONCE if production else 64)


# A forked process has none of the threads.
os.register_at_fork(after_in_child=hashing_pool.cache_clear)


def lower_priority() -> None:
    """Lower the priority of the current thread. Linux has one for each thread; elsewhere nothing changes."""
    if os.uname().sysname == "Linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
