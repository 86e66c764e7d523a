"""Send the rows that are due, one connection to the mail server for many of them.

Taking a row moves its next attempt to after the time in which its task must have ended. So no two workers send a mail
at the same time, and a mail whose worker was killed is sent again. It is sent twice, with one Message-ID, only if the
worker was killed between the server's answer and the commit.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import mailers
from django.db import connection, transaction
from django.utils import timezone

from core.configuration.secret_text import mask_passwords
from core.encryption import NoKeyDecrypts

from .backends import MailNotConfigured
from .models import MAX_ERROR, Mail, MailQuerySet

logger = structlog.get_logger(__name__)

TAKEN_FOR = timedelta(minutes=3)  # longer than a task may run: CELERY_TASK_TIME_LIMIT
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
BATCH = 50  # mails of a connection
ROUND_SECONDS = 20  # of the periodic task, which runs every 30 seconds
ANSWER_SECONDS = 60  # for the server to answer, once it is connected: a server may look at a text for long

SERVICE_NOT_AVAILABLE = 421
PERMANENT = 500  # and above: the server will never take this mail


class ServerFailed(Exception):
    """The mail server cannot be reached, or does not want to talk: no mail can be sent now."""


class Refused(Exception):
    """This mail will never be sent. The message has the server's answer."""


def delay_after(tries: int) -> timedelta:
    """Return how long a mail waits after its attempt number `tries` has failed: 30 s, 1 min, ... 15 min."""
    doubled = min(tries - 1, 10)  # times, which is enough for the longest
    return min(FIRST_DELAY * (1 << doubled), LONGEST_DELAY)


def take(mails: MailQuerySet) -> list[Mail]:
    """Take these rows, so that no other worker does, and return them. Rows that another worker takes are left out."""
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            mails = mails.select_for_update(skip_locked=True)
        taken = list(mails)
        until = timezone.now() + TAKEN_FOR
        for mail in taken:
            mail.tries += 1
            mail.next_try_at = until
        Mail.objects.bulk_update(taken, ["tries", "next_try_at"])
    return taken


def deliver_due(*, is_bulk: bool, seconds: float = ROUND_SECONDS) -> int:
    """Send what is due, for about `seconds`. Returns how many mails were sent. Ends when the server fails."""
    ends_at = time.monotonic() + seconds
    sent = 0
    while time.monotonic() < ends_at:
        due = Mail.objects.waiting().filter(is_bulk=is_bulk, next_try_at__lte=timezone.now())
        if not (mails := take(due.order_by("-is_urgent", "next_try_at")[:BATCH])):
            break
        try:
            sent += deliver(mails)
        except ServerFailed:
            break
    return sent


def deliver(mails: Sequence[Mail]) -> int:
    """Send these mails, which were taken. Returns how many were sent. Raises ServerFailed, after recording it."""
    waiting = list(mails)
    try:
        server = connect()
        try:
            while waiting:
                deliver_one(server, waiting[0])
                del waiting[0]
        finally:
            with suppress(Exception):  # the mails have left
                server.close()
    except ServerFailed as failure:
        for mail in waiting:
            record_failure(mail, str(failure))
        raise
    return sum(mail.sent_at is not None for mail in mails)


def connect() -> Any:
    """Return an open connection to the mail server. Raises ServerFailed."""
    server = mailers.default
    try:
        server.open()
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        raise ServerFailed(describe(error)) from error
    if socket := getattr(getattr(server, "connection", None), "sock", None):
        socket.settimeout(ANSWER_SECONDS)
    return server


def deliver_one(server: Any, mail: Mail) -> None:
    """Send a mail and record the result. Raises ServerFailed."""
    try:
        send(server, mail)
    except Refused as refusal:
        record_failure(mail, str(refusal), is_permanent=True)
    except (ServerFailed, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        record_failure(mail, describe(error))
    else:
        mail.sent_at = timezone.now()
        # A text may hold links that work like passwords. The subject stays, for the list in the admin.
        Mail.objects.filter(pk=mail.pk).update(sent_at=mail.sent_at, content="", error="")
        logger.info("mail_sent", mail=mail.pk, tries=mail.tries)


def send(server: Any, mail: Mail) -> None:
    """Send a mail. Raises Refused, ServerFailed, and any other error of an attempt that may succeed later."""
    try:
        message = mail.message()
        message.message()  # Django makes it again, and raises the same errors
    except NoKeyDecrypts:
        raise
    except (ValueError, UnicodeError) as error:
        raise Refused(describe(error)) from error  # such as an address that is none
    try:
        server.send_messages([message])
    except SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        if code >= PERMANENT:
            raise Refused(describe_answer(code, answer)) from error
        check_available(code, error)
        raise SMTPResponseException(code, answer) from error
    except SMTPDataError as error:
        if error.smtp_code >= PERMANENT:
            raise Refused(describe(error)) from error
        check_available(error.smtp_code, error)
        raise
    except SMTPNotSupportedError as error:
        raise Refused(describe(error)) from error
    except ValueError as error:
        raise Refused(describe(error)) from error
    except (OSError, SMTPException, MailNotConfigured) as error:
        # Also a refusal of the sender: every mail has the same one, and the operator can correct it.
        raise ServerFailed(describe(error)) from error


def check_available(code: int, error: SMTPException) -> None:
    if code == SERVICE_NOT_AVAILABLE:
        raise ServerFailed(describe(error)) from error


def record_failure(mail: Mail, error: str, *, is_permanent: bool = False) -> None:
    """Record that an attempt has failed. Give the mail up when it was refused, or was tried for long enough."""
    now = timezone.now()
    mail.error, mail.next_try_at = error[:MAX_ERROR], now + delay_after(mail.tries)
    if is_permanent or now >= mail.try_until:
        mail.given_up_at = now
        logger.error("mail_lost", mail=mail.pk, message_id=mail.message_id, tries=mail.tries, reason=mail.error)
    else:
        logger.warning("mail_delayed", mail=mail.pk, tries=mail.tries, reason=mail.error)
    mail.save(update_fields=["error", "next_try_at", "given_up_at"])


def describe(error: BaseException) -> str:
    """Return an error for maintainers, without a password."""
    if isinstance(error, SMTPRecipientsRefused):
        return describe_answer(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPResponseException):
        return describe_answer(error.smtp_code, error.smtp_error)
    if isinstance(error, MailNotConfigured):
        return str(error)
    return mask_passwords(" ".join(f"{type(error).__name__}: {error}".split()))


def describe_answer(code: int, answer: bytes | str) -> str:
    """Return what the mail server answered: `550 5.1.1 No such user`."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"the mail server answered {code} {' '.join(text.split())}"
