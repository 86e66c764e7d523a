"""The tasks by which worker and scheduler prove themselves."""

from datetime import UTC, datetime, timedelta

from celery import shared_task

from core.mail.backends import connect_to_mail_server
from core.stores.application_store import application_store

PROBE_LIFETIME = timedelta(minutes=1)
HEARTBEAT = "scheduler:heartbeat"
HEARTBEAT_LIFETIME = timedelta(minutes=10)


@shared_task(name="core.health.answer_probe")
def answer_probe(token: str) -> None:
    """Leave a mark that whoever sent this task finds."""
    application_store("core").set(probe_key(token), True, lifetime=PROBE_LIFETIME)


def probe_key(token: str) -> str:
    return f"worker:{token}"


@shared_task(name="core.health.heartbeat")
def heartbeat() -> None:
    """Say when the scheduler last had something done."""
    application_store("core").set(HEARTBEAT, datetime.now(UTC).isoformat(), lifetime=HEARTBEAT_LIFETIME)


MAIL_WORKS = "ok"


@shared_task(name="core.health.check_mail_connection")
def check_mail_connection(token: str) -> None:
    """Connect to the mail server from here, and leave word of how that went."""
    try:
        connect_to_mail_server()
        word = MAIL_WORKS
    except Exception as error:
        word = f"{type(error).__name__}: {error}"
    application_store("core").set(mail_key(token), word, lifetime=PROBE_LIFETIME)


def mail_key(token: str) -> str:
    return f"mail:{token}"
