"""The workflows on GitHub, the template's and a portal's, are valid and run commands that exist."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.tooling.documentation import commands_of
from tests.tooling.machines import PORTAL, REPOSITORY, Machine

WORKFLOWS = [*(REPOSITORY / ".github/workflows").glob("*.yml"), *(PORTAL / ".github/workflows").glob("*.yml")]
RUN = PORTAL / ".ci" / "run"


def owner(workflow: Path) -> Path:
    """Return the folder of the template or the portal, whichever the workflow belongs to."""
    return workflow.parents[2]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: f"{'portal' if owner(path) == PORTAL else 'template'} {path.name}")
def workflow(request: pytest.FixtureRequest) -> Path:
    return request.param


def jobs_of(workflow: Path) -> dict[str, dict]:
    return yaml.safe_load(workflow.read_text())["jobs"]


def test_a_workflow_has_githubs_schema(workflow: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_workflow_runs_commands_that_exist(workflow: Path) -> None:
    folder = owner(workflow)
    known = commands_of(folder / "Makefile")
    commands = [step["run"] for job in jobs_of(workflow).values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        program, *words = command.removeprefix("bash ").split()
        if program == "make":
            assert words[0] in known, command
        else:
            assert (folder / program).exists(), command


def test_a_job_has_a_time_limit_and_a_token_for_what_it_changes(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
    for name, job in jobs_of(workflow).items():
        assert job["timeout-minutes"] <= 90, name
        checkout = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@"))
        keeps_token = checkout.get("with", {}).get("persist-credentials", True)
        assert keeps_token == ("permissions" in job), f"{name}: only a job that pushes keeps the token"


def test_a_portals_workflow_is_not_rendered(generate: Callable[..., Path]) -> None:
    portal = generate()
    for name in (".github/workflows/portal.yml", ".ci/run", ".ci/pull-request"):
        assert (portal / name).read_bytes() == (PORTAL / name).read_bytes()
        assert (portal / name).stat().st_mode == (PORTAL / name).stat().st_mode


def test_the_script_runs_the_commands_of_the_workflow(machine: Machine) -> None:
    """Together, its two kinds of run have every make command of the workflow."""
    machine.program("make", 'echo "make $*"')
    printed = machine.run(RUN).stdout + machine.run(RUN, "weekly").stdout
    (workflow,) = (PORTAL / ".github/workflows").glob("*.yml")
    commands = [step["run"] for job in jobs_of(workflow).values() for step in job["steps"] if "run" in step]
    ran = set(re.findall(r"(?m)^(make [a-z-]+.*)$", printed))
    assert ran == {command for command in commands if command.startswith("make ")}


def test_the_script_fails_when_a_command_fails_and_runs_the_others(machine: Machine) -> None:
    machine.program("make", 'echo "make $*"; [ "$1" != lint ]')
    done = machine.run(RUN)
    assert done.returncode == 1
    assert re.search(r"FAILED +\d+ s  make lint\n.*passed +\d+ s  make test\n", done.stdout, re.DOTALL)


def test_the_script_refuses_what_it_does_not_know(machine: Machine) -> None:
    done = machine.run(RUN, "monthly")
    assert (done.returncode, done.stderr) == (2, ".ci/run: found monthly, allowed is nothing or weekly\n")


def test_a_pull_request_has_the_changes_and_replaces_the_one_before(machine: Machine, tmp_path: Path) -> None:
    script = machine.program("pull-request", "", into=tmp_path / "portal/.ci")
    script.write_text((PORTAL / ".ci/pull-request").read_text())
    (machine.programs / "git").symlink_to(shutil.which("git"))
    machine.program("gh", f'echo "gh $*" >>"{tmp_path}/calls"; [ "$2" != view ]')
    portal, origin = tmp_path / "portal", tmp_path / "origin.git"

    def git(*words: str) -> str:
        options = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        return subprocess.run(["git", *options, *words], cwd=portal, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    git("init", "--quiet", "--bare", str(origin))
    git("remote", "add", "origin", str(origin))
    (portal / "requirements.lock").write_text("django==1\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "The portal")
    assert "Nothing has changed." in machine.run(script, "Move").stdout
    for version in (2, 3):
        git("switch", "--quiet", "main")
        (portal / "requirements.lock").write_text(f"django=={version}\n")
        done = machine.run(script, "Move")
        assert done.returncode == 0, done.stderr
        assert git("ls-remote", "origin", "roll").split()[0] == git("rev-parse", "roll").strip()
        assert git("log", "--format=%s", "main..roll") == "Move\n"
    assert "gh pr create --head roll --title Move" in (tmp_path / "calls").read_text()
