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


def role_end(*, role: Role, last_day: date | None = None, by: Person | None = None, why: str = "") -> None:
    """End a role after `last_day`; without one at once, so that it has ended when this returns.

    A role that has not held for a whole day before it is ended at once is removed; its history stays. Raises
    ValidationError when that day is no earlier than the role's last.
    """
    last_day = last_day or timezone.localdate() - timedelta(days=1)
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role.pk)
        if role.end is not None and last_day >= role.end:
            raise ValidationError({"end": [f"The role ends on {role.end} already. To let it last longer, prolong it."]})
        if last_day < role.start:
            role.delete(by=by, why=why)
            return
        role.end = last_day
        role.save(by=by, why=why)


def role_prolong(*, role: Role, end: date | None, by: Person | None = None, why: str = "") -> Role:
    """Let a role last until `end`, or until it is ended. Raises ValidationError when that is no later than before."""
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role.pk)
        if role.end is None or (end is not None and end <= role.end):
            raise ValidationError(
                {"end": [f"The role lasts until {role.end or 'it is ended'}. To shorten it, end it."]}
            )
        role.end = end
        role.save(by=by, why=why)
    return role
