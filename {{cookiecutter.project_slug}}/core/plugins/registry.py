"""The installed plugins by name."""

from functools import cache

from django.conf import settings

from .discovery import Plugin


@cache
def installed_plugins() -> dict[str, Plugin]:
    """Map each plugin's name to the plugin, so that a look-up costs the same however many there are."""
    return {plugin.name: plugin for plugin in settings.PLUGINS}
