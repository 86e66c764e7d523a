"""Demo people, and the moment at which apps make demo content of their own.

An app that has something to show connects to `seeded` in its `signals.py`:

    @receiver(seeded)
    def seed_polls(*, people, **kwargs): ...
"""

from datetime import date

from django.conf import settings
from django.dispatch import Signal
from django.utils import timezone

from .actions import role_grant
from .demo import PEOPLE, DemoPerson, DemoRole
from .details import detail_schemas, details_problems
from .models import Person

ACCOUNTS = ("maintainer", "faculty", "student", "guest")
WHY = "demo"

# Sent with people: dict[str, Person], by account. A receiver may run again at any time, and then changes nothing.
seeded = Signal()


def password_of(account: str) -> str:
    return f"welcome-{account}"


def seed_people() -> dict[str, Person]:
    """Make the demo accounts that do not exist, each with the password `welcome-<account>`; account → person.

    Each wears the role of its name, where `portal.yaml` has it.
    """
    people = {}
    for account in ACCOUNTS:
        maintainer = account == "maintainer"
        person = Person.objects.filter(username=account).first()
        if person is None:
            person = Person.objects.create_user(
                account,
                f"{account}@example.edu",
                password_of(account),
                display_name=f"Demo {account}",
                is_staff=maintainer,
                is_superuser=maintainer,
            )
            give(person, DemoRole(account, timezone.localdate(), None))
        people[account] = person
    return people


def seed_directory(today: date | None = None) -> int:
    """Make the people of the demo who do not exist, none of whom can sign in; answers how many were made."""
    today = today or timezone.localdate()
    usernames, emails = set(), set()
    for username, email in Person.objects.values_list("username", "email"):
        usernames.add(username.lower())
        emails.add(email.lower())
    missing = [one for one in PEOPLE if one.username not in usernames and one.email not in emails]
    for one in missing:
        make(one, today)
    return len(missing)


def make(one: DemoPerson, today: date) -> None:
    person = Person.objects.create_user(one.username, one.email, display_name=one.display_name, **one.privacy)
    for role in one.roles:
        give(person, role(today))


def give(person: Person, role: DemoRole) -> None:
    """Give a role as far as `portal.yaml` lets: an operator may have other roles, with other details."""
    if role.name not in settings.PORTAL.roles:
        return
    schemas = detail_schemas(role.name)
    details = {name: value for name, value in role.details.items() if name in schemas}
    if details_problems(role.name, details):
        details = {}
    if not details_problems(role.name, details):
        role_grant(person=person, name=role.name, start=role.start, end=role.end, details=details, why=WHY)
