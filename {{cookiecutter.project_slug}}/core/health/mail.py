"""The health check of outgoing mail."""

import secrets

from django.conf import settings

from core.mail.backends import connect_to_mail_server
from core.mail.outbox import MOST_WAITING, outbox_losses, outbox_waiting
from core.stores.session_store import session_store

from .checks import Degraded, HealthCheck, wait_until
from .tasks import MAIL_WORKS, check_mail_connection, mail_key

WORKER_SECONDS = 10


class MailCheck(HealthCheck):
    tier = 2
    service = "mail"
    technology = "SMTP"
    variable = "MAIL_URL"
    embedded_backend = "files in var/mail"
    in_readiness = False

    @property
    def active_embedded_backend(self) -> str:
        # In production the worker knows, and `round_trip` asks it.
        return "" if settings.CONFIGURATION.environment.is_production else super().active_embedded_backend

    def round_trip(self) -> str:
        if settings.CONFIGURATION.environment.is_production:
            detail = self.check_through_worker()
        else:
            connect_to_mail_server()
            detail = "connected, nothing sent"
        check_outbox()
        return detail

    @staticmethod
    def check_through_worker() -> str:
        """Let the worker connect. No other container has MAIL_URL, or can reach a mail server."""
        token, store = secrets.token_hex(16), session_store("core")
        check_mail_connection.apply_async((token,), expires=WORKER_SECONDS)
        try:
            message = wait_until(lambda: store.take(mail_key(token)), seconds=WORKER_SECONDS)
        except TimeoutError:
            raise Degraded(f"no answer from the worker, which sends mail, within {WORKER_SECONDS} seconds") from None
        if message != MAIL_WORKS:
            raise Degraded(message)
        return "the worker connected, nothing sent"


def check_outbox() -> None:
    """Raise Degraded while the outbox is full, and for a week after a message was lost."""
    if (waiting := outbox_waiting()) >= MOST_WAITING:
        raise Degraded(f"{waiting} messages wait, which is the most")
    count, last = outbox_losses()
    if count:
        raise Degraded(
            f"{count} messages were not sent, the last one at {last}. "
            f"The worker's log says why (mail_lost). Ask the people concerned to try again"
        )
