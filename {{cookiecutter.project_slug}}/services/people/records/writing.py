"""Write a plan in the caller's transaction, with a few statements per 1000 rows."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from core.audit.events import Event
from core.audit.recording import make_entry, record, record_many
from core.people.auditing import entry_of_change
from core.people.emails import confirm_emails
from core.people.models import Person, Role, RoleChange
from core.people.versions import raise_versions

from .planning import BATCH, Plan, Track


def write_plan(plan: Plan, *, why: str, track: Track, by: Person | None = None) -> None:
    """Create and change people and roles, and record the changes as made by `by`, with the reason `why`.

    New people have no usable password, because hashing thousands of passwords takes hours. They set one through
    "Forgot password".
    """
    # Writes people before roles, as Role.save does, so that concurrent changes wait instead of deadlocking.
    update_people(plan, why, by, track)
    raise_versions({role.person_id for role, _ in plan.changed_roles} | known_person_ids(plan.new_roles))
    for batch in track(batches(plan.new_people), "Creating people"):
        for person in batch:
            person.set_unusable_password()
        Person.objects.bulk_create(batch)
    confirm_emails([*plan.new_people, *plan.with_new_email])
    record(
        Event.PEOPLE_IMPORTED,
        by=by,
        why=why,
        created=len(plan.new_people),
        changed=len(plan.changed_people),
        new_emails=len(plan.with_new_email),
        roles_granted=len(plan.new_roles),
        roles_changed=len(plan.changed_roles),
    )
    # Changes roles before it creates any, because a new role may begin where a changed one now ends.
    for batch in track(batches(plan.changed_roles), "Changing roles"):
        Role.objects.bulk_update([role for role, _ in batch], ["end", "details"])
        record_changes(batch, why, by)
    for batch in track(batches(plan.new_roles), "Granting roles"):
        record_changes([(role, RoleChange.Kind.GRANTED) for role in Role.objects.bulk_create(batch)], why, by)


def update_people(plan: Plan, why: str, by: Person | None, track: Track) -> None:
    # Clears the old emails first, because two people may swap theirs.
    for batch in batched(plan.with_new_email, BATCH):
        people = Person.objects.filter(pk__in=[person.pk for person in batch])
        before = dict(people.values_list("pk", "email"))
        record_many(
            make_entry(
                Event.EMAIL_CHANGED, person=person, by=by, before=before[person.pk], after=person.email, command=why
            )
            for person in batch
        )
        people.update(email="")
    for batch in track(batches(plan.changed_people), "Changing people"):
        Person.objects.bulk_update(batch, ["email", "display_name"])


def record_changes(changes: Iterable[tuple[Role, RoleChange.Kind]], why: str, by: Person | None) -> None:
    """Record changes in the history of roles and in the audit log."""
    recorded = RoleChange.objects.bulk_create(
        RoleChange.from_role(role, kind, by=by, why=why) for role, kind in changes
    )
    people = Person.objects.only("username").in_bulk({change.person_id for change in recorded})
    record_many(entry_of_change(change, people[change.person_id]) for change in recorded)


def known_person_ids(roles: Iterable[Role]) -> set[int]:
    """Return the ids of the people who exist already."""
    return {role.person_id for role in roles if role.person_id is not None}


def batches(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    return list(batched(rows, BATCH))
