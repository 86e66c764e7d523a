"""Plan what an import changes in the portal, without changing it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Any

from core.people.details import details_problems
from core.people.models import Person, Role, RoleChange, clean_email
from core.people.models.role import change_kind
from core.people.protection import REFUSAL, may_change

from .columns import DETAILS, USERNAME
from .entries import ABSENT, PersonEntry, RoleEntry, username_key
from .problems import Problem, quote

BATCH = 1000  # rows per statement

# Iterates over items and shows the progress: `track(items, "Checking")`.
Track = Callable[[Sequence[Any], str], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the file changes of someone who exists already, in the row that begins at `line`."""

    line: int
    username: str
    column: str
    before: str
    after: str


@dataclass(slots=True)
class Plan:
    """The rows to write. New roles may be of new people, who have no id yet."""

    rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    new_people: list[Person] = field(default_factory=list)
    changed_people: list[Person] = field(default_factory=list)
    unchanged_people: int = 0
    with_new_email: list[Person] = field(default_factory=list)  # a part of changed_people
    new_roles: list[Role] = field(default_factory=list)
    changed_roles: list[tuple[Role, RoleChange.Kind]] = field(default_factory=list)
    unchanged_roles: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new_people or self.changed_people or self.new_roles or self.changed_roles)


COMMAND_ADVICE = "run the import with --update"


def make_plan(
    entries: dict[str, PersonEntry],
    *,
    update: bool,
    problems: list[Problem],
    track: Track,
    by: Person | None = None,
    update_advice: str = COMMAND_ADVICE,
) -> Plan:
    """Return the plan for the people of a file. Adds what is wrong to `problems`.

    Without `update`, a difference between the file and people who exist already is a problem, and `update_advice` says
    how to allow it. `by` is who imports, None for a command: only superusers change people who can use /admin/. Runs
    one query for all people, and one per 1000 existing people of the file for their roles.
    """
    planner = Planner(entries, update=update, problems=problems, by=by, update_advice=update_advice)
    for entry in track(list(entries.values()), "Checking"):
        planner.plan_person(entry)
    return planner.plan


class Planner:
    """Compares the file with the portal. Reads the portal's people and roles once, when it is created."""

    def __init__(
        self,
        entries: dict[str, PersonEntry],
        *,
        update: bool,
        problems: list[Problem],
        by: Person | None,
        update_advice: str,
    ):
        self.entries = entries
        self.update = update
        self.problems = problems
        self.by = by
        self.update_advice = update_advice
        self.plan = Plan()
        people = list(Person.objects.only("username", "email", "display_name", "is_staff", "is_superuser"))
        self.people = {username_key(person.username): person for person in people}
        self.usernames = {person.pk: person.username for person in people}
        self.by_email = {clean_email(person.email): person for person in people if person.email}
        # (person id, role name) → first day → role. The first day identifies a period of a role.
        self.roles: dict[tuple[int, str], dict[date, Role]] = defaultdict(dict)
        for batch in batched([self.people[key].pk for key in entries if key in self.people], BATCH):
            for role in Role.objects.filter(person__in=batch):
                self.roles[role.person_id, role.name][role.start] = role

    def plan_person(self, entry: PersonEntry) -> None:
        """Plan a person with their roles. Someone whom `by` may not change may only stay as they are."""
        person = self.people.get(username_key(entry.username))
        before = self.number_of_changes()
        self.plan_fields_and_roles(entry, person)
        is_refused = person is not None and self.by is not None and not may_change(self.by, person)
        if is_refused and self.number_of_changes() != before:
            self.problems.append(Problem(entry.line, USERNAME, quote(entry.username), str(REFUSAL)))

    def number_of_changes(self) -> int:
        plan = self.plan
        return len(plan.changed_people) + len(plan.new_roles) + len(plan.changed_roles)

    def plan_fields_and_roles(self, entry: PersonEntry, person: Person | None) -> None:
        if person is None:
            person = Person(username=entry.username, email=entry.email or "", display_name=entry.display_name or "")
            self.plan.new_people.append(person)
            self.check_email(entry, person)
        elif changes := person_changes(entry, person):
            self.plan.changed_people.append(person)
            for column, (before, after) in changes.items():
                self.require_update(entry.line, column, quote(after), f"{quote(before)}, as in the portal")
                self.note(entry.line, person, column, before, after)
                setattr(person, column, after)
            if "email" in changes:
                self.plan.with_new_email.append(person)
                self.check_email(entry, person)
        else:
            self.plan.unchanged_people += 1
        by_name: dict[str, list[RoleEntry]] = defaultdict(list)
        for role in entry.roles:
            by_name[role.name].append(role)
        for name, roles in by_name.items():
            self.plan_roles(person, roles, self.roles.get((person.pk, name), {}))

    def check_email(self, entry: PersonEntry, person: Person) -> None:
        """Check that no one else has the email, unless the file gives that person another one."""
        holder = self.by_email.get(entry.email or "")
        if holder is None or holder is person:
            return
        holder_entry = self.entries.get(username_key(holder.username))
        if holder_entry is None or holder_entry.email is None or holder_entry.email == entry.email:
            allowed = f"another email: {holder.username} has this one in the portal"
            self.problems.append(Problem(entry.line, "email", quote(entry.email), allowed))

    def plan_roles(self, person: Person, entries: list[RoleEntry], existing: dict[date, Role]) -> None:
        """Plan a person's periods of one role. Periods that the file does not have stay, and must not overlap."""
        starts = {entry.start for entry in entries}
        self.problems += overlaps(entries, [role for start, role in existing.items() if start not in starts])
        for entry in entries:
            before = existing.get(entry.start)
            if before is not None:
                self.plan_existing_role(entry, before)
                continue
            if person.pk is not None:
                self.require_update(entry.line, "role", str(entry), "a role that the person has in the portal")
            details = {name: value for name, value in entry.details.items() if value is not ABSENT}
            self.check_details(entry, details)
            self.plan.new_roles.append(
                Role(person=person, name=entry.name, start=entry.start, end=entry.end, details=details)
            )

    def plan_existing_role(self, entry: RoleEntry, before: Role) -> None:
        changed = {
            name: value for name, value in entry.details.items() if value != stripped(before.details.get(name, ABSENT))
        }
        if before.end == entry.end and not changed:
            self.plan.unchanged_roles += 1
            return
        if before.end != entry.end:
            allowed = f"{before.end or 'nothing'}, as in the portal"
            self.require_update(entry.line, "end", str(entry.end or "nothing"), allowed)
            self.note(entry.line, before.person_id, f"{entry.name}: end", before.end, entry.end)
        for name, value in changed.items():
            found, expected = (
                "nothing" if detail is ABSENT else quote(detail) for detail in (value, before.details.get(name, ABSENT))
            )
            self.require_update(entry.line, f"{DETAILS}{name}", found, f"{expected}, as in the portal")
            self.note(entry.line, before.person_id, f"{entry.name}: {name}", before.details.get(name), value)
        after = copy(before)
        after.end = entry.end
        merged = {**before.details, **changed}
        after.details = {name: value for name, value in merged.items() if value is not ABSENT}
        self.check_details(entry, after.details)
        self.plan.changed_roles.append((after, change_kind(before, after)))

    def check_details(self, entry: RoleEntry, details: dict[str, Any]) -> None:
        for problem in details_problems(entry.name, details):
            name, _, message = problem.partition(": ")
            if name in details:
                self.problems.append(Problem(entry.line, f"{DETAILS}{name}", quote(details[name]), message))
            else:
                self.problems.append(Problem(entry.line, "details", quote(details), problem))

    def require_update(self, line: int, column: str, found: str, allowed: str) -> None:
        """Add a problem, unless the import may update people who exist already."""
        if not self.update:
            self.problems.append(Problem(line, column, found, f"{allowed}; or {self.update_advice}"))

    def note(self, line: int, person: Person | int, column: str, before: Any, after: Any) -> None:
        """Add a difference to the plan."""
        username = person.username if isinstance(person, Person) else self.usernames[person]
        texts = (
            "" if value in (None, ABSENT) else value if isinstance(value, str) else str(value)
            for value in (before, after)
        )
        self.plan.differences.append(Difference(line, username, column, *texts))


def person_changes(entry: PersonEntry, person: Person) -> dict[str, tuple[str, str]]:
    """Return column → (value in the portal, value in the file), for the columns of the file that differ."""
    values = {"email": entry.email, "display_name": entry.display_name}
    return {
        column: (getattr(person, column), value)
        for column, value in values.items()
        if value is not None and value != stripped(getattr(person, column))
    }


def stripped(value: Any) -> Any:
    """Return text without surrounding spaces, which a file cannot express, and other values unchanged."""
    return value.strip() if isinstance(value, str) else value


def overlaps(entries: Iterable[RoleEntry], roles: Iterable[Role]) -> Sequence[Problem]:
    """Return where a period of the file overlaps another one, of the file or of the portal."""
    problems: list[Problem] = []
    both: list[RoleEntry | Role] = [*entries, *roles]
    periods = sorted(both, key=lambda period: (period.start, getattr(period, "line", 0)))
    latest: RoleEntry | Role | None = None  # the period that ends last so far
    for period in periods:
        if latest is not None and period.start <= (latest.end or date.max):
            problems += overlap_problem(latest, period)
        if latest is None or (period.end or date.max) > (latest.end or date.max):
            latest = period
    return problems


def overlap_problem(one: RoleEntry | Role, other: RoleEntry | Role) -> Sequence[Problem]:
    """Return the problem at the later line of the file; none if both periods are of the portal."""
    entries = sorted((period for period in (one, other) if isinstance(period, RoleEntry)), key=lambda entry: entry.line)
    if not entries:
        return []
    entry = entries[-1]
    overlapped = other if entry is one else one
    allowed = f"a period that does not overlap {overlapped}"
    if isinstance(overlapped, RoleEntry):
        allowed += f" at line {overlapped.line}"
    else:
        allowed += f" in the portal; to change that one, use its first day, {overlapped.start}"
    return [Problem(entry.line, "start", str(entry), allowed)]
