"""Read people for maintainers, who see all of them in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone

from core.people.models import Person, Role
from core.people.models.role import role_title
from core.people.protection import may_change
from core.plugins.registry import installed_plugins
from services.accounts.photos import photo_url
from services.people.departments import department_of
from services.people.matching import current_matcher

NO_ROLE = "-"  # the value of the filter `role` for people who have no role today: no role can have this name
ENDING_DAYS = 30

STATES = ("active", "deactivated", "ending")

NAME = Lower(Coalesce(NullIf(F("display_name"), Value("")), F("username")))
SORTS: dict[str, Any] = {
    "name": NAME.asc(),
    "-name": NAME.desc(),
    "last_sign_in": F("last_login").asc(nulls_first=True),
    "-last_sign_in": F("last_login").desc(nulls_last=True),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of people is narrowed to, and its order."""

    search: str = ""
    role: str = ""
    state: str = ""
    sort: str = "name"


def find_people(wanted: Filter) -> QuerySet[Person]:
    """Return the people who match every term of the search, and the filters, in order."""
    people = Person.objects.all()
    matcher = current_matcher()
    for term in dict.fromkeys(wanted.search.split()):
        people = people.filter(matcher.matches_name(term) | Q(email__icontains=term))
    today = timezone.localdate()
    roles = Role.objects.active(today).order_by().values("person_id")
    if wanted.role == NO_ROLE:
        people = people.exclude(pk__in=roles)
    elif wanted.role:
        people = people.filter(pk__in=roles.filter(name=wanted.role))
    if wanted.state == "ending":
        people = people.filter(is_active=True, pk__in=roles.filter(end__lte=today + timedelta(days=ENDING_DAYS)))
    elif wanted.state:
        people = people.filter(is_active=wanted.state == "active")
    return people.order_by(SORTS[wanted.sort], "pk")


def count_people() -> dict[str, int]:
    """Return how many people are active and how many are deactivated. One query."""
    return Person.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True)), deactivated=Count("pk", filter=Q(is_active=False))
    )


def describe_people(people: Sequence[Person], *, by: Person) -> list[dict[str, Any]]:
    """Return the data of ManagedPersonSerializer. One query for the roles, and none for each person."""
    roles: dict[int, list[Role]] = {person.pk: [] for person in people}
    for role in Role.objects.active().filter(person__in=roles) if roles else ():
        roles[role.person_id].append(role)
    return [describe_person(person, roles[person.pk], by=by) for person in people]


def describe_person(person: Person, roles: Sequence[Role], *, by: Person) -> dict[str, Any]:
    """`roles` are the person's roles of today."""
    return {
        "id": person.pk,
        "username": person.username,
        "display_name": str(person),
        "email": person.email,
        "photo": photo_url(person),
        "is_active": person.is_active,
        "is_maintainer": person.is_staff,
        "may_change": may_change(by, person),
        "last_sign_in": person.last_login,
        "department": department_of(roles),
        "roles": [{"id": role.pk, "name": role.name, "title": role.title, "end": role.end} for role in roles],
    }


def describe_role(name: str) -> dict[str, Any]:
    """Return the data of GrantableRoleSerializer."""
    role = settings.PORTAL.roles[name]
    opens = sorted(plugin.title for plugin in installed_plugins().values() if name in plugin.manifest.audience.roles)
    return {
        "name": name,
        "title": role_title(name),
        "description": role.description,
        "details": role.details,
        "opens": opens,
    }
