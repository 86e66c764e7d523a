"""`make deploy` refuses migrations that servers of the release before could not work beside."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from core.deployment.migrations import Danger, dangers, dangers_of

BOOK = migrations.CreateModel(
    "Book",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.CharField(max_length=100)),
        ("isbn", models.CharField(max_length=13, null=True)),
        ("pages", models.IntegerField(db_default=1)),
    ],
)


def migration(*operations, **attributes):
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), **attributes})
    return kind("0002_change", "library")


def found(*operations, **attributes) -> list[str]:
    """Return the reasons against a migration of an app whose release before has the model Book."""
    state = ProjectState()
    BOOK.state_forwards("library", state)
    return [danger.reason for danger in dangers_of(migration(*operations, **attributes), state, set())]


TITLE_OR_NONE = models.CharField(max_length=100, null=True)

SAFE = {
    "a new model": migrations.CreateModel("Loan", [("id", models.BigAutoField(primary_key=True))]),
    "a field that may be empty": migrations.AddField("Book", "note", models.TextField(null=True)),
    "a field with a default of the database": migrations.AddField("Book", "year", models.IntegerField(db_default=0)),
    "a field for several": migrations.AddField("Book", "others", models.ManyToManyField("library.Book")),
    "a longer text": migrations.AlterField("Book", "title", models.CharField(max_length=200)),
    "another label": migrations.AlterField("Book", "title", models.CharField("Name", max_length=100)),
    "a field that may now be empty": migrations.AlterField("Book", "title", TITLE_OR_NONE),
    "an index": migrations.AddIndex("Book", models.Index(fields=["title"], name="by_title")),
    "other options": migrations.AlterModelOptions("Book", {"ordering": ["title"]}),
    "the state alone": migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("Book", "isbn")]),
}

UNSAFE = {
    "a removed field": migrations.RemoveField("Book", "isbn"),
    "a removed model": migrations.DeleteModel("Book"),
    "a renamed field": migrations.RenameField("Book", "isbn", "number"),
    "a renamed model": migrations.RenameModel("Book", "Volume"),
    "a renamed table": migrations.AlterModelTable("Book", "books"),
    "a field that must have a value": migrations.AddField("Book", "year", models.IntegerField(default=0)),
    "a value that is now required": migrations.AlterField("Book", "isbn", models.CharField(max_length=13)),
    "a default that is gone": migrations.AlterField("Book", "pages", models.IntegerField()),
    "a shorter text": migrations.AlterField("Book", "title", models.CharField(max_length=50)),
    "another type": migrations.AlterField("Book", "title", models.IntegerField()),
    "a value that is now unique": migrations.AlterField("Book", "title", models.CharField(max_length=100, unique=True)),
    "a constraint": migrations.AddConstraint("Book", models.UniqueConstraint(fields=["title"], name="one_title")),
    "code": migrations.RunPython(migrations.RunPython.noop),
    "SQL": migrations.RunSQL("SELECT 1"),
    "an operation inside another": migrations.SeparateDatabaseAndState([migrations.RunSQL("SELECT 1")]),
}


@pytest.mark.parametrize("operation", SAFE.values(), ids=SAFE)
def test_it_takes(operation):
    assert found(operation) == []


@pytest.mark.parametrize("operation", UNSAFE.values(), ids=UNSAFE)
def test_it_refuses(operation):
    (reason,) = found(operation)
    assert reason


def test_an_operation_of_an_unknown_kind_is_refused():
    assert found(type("MoveRows", (migrations.operations.base.Operation,), {"state_forwards": lambda *_: None})())


def test_what_changes_a_new_model_is_safe():
    loan = migrations.CreateModel("Loan", [("id", models.BigAutoField(primary_key=True))])
    assert found(loan, migrations.AddField("Loan", "days", models.IntegerField(default=7))) == []


def test_a_field_is_compared_with_the_one_before_it_in_the_same_migration():
    wider = migrations.AlterField("Book", "title", models.CharField(max_length=200))
    narrower = migrations.AlterField("Book", "title", models.CharField(max_length=150))
    assert len(found(wider, narrower)) == 1


def test_a_migration_can_say_that_its_code_is_safe():
    code = migrations.RunPython(migrations.RunPython.noop)
    assert found(code, safe_beside_release_before=True) == []
    assert found(migrations.RemoveField("Book", "isbn"), safe_beside_release_before=True)


@pytest.mark.django_db
class TestCommand:
    def test_a_database_with_all_migrations_has_no_danger(self):
        assert dangers() == []
        call_command("checkmigrations")

    def test_a_database_that_a_newer_release_has_used_has_no_danger(self):
        MigrationRecorder(connection).record_applied("polls", "9999_of_a_newer_release")
        assert dangers() == []

    @pytest.fixture
    def unsafe(self, monkeypatch):
        reason = "the release before still reads the column"
        danger = Danger("library.0002_change", "Remove field isbn from book", reason)
        monkeypatch.setattr("core.management.commands.checkmigrations.dangers", lambda: [danger])

    def test_a_database_without_any_has_no_release_before(self, monkeypatch):
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _: {})
        assert dangers() == []

    @pytest.mark.usefixtures("unsafe")
    def test_it_names_the_migration_the_reason_and_how_to_allow_it(self):
        output = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("checkmigrations", stdout=output)
        assert ended.value.code == 3
        for text in ("library.0002_change: Remove field isbn", "still reads the column", "ALLOW='library.0002_change'"):
            assert text in output.getvalue()

    @pytest.mark.usefixtures("unsafe")
    def test_what_is_allowed_by_name_passes_and_a_wrong_name_is_said(self):
        allowed = ("--allow", "library.0002_change", "library.0003_typo")
        call_command("checkmigrations", *allowed, stdout=(output := StringIO()))
        assert "library.0003_typo is allowed, and needs no permission" in output.getvalue()
        assert "0002_change" not in output.getvalue()
