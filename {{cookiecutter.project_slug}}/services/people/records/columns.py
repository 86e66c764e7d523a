"""The columns of the list. A row is one role of one person, or a person without roles."""

from collections.abc import Collection
from difflib import get_close_matches

from django.conf import settings

from core.people.details import detail_schemas

from .problems import Problem

USERNAME = "username"
PERSON = (USERNAME, "email", "display_name")
ROLE = ("role", "start", "end")
DETAILS = "details."  # and a detail's name: `details.department`


def known_columns() -> list[str]:
    """Every column that there can be, in the order in which they are written."""
    details = dict.fromkeys(f"{DETAILS}{name}" for role in settings.PORTAL.roles for name in detail_schemas(role))
    return [*PERSON, *ROLE, *details]


def header_problems(header: Collection[str]) -> list[Problem]:
    """What is wrong with the first line."""
    known = known_columns()
    problems = []
    for column in dict.fromkeys(header):
        if column not in known:
            nearest = get_close_matches(column, known, n=1)
            hint = f"{nearest[0]}, perhaps; the columns are " if nearest else ""
            problems.append(Problem(1, column or "(empty)", "an unknown column", hint + ", ".join(known)))
        elif list(header).count(column) > 1:
            problems.append(Problem(1, column, "more than one column of this name", "one"))
    missing = needed_columns(header).difference(header)
    problems += [
        Problem(1, column, "no such column", "a column of this name: it is needed")
        for column in (*PERSON, *ROLE)
        if column in missing
    ]
    return problems


def needed_columns(header: Collection[str]) -> set[str]:
    """Those that a file with this header must have: a role has dates, and details are a role's."""
    has_roles = any(column in ROLE or column.startswith(DETAILS) for column in header)
    return {USERNAME, *(ROLE if has_roles else ())}
