"""Makes the demo people, and lets every app make its demo content."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.people.demo import PEOPLE
from core.people.seeding import password_of, seed_directory, seed_people, seeded


class Command(BaseCommand):
    help = "Make demo people and content; may run again at any time. Refused in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CONFIGURATION.environment.is_production:
            raise CommandError("seed makes accounts whose passwords everybody knows: it does not run in production.")
        with transaction.atomic():
            people = seed_people()
            seed_directory()
            seeded.send(sender=None, people=people)
        self.stdout.write("Demo accounts:")
        for account in people:
            self.stdout.write(f"  {account:12} {password_of(account)}")
        self.stdout.write(f"and {len(PEOPLE)} people to look up, who cannot sign in.")
