"""Locks: one process at a time does something. They are in the session store, which evicts nothing.

    with suppress(LockTaken), lock("polls", "closing", lifetime=timedelta(minutes=5)):
        ...

A lock is a convenience that saves work, and no guarantee: it ends with its lifetime even if the block still runs, and
is lost with the store. What must not happen twice needs a constraint or a locked row in the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from redis.exceptions import LockError
from redis.lock import Lock

from .namespaces import milliseconds
from .outage import STORE_ERRORS
from .session_store import ProtectedValues

logger = structlog.get_logger(__name__)

MAX_LIFETIME = timedelta(hours=1)
MAX_WAIT = timedelta(seconds=10)
ASK_EVERY_SECONDS = 0.05
NO_WAIT = timedelta(0)


class LockTaken(Exception):
    """Somebody else holds the lock."""


@contextmanager
def lock(namespace: str, name: str, *, lifetime: timedelta, wait: timedelta = NO_WAIT) -> Iterator[None]:
    """Hold the lock called `name` during the block, for at most `lifetime`. Only its holder releases it.

    Waits for at most `wait`, then raises LockTaken. Raises ValueError for a lifetime of more than an hour or a wait of
    more than 10 seconds, and the errors of core.stores.outage.STORE_ERRORS when it cannot be taken. An error of the
    store at the end of the block is not raised: the lifetime ends the lock.
    """
    if not NO_WAIT <= wait <= MAX_WAIT:
        raise ValueError(f"a wait is from 0 to {MAX_WAIT.seconds} seconds, not {wait}")
    seconds = milliseconds(lifetime, longest=MAX_LIFETIME) / 1000
    store = ProtectedValues(namespace)
    taken = Lock(
        store.redis,
        store.stored_key(f"lock:{name}"),
        timeout=seconds,
        sleep=ASK_EVERY_SECONDS,
        blocking_timeout=wait.total_seconds(),
        thread_local=False,
    )
    if not taken.acquire():
        raise LockTaken(f"the lock {namespace}:{name} is taken")
    try:
        yield
    finally:
        release(taken)


def release(taken: Lock) -> None:
    try:
        taken.release()
    except LockError:
        logger.warning("lock_ended_before_its_block", lock=taken.name)  # its lifetime was too short
    except STORE_ERRORS as error:
        logger.warning("lock_not_released", lock=taken.name, error=type(error).__name__)
