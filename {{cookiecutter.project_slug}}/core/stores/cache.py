"""The cache: values that can be computed again.

    results = cached("polls")
    results.get_or_compute(f"results:{poll.pk}:{poll.version}", compute, lifetime=timedelta(minutes=5))

The cache may drop any value at any time. When it is down, every value is computed: the portal is slower, and correct. A
key contains the version of what its value was computed from, and no code relies on a deletion.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.cache import caches

MISS = object()


class Cache:
    """The cache keys of one app. Values are JSON."""

    def __init__(self, namespace: str):
        self.namespace = namespace

    def get_or_compute(self, key: str, compute: Callable[[], Any], *, lifetime: timedelta) -> Any:
        """Return the value of `key`, or the result of `compute`, which is then cached for `lifetime`."""
        cache, name = caches["cache"], self._name(key)
        value = cache.get(name, MISS)
        if value is MISS:
            value = compute()
            cache.set(name, value, timeout=int(lifetime.total_seconds()))
        return value

    def get_many_or_compute(
        self, keys: Iterable[str], compute_missing: Callable[[list[str]], Mapping[str, Any]], *, lifetime: timedelta
    ) -> dict[str, Any]:
        """Return key → value for all of `keys`, in their order, in one round trip.

        `compute_missing` receives the keys that are not cached and returns key → value for each of them. These values
        are then cached for `lifetime`, in a second round trip. Raises KeyError when it leaves out a key.
        """
        cache, names = caches["cache"], {key: self._name(key) for key in keys}
        if not names:
            return {}
        cached_values = cache.get_many(names.values())
        missing = [key for key, name in names.items() if name not in cached_values]
        computed = compute_missing(missing) if missing else {}
        if missing:
            new_values = {names[key]: computed[key] for key in missing}
            cache.set_many(new_values, timeout=int(lifetime.total_seconds()))
        return {key: cached_values[name] if name in cached_values else computed[key] for key, name in names.items()}

    def forget(self, key: str) -> None:
        """Delete the value of `key`, if there is one."""
        caches["cache"].delete(self._name(key))

    def _name(self, key: str) -> str:
        return f"{self.namespace}:{key}"


def cached(namespace: str) -> Cache:
    """Return the cache keys of the app called `namespace`."""
    return Cache(namespace)
