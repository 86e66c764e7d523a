"""Open pages learn of each change, also of those in /admin/."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core.live.publishing import publish
from core.transactions import after_commit

from .models import Booking, Room

TOPIC = "rooms:calendar"


@receiver([post_save, post_delete], sender=Room)
@receiver([post_save, post_delete], sender=Booking)
def publish_change(**_kwargs: Any) -> None:
    after_commit(publish, TOPIC)
