"""Counts round trips: SQL statements, and commands to the stores and the cache.

The counters are where commands leave the process: Django's cursors, redis-py's connections and pymemcache's three
command functions. The embedded backends are counted at the same or the nearest place. A pipeline is one round trip. A
connection that is opened while counting adds the commands of its handshake.

Two kinds are not in the numbers. When the database backend opens a connection, it sends some statements past Django's
cursors. The asynchronous connections of the channel layer are counted apart, as `live`.
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

from core.stores.pymemcache_internals import ROUND_TRIPS

MAX_COMMAND_LENGTH = 200  # characters of a command in the message of a failure

# The local-memory backend makes some operations of others. Those count once, as on Memcached.
LOCAL_MEMORY = ("get", "set", "add", "delete", "incr", "touch", "has_key", "get_many", "set_many", "clear")


@dataclass
class RoundTrips:
    """The counted commands of all threads."""

    sql: list[str] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{len(self.sql)} SQL queries", *self.sql, f"{len(self.stores)} round trips to stores", *self.stores]
        return "\n  ".join(line[:MAX_COMMAND_LENGTH] for line in lines)


@contextmanager
def counted_round_trips() -> Iterator[RoundTrips]:
    """Count the round trips in the block."""
    counted = RoundTrips()
    with ExitStack() as stack:

        def count(owner: Any, name: str, commands: list[str], describe: Callable[..., str]) -> None:
            stack.enter_context(record_calls(owner, name, commands, describe))

        count(CursorWrapper, "execute", counted.sql, lambda cursor, sql, *_: str(sql))
        count(CursorWrapper, "executemany", counted.sql, lambda cursor, sql, *_: str(sql))
        count(CursorWrapper, "callproc", counted.sql, lambda cursor, name, *_: str(name))
        count(database, "debug_transaction", counted.sql, lambda connection, sql: sql)  # BEGIN, COMMIT, ROLLBACK
        for module, commands in ((redis.connection, counted.stores), (redis.asyncio.connection, counted.live)):
            count(
                module.AbstractConnection,
                "send_packed_command",
                commands,
                lambda connection, command, *_: describe_redis_command(command),
            )
        for name in ROUND_TRIPS:
            count(Memcached, name, counted.stores, lambda client, *arguments: f"memcached {arguments[:2]}")
        thread = threading.local()
        for name in LOCAL_MEMORY:
            stack.enter_context(record_outermost_calls(LocMemCache, name, counted.stores, thread))
        yield counted


def record_calls(
    owner: Any, name: str, commands: list[str], describe: Callable[..., str]
) -> AbstractContextManager[Any]:
    """Add a description of each call of `owner`'s function `name` to `commands`."""
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        commands.append(describe(*args))
        return original(*args, **kwargs)

    return patch.object(owner, name, wrapper)


def record_outermost_calls(
    owner: Any, name: str, commands: list[str], thread: threading.local
) -> AbstractContextManager[Any]:
    """Do the same, but leave out calls from inside another recorded call with the same `thread`."""
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if getattr(thread, "inside", False):
            return original(*args, **kwargs)
        commands.append(f"local memory {name} {args[1:2]}")
        thread.inside = True
        try:
            return original(*args, **kwargs)
        finally:
            thread.inside = False

    return patch.object(owner, name, wrapper)


def describe_redis_command(command: Any) -> str:
    """Return the arguments of a command in Redis's protocol, without their lengths."""
    lines = b"".join([command.encode()] if isinstance(command, str) else command).split(b"\r\n")
    return "redis " + " ".join(line.decode(errors="replace") for line in lines if line[:1] not in (b"*", b"$"))


@contextmanager
def round_trips_within(*, sql: int, stores: int) -> Iterator[RoundTrips]:
    """Fail if the block makes more round trips, and show all of them."""
    with counted_round_trips() as counted:
        yield counted
    assert len(counted.sql) <= sql, f"more than {sql} SQL queries: {counted}"
    assert len(counted.stores) <= stores, f"more than {stores} round trips to stores: {counted}"


@contextmanager
def exact_round_trips(*, sql: int, stores: int) -> Iterator[RoundTrips]:
    """Fail unless the block makes exactly these round trips, and show all of them."""
    with counted_round_trips() as counted:
        yield counted
    assert (len(counted.sql), len(counted.stores)) == (sql, stores), f"not {sql} and {stores}: {counted}"
