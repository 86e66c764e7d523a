"""Keep allauth's table of email addresses in step with `Person.email`.

allauth updates both when a person confirms a new address. Everything else that writes `Person.email`, such as
createsuperuser, seed, an import or the admin, calls `confirm_emails` afterwards.
"""

from collections.abc import Iterable
from itertools import batched
from typing import Any, Protocol

from django.apps import apps

BATCH = 1000  # people per statement


class HasEmail(Protocol):
    """A Person. The models import this module, so this module must not import them."""

    pk: Any
    email: str


def confirm_emails(people: Iterable[HasEmail]) -> None:
    """Make the email of each person their only address, confirmed and primary.

    Deletes their previous addresses, unconfirmed ones too. Runs two statements per 1000 people.
    """
    addresses = apps.get_model("account", "EmailAddress").objects
    people = list(people)
    # Deletes all before creating any, because an address may move from one of these people to another.
    for batch in batched(people, BATCH):
        addresses.filter(user__in=batch).delete()
    for batch in batched(people, BATCH):
        addresses.bulk_create(
            addresses.model(user=person, email=person.email, primary=True, verified=True)
            for person in batch
            if person.email
        )
