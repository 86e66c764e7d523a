"""Read what the shell shows: the person, their apps and the language."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from core.access.audience import decide
from core.access.visitor import Visitor
from core.catalogues.texts import translate
from core.people.models import Person
from core.plugins.discovery import Plugin
from core.plugins.icons import icon_name, icon_shapes
from core.plugins.registry import installed_plugins
from services.accounts.photos import photo_url


def openable_plugins(visitor: Visitor) -> list[Plugin]:
    """Return the services and apps with a page that this visitor can open on this site."""
    return [
        plugin
        for plugin in installed_plugins().values()
        if has_tile(plugin) and decide(plugin.manifest.audience, visitor, settings.SITE)
    ]


def openable_names(visitor: Visitor) -> set[str]:
    """Return the names of `openable_plugins`."""
    return {plugin.name for plugin in openable_plugins(visitor)}


def visible_apps(visitor: Visitor) -> list[dict[str, Any]]:
    """Return what the shell shows of `openable_plugins`, sorted by title."""
    return [
        {
            "name": plugin.name,
            "title": plugin.title,
            "description": translate(plugin.manifest.description),
            "icon": icon_name(plugin),
            "category": translate(plugin.manifest.category),
            "actions": [{"title": translate(action.title), "path": action.path} for action in plugin.manifest.actions],
        }
        for plugin in sorted(openable_plugins(visitor), key=lambda plugin: plugin.title.casefold())
    ]


def visible_icons(apps: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return icon name → its shape, for these apps of `visible_apps`, and for the services, which notify people."""
    services = {icon_name(plugin) for plugin in installed_plugins().values() if plugin.layer == "services"}
    return icon_shapes(sorted(services | {app["icon"] for app in apps}))


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
        "maintainer": person.is_staff and settings.SITE == "intranet",
    }


def current_language() -> str:
    """Return the code of the language of this request."""
    return get_language() or settings.LANGUAGE_CODE
