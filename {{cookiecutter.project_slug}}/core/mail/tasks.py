from smtplib import SMTPException

from celery import shared_task
from django.core.mail import EmailMessage

from core.stores.outage import STORE_ERRORS


@shared_task(
    name="core.mail.tasks.deliver_mail",  # the name that queued messages carry
    autoretry_for=(OSError, SMTPException, *STORE_ERRORS),
    retry_backoff=5,
    retry_backoff_max=900,
    max_retries=12,
)
def deliver_mail(key: str) -> None:
    """Send the message that waits under `key`. Run again after it was sent, it finds nothing and does nothing."""
    from .sending import store

    if (message := store().get(f"mail:{key}")) is None:
        return
    EmailMessage(**message).send()
    store().delete(f"mail:{key}")
