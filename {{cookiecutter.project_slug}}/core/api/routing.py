"""Resolves the URLs of services and apps at the same cost for any number of them."""

from collections.abc import Mapping
from typing import Any

from django.urls import ResolverMatch, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern

from core.configuration.prefixes import API, first_segment


class PluginsResolver(URLResolver):
    """Resolves api/<name>/ by looking up the plugin's name, where Django's resolver tries one plugin after the other.

    For everything else (reversing, the schema, system checks) it is like a resolver of Django.
    """

    def __init__(self, plugins: Mapping[str, URLResolver]):
        super().__init__(RoutePattern(""), list(plugins.values()))
        self.prefix = first_segment(API)
        self.plugins = plugins
        self.by_name = {name: URLResolver(RoutePattern(""), [plugin]) for name, plugin in plugins.items()}

    def resolve(self, path: Any) -> ResolverMatch:
        prefix, _, rest = str(path).partition("/")
        plugin = self.by_name.get(rest.partition("/")[0]) if prefix == self.prefix else None
        if plugin is None:
            raise Resolver404({"tried": [], "path": path})
        return plugin.resolve(path)


def plugins_resolver() -> PluginsResolver:
    """Return the resolver in config/urls.py."""
    return next(item for item in get_resolver().url_patterns if isinstance(item, PluginsResolver))
