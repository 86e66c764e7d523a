"""How mail leaves the portal: a request puts it into the outbox, and the worker sends it.

A request never waits for the mail server, so a password reset takes as long for an unknown email address as for a known
one.
"""

from django.core.mail import EmailMessage

from .outbox import outbox_add
from .tasks import deliver_mail


def send_later(message: EmailMessage) -> None:
    """Give a message of plain text to the worker.

    The task holds only the message's key, so the broker and the logs see no link. Raises kombu's OperationalError when
    the broker is down, and the errors of the application store.
    """
    key = outbox_add(
        {"subject": message.subject, "body": message.body, "from_email": message.from_email, "to": list(message.to)}
    )
    deliver_mail.delay(key)
