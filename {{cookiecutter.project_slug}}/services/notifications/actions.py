"""Mark notifications as read and delete them: in the database first, in the store after the commit."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from django.db import transaction

from core.live.names import person_topic
from core.live.publishing import publish
from core.stores.outage import is_outage
from core.transactions import after_commit

from . import inbox, recipients
from .models import StaleInbox

logger = structlog.get_logger(__name__)


def notifications_mark_read(*, person_id: int, ids: Sequence[int] | None = None, until: datetime | None = None) -> int:
    """Mark a person's notifications as read, and return how many were unread.

    With `ids` those, with `until` the ones in the inbox that were sent until then, and all in the inbox without both.
    """
    with transaction.atomic():
        return change_inbox(person_id, recipients.mark_read(person_id, ids=ids, until=until), inbox.mark_read)


def notifications_delete(*, person_id: int, ids: Sequence[int]) -> int:
    """Delete notifications of a person, and return how many there were."""
    with transaction.atomic():
        return change_inbox(person_id, recipients.hide(person_id, ids=ids), inbox.delete)


def change_inbox(person_id: int, ids: list[int], update: Callable[[int, list[int]], None]) -> int:
    """Change the inbox after the commit, for messages whose rows have changed. Return their number."""
    if ids:
        stale = StaleInbox.objects.create(person_id=person_id)
        after_commit(update_inbox, stale.pk, person_id, ids, update)
    return len(ids)


def update_inbox(stale_id: int, person_id: int, ids: list[int], update: Callable[[int, list[int]], None]) -> None:
    """Change the inbox, and publish it to the person's open pages. While the store is down, the inbox stays stale."""
    try:
        update(person_id, ids)
    except Exception as error:
        if not is_outage(error):
            raise
        logger.warning("inbox_unavailable", person=person_id, error=type(error).__name__)
    else:
        StaleInbox.objects.filter(pk=stale_id).delete()
    publish(person_topic(person_id))
