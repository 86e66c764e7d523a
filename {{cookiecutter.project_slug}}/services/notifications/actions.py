"""What changes notifications. The ledger first, in the caller's transaction; delivery when that is in."""

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.live.publishing import publish, topic
from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.stores.outage import STORE_ERRORS
from core.transactions import after_commit

from . import inbox
from .models import Notification
from .tasks import deliver_notification

logger = structlog.get_logger(__name__)


def notification_send(
    *, people: Sequence[Person], app: str, kind: str, title: str, link: str = ""
) -> list[Notification]:
    """Tell each of `people`; they see it once the surrounding transaction is in.

    Raises ValueError when the app's manifest does not declare `kind`. A broker that is away delays the delivery, and
    loses nothing: the ledger has it, and the inbox is made from that.
    """
    if kind not in installed_plugins()[app].manifest.notifications:
        raise ValueError(f"{app} sends notifications of kinds that its manifest declares, and {kind!r} is not one")
    notifications = Notification.objects.bulk_create(
        Notification(person=person, app=app, kind=kind, title=title, link=link) for person in people
    )
    for notification in notifications:
        after_commit(enqueue_delivery, notification.pk)
    return notifications


def enqueue_delivery(notification_id: int) -> None:
    try:
        deliver_notification.delay(notification_id)
    except OperationalError as error:
        # A stale inbox is worse than none: without it, the next reader makes it from the ledger.
        logger.warning("notification_delayed", notification=notification_id, error=str(error))
        person_id = Notification.objects.values_list("person_id", flat=True).get(pk=notification_id)
        try:
            inbox.rebuild(person_id)
        except STORE_ERRORS:
            logger.warning("inbox_unavailable", person=person_id)


def notification_mark_read(*, person: Person, ids: Sequence[int] | None = None) -> int:
    """Mark these of a person's notifications as read, or all; how many were unread."""
    unread = Notification.objects.filter(person=person, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    with transaction.atomic():
        marked = list(unread.values_list("pk", flat=True))
        Notification.objects.filter(pk__in=marked).update(read_at=timezone.now())
        after_commit(forget_unread, person.pk, marked)
    return len(marked)


def forget_unread(person_id: int, ids: list[int]) -> None:
    try:
        inbox.mark_read(person_id, ids)
    except STORE_ERRORS as error:
        logger.warning("inbox_unavailable", error=type(error).__name__)
    publish(topic("notifications", person_id), {"type": "notifications.changed"})
