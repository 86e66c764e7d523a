"""To whom a person shows what: one rule for answers, and the same one for queries."""

from django.db.models import Q

from .models import Person, ShownTo


def levels(*, on_campus: bool) -> list[ShownTo]:
    """What is shown to somebody else who signed in, on the campus or elsewhere."""
    return [ShownTo.EVERYONE, ShownTo.CAMPUS] if on_campus else [ShownTo.EVERYONE]


def is_shown(person: Person, part: str, *, to: Person, on_campus: bool) -> bool:
    """Whether `person` shows `part` (entry, photo, roles, email) to somebody who signed in; to themselves, always."""
    return person.pk == to.pk or getattr(person, f"{part}_shown_to") in levels(on_campus=on_campus)


def shown(part: str, *, to: Person, on_campus: bool, prefix: str = "") -> Q:
    """The condition for people who show `part` to somebody; `prefix` leads to the person, such as `person__`."""
    visible = Q(**{f"{prefix}{part}_shown_to__in": levels(on_campus=on_campus)})
    return visible | Q(**{f"{prefix}pk": to.pk})
