"""Decides who writes announcements: superusers, and people with Django's permission announcements.add_announcement.

It is a power: it holds on the intranet site, and with a second factor where one is required (core/people/powers.py).
"""

from enum import StrEnum

from django.contrib.auth.backends import ModelBackend
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from core.access.maintainers import OUTCOMES
from core.people.models import Person
from core.people.powers import Powers, powers_of

PERMISSION = "announcements.add_announcement"


class Composing(StrEnum):
    """Whether a person can write announcements now, and if not, what is missing."""

    ALLOWED = "allowed"
    INTRANET_SITE = "intranet_site"
    SECOND_FACTOR = "second_factor"
    REFUSED = "refused"


MISSING = {Powers.OTHER_SITE: Composing.INTRANET_SITE, Powers.SECOND_FACTOR: Composing.SECOND_FACTOR}


def is_granted(person: Person) -> bool:
    """Return whether the permission was granted to `person`. Whether it holds now is another question."""
    return person.is_active and (person.is_superuser or ModelBackend().has_perm(person, PERMISSION))


def composing_of(person: Person) -> Composing:
    if not is_granted(person):
        return Composing.REFUSED
    return MISSING.get(powers_of(person), Composing.ALLOWED)


class IsComposer(BasePermission):
    """Allow the people who can write announcements now. The message says what others lack."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        person = request.user
        if person.has_perm(PERMISSION):
            return True
        powers = powers_of(person)
        lacks_powers_only = powers in MISSING and is_granted(person)
        self.message = (
            OUTCOMES[powers].detail
            if lacks_powers_only
            else _("Only for people with the permission %(permission)s.") % {"permission": PERMISSION}
        )
        return False
