"""Decides who may set up a second factor.

Ordinary people may, after they confirm their password. For staff and superusers a password is not enough: who stole it
would set up a second factor of their own. They set up their first one

- in the browser where they set their password with the link of `make maintainer`, or
- in the browser where they typed the code that a superuser got when allowing it in the admin.

Both are limited in time, and used up when the second factor is set up. The superuser gives the code to the person in
another way than the portal: on the telephone, for example. Someone who turns their second factor off, which
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
from django.utils.translation import gettext_lazy

from core.people.models import Person
from core.people.powers import SECOND_FACTOR
from core.people.protection import is_protected
from core.stores.codes import codes
from services.accounts.allauth_internals import record_authentication

ALLOWED_HOURS = 24  # after a superuser allowed it

approvals = codes("accounts", "second-factor", lifetime=timedelta(hours=ALLOWED_HOURS))

# Key in the session's data: the person who may set up a second factor in this browser, and until when.
SETUP = "_second_factor_setup"

EXISTS = ValidationError(
    gettext_lazy("You have an authenticator app. Turn it off before you set up another."),
    code="second_factor_exists",
)
REFUSAL = ValidationError(
    gettext_lazy(
        "Your account needs approval before you can set up a second factor. Ask a superuser to allow it in /admin/"
        " and to give you the code, or the operator for a link of `make maintainer`."
    ),
    code="second_factor_not_allowed",
)


def may_set_up_second_factor(person: Person, session: SessionBase) -> bool:
    """Return whether `person` may set up a second factor in this session, if they have none."""
    return not is_protected(person) or is_allowed_in_session(person, session)


def is_allowed_in_session(person: Person, session: SessionBase) -> bool:
    allowed = session.get(SETUP) or {}
    return allowed.get("person") == person.pk and allowed.get("until", 0) > time.time()


def second_factor_allow(people: QuerySet[Person]) -> dict[str, str]:
    """Allow these people to set up a second factor in the next ALLOWED_HOURS. Returns username → one-time code."""
    people.update(second_factor_allowed_until=timezone.now() + timedelta(hours=ALLOWED_HOURS))
    return {person.username: approvals.create(person.pk) for person in people}


def second_factor_approve(person: Person, session: SessionBase, code: str) -> bool:
    """Return whether `code` is the person's. It then allows them to set up a second factor in this session."""
    if not approvals.redeem(person.pk, code):
        return False
    second_factor_allow_in_session(person, session)
    return True


def second_factor_allow_in_session(person: Person, session: SessionBase) -> None:
    """Allow `person` to set up a second factor in this session, for as long as a link that sets a password works."""
    session[SETUP] = {"person": person.pk, "until": int(time.time()) + settings.PASSWORD_RESET_TIMEOUT}


def second_factor_was_set_up(
    person: Person, request: HttpRequest, kind: Authenticator.Type = Authenticator.Type.TOTP
) -> None:
    """Consume the approval, and count the factor as used in this session, because setting it up required its use."""
    record_authentication(request, person, SECOND_FACTOR, type=kind)
    request.session.pop(SETUP, None)
    approvals.revoke(person.pk)
    Person.objects.filter(pk=person.pk).update(second_factor_allowed_until=None)
