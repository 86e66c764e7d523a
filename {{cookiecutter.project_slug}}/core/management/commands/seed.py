"""Creates the demo people, and lets each app create its demo content."""

import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.people.demo import PEOPLE
from core.people.seeding import demo_password, seed_apps, seed_directory, seed_people


class Command(BaseCommand):
    help = "Create demo people and content. You can run it again at any time, but not in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="run the migrations first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CONFIGURATION.environment.is_production:
            raise CommandError("seed does not run in production: the passwords of its accounts are public.")
        if options["migrate"]:
            call_command("migrate", interactive=False, verbosity=0)
        with without_audit_lines(), transaction.atomic():
            people = seed_people()
            seed_directory()
            seed_apps(people)
        self.stdout.write("Demo accounts:")
        for account in people:
            self.stdout.write(f"  {account:12} {demo_password(account)}")
        self.stdout.write(f"and {len(PEOPLE)} people to look up, who cannot sign in.")


@contextmanager
def without_audit_lines() -> Iterator[None]:
    """Keep the audit log's lines about demo people off the terminal. The table has their entries."""
    logger = logging.getLogger("portal.audit")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
