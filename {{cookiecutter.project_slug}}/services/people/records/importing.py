"""Takes a list in: all of it, or nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from core.people.models import RoleChange
from core.stores.database import advisory_lock

from .entries import read_entries
from .planning import Plan, Progress, make_plan
from .problems import Problem, RecordsRefused
from .reading import read_rows
from .writing import write

# The name of the lock in PostgreSQL: any number, as long as nobody else takes the same.
LOCK = 0x6F6D6E6A


def no_progress(items: Sequence[Any], what: str) -> Iterable[Any]:
    return items


def import_records(
    content: bytes, *, name: str, update: bool = False, dry_run: bool = False, track: Progress = no_progress
) -> Plan:
    """Bring the portal in step with the list in `content`, and say what that took.

    `name` is the list's, for the history. Two imports at once take turns. Raises RecordsRefused with everything that is
    wrong, before anything was written, and Django's IntegrityError when somebody else changed the same meanwhile.
    """
    problems: list[Problem] = []
    entries = read_entries(track(read_rows(content, problems), "Reading"), problems)
    with transaction.atomic():
        advisory_lock(LOCK)
        plan = make_plan(entries, update=update, problems=problems, track=track)
        if problems:
            raise RecordsRefused(problems)
        write(plan, why=f"import of {name}"[: RoleChange._meta.get_field("why").max_length], track=track)
        if dry_run:
            transaction.set_rollback(True)
    return plan
