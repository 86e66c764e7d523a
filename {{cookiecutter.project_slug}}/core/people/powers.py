"""Decides whether a person's powers hold now: their permissions, and being staff or a superuser.

Powers hold on the intranet site only. In a request or on a socket, the person who has signed in also needs a second
factor: they have one, and used it in this session in the last `security.second_factor_hours`. This is required where
SECOND_FACTOR_FOR_MAINTAINERS is set, which is in production. A session that was opened from the shell (makesession)
needs none, because the shell gives access to everything anyway. Outside requests and sockets, in commands and in the
worker, powers are as granted. In a request by token nobody has any.

The authentication backend asks this module for each permission, so `person.has_perm()` is enough for an app.
"""

import time
from enum import Enum
from types import SimpleNamespace
from typing import Any, Protocol

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from core.grants import current_grant
from core.sessions.current import current_session

# How a session was opened or confirmed, in allauth's records.
SHELL = "shell"
SECOND_FACTOR = "mfa"

HOUR_SECONDS = 3600


class Account(Protocol):
    """A Person. The models import this module, so this module must not import them."""

    pk: Any
    is_superuser: bool

    @property
    def has_second_factor(self) -> bool: ...


class Powers(Enum):
    """Whether powers hold, and if not, what is missing."""

    HELD = "held"
    OTHER_SITE = "only on the intranet site"
    TOKEN = "not with a token"  # noqa: S105 - what is missing
    SECOND_FACTOR = "a second factor, used recently in this session"


def powers_of(person: Account) -> Powers:
    """Return whether the powers of `person` hold now. At most one query, and only in a session with a second factor."""
    if current_grant() is not None:
        return Powers.TOKEN
    if settings.SITE == "internet":
        return Powers.OTHER_SITE
    session = current_session()
    if session is None or session.get(SESSION_KEY) != str(person.pk) or not settings.SECOND_FACTOR_FOR_MAINTAINERS:
        return Powers.HELD
    hours = settings.PORTAL.security.second_factor_hours
    if was_opened_from_shell(session, person):
        return Powers.HELD
    if used_second_factor(session, person, within_seconds=hours * HOUR_SECONDS) and person.has_second_factor:
        return Powers.HELD
    return Powers.SECOND_FACTOR


def holds_powers(person: Account) -> bool:
    return powers_of(person) is Powers.HELD


def acts_as_superuser(person: Account) -> bool:
    """Return whether `person` is a superuser whose powers hold."""
    return person.is_superuser and holds_powers(person)


def used_second_factor(session: SessionBase, person: Account, *, within_seconds: float) -> bool:
    """Return whether `person` used a second factor in this session so recently."""
    since = time.time() - within_seconds
    return any(
        record.get("method") == SECOND_FACTOR and record.get("at", 0) > since for record in records_of(session, person)
    )


def was_opened_from_shell(session: SessionBase, person: Account) -> bool:
    return any(record.get("method") == SHELL for record in records_of(session, person))


def records_of(session: SessionBase, person: Account) -> list[dict[str, Any]]:
    """Return allauth's records of how `person` signed in and confirmed their identity in this session."""
    records: list[dict[str, Any]] = get_authentication_records(SimpleNamespace(session=session), person)
    return records
