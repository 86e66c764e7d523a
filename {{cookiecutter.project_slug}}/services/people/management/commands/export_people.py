"""Export all people and their roles as CSV. docs/reference/people-csv.md describes the format."""

import os
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.management.output import text_file
from services.people.records.exporting import export_records

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = "Export all people and their roles as CSV, in the format that import_people reads."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default=STANDARD_OUTPUT, help="the CSV file to write (default: standard output)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] == STANDARD_OUTPUT:
            if hasattr(self.stdout, "reconfigure"):  # the same bytes in every locale and on every system
                self.stdout.reconfigure(encoding="utf-8", newline="")
            left_out = export_records(text_file(self.stdout))
        else:
            left_out = export_to(Path(options["file"]))
        for what, times in sorted(left_out.items()):
            self.stderr.write(f"Left out, {times} ×: {what}. portal.yaml does not have it.")


def export_to(path: Path) -> Counter[str]:
    """Write a file that only its owner can read. The file appears under its name once it is complete."""
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            left_out = export_records(file)
        Path(temporary).replace(path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CommandError(f"{path}: {error.strerror}. Choose a file in a folder that you can write to.") from None
        raise
    return left_out
