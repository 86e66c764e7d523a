"""What a token grants in the current request. A request with a session has no grant: it may do all that the person may.

The grant is a context variable, like the session (core/sessions/current.py), for decisions that know only the person.
Every kind of token uses it: whatever finds out whose a token is sets a grant, and core/access checks the scopes.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_finished
from django.dispatch import receiver


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's rights, cut to some scopes. They never include the powers of staff and superusers."""

    person_id: int
    scopes: frozenset[str]  # full names, such as polls.read


_current: ContextVar[Grant | None] = ContextVar("current_grant", default=None)


def current_grant() -> Grant | None:
    return _current.get()


def set_current_grant(grant: Grant | None) -> None:
    _current.set(grant)


@receiver(request_finished)
def forget_grant(**kwargs: Any) -> None:
    """Forget the grant once the whole response was sent: the thread goes on to other work."""
    set_current_grant(None)
