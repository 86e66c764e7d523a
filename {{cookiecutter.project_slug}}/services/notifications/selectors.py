"""Read notifications from the store. A lost inbox is rebuilt, and without the store the database answers."""

from typing import Any

import structlog

from core.stores.outage import STORE_ERRORS

from . import inbox
from .models import Notification

logger = structlog.get_logger(__name__)

LONGEST_LIST = 50


def unread_count(person_id: int) -> int:
    """Return the number of a person's unread notifications. One round trip to the store, or one query without it."""
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
    """Return the entries of a person's inbox, newest first, at most LONGEST_LIST."""
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
        {**inbox.serialize(notification), "unread": notification.read_at is None}
        for notification in Notification.objects.filter(person_id=person_id).order_by("-id")[:LONGEST_LIST]
    ]
