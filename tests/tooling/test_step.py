"""step: prints what is done, and how long it took."""

import re

from tests.tooling.machines import SCRIPTS, Machine

STEP = SCRIPTS / "step"


def test_a_step_is_named_and_timed(machine: Machine) -> None:
    answer = machine.run(STEP, "Building", "echo", "its output")
    assert (answer.returncode, answer.stdout) == (0, "its output\n")
    assert re.fullmatch(r"Building \.\.\.\nBuilding: \d+ s\n", answer.stderr)


def test_a_step_that_fails_has_the_status_of_its_command(machine: Machine) -> None:
    answer = machine.run(STEP, "Building", "sh", "-c", "exit 3")
    assert answer.returncode == 3
    assert re.fullmatch(r"Building \.\.\.\nBuilding: failed after \d+ s\n", answer.stderr)
