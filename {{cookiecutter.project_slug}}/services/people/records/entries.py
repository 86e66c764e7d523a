"""Collect the people and their roles from the rows, and validate them without the database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Field

from core.people.details import detail_schemas
from core.people.models import Person, clean_email

from .cells import parse_detail
from .columns import DETAILS, PERSON, USERNAME
from .problems import Problem, quote
from .reading import Row

ABSENT = object()  # the value of a detail whose cell is empty: the role does not have this detail
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(slots=True)
class RoleEntry:
    """A role of the file. `details` has the details with a column, and `ABSENT` for empty cells."""

    line: int
    name: str
    start: date
    end: date | None
    details: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name} from {self.start}" + (f" to {self.end}" if self.end else "")


@dataclass(slots=True)
class PersonEntry:
    """A person of the file, first at `line`. `email` and `display_name` are None if the file has no such column."""

    line: int
    username: str
    email: str | None
    display_name: str | None
    roles: list[RoleEntry] = field(default_factory=list)


def username_key(username: str) -> str:
    """Return the same key for usernames that differ only in case, because they belong to the same person."""
    return Person.normalize_username(username).lower()


def read_entries(rows: Iterable[Row], problems: list[Problem]) -> dict[str, PersonEntry]:
    """Return `username_key` → person, in the order of the file. Adds what is wrong to `problems`."""
    people: dict[str, PersonEntry] = {}
    by_email: dict[str, PersonEntry] = {}
    lines_without_role: dict[str, int] = {}
    for row in rows:
        person = read_person(row, problems)
        if person is None:
            continue
        key = username_key(person.username)
        first = people.setdefault(key, person)
        if first is not person:
            problems += inconsistencies(first, person)
        elif person.email and (other := by_email.setdefault(person.email, person)) is not person:
            allowed = f"another email: {other.username} has this one at line {other.line}"
            problems.append(Problem(row.line, "email", quote(person.email), allowed))
        if row.cells.get("role"):
            role = read_role(row, problems)
            if role is not None:
                first.roles.append(role)
        else:
            problems += cells_without_role(row)
            line = lines_without_role.setdefault(key, row.line)
            if line != row.line:
                allowed = f"one row without a role per person: line {line} has it"
                problems.append(Problem(row.line, USERNAME, quote(person.username), allowed))
    return people


def read_person(row: Row, problems: list[Problem]) -> PersonEntry | None:
    """Return the person of a row; None if it has no username."""
    values: dict[str, str | None] = {column: row.cells[column] or "" for column in PERSON if column in row.cells}
    username = values[USERNAME] = Person.normalize_username(values[USERNAME] or "")
    if "email" in values:
        values["email"] = clean_email(values["email"] or "")
    for column, value in values.items():
        try:
            cast("Field[Any, Any]", Person._meta.get_field(column)).run_validators(value)  # accepts an empty value
        except ValidationError as error:
            problems.append(Problem(row.line, column, quote(value), " ".join(error.messages)))
    if not username:
        problems.append(Problem(row.line, USERNAME, "nothing", "the username of the person"))
        return None
    return PersonEntry(row.line, username, values.get("email"), values.get("display_name"))


def inconsistencies(first: PersonEntry, other: PersonEntry) -> Sequence[Problem]:
    """Return where two rows of the same person differ in email or display name."""
    return [
        Problem(other.line, column, quote(found), f"{quote(expected)}, as at line {first.line}")
        for column in ("email", "display_name")
        if (found := getattr(other, column)) != (expected := getattr(first, column))
    ]


def read_role(row: Row, problems: list[Problem]) -> RoleEntry | None:
    """Return the role of a row; None if its name or its dates are invalid."""
    name = row.cells["role"] or ""
    if name not in settings.PORTAL.roles:
        allowed = ", ".join(settings.PORTAL.roles) or "no role, because portal.yaml has none"
        problems.append(Problem(row.line, "role", quote(name), allowed))
        return None
    details = read_details(row, name, problems)
    start, end = (read_date(row, column, problems) for column in ("start", "end"))
    if start is None or (end is None and row.cells["end"]):
        return None
    if end is not None and end < start:
        problems.append(Problem(row.line, "end", str(end), f"{start}, the first day, or a later day"))
        return None
    return RoleEntry(row.line, name, start, end, details)


def read_date(row: Row, column: str, problems: list[Problem]) -> date | None:
    """Return the date in `start`, which is required, or `end`; None if it is empty or invalid."""
    text = row.cells[column] or ""
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that does not exist, such as 2026-02-30
    if text or column == "start":
        allowed = "the first day" if column == "start" else "the last day, or nothing if there is none"
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
                known = ", ".join(f"{DETAILS}{detail}" for detail in schemas) or "no details"
                problems.append(Problem(row.line, column, quote(text), f"nothing: the role {role} has {known}"))
            continue
        try:
            details[name] = ABSENT if text is None else parse_detail(text, schemas[name])
        except ValueError as error:
            problems.append(Problem(row.line, column, quote(text), str(error)))
    return details


def cells_without_role(row: Row) -> Sequence[Problem]:
    """Return the dates and details in a row that has no role."""
    return [
        Problem(row.line, column, quote(text), "nothing, because this row has no role")
        for column, text in row.cells.items()
        if text is not None and (column in {"start", "end"} or column.startswith(DETAILS))
    ]
