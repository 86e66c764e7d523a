"""What is read of the directory: only what each person shows to the visitor."""

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
from core.people.models import Person, Role
from core.people.privacy import is_visible, visible_to
from services.accounts.photos import photo_url

from .matching import SLIP_IN_DETAIL, ScanMatcher, allows_typos, current_matcher

LONGEST_SEARCH = 100  # characters
MOST_WORDS = 8
TELLING_WORDS = 3  # the longest ones, which alone say who is a better match


def listed(visitor: Visitor) -> QuerySet[Person]:
    """The people whose entry is shown to the visitor, who has signed in."""
    return Person.objects.filter(visible_to_visitor(visitor, "entry"), is_active=True)


def search(*, text: str, role: str = "", visitor: Visitor) -> QuerySet[Person]:
    """The people in whom every word of `text` is found; with `role`, those among them who hold it today.

    A word is found in names, and where the person shows them, in the details of today's roles that are for the
    directory; an e-mail that is shown has to be given whole. Each has a `place`, unique text: the best match has the
    first one, and equal ones follow by name.
    """
    words = list(dict.fromkeys(text.split()))
    way = current_matcher()
    found = listed(visitor)
    if role:
        found = found.filter(pk__in=visible_roles(visitor).filter(name=role).values("person_id"))
    for word in words:
        found = found.filter(pk__in=people_with(word, way, visitor))
    return found.annotate(place=rank_key(words, way))


def people_with(word: str, way: ScanMatcher, visitor: Visitor) -> QuerySet[Any]:
    """The ids of the people in whom `word` is found, whether their entry is shown or not."""
    # A union rather than one condition: each of its parts has an index of its own.
    parts: list[QuerySet[Any]] = [Person.objects.filter(way.named(word)).order_by().values("pk")]
    if details := details_of_roles():
        roles = visible_roles(visitor).order_by().values("person_id")
        holding = roles.filter(way.detailed(word, details))
        parts.append(holding)
        if allows_typos(word, SLIP_IN_DETAIL):  # a word that some detail holds is no slip
            parts.append(roles.filter(~Exists(holding), way.detailed_nearly(word, details)))
    if "@" in word:
        addressed = Person.objects.filter(visible_to_visitor(visitor, "email"), email=word.lower())
        parts.append(addressed.order_by().values("pk"))
    first, *others = parts
    return first.union(*others) if others else first


def visible_roles(visitor: Visitor) -> QuerySet[Role]:
    """The roles that hold today, of everybody whose entry and roles are shown to the visitor."""
    shown_parts = (visible_to_visitor(visitor, part, prefix="person__") for part in ("entry", "roles"))
    return Role.objects.active().filter(*shown_parts, person__is_active=True)


def visible_to_visitor(visitor: Visitor, part: str, prefix: str = "") -> Q:
    person = cast(Person, visitor.person)
    return visible_to(part, to=person, on_campus=visitor.is_on_campus, prefix=prefix)


def details_of_roles() -> dict[str, list[str]]:
    """Detail → the roles in which the directory shows it."""
    keys: dict[str, list[str]] = {}
    for name, role in settings.PORTAL.roles.items():
        for key in role.directory:
            keys.setdefault(key, []).append(name)
    return keys


def rank_key(words: Sequence[str], way: ScanMatcher) -> Expression:
    """Where somebody stands in the answer, as text that sorts: distance from what was searched, name, id."""
    name = Left(Lower(Coalesce(NullIf(F("display_name"), Value("")), F("username"))), 60)
    tie = LPad(Cast("pk", CharField()), 19, Value("0"))  # as many digits as an id can have
    if not words:
        return Concat(name, Value(" "), tie, output_field=CharField())
    telling = [way.closeness(word) for word in sorted(words, key=len)[-TELLING_WORDS:]]
    closeness = reduce(add, telling) / Value(float(len(telling)))
    distance = Cast(Round(1000 * (Value(1.0) - closeness)), IntegerField())
    rank = LPad(Cast(distance, CharField()), 4, Value("0"))
    return Concat(rank, Value(" "), name, Value(" "), tie, output_field=CharField())


def serialize_people(found: Sequence[Person], visitor: Visitor, *, photo: str = "small") -> list[dict[str, Any]]:
    """People as EntrySerializer shows them, each with what they show to the visitor. One query.

    `photo` is its size: `small` or `large`.
    """
    viewer, on_campus = cast(Person, visitor.person), visitor.is_on_campus

    def shows(person: Person, part: str) -> bool:
        return is_visible(person, part, to=viewer, on_campus=on_campus)

    roles: dict[int, list[dict[str, Any]]] = {person.pk: [] for person in found if shows(person, "roles")}
    if roles:
        for role in Role.objects.active().filter(person__in=roles):
            roles[role.person_id].append(serialize_role(role))
    return [
        {
            "id": person.pk,
            "username": person.username,
            "display_name": str(person),
            "photo": photo_url(person, photo) if shows(person, "photo") else None,
            "email": person.email or None if shows(person, "email") else None,
            "roles": roles.get(person.pk, []),
        }
        for person in found
    ]


def serialize_role(role: Role) -> dict[str, Any]:
    details = directory_details(role.name, role.details)
    return {
        "name": role.name,
        "title": role.title,
        "since": role.start,
        "details": [
            {"name": name, "title": detail_title(role.name, name), "value": as_text(value)}
            for name, value in details.items()
        ],
    }


def detail_title(role: str, name: str) -> str:
    """As people read it: the title that the schema in `portal.yaml` has for the detail, or its bare name."""
    schema = settings.PORTAL.roles[role].details["properties"][name]
    title = schema.get("title") if isinstance(schema, dict) else None
    return title if isinstance(title, str) else name


def as_text(value: Any) -> str:
    """A detail as people read it: a list as its members, anything that is no text as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(as_text(member) for member in value)
    return json.dumps(value, ensure_ascii=False)
