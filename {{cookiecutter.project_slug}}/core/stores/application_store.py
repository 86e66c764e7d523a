"""The application store: temporary data of apps, which expires but must be correct.

Every write has a lifetime, and each app has its own namespace:

    drafts = application_store("polls")
    drafts.set(f"draft:{person.pk}", {"question": "…"}, lifetime=timedelta(days=7))

Put one-time codes, tokens and other secrets into `application_store("polls", secret=True)`, which the Redis GUI cannot
read. It can list the keys, so a key must not contain a secret.

When the store is down, every method raises redis.exceptions.ConnectionError or TimeoutError, and the API answers 503.
"""

import re
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django_redis.cache import RedisCache

MAX_LIFETIME = timedelta(days=90)
MAX_KEY_LENGTH = 200  # characters


class ApplicationStore:
    """One namespace of the application store. Values are JSON."""

    def __init__(self, namespace: str, *, secret: bool = False):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", namespace):
            raise ValueError(f"a namespace is the name of an app, not {namespace!r}")
        # infrastructure/redis/start lets the Redis GUI read only keys that start with apps:.
        self.prefix = f"{'secrets' if secret else 'apps'}:{namespace}"

    @property
    def _cache(self) -> RedisCache:
        cache: RedisCache = caches["default"]
        return cache

    def _key(self, key: str) -> str:
        if not key or len(key) > MAX_KEY_LENGTH:
            raise ValueError(f"a key has 1 to {MAX_KEY_LENGTH} characters, not {len(key)}")
        return f"{self.prefix}:{key}"

    def set(self, key: str, value: Any, *, lifetime: timedelta) -> None:
        """Write `value` for `lifetime`. Raises ValueError for a lifetime that is not positive or too long."""
        self._cache.set(self._key(key), value, timeout=milliseconds(lifetime) / 1000)

    def add(self, key: str, value: Any, *, lifetime: timedelta) -> bool:
        """Write `value` if the key has none, atomically, and return whether it was written."""
        return bool(self._cache.add(self._key(key), value, timeout=milliseconds(lifetime) / 1000))

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default` when it has none."""
        return self._cache.get(self._key(key), default)

    def delete(self, key: str) -> bool:
        """Delete the value of `key`, and return whether it had one."""
        return bool(self._cache.delete(self._key(key)))

    def take(self, key: str) -> Any:
        """Return the value of `key` and delete it, atomically. Returns None when there is none."""
        client = self._cache.client
        raw = client.get_client(write=True).getdel(client.make_key(self._key(key)))
        return None if raw is None else client.decode(raw)

    def count(self, key: str, *, lifetime: timedelta) -> int:
        """Increment a counter and return it. It expires after `lifetime`, counted from its first increment."""
        client = self._cache.client
        redis = client.get_client(write=True)
        name = client.make_key(self._key(key))
        with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(name, 0, px=milliseconds(lifetime), nx=True)
            pipeline.incr(name)
            return int(pipeline.execute()[-1])

    def remaining(self, key: str) -> timedelta | None:
        """Return the remaining lifetime of the value of `key`, or None when there is none."""
        milliseconds_left = self._cache.pttl(self._key(key))
        return timedelta(milliseconds=milliseconds_left) if milliseconds_left else None


def milliseconds(lifetime: timedelta) -> int:
    """Return a lifetime in milliseconds. Raises TypeError for another type, ValueError outside the limits."""
    if not isinstance(lifetime, timedelta):
        raise TypeError(f"a lifetime is a timedelta, not {lifetime!r}")
    if not timedelta(milliseconds=1) <= lifetime <= MAX_LIFETIME:
        raise ValueError(f"a lifetime is from 1 millisecond to {MAX_LIFETIME.days} days, not {lifetime}")
    return int(lifetime / timedelta(milliseconds=1))


def application_store(namespace: str, *, secret: bool = False) -> ApplicationStore:
    """Return the namespace of the app called `namespace`; with `secret`, the one that the Redis GUI cannot read."""
    return ApplicationStore(namespace, secret=secret)
