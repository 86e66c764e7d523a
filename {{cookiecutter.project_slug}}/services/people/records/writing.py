"""Writes a plan, in the caller's transaction, with a few statements for each thousand rows."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from core.people.emails import confirm_emails
from core.people.models import Person, Role, RoleChange
from core.people.versions import raise_versions

from .planning import BATCH, Plan, Progress


def write(plan: Plan, *, why: str, track: Progress) -> None:
    """Make people, give and change roles, each with a line of history that says `why`.

    New people have no usable password: they ask for one at "forgotten password", for to hash thousands takes hours.
    """
    # A person's row comes before those of their roles, as in Role.save: whoever does both waits, and neither for ever.
    update_people(plan, track)
    raise_versions({role.person_id for role, _ in plan.changed_roles} | known_people(plan.new_roles))
    for some in track(batches(plan.new_people), "Making people"):
        for person in some:
            person.set_unusable_password()
        Person.objects.bulk_create(some)
    confirm_emails([*plan.new_people, *plan.with_new_email])
    # Those that end earlier make room for new ones.
    for some in track(batches(plan.changed_roles), "Changing roles"):
        Role.objects.bulk_update([role for role, _ in some], ["end", "details"])
        record_changes(some, why)
    for some in track(batches(plan.new_roles), "Giving roles"):
        record_changes([(role, RoleChange.Kind.GRANTED) for role in Role.objects.bulk_create(some)], why)


def update_people(plan: Plan, track: Progress) -> None:
    # Two people may swap their addresses; for a moment, neither has one.
    for some in batched((person.pk for person in plan.with_new_email), BATCH):
        Person.objects.filter(pk__in=some).update(email="")
    for some in track(batches(plan.changed_people), "Changing people"):
        Person.objects.bulk_update(some, ["email", "display_name"])


def record_changes(changes: Iterable[tuple[Role, RoleChange.Kind]], why: str) -> None:
    RoleChange.objects.bulk_create(RoleChange.of(role, kind, by=None, why=why) for role, kind in changes)


def known_people(roles: Iterable[Role]) -> set[int]:
    return {role.person_id for role in roles if role.person_id is not None}


def batches(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    return list(batched(rows, BATCH))
