"""Finds what was lost on its way: tasks that the broker never had, deliveries that failed, inboxes that are stale.

Each function claims rows: it locks them, gives them a new time and returns their ids. A second scheduler skips the rows
that another has locked, and later finds their new time.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.stores.outage import is_outage

from . import inbox
from .models import Chunk, Message, StaleInbox

logger = structlog.get_logger(__name__)

AGAIN_SECONDS = 30
MOST = 1000  # rows in one run


def claim_messages() -> list[int]:
    """Return the messages whose fan-out has not ended, and that the worker was not asked to begin recently."""
    return claim(Message.objects.filter(started_at__isnull=True), "sent_at")


def claim_chunks() -> list[Chunk]:
    """Return the chunks that are not delivered, and that the worker was not asked to deliver recently."""
    claimed = claim(Chunk.objects.filter(done_at__isnull=True), "sent_at")
    return list(Chunk.objects.filter(pk__in=claimed))


def drop_stale_inboxes() -> int:
    """Drop the inboxes that may have missed a change, and return how many. Does nothing while the store is down."""
    dropped = 0
    for stale in StaleInbox.objects.filter(pk__in=claim(StaleInbox.objects.all(), "since")):
        try:
            inbox.drop(stale.person_id)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.warning("inbox_unavailable", person=stale.person_id, error=type(error).__name__)
            break
        stale.delete()
        dropped += 1
    return dropped


def claim(rows: "QuerySet[Any]", field: str) -> list[int]:
    """Return the keys of the oldest rows whose time in `field` is longer than AGAIN_SECONDS ago, and set it to now."""
    now = timezone.now()
    with transaction.atomic():
        old = rows.filter(**{f"{field}__lt": now - timedelta(seconds=AGAIN_SECONDS)}).order_by(field)
        if connection.features.has_select_for_update_skip_locked:
            old = old.select_for_update(skip_locked=True)
        claimed = list(old.values_list("pk", flat=True)[:MOST])
        rows.model._default_manager.filter(pk__in=claimed).update(**{field: now})
    return claimed
