"""Counts round trips: SQL queries, and commands to the stores and the cache."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from unittest.mock import patch

import redis
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

CACHE_OPERATIONS = ("get", "set", "add", "delete", "incr", "touch", "get_many", "set_many", "delete_many")


@dataclass
class RoundTrips:
    """What was counted: each entry says what was asked."""

    sql: list[str] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{len(self.sql)} SQL queries", *self.sql, f"{len(self.stores)} round trips to stores", *self.stores]
        return "\n  ".join(lines)


@contextmanager
def counted_round_trips() -> Iterator[RoundTrips]:
    """Count what happens inside. A pipeline is one round trip, and so is each operation on the cache."""
    counted = RoundTrips()
    with ExitStack() as stack:
        queries = stack.enter_context(CaptureQueriesContext(connection))
        for owner, name in ((redis.Redis, "execute_command"), (redis.client.Pipeline, "execute")):
            stack.enter_context(counting(owner, name, counted.stores))
        cache = type(caches["cache"])
        for name in CACHE_OPERATIONS:
            stack.enter_context(counting(cache, name, counted.stores))
        yield counted
    counted.sql.extend(query["sql"] for query in queries.captured_queries)


def counting(owner: type, name: str, into: list[str]) -> Any:
    original = getattr(owner, name)

    @wraps(original)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        into.append(f"{owner.__name__}.{name} {args[:2]}")
        return original(self, *args, **kwargs)

    return patch.object(owner, name, wrapper)


@contextmanager
def round_trips_within(*, sql: int, stores: int) -> Iterator[RoundTrips]:
    """Fail, and show all of them, when there are more round trips inside than these."""
    with counted_round_trips() as counted:
        yield counted
    assert len(counted.sql) <= sql, f"more than {sql} SQL queries: {counted}"
    assert len(counted.stores) <= stores, f"more than {stores} round trips to stores: {counted}"
