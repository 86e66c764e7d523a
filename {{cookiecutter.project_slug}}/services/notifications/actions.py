"""Send notifications and mark them as read: in the database first, in the store after the commit."""

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
    """Send a notification to each of `people`. They see it after the surrounding transaction has committed.

    `link` is a path of the portal that shows more. Raises ValueError when the app's manifest does not declare `kind`.
    If the broker is unavailable, delivery is delayed but not lost: the notification is already in the database.
    """
    if kind not in installed_plugins()[app].manifest.notifications:
        declared = ", ".join(installed_plugins()[app].manifest.notifications) or "none"
        raise ValueError(f"the manifest of {app} does not declare the kind {kind!r} under notifications: {declared}")
    notifications = Notification.objects.bulk_create(
        Notification(person=person, app=app, kind=kind, title=title, link=link) for person in people
    )
    for notification in notifications:
        after_commit(enqueue_delivery, notification.pk)
    return notifications


def enqueue_delivery(notification_id: int) -> None:
    """Hand the delivery to the worker. Without the broker, rebuild the inbox from the database instead."""
    try:
        deliver_notification.delay(notification_id)
    except OperationalError as error:
        logger.warning("notification_delayed", notification=notification_id, error=str(error))
        person_id = Notification.objects.values_list("person_id", flat=True).get(pk=notification_id)
        try:
            inbox.rebuild(person_id)
        except STORE_ERRORS:
            logger.warning("inbox_unavailable", person=person_id)


def notification_mark_read(*, person: Person, ids: Sequence[int] | None = None) -> int:
    """Mark a person's notifications as read: those in `ids`, or all of them. Return how many were unread."""
    unread = Notification.objects.filter(person=person, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    with transaction.atomic():
        marked = list(unread.values_list("pk", flat=True))
        Notification.objects.filter(pk__in=marked).update(read_at=timezone.now())
        after_commit(update_inbox, person.pk, marked)
    return len(marked)


def update_inbox(person_id: int, ids: list[int]) -> None:
    """Mark entries of the inbox as read, and publish an update to the person's open pages."""
    try:
        inbox.mark_read(person_id, ids)
    except STORE_ERRORS as error:
        logger.warning("inbox_unavailable", error=type(error).__name__)
    publish(topic("notifications", person_id), {"type": "notifications.changed"})
