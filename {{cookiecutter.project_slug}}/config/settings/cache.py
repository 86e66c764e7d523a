"""The cache: data that can be computed again, in Memcached (`CACHE_URL`) through pymemcache.

https://docs.djangoproject.com/en/stable/topics/cache/#memcached. Without the cache the portal is slower, never wrong.
"""

from typing import Any
from urllib.parse import urlsplit

from .configuration import CONFIGURATION, KEY_PREFIX

DEFAULT_LIFETIME_SECONDS = 300


def cache_backend(url: str | None) -> dict[str, Any]:
    """Return the entry of `CACHES` for the Memcached server at `url`, or for this process's memory without one."""
    shared = {"KEY_PREFIX": KEY_PREFIX, "TIMEOUT": DEFAULT_LIFETIME_SECONDS}
    if url is None:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "cache", **shared}
    from core.stores.memcached import JSONSerde, SingleServerHasher

    server = urlsplit(url)
    return {
        "BACKEND": "core.stores.memcached.PersistentMemcachedCache",
        "LOCATION": f"{server.hostname}:{server.port or 11211}",
        "OPTIONS": {
            "connect_timeout": 0.3,  # seconds
            "timeout": 0.5,  # seconds
            "no_delay": True,
            "ignore_exc": True,  # a dead cache is a miss
            "retry_attempts": 1,
            "retry_timeout": 1,  # second
            "dead_timeout": 5,  # seconds until a dead server is tried again
            "serde": JSONSerde(),
            "hasher": SingleServerHasher,
        },
        **shared,
    }


BACKEND = cache_backend(CONFIGURATION.url("CACHE_URL"))
