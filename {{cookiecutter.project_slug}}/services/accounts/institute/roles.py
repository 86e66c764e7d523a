"""Grants and ends the roles that the provider's claims decide. Roles that were granted otherwise stay as they are."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from core.configuration.institute_sign_in import ClaimedRoles
from core.people.actions import role_end, role_grant
from core.people.models import Person, Role
from services.accounts.models import InstituteAccount

logger = structlog.get_logger(__name__)

WHY = "sign-in with the institute's account"


def claimed_values(claims: Mapping[str, Any], name: str) -> set[str]:
    """Return the values of a claim, which may be one or several. `a.b` is also the claim `b` inside `a`."""
    value: Any = claims.get(name)
    if value is None and "." in name:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    return {one for one in values if isinstance(one, str)}


@transaction.atomic
def roles_update(account: InstituteAccount, claimed: ClaimedRoles, claims: Mapping[str, Any]) -> None:
    """Grant the roles that the claims name and the person does not have, and end those that earlier claims granted.

    A role that cannot be granted, such as one with required details, is logged: it does not stop the sign-in.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=account.person_id)
    names = {role for value, role in claimed.values.items() if value in claimed_values(claims, claimed.claim)}
    for role in account.roles.filter(name__in=claimed.values.values()).exclude(name__in=names):
        account.roles.remove(role)
        if role.status() == "active":
            role_end(role=role, why=WHY)
    held = set(Role.objects.active().filter(person=person).values_list("name", flat=True))
    for name in sorted(names - held):
        grant(account, person, name)


def grant(account: InstituteAccount, person: Person, name: str) -> None:
    """Grant a role from today; until the day before, if the person has it again in the future."""
    following: date | None = (
        Role.objects.future().filter(person=person, name=name).values_list("start", flat=True).first()
    )
    try:
        with transaction.atomic():
            role = role_grant(person=person, name=name, end=following and following - timedelta(days=1), why=WHY)
    except ValidationError as error:
        logger.warning("institute_role_not_granted", person_id=person.pk, role=name, reason=" ".join(error.messages))
        return
    account.roles.add(role)
