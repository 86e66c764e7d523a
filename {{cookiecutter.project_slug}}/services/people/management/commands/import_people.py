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

from core.management.output import OutputFile
from services.people.records.importing import import_records
from services.people.records.planning import Plan
from services.people.records.problems import RecordsRefused
from services.people.records.reading import LARGEST_FILE

STANDARD_INPUT = "-"
MOST_SHOWN = 200  # problems


class Command(BaseCommand):
    help = "Make people and give roles from a CSV file: all of it when all is right, otherwise nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the CSV file; - reads it from the standard input")
        parser.add_argument("--dry-run", action="store_true", help="do all but keep it")
        parser.add_argument(
            "--update", action="store_true", help="bring people who are there already in step with the file"
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        name, content = read(options["file"])
        try:
            with self.progress() as progress:

                def track(items: Sequence[Any], what: str) -> Iterable[Any]:
                    return progress.track(items, description=what) if items else items

                plan = import_records(
                    content, name=name, update=options["update"], dry_run=options["dry_run"], track=track
                )
        except RecordsRefused as refused:
            self.show_problems(name, refused)
            raise CommandError(f"{count(len(refused.problems), 'problem')} in {name}: nothing was written.") from None
        except IntegrityError as error:
            reason = str(error).splitlines()[0]
            raise CommandError(
                f"The database refused it ({reason}): nothing was written. Did somebody change people meanwhile? "
                "Run it again."
            ) from None
        self.show(name, plan, dry_run=options["dry_run"])

    def progress(self) -> Progress:
        columns = (TextColumn("{task.description:15}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        terminal = OutputFile(self.stderr)
        return Progress(*columns, console=Console(file=terminal), disable=not terminal.isatty())

    def show_problems(self, name: str, refused: RecordsRefused) -> None:
        lines = [f"{name}:{problem}" for problem in refused.problems[:MOST_SHOWN]]
        if (more := len(refused.problems) - MOST_SHOWN) > 0:
            lines.append(f"… and {more} more")
        self.stderr.write("\n".join(lines))

    def show(self, name: str, plan: Plan, *, dry_run: bool) -> None:
        for what, new, changed, unchanged in (
            ("people", len(plan.new_people), len(plan.changed_people), plan.unchanged_people),
            ("roles", len(plan.new_roles), len(plan.changed_roles), plan.unchanged_roles),
        ):
            self.stdout.write(f"{what:7} {new} new, {changed} changed, {unchanged} unchanged")
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        elif plan.is_empty:
            self.stdout.write(f"Nothing to do: all was as in {name} already.")


def read(file: str) -> tuple[str, bytes]:
    """The list's name and its bytes; one more than there may be tells that there are too many."""
    if file == STANDARD_INPUT:
        return "(standard input)", sys.stdin.buffer.read(LARGEST_FILE + 1)
    path = Path(file)
    try:
        with path.open("rb") as opened:
            return path.name, opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(
            f"{file}: {error.strerror}. Name a file that can be read here, or - for the standard input."
        ) from None


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
