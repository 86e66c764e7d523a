"""The people of an audience."""

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from core.people.models import Person, Role
from core.plugins.manifest import Audience


def check_audience(audience: Audience) -> list[str]:
    """Return the roles of an audience; none means everyone. Raises ValueError for one that names no people."""
    if audience.rings and not audience.roles:
        raise ValueError(
            f"An audience with rings only ({', '.join(audience.rings)}) names networks, not people. Name roles, or "
            "pass Audience() for everyone."
        )
    if unknown := [role for role in audience.roles if role not in settings.PORTAL.roles]:
        allowed = ", ".join(settings.PORTAL.roles) or "none"
        raise ValueError(f"portal.yaml has no role {', '.join(unknown)}. Its roles are: {allowed}.")
    return list(audience.roles)


def people_with_roles(roles: list[str]) -> "QuerySet[Person]":
    """Return the active people who have one of the roles today, or all active people without roles."""
    people = Person.objects.filter(is_active=True)
    if not roles:
        return people
    return people.filter(Exists(Role.objects.active().order_by().filter(person=OuterRef("pk"), name__in=roles)))
