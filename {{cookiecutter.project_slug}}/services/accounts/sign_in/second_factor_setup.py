"""Decides who may set up a second factor.

Ordinary people may, after they confirm their password. For staff and superusers a password is not enough: who stole it
would set up a second factor of their own. They set up their first one

- in the browser where they set their password with the link of `make maintainer`, or
- after a superuser allowed it in the admin.

Both are limited in time, and used up when the second factor is set up. Someone who turns their second factor off, which
requires a code of it, may set up another one in the same browser.
"""

import time
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.people.models import Person
from core.people.powers import SECOND_FACTOR
from core.people.protection import is_protected
from services.accounts.allauth_internals import record_authentication

ALLOWED_HOURS = 24  # after a superuser allowed it

# Key in the session's data: the person who may set up a second factor in this browser, and until when.
SETUP = "_second_factor_setup"

EXISTS = ValidationError(
    "You have a second factor. Turn it off before you set up another.", code="second_factor_exists"
)
REFUSAL = ValidationError(
    "Your account needs approval before you can set up a second factor. Ask a superuser to allow it in /admin/, or the"
    " operator for a link of `make maintainer`.",
    code="second_factor_not_allowed",
)


def may_set_up_second_factor(person: Person, session: SessionBase) -> bool:
    """Return whether `person` may set up a second factor in this session, if they have none."""
    return not is_protected(person) or is_allowed(person) or is_allowed_in_session(person, session)


def is_allowed(person: Person) -> bool:
    until = person.second_factor_allowed_until
    return until is not None and until > timezone.now()


def is_allowed_in_session(person: Person, session: SessionBase) -> bool:
    allowed = session.get(SETUP) or {}
    return allowed.get("person") == person.pk and allowed.get("until", 0) > time.time()


def second_factor_allow(people: QuerySet[Person]) -> None:
    """Allow these people to set up a second factor in the next ALLOWED_HOURS."""
    people.update(second_factor_allowed_until=timezone.now() + timedelta(hours=ALLOWED_HOURS))


def second_factor_allow_in_session(person: Person, session: SessionBase) -> None:
    """Allow `person` to set up a second factor in this session, for as long as a link that sets a password works."""
    session[SETUP] = {"person": person.pk, "until": int(time.time()) + settings.PASSWORD_RESET_TIMEOUT}


def second_factor_was_set_up(person: Person, request: HttpRequest) -> None:
    """Use up what allowed it, and count it as used in this session: setting it up required one of its codes."""
    record_authentication(request, person, SECOND_FACTOR, type=Authenticator.Type.TOTP)
    request.session.pop(SETUP, None)
    Person.objects.filter(pk=person.pk).update(second_factor_allowed_until=None)
