"""Creates a new app: a working folder below apps/, as a starting point."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.templates import TemplateCommand

from core.plugins.discovery import folders, name_problem
from core.plugins.pages import page_owner

TEMPLATE = Path(__file__).resolve().parents[1] / "app_template"

NEXT = """\
Created apps/{name}/. After the next start of the portal, its page is /{name}/. Next:
  - the pages: apps/{name}/frontend/index.jsx. docs/reference/frontend.md lists what it can import
  - the types of its API, for the page: `python manage.py apitypes {name}`
  - the data: apps/{name}/models.py, then `make migrations app={name}`
  - who it is for: apps/{name}/manifest.yaml
  - `make test` tests the app too"""


class Command(TemplateCommand):
    help = "Create an app with a model, an API, a page, a topic, a notification, a task and tests, below apps/."
    rewrite_template_suffixes = tuple((f"{suffix}-tpl", suffix) for suffix in (".py", ".yaml", ".jsx", ".md"))
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name of the folder and of the URLs: lower-case letters, digits and _")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        base_directory: Path = settings.BASE_DIRECTORY
        if problem := name_problem(name):
            raise CommandError(str(problem))
        taken = {directory.name: f"{layer}/{directory.name}" for layer, directory in folders(base_directory)}
        if owner := page_owner(name, settings.PLUGINS):
            page = f"/{name.replace('_', '-')}"
            raise CommandError(f"{name} is taken: services/{owner.name} has the page {page}. Choose another name.")
        directory = base_directory / "apps" / name
        if name in taken or directory.exists():
            raise CommandError(f"{taken.get(name, f'apps/{name}')} already exists. Choose another name.")
        directory.mkdir()
        super().handle(
            "app",
            name,
            str(directory),
            template=str(TEMPLATE),
            extensions=["py", "yaml", "js", "jsx", "md"],
            files=[],
            exclude=[],
            title=name.replace("_", " ").capitalize(),
            verbosity=options["verbosity"],
        )
        self.stdout.write(NEXT.format(name=name))

    def validate_name(self, name: str | None, name_or_dir: str = "name") -> None:
        """Skip Django's check: name_problem is stricter."""
