"""What changes people's roles. Each leaves a line in the history: who did it, when and why."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

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
    """Give a role from `start` (today) to `end` (until it is ended). Raises ValidationError for one that may not be."""
    role = Role(person=person, name=name, start=start or timezone.localdate(), end=end, details=details or {})
    role.save(by=by, why=why)
    return role


def role_end(*, role: Role, last_day: date | None = None, by: Person | None = None, why: str = "") -> Role | None:
    """End a role after `last_day`; without one at once, so that it has ended when this returns.

    Answers with the role as it then is; with None when it was removed, for it would not have held for a single day: its
    history stays. Raises ValidationError when `last_day` is no earlier than the role's last, or it was removed before.
    """
    last_day = last_day or timezone.localdate() - timedelta(days=1)
    with transaction.atomic():
        role = Role.locked(role)
        if role.end is not None and last_day >= role.end:
            message = (
                f"Its last day is {role.end} already, and ending it makes that earlier. Prolong it to make it later."
            )
            raise ValidationError({"end": [message]})
        if last_day < role.start:
            role.delete(by=by, why=why)
            return None
        role.end = last_day
        role.save(by=by, why=why)
    return role


def role_extend(*, role: Role, end: date | None, by: Person | None = None, why: str = "") -> Role:
    """Let a role last until `end`, or until it is ended.

    Raises ValidationError when that is no later than before, or another row of the role begins before it.
    """
    with transaction.atomic():
        role = Role.locked(role)
        if role.end is None or (end is not None and end <= role.end):
            message = (
                f"It lasts until {role.end or 'it is ended'}: prolonging it makes that later, and ending it earlier."
            )
            raise ValidationError({"end": [message]})
        role.end = end
        role.save(by=by, why=why)
    return role


def role_update_details(*, role: Role, details: dict[str, Any], by: Person | None = None, why: str = "") -> Role:
    """Give a role other details, all of them anew. Raises ValidationError for those that its schema does not allow."""
    with transaction.atomic():
        role = Role.locked(role)
        role.details = details
        role.save(by=by, why=why)
    return role
