"""Who sees people's photos, and at which URL. core/files stores them."""

from typing import cast

from django.db.models import QuerySet

from core.files.fields import ProtectedFieldFile
from core.people.models import Person
from core.people.privacy import visible_to


def photo_url(person: Person, size: str = "small") -> str | None:
    """Return the URL of a person's photo, or None without one. Does not check who may see it.

    `size` is `small` (96 pixels a side) or `large` (384).
    """
    photo = cast(ProtectedFieldFile, person.photo)
    return photo.urls[size] if photo else None


def visible_photos(*, to: Person, on_campus: bool) -> QuerySet[Person]:
    """Return the people whose photo `to` may see: themselves, and those who show them their entry and their photo."""
    conditions = [visible_to(part, to=to, on_campus=on_campus) for part in ("entry", "photo")]
    return Person.objects.filter(*conditions, is_active=True).exclude(photo="")
