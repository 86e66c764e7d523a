"""The installed plugins by name."""

from functools import cache

from django.conf import settings
from django.urls import ResolverMatch

from .discovery import Plugin


@cache
def installed_plugins() -> dict[str, Plugin]:
    """Return name → plugin. A look-up costs the same for any number of plugins."""
    return {plugin.name: plugin for plugin in settings.PLUGINS}


# Plugins whose URLs could not be imported, in development: core/development/broken_apps.py.
without_urls: set[str] = set()


def plugin_of(match: ResolverMatch | None) -> Plugin | None:
    """Return the plugin that a resolved URL belongs to, or None.

    The URLs of a plugin are in the namespace of its name: config/urls.py.
    """
    return installed_plugins().get(match.namespaces[0]) if match and match.namespaces else None
