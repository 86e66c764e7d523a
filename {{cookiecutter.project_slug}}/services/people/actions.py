"""Actions of people on their own profiles."""

from core.people.models import Person, Visibility

PRIVACY_FIELDS = frozenset(f"{part}_visible_to" for part in ("entry", "photo", "roles", "email"))


def privacy_update(*, person: Person, **levels: Visibility) -> None:
    """Change who can see parts of a person's profile: `entry_visible_to`, `photo_visible_to`, ...

    Writes only these fields, because the other fields may have changed since `person` was read. Raises ValueError for
    other names.
    """
    if unknown := set(levels) - PRIVACY_FIELDS:
        raise ValueError(f"Unknown privacy fields: {', '.join(sorted(unknown))}.")
    for field, level in levels.items():
        setattr(person, field, level)
    if levels:
        person.save(update_fields=list(levels))
