"""Django's PostgreSQL backend, with a check of kept connections and a limit of lock waits that cost no round trip.

Before the first query of a request, Django sends `SELECT 1` to find out whether the server has closed the connection
since the last request. A server that closes a connection sends a message first. So a connection whose socket has
nothing to read is open, and needs no query.

With Django's check a warm request takes 1.08 times as long, with PostgreSQL on the same machine; over a network it
costs a round trip more (benchmarks/README.md of the template, warm_request.py).

The server limits each wait for a lock. The waits of a request together have the same limit: after a slow statement, the
connection tells the server to wait less from then on.
"""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as DjangoDatabaseWrapper

from core.stores.lock_waits import lock_waits

LIMIT_LOCK_WAITS = "LIMIT_LOCK_WAITS"  # the key of DATABASES with which core/stores/database.py turns the limit on
UNKNOWN = -1


class DatabaseWrapper(DjangoDatabaseWrapper):
    def __init__(self, *arguments: Any, **more: Any):
        super().__init__(*arguments, **more)
        # In milliseconds. None: the one with which the connection was opened. UNKNOWN: a rollback may have changed it.
        self.lock_timeout: int | None = None
        self.execute_wrappers.append(self.execute_within_limit)

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self.health_check_done:
            self.health_check_done: bool = not self.connection.closed and has_nothing_to_read(self.connection.fileno())
        super().close_if_health_check_failed()

    def close_if_unusable_or_obsolete(self) -> None:
        """Prepare for the next request. Django calls this before and after each, and around a socket's queries."""
        super().close_if_unusable_or_obsolete()
        if not self.in_atomic_block:
            lock_waits.restart()
            if self.lock_timeout is not None:
                self.close()  # the next connection has the server's limit again

    def close(self) -> None:
        super().close()
        if self.connection is None:
            self.lock_timeout = None

    def execute_within_limit(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        with self.limited_wait():
            return execute(sql, params, many, context)

    def commit(self) -> None:
        with self.limited_wait():  # deferred constraints are checked now, and wait for locks
            super().commit()

    def rollback(self) -> None:
        super().rollback()
        self.forget_lock_timeout()

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self.forget_lock_timeout()

    def forget_lock_timeout(self) -> None:
        """Note that PostgreSQL has undone a SET of the transaction."""
        if self.lock_timeout is not None:
            self.lock_timeout = UNKNOWN

    @contextmanager
    def limited_wait(self) -> Iterator[None]:
        """Let the block wait for locks no longer than its request may still wait, and count its time if it is slow."""
        if not self.settings_dict.get(LIMIT_LOCK_WAITS):
            yield
            return
        if lock_waits.seconds and self.connection is not None and not self.needs_rollback:
            self.set_lock_timeout(max(1, int(lock_waits.remaining * 1000)))  # 0 would be no limit
        started = time.perf_counter()
        try:
            yield
        finally:
            lock_waits.add(time.perf_counter() - started)

    def set_lock_timeout(self, milliseconds: int) -> None:
        if self.lock_timeout != milliseconds:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = %s", [milliseconds])
            self.lock_timeout = milliseconds


def has_nothing_to_read(descriptor: int) -> bool:
    """Return whether a socket has neither data to read nor an end of file."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return not poll.poll(0)
