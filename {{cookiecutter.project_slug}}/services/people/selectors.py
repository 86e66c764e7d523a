"""Read the directory. Visitors get only what each person shows them."""

import json
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, cast

from django.conf import settings
from django.db.models import CharField, Exists, Expression, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Left, Lower, LPad, NullIf, Round

from core.access.visitor import Visitor
from core.people.details import directory_details
from core.people.models import Person, Role, Visibility
from core.people.privacy import is_visible, visible_to
from services.accounts.photos import photo_url

from .departments import in_department
from .matching import MIN_TYPO_IN_DETAIL, ScanMatcher, allows_typos, current_matcher

MAX_SEARCH = 100  # characters
MAX_TERMS = 8
RANKED_TERMS = 3  # the longest terms, which alone determine the rank
MAX_ID_DIGITS = 19


def visible_people(visitor: Visitor) -> QuerySet[Person]:
    """Return the people whose profile is visible to the visitor, who must be signed in."""
    return Person.objects.filter(visible_to_visitor(visitor, "entry"), is_active=True)


def search_people(*, text: str, role: str = "", department: str = "", visitor: Visitor) -> QuerySet[Person]:
    """Return the visible people who match every term of `text`.

    With `role`, `department` or both, only those who show that they have such a role today.

    A term matches the names, and if the person shows their roles, the details of today's roles that are in the
    directory. A visible email matches only as a whole. Each person has a `rank_key`: unique text that sorts best
    matches first, and equal ones by name.
    """
    terms = list(dict.fromkeys(text.split()))
    matcher = current_matcher()
    people = visible_people(visitor)
    if role or department:
        roles = visible_roles(visitor).filter(name=role) if role else visible_roles(visitor)
        people = people.filter(pk__in=(in_department(roles, department) if department else roles).values("person_id"))
    for term in terms:
        people = people.filter(pk__in=matching_ids(term, matcher, visitor))
    return people.annotate(rank_key=rank_key(terms, matcher))


def matching_ids(term: str, matcher: ScanMatcher, visitor: Visitor) -> QuerySet[Any]:
    """Return the ids of the people who match `term`, whether or not their profile is visible."""
    # A union instead of one condition, because each part has its own index.
    parts: list[QuerySet[Any]] = [Person.objects.filter(matcher.matches_name(term)).order_by().values("pk")]
    if details := roles_by_detail():
        roles = visible_roles(visitor).order_by().values("person_id")
        exact = roles.filter(matcher.matches_detail(term, details))
        parts.append(exact)
        if allows_typos(term, MIN_TYPO_IN_DETAIL):  # a term that a detail contains has no typo
            parts.append(roles.filter(~Exists(exact), matcher.matches_detail_with_typo(term, details)))
    if "@" in term:
        by_email = Person.objects.filter(visible_to_visitor(visitor, "email"), email=term.lower())
        parts.append(by_email.order_by().values("pk"))
    first, *others = parts
    return first.union(*others) if others else first


def visible_roles(visitor: Visitor) -> QuerySet[Role]:
    """Return today's roles of all people whose profile and roles are visible to the visitor."""
    conditions = (visible_to_visitor(visitor, part, prefix="person__") for part in ("entry", "roles"))
    return Role.objects.active().filter(*conditions, person__is_active=True)


def visible_to_visitor(visitor: Visitor, part: str, prefix: str = "") -> Q:
    person = cast(Person, visitor.person)
    return visible_to(part, to=person, on_campus=visitor.is_on_campus, prefix=prefix)


def roles_by_detail() -> dict[str, list[str]]:
    """Return detail → the roles for which the directory shows it."""
    roles: dict[str, list[str]] = {}
    for role_name, role in settings.PORTAL.roles.items():
        for detail in role.directory:
            roles.setdefault(detail, []).append(role_name)
    return roles


def rank_key(terms: Sequence[str], matcher: ScanMatcher) -> Expression:
    """Return the sort key of a person: the distance from the search as four digits, the name and the id, as text."""
    name = Left(Lower(Coalesce(NullIf(F("display_name"), Value("")), F("username"))), 60)
    unique = LPad(Cast("pk", CharField()), MAX_ID_DIGITS, Value("0"))
    if not terms:
        return Concat(name, Value(" "), unique, output_field=CharField())
    similarities = [matcher.similarity(term) for term in sorted(terms, key=len)[-RANKED_TERMS:]]
    similarity = reduce(add, similarities) / Value(float(len(similarities)))
    distance = Cast(Round(1000 * (Value(1.0) - similarity)), IntegerField())
    rank = LPad(Cast(distance, CharField()), 4, Value("0"))
    return Concat(rank, Value(" "), name, Value(" "), unique, output_field=CharField())


def serialize_people(people: Sequence[Person], visitor: Visitor, *, photo: str = "small") -> list[dict[str, Any]]:
    """Return the data of EntrySerializer, with what each person shows to the visitor. Runs one query.

    `photo` is the size of the photos: `small` or `large`.
    """
    viewer, on_campus = cast(Person, visitor.person), visitor.is_on_campus

    def shows(person: Person, part: str) -> bool:
        return is_visible(person, part, to=viewer, on_campus=on_campus)

    roles: dict[int, list[dict[str, Any]]] = {person.pk: [] for person in people if shows(person, "roles")}
    if roles:
        for role in Role.objects.active().filter(person__in=roles):
            roles[role.person_id].append(serialize_entry_role(role))
    return [
        {
            "id": person.pk,
            "username": person.username,
            "display_name": str(person),
            "photo": photo_url(person, photo) if shows(person, "photo") else None,
            "email": person.email or None if shows(person, "email") else None,
            "roles": roles.get(person.pk, []),
        }
        for person in people
    ]


def describe_visibility(person: Person, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the data of ShownToSerializer for a person whose `entry` the visitor sees.

    Hidden parts and missing ones are alike, so that nobody learns what a person hides.
    """
    order = [Visibility.EVERYONE, Visibility.CAMPUS, Visibility.NOBODY]
    levels = {part: getattr(person, f"{part}_visible_to") for part in ("entry", "photo", "roles", "email")}
    return {
        part: max(levels["entry"], levels[part], key=order.index) if entry[part] else None
        for part in ("photo", "roles", "email")
    }


def serialize_entry_role(role: Role) -> dict[str, Any]:
    """Return the data of EntryRoleSerializer."""
    details = directory_details(role.name, role.details)
    return {
        "name": role.name,
        "title": role.title,
        "since": role.start,
        "until": role.end,
        "details": [
            {"name": name, "title": detail_title(role.name, name), "value": as_text(value)}
            for name, value in details.items()
        ],
    }


def detail_title(role: str, name: str) -> str:
    """Return the title of a detail from its schema in `portal.yaml`, or its name."""
    schema = settings.PORTAL.roles[role].details["properties"][name]
    title = schema.get("title") if isinstance(schema, dict) else None
    return title if isinstance(title, str) else name


def as_text(value: Any) -> str:
    """Return a detail as people read it: the members of a list with commas between them, other types as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_text(member) for member in value)
    return json.dumps(value, ensure_ascii=False)
