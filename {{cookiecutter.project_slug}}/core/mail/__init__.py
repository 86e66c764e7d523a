"""Mail beyond Django's own: trying the connection, and the backend of a portal that has no mail server yet."""

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class MailNotConfigured(Exception):
    """Raised for a message that nobody can deliver: lost silently, it would look sent."""


class UnconfiguredBackend(BaseEmailBackend):
    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        raise MailNotConfigured("no mail server: set MAIL_URL in .env, as .env.example shows, and start again")


def connect_to_mail_server() -> None:
    """Open a connection and close it again, sending nothing. Raises whatever goes wrong."""
    mailer = mailers.default
    mailer.open()
    mailer.close()
