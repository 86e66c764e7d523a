"""`make app` leaves only what was asked for, in the portal's style."""

import io
import shutil
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

PAGES = {"frontend/index.jsx", "tests/page.test.jsx"}
API = {"models.py", "views.py", "urls.py", "migrations/0001_initial.py", "tests/test_app.py"}
LINES_OF_A_SCREEN = 24


@pytest.fixture
def create(settings, tmp_path):
    """Return a function that creates an app, and returns its folder and what the command printed."""
    (tmp_path / "apps").mkdir()
    shutil.copy(settings.BASE_DIRECTORY / "pyproject.toml", tmp_path)
    settings.BASE_DIRECTORY, settings.PLUGINS = tmp_path, ()  # the portal may have an app of this name

    def create(**options):
        output = io.StringIO()
        call_command("createapp", "library", stdout=output, **options)
        return tmp_path / "apps" / "library", output.getvalue()

    return create


def files_of(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("kind", "has", "lacks"),
    [
        ("full", PAGES | API | {"search.py"}, set()),
        ("api", API, PAGES | {"search.py", "frontend/entries.js"}),
        ("page", PAGES, API | {"actions.py", "demo.py"}),
    ],
)
def test_an_app_has_what_was_asked_for(create, kind, has, lacks):
    folder, output = create(kind=kind)
    files = files_of(folder)
    assert has <= files
    assert not lacks & files
    texts = {name: (folder / name).read_text() for name in files}
    for marker in ("{{", "{%", *(("draft", "frontend") if kind == "api" else ())):
        assert [name for name, text in texts.items() if marker in text.lower()] == []
    listed = texts["README.md"]
    assert [name for name in lacks if name.rpartition("/")[2] in listed] == []
    assert len(output.splitlines()) < LINES_OF_A_SCREEN
    assert [line for line in output.splitlines() if len(line) > 110] == []
    own = 'lint.isort.known-first-party = ["core", "services"]'  # the folders are not there
    for command in (["check", "--config", own], ["format", "--check"]):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=folder.parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("answers", "kind"), [([""], "full"), (["nothing", " API "], "api"), (["page"], "page")])
def test_a_terminal_is_asked_for_the_kind(create, monkeypatch, answers, kind):
    typed = iter(answers)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: next(typed))
    folder, _ = create()
    assert (folder / "frontend").exists() == (kind != "api")
    assert (folder / "models.py").exists() == (kind != "page")
    assert next(typed, None) is None


def test_without_a_terminal_an_app_has_everything(create):
    folder, _ = create()
    assert files_of(folder) >= PAGES | API


def test_an_unknown_kind_is_refused(create, tmp_path):
    with pytest.raises(CommandError, match=r"full.*api.*page"):
        call_command("createapp", "library", "--kind", "everything")
    assert not (tmp_path / "apps" / "library").exists()
