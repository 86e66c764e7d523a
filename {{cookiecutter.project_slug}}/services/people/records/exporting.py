"""Writes the list of everybody, as importing reads it."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

from django.conf import settings

from core.people.details import detail_schemas
from core.people.models import Person

from .cells import escape_formula, text_of
from .columns import DETAILS, PERSON, ROLE, known_columns

FIELDS = (*PERSON, *(f"roles__{name}" for name in ("name", "start", "end", "details")))


class Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def export_records(file: Writable) -> Counter[str]:
    """Write everybody, by sign-in name, and each one's roles by name and first day; one query.

    `portal.yaml` decides what the list can hold. Answers what it cannot, and how often: roles and details that stand in
    the database, and no longer in there.
    """
    left_out: Counter[str] = Counter()
    writer = csv.writer(file, lineterminator="\r\n")
    columns = known_columns()
    writer.writerow(columns)
    for cells in rows(left_out):
        writer.writerow(cells.get(column, "") for column in columns)
    return left_out


def rows(left_out: Counter[str]) -> Iterator[dict[str, str]]:
    """Column → cell, for each row of the list."""
    found = Person.objects.values_list(*FIELDS).order_by().iterator(chunk_size=2000)
    written = None
    waiting: dict[str, str] | None = None  # somebody without a role, unless the next row has one
    for username, email, display_name, name, start, end, details in sorted(found, key=order):
        if waiting is not None and username != written:
            yield waiting
            waiting = None
        person = dict(zip(PERSON, map(cell, (username, email, display_name)), strict=True))
        if name not in settings.PORTAL.roles:
            if name is not None:
                left_out[f"role {name}"] += 1
            if written != username:
                waiting = person
        else:
            waiting = None
            role = dict(zip(ROLE, (name, str(start), str(end or "")), strict=True))
            yield person | role | detail_cells(name, details, left_out)
        written = username
    if waiting is not None:
        yield waiting


def order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[0], row[3] or "", str(row[4])


def cell(text: str) -> str:
    text = text.strip()
    return escape_formula(text) if text else ""


def detail_cells(role: str, details: dict[str, Any], left_out: Counter[str]) -> dict[str, str]:
    schemas = detail_schemas(role)
    left_out.update(f"detail {name} of role {role}" for name in details if name not in schemas)
    return {
        f"{DETAILS}{name}": escape_formula(text_of(details[name], schema).strip())
        for name, schema in schemas.items()
        if name in details
    }
