#!/usr/bin/env python
"""The portal's commands: `python manage.py help` lists them."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # The embedded database is created in it. Even `check` connects to the database.
    (Path(__file__).resolve().parent / "var").mkdir(exist_ok=True)
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit(
            f"manage.py: {sys.executable} does not have the portal's Python packages.\n"
            f"  do  .venv/bin/python manage.py {' '.join(sys.argv[1:])}\n"
            "      If there is no .venv, create it first: make .venv"
        )

    from core.configuration.problems import ConfigurationError

    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"{error}\n")


if __name__ == "__main__":
    main()
