""".ci/run: installs the programs that a machine lacks, then runs every test, each once."""

from pathlib import Path

import pytest

from tests.tooling.machines import REPOSITORY, Machine

RUN = REPOSITORY / ".ci" / "run"
# Debian keeps some of these out of PATH. .ci/run looks in their folders too, and may find those of the real machine.
TESTS = "make test\nmake test-all SKIP=test\n"
ON_PATH = ["git", "chromium", "redis-server", "memcached", "rabbitmqctl", "initdb", "nginx"]


@pytest.fixture
def machine(machine: Machine, python: Path) -> Machine:
    (machine.programs / "python3").symlink_to(python)
    machine.program("make", 'echo "make $*"; exit ${STATUS:-0}')
    machine.program("apt-get", f'echo "$@" >>"{machine.folder}/apt-get-calls"')
    machine.program("sudo", 'shift; exec "$@"')
    machine.program("docker", "exit 0")
    for name in ON_PATH:
        machine.program(name, "exit 0")
    return machine


def apt_get_calls(machine: Machine) -> list[str]:
    record = machine.folder / "apt-get-calls"
    return record.read_text().splitlines() if record.exists() else []


def test_a_machine_with_all_programs_installs_nothing(machine: Machine) -> None:
    result = machine.run(RUN)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{TESTS}make stack-test\n"
    assert apt_get_calls(machine) == []


def test_missing_packages_are_installed_together(machine: Machine) -> None:
    for name in ["redis-server", "memcached"]:
        (machine.programs / name).unlink()
    result = machine.run(RUN)
    assert result.returncode == 0, result.stderr
    update, install = apt_get_calls(machine)
    assert update.startswith("update")
    assert {"install", "--yes", "--no-install-recommends", "redis-server", "memcached"} <= set(install.split())
    assert "chromium" not in install


def test_another_chromium_is_accepted(machine: Machine) -> None:
    (machine.programs / "chromium").rename(machine.programs / "google-chrome")
    assert machine.run(RUN).returncode == 0
    assert apt_get_calls(machine) == []


def test_without_apt_the_message_names_the_missing_packages(machine: Machine) -> None:
    (machine.programs / "redis-server").unlink()
    (machine.programs / "apt-get").unlink()
    result = machine.run(RUN)
    assert result.returncode == 1
    assert "Not installed: redis-server" in result.stdout
    assert "Install these yourself, then run it again." in result.stderr


def test_its_status_is_that_of_the_tests(machine: Machine) -> None:
    assert machine.run(RUN, STATUS="2").returncode == 2


def without_docker(machine: Machine) -> Path:
    """A copy of .ci/run in a folder of its own, on a machine where Docker does not answer."""
    machine.program("docker", "exit 1")
    run = machine.program("run", "", into=machine.folder / "checkout/.ci")
    run.write_text(RUN.read_text())
    return run


def test_without_docker_the_other_tests_run_before_it_fails(machine: Machine) -> None:
    result = machine.run(without_docker(machine))
    assert result.returncode == 1
    assert result.stdout.endswith(TESTS)
    assert "The stack test needs Docker, which does not answer" in result.stderr


def test_the_command_that_is_named_starts_docker(machine: Machine) -> None:
    run = without_docker(machine)
    command = machine.program("start-docker", "echo started")
    result = machine.run(run, START_DOCKER=str(command))
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith(f"{TESTS}started\nmake stack-test\n")


def test_the_command_beside_the_folder_starts_docker(machine: Machine) -> None:
    run = without_docker(machine)
    machine.program("up", "echo started", into=machine.folder / "shared/standins")
    result = machine.run(run)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith(f"{TESTS}started\nmake stack-test\n")


def test_a_docker_that_answers_is_not_started_again(machine: Machine) -> None:
    result = machine.run(RUN, START_DOCKER="/no/such/command")
    assert result.returncode == 0, result.stderr


def test_a_docker_that_does_not_start_fails_the_run(machine: Machine) -> None:
    command = machine.program("start-docker", "exit 3")
    result = machine.run(without_docker(machine), START_DOCKER=str(command))
    assert result.returncode == 3
    assert "make stack-test" not in result.stdout
