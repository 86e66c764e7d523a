"""Compile the catalogues of Python, in place of Django's command, which needs the programs of gettext."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.catalogues.compiling import compile_catalogues


class Command(BaseCommand):
    help = "Compile the catalogues that changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_catalogues(settings.BASE_DIRECTORY):
            self.stdout.write(f"Compiled {os.path.relpath(path, settings.BASE_DIRECTORY)}")
