"""What people change of their own entries."""

from core.people.models import Person, Visibility

PARTS = ("entry", "photo", "roles", "email")


def privacy_update(*, person: Person, **shown_to: Visibility) -> None:
    """Show parts of the entry (`entry_visible_to`, `photo_visible_to`, ...) to others than before.

    Only these are written: what else a person's row holds may have changed since it was read.
    """
    if strange := set(shown_to) - {f"{part}_visible_to" for part in PARTS}:
        raise ValueError(f"{', '.join(sorted(strange))}: nobody shows or hides that")
    for field, level in shown_to.items():
        setattr(person, field, level)
    if shown_to:
        person.save(update_fields=list(shown_to))
