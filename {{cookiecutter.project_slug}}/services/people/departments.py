"""The detail `department` of roles, by which the directory can be filtered.

It is a detail like any other: a role of `portal.yaml` has it if its schema does. The directory shows it, and has a
filter for it, if the role lists it under `directory`.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact

from core.people.models import Role
from core.people.privacy import open_levels, visibility_fields
from core.stores.cache import cached

DETAIL = "department"
MOST_DEPARTMENTS = 500
LIFETIME = timedelta(minutes=5)


def roles_with_department() -> list[str]:
    """Return the names of the roles whose department the directory shows."""
    return [name for name, role in settings.PORTAL.roles.items() if DETAIL in role.directory]


def in_department(roles: QuerySet[Role], department: str) -> QuerySet[Role]:
    """Return the roles whose department is this one, among those whose department the directory shows."""
    return roles.filter(Exact(KeyTextTransform(DETAIL, "details"), department), name__in=roles_with_department())


def department_of(roles: Iterable[Role]) -> str:
    """Return the department of the first of these roles that has one, or nothing."""
    values = (role.details.get(DETAIL) for role in roles if isinstance(role.details, dict))
    return next((value for value in values if isinstance(value, str) and value), "")


def list_departments(*, on_campus: bool) -> list[dict[str, Any]]:
    """Return the data of DepartmentSerializer: the departments of today's roles that other people show, by name.

    They are the same for everybody on campus, and for everybody elsewhere, so they are cached for five minutes.
    """
    found: list[dict[str, Any]] = cached("people").get_or_compute(
        f"departments:{'campus' if on_campus else 'elsewhere'}",
        lambda: count_departments(on_campus=on_campus),
        lifetime=LIFETIME,
    )
    return found


def count_departments(*, on_campus: bool) -> list[dict[str, Any]]:
    levels = open_levels(on_campus=on_campus)
    visible = Q(**{f"person__{field}__in": levels for field in visibility_fields("roles")}, person__is_active=True)
    rows = (
        Role.objects.active()
        .filter(visible, name__in=roles_with_department(), details__has_key=DETAIL)
        .order_by()
        .annotate(value=KeyTextTransform(DETAIL, "details"))
        .values("value")
        .annotate(people=Count("person_id", distinct=True))
        .order_by("value")
    )
    return [dict(row) for row in rows[:MOST_DEPARTMENTS] if row["value"]]
