"""Shared by the tests of the tooling: a simulated machine, and the real Python and uv of this one."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tooling.machines import PORTAL, SCRIPTS, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def python() -> Path:
    """A real Python that is new enough, and belongs to no virtual environment."""
    return Path(getattr(sys, "_base_executable", sys.executable))


@pytest.fixture(scope="session")
def uv() -> Path:
    """The real uv of the template's environment."""
    beside_python = Path(sys.executable).with_name("uv")
    return beside_python if beside_python.exists() else Path(shutil.which("uv") or pytest.fail("uv is not installed"))


@pytest.fixture
def portal_folder(tmp_path: Path) -> Callable[..., Path]:
    """`portal_folder()` makes the files around a portal's code: its Makefile, and what its steps start from."""

    def make(name: str = "portal") -> Path:
        folder = tmp_path / name
        (folder / "frontend").mkdir(parents=True)
        shutil.copy(PORTAL / "Makefile", folder)
        shutil.copytree(SCRIPTS, folder / "infrastructure" / "development")
        for path in ["pyproject.toml", "requirements-development.lock", ".browserslistrc"]:
            (folder / path).touch()
        for path in ["package.json", "package-lock.json"]:
            (folder / path).write_text("{}")
        (folder / "frontend" / "index.js").touch()
        return folder

    return make
