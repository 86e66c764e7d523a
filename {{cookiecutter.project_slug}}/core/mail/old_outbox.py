"""Mail that waited in the session store when the portal was updated to keep mail in the database.

Its tasks in the broker hold the key of a message in the store. This module can be removed a few days after the update.
"""

from datetime import timedelta

import structlog
from django.core.mail import EmailMessage

from core.stores.session_store import session_store

from .models import Mail

logger = structlog.get_logger(__name__)

CLOSED = "closed"
LIFETIME = timedelta(days=1)


def adopt(key: str) -> int | None:
    """Write the message under `key` into the table, and return the row's key; None when it is not in the store."""
    store, name = session_store("core"), f"outbox:{key}"
    message = store.get(name)
    if not isinstance(message, dict):
        if message != CLOSED:
            logger.error("mail_lost", reason="the message of an older portal is no longer in the session store")
        return None
    mail = Mail.of(EmailMessage(**message), message["to"][0])
    mail.save(force_insert=True)
    store.set(name, CLOSED, lifetime=LIFETIME)
    return mail.pk
