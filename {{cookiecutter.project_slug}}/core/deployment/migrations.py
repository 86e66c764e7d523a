"""Whether a migration can run while servers of the release before answer requests.

During a deployment they read and write for a minute with the models that they know. A migration is safe beside them if
what they send to the database still works, and if the rows that they write still fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, ManyToManyField
from django.db.models.fields import NOT_PROVIDED

# A migration whose code is safe beside the release before says so with a class attribute of this name, set to True.
DECLARED = "safe_beside_release_before"

SAFE: tuple[type[Operation], ...] = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
    operations.AlterIndexTogether,
    postgres.AddIndexConcurrently,
    postgres.RemoveIndexConcurrently,
    postgres.CreateExtension,
    postgres.CreateCollation,
    postgres.ValidateConstraint,
)

# Operation → why it is unsafe.
UNSAFE: dict[type[Operation], str] = {
    operations.DeleteModel: "the release before still reads and writes the table",
    operations.RenameModel: "the release before uses the table by its old name",
    operations.AlterModelTable: "the release before uses the table by its old name",
    operations.RemoveField: "the release before still reads the column",
    operations.RenameField: "the release before uses the column by its old name",
    operations.AddConstraint: "the release before may write rows that break it",
    postgres.AddConstraintNotValid: "the release before may write rows that break it",
    operations.AlterUniqueTogether: "the release before may write rows that break it",
    operations.AlterOrderWithRespectTo: "the release before writes rows without the new column",
    operations.RunPython: "code cannot be judged",
    operations.RunSQL: "SQL cannot be judged",
}


type AnyField = Field[Any, Any]


@dataclass(frozen=True)
class Danger:
    """What one operation of a migration does to servers of the release before."""

    migration: str  # app.0007_name
    operation: str  # as Django describes it
    reason: str


def dangers() -> list[Danger]:
    """Return what is unsafe in the migrations that the database does not have yet. Reads the database only."""
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if not applied:
        return []  # no release before has used this database
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    # A database that a newer release has used has more migrations than this one.
    state = executor.loader.project_state([key for key in applied if key in executor.loader.graph.nodes])
    created: set[tuple[str, str]] = set()
    found: list[Danger] = []
    for migration, _ in plan:
        found += dangers_of(migration, state, created)
        migration.mutate_state(state, preserve=False)
    return found


def dangers_of(migration: Migration, state: ProjectState, created: set[tuple[str, str]]) -> Iterator[Danger]:
    """Yield what is unsafe in a migration. `created` collects the models that the release before does not know."""
    before = state.clone()
    for operation in migration.operations:
        for one in database_operations(operation):
            if isinstance(one, operations.CreateModel):
                created.add((migration.app_label, one.name_lower))
            reason = reason_of(one, migration, before)
            model = str(getattr(one, "model_name", getattr(one, "name", ""))).lower()
            if reason and (migration.app_label, model) not in created:
                yield Danger(f"{migration.app_label}.{migration.name}", one.describe(), reason)
        operation.state_forwards(migration.app_label, before)


def database_operations(operation: Operation) -> list[Operation]:
    """Return what an operation does to the database."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return [one for inner in operation.database_operations for one in database_operations(inner)]
    return [operation]


def reason_of(operation: Operation, migration: Migration, before: ProjectState) -> str:
    """Return why an operation is unsafe, or nothing."""
    if isinstance(operation, operations.AddField):
        return reason_of_new_field(operation.field)
    if isinstance(operation, operations.AlterField):
        return reason_of_changed_field(operation, migration, before)
    if isinstance(operation, operations.AlterUniqueTogether) and not operation.option_value:
        return ""
    if isinstance(operation, operations.RunPython | operations.RunSQL) and getattr(migration, DECLARED, False):
        return ""
    if isinstance(operation, SAFE):
        return ""
    return next(
        (reason for kind, reason in UNSAFE.items() if isinstance(operation, kind)), "this kind of operation is unknown"
    )


def reason_of_new_field(field: AnyField) -> str:
    if isinstance(field, ManyToManyField) or field.null or field.db_default is not NOT_PROVIDED:
        return "the release before may write rows that break it" if field.unique and not field.null else ""
    return "the release before writes rows without it: it needs null=True or db_default"


def reason_of_changed_field(operation: operations.AlterField, migration: Migration, before: ProjectState) -> str:
    """Compare a field with the one before. Only what is wider than before takes everything that was written before."""
    old = before.models[migration.app_label, operation.model_name_lower].get_field(operation.name)
    new = operation.field
    if old.null and not new.null:
        return "the release before may write NULL"
    if new.unique and not old.unique:
        return "the release before may write rows that break it"
    if old.db_column != new.db_column:
        return "the release before uses the column by its old name"
    if old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED and not new.null:
        return "the release before may write rows without it"
    if kind_of(old) != kind_of(new):
        return "the release before reads and writes another type"
    if (new.max_length or 0) < (old.max_length or 0) and new.max_length is not None:
        return "the release before may write longer values"
    return ""


def kind_of(field: AnyField) -> tuple[str, ...]:
    """Return what decides the type of the column, without its length."""
    parts = (field.get_internal_type(), getattr(field, "max_digits", ""), getattr(field, "decimal_places", ""))
    target = getattr(field.remote_field, "model", "") if field.remote_field else ""
    return (*map(str, parts), str(target if isinstance(target, str) else target._meta.label_lower).lower())
