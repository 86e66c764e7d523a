"""Migrations while the portal is developed: applies new ones, and finds changes of models that none has."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


@dataclass(frozen=True, slots=True)
class UnrecordedChanges:
    """What has changed in the models of an app since its last migration. `folder` is relative to the portal."""

    app: str
    folder: str
    descriptions: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.folder}: the models have changes that are in no migration.",
                *(f"  found    {text}" for text in self.descriptions),
                f"  do       make migrations app={self.app}",
            ]
        )


def apply_new_migrations(output: OutputWrapper) -> None:
    """Apply the migrations that the embedded database does not have yet.

    A real database belongs to another role than the one that serves the portal, so the developer gets the command.
    """
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if settings.CONFIGURATION.is_embedded("DATABASE_URL"):
        call_command("migrate", interactive=False, stdout=output)
    else:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in plan)
        output.write(f"The database does not have {names}. Run: make migrations SERVERS=real")


def unrecorded_changes() -> Iterator[UnrecordedChanges]:
    """Yield the changes of each service or app whose models differ from its migrations."""
    loader = MigrationLoader(None)
    with translation.override(None):  # migrations have the texts of models as they are in the code
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=loader.graph)
    for plugin in settings.PLUGINS:
        if migrations := changes.get(plugin.name):
            yield UnrecordedChanges(
                plugin.name,
                f"{plugin.layer}/{plugin.name}",
                tuple(operation.describe() for migration in migrations for operation in migration.operations),
            )
