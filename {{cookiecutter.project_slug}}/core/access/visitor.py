"""Whoever asks: a person or nobody, at an address. One for each request and each socket."""

from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from core.http.clients import client_ip
from core.people.models import Person
from core.people.selectors import active_roles

from .rings import rings_of


class Visitor:
    """Knows a visitor's rings and roles, and finds each out only when it is asked for, and once.

    `person` may be lazy as well: nobody is looked up for what is open to all.
    """

    def __init__(self, person: Person | AnonymousUser, ip_address: str):
        self.person = person
        self.ip_address = ip_address

    @property
    def has_signed_in(self) -> bool:
        return bool(self.person.is_authenticated)

    @cached_property
    def rings(self) -> frozenset[str]:
        return frozenset(rings_of(self.ip_address))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that hold today; nobody has none."""
        return active_roles(self.person) if self.has_signed_in else frozenset()  # type: ignore[arg-type]

    @property
    def is_on_campus(self) -> bool:
        """Whether they come from where the intranet site is for; everywhere, when that is for all networks."""
        campus = settings.PORTAL.sites.intranet.rings
        return not campus or not self.rings.isdisjoint(campus)


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor that AccessMiddleware has put there."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    return visitor


def make_visitor(request: HttpRequest) -> Visitor:
    return Visitor(request.user, client_ip(request))  # type: ignore[arg-type]
