"""Import people and their roles from CSV: all of them, or none."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from core.people.models import RoleChange
from core.stores.database import advisory_lock

from .entries import read_entries
from .planning import Plan, Track, make_plan
from .problems import InvalidRecords, Problem
from .reading import read_rows
from .writing import write_plan

# The key of PostgreSQL's advisory lock. Any number will do, if no other code uses it.
LOCK = 0x6F6D6E6A


def without_progress(items: Sequence[Any], description: str) -> Iterable[Any]:
    return items


def import_records(
    content: bytes, *, name: str, update: bool = False, dry_run: bool = False, track: Track = without_progress
) -> Plan:
    """Import the CSV in `content`, and return what changed. With `dry_run`, roll everything back.

    `name` is the name of the file, for the history. `update` allows changes to people who exist already. Concurrent
    imports wait for each other. Raises InvalidRecords with all problems before anything is written, and Django's
    IntegrityError if a concurrent change conflicts.
    """
    problems: list[Problem] = []
    entries = read_entries(track(read_rows(content, problems), "Reading"), problems)
    with transaction.atomic():
        advisory_lock(LOCK)
        plan = make_plan(entries, update=update, problems=problems, track=track)
        if problems:
            raise InvalidRecords(problems)
        reason = f"import of {name}"[: RoleChange._meta.get_field("why").max_length]
        write_plan(plan, why=reason, track=track)
        if dry_run:
            transaction.set_rollback(True)
    return plan
