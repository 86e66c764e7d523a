"""`manage.py checkmigrations`: whether the next migrations can run while the release before answers requests."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.deployment.migrations import DECLARED, dangers

EXIT_UNSAFE = 3


class Command(BaseCommand):
    help = "Say which of the migrations to be run are unsafe beside servers of the release before. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--allow", nargs="*", default=[], metavar="app.0007_name", help="run these all the same")

    def handle(self, *args: Any, **options: Any) -> None:
        found = dangers()
        unknown = set(options["allow"]) - {danger.migration for danger in found}
        for name in sorted(unknown):
            self.stdout.write(f"{name} is allowed, and needs no permission: it is safe, applied, or does not exist")
        refused = [danger for danger in found if danger.migration not in options["allow"]]
        for danger in refused:
            self.stdout.write(f"{danger.migration}: {danger.operation}\n  found    {danger.reason}")
        if refused:
            names = " ".join(dict.fromkeys(danger.migration for danger in refused))
            self.stdout.write(
                "  allowed  what the release before can work with: docs/operate/deploy.md shows how, in two steps\n"
                f"  do       deploy the change in two steps; or, if nobody uses what it changes, ALLOW='{names}';\n"
                f"           or say {DECLARED} = True in a migration whose code is safe"
            )
            raise SystemExit(EXIT_UNSAFE)
