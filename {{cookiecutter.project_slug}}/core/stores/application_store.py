"""Temporary app data: what expires but must be right.

Every write says how long it lives, and each app has a namespace of its own:

    drafts = application_store("polls")
    drafts.set(f"draft:{person.pk}", {"question": "…"}, lifetime=timedelta(days=7))

What nobody but the app may read (one-time codes, tokens) goes into `application_store("polls", secret=True)`: the Redis
GUI's user cannot read it. Names of keys are seen by whoever may list them, so a name holds no secret either.

Errors of the store come through as redis.exceptions.ConnectionError or TimeoutError, which become a 503: what must
be right is better absent for a while than guessed.
"""

import re
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django_redis.cache import RedisCache

LONGEST_LIFETIME = timedelta(days=90)
LONGEST_KEY = 200  # characters


class ApplicationStore:
    """One namespace of the application store. Values are what JSON can hold."""

    def __init__(self, namespace: str, *, secret: bool = False):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", namespace):
            raise ValueError(f"a namespace is an app's name, not {namespace!r}")
        # infrastructure/redis/start lets the GUI's user read what begins with apps:, and nothing else.
        self.prefix = f"{'secrets' if secret else 'apps'}:{namespace}"

    @property
    def _cache(self) -> RedisCache:
        cache: RedisCache = caches["default"]  # type: ignore[assignment]
        return cache

    def _key(self, key: str) -> str:
        if not key or len(key) > LONGEST_KEY:
            raise ValueError(f"a key has 1 to {LONGEST_KEY} characters, not {len(key)}")
        return f"{self.prefix}:{key}"

    def set(self, key: str, value: Any, *, lifetime: timedelta) -> None:
        """Write `value` for `lifetime`. Raises ValueError for a lifetime that is not positive, or is too long."""
        self._cache.set(self._key(key), value, timeout=milliseconds(lifetime) / 1000)

    def add(self, key: str, value: Any, *, lifetime: timedelta) -> bool:
        """Write `value` when nothing stands there; whether it was written. Of two at once, one wins."""
        return bool(self._cache.add(self._key(key), value, timeout=milliseconds(lifetime) / 1000))

    def get(self, key: str, default: Any = None) -> Any:
        return self._cache.get(self._key(key), default)

    def delete(self, key: str) -> bool:
        """Whether there was something to delete."""
        return bool(self._cache.delete(self._key(key)))

    def take(self, key: str) -> Any:
        """Read and delete in one step: of two that take at once, one gets it, the other None."""
        client = self._cache.client
        raw = client.get_client(write=True).getdel(client.make_key(self._key(key)))
        return None if raw is None else client.decode(raw)

    def count(self, key: str, *, lifetime: timedelta) -> int:
        """Raise a counter by one and return it. Its lifetime starts with the first count, and ends it."""
        client = self._cache.client
        redis = client.get_client(write=True)
        name = client.make_key(self._key(key))
        with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(name, 0, px=milliseconds(lifetime), nx=True)
            pipeline.incr(name)
            return int(pipeline.execute()[-1])

    def remaining(self, key: str) -> timedelta | None:
        """How long the value under `key` still lives; None when there is none."""
        left = self._cache.pttl(self._key(key))
        return timedelta(milliseconds=left) if left else None


def milliseconds(lifetime: timedelta) -> int:
    """A lifetime in milliseconds. Raises TypeError without one, ValueError for one that is no lifetime."""
    if not isinstance(lifetime, timedelta):
        raise TypeError(f"a lifetime is a timedelta, not {lifetime!r}: what is temporary says for how long")
    if not timedelta(milliseconds=1) <= lifetime <= LONGEST_LIFETIME:
        raise ValueError(f"a lifetime lies between a millisecond and {LONGEST_LIFETIME.days} days, not {lifetime}")
    return int(lifetime / timedelta(milliseconds=1))


def application_store(namespace: str, *, secret: bool = False) -> ApplicationStore:
    """The application store as the app called `namespace` sees it; `secret` is what the Redis GUI cannot read."""
    return ApplicationStore(namespace, secret=secret)
