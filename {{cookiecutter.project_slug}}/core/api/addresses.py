"""Addresses of services and apps, found at the same cost however many there are."""

from collections.abc import Mapping
from typing import Any

from django.urls import ResolverMatch, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern

PREFIX = "api/"


class CitizensResolver(URLResolver):
    """Holds each citizen's addresses, mounted at api/<name>/, and asks only the citizen that a path names.

    Django's own would try them one after the other. To whatever goes through the patterns (reversing, the schema, the
    checks) it is one of Django's.
    """

    def __init__(self, citizens: Mapping[str, URLResolver]):
        super().__init__(RoutePattern(""), list(citizens.values()))
        self.citizens = citizens
        self.by_name = {name: URLResolver(RoutePattern(""), [citizen]) for name, citizen in citizens.items()}

    def resolve(self, path: Any) -> ResolverMatch:
        prefix, _, rest = str(path).partition("/")
        citizen = self.by_name.get(rest.partition("/")[0]) if f"{prefix}/" == PREFIX else None
        if citizen is None:
            raise Resolver404({"tried": [], "path": path})
        return citizen.resolve(path)


def citizens_resolver() -> CitizensResolver:
    """The one of config/urls.py."""
    return next(one for one in get_resolver().url_patterns if isinstance(one, CitizensResolver))
