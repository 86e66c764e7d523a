"""Addresses of services and apps, found at the same cost however many there are."""

from collections.abc import Mapping
from typing import Any

from django.urls import ResolverMatch, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern

from core.configuration.prefixes import API, first_segment


class PluginsResolver(URLResolver):
    """Holds each plugin's addresses, mounted at api/<name>/, and asks only the plugin that a path names.

    Django's own would try them one after the other. To whatever goes through the patterns (reversing, the schema, the
    checks) it is one of Django's.
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
    """The one of config/urls.py."""
    return next(one for one in get_resolver().url_patterns if isinstance(one, PluginsResolver))
