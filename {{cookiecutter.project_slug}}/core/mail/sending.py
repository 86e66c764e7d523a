"""How mail leaves the portal: a row in the caller's transaction, which the worker sends after the commit.

A request never waits for the mail server, so a password reset takes as long for an unknown email address as for a known
one. While the broker or the mail server is down, the row waits.
"""

from collections.abc import Iterable

from django.core.mail import EmailMessage

from core.stores.outage import NoRoom
from core.transactions import after_commit

from .models import Mail, waits_too_many
from .tasks import deliver_bulk_mail, deliver_mail

# The mails that may wait before visitors are asked to come back later: 5000 links take about 20 MB of the database.
MOST_WAITING = 5000


def send_later(message: EmailMessage) -> list[Mail]:
    """Send a mail after the surrounding transaction has committed; never after a rollback. Returns its rows.

    Each address of `message.to` gets a mail of its own. A mail has a text, and may have HTML and headers. Raises
    ValueError for attachments, cc and bcc.
    """
    mails = [Mail.of(message, recipient) for recipient in message.to]
    for mail in mails:
        mail.save(force_insert=True)
        # The task has the row's key only, so the broker and the logs see no link.
        after_commit(deliver_mail.delay, mail.pk)
    return mails


def send_bulk_later(messages: Iterable[EmailMessage], *, is_urgent: bool = False) -> list[Mail]:
    """Send many mails as `send_later` does, behind all others, the urgent ones first.

    Runs one statement for each 500 mails.
    """
    mails = Mail.objects.bulk_create(
        [
            Mail.of(message, recipient, is_bulk=True, is_urgent=is_urgent)
            for message in messages
            for recipient in message.to
        ],
        batch_size=500,
    )
    if mails:
        after_commit(deliver_bulk_mail.delay)
    return mails


def check_room() -> None:
    """Raise NoRoom when too much mail waits. For mails that visitors without an account can cause."""
    if waits_too_many(MOST_WAITING):
        raise NoRoom(f"{MOST_WAITING} mails or more wait to be sent. Run doctor, which checks mail.")
