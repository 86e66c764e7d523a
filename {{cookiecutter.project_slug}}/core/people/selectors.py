"""What is read of people and their roles."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from core.stores.cache import cached

from .models import Person, Role

ROLES_LIFETIME = timedelta(days=1)
HORIZON = timedelta(days=2)  # further ahead than a cached value lives: what begins or ends meanwhile is in it
LOOK_BACK = timedelta(days=1)  # another server's clock may not have reached this day yet


def person_by_id(person_id: int) -> Person | None:
    """Return a person by their key, in one query. Every request of a signed-in person needs it.

    The SQL is compiled once. Compiling it for each request makes a warm request take 1.2 times as long
    (benchmarks/README.md of the template, warm_request.py).
    """
    return next(iter(Person.objects.raw(person_sql(), [person_id])), None)


@cache
def person_sql() -> str:
    sql, _ = Person.objects.order_by().filter(pk=0).query.sql_with_params()
    return sql


def active_roles(person: Person) -> frozenset[str]:
    """The names of the roles that hold today. One look at the cache, and one query when it knows nothing.

    The key holds the version from the person's row, so a change is never missed. The value holds dates, so that roles
    begin and end by themselves, and only those of the next days, so that it is small however many roles there are.
    """
    today = timezone.localdate()
    rows = cached("people").get_or_compute(
        f"roles:{person.pk}:{person.roles_version}",
        lambda: roles_from(person.pk, today - LOOK_BACK, today + HORIZON),
        lifetime=ROLES_LIFETIME,
    )
    day = today.isoformat()
    return frozenset(name for name, start, end in rows if start <= day and (end is None or day <= end))


def roles_from(person_id: int, day: date, last: date) -> list[Any]:
    """`[name, first day, last day or None]` of the roles that hold on some day from `day` to `last`; days as text."""
    rows = Role.objects.filter(Q(end__isnull=True) | Q(end__gte=day), person_id=person_id, start__lte=last)
    found = rows.order_by().values_list("name", "start", "end")
    return [[name, str(start), end and str(end)] for name, start, end in found]
