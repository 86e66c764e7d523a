"""Sessions: who is signed in, in the session store (Redis, `SESSION_STORE_URL`).

https://docs.djangoproject.com/en/stable/topics/http/sessions/
"""

from core.stores.redis import redis_backend

from .configuration import CONFIGURATION, ENVIRONMENT, KEY_PREFIX, PORTAL, SITE
from .security import COOKIE_PREFIX

DAY_SECONDS = 24 * 3600

# A session ends after the first without use, and after the second however much it is used.
AGE_SECONDS = 14 * DAY_SECONDS
SESSION_LIFETIME_SECONDS = PORTAL.security.session_days * DAY_SECONDS

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

SESSION_ENGINE = "core.sessions.store"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}{SITE}_session"
SESSION_COOKIE_AGE = AGE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.is_production
