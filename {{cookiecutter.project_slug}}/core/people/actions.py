"""Actions that change roles. Each records a change in the history: who changed the role, when and why.

Each raises PermissionDenied if `by` may not change the person: core/people/protection.py.
"""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Person, Role


def role_grant(
    *,
    person: Person,
    name: str,
    start: date | None = None,
    end: date | None = None,
    details: dict[str, Any] | None = None,
    by: Person | None = None,
    why: str = "",
) -> Role:
    """Grant a role from `start`, by default today, to `end`, by default without a last day.

    `by` is the person who grants it, None for a command. `why` is the reason. Raises ValidationError for invalid
    values, and if the period overlaps another period of the same role.
    """
    role = Role(person=person, name=name, start=start or timezone.localdate(), end=end, details=details or {})
    role.save(by=by, why=why)
    return role


def role_end(*, role: Role, last_day: date | None = None, by: Person | None = None, why: str = "") -> Role | None:
    """End a role after `last_day`, by default immediately: its last day is then yesterday.

    Returns the changed role. If the role would end before its first day, removes it and returns None; its history
    stays. Raises ValidationError if `last_day` is not earlier than the current last day, or if the role was removed.
    """
    last_day = last_day or timezone.localdate() - timedelta(days=1)
    with transaction.atomic():
        role = Role.get_locked(role)
        if role.end is not None and last_day >= role.end:
            raise ValidationError(
                {
                    "end": [
                        _("The last day is %(day)s. Enter an earlier day, or extend the role instead.")
                        % {"day": role.end}
                    ]
                }
            )
        if last_day < role.start:
            role.delete(by=by, why=why)
            return None
        role.end = last_day
        role.save(by=by, why=why)
    return role


def role_extend(*, role: Role, end: date | None, by: Person | None = None, why: str = "") -> Role:
    """Extend a role to `end`; None removes its last day.

    Raises ValidationError if `end` is not later than the current last day, if the period would overlap another period
    of the same role, or if the role was removed.
    """
    with transaction.atomic():
        role = Role.get_locked(role)
        if role.end is None:
            raise ValidationError({"end": [_("The role has no last day, so it cannot be extended. End it instead.")]})
        if end is not None and end <= role.end:
            message = _("The last day is %(day)s. Enter a later day, or end the role instead.")
            raise ValidationError({"end": [message % {"day": role.end}]})
        role.end = end
        role.save(by=by, why=why)
    return role


def role_update_details(*, role: Role, details: dict[str, Any], by: Person | None = None, why: str = "") -> Role:
    """Replace all details of a role.

    Raises ValidationError for details that the role's schema does not allow, and if the role was removed.
    """
    with transaction.atomic():
        role = Role.get_locked(role)
        role.details = details
        role.save(by=by, why=why)
    return role
