"""Writes the list of everybody with their roles, as import_people reads it."""

import os
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.management.output import OutputFile
from services.people.records.exporting import export_records

STANDARD_OUTPUT = "-"


class Command(BaseCommand):
    help = "Write everybody and their roles as CSV, in the format of import_people."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default=STANDARD_OUTPUT, help="where to; left out, the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] == STANDARD_OUTPUT:
            if hasattr(self.stdout, "reconfigure"):  # UTF-8 in any locale, and line ends as they are written
                self.stdout.reconfigure(encoding="utf-8", newline="")
            left_out = export_records(OutputFile(self.stdout))
        else:
            left_out = export_to(Path(options["file"]))
        for what, times in sorted(left_out.items()):
            self.stderr.write(f"Left out, {times} ×: {what}. portal.yaml does not have it.")


def export_to(path: Path) -> Counter[str]:
    """Write a file that its owner alone may read; until all is in it, under another name."""
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
            raise CommandError(f"{path}: {error.strerror}. Name a file in a folder that can be written to.") from None
        raise
    return left_out
