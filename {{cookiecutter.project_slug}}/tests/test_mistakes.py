"""Each mistake of an app's author has a short message, which docs/reference/mistakes.md shows.

UPDATE_SNAPSHOTS=1 writes the messages into the page.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import current_app, shared_task
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView
from structlog.testing import capture_logs

from core.access import checks as access_checks
from core.configuration.portal import Role
from core.configuration.problems import ConfigurationError
from core.development import broken_apps, errors, outgoing
from core.development.migrations import UnrecordedChanges
from core.logs.frames import line_in, syntax_error_in
from core.plugins.checks import check_icons
from core.plugins.discovery import Plugin, discover
from core.plugins.manifest import Manifest
from core.plugins.private_imports import private_imports
from core.plugins.public_names import names_by_module, read_public_names

ROOT: Path = portal_settings.BASE_DIRECTORY
PAGE = ROOT / "docs" / "reference" / "mistakes.md"


def assert_documented(title: str, message: str) -> None:
    """Compare a message with the section of the page that has this title."""
    section = f"## {title}\n\n```text\n{message.strip()}\n```\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        head, *sections = re.split(r"(?m)^(?=## )", PAGE.read_text())
        others = [one for one in sections if not one.startswith(f"## {title}\n")]
        PAGE.write_text(head + "\n".join(one.strip() + "\n" for one in [*others, section]))
    assert section in PAGE.read_text()


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file of a portal: `write("apps/library/urls.py", "...")`."""

    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


def problem_of_manifest(folder: Path) -> str:
    """Return the only problem of the manifests below a folder."""
    roles = {name: Role(title=name.title()) for name in ("faculty", "staff", "student")}
    portal = portal_settings.PORTAL.model_copy(update={"roles": roles, "rings": {"campus": []}})
    with pytest.raises(ConfigurationError) as raised:
        discover(folder, portal)
    (problem,) = raised.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("A misspelt key of a manifest", "title: Library\ncatgory: Learning\n"),
        ("A role that portal.yaml does not have", "title: Library\naudience: {roles: [studnet]}\n"),
        ("A ring that portal.yaml does not have", "title: Library\naudience: {rings: [campsu]}\n"),
    ],
)
def test_a_mistake_in_a_manifest(tmp_path, write, title, text):
    write("apps/library/manifest.yaml", text)
    assert_documented(title, problem_of_manifest(tmp_path))


def test_a_name_that_another_app_has(tmp_path, write):
    for layer in ("services", "apps"):
        write(f"{layer}/notifications/manifest.yaml", "title: Notifications\n")
    assert_documented("A name that is taken", problem_of_manifest(tmp_path))


def test_a_dependency_without_lock(tmp_path, write):
    program = Path("infrastructure", "development", "lock_sources.py")
    for name in (program, "pyproject.toml", "requirements.lock", "requirements-development.lock"):
        write(name, (ROOT / name).read_text())
    write("package.json", "{}")
    write("apps/library/requirements.txt", "python-slugify\n")
    command = [sys.executable, tmp_path / program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the portal's own program
    assert done.returncode == 1
    (message,) = re.findall(r"apps/library/.+\n(?: .+\n)+", done.stderr)
    assert_documented("A dependency without lock", message)


def library(folder: Path, **manifest: str) -> Plugin:
    return Plugin("library", "apps", folder / "apps" / "library", Manifest(title="Library", **manifest))


def test_an_unknown_icon(settings, tmp_path):
    settings.PLUGINS = [library(tmp_path, icon="bokk")]
    (error,) = check_icons(None)
    assert_documented("An unknown icon", error.msg)
    settings.PLUGINS = [library(tmp_path, icon="book"), library(tmp_path)]
    assert check_icons(None) == []


def test_an_icon_with_a_script(settings, tmp_path, write):
    write(
        "apps/library/icon.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><script>steal()</script></svg>',
    )
    settings.PLUGINS = [library(tmp_path, icon="./icon.svg")]
    (error,) = check_icons(None)
    assert_documented("An icon with more than shapes", error.msg)


def test_an_import_of_a_private_name(write):
    file = write("apps/library/views.py", "from core.access.visitor import make_visitor\n")
    (message,) = private_imports(file, "apps/library/views.py", names_by_module(read_public_names(ROOT)))
    assert_documented("An import of a private name", message)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ({}, "it has no function authorize(topic, visitor)"),
        ({"authorize": lambda topic: True}, "its function authorize does not take (topic, visitor)"),
        ({"authorize": lambda topic, visitor: True}, ""),
        ({"websocket_urlpatterns": []}, ""),
    ],
)
def test_sockets_without_authorize(settings, tmp_path, write, monkeypatch, module, message):
    write("apps/library/sockets.py", "")
    settings.PLUGINS = [library(tmp_path)]
    monkeypatch.setattr(access_checks, "import_module", lambda name: SimpleNamespace(**module))
    found = access_checks.check_sockets(None)
    assert len(found) == bool(message)
    for error in found:
        assert message in error.msg
    if not module:
        assert_documented("A socket without authorize", f"{found[0].msg}\n  {found[0].hint}")


def test_an_import_from_another_app_in_development(write):
    file = write("apps/library/views.py", "from apps.cinema.models import Film\n")
    (message,) = private_imports(file, "apps/library/views.py", {})
    assert_documented("An import from another app, in make dev", message)
    allowed = write(
        "apps/library/urls.py", "import apps.library.views\nfrom apps import library\nfrom . import views\n"
    )
    assert list(private_imports(allowed, "apps/library/urls.py", {})) == []


def test_urls_that_cannot_be_imported(tmp_path, write, settings, capsys, monkeypatch, rf):
    file = write("apps/library/urls.py", "from django.nowhere import path\n")
    settings.BASE_DIRECTORY = tmp_path
    monkeypatch.setattr(broken_apps, "without_urls", set())
    with pytest.raises(ImportError) as raised:
        exec(compile(file.read_text(), file, "exec"), {"__name__": "apps.library.urls"})  # noqa: S102 - the file above
    (pattern,) = broken_apps.broken_urls(library(tmp_path), raised.value)
    answer = pattern.callback(rf.get("/api/library/books/"))
    printed = capsys.readouterr().err
    assert answer.status_code == 500
    assert json.loads(answer.content)["detail"] in printed
    assert_documented("URLs that cannot be imported", printed)


def test_a_syntax_error(tmp_path, write):
    write("apps/library/urls.py", "form django.urls import path\n\nurlpatterns = []\n")
    write("apps/library/views.py", "")
    files = ["apps/library/manifest.yaml", "apps/library/views.py", "apps/library/urls.py"]
    assert_documented("A syntax error", syntax_error_in(files, tmp_path))
    assert syntax_error_in(files[:2], tmp_path) == ""


def test_the_line_of_the_app_is_found_in_a_traceback(tmp_path):
    output = [
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/apps/other/views.py", line 1, in <module>',
        "ImportError: an earlier one, which was handled",
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/config/urls.py", line 40, in plugin_urls',
        f'  File "{tmp_path}/apps/library/urls.py", line 3, in <module>',
        "    from .views import BooksView",
        f'  File "{tmp_path}/core/api/views.py", line 5, in <module>',
        '  File "/usr/lib/python3/site-packages/django/urls/conf.py", line 38, in include',
        "ImportError: cannot import name 'BooksView'",
    ]
    assert line_in(output, tmp_path) == "apps/library/urls.py, line 3"
    assert line_in(output[-2:], tmp_path) == ""


def test_a_call_of_another_system_from_a_view(monkeypatch, capsys):
    monkeypatch.setattr(outgoing, "warned", set())
    monkeypatch.setattr(outgoing, "place_of_caller", lambda: "apps/library/views.py, line 12")
    outgoing.warn(("192.0.2.1", 443))
    assert_documented("A call of another system from a view", capsys.readouterr().err)


def test_a_field_without_a_migration():
    changes = UnrecordedChanges("library", "apps/library", ("Add field pages to book",))
    assert_documented("A field without a migration", str(changes))


@pytest.mark.django_db
def test_a_task_that_raises(settings, write, tmp_path, monkeypatch):
    current_app.loader.import_default_modules()
    monkeypatch.delitem(current_app.tasks, "library.remind", raising=False)  # of an app that `make app` created
    file = write("apps/library/tasks.py", "def remind():\n    return 1 / 0\n")
    namespace: dict[str, object] = {"__name__": "apps.library.tasks"}
    exec(compile(file.read_text(), file, "exec"), namespace)  # noqa: S102 - the file above
    shared_task(name="library.remind")(namespace["remind"])
    settings.BASE_DIRECTORY = tmp_path
    try:
        with pytest.raises(CommandError) as raised:
            call_command("tasks", "--run", "library.remind")
        with capture_logs() as caught:
            current_app.tasks["library.remind"].apply(throw=False)
    finally:
        current_app.tasks.unregister("library.remind")
    assert_documented("A task that raises", f"CommandError: {raised.value}")
    (event,) = [event for event in caught if event["event"] == "task_raised"]
    assert event["task"] == "library.remind"
    assert_documented(
        "A task that raises, in the log", f"error  task_raised  task={event['task']} error={event['error']}"
    )


class Failing(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        raise self.error

    error: Exception = RuntimeError("password=tulips")


urlpatterns = [path("api/sample/", include(([path("", Failing.as_view())], "sample")))]


@pytest.fixture
def failing(settings, client, monkeypatch, db):
    """Return a function that answers a request, in development, whose view raises an error."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["core.development.errors.ApiErrorMiddleware", *settings.MIDDLEWARE]

    def get(error: Exception):
        monkeypatch.setattr(Failing, "error", error)
        return client.get("/api/sample/")

    return get


def test_an_error_of_the_api(failing, caplog, monkeypatch):
    monkeypatch.setattr(errors, "describe", lambda error, folder: f"apps/library/views.py, line 12: {error!r}")
    answer = failing(KeyError("shelf"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "request_failed" in caplog.text
    assert_documented("An error of the API, in development", answer.json()["detail"])


def test_an_error_of_the_api_names_the_line(failing):
    detail = failing(RuntimeError("no shelf")).json()["detail"]
    assert detail.endswith("RuntimeError: no shelf")


def test_a_missing_column_names_the_command(failing, monkeypatch):
    changes = UnrecordedChanges("library", "apps/library", ("Add field pages to book",))
    monkeypatch.setattr(errors, "unrecorded_changes", lambda: iter([changes]))
    errors_of = {
        "postgresql": ProgrammingError("column library_book.pages does not exist"),
        "sqlite": OperationalError("no such column: library_book.pages"),
    }
    detail = failing(errors_of[connection.vendor]).json()["detail"]
    assert detail.endswith("The models of apps/library have changed. Run: make migrations app=library")


def test_an_import_from_another_app(tmp_path, write):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("apps", "services", "config", "apps/library", "apps/cinema"):
        write(f"{package}/__init__.py", "")
    for module in (ROOT / "core").rglob("*.py"):  # the contracts name its modules
        if len(module.relative_to(ROOT).parts) == 2 or module.name == "__init__.py":
            write(str(module.relative_to(ROOT)), "")
    write("apps/library/views.py", "from apps.cinema import models\n")
    write("apps/cinema/models.py", "")
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if "is not allowed to import" in line)
    assert_documented("An import from another app", "\n".join(lines[start : start + 3]))


def test_manage_py_without_the_packages():
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    message = done.stderr.replace(sys.executable, "/usr/bin/python3")
    assert_documented("manage.py outside its environment", message)


def test_each_section_of_the_page_has_a_test():
    titles = re.findall(r"(?m)^## (.*)$", PAGE.read_text())
    pages = ROOT / "frontend" / "kit" / "developerMessage.test.jsx"
    tests = Path(__file__).read_text() + pages.read_text().replace("'", '"')
    assert [title for title in titles if f'"{title}"' not in tests] == []
