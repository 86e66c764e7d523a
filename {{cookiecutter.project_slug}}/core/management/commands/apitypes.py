"""Writes the types of a plugin's API for its pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.generators import SchemaGenerator

from core.api.types import declarations

FILE = "frontend/api-types.d.ts"


class Command(BaseCommand):
    help = (
        "Write the types of a plugin's API to frontend/api-types.d.ts in its folder. Without a name, update all files."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="folders of services or apps, such as library")
        parser.add_argument(
            "--check", action="store_true", help="write nothing, and fail when a file is not up to date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base: Path = settings.BASE_DIRECTORY
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # drf-spectacular is partly typed
        schema = generator.get_schema(request=None, public=True)
        folders = {
            folder.name: folder for layer in ("services", "apps") for folder in sorted((base / layer).glob("*/"))
        }
        if unknown := set(options["names"]) - folders.keys():
            raise CommandError(f"There is no service or app of the name {', '.join(sorted(unknown))}.")
        names = options["names"] or [name for name, folder in folders.items() if (folder / FILE).is_file()]
        stale = []
        for name in names:
            file = folders[name] / FILE
            text = declarations(schema, name)
            if file.is_file() and file.read_text() == text:
                continue
            stale.append(name)
            if not options["check"]:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
        if stale and options["check"]:
            raise CommandError(f"The API has changed. Run: python manage.py apitypes {' '.join(stale)}")
