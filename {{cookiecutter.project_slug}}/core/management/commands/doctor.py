"""Shows the status of the stack, tier by tier, after a real round trip to every part."""

import json
import logging
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from core.health.checks import Result
from core.health.stack import health_checks
from core.management.output import text_file

COLOURS = {"ok": "green", "degraded": "yellow", "failed": "red"}
TIERS = {1: "I", 2: "II", 3: "III"}


class Command(BaseCommand):
    help = "Make a real round trip to every part of the stack, and show the results."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the results as JSON, and nothing else")
        parser.add_argument("--tier", type=int, choices=sorted(TIERS), help="check only this tier")

    def handle(self, *args: Any, **options: Any) -> None:
        # The results contain the errors, and log lines between them would be hard to read.
        logging.disable(logging.WARNING)
        try:
            self.examine(options)
        finally:
            logging.disable(logging.NOTSET)

    def examine(self, options: dict[str, Any]) -> None:
        checks = [check for check in health_checks() if options["tier"] in (None, check.tier)]
        progress = Console(file=text_file(self.stderr), highlight=False, soft_wrap=True)
        results = []
        for check in checks:
            result = check.run(check.round_trip)
            results.append(result)
            if not options["json"]:
                progress.print(f"{check.service} … [{COLOURS[result.status]}]{result.status}[/]")
        if options["json"]:
            self.stdout.write(json.dumps([result.as_dict() for result in results], indent=2))
        else:
            self.show(results)
        if any(result.status == "failed" for result in results):
            raise SystemExit(1)

    def show(self, results: list[Result]) -> None:
        table = Table(title=f"{settings.PORTAL.name}: {settings.CONFIGURATION.environment.portal_environment}")
        for heading in ("Tier", "Service", "Technology", "Served by", "Status"):
            table.add_column(heading, no_wrap=True)
        table.add_column("ms", justify="right", no_wrap=True)
        table.add_column("What happened", overflow="fold")
        for result in results:
            table.add_row(
                TIERS[result.tier],
                result.service + (" *" if result.required else ""),
                result.technology,
                result.embedded_backend or "the server",
                f"[{COLOURS[result.status]}]{result.status}[/]",
                f"{result.milliseconds:.1f}",
                result.detail,
            )
        table.caption = "* required: the portal does not work without it"
        output = text_file(self.stdout)
        width = None if output.isatty() else 140
        Console(file=output, width=width, highlight=False).print(table)
