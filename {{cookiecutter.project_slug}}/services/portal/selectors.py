"""What the shell shows: the portal, the person, and the apps that are open to them."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from core.access.audience import decide
from core.access.citizens import citizens
from core.access.visitor import Visitor
from core.discovery import Citizen
from core.people.models import Person
from core.people.photos import photo_address


def visible_apps(visitor: Visitor) -> list[dict[str, str]]:
    """The apps that a visitor may open on this site, by title, and the services that have a page."""
    visible = [
        citizen
        for citizen in citizens().values()
        if is_shown(citizen) and decide(citizen.manifest.audience, visitor, settings.SITE)
    ]
    return [
        {
            "name": citizen.name,
            "title": citizen.manifest.title,
            "description": citizen.manifest.description,
            "icon": citizen.manifest.icon,
            "category": citizen.manifest.category,
        }
        for citizen in sorted(visible, key=lambda citizen: citizen.manifest.title.casefold())
    ]


def is_shown(citizen: Citizen) -> bool:
    return citizen.layer == "apps" or (citizen.directory / "frontend" / "index.jsx").is_file()


def person_summary(visitor: Visitor) -> dict[str, Any] | None:
    """Who signed in, with the roles that hold today; None for a stranger."""
    person = visitor.person
    if not isinstance(person, Person):
        return None
    return {
        "id": person.pk,
        "username": person.username,
        "display_name": str(person),
        "photo": photo_address(person),
        "roles": sorted(visitor.roles),
    }


def languages() -> list[dict[str, str]]:
    """The languages that the portal speaks: its own, for now."""
    return [{"code": settings.LANGUAGE_CODE, "name": get_language_info(settings.LANGUAGE_CODE)["name_local"]}]


def current_language() -> str:
    return get_language() or settings.LANGUAGE_CODE
