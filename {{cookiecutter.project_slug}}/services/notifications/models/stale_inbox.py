"""Inboxes whose copy in the store may be older than the database."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class StaleInbox(models.Model):
    """A change of a person's inbox that the store may not have yet, such as a read mark.

    It is written in the transaction of the change and deleted when the store has the change. If that never happens, a
    periodic task drops the inbox, which is rebuilt from the database when it is next read.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["since"], name="stale_inbox_since")]

    def __str__(self) -> str:
        return f"inbox of person {self.person_id}"
