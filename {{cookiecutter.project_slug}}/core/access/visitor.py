"""The visitor of a request or a socket: a person or an anonymous visitor, at an IP address."""

from functools import cached_property
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from core.http.clients import client_ip
from core.people.models import Person
from core.people.selectors import active_roles

from .rings import rings_of


class Visitor:
    """Who sends a request. Rings and roles are looked up on first use, once.

    `person` may be lazy as well, so that a request to what is open to everyone loads no person.
    """

    def __init__(self, person: Person | AnonymousUser, ip_address: str):
        self.person = person
        self.ip_address = ip_address

    @property
    def has_signed_in(self) -> bool:
        """Whether the visitor is a person. Anonymous visitors have an object of Django's as `person`."""
        return bool(self.person.is_authenticated)

    @cached_property
    def rings(self) -> frozenset[str]:
        """The names of the rings of the IP address."""
        return frozenset(rings_of(self.ip_address))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of today's roles. Anonymous visitors have none."""
        return active_roles(cast(Person, self.person)) if self.has_signed_in else frozenset()

    @property
    def is_on_campus(self) -> bool:
        """Whether the IP address is in a ring of the intranet site. Without such rings, every address is."""
        campus = settings.PORTAL.sites.intranet.rings
        return not campus or not self.rings.isdisjoint(campus)


def visitor_of(request: HttpRequest) -> Visitor:
    """Return the visitor of a request, as AccessMiddleware has set it."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # AccessMiddleware adds it
    return visitor


def make_visitor(request: HttpRequest) -> Visitor:
    return Visitor(request.user, client_ip(request))
