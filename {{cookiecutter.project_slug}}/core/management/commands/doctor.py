"""Shows the status of the stack, tier by tier, after a real round trip to every part."""

import json
import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override
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
            result = check.run(check.examine)
            results.append(result)
            if not options["json"]:
                progress.print(f"{check.service} … [{COLOURS[result.status]}]{result.status}[/]")
        if options["json"]:
            self.stdout.write(json.dumps([as_json(result) for result in results], indent=2))
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
        console = Console(file=output, width=width, highlight=False)
        console.print(table)
        for result in results:
            for line in advice_lines(result):
                console.print(line, markup=False)


def as_json(result: Result) -> dict[str, Any]:
    """Return a result, with what a failure means and what to do."""
    with override("en"):  # the language of doctor
        advice = result.what_to_do
        texts = {"meaning": str(advice.meaning), "steps": [str(step) for step in advice.steps]} if advice else {}
    return result.as_dict() | texts


def advice_lines(result: Result) -> Iterator[str]:
    """Yield what a failure means and what to do, for people."""
    with override("en"):
        if advice := result.what_to_do:
            yield f"\n{result.service}: {advice.title}. {advice.meaning}"
            yield from (f"  {number}. {step}" for number, step in enumerate(advice.steps, 1))
