"""The tasks by which worker and scheduler prove themselves."""

from datetime import UTC, datetime, timedelta

from celery import shared_task

from core.mail import connect_to_mail_server
from core.stores.application_store import application_store

PROOF_LIFETIME = timedelta(minutes=1)
HEARTBEAT = "scheduler:heartbeat"
HEARTBEAT_LIFETIME = timedelta(minutes=10)


@shared_task
def prove(token: str) -> None:
    """Leave a mark that whoever sent this task finds."""
    application_store("core").set(proof_key(token), True, lifetime=PROOF_LIFETIME)


def proof_key(token: str) -> str:
    return f"worker:{token}"


@shared_task
def heartbeat() -> None:
    """Say when the scheduler last had something done."""
    application_store("core").set(HEARTBEAT, datetime.now(UTC).isoformat(), lifetime=HEARTBEAT_LIFETIME)


MAIL_WORKS = "ok"


@shared_task
def try_mail(token: str) -> None:
    """Connect to the mail server from here, and leave word of how that went."""
    try:
        connect_to_mail_server()
        word = MAIL_WORKS
    except Exception as error:
        word = f"{type(error).__name__}: {error}"
    application_store("core").set(mail_key(token), word, lifetime=PROOF_LIFETIME)


def mail_key(token: str) -> str:
    return f"mail:{token}"
