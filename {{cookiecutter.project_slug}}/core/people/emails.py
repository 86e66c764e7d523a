"""A person's e-mail, which allauth keeps in a table of its own beside `Person.email`.

Both are kept in step in two places: allauth changes both when people confirm a new address of theirs, and everybody
else (createsuperuser, seed, an import, the admin) writes `Person.email` and calls `confirm_emails`.
"""

from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Person

BATCH = 1000  # people to a statement


def confirm_emails(people: Iterable["Person"]) -> None:
    """Make each person's e-mail their one address, confirmed: who writes it for them answers for it.

    Forgets addresses that they had, or were about to confirm. Two statements for each thousand people.
    """
    from allauth.account.models import EmailAddress  # it needs the person's model, which needs this

    people = list(people)
    # First all are forgotten: one of these people may have had what another has now.
    for some in batched(people, BATCH):
        EmailAddress.objects.filter(user__in=some).delete()
    for some in batched(people, BATCH):
        EmailAddress.objects.bulk_create(
            EmailAddress(user=person, email=person.email, primary=True, verified=True)
            for person in some
            if person.email
        )
