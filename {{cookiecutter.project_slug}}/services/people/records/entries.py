"""The people of a list with their roles, from its rows; each row is looked at alone, and against those above it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from core.people.details import detail_schemas
from core.people.models import Person, clean_email

from .cells import value_of
from .columns import DETAILS, PERSON, USERNAME
from .problems import Problem, quote
from .reading import Row

ABSENT = object()  # in place of a detail whose cell is empty: the role does not have it
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(slots=True)
class RoleEntry:
    """A role of the list. `details` has those for which there is a column, `ABSENT` where its cell is empty."""

    line: int
    name: str
    start: date
    end: date | None
    details: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name} from {self.start}" + (f" to {self.end}" if self.end else "")


@dataclass(slots=True)
class PersonEntry:
    """A person of the list, first named at `line`; `email` or `display_name` is None where there is no such column."""

    line: int
    username: str
    email: str | None
    display_name: str | None
    roles: list[RoleEntry] = field(default_factory=list)


def key_of(username: str) -> str:
    """The same for names that differ in case alone: nobody may look like somebody else."""
    return Person.normalize_username(username).lower()


def read_entries(rows: Iterable[Row], problems: list[Problem]) -> dict[str, PersonEntry]:
    """Key → person, in the order of the list. What is wrong is added to `problems`."""
    people: dict[str, PersonEntry] = {}
    by_email: dict[str, PersonEntry] = {}
    without_role: dict[str, int] = {}
    for row in rows:
        person = read_person(row, problems)
        if person is None:
            continue
        key = key_of(person.username)
        first = people.setdefault(key, person)
        if first is not person:
            problems += contradictions(first, person)
        elif person.email and (other := by_email.setdefault(person.email, person)) is not person:
            allowed = f"an address of their own: {other.username} has it at line {other.line}"
            problems.append(Problem(row.line, "email", quote(person.email), allowed))
        if row.cells.get("role"):
            role = read_role(row, problems)
            if role is not None:
                first.roles.append(role)
        else:
            problems += stray_cells(row)
            before = without_role.setdefault(key, row.line)
            if before != row.line:
                problems.append(
                    Problem(row.line, USERNAME, quote(person.username), f"one row without a role: line {before} is it")
                )
    return people


def read_person(row: Row, problems: list[Problem]) -> PersonEntry | None:
    """The person of a row; None when it does not say who."""
    given: dict[str, str | None] = {column: row.cells[column] or "" for column in PERSON if column in row.cells}
    given[USERNAME] = Person.normalize_username(given[USERNAME] or "")
    if "email" in given:
        given["email"] = clean_email(given["email"] or "")
    for column, value in given.items():
        try:
            Person._meta.get_field(column).run_validators(value)  # they have nothing to say of an empty text
        except ValidationError as error:
            problems.append(Problem(row.line, column, quote(value), " ".join(error.messages)))
    if not given[USERNAME]:
        problems.append(Problem(row.line, USERNAME, "nothing", "the sign-in name of whom this row is about"))
        return None
    return PersonEntry(row.line, given[USERNAME], given.get("email"), given.get("display_name"))


def contradictions(first: PersonEntry, again: PersonEntry) -> Sequence[Problem]:
    """Where two rows of one person say different things about them."""
    return [
        Problem(again.line, column, quote(said), f"{quote(before)}, as at line {first.line}")
        for column in ("email", "display_name")
        if (said := getattr(again, column)) != (before := getattr(first, column))
    ]


def read_role(row: Row, problems: list[Problem]) -> RoleEntry | None:
    """The role of a row; None when it is no role, or its dates are none."""
    name = row.cells["role"] or ""
    if name not in settings.PORTAL.roles:
        known = ", ".join(settings.PORTAL.roles) or "none: portal.yaml has no roles"
        problems.append(Problem(row.line, "role", quote(name), known))
        return None
    details = read_details(row, name, problems)
    start, end = (read_day(row, column, problems) for column in ("start", "end"))
    if start is None or (end is None and row.cells["end"]):
        return None
    if end is not None and end < start:
        problems.append(Problem(row.line, "end", str(end), f"{start}, the first day, or a later one"))
        return None
    return RoleEntry(row.line, name, start, end, details)


def read_day(row: Row, column: str, problems: list[Problem]) -> date | None:
    """A day, or None; a role needs a first one and may have no last one."""
    text = row.cells[column] or ""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the 30th of February
    if text or column == "start":
        allowed = "the first day" if column == "start" else "the last day, or nothing (until it is ended)"
        problems.append(Problem(row.line, column, quote(text), f"{allowed}, such as 2026-09-01"))
    return None


def read_details(row: Row, role: str, problems: list[Problem]) -> dict[str, Any]:
    schemas = detail_schemas(role)
    details: dict[str, Any] = {}
    for column, text in row.cells.items():
        if not column.startswith(DETAILS):
            continue
        name = column.removeprefix(DETAILS)
        if name not in schemas:
            if text is not None:
                has = ", ".join(f"{DETAILS}{one}" for one in schemas) or "no details"
                problems.append(Problem(row.line, column, quote(text), f"nothing: the role {role} has {has}"))
            continue
        try:
            details[name] = ABSENT if text is None else value_of(text, schemas[name])
        except ValueError as error:
            problems.append(Problem(row.line, column, quote(text), str(error)))
    return details


def stray_cells(row: Row) -> Sequence[Problem]:
    """What is said of a role in a row that names none."""
    return [
        Problem(row.line, column, quote(text), "nothing, for this row names no role")
        for column, text in row.cells.items()
        if text is not None and (column in {"start", "end"} or column.startswith(DETAILS))
    ]
