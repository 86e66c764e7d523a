"""environment.py: a Python environment holds what a lock names, no more and no less."""

import base64
import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.tooling.machines import SCRIPTS, Machine

ENVIRONMENT = SCRIPTS / "environment.py"
A_UV_THAT_RECORDS = """\
import os, sys
def main():
    with open(os.environ["RECORD"], "a") as record:
        print(*sys.argv[1:], os.environ.get("UV_DEFAULT_INDEX"), file=record)
"""


@pytest.fixture
def lock(machine: Machine) -> Path:
    """A lock that names nothing, so that no test needs a package index."""
    path = machine.folder / "empty.lock"
    path.write_text("# nothing\n")
    return path


def update(machine: Machine, python: Path, folder: Path, lock: Path, **variables: str) -> subprocess.CompletedProcess:
    return machine.run(python, ENVIRONMENT, folder, lock, **variables)


def works(environment: Path) -> bool:
    return subprocess.run([environment / "bin/python", "-c", ""]).returncode == 0


def test_an_environment_is_created_and_updated(machine: Machine, python: Path, uv: Path, lock: Path) -> None:
    environment = machine.folder / "environment"
    first = update(machine, python, environment, lock, UV=str(uv))
    assert works(environment), first.stderr
    assert f"Creating the Python environment {environment}" in first.stdout
    again = update(machine, python, environment, lock, UV=str(uv))
    assert again.returncode == 0, again.stderr
    assert "Creating" not in again.stdout


def test_a_package_that_the_lock_does_not_name_is_removed(machine: Machine, python: Path, uv: Path, lock: Path) -> None:
    environment = machine.folder / "environment"
    update(machine, python, environment, lock, UV=str(uv))
    folder = next(environment.glob("lib/python*/site-packages")) / "gone-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gone\nVersion: 1.0\n")
    (folder / "INSTALLER").write_text("pip\n")
    (folder / "RECORD").write_text(
        "".join(f"gone-1.0.dist-info/{name},,\n" for name in ["METADATA", "INSTALLER", "RECORD"])
    )
    answer = update(machine, python, environment, lock, UV=str(uv))
    assert answer.returncode == 0, answer.stderr
    assert not folder.exists()
    assert works(environment)


def test_an_environment_without_its_python_is_created_again(
    machine: Machine, python: Path, uv: Path, lock: Path
) -> None:
    environment = machine.folder / "environment"
    update(machine, python, environment, lock, UV=str(uv))
    for name in (environment / "bin").glob("python*"):
        name.unlink()
    (environment / "bin/python").symlink_to("/no/such/python")
    answer = update(machine, python, environment, lock, UV=str(uv))
    assert works(environment), answer.stderr


def test_a_package_without_a_hash_is_refused(machine: Machine, python: Path, uv: Path, lock: Path) -> None:
    lock.write_text("django==6.1\n")
    answer = update(machine, python, machine.folder / "environment", lock, UV=str(uv))
    assert answer.returncode != 0
    assert "hash" in answer.stderr


def test_a_folder_with_other_files_is_left_alone(machine: Machine, python: Path, uv: Path, lock: Path) -> None:
    folder = machine.folder / "thesis"
    folder.mkdir()
    (folder / "chapter-1.txt").write_text("years of work")
    answer = update(machine, python, folder, lock, UV=str(uv))
    assert answer.returncode == 1
    assert "the folder is not empty, and is not a Python environment" in answer.stderr
    assert (folder / "chapter-1.txt").read_text() == "years of work"


def index_of_uv(folder: Path, lock: Path) -> Path:
    """Make a folder that pip can install a uv from, one that records its arguments, and a lock that names it."""
    folder.mkdir()
    wheel = folder / "uv-1.0-py3-none-any.whl"
    files = {
        "uv_program.py": A_UV_THAT_RECORDS,
        "uv-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n",
        "uv-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "uv-1.0.dist-info/entry_points.txt": "[console_scripts]\nuv = uv_program:main\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        record = ""
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(text.encode())}\n"
        archive.writestr("uv-1.0.dist-info/RECORD", record + "uv-1.0.dist-info/RECORD,,\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"other==2.0 \\\n    --hash=sha256:aa\nuv==1.0 \\\n    --hash=sha256:{digest}\n    # via portal\n")
    return folder


def test_pip_installs_the_uv_of_the_lock_and_its_settings_reach_uv(machine: Machine, python: Path, lock: Path) -> None:
    """pip finds uv where its own configuration file says."""
    record = machine.folder / "record"
    (machine.home / ".config/pip").mkdir(parents=True)
    (machine.home / ".config/pip/pip.conf").write_text(
        f"[global]\nindex-url = https://index.example/simple\n"
        f"[install]\nno-index = true\nfind-links = {index_of_uv(machine.folder / 'wheels', lock)}\n"
    )
    environment = machine.folder / "environment"
    answer = update(machine, python, environment, lock, RECORD=str(record))
    assert answer.returncode == 0, answer.stderr
    (ran,) = record.read_text().splitlines()
    assert ran.startswith("pip sync --quiet --require-hashes")
    assert ran.endswith(f"{lock} --no-index https://index.example/simple")


@pytest.mark.parametrize(("variable", "compiles"), [("1", True), ("", False)])
def test_packages_are_compiled_where_python_keeps_no_bytecode(
    machine: Machine, python: Path, lock: Path, variable: str, *, compiles: bool
) -> None:
    record = machine.folder / "record"
    uv = machine.program("uv", f'echo "$@" >>"{record}"')
    answer = update(machine, python, machine.folder / "environment", lock, UV=str(uv), PYTHONDONTWRITEBYTECODE=variable)
    assert answer.returncode == 0, answer.stderr
    assert ("--compile-bytecode" in record.read_text()) == compiles


def test_a_uv_with_another_hash_is_refused(machine: Machine, python: Path, lock: Path) -> None:
    wheels = index_of_uv(machine.folder / "wheels", lock)
    lock.write_text(f"uv==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    answer = update(machine, python, machine.folder / "environment", lock, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    assert answer.returncode != 0
    assert "DO NOT MATCH THE HASHES" in answer.stderr


def test_a_lock_without_uv_is_named(machine: Machine, python: Path, lock: Path) -> None:
    answer = update(machine, python, machine.folder / "environment", lock)
    assert answer.returncode == 1
    assert f"{lock}: it does not name uv" in answer.stderr
