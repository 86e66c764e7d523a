"""Writes the generated parts of the reference of Python, manifests, fixtures and commands, and the JSON Schemas."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Write what docs/reference has from docstrings, parsers and the models of manifests and portal.yaml."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, and fail when a page is not up to date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from core.development.reference.pages import current_pages  # not in the images of production

        stale = []
        for page, text in current_pages(settings.BASE_DIRECTORY).items():
            if page.is_file() and page.read_text() == text:
                continue
            stale.append(str(page.relative_to(settings.BASE_DIRECTORY)))
            if not options["check"]:
                page.write_text(text)
        if stale and options["check"]:
            raise CommandError(f"{', '.join(stale)}: not up to date. Run: make reference")
