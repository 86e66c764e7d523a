"""What a list would change in the portal, found out without changing it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Any

from core.people.details import details_problems
from core.people.models import Person, Role, RoleChange, clean_email
from core.people.models.role import kind_of_change

from .columns import DETAILS
from .entries import ABSENT, PersonEntry, RoleEntry, key_of
from .problems import Problem, quote

BATCH = 1000  # rows that one statement reads or writes

# Goes through items and shows how far it is: `track(items, "Checking")`.
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


@dataclass(slots=True)
class Plan:
    """What to write. New roles may be of new people, who have no id yet; changed ones come with the kind of change."""

    new_people: list[Person] = field(default_factory=list)
    changed_people: list[Person] = field(default_factory=list)
    unchanged_people: int = 0
    with_new_email: list[Person] = field(default_factory=list)  # of the changed ones
    new_roles: list[Role] = field(default_factory=list)
    changed_roles: list[tuple[Role, RoleChange.Kind]] = field(default_factory=list)
    unchanged_roles: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new_people or self.changed_people or self.new_roles or self.changed_roles)


def make_plan(entries: dict[str, PersonEntry], *, update: bool, problems: list[Problem], track: Progress) -> Plan:
    """The plan for a list; without `update`, whoever is in the portal already must be there as the list has them.

    What is wrong is added to `problems`. One query for all people, and one for the roles of each thousand of the list.
    """
    planner = Planner(entries, update=update, problems=problems)
    for entry in track(list(entries.values()), "Checking"):
        planner.plan_person(entry)
    return planner.plan


class Planner:
    def __init__(self, entries: dict[str, PersonEntry], *, update: bool, problems: list[Problem]):
        self.entries = entries
        self.update = update
        self.problems = problems
        self.plan = Plan()
        people = list(Person.objects.only("username", "email", "display_name"))
        self.people = {key_of(person.username): person for person in people}
        self.by_email = {clean_email(person.email): person for person in people if person.email}
        # (person id, role name) → first day → role; the first day tells a person's roles of one name apart.
        self.roles: dict[tuple[int, str], dict[date, Role]] = defaultdict(dict)
        for some in batched([self.people[key].pk for key in entries if key in self.people], BATCH):
            for role in Role.objects.filter(person__in=some):
                self.roles[role.person_id, role.name][role.start] = role

    def plan_person(self, entry: PersonEntry) -> None:
        person = self.people.get(key_of(entry.username))
        if person is None:
            person = Person(username=entry.username, email=entry.email or "", display_name=entry.display_name or "")
            self.plan.new_people.append(person)
            self.check_email(entry, person)
        elif changes := changes_of(entry, person):
            self.plan.changed_people.append(person)
            for column, (before, after) in changes.items():
                self.refuse_without_update(entry.line, column, quote(after), f"{quote(before)}, as the portal has it")
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
        """An address is one person's, unless the list gives another to whoever has it."""
        holder = self.by_email.get(entry.email or "")
        if holder is None or holder is person:
            return
        theirs = self.entries.get(key_of(holder.username))
        if theirs is None or theirs.email is None or theirs.email == entry.email:
            allowed = f"an address of their own: the portal has {holder.username} with it"
            self.problems.append(Problem(entry.line, "email", quote(entry.email), allowed))

    def plan_roles(self, person: Person, entries: list[RoleEntry], known: dict[date, Role]) -> None:
        """Plan a person's roles of one name. Those that the list does not mention stay, and must not be in the way."""
        mentioned = {entry.start for entry in entries}
        self.problems += overlaps(entries, [role for start, role in known.items() if start not in mentioned])
        for entry in entries:
            before = known.get(entry.start)
            if before is not None:
                self.plan_known_role(entry, before)
                continue
            if person.pk is not None:
                self.refuse_without_update(entry.line, "role", str(entry), "a role that the portal has given already")
            details = {name: value for name, value in entry.details.items() if value is not ABSENT}
            self.check_details(entry, details)
            self.plan.new_roles.append(
                Role(person=person, name=entry.name, start=entry.start, end=entry.end, details=details)
            )

    def plan_known_role(self, entry: RoleEntry, before: Role) -> None:
        changed = {
            name: value for name, value in entry.details.items() if value != stripped(before.details.get(name, ABSENT))
        }
        if before.end == entry.end and not changed:
            self.plan.unchanged_roles += 1
            return
        if before.end != entry.end:
            allowed = f"{before.end or 'nothing'}, as the portal has it"
            self.refuse_without_update(entry.line, "end", str(entry.end or "nothing"), allowed)
        for name, value in changed.items():
            found, has = (
                "nothing" if one is ABSENT else quote(one) for one in (value, before.details.get(name, ABSENT))
            )
            self.refuse_without_update(entry.line, f"{DETAILS}{name}", found, f"{has}, as the portal has it")
        after = copy(before)
        after.end = entry.end
        merged = {**before.details, **changed}
        after.details = {name: value for name, value in merged.items() if value is not ABSENT}
        self.check_details(entry, after.details)
        self.plan.changed_roles.append((after, kind_of_change(before, after)))

    def check_details(self, entry: RoleEntry, details: dict[str, Any]) -> None:
        for problem in details_problems(entry.name, details):
            name, _, said = problem.partition(": ")
            if name in details:
                self.problems.append(Problem(entry.line, f"{DETAILS}{name}", quote(details[name]), said))
            else:
                self.problems.append(Problem(entry.line, "details", quote(details), problem))

    def refuse_without_update(self, line: int, column: str, found: str, allowed: str) -> None:
        if not self.update:
            self.problems.append(Problem(line, column, found, f"{allowed}; --update takes what the list has"))


def changes_of(entry: PersonEntry, person: Person) -> dict[str, tuple[str, str]]:
    """Column → what the portal has, and what the list has; of the columns that the list has, those that differ."""
    given = {"email": entry.email, "display_name": entry.display_name}
    return {
        column: (getattr(person, column), value)
        for column, value in given.items()
        if value is not None and value != stripped(getattr(person, column))
    }


def stripped(value: Any) -> Any:
    """As the list would have it: spaces around a text are no difference."""
    return value.strip() if isinstance(value, str) else value


def overlaps(entries: Iterable[RoleEntry], roles: Iterable[Role]) -> Sequence[Problem]:
    """Where a role of the list holds on a day of another one: of the list, or of the portal alone."""
    problems: list[Problem] = []
    spans = sorted([*entries, *roles], key=lambda one: (one.start, getattr(one, "line", 0)))
    longest: RoleEntry | Role | None = None
    for span in spans:
        if longest is not None and span.start <= (longest.end or date.max):
            problems += clash(longest, span)
        if longest is None or (span.end or date.max) > (longest.end or date.max):
            longest = span
    return problems


def clash(one: RoleEntry | Role, other: RoleEntry | Role) -> Sequence[Problem]:
    """Told at the later line of the list; what the portal alone has needs no mending."""
    lines = sorted((span for span in (one, other) if isinstance(span, RoleEntry)), key=lambda span: span.line)
    if not lines:
        return []
    blamed = lines[-1]
    against = other if blamed is one else one
    allowed = f"days on which it does not hold already: {against}"
    if isinstance(against, RoleEntry):
        allowed += f", at line {against.line}"
    else:
        allowed += f", in the portal; to change that one, give its first day, {against.start}"
    return [Problem(blamed.line, "start", str(blamed), allowed)]
