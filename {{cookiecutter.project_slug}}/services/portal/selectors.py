"""Read what the shell shows: the person, their apps and the languages."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from core.access.audience import decide
from core.access.visitor import Visitor
from core.people.models import Person
from core.plugins.discovery import Plugin
from core.plugins.registry import installed_plugins
from services.accounts.photos import photo_url


def visible_apps(visitor: Visitor) -> list[dict[str, str]]:
    """Return the services and apps with a page that this visitor can open on this site, sorted by title."""
    visible = [
        plugin
        for plugin in installed_plugins().values()
        if has_tile(plugin) and decide(plugin.manifest.audience, visitor, settings.SITE)
    ]
    return [
        {
            "name": plugin.name,
            "title": plugin.manifest.title,
            "description": plugin.manifest.description,
            "icon": plugin.manifest.icon,
            "category": plugin.manifest.category,
        }
        for plugin in sorted(visible, key=lambda plugin: plugin.manifest.title.casefold())
    ]


def has_tile(plugin: Plugin) -> bool:
    """Return whether the plugin has a page, which a tile of the home page opens."""
    return (plugin.directory / "frontend" / "index.jsx").is_file()


def person_summary(visitor: Visitor) -> dict[str, Any] | None:
    """Return the signed-in person with their active roles; None for anonymous visitors."""
    person = visitor.person
    if not isinstance(person, Person):
        return None
    return {
        "id": person.pk,
        "username": person.username,
        "display_name": str(person),
        "photo": photo_url(person),
        "roles": sorted(visitor.roles),
    }


def languages() -> list[dict[str, str]]:
    """Return the languages of the portal. There is one: `language` of `portal.yaml`."""
    return [{"code": settings.LANGUAGE_CODE, "name": get_language_info(settings.LANGUAGE_CODE)["name_local"]}]


def current_language() -> str:
    """Return the code of the language of this request."""
    return get_language() or settings.LANGUAGE_CODE
