"""Import people with their roles from a CSV file. docs/reference/people-csv.md describes the format."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import IntegrityError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.management.output import text_file
from services.people.records.importing import import_records
from services.people.records.planning import Plan
from services.people.records.problems import InvalidRecords
from services.people.records.reading import MAX_FILE

STANDARD_INPUT = "-"
MAX_PROBLEMS = 200


class Command(BaseCommand):
    help = "Import people and their roles from a CSV file. If anything in it is wrong, nothing is imported."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the CSV file; - for standard input")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="check the file and report what would change, without changing anything",
        )
        parser.add_argument("--update", action="store_true", help="also change people who exist already")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        name, content = read(options["file"])
        try:
            with self.progress() as progress:

                def track(items: Sequence[Any], description: str) -> Iterable[Any]:
                    return progress.track(items, description=description) if items else items

                plan = import_records(
                    content, name=name, update=options["update"], dry_run=options["dry_run"], track=track
                )
        except InvalidRecords as invalid:
            self.show_problems(name, invalid)
            problems = count(len(invalid.problems), "problem")
            raise CommandError(f"{problems} in {name}. Nothing was written.") from None
        except IntegrityError as error:
            reason = str(error).splitlines()[0]
            raise CommandError(
                f"The database refused the import: {reason}. Nothing was written. Another change may have been "
                "made at the same time. Run the import again."
            ) from None
        self.show_summary(name, plan, dry_run=options["dry_run"])

    def progress(self) -> Progress:
        columns = (TextColumn("{task.description:15}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        terminal = text_file(self.stderr)
        return Progress(*columns, console=Console(file=terminal), disable=not terminal.isatty())

    def show_problems(self, name: str, invalid: InvalidRecords) -> None:
        lines = [f"{name}:{problem}" for problem in invalid.problems[:MAX_PROBLEMS]]
        if (more := len(invalid.problems) - MAX_PROBLEMS) > 0:
            lines.append(f"… and {more} more")
        self.stderr.write("\n".join(lines))

    def show_summary(self, name: str, plan: Plan, *, dry_run: bool) -> None:
        for noun, new, changed, unchanged in (
            ("people", len(plan.new_people), len(plan.changed_people), plan.unchanged_people),
            ("roles", len(plan.new_roles), len(plan.changed_roles), plan.unchanged_roles),
        ):
            self.stdout.write(f"{noun:7} {new} new, {changed} changed, {unchanged} unchanged")
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write(f"Nothing to do: the portal already has everything in {name}.")


def read(file: str) -> tuple[str, bytes]:
    """Return the name of the file and its content. One byte more than allowed shows that it is too large."""
    if file == STANDARD_INPUT:
        return "(standard input)", sys.stdin.buffer.read(MAX_FILE + 1)
    path = Path(file)
    try:
        with path.open("rb") as opened:
            return path.name, opened.read(MAX_FILE + 1)
    except OSError as error:
        raise CommandError(
            f"{file}: {error.strerror}. Choose a file that you can read, or - for standard input."
        ) from None


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
