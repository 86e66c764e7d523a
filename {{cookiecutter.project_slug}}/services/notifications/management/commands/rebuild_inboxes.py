"""Builds inboxes from the database again."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.people.models import Person
from core.stores.outage import STORE_ERRORS
from services.notifications import inbox


class Command(BaseCommand):
    help = "Build the inboxes in the notification store from the database again, read marks included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", metavar="USERNAME", help="only the inbox of this person")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            built = rebuild_one(options["person"]) if options["person"] else rebuild_all()
        except STORE_ERRORS as error:
            raise CommandError(
                f"The notification store failed: {error}. Run doctor, and this command again when the store works."
            ) from error
        self.stdout.write(f"Inboxes built: {built}. Every other one is built when it is next read.")


def rebuild_one(username: str) -> int:
    try:
        person = Person.objects.get_by_natural_key(username)
    except Person.DoesNotExist:
        raise CommandError(f"There is no person with the username {username}.") from None
    return rebuild([person.pk])


def rebuild_all() -> int:
    inbox.delete_contents()  # a restored database may have others under the same ids
    return rebuild(list(inbox.existing()))


def rebuild(people: Iterable[int]) -> int:
    """Build the inboxes of these people, and return how many were. One that keeps changing is left to its reader."""
    built = 0
    for person in people:
        inbox.drop(person)
        built += inbox.rebuild(person)
    return built
