"""What follows a change of people, whoever makes it: the admin, a command, an app."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core.transactions import after_commit

from .models import Person
from .versions import publish_access_changes


@receiver(post_save, sender=Person)
def recheck_sockets_after_save(
    instance: Person, created: bool, update_fields: frozenset[str] | None, **more: Any
) -> None:
    """Who was deactivated or has a new password is let go of by their sockets too; signing in changes nothing."""
    if not created and update_fields != frozenset({"last_login"}):
        after_commit(publish_access_changes, [instance.pk])


@receiver(post_delete, sender=Person)
def recheck_sockets_after_delete(instance: Person, **more: Any) -> None:
    """Who is gone is let go of."""
    after_commit(publish_access_changes, [instance.pk])
