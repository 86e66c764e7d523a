from smtplib import SMTPException
from typing import Any

import structlog
from celery import shared_task
from django.core.mail import EmailMessage
from redis.exceptions import RedisError

from core.stores.outage import STORE_ERRORS
from core.tasks import PortalTask

from .outbox import outbox_close, outbox_get, outbox_record_loss

logger = structlog.get_logger(__name__)


class MailTask(PortalTask):
    """A task that reports a message which was not sent and never will be: in the log, and to doctor."""

    abstract = True

    def on_failure(self, exc: Exception, task_id: str, *arguments: Any) -> None:
        logger.error("mail_lost", task=task_id, error=type(exc).__name__, reason=str(exc))
        try:
            outbox_record_loss()
        except RedisError as store_error:
            logger.error("mail_loss_not_recorded", task=task_id, error=type(store_error).__name__)


@shared_task(
    base=MailTask,
    name="core.mail.tasks.deliver_mail",  # queued messages hold this name
    autoretry_for=(OSError, SMTPException, *STORE_ERRORS),
    retry_backoff=5,
    retry_backoff_max=900,
    max_retries=12,
)
def deliver_mail(key: str) -> None:
    """Send the message in the outbox under `key`. Does nothing when it was sent before.

    Raises MailLost when the outbox has lost it. After every error that is not tried again, doctor shows the loss.
    """
    if (message := outbox_get(key)) is None:
        return
    EmailMessage(**message).send()
    outbox_close(key)
