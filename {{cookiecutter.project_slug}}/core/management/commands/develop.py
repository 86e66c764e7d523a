"""Run the portal on this machine, with embedded stores, until Ctrl-C."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections


class Command(BaseCommand):
    help = "Serve pages, API and sockets for development at one URL, and start again after each change of a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port of that URL (default: 8000)")
        parser.add_argument("--seed", action="store_true", help="migrate the database and create demo content first")
        parser.add_argument("--built", action="store_true", help="serve the frontend that was built, and watch no file")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CONFIGURATION.environment.portal_environment != "development":
            raise CommandError("This command is for development. Unset PORTAL_ENVIRONMENT to use it.")
        # The images of production hold neither these modules nor the packages that they import.
        from core.development.stores import AlreadyRunning
        from core.development.supervisor import CannotServe, Supervisor

        if options["seed"]:
            call_command("seed", migrate=True, stdout=self.stdout)
            connections.close_all()  # the servers have connections of their own
        try:
            Supervisor(
                settings.CONFIGURATION, port=options["port"], built=options["built"], report=self.stdout.write
            ).run()
        except (CannotServe, AlreadyRunning) as error:
            raise CommandError(str(error)) from None
