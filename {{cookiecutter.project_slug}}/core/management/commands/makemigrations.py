"""Django's makemigrations, which formats what it writes as `make lint` requires.

It leaves out the system check that reports models without migrations: core/plugins/checks.py.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.commands.makemigrations import Command as DjangoCommand


class Command(DjangoCommand):
    requires_system_checks = [Tags.models]

    def handle(self, *args: Any, **options: Any) -> None:
        before = migration_files()
        super().handle(*args, **options)
        format_python(migration_files() - before)


def migration_files() -> set[Path]:
    base_directory: Path = settings.BASE_DIRECTORY
    return set(base_directory.glob("*/*/migrations/*.py"))


def format_python(files: set[Path]) -> None:
    """Format files with ruff, if it is installed. Only development installs it."""
    ruff = Path(sys.executable).with_name("ruff")
    if files and ruff.exists():
        for command in (["check", "--fix", "--exit-zero"], ["format"]):
            subprocess.run(  # noqa: S603 - a fixed command
                [ruff, *command, "--quiet", *sorted(files)], cwd=settings.BASE_DIRECTORY, check=True
            )
