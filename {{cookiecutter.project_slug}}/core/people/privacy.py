"""To whom a person shows what: one rule for answers, and the same one for queries.

A part is shown where the whole entry is, and nothing is of who was deactivated. To themselves people show everything.
"""

from django.db.models import Q

from .models import Person, Visibility


def levels(*, on_campus: bool) -> list[Visibility]:
    """What is shown to somebody else who signed in, on the campus or elsewhere."""
    return [Visibility.EVERYONE, Visibility.CAMPUS] if on_campus else [Visibility.EVERYONE]


def is_visible(person: Person, part: str, *, to: Person, on_campus: bool) -> bool:
    """Whether `person` shows `part` (entry, photo, roles, email) to somebody who signed in."""
    if person.pk == to.pk:
        return True
    open_levels = levels(on_campus=on_campus)
    return person.is_active and all(getattr(person, name) in open_levels for name in visibility_fields(part))


def visible_to(part: str, *, to: Person, on_campus: bool, prefix: str = "") -> Q:
    """The condition for people who show `part` to somebody; `prefix` leads to the person, such as `person__`."""
    open_levels = levels(on_campus=on_campus)
    visible = Q(
        **{f"{prefix}{name}__in": open_levels for name in visibility_fields(part)}, **{f"{prefix}is_active": True}
    )
    return visible | Q(**{f"{prefix}pk": to.pk})


def visibility_fields(part: str) -> list[str]:
    """The fields of a person that have to allow it."""
    return [f"{name}_visible_to" for name in dict.fromkeys(["entry", part])]
