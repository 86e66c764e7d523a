"""Calls at the same time, each in a thread of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_the_same_time[T](*calls: Callable[[], T]) -> list[T]:
    """Make the calls at the same time, and return their results in the order of the calls.

    Each thread has a database connection of its own, so the test needs `django_db(transaction=True)`. Raises the first
    error of a call. SQLite has one writer and raises OperationalError: skip the test when `connection.vendor` is
    "sqlite", and run it with `make test SERVERS=real`.
    """
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
