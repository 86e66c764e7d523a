"""The tasks of the health checks."""

from datetime import UTC, datetime, timedelta

from celery import shared_task

from core.mail.backends import MailNotConfigured, connect_to_mail_server
from core.stores.session_store import session_store
from core.tasks import BulkTask

PROBE_LIFETIME = timedelta(minutes=1)
HEARTBEAT = "scheduler:heartbeat"
HEARTBEAT_LIFETIME = timedelta(minutes=10)


@shared_task(name="core.health.answer_probe")
def answer_probe(token: str) -> None:
    """Write a value that the health check of the worker reads."""
    session_store("core").set(probe_key(token), True, lifetime=PROBE_LIFETIME)


@shared_task(base=BulkTask, name="core.health.answer_bulk_probe")
def answer_bulk_probe(token: str) -> None:
    """Do the same from the queue of bulk tasks."""
    answer_probe(token)


def probe_key(token: str) -> str:
    return f"worker:{token}"


@shared_task(name="core.health.heartbeat")
def heartbeat() -> None:
    """Write the time, which the health check of the scheduler reads."""
    session_store("core").set(HEARTBEAT, datetime.now(UTC).isoformat(), lifetime=HEARTBEAT_LIFETIME)


MAIL_WORKS = "ok"


@shared_task(name="core.health.check_mail_connection")
def check_mail_connection(token: str) -> None:
    """Connect to the mail server, and write the result for the health check of mail."""
    try:
        connect_to_mail_server()
        message = MAIL_WORKS
    except MailNotConfigured as error:
        message = str(error)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
    session_store("core").set(mail_key(token), message, lifetime=PROBE_LIFETIME)


def mail_key(token: str) -> str:
    return f"mail:{token}"
