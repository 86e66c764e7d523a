"""Communications: each person's inbox of notifications, in the notification store (Redis, `NOTIFICATION_STORE_URL`).

What stands there is made again from the database's ledger when it is lost.
"""

from core.stores.redis import redis_backend

from .configuration import KEY_PREFIX, configuration

AGE_SECONDS = 90 * 24 * 3600

BACKEND = redis_backend(
    configuration.url("NOTIFICATION_STORE_URL"), name="notification-store", prefix=KEY_PREFIX, timeout=AGE_SECONDS
)

# Entries that an inbox keeps; the ledger keeps all.
INBOX_LENGTH = 200
