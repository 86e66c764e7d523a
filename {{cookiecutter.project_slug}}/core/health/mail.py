"""The health check of outgoing mail."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.mail.backends import connect_to_mail_server
from core.mail.models import Mail
from core.stores.session_store import session_store

from .checks import Degraded, HealthCheck, wait_until
from .tasks import MAIL_WORKS, check_mail_connection, mail_key

WORKER_SECONDS = 10
LONGEST_WAIT = timedelta(minutes=10)  # of a mail that is not bulk mail
FAILED_FOR = timedelta(days=7)


class MailCheck(HealthCheck):
    tier = 2
    service = "mail"
    title = _("Mail")
    technology = "SMTP"
    variable = "MAIL_URL"
    embedded_backend = gettext_noop("files in var/mail")
    in_readiness = False
    needs = ("message-broker", "session-store", "worker")
    seconds = WORKER_SECONDS + 2.0

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
        waiting = check_table()
        return f"{detail}; {waiting} mails wait" if waiting else detail

    @staticmethod
    def check_through_worker() -> str:
        """Let the worker connect. No other container has MAIL_URL, or can reach a mail server."""
        token, store = secrets.token_hex(16), session_store("core")
        check_mail_connection.apply_async((token,), expires=WORKER_SECONDS)
        try:
            message = wait_until(lambda: store.take(mail_key(token)), seconds=WORKER_SECONDS)
        except TimeoutError:
            raise Degraded(
                format_lazy(
                    _("no answer from the worker, which sends mail, within {seconds} seconds"), seconds=WORKER_SECONDS
                )
            ) from None
        if message != MAIL_WORKS:
            raise Degraded(with_waiting(message))
        return "the worker connected, nothing sent"


def with_waiting(message: str) -> Any:
    """Add to a message how many mails wait, if any does."""
    waiting = Mail.objects.waiting().count()
    if not waiting:
        return message
    return format_lazy(_("{message}. {waiting} mails wait until the server is back"), message=message, waiting=waiting)


def check_table() -> int:
    """Return how many mails wait. Raise Degraded when one waits for long, or when one was given up in the last week."""
    now = timezone.now()
    failed = Mail.objects.failed().filter(given_up_at__gt=now - FAILED_FOR)
    waiting = Mail.objects.waiting()
    oldest = waiting.filter(is_bulk=False).order_by("created_at").first()
    problems = []
    if count := failed.count():
        last = failed.latest("given_up_at")
        problems.append(
            format_lazy(
                _("{count} mails were given up, the last one because {reason}"),
                count=count,
                reason=last.error or _("it expired"),
            )
        )
    number = waiting.count()
    if oldest and now - oldest.created_at > LONGEST_WAIT:
        age = lazy(timesince, str)(oldest.created_at, depth=1)
        because = format_lazy(_(", because {reason}"), reason=oldest.error) if oldest.error else ""
        problems.append(
            format_lazy(
                _("{number} mails wait, the oldest for {age}{because}"), number=number, age=age, because=because
            )
        )
    if problems:
        all_problems = format_lazy("; ".join(["{}"] * len(problems)), *problems)
        raise Degraded(
            format_lazy(_("{problems}. See /admin/core_mail/mail/"), problems=all_problems), advice="mail-waits"
        )
    return number
