"""How mail leaves: written by whoever has something to say, delivered by the worker.

A mail server's pace is not the asker's: whoever asks for a new password waits as long for an address that nobody has.
"""

import secrets
from datetime import timedelta

from django.core.mail import EmailMessage

from core.stores.application_store import ApplicationStore, application_store

from .tasks import deliver_mail

LIFETIME = timedelta(days=1)  # longer than the worker tries


def store() -> ApplicationStore:
    """Where messages wait. They may hold a one-time link, so the Redis GUI does not see them."""
    return application_store("core", secret=True)


def send_later(message: EmailMessage) -> None:
    """Hand a message of plain text to the worker.

    The task says only under which key it waits: what brokers keep and logs show of a task holds no link. Raises
    kombu's OperationalError when the broker does not take it.
    """
    key = secrets.token_urlsafe(16)
    store().set(
        f"mail:{key}",
        {"subject": message.subject, "body": message.body, "from_email": message.from_email, "to": list(message.to)},
        lifetime=LIFETIME,
    )
    deliver_mail.delay(key)
