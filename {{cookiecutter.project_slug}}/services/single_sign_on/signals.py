"""Reactions to changes of people and roles: the tokens that clients have about them may end."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from core.people.models import Person, RoleChange
from core.transactions import after_commit

from .tokens import delete_ended_of


@receiver(post_save, sender=Person)
def end_tokens_of_person(instance: Person, created: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """End them at once when the person is deactivated or has a new password. A task finds what no signal reports."""
    if not created and (update_fields is None or update_fields & {"is_active", "password"}):
        delete_ended_of(instance)


@receiver(post_save, sender=RoleChange)
def end_tokens_of_role(instance: RoleChange, created: bool, **kwargs: Any) -> None:
    if created and instance.kind in {RoleChange.Kind.ENDED, RoleChange.Kind.REMOVED}:
        after_commit(delete_ended_of_id, instance.person_id)


def delete_ended_of_id(person_id: int) -> None:
    """Read the person anew: their version, by which roles are cached, has been raised."""
    if person := Person.objects.filter(pk=person_id).first():
        delete_ended_of(person)
