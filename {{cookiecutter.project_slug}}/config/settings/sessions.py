"""Sessions, one-time codes and counters of limits, in the session store (Redis, `SESSION_STORE_URL`).

https://docs.djangoproject.com/en/stable/topics/http/sessions/
"""

from core.stores.redis import digest_key, redis_backend

from .configuration import CONFIGURATION, ENVIRONMENT, KEY_PREFIX, PORTAL, SITE
from .security import COOKIE_PREFIX

DAY_SECONDS = 24 * 3600

# A session ends after the first without use, and after the second however much it is used.
AGE_SECONDS = 14 * DAY_SECONDS
SESSION_LIFETIME_SECONDS = PORTAL.security.session_days * DAY_SECONDS
DEFAULT_LIFETIME_SECONDS = 300

# The version is part of each key. Version 1 was not encrypted: its sessions are neither read nor shown in the Redis GUI
# (infrastructure/redis/start), and expire.
BACKEND = {
    **redis_backend(
        CONFIGURATION.url("SESSION_STORE_URL"),
        name="session-store",
        prefix=KEY_PREFIX,
        timeout=AGE_SECONDS,
        serializer="core.sessions.serializer.EncryptedSerializer",
    ),
    "VERSION": 2,
}

# Django's `default` cache. Libraries keep counters of limits and used codes there. Apps use core.stores.session_store.
# The Redis GUI may not read keys with this prefix: infrastructure/redis/start.
PROTECTED_VALUES = redis_backend(
    CONFIGURATION.url("SESSION_STORE_URL"),
    name="session-store",
    prefix=f"{KEY_PREFIX}:default",
    timeout=DEFAULT_LIFETIME_SECONDS,
    key_function=digest_key,
)

SESSION_ENGINE = "core.sessions.store"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}{SITE}_session"
SESSION_COOKIE_AGE = AGE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.is_production
