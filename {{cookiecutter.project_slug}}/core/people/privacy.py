"""Decide who can see which part of a person's profile, for one person and for queries alike.

A part is visible only if the entry is visible too. Inactive people are visible to no one else. People always see
their own profile in full.
"""

from django.db.models import Q

from .models import Person, Visibility


def open_levels(*, on_campus: bool) -> list[Visibility]:
    """Return the levels that are visible to other people, on campus or elsewhere."""
    return [Visibility.EVERYONE, Visibility.CAMPUS] if on_campus else [Visibility.EVERYONE]


def is_visible(person: Person, part: str, *, to: Person, on_campus: bool) -> bool:
    """Return whether `part` (entry, photo, roles or email) of `person` is visible to `to`."""
    if person.pk == to.pk:
        return True
    levels = open_levels(on_campus=on_campus)
    return person.is_active and all(getattr(person, name) in levels for name in visibility_fields(part))


def visible_to(part: str, *, to: Person, on_campus: bool, prefix: str = "") -> Q:
    """Return the condition for people whose `part` is visible to `to`.

    `prefix` is the lookup path to the person, such as `person__`.
    """
    levels = open_levels(on_campus=on_campus)
    visible = Q(**{f"{prefix}{name}__in": levels for name in visibility_fields(part)}, **{f"{prefix}is_active": True})
    return visible | Q(**{f"{prefix}pk": to.pk})


def is_hidden(person: Person, part: str) -> bool:
    """Return whether the person hides `part` of their profile from everybody else."""
    return any(getattr(person, name) == Visibility.NOBODY for name in visibility_fields(part))


def visibility_fields(part: str) -> list[str]:
    """Return the fields of Person that must all allow it."""
    return [f"{name}_visible_to" for name in dict.fromkeys(["entry", part])]
