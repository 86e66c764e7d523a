"""The files of a portal: which, of what kind, with what rights, and what the rendered ones hold."""

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from dotenv import dotenv_values
from markdown_it import MarkdownIt

from tests.template.reading import read_environment

SNAPSHOTS = Path(__file__).resolve().parent / "snapshots"
PORTAL = "{{cookiecutter.project_slug}}"
RENDERED = {".env.example", "README.md", "portal.yaml"}


class ComposeLoader(yaml.SafeLoader):
    """Reads the tags with which a Compose file takes away what another one sets."""


for tag in ("!reset", "!override"):
    ComposeLoader.add_constructor(tag, lambda loader, node: None)

# The parsers of files, by the end of their name, and what checks the files that have no parser here.
PARSERS: dict[str, Callable[[str], object]] = {
    ".html": lambda text: HTMLParser().feed(text),
    ".json": json.loads,
    ".md": MarkdownIt().parse,
    ".py": ast.parse,
    ".svg": ElementTree.fromstring,
    ".toml": tomllib.loads,
    ".yaml": lambda text: yaml.load(text, ComposeLoader),
    ".yml": yaml.safe_load,
}
CHECKED_ELSEWHERE = {
    ".css": "webpack, in the frontend's build",
    ".js": "eslint",
    ".jsx": "eslint",
    ".mjs": "eslint",
    ".lock": "the installation of the environment",
    ".d.ts": "tsc",
    ".txt": "text without a syntax",
    "-tpl": "the tests of the app that createapp makes",
    ".template": "the program that renders it",
    ".conf": "the server that reads it",
    ".sql": "psql, in tests/portal/test_servers_elsewhere.py",
    ".po": "msgfmt",
    ".png": "browsers",
    ".webp": "browsers",
    ".ico": "browsers",
    "Makefile": "make",
    "Dockerfile": "docker",
    ".dockerignore": "docker",
    ".browserslistrc": "webpack",
    ".npmrc": "npm",
    ".editorconfig": "editors",
    ".gitattributes": "git",
    ".prettierignore": "prettier",
    ".gitignore": "git",
    ".gitkeep": "git",
}


@pytest.fixture(scope="module")
def default_portal(generate: Callable[..., Path]) -> Path:
    return generate()


def files_of(portal: Path) -> list[Path]:
    """Return the files of a portal, without those of its secrets, which test_secret_files.py checks."""
    return sorted(path for path in portal.rglob("*") if path.is_file() and path.parent.name != "secrets")


def compare_with_snapshot(name: str, found: str) -> None:
    """Compare with tests/template/snapshots/<name>. UPDATE_SNAPSHOTS=1 writes the snapshot, for a review."""
    snapshot = SNAPSHOTS / name
    if "UPDATE_SNAPSHOTS" in os.environ:
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8"), (
        "the portal differs from the reviewed one; if it should: UPDATE_SNAPSHOTS=1 python -m pytest tests/template"
    )


def shape_of(portal: Path) -> str:
    """Return the names of the files at the top, and the number of files of each kind in folders up to two levels deep.

    Deeper files count in the folder above them.
    """
    names, folders = [], {}
    for path in files_of(portal):
        *parents, name = path.relative_to(portal).parts
        if parents:
            kinds = folders.setdefault("/".join(parents[:2]) + "/", Counter())
            kinds[Path(name).suffix or name] += 1
        else:
            names.append(name)
    lines = [
        f"{folder:<28}" + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        for folder, kinds in folders.items()
    ]
    return "\n".join(names + lines) + "\n"


def test_a_portal_holds_the_files_that_were_reviewed(default_portal: Path) -> None:
    compare_with_snapshot("shape.txt", shape_of(default_portal))


def test_an_unexpected_and_a_missing_file_change_the_shape(default_portal: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(default_portal, portal)
    assert shape_of(portal) == shape_of(default_portal)
    left_over = portal / "core" / "access" / "left_over.py"
    left_over.touch()
    assert shape_of(portal) != shape_of(default_portal)
    left_over.unlink()
    (portal / "apps" / "polls" / "models.py").unlink()
    assert shape_of(portal) != shape_of(default_portal)


@pytest.mark.parametrize("name", sorted(RENDERED))
def test_a_rendered_file_is_as_it_was_reviewed(default_portal: Path, name: str) -> None:
    compare_with_snapshot(name.removeprefix("."), (default_portal / name).read_text(encoding="utf-8"))


def test_every_file_of_a_portal_is_read_by_its_own_parser(default_portal: Path) -> None:
    for path in files_of(default_portal):
        if path.name.startswith(".env"):
            assert None not in dotenv_values(path).values(), path
        elif is_script(path):
            continue  # shellcheck and ruff check scripts
        elif parse := PARSERS.get(path.suffix):
            parse(path.read_text(encoding="utf-8"))
        else:
            assert any(path.name.endswith(kind) for kind in CHECKED_ELSEWHERE), (
                f"{path.name}: nothing here checks this kind of file"
            )


def is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!" and path.suffix in {"", ".sh"}


def test_scripts_are_executable_and_only_the_owner_reads_secrets(default_portal: Path) -> None:
    scripts = [path for path in files_of(default_portal) if path.read_bytes()[:2] == b"#!"]
    assert default_portal / "manage.py" in scripts
    for path in files_of(default_portal):
        rights = 0o755 if path in scripts else 0o600 if path.name == ".env" else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == rights, path.relative_to(default_portal)


def test_shellcheck_finds_nothing_in_the_scripts(default_portal: Path) -> None:
    scripts = [path for path in files_of(default_portal) if re.match(rb"#!.*\b(ba|da)?sh\b", path.read_bytes())]
    assert scripts
    subprocess.run([Path(sys.executable).parent / "shellcheck", *scripts], check=True)


@pytest.mark.parametrize("example_app", [True, False])
def test_ruff_finds_nothing_in_a_portal(generate: Callable[..., Path], example_app: bool) -> None:
    portal = generate(example_app=example_app)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=portal, check=True)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "."], cwd=portal, check=True)


def test_ruff_finds_nothing_in_the_hooks(template: Path) -> None:
    subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "hooks"], cwd=template, check=True)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "hooks"], cwd=template, check=True)


def test_nothing_of_the_template_is_left_in_a_portal(default_portal: Path) -> None:
    for path in files_of(default_portal):
        content = path.read_bytes()
        assert b"cookiecutter." not in content, path
        assert b"{{cookiecutter" not in content, path


def test_only_three_files_are_rendered(template: Path) -> None:
    """Only these hold answers. _copy_without_render in cookiecutter.json matches every other file at the top."""
    patterns = json.loads((template / "cookiecutter.json").read_text())["_copy_without_render"]
    names = {str(path.relative_to(template / PORTAL)) for path in files_of(template / PORTAL)}
    rendered = {name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)}
    assert rendered == RENDERED
    for name in (
        "apps/polls/models.py",
        "infrastructure/nginx/site.conf.template",
        "docs/index.md",
        "compose.dev.yaml",
    ):
        assert any(fnmatch(name, pattern) for pattern in patterns)


def test_every_key_of_the_environment_is_explained(default_portal: Path) -> None:
    lines = (default_portal / ".env.example").read_text().splitlines()
    keys = [match[1] for line in lines if (match := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))]
    assert len(keys) == len(set(keys))
    assert set(read_environment(default_portal)) <= set(keys)
    assert all(len(line) <= 120 for line in lines)
