"""find-python: the Python that it finds on each kind of machine, or the message that it prints."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tooling.machines import SCRIPTS, Machine

FIND_PYTHON = SCRIPTS / "find-python"
TOO_OLD = 'case $1 in --version) echo "Python 3.11.2";; *) exit 1;; esac'
A_FAILING_SHIM = 'echo "pyenv: python3.13: command not found" >&2; exit 127'


def without(module: str, machine: Machine, python: Path, name: str) -> Path:
    """Add a program `name` that is `python` without `module`, as if it was not installed or not built."""
    folder = machine.folder / f"without-{module}"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        f"import importlib.util as util\nfind = util.find_spec\n"
        f"util.find_spec = lambda name, *rest: None if name == {module!r} else find(name, *rest)\n"
    )
    return machine.program(name, f"PYTHONPATH='{folder}' exec '{python}' \"$@\"")


def is_new_enough(answer: subprocess.CompletedProcess) -> bool:
    check = "import sys, venv; sys.exit(sys.version_info < (3, 12))"
    return subprocess.run([answer.stdout.strip(), "-c", check]).returncode == 0


def test_a_new_python3_is_found(machine: Machine, python: Path) -> None:
    (machine.programs / "python3").symlink_to(python)
    answer = machine.run(FIND_PYTHON)
    assert is_new_enough(answer), answer.stderr
    assert answer.stderr == ""


def test_a_python_with_a_version_in_its_name_is_found_beside_an_old_python3(machine: Machine, python: Path) -> None:
    machine.program("python3", TOO_OLD)
    (machine.programs / "python3.12").symlink_to(python)
    assert is_new_enough(machine.run(FIND_PYTHON))


def test_a_version_of_pyenv_is_found_behind_shims_that_fail(machine: Machine, python: Path) -> None:
    for name in ["python3.13", "python3", "python"]:
        machine.program(name, A_FAILING_SHIM)
    for version, text in {"3.9.18": TOO_OLD, "3.12.1": f"exec '{python}' \"$@\""}.items():
        machine.program("python", text, into=machine.home / ".pyenv" / "versions" / version / "bin")
    answer = machine.run(FIND_PYTHON)
    assert is_new_enough(answer), answer.stderr
    assert "shims" not in answer.stdout


def test_pyenv_is_found_where_pyenv_root_says(machine: Machine, python: Path) -> None:
    (machine.folder / "elsewhere/versions/3.13.0/bin").mkdir(parents=True)
    (machine.folder / "elsewhere/versions/3.13.0/bin/python").symlink_to(python)
    assert is_new_enough(machine.run(FIND_PYTHON, PYENV_ROOT=str(machine.folder / "elsewhere")))


def test_a_python_that_uv_knows_is_found(machine: Machine, python: Path) -> None:
    machine.program("uv", f'[ "$1 $2" = "python find" ] && echo "{python}"')
    answer = machine.run(FIND_PYTHON)
    assert is_new_enough(answer), answer.stderr


def test_uv_installs_a_python_when_there_is_none(machine: Machine, python: Path) -> None:
    installed = machine.folder / "installed"
    machine.program(
        "uv",
        f'case "$*" in "python install"*) touch {installed} ;;'
        f' "python find"*--managed-python*) [ -e {installed} ] && echo "{python}" ;; *) exit 1 ;; esac',
    )
    answer = machine.run(FIND_PYTHON)
    assert is_new_enough(answer), answer.stderr
    assert "installing one with uv" in answer.stderr


def test_the_message_says_what_to_install(machine: Machine) -> None:
    machine.program("python3", TOO_OLD)
    answer = machine.run(FIND_PYTHON)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "found    Python 3.11.2" in answer.stderr
    assert "allowed  Python 3.12 or newer" in answer.stderr
    assert "sudo apt install python3 python3-venv" in answer.stderr


def test_the_message_says_that_there_is_no_python_at_all(machine: Machine) -> None:
    answer = machine.run(FIND_PYTHON)
    assert answer.returncode == 1
    assert "found    no python3 at all" in answer.stderr


def test_the_message_names_the_package_that_debian_lacks(machine: Machine, python: Path) -> None:
    without("ensurepip", machine, python, "python3")
    answer = machine.run(FIND_PYTHON)
    assert (answer.returncode, answer.stdout) == (1, "")
    version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.split()[1]
    package = f"python{'.'.join(version.split('.')[:2])}-venv"
    assert f"sudo apt install {package}" in answer.stderr


def test_uv_installs_a_python_when_debians_has_no_venv(machine: Machine, python: Path) -> None:
    bare = without("ensurepip", machine, python, "python3")
    machine.program("uv", f'case "$*" in *--managed-python*) echo "{python}" ;; *) echo "{bare}" ;; esac')
    assert is_new_enough(machine.run(FIND_PYTHON))


def test_the_python_of_an_environment_that_exists_comes_first(machine: Machine, python: Path) -> None:
    environment = machine.folder / "environment"
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    machine.program("python3.14", "exit 1")
    answer = machine.run(FIND_PYTHON, environment)
    assert is_new_enough(answer), answer.stderr
    assert not answer.stdout.startswith(str(environment))


def test_a_python_without_sqlite_is_not_used(machine: Machine, python: Path) -> None:
    without("_sqlite3", machine, python, "python3.13")
    answer = machine.run(FIND_PYTHON)
    assert answer.returncode == 1
    assert "was built without sqlite3" in answer.stderr
    (machine.programs / "python3").symlink_to(python)
    assert is_new_enough(machine.run(FIND_PYTHON))


def test_python_names_the_python_to_use(machine: Machine, python: Path) -> None:
    assert is_new_enough(machine.run(FIND_PYTHON, PYTHON=str(python)))


def test_an_old_python_in_python_is_refused_by_name(machine: Machine, python: Path) -> None:
    (machine.programs / "python3.13").symlink_to(python)
    machine.program("python3", TOO_OLD)
    answer = machine.run(FIND_PYTHON, PYTHON="python3")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "found    python3: Python 3.11.2" in answer.stderr


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_any_shell_can_run_it(machine: Machine, python: Path, shell: str) -> None:
    path = next((Path(folder) / shell for folder in os.get_exec_path() if (Path(folder) / shell).exists()), None)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    (machine.programs / "python3").symlink_to(python)
    assert is_new_enough(machine.run(path, FIND_PYTHON))
