"""Builds inboxes from the database again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.people.models import Person
from services.notifications import inbox


class Command(BaseCommand):
    help = "Build the inboxes in the notification store from the database again, read marks included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", metavar="USERNAME", help="only the inbox of this person")

    def handle(self, *args: Any, **options: Any) -> None:
        if username := options["person"]:
            try:
                people = [Person.objects.get_by_natural_key(username).pk]
            except Person.DoesNotExist:
                raise CommandError(f"There is no person with the username {username}.") from None
        else:
            inbox.delete_contents()  # a restored database may have others under the same ids
            people = list(inbox.existing())
        for person in people:
            inbox.drop(person)
            inbox.rebuild(person)
        self.stdout.write(f"Inboxes built: {len(people)}. Every other one is built when it is next read.")
