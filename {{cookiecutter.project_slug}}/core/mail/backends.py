"""Mail servers: a connection test, and the backend of a production portal without one."""

from collections.abc import Sequence

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class MailNotConfigured(Exception):
    """No mail server is configured. A message that is dropped silently would look sent."""


class UnconfiguredBackend(BaseEmailBackend):
    """Refuses every message. Raises MailNotConfigured."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise MailNotConfigured(
            "this process has no mail server. In containers, only the worker sends mail: hand it over with "
            "core.mail.sending.send_later. Otherwise set MAIL_URL in .env, as .env.example shows, and start again"
        )


def is_configured() -> bool:
    """Return whether this process can send mail. In containers, only the worker can."""
    return not isinstance(mailers.default, UnconfiguredBackend)


def connect_to_mail_server() -> None:
    """Open a connection and close it, without sending anything.

    Raises MailNotConfigured without a mail server, and any error of the connection.
    """
    mailer = mailers.default
    if not is_configured():
        raise MailNotConfigured("no mail server: set MAIL_URL in .env, as .env.example shows")
    mailer.open()
    mailer.close()
