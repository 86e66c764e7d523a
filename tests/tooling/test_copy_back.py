"""tools/copy_back.py: what a command changed in a portal returns to the template, except what belongs to one portal."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import copy_checkout

LOCKED = "x-locked:\n  REDIS_IMAGE: {{tag: redis:latest, {}}}\n"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    copy_checkout(tmp_path / "template")
    return tmp_path / "template"


def copy_back(template: Path, portal: Path, name: str, content: str) -> str:
    """Copy back a portal that has this content in one file. Return what the template has in it."""
    portal.mkdir()
    (portal / name).write_text(content)
    subprocess.run([sys.executable, template / "tools/copy_back.py", portal], check=True, capture_output=True)
    return (template / "{{cookiecutter.project_slug}}" / name).read_text()


def test_a_moved_lock_is_copied(template: Path, tmp_path: Path) -> None:
    assert copy_back(template, tmp_path / "portal", "requirements.lock", "django==99\n") == "django==99\n"


def test_a_file_with_answers_is_not_copied(template: Path, tmp_path: Path) -> None:
    assert "{{" in copy_back(template, tmp_path / "portal", "portal.yaml", "name: Campus\n")


def test_images_of_a_registry_are_copied_and_those_of_this_machine_are_not(template: Path, tmp_path: Path) -> None:
    local = LOCKED.format("id: 'sha256:1'")
    assert copy_back(template, tmp_path / "local", "images.lock", local) != local
    digest = LOCKED.format("digest: 'sha256:1'")
    assert copy_back(template, tmp_path / "registry", "images.lock", digest) == digest
