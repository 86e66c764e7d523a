"""The columns of the CSV file. A row is one role of a person, or a person without roles."""

from collections.abc import Collection
from difflib import get_close_matches

from django.conf import settings

from core.people.details import detail_schemas

from .problems import Problem

USERNAME = "username"
PERSON = (USERNAME, "email", "display_name")
ROLE = ("role", "start", "end")
DETAILS = "details."  # followed by the name of a detail: `details.department`


def known_columns() -> list[str]:
    """Return all allowed columns, in the order of the export."""
    details = dict.fromkeys(f"{DETAILS}{name}" for role in settings.PORTAL.roles for name in detail_schemas(role))
    return [*PERSON, *ROLE, *details]


def header_problems(header: Collection[str]) -> list[Problem]:
    known = known_columns()
    problems = []
    for column in dict.fromkeys(header):
        if column not in known:
            nearest = get_close_matches(column, known, n=1)
            suggestion = f"perhaps {nearest[0]}; " if nearest else ""
            allowed = f"{suggestion}the columns are {', '.join(known)}"
            problems.append(Problem(1, column or "(empty)", "an unknown column", allowed))
        elif list(header).count(column) > 1:
            problems.append(Problem(1, column, "several columns with this name", "one column"))
    missing = required_columns(header).difference(header)
    problems += [
        Problem(1, column, "a missing column", "a column with this name")
        for column in (*PERSON, *ROLE)
        if column in missing
    ]
    return problems


def required_columns(header: Collection[str]) -> set[str]:
    """Return the columns that a file with this header must have. A role needs dates, and details need a role."""
    has_roles = any(column in ROLE or column.startswith(DETAILS) for column in header)
    return {USERNAME, *(ROLE if has_roles else ())}
