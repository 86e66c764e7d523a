"""What people change of their own entries."""

from core.people.models import Person, ShownTo

PARTS = ("entry", "photo", "roles", "email")


def showing_change(*, person: Person, **shown_to: ShownTo) -> None:
    """Show parts of the entry (`entry_shown_to`, `photo_shown_to`, ...) to others than before.

    Only these are written: what else a person's row holds may have changed since it was read.
    """
    if strange := set(shown_to) - {f"{part}_shown_to" for part in PARTS}:
        raise ValueError(f"{', '.join(sorted(strange))}: nobody shows or hides that")
    for field, level in shown_to.items():
        setattr(person, field, level)
    if shown_to:
        person.save(update_fields=list(shown_to))
