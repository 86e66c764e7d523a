"""The cache: whatever can be computed again, in Memcached (`CACHE_URL`) through pymemcache.

https://docs.djangoproject.com/en/stable/topics/cache/#memcached. When it is gone the portal is slower, never wrong.
"""

from urllib.parse import urlsplit

from .configuration import KEY_PREFIX, configuration

DEFAULT_LIFETIME_SECONDS = 300

URL = configuration.url("CACHE_URL")

if URL is None:
    BACKEND = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "cache",
        "KEY_PREFIX": KEY_PREFIX,
        "TIMEOUT": DEFAULT_LIFETIME_SECONDS,
    }
else:
    from core.stores.memcached import JSONSerde, SingleServerHasher

    parts = urlsplit(URL)
    BACKEND = {
        "BACKEND": "core.stores.memcached.PersistentMemcachedCache",
        "LOCATION": f"{parts.hostname}:{parts.port or 11211}",
        "KEY_PREFIX": KEY_PREFIX,
        "TIMEOUT": DEFAULT_LIFETIME_SECONDS,
        "OPTIONS": {
            "connect_timeout": 0.3,
            "timeout": 0.5,
            "no_delay": True,
            "ignore_exc": True,  # a dead cache is a miss
            "retry_attempts": 1,
            "retry_timeout": 1,
            "dead_timeout": 5,  # seconds until a dead server is asked again
            "serde": JSONSerde(),
            "hasher": SingleServerHasher,
        },
    }
