"""Sends the announcements that are due. The row of an announcement is its own appointment: its `send_at` has passed."""

import structlog
from django.db import transaction
from django.utils import timezone

from core.live.publishing import publish
from core.plugins.manifest import Audience
from core.transactions import after_commit
from services.notifications import notify

from .models import Announcement

KIND = "announcements.published"
TOPIC = "announcements:list"  # what pages with a list subscribe to
BATCH = 100  # announcements of one run

logger = structlog.get_logger(__name__)


def announcements_send_due() -> int:
    """Send each announcement that is due, in a transaction of its own. Return how many were sent.

    One that fails is logged, tried again by the next run, and does not hold up the others.
    """
    due = Announcement.objects.due().order_by("send_at").values_list("pk", flat=True)
    sent = 0
    for pk in list(due[:BATCH]):
        try:
            sent += announcement_send(pk)
        except Exception:
            logger.exception("announcement_failed", announcement=pk)
    return sent


def announcement_send(pk: int) -> bool:
    """Send an announcement, unless it is not due any more, or another process is sending, changing or cancelling it.

    `sent_at` and the message of the notification are written in one transaction. Return whether it was sent.
    """
    with transaction.atomic():
        announcement = Announcement.objects.due().select_for_update(skip_locked=True).filter(pk=pk).first()
        if announcement is None:
            return False
        message = notify(
            KIND,
            to=Audience(roles=announcement.role_names),
            params={
                "title": announcement.title,
                "summary": announcement.summary,
                "announcement": announcement.pk,
            },
            link=announcement.path,
            key=str(announcement.pk),
        )
        announcement.sent_at = timezone.now()
        announcement.message_id = message.pk if message else None
        announcement.save(update_fields=["sent_at", "message_id"])
        after_commit(publish, TOPIC)
    return True
