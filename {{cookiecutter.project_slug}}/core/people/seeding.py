"""Demo people, and the moment at which apps make demo content of their own.

An app that has something to show connects to `seeded` in its `signals.py`:

    @receiver(seeded)
    def seed_polls(*, people, **kwargs): ...
"""

from django.dispatch import Signal

from .models import Person

ACCOUNTS = ("maintainer", "faculty", "student", "guest")

# Sent with people: dict[str, Person], by account. A receiver may run again at any time, and then changes nothing.
seeded = Signal()


def password_of(account: str) -> str:
    return f"welcome-{account}"


def seed_people() -> dict[str, Person]:
    """Make the demo accounts that do not exist, each with the password `welcome-<account>`; account → person."""
    people = {}
    for account in ACCOUNTS:
        maintainer = account == "maintainer"
        person = Person.objects.filter(username=account).first()
        people[account] = person or Person.objects.create_user(
            account,
            f"{account}@example.edu",
            password_of(account),
            display_name=f"Demo {account}",
            is_staff=maintainer,
            is_superuser=maintainer,
        )
    return people
