from datetime import timedelta

from celery import Celery, current_app, shared_task
from django.utils import timezone

from core.people.models import Person
from core.stores.application_store import application_store
from services.notifications.actions import notification_send

from .models import Poll

EVERY_SECONDS = 600.0
NOTIFIED_LIFETIME = timedelta(days=2)


@shared_task(name="polls.notify_of_closed_polls")
def notify_of_closed_polls() -> None:
    """Notify the voters of polls that closed within the last day, once for each poll."""
    now = timezone.now()
    for poll in Poll.objects.filter(closes_at__range=(now - timedelta(days=1), now)):
        if application_store("polls").add(f"notified:{poll.pk}", True, lifetime=NOTIFIED_LIFETIME):
            notification_send(
                people=list(Person.objects.filter(votes__poll=poll)),
                app="polls",
                kind="closed",
                title=f"The poll has closed: {poll.question}"[:200],
                link=f"/polls/{poll.pk}/",
            )


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **kwargs: object) -> None:
    sender.add_periodic_task(EVERY_SECONDS, notify_of_closed_polls.s(), name="polls-notify-of-closed")
