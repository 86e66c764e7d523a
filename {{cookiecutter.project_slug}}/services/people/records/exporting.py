"""Write all people and their roles as CSV, in the format that the import reads."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

from django.conf import settings

from core.people.details import detail_schemas
from core.people.models import Person

from .cells import escape_formula, format_detail
from .columns import DETAILS, PERSON, ROLE, known_columns

FIELDS = (*PERSON, *(f"roles__{name}" for name in ("name", "start", "end", "details")))


class Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def export_records(file: Writable) -> Counter[str]:
    """Write all people by username, each with their roles by name and first day. Runs one query.

    Returns what was left out, and how often: roles and details of the database that `portal.yaml` does not have.
    """
    left_out: Counter[str] = Counter()
    writer = csv.writer(file, lineterminator="\r\n")
    columns = known_columns()
    writer.writerow(columns)
    for cells in export_rows(left_out):
        writer.writerow(cells.get(column, "") for column in columns)
    return left_out


def export_rows(left_out: Counter[str]) -> Iterator[dict[str, str]]:
    """Yield column → cell for each row. Counts what `portal.yaml` does not have in `left_out`."""
    records = Person.objects.values_list(*FIELDS).order_by().iterator(chunk_size=2000)
    previous = None
    pending: dict[str, str] | None = None  # a person without a role, unless the next record has one
    for username, email, display_name, name, start, end, details in sorted(records, key=sort_key):
        if pending is not None and username != previous:
            yield pending
            pending = None
        person = dict(zip(PERSON, map(text_cell, (username, email, display_name)), strict=True))
        if name not in settings.PORTAL.roles:
            if name is not None:
                left_out[f"role {name}"] += 1
            if previous != username:
                pending = person
        else:
            pending = None
            role = dict(zip(ROLE, (name, str(start), str(end or "")), strict=True))
            yield person | role | detail_cells(name, details, left_out)
        previous = username
    if pending is not None:
        yield pending


def sort_key(record: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the username, the name of the role (empty without one) and its first day."""
    return record[0], record[3] or "", str(record[4])


def text_cell(text: str) -> str:
    text = text.strip()
    return escape_formula(text) if text else ""


def detail_cells(role: str, details: dict[str, Any], left_out: Counter[str]) -> dict[str, str]:
    schemas = detail_schemas(role)
    left_out.update(f"detail {name} of role {role}" for name in details if name not in schemas)
    return {
        f"{DETAILS}{name}": escape_formula(format_detail(details[name], schema).strip())
        for name, schema in schemas.items()
        if name in details
    }
