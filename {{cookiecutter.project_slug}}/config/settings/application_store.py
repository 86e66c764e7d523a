"""Temporary app data: what expires but must be right, in the application store (Redis, `APPLICATION_STORE_URL`).

It is Django's `default` cache, for libraries keep rate limits and one-time codes there. Apps use
`core.stores.application_store`, which asks for a lifetime and keeps apps apart.
"""

from core.stores.redis import redis_backend

from .configuration import KEY_PREFIX, configuration

DEFAULT_LIFETIME_SECONDS = 300

BACKEND = redis_backend(
    configuration.url("APPLICATION_STORE_URL"),
    name="application-store",
    prefix=KEY_PREFIX,
    timeout=DEFAULT_LIFETIME_SECONDS,
)
