"""Decides who may change whom, in the admin and in the API alike.

People who can use /admin/, and superusers, are protected: only a superuser may change their account or their roles.
So nobody with fewer powers gains more: they change neither themselves nor each other.
"""

from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy

from .powers import acts_as_superuser

REFUSAL = gettext_lazy("Only superusers can change people who can use /admin/, and their roles. Ask a superuser.")


class Account(Protocol):
    """A Person. The models import this module, so this module must not import them."""

    pk: Any
    is_staff: bool
    is_superuser: bool

    @property
    def has_second_factor(self) -> bool: ...


def is_protected(person: Account) -> bool:
    """Return whether only superusers may change this person."""
    return person.is_staff or person.is_superuser


def may_change(by: Account, person: Account) -> bool:
    """Return whether the protection of `person` lets `by` change them. `by` also needs the permission to do so."""
    return acts_as_superuser(by) or not is_protected(person)


def check_may_change(by: Account | None, person: Account) -> None:
    """Raise PermissionDenied if `by` may not change `person`. None is a command, which may."""
    if by is not None and not may_change(by, person):
        raise PermissionDenied(REFUSAL)
