"""System checks report the mistakes in an app that would otherwise pass unnoticed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SOURCES = ("manage.py", "portal.yaml", "pyproject.toml", "config", "core", "services")
MODELS = """
from django.db import models


class Book(models.Model):
    title = models.TextField()
"""


@pytest.fixture
def app_without_migrations(tmp_path) -> Path:
    """Copy the portal's code without its apps, and add the app `library`, which has a model and no migrations."""
    for name in SOURCES:
        source = settings.BASE_DIRECTORY / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    app = tmp_path / "apps" / "library"
    app.mkdir(parents=True)
    (app.parent / "__init__.py").touch()
    for name, text in {"__init__.py": "", "manifest.yaml": "title: Library\n", "models.py": MODELS}.items():
        (app / name).write_text(text)
    return app


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "manage.py", *arguments)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the portal's own commands
        command,
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_without_migrations_is_an_error_that_names_the_command(app_without_migrations):
    portal = app_without_migrations.parent.parent
    checked = manage(portal, "check")
    assert checked.returncode == 1
    assert "apps/library has models (Book) and no migrations package" in checked.stderr
    assert "make migrations app=library" in checked.stderr
    assert manage(portal, "makemigrations", "library").returncode == 0
    assert (app_without_migrations / "migrations" / "__init__.py").is_file()
    assert manage(portal, "check").returncode == 0


def test_a_migrations_folder_without_init_is_an_error(app_without_migrations):
    (app_without_migrations / "migrations").mkdir()
    assert "no migrations package" in manage(app_without_migrations.parent.parent, "check").stderr


def test_a_new_migration_passes_the_linter_and_a_later_change_is_found(app_without_migrations):
    portal = app_without_migrations.parent.parent
    found = "from core.development.migrations import unrecorded_changes; print(*unrecorded_changes(), sep='\\n')"
    assert manage(portal, "makemigrations", "library").returncode == 0
    for check in (["check"], ["format", "--check"]):
        done = run(portal, str(Path(sys.executable).with_name("ruff")), *check, "--no-cache", "apps/library/migrations")
        assert done.returncode == 0, done.stdout
    assert manage(portal, "shell", "-v0", "-c", found).stdout == "\n"
    (app_without_migrations / "models.py").write_text(f"{MODELS}    pages = models.IntegerField(null=True)\n")
    assert manage(portal, "shell", "-v0", "-c", found).stdout.splitlines() == [
        "apps/library: the models have changes that are in no migration.",
        "  found    Add field pages to book",
        "  do       make migrations app=library",
    ]


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("def attention(visitor): ...", False),
        ("def attention(visitor, most=5): ...", False),
        ("def attention(): ...", True),
        ("def atention(visitor): ...", True),
        ("attention = []", True),
    ],
)
def test_an_attention_module_without_the_function_is_an_error(app_without_migrations, text, is_wrong):
    (app_without_migrations / "models.py").unlink()
    (app_without_migrations / "attention.py").write_text(text)
    checked = manage(app_without_migrations.parent.parent, "check")
    assert checked.returncode == int(is_wrong)
    assert ("apps/library/attention.py has no function attention(visitor)." in checked.stderr) == is_wrong
