from celery import shared_task

from core.live.publishing import publish, topic
from core.stores.outage import STORE_ERRORS

from . import inbox
from .models import Notification


@shared_task(
    name="services.notifications.tasks.deliver_notification",
    autoretry_for=STORE_ERRORS,
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=10,
)
def deliver_notification(notification_id: int) -> None:
    """Add a notification to its inbox and publish an update. A second run changes nothing."""
    notification = Notification.objects.filter(pk=notification_id).first()
    if notification is None:
        return
    inbox.deliver(notification)
    publish(topic("notifications", notification.person_id), {"type": "notifications.changed"})
