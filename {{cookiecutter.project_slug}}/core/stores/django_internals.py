"""The private API of Django's cache backends that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django moves one of these names.
"""

from typing import Any

from django.core.cache.backends.memcached import PyMemcacheCache
from pymemcache import HashClient

PRIVATE = ("django.core.cache.backends.memcached.BaseMemcachedCache._cache",)


class AdaptableMemcachedCache(PyMemcacheCache):
    """Django's Memcached backend, whose client a subclass chooses."""

    @property
    def client(self) -> HashClient:
        """The client for the next command."""
        raise NotImplementedError

    @property
    def client_options(self) -> dict[str, Any]:
        """The arguments of a client, from OPTIONS in the settings."""
        options: dict[str, Any] = self._options  # type: ignore[attr-defined]  # private, so the stubs lack it
        return options

    @property
    def _cache(self) -> HashClient:
        return self.client
