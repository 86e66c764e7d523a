from smtplib import SMTPException

from celery import shared_task
from django.core.mail import EmailMessage

from core.stores.outage import STORE_ERRORS

from .outbox import outbox_get, outbox_remove


@shared_task(
    name="core.mail.tasks.deliver_mail",  # queued messages hold this name
    autoretry_for=(OSError, SMTPException, *STORE_ERRORS),
    retry_backoff=5,
    retry_backoff_max=900,
    max_retries=12,
)
def deliver_mail(key: str) -> None:
    """Send the message in the outbox under `key`. Does nothing when it was sent before."""
    if (message := outbox_get(key)) is None:
        return
    EmailMessage(**message).send()
    outbox_remove(key)
