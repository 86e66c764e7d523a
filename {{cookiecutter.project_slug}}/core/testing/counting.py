"""Counts round trips: SQL statements, and commands to the stores and the cache.

It counts where a request leaves the process, below whatever asked: redis-py's connections, pymemcache's three ways to
ask, Django's cursors. The stand-ins are counted at the same places, or at the nearest that they have. A pipeline is one
round trip, and a connection that is opened inside costs what it says to introduce itself.

Two things are not seen. What the database backend asks past Django's cursors, to settle a connection, is one; what the
servers themselves count tells of that. The other is what waits for nobody to ask: the channel layer's own connections
are counted apart, as `live`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from unittest.mock import patch

import redis.asyncio.connection
import redis.connection
from django.core.cache.backends.locmem import LocMemCache
from django.db.backends.base import base as database
from django.db.backends.utils import CursorWrapper
from pymemcache.client.base import Client as Memcached

LONGEST_TOLD = 200  # characters of what was asked that a failure shows

MEMCACHED = ("_fetch_cmd", "_store_cmd", "_misc_cmd")
# Operations of the cache that its stand-in makes of others count once, as they do on Memcached.
LOCAL_MEMORY = ("get", "set", "add", "delete", "incr", "touch", "has_key", "get_many", "set_many", "clear")


@dataclass
class RoundTrips:
    """What was counted, of all threads: each entry says what was asked."""

    sql: list[str] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{len(self.sql)} SQL queries", *self.sql, f"{len(self.stores)} round trips to stores", *self.stores]
        return "\n  ".join(line[:LONGEST_TOLD] for line in lines)


@contextmanager
def counted_round_trips() -> Iterator[RoundTrips]:
    """Count what happens inside."""
    counted = RoundTrips()
    with ExitStack() as stack:

        def count(owner: Any, name: str, into: list[str], tell: Callable[..., str]) -> None:
            stack.enter_context(counting(owner, name, into, tell))

        count(CursorWrapper, "execute", counted.sql, lambda cursor, sql, *_: str(sql))
        count(CursorWrapper, "executemany", counted.sql, lambda cursor, sql, *_: str(sql))
        count(CursorWrapper, "callproc", counted.sql, lambda cursor, name, *_: str(name))
        count(database, "debug_transaction", counted.sql, lambda connection, sql: sql)  # BEGIN, COMMIT, ROLLBACK
        for module, into in ((redis.connection, counted.stores), (redis.asyncio.connection, counted.live)):
            count(
                module.AbstractConnection, "send_packed_command", into, lambda connection, command, *_: words(command)
            )
        for name in MEMCACHED:
            count(Memcached, name, counted.stores, lambda client, *what: f"memcached {what[:2]}")
        once = threading.local()
        for name in LOCAL_MEMORY:
            stack.enter_context(counting_outermost(LocMemCache, name, counted.stores, once))
        yield counted


def counting(owner: Any, name: str, into: list[str], tell: Callable[..., str]) -> AbstractContextManager[Any]:
    """Inside, each call of `owner`'s function `name` is noted as `tell` has it."""
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        into.append(tell(*args))
        return original(*args, **kwargs)

    return patch.object(owner, name, wrapper)


def counting_outermost(owner: Any, name: str, into: list[str], once: threading.local) -> AbstractContextManager[Any]:
    """The same, but for calls from inside another that is counted with the same `once`."""
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if getattr(once, "inside", False):
            return original(*args, **kwargs)
        into.append(f"local memory {name} {args[1:2]}")
        once.inside = True
        try:
            return original(*args, **kwargs)
        finally:
            once.inside = False

    return patch.object(owner, name, wrapper)


def words(command: Any) -> str:
    """What a command of Redis's protocol says: its words, without their lengths."""
    parts = b"".join([command.encode()] if isinstance(command, str) else command).split(b"\r\n")
    return "redis " + " ".join(part.decode(errors="replace") for part in parts if part[:1] not in (b"*", b"$"))


@contextmanager
def round_trips_within(*, sql: int, stores: int) -> Iterator[RoundTrips]:
    """Fail, and show all of them, when there are more round trips inside than these."""
    with counted_round_trips() as counted:
        yield counted
    assert len(counted.sql) <= sql, f"more than {sql} SQL queries: {counted}"
    assert len(counted.stores) <= stores, f"more than {stores} round trips to stores: {counted}"


@contextmanager
def exact_round_trips(*, sql: int, stores: int) -> Iterator[RoundTrips]:
    """Fail, and show all of them, when there are other numbers of round trips inside than these."""
    with counted_round_trips() as counted:
        yield counted
    assert (len(counted.sql), len(counted.stores)) == (sql, stores), f"not {sql} and {stores}: {counted}"
