"""Deletes messages that are older than `notifications.keep_days` of portal.yaml."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from . import inbox
from .models import Chunk, Message, Recipient

BATCH = 10_000  # rows of a DELETE


def delete_old_messages() -> int:
    """Delete old messages with everything that belongs to them, a batch at a time, and return how many there were.

    First the inboxes hide them. A second run, after a killed one too, deletes what is left.
    """
    before = timezone.now() - timedelta(days=settings.NOTIFICATION_DAYS)
    newest = Message.objects.filter(created_at__lt=before).order_by("-created_at").values_list("pk", flat=True).first()
    if newest is None:
        return 0
    inbox.forget_until(newest)
    delete_recipients(newest)
    Chunk.objects.filter(message_id__lte=newest).delete()
    deleted = 0
    while ids := list(Message.objects.filter(pk__lte=newest).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        deleted += Message.objects.filter(pk__in=ids).delete()[0]
    return deleted


def delete_recipients(newest: int) -> None:
    """Delete the recipients of the messages up to `newest`, in the order of the index."""
    old = Recipient.objects.filter(message_id__lte=newest)
    in_order = old.order_by("message_id", "person_id").values_list("message_id", "person_id")
    while last := in_order[BATCH - 1 : BATCH].first() or in_order.last():
        message, person = last
        old.filter(Q(message_id__lt=message) | Q(message_id=message, person_id__lte=person)).delete()
