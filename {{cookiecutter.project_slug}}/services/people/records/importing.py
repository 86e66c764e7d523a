"""Import people and their roles from CSV: all of them, or none."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction

from core.people.models import Person, RoleChange
from core.stores.database import advisory_lock

from .entries import read_entries
from .planning import COMMAND_ADVICE, Plan, Track, make_plan
from .problems import InvalidRecords, Problem
from .reading import read_rows
from .writing import write_plan

# The key of PostgreSQL's advisory lock. Any number will do, if no other code uses it.
LOCK = 0x6F6D6E6A


def without_progress(items: Sequence[Any], description: str) -> Iterable[Any]:
    return items


def plan_records(
    content: bytes,
    *,
    update: bool = False,
    by: Person | None = None,
    update_advice: str = COMMAND_ADVICE,
    track: Track = without_progress,
) -> Plan:
    """Return what an import of the CSV in `content` would change. Raises InvalidRecords with all problems."""
    problems: list[Problem] = []
    rows = read_rows(content, problems)
    entries = read_entries(track(rows, "Reading"), problems)
    plan = make_plan(entries, update=update, problems=problems, track=track, by=by, update_advice=update_advice)
    if problems:
        raise InvalidRecords(problems, rows=len(rows))
    plan.rows = len(rows)
    return plan


def import_records(
    content: bytes,
    *,
    name: str,
    update: bool = False,
    dry_run: bool = False,
    by: Person | None = None,
    confirm: Callable[[Plan], None] | None = None,
    track: Track = without_progress,
) -> Plan:
    """Import the CSV in `content`, and return what changed. With `dry_run`, roll everything back.

    `name` is the name of the file, for the history. `update` allows changes to people who exist already. `by` is who
    imports, None for a command. `confirm` gets the plan before anything is written, and may raise an error. Concurrent
    imports wait for each other. Raises InvalidRecords with all problems before anything is written, and Django's
    IntegrityError if a concurrent change conflicts.
    """
    with transaction.atomic():
        advisory_lock(LOCK)
        plan = plan_records(content, update=update, by=by, track=track)
        if confirm is not None:
            confirm(plan)
        reason = f"import of {name}"[: RoleChange._meta.get_field("why").max_length]
        write_plan(plan, why=reason, by=by, track=track)
        if dry_run:
            transaction.set_rollback(True)
    return plan
