"""Communications: each person's inbox of notifications, in the notification store (Redis, `NOTIFICATION_STORE_URL`).

A lost inbox is rebuilt from the notifications table of the database.
"""

from core.stores.redis import redis_backend

from .configuration import CONFIGURATION, KEY_PREFIX

AGE_SECONDS = 90 * 24 * 3600

BACKEND = redis_backend(
    CONFIGURATION.url("NOTIFICATION_STORE_URL"), name="notification-store", prefix=KEY_PREFIX, timeout=AGE_SECONDS
)

# The number of entries that an inbox keeps. The notifications table keeps all.
INBOX_LENGTH = 200
