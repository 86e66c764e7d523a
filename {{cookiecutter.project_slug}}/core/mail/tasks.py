import time
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.periodic import periodic
from core.tasks import BulkTask

from .delivery import ServerFailed, deliver, deliver_due, take
from .models import Mail
from .old_outbox import adopt

KEEP_SENT = timedelta(days=7)
KEEP_FAILED = timedelta(days=30)
DELETED_AT_ONCE = 10_000  # rows

# While the mail server fails, only the periodic task tries it. Each new mail would block a worker otherwise.
SERVER_PAUSE_SECONDS = 30
paused_until = 0.0  # of this process, by time.monotonic()


@shared_task(name="core.mail.tasks.deliver_mail")  # queued messages hold this name
def deliver_mail(mail_id: int | str) -> None:
    """Send a new mail. Does nothing when somebody has tried already: the periodic task tries again."""
    global paused_until
    if isinstance(mail_id, str):
        if (adopted := adopt(mail_id)) is None:
            return
        mail_id = adopted
    if time.monotonic() < paused_until:
        return
    try:
        deliver(take(Mail.objects.waiting().filter(pk=mail_id, tries=0)))
    except ServerFailed:
        paused_until = time.monotonic() + SERVER_PAUSE_SECONDS


@periodic(every=timedelta(seconds=30))
def deliver_waiting_mail() -> None:
    """Send what is due: mails whose task was lost, and those of an attempt that failed."""
    deliver_due(is_bulk=False)


@periodic(every=timedelta(seconds=30), base=BulkTask)
def deliver_bulk_mail() -> None:
    """Send bulk mail that is due."""
    deliver_due(is_bulk=True)


@periodic(every=timedelta(hours=6))
def delete_old_mail() -> None:
    """Delete the rows of mail that was sent a week ago, or given up a month ago."""
    now = timezone.now()
    for old in (
        Mail.objects.filter(sent_at__lt=now - KEEP_SENT),
        Mail.objects.filter(given_up_at__lt=now - KEEP_FAILED),
    ):
        while ids := list(old.order_by().values_list("pk", flat=True)[:DELETED_AT_ONCE]):
            Mail.objects.filter(pk__in=ids).delete()
