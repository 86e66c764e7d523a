"""Prints a link that signs in as an account of the demo, in development."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.people.seeding import demo_accounts, seed_people
from services.accounts.sign_in.demo_links import LIFETIME_SECONDS, demo_link


class Command(BaseCommand):
    help = "Print a link that signs in as an account of the demo, such as student. Not in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="an account of the demo: maintainer, or a role of portal.yaml")
        parser.add_argument("--port", type=int, default=8000, help="the development server's port, for the link (8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CONFIGURATION.environment.is_production:
            raise CommandError("demoas does not run in production: it signs in without a password.")
        name = options["name"]
        if name not in demo_accounts():
            raise CommandError(f"There is no demo account {name}. The accounts are {', '.join(demo_accounts())}.")
        link = demo_link(seed_people()[name], f"http://127.0.0.1:{options['port']}")
        self.stdout.write(
            f"In the next {LIFETIME_SECONDS // 60} minutes, this link signs in as {name}:\n\n    {link}\n"
        )
