"""Whatever can be computed again.

    results = cached("polls")
    results.get_or_compute(f"results:{poll.pk}:{poll.version}", compute, lifetime=timedelta(minutes=5))

The cache may forget anything at any time, and may be away: then everything is computed, and slower. A key therefore
holds a version of what it was made from; nothing relies on a deletion.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.cache import caches

MISS = object()


class Cache:
    """One app's part of the cache. Values are what JSON can hold."""

    def __init__(self, namespace: str):
        self.namespace = namespace

    def get_or_compute(self, key: str, compute: Callable[[], Any], *, lifetime: timedelta) -> Any:
        """What stands under `key`, or what `compute` answers, which then stands there for `lifetime`."""
        cache = caches["cache"]
        name = f"{self.namespace}:{key}"
        value = cache.get(name, MISS)
        if value is MISS:
            value = compute()
            cache.set(name, value, timeout=int(lifetime.total_seconds()))
        return value

    def forget(self, key: str) -> None:
        caches["cache"].delete(f"{self.namespace}:{key}")


def cached(namespace: str) -> Cache:
    """The cache as the app called `namespace` sees it."""
    return Cache(namespace)
