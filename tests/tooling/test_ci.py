""".ci/run: installs what a machine lacks, once, and then says what `make test` and `make stack-test` say."""

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
    machine.program("docker", "exit 0")
    for name in ON_PATH:
        machine.program(name, "exit 0")
    return machine


def asked(machine: Machine) -> list[str]:
    record = machine.folder / "asked"
    return record.read_text().splitlines() if record.exists() else []


def test_nothing_is_installed_where_all_is_there(machine: Machine) -> None:
    answer = machine.run(RUN)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "make test\nmake stack-test\n"
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


def without_docker(machine: Machine) -> Path:
    """A copy of .ci/run in a folder that nothing lies beside; no Docker answers."""
    machine.program("docker", "exit 1")
    run = machine.program("run", "", into=machine.folder / "checkout/.ci")
    run.write_text(RUN.read_text())
    return run


def test_without_docker_it_says_so_after_the_other_tests(machine: Machine) -> None:
    answer = machine.run(without_docker(machine))
    assert answer.returncode == 1
    assert answer.stdout.endswith("make test\n")
    assert "The stack test needs Docker, and none answers" in answer.stderr


def test_a_command_of_one_s_own_starts_docker(machine: Machine) -> None:
    run = without_docker(machine)
    command = machine.program("start-docker", "echo started")
    answer = machine.run(run, STANDINS=str(command))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith("make test\nstarted\nmake stack-test\n")


def test_one_that_lies_beside_starts_docker(machine: Machine) -> None:
    run = without_docker(machine)
    machine.program("up", "echo started", into=machine.folder / "shared/standins")
    answer = machine.run(run)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith("make test\nstarted\nmake stack-test\n")


def test_where_docker_answers_nothing_starts_it(machine: Machine) -> None:
    answer = machine.run(RUN, STANDINS="/no/such/command")
    assert answer.returncode == 0, answer.stderr


def test_a_docker_that_cannot_be_started_fails_it(machine: Machine) -> None:
    command = machine.program("start-docker", "exit 3")
    answer = machine.run(without_docker(machine), STANDINS=str(command))
    assert answer.returncode == 3
    assert "make stack-test" not in answer.stdout
