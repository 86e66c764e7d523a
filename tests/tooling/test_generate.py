"""tools/generate.py: a generated portal follows the template, and keeps what was made in it."""

import os
from pathlib import Path

import pytest

from tests.tooling.machines import settle
from tools import generate


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A minimal template, with a hook that creates a secret."""
    folder = tmp_path / "template"
    portal = folder / "{{cookiecutter.project_slug}}"
    (portal / "apps/polls").mkdir(parents=True)
    (folder / "hooks").mkdir()
    (folder / "cookiecutter.json").write_text('{"project_slug": "campus", "__prompts__": {}}')
    (folder / "hooks/post_gen_project.py").write_text(
        "import pathlib, secrets\npathlib.Path('.env').write_text(secrets.token_urlsafe())\nprint('next commands')\n"
    )
    (portal / "portal.yaml").write_text("name: {{cookiecutter.project_slug}}\n")
    (portal / ".env.example").write_text("SECRET_KEY=\n")
    (portal / "Makefile").write_text("all:\n")
    (portal / "apps/polls/manifest.yaml").write_text("title: Polls\n")
    monkeypatch.setattr(generate, "TEMPLATE", folder)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "var" / "demo"


def test_a_portal_is_generated(template: Path, kept: Path) -> None:
    portal = generate.main(kept, [])
    assert portal == kept / "campus"
    assert (portal / "portal.yaml").read_text() == "name: campus\n"
    assert (portal / ".env").exists()
    assert sorted(path.name for path in kept.iterdir()) == ["campus", "generated.json"]


def test_answers_can_be_given(template: Path, kept: Path) -> None:
    assert generate.main(kept, ["project_slug=meadow"]).name == "meadow"


def test_an_unchanged_template_generates_nothing_again(
    template: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = generate.main(kept, [])
    monkeypatch.setattr(generate, "generate", lambda *_: pytest.fail("it was generated again"))
    os.utime(template / "cookiecutter.json")
    assert generate.main(kept, []) == portal


def test_what_was_made_in_the_portal_is_kept(template: Path, kept: Path) -> None:
    portal = generate.main(kept, [])
    secret = (portal / ".env").read_text()
    for name in [".venv/bin/python", "node_modules/.installed", "var/database.sqlite3", "apps/mine/manifest.yaml"]:
        (portal / name).parent.mkdir(parents=True, exist_ok=True)
        (portal / name).write_text("made")
    (template / "{{cookiecutter.project_slug}}/Makefile").write_text("all: more\n")
    generate.main(kept, [])
    assert (portal / "Makefile").read_text() == "all: more\n"
    assert (portal / ".env").read_text() == secret
    assert (portal / "var/database.sqlite3").read_text() == "made"
    assert (portal / "apps/mine/manifest.yaml").exists()


def test_only_changed_files_get_a_new_date(template: Path, kept: Path) -> None:
    portal = generate.main(kept, [])
    settle(portal / "Makefile", portal / "portal.yaml")
    before = (portal / "Makefile").stat().st_mtime_ns
    (template / "{{cookiecutter.project_slug}}/portal.yaml").write_text("name: '{{cookiecutter.project_slug}}'\n")
    settle(template / "{{cookiecutter.project_slug}}/portal.yaml")
    generate.main(kept, [])
    assert (portal / "Makefile").stat().st_mtime_ns == before
    assert (portal / "portal.yaml").stat().st_mtime_ns > before


def test_files_that_the_template_no_longer_has_are_removed(template: Path, kept: Path) -> None:
    portal = generate.main(kept, [])
    (portal / "apps/polls/__pycache__").mkdir()
    manifest = template / "{{cookiecutter.project_slug}}/apps/polls/manifest.yaml"
    manifest.rename(manifest.with_name("other.yaml"))
    (manifest.with_name("other.yaml")).rename(template / "{{cookiecutter.project_slug}}/apps/moved.yaml")
    generate.main(kept, [])
    assert not (portal / "apps/polls").exists()
    assert (portal / "apps/moved.yaml").exists()


def test_new_secrets_are_created_when_the_portal_needs_others(template: Path, kept: Path) -> None:
    portal = generate.main(kept, [])
    secret = (portal / ".env").read_text()
    (template / "{{cookiecutter.project_slug}}/.env.example").write_text("SECRET_KEY=\nANOTHER=\n")
    generate.main(kept, [])
    assert (portal / ".env").read_text() != secret


def test_files_that_are_not_sources_reach_no_portal(template: Path, kept: Path) -> None:
    source = template / "{{cookiecutter.project_slug}}"
    for name in [
        "node_modules/react/index.js",
        ".venv/bin/python",
        "frontend/build/index.html",
        "apps/__pycache__/x.pyc",
    ]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    portal = generate.main(kept, [])
    assert not any((portal / name).exists() for name in ["node_modules", ".venv", "frontend", "apps/__pycache__"])


def test_a_failure_leaves_no_files(template: Path, kept: Path) -> None:
    (template / "hooks/post_gen_project.py").write_text("import sys; sys.exit('no')")
    with pytest.raises(SystemExit):
        generate.main(kept, [])
    assert list(kept.iterdir()) == []
