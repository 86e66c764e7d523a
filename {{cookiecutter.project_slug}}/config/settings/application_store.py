"""Temporary app data, in the application store (Redis, `APPLICATION_STORE_URL`), which evicts when it is full.

Apps use `core.stores.application_store`, which requires a lifetime and separates the apps.
"""

from core.stores.redis import redis_backend

from .configuration import CONFIGURATION, KEY_PREFIX

DEFAULT_LIFETIME_SECONDS = 300

BACKEND = redis_backend(
    CONFIGURATION.url("APPLICATION_STORE_URL"),
    name="application-store",
    prefix=KEY_PREFIX,
    timeout=DEFAULT_LIFETIME_SECONDS,
)
