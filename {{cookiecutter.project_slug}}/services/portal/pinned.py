"""The apps that a person has pinned, stored in PostgreSQL."""

from collections.abc import Collection, Sequence

from django.db import transaction

from core.people.models import Person
from core.plugins.registry import installed_plugins

from .models import PinnedApps

MOST_PINNED = 50


def pinned_apps(person: Person, openable: Collection[str]) -> list[str]:
    """Return the names of the pinned apps that are among `openable`, in their order. One query."""
    row = PinnedApps.objects.filter(person=person).first()
    return [name for name in row.names if name in openable] if row else []


def pinned_apps_update(*, person: Person, names: Sequence[str], openable: Collection[str]) -> list[str]:
    """Pin these apps, in this order, and return the names of the pinned apps that are among `openable`.

    Pinned apps that the person cannot open here, for example because they are open on the other site only, stay pinned
    at their place. If there are more than MOST_PINNED with them, the last ones are no longer pinned.
    """
    with transaction.atomic():
        row, _ = PinnedApps.objects.select_for_update().get_or_create(person=person)
        merged = list(names)
        for place, name in enumerate(row.names):
            if name not in openable and name in installed_plugins():
                merged.insert(place, name)
        row.names = merged[:MOST_PINNED]
        row.save()
    return [name for name in row.names if name in openable]
