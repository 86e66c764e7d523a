"""What is read of notifications: from the store, which is made again from the ledger when it was lost."""

from typing import Any

import structlog

from core.stores.outage import STORE_ERRORS

from . import inbox
from .models import Notification

logger = structlog.get_logger(__name__)

LONGEST_LIST = 50


def unread_count(person_id: int) -> int:
    """Unread notifications of a person; one round trip to the store. Without the store, counted in the ledger."""
    try:
        number = inbox.unread(person_id)
        if number is None:
            inbox.rebuild(person_id)
            number = inbox.unread(person_id)
    except STORE_ERRORS as error:
        logger.warning("inbox_unavailable", error=type(error).__name__)
        number = None
    if number is None:
        number = Notification.objects.filter(person_id=person_id, read_at__isnull=True).count()
    return number


def newest_notifications(person_id: int) -> list[dict[str, Any]]:
    """The newest entries of a person's inbox, newest first, at most 50."""
    try:
        entries = inbox.read(person_id, count=LONGEST_LIST)
        if entries is None:
            inbox.rebuild(person_id)
            entries = inbox.read(person_id, count=LONGEST_LIST)
        if entries is not None:
            return entries
    except STORE_ERRORS as error:
        logger.warning("inbox_unavailable", error=type(error).__name__)
    return [
        {**inbox.entry_of(one), "unread": one.read_at is None}
        for one in Notification.objects.filter(person_id=person_id).order_by("-id")[:LONGEST_LIST]
    ]
