"""Creates a new app: a working folder below apps/, as a starting point."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.templates import TemplateCommand

from core.configuration.prefixes import API
from core.plugins.discovery import folders, name_problem
from core.plugins.pages import page_owner

TEMPLATES = Path(__file__).resolve().parents[1] / "app_template"

KINDS = {
    "full": "data, an API and pages",
    "api": "data and an API, without pages",
    "page": "pages, without data and an API",
}
NEEDS_PAGES = ("search.py", "tests/page.test.jsx")  # what an app without pages has not

NEXT = """\
Created apps/{name}/: {what}.

  make dev             then open http://127.0.0.1:8000{url}
  make test app={name}

Change it, in this order. make dev takes each change in.

  manifest.yaml        the title, the icon, and who the app is for
{steps}
  make messages app={name}, and write the translations
  make format, then make lint

The files are in apps/{name}/, and its README.md lists them. docs/tutorials/first-app.md shows the way,
docs/reference/app-folder.md lists every file that an app can have."""

API_STEPS = """\
  models.py            the data, then: make migrations app={name}
  actions.py           what changes data; selectors.py, what reads it
  serializers.py       the API, with views.py and urls.py
  tasks.py             what runs by itself
  demo.py              what make demo shows
  tests/test_app.py    what the app promises"""

PAGE_STEPS = """\
  frontend/            the pages. docs/reference/frontend.md lists what they can import
  tests/page.test.jsx  what the pages promise"""


class Command(TemplateCommand):
    help = "Create an app below apps/, as a starting point, with tests."
    rewrite_template_suffixes = tuple((f"{suffix}-tpl", suffix) for suffix in (".py", ".yaml", ".jsx", ".md"))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name of the folder and of the URLs: lower-case letters, digits and _")
        parser.add_argument("--kind", choices=KINDS, help="what the app has; without it, a terminal is asked")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        directory = self.new_directory(name)
        kind = options["kind"] or (self.ask_for_kind() if sys.stdin.isatty() and sys.stdout.isatty() else "full")
        directory.mkdir()
        super().handle(
            "app",
            name,
            str(directory),
            template=str(TEMPLATES / ("page" if kind == "page" else "full")),
            extensions=["py", "yaml", "js", "jsx", "md"],
            files=[],
            exclude=["frontend"] if kind == "api" else [],
            title=name.replace("_", " ").capitalize(),
            has_pages=kind != "api",
            verbosity=options["verbosity"],
        )
        for file in NEEDS_PAGES if kind == "api" else ():
            (directory / file).unlink()
        steps = [*([API_STEPS] if kind != "page" else []), *([PAGE_STEPS] if kind != "api" else [])]
        text = NEXT.format(
            name=name,
            what=KINDS[kind],
            url=f"{API}{name}/" if kind == "api" else f"/{name}/",
            steps="\n".join(steps).format(name=name),
        )
        self.stdout.write(text)

    def new_directory(self, name: str) -> Path:
        """Return the folder of the new app. Raises CommandError if the name cannot work or is taken."""
        base_directory: Path = settings.BASE_DIRECTORY
        if problem := name_problem(name):
            raise CommandError(str(problem))
        taken = {plugin.name: plugin.module.replace(".", "/") for plugin in settings.PLUGINS}
        taken |= {folder.directory.name: folder.label for folder in folders(base_directory)}
        if owner := page_owner(name, settings.PLUGINS):
            page = f"/{name.replace('_', '-')}"
            raise CommandError(f"{name} is taken: services/{owner.name} has the page {page}. Choose another name.")
        directory = base_directory / "apps" / name
        if name in taken or directory.exists():
            raise CommandError(f"{taken.get(name, f'apps/{name}')} already exists. Choose another name.")
        return directory

    def ask_for_kind(self) -> str:
        """Ask in the terminal what the app has, until the answer is one of KINDS. The default is `full`."""
        for kind, what in KINDS.items():
            self.stdout.write(f"  {kind:5} {what}")
        while (answer := input("What does the app have? [full] ").strip().lower() or "full") not in KINDS:
            self.stdout.write(f"Write one of: {', '.join(KINDS)}")
        return answer

    def validate_name(self, name: str | None, name_or_dir: str = "name") -> None:
        """Skip Django's check: name_problem is stricter."""
