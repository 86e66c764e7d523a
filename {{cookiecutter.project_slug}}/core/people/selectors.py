"""Read people and their roles."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from core.stores.cache import cached

from .models import Person, Role

ROLES_LIFETIME = timedelta(days=1)
# Longer than the lifetime of a cached value, so that it contains every role that begins or ends during that lifetime.
LOOK_AHEAD = timedelta(days=2)
LOOK_BACK = timedelta(days=1)  # the clock of another server may still show yesterday


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
    """Return the names of today's roles. One cache lookup, and one query on a miss.

    The key contains the person's version, so a change takes effect at once. The value contains dates, so that roles
    begin and end without a new query. It contains only the roles of the next days, so it stays small.
    """
    today = timezone.localdate()
    periods = cached("people").get_or_compute(
        f"roles:{person.pk}:{person.roles_version}",
        lambda: role_periods(person.pk, today - LOOK_BACK, today + LOOK_AHEAD),
        lifetime=ROLES_LIFETIME,
    )
    day = today.isoformat()
    return frozenset(name for name, start, end in periods if start <= day and (end is None or day <= end))


def role_periods(person_id: int, first_day: date, last_day: date) -> list[Any]:
    """Return `[name, start, end]` of the roles that are active on a day from `first_day` to `last_day`.

    `start` and `end` are ISO 8601 dates, and `end` is None for a role without a last day.
    """
    roles = Role.objects.filter(Q(end__isnull=True) | Q(end__gte=first_day), person_id=person_id, start__lte=last_day)
    found = roles.order_by().values_list("name", "start", "end")
    return [[name, str(start), end and str(end)] for name, start, end in found]
