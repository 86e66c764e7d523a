"""How mail leaves the portal: a request puts it into the outbox, and the worker sends it.

A request never waits for the mail server, so a password reset takes as long for an unknown email address as for a known
one.
"""

from contextlib import suppress

from django.core.mail import EmailMessage
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from .outbox import outbox_add, outbox_close
from .tasks import deliver_mail


def send_later(message: EmailMessage) -> None:
    """Give a message of plain text to the worker.

    The task holds only the message's key, so the broker and the logs see no link. Raises kombu's OperationalError when
    the broker is down, OutboxFull when too many messages wait, and the errors of the session store.
    """
    key = outbox_add(
        {"subject": message.subject, "body": message.body, "from_email": message.from_email, "to": list(message.to)}
    )
    try:
        deliver_mail.delay(key)
    except OperationalError:
        # The sender learns of the error, and sends it again. The broker may have the task in spite of its error.
        with suppress(RedisError):
            outbox_close(key)
        raise
