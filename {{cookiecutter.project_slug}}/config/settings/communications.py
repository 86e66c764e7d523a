"""Communications: each person's inbox of notifications, in the notification store (Redis, `NOTIFICATION_STORE_URL`).

The database has every message. A lost inbox is built from it again.
"""

from core.stores.redis import redis_backend

from .configuration import CONFIGURATION, KEY_PREFIX, PORTAL

INBOX_LENGTH = PORTAL.notifications.inbox  # entries of an inbox
NOTIFICATION_DAYS = PORTAL.notifications.keep_days  # then messages are deleted

# Nothing is written through Django's cache API: services/notifications/inbox.py gives each key its lifetime.
BACKEND = redis_backend(
    CONFIGURATION.url("NOTIFICATION_STORE_URL"), name="notification-store", prefix=KEY_PREFIX, timeout=24 * 3600
)

# What doctor adds to the line of the store: a function without parameters that returns a text, or raises Degraded.
NOTIFICATION_STORE_REPORT = "services.notifications.health.report"
