""".ci/run: installs what a machine lacks, once, and then says what `make test` says."""

from pathlib import Path

import pytest

from tests.tooling.machines import REPOSITORY, Machine

RUN = REPOSITORY / ".ci" / "run"
# Those that Debian keeps out of PATH are looked for where Debian puts them, so this machine's own may be found.
ON_PATH = ["git", "chromium", "redis-server", "memcached", "rabbitmqctl", "initdb"]


@pytest.fixture
def machine(machine: Machine, python: Path) -> Machine:
    (machine.programs / "python3").symlink_to(python)
    machine.program("make", 'echo "make $*"; exit ${STATUS:-0}')
    machine.program("apt-get", f'echo "$@" >>"{machine.folder}/asked"')
    machine.program("sudo", 'shift; exec "$@"')
    for name in ON_PATH:
        machine.program(name, "exit 0")
    return machine


def asked(machine: Machine) -> list[str]:
    record = machine.folder / "asked"
    return record.read_text().splitlines() if record.exists() else []


def test_nothing_is_installed_where_all_is_there(machine: Machine) -> None:
    answer = machine.run(RUN)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "make test\n"
    assert asked(machine) == []


def test_what_is_missing_is_installed_in_one_go(machine: Machine) -> None:
    for name in ["redis-server", "memcached"]:
        (machine.programs / name).unlink()
    answer = machine.run(RUN)
    assert answer.returncode == 0, answer.stderr
    update, install = asked(machine)
    assert update.startswith("update")
    assert {"install", "--yes", "--no-install-recommends", "redis-server", "memcached"} <= set(install.split())
    assert "chromium" not in install


def test_another_chromium_will_do(machine: Machine) -> None:
    (machine.programs / "chromium").rename(machine.programs / "google-chrome")
    assert machine.run(RUN).returncode == 0
    assert asked(machine) == []


def test_without_apt_it_says_what_is_missing(machine: Machine) -> None:
    (machine.programs / "redis-server").unlink()
    (machine.programs / "apt-get").unlink()
    answer = machine.run(RUN)
    assert answer.returncode == 1
    assert "Missing here: redis-server" in answer.stdout
    assert "Install them, and run this again." in answer.stderr


def test_its_status_is_that_of_the_tests(machine: Machine) -> None:
    assert machine.run(RUN, STATUS="2").returncode == 2
