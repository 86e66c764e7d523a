"""One namespace of a store: values with a lifetime, and counters."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.core.cache import caches
from django_redis.cache import RedisCache
from redis import Redis

from .redis import UNSAFE

MAX_KEY_LENGTH = 200  # characters


class Namespace:
    """The values of one app in a store. A subclass names the store and its limits. Values are JSON.

    When the store is down or full, every method raises one of core.stores.outage.STORE_ERRORS, and the API answers 503.
    """

    alias: ClassVar[str]  # of Django's cache
    part: ClassVar[str]  # the first part of each key
    max_lifetime: ClassVar[timedelta]
    max_bytes: ClassVar[int | None] = None  # of a value as JSON
    has_readable_keys: ClassVar[bool] = False  # the Redis GUI shows them

    def __init__(self, namespace: str):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", namespace):
            raise ValueError(f"a namespace is the name of an app, not {namespace!r}")
        self.prefix = f"{self.part}:{namespace}"

    @property
    def _cache(self) -> RedisCache:
        cache: RedisCache = caches[self.alias]
        return cache

    def _key(self, key: str) -> str:
        if not key or len(key) > MAX_KEY_LENGTH:
            raise ValueError(f"a key has 1 to {MAX_KEY_LENGTH} characters, not {len(key)}")
        if self.has_readable_keys and (unsafe := UNSAFE.search(key)):
            raise ValueError(f"a key has only letters, digits and . _ : - @, not {unsafe[0]!r}")
        return f"{self.prefix}:{key}"

    @property
    def redis(self) -> Redis:
        """The client of the store, for the other modules of core.stores."""
        client: Redis = self._cache.client.get_client(write=True)
        return client

    def stored_key(self, key: str) -> str:
        """Return the name that `key` has in the store."""
        return str(self._cache.client.make_key(self._key(key)))

    def run_script(self, script: str, keys: Sequence[str], *arguments: str | bytes | float) -> Any:
        """Run a Lua script with these keys of the namespace, atomically and in one round trip.

        Texts of its result are str. The script must give every key that it writes a lifetime.
        """
        result = self.redis.eval(script, len(keys), *map(self.stored_key, keys), *arguments)
        return result.decode() if isinstance(result, bytes) else result

    def _seconds(self, lifetime: timedelta) -> float:
        return milliseconds(lifetime, longest=self.max_lifetime) / 1000

    def _check_size(self, value: Any) -> None:
        if self.max_bytes is None:
            return
        encoded = self._cache.client.encode(value)  # an integer stays one
        if isinstance(encoded, bytes) and (size := len(encoded)) > self.max_bytes:
            raise ValueError(f"a value has at most {self.max_bytes} bytes as JSON, not {size}")

    def set(self, key: str, value: Any, *, lifetime: timedelta) -> None:
        """Write `value` for `lifetime`. Raises ValueError for an invalid lifetime or a value that is too large."""
        self._check_size(value)
        self._cache.set(self._key(key), value, timeout=self._seconds(lifetime))

    def add(self, key: str, value: Any, *, lifetime: timedelta) -> bool:
        """Write `value` if the key has none, atomically, and return whether it was written. Raises as `set` does."""
        self._check_size(value)
        return bool(self._cache.add(self._key(key), value, timeout=self._seconds(lifetime)))

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it has none."""
        return self._cache.get(self._key(key), default)

    def delete(self, key: str) -> bool:
        """Delete the value of `key`, and return whether it had one."""
        return bool(self._cache.delete(self._key(key)))

    def take(self, key: str) -> Any:
        """Return the value of `key` and delete it, atomically. Returns None when there is none."""
        raw = self.redis.getdel(self.stored_key(key))
        return None if raw is None else self._cache.client.decode(raw)

    def count(self, key: str, *, lifetime: timedelta) -> int:
        """Increment a counter and return it. It expires after `lifetime`, counted from its first increment."""
        name = self.stored_key(key)
        with self.redis.pipeline(transaction=True) as pipeline:
            pipeline.set(name, 0, px=milliseconds(lifetime, longest=self.max_lifetime), nx=True)
            pipeline.incr(name)
            return int(pipeline.execute()[-1])

    def remaining(self, key: str) -> timedelta | None:
        """Return the remaining lifetime of the value of `key`, or None when there is none."""
        milliseconds_left = self._cache.pttl(self._key(key))
        return timedelta(milliseconds=milliseconds_left) if milliseconds_left else None


def milliseconds(lifetime: timedelta, *, longest: timedelta) -> int:
    """Return a lifetime in milliseconds. Raises TypeError for another type, ValueError outside the limits."""
    if not isinstance(lifetime, timedelta):
        raise TypeError(f"a lifetime is a timedelta, not {lifetime!r}")
    if not timedelta(milliseconds=1) <= lifetime <= longest:
        raise ValueError(f"a lifetime is from 1 millisecond to {longest.days} days, not {lifetime}")
    return int(lifetime / timedelta(milliseconds=1))
