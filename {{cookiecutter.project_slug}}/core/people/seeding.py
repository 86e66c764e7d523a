"""Demo people, and the moment at which apps make demo content of their own.

An app that has something to show connects to `seeded` in its `signals.py`:

    @receiver(seeded)
    def seed_polls(*, people, **kwargs): ...
"""

from django.conf import settings
from django.dispatch import Signal

from .actions import role_grant
from .models import Person

ACCOUNTS = ("maintainer", "faculty", "student", "guest")

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
            if account in settings.PORTAL.roles:
                role_grant(person=person, name=account, why="demo")
        people[account] = person
    return people
