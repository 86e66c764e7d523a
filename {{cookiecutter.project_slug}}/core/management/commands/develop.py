"""Runs the portal on this machine, with embedded stores, until Ctrl-C."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the portal for development: pages, API and sockets on one address, again after each change."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the one port to open (8000)")
        parser.add_argument("--built", action="store_true", help="serve the frontend that was built, and watch no file")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CONFIGURATION.environment.portal_environment != "development":
            raise CommandError("develop is for development: unset PORTAL_ENVIRONMENT.")
        from core.development.stores import AlreadyRunning
        from core.development.supervisor import CannotServe, Supervisor

        supervisor = Supervisor(
            settings.CONFIGURATION, port=options["port"], built=options["built"], say=self.stdout.write
        )
        try:
            supervisor.run()
        except (CannotServe, AlreadyRunning) as error:
            raise CommandError(str(error)) from None
