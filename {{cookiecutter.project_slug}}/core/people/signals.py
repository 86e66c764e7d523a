"""Receivers that run after any change of people (in the admin, by a command or by an app) and after each sign-in."""

from typing import Any, cast

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from core.audit.recording import record_entry
from core.sessions.store import SessionStore
from core.transactions import after_commit

from .auditing import entry_of_change
from .models import Person, RoleChange
from .versions import publish_access_changes


@receiver(post_save, sender=Person)
def recheck_sockets_after_save(
    instance: Person, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Recheck the sockets of a person who may have been deactivated or have a new password.

    A sign-in saves only `last_login` and needs no recheck.
    """
    if not created and update_fields != frozenset({"last_login"}):
        after_commit(publish_access_changes, [instance.pk])


@receiver(post_save, sender=RoleChange)
def record_role_change(instance: RoleChange, created: bool, **kwargs: Any) -> None:
    """Record a change of a role in the audit log, in its transaction. An import records its own changes in bulk."""
    if created:
        record_entry(entry_of_change(instance, instance.person))


@receiver(post_delete, sender=Person)
def recheck_sockets_after_delete(instance: Person, **kwargs: Any) -> None:
    """Recheck the sockets of a deleted person, which closes them."""
    after_commit(publish_access_changes, [instance.pk])


@receiver(user_logged_in)
def start_session(request: HttpRequest | None, **kwargs: Any) -> None:
    """Count the age of the session from the sign-in: the anonymous visitor's session may be older."""
    if request is not None:
        cast(SessionStore, request.session).start()
