"""Where a person's photo is."""

from .models import Person


def photo_address(person: Person, size: str = "small") -> str | None:
    """The address of a person's photo, `small` (96 px) or `large` (384 px); None without one."""
    if not person.photo:
        return None
    return f"/api/people/{person.pk}/photo/{size}/?v={person.photo[:8]}"
