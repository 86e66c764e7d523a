"""Create the demo people, and let each app create its demo data: the function `seed(people)` of its `demo.py`."""

from datetime import date
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from .actions import role_grant
from .demo import PEOPLE, DemoPerson, DemoRole
from .details import detail_schemas, details_problems
from .models import Person

MAINTAINER = "maintainer"
REASON = "demo"


def demo_accounts() -> tuple[str, ...]:
    """Return the usernames of the demo accounts: a maintainer, and one for each role of `portal.yaml`."""
    return tuple(dict.fromkeys([MAINTAINER, *settings.PORTAL.roles]))


def demo_password(account: str) -> str:
    return f"welcome-{account}"


def seed_people() -> dict[str, Person]:
    """Create the missing demo accounts, and return account → person for all of them.

    Each has the password `welcome-<account>`, and the role of the same name if `portal.yaml` has it.
    """
    people = {}
    for account in demo_accounts():
        is_maintainer = account == MAINTAINER
        person = Person.objects.filter(username=account).first()
        if person is None:
            person = Person.objects.create_user(
                account,
                f"{account}@example.edu",
                demo_password(account),
                display_name=f"Demo {account}",
                is_staff=is_maintainer,
                is_superuser=is_maintainer,
            )
            grant_demo_role(person, DemoRole(account, timezone.localdate(), None))
        people[account] = person
    return people


def seed_apps(people: dict[str, Person]) -> None:
    """Call `seed(people)` in the `demo.py` of each service and app. `people` has the demo accounts by username.

    A function may run several times, and must then change nothing.
    """
    for plugin in settings.PLUGINS:
        if plugin.has("demo"):
            import_module(f"{plugin.module}.demo").seed(people)


def seed_directory(today: date | None = None) -> int:
    """Create the missing people of the demo directory, who cannot sign in, and return how many were created.

    Skips people whose username or email is taken.
    """
    today = today or timezone.localdate()
    usernames, emails = set(), set()
    for username, email in Person.objects.values_list("username", "email"):
        usernames.add(username.lower())
        emails.add(email.lower())
    missing = [entry for entry in PEOPLE if entry.username not in usernames and entry.email not in emails]
    for entry in missing:
        create_demo_person(entry, today)
    return len(missing)


def create_demo_person(entry: DemoPerson, today: date) -> None:
    person = Person.objects.create_user(entry.username, entry.email, display_name=entry.display_name, **entry.privacy)
    for role_on in entry.roles:
        grant_demo_role(person, role_on(today))


def grant_demo_role(person: Person, role: DemoRole) -> None:
    """Grant a role as far as `portal.yaml` allows: an operator may have other roles, with other details."""
    if role.name not in settings.PORTAL.roles:
        return
    schemas = detail_schemas(role.name)
    details = {name: value for name, value in role.details.items() if name in schemas}
    if details_problems(role.name, details):
        details = {}
    if not details_problems(role.name, details):
        role_grant(person=person, name=role.name, start=role.start, end=role.end, details=details, why=REASON)
