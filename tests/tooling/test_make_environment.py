"""make-environment: what a lock names, no more and no less, with uv or with Python's own tools."""

import subprocess
from pathlib import Path

import pytest

from tests.tooling.machines import SCRIPTS, Machine

MAKE_ENVIRONMENT = SCRIPTS / "make-environment"


@pytest.fixture(params=["uv", "pip"])
def equipped(request: pytest.FixtureRequest, machine: Machine, python: Path, uv: Path) -> Machine:
    """A machine with a Python, once with uv and once without."""
    (machine.programs / "python3").symlink_to(python)
    if request.param == "uv":
        (machine.programs / "uv").symlink_to(uv)
    return machine


@pytest.fixture
def lock(machine: Machine) -> Path:
    """A lock that names nothing: no test needs a registry."""
    path = machine.folder / "empty.lock"
    path.write_text("# nothing\n")
    return path


def works(environment: Path) -> bool:
    return subprocess.run([environment / "bin/python", "-c", ""]).returncode == 0


def test_an_environment_is_made_and_made_up_to_date(equipped: Machine, lock: Path) -> None:
    environment = equipped.folder / "environment"
    first = equipped.run(MAKE_ENVIRONMENT, environment, lock)
    assert works(environment), first.stderr
    assert f"Making the Python environment {environment}" in first.stderr
    again = equipped.run(MAKE_ENVIRONMENT, environment, lock)
    assert again.returncode == 0, again.stderr
    assert "Making" not in again.stderr


def test_what_the_lock_names_no_more_goes(equipped: Machine, lock: Path) -> None:
    environment = equipped.folder / "environment"
    equipped.run(MAKE_ENVIRONMENT, environment, lock)
    folder = next(environment.glob("lib/python*/site-packages")) / "gone-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gone\nVersion: 1.0\n")
    (folder / "INSTALLER").write_text("pip\n")
    (folder / "RECORD").write_text(
        "".join(f"gone-1.0.dist-info/{name},,\n" for name in ["METADATA", "INSTALLER", "RECORD"])
    )
    answer = equipped.run(MAKE_ENVIRONMENT, environment, lock)
    assert answer.returncode == 0, answer.stderr
    assert not folder.exists()
    assert works(environment)


def test_an_environment_whose_python_has_gone_is_made_again(equipped: Machine, lock: Path) -> None:
    environment = equipped.folder / "environment"
    equipped.run(MAKE_ENVIRONMENT, environment, lock)
    for name in (environment / "bin").glob("python*"):
        name.unlink()
    (environment / "bin/python").symlink_to("/no/such/python")
    answer = equipped.run(MAKE_ENVIRONMENT, environment, lock)
    assert works(environment), answer.stderr


def test_a_package_without_its_hash_is_refused(equipped: Machine, lock: Path) -> None:
    lock.write_text("django==6.1\n")
    answer = equipped.run(MAKE_ENVIRONMENT, equipped.folder / "environment", lock)
    assert answer.returncode != 0
    assert "hash" in answer.stderr


def test_a_folder_with_other_things_in_it_is_left_alone(equipped: Machine, lock: Path) -> None:
    folder = equipped.folder / "thesis"
    folder.mkdir()
    (folder / "chapter-1.txt").write_text("years of work")
    answer = equipped.run(MAKE_ENVIRONMENT, folder, lock)
    assert answer.returncode == 1
    assert "this is no virtual environment, and it is not empty" in answer.stderr
    assert (folder / "chapter-1.txt").read_text() == "years of work"
