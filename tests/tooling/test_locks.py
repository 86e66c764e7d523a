"""Locks match what they were made from, by content, and packages are added to an app or not at all."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tooling.machines import PORTAL, SCRIPTS, Machine, settle

LOCKED = "django==6.1 \\\n    --hash=sha256:aa\n"
PACKAGE = {"dependencies": {"react": "*"}}
NOT_IN_THE_LOCK = "python-slugify>=8, not in the lock"


def check(portal: Path) -> subprocess.CompletedProcess:
    program = portal / "infrastructure/development/lock_sources.py"
    return subprocess.run([sys.executable, program], capture_output=True, text=True)


@pytest.fixture
def portal(portal_folder: Callable[..., Path], machine: Machine, python: Path) -> Path:
    """A portal with matching locks. Its uv knows the packages of the file `index`, and its npm all but one."""
    folder = portal_folder()
    (folder / "pyproject.toml").write_text('[project]\ndependencies = ["django"]\n')
    (folder / "package.json").write_text(json.dumps(PACKAGE))
    for lock in ["requirements.lock", "requirements-development.lock"]:
        (folder / lock).write_text(LOCKED)
    (folder / "apps/library").mkdir(parents=True)
    (folder / "apps/library/manifest.yaml").write_text("title: Library\n")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(python)
    machine.program("uv", f"exec '{sys.executable}' {machine.folder}/uv.py \"$@\"", into=folder / ".venv/bin")
    (machine.folder / "uv.py").write_text(FAKE_UV)
    machine.program(
        "npm", f"exec '{sys.executable}' {machine.folder}/npm.py", into=folder / SCRIPTS.relative_to(PORTAL)
    )
    (machine.folder / "npm.py").write_text(FAKE_NPM)
    (folder / "index").write_text("django\npython-slugify\n")
    assert make_locks(machine, folder).returncode == 0
    assert check(folder).returncode == 0
    return folder


FAKE_UV = r"""
import sys
from pathlib import Path
*arguments, output = sys.argv[1:]
index = Path("index").read_text().split()
for file in arguments:
    names = Path(file).read_text().splitlines() if file.endswith("requirements.txt") else []
    for name in (name for name in names if not name.startswith("#")):
        if name not in index:
            sys.exit(f"Because {name} has no usable wheels, your requirements are unsatisfiable.")
        Path(output).write_text(f"{Path(output).read_text()}{name}==1.0 \\\n    --hash=sha256:aa\n")
"""
FAKE_NPM = r"""
import json, sys
from pathlib import Path
files = {str(file.parent): json.loads(file.read_text()) for file in Path().glob("apps/*/package.json")}
if "no-such" in str(files):
    sys.exit("404")
packages = {"": json.loads(Path("package.json").read_text()), **files}
Path("package-lock.json").write_text(json.dumps({"packages": packages}))
"""


def make_locks(machine: Machine, portal: Path, *options: str) -> subprocess.CompletedProcess:
    program = portal / "infrastructure/development/make_locks.py"
    return machine.run(sys.executable, program, "--environment", ".venv", *options, folder=portal)


def contents(portal: Path) -> dict[str, bytes]:
    files = [*portal.glob("*.lock"), portal / "package-lock.json", *portal.glob("apps/*/*")]
    return {str(file.relative_to(portal)): file.read_bytes() for file in files}


def test_the_locks_of_a_new_portal_match() -> None:
    assert check(PORTAL).stderr == ""


@pytest.mark.parametrize(
    ("file", "content", "found"),
    [
        ("apps/library/requirements.txt", "# slugs\npython-slugify>=8\n", NOT_IN_THE_LOCK),
        ("services/people/requirements.txt", "python-slugify>=8\n", NOT_IN_THE_LOCK),
        ("pyproject.toml", '[project]\ndependencies = ["django", "python-slugify>=8"]\n', NOT_IN_THE_LOCK),
        ("pyproject.toml", '[project]\ndependencies = ["django>=6"]\n', "a change of its packages"),
        ("apps/library/package.json", '{"dependencies": {"date-fns": "*"}}', "date-fns, not in the lock"),
        ("apps/library/package.json", "{}", "a package.json, not in the lock"),
        ("package.json", '{"dependencies": {"react": "19"}}', "a change of react"),
        ("package.json", "{", "a file that is not JSON"),
    ],
)
def test_a_file_that_the_locks_do_not_match_is_named(portal: Path, file: str, content: str, found: str) -> None:
    (portal / file).parent.mkdir(parents=True, exist_ok=True)
    (portal / file).write_text(content)
    answer = check(portal)
    assert answer.returncode == 1
    first, second, do = answer.stderr.splitlines()
    assert first.startswith(f"{file}: it does not match ")
    assert second.startswith(f"  found    {found}")
    assert do == "  do       run make lock"


def test_content_counts_and_not_the_date(portal: Path) -> None:
    settle(portal / "requirements.lock", portal / "package-lock.json")
    (portal / "apps/library/requirements.txt").write_text("# nothing yet\n\n")
    pyproject = portal / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + '[tool.ruff]\nselect = ["A"]\n')
    assert check(portal).returncode == 0


def test_packages_are_added_to_an_app_and_leave_with_its_folder(machine: Machine, portal: Path) -> None:
    before = contents(portal)
    answer = make_locks(machine, portal, "--app", "library", "--python", "python-slugify", "--npm", "date-fns")
    assert answer.returncode == 0, answer.stderr
    assert (portal / "apps/library/requirements.txt").read_text() == "python-slugify\n"
    assert json.loads((portal / "apps/library/package.json").read_text()) == {
        "name": "@apps/library",
        "private": True,
        "type": "module",
        "dependencies": {"date-fns": "*"},
    }
    assert "python-slugify==1.0" in (portal / "requirements.lock").read_text()
    assert check(portal).returncode == 0

    shutil.rmtree(portal / "apps/library")
    answer = check(portal)
    assert answer.stderr.count("the file is gone") == 2
    # The fake uv removes no package; the real one does.
    for lock in ["requirements.lock", "requirements-development.lock"]:
        (portal / lock).write_text(LOCKED)
    assert make_locks(machine, portal).returncode == 0
    assert contents(portal) == {name: content for name, content in before.items() if not name.startswith("apps/")}


def test_another_version_takes_the_place_of_the_first(machine: Machine, portal: Path) -> None:
    (portal / "apps/library/requirements.txt").write_text("# for slugs\nPython_Slugify>=8\n")
    (portal / "apps/library/package.json").write_text('{"dependencies": {"@a/b": "1", "date-fns": "*"}}')
    options = ["--app", "library", "--python", "python-slugify", "--npm", "@a/b@^2"]
    assert make_locks(machine, portal, *options).returncode == 0
    assert (portal / "apps/library/requirements.txt").read_text() == "# for slugs\npython-slugify\n"
    package = json.loads((portal / "apps/library/package.json").read_text())
    assert package == {"dependencies": {"@a/b": "^2", "date-fns": "*"}}


@pytest.mark.parametrize("options", [["--python", "docopt"], ["--npm", "no-such"]])
def test_nothing_changes_when_a_package_cannot_be_locked(machine: Machine, portal: Path, options: list[str]) -> None:
    before = contents(portal)
    answer = make_locks(machine, portal, "--app", "library", *options)
    assert answer.returncode == 1
    assert "no usable wheels" in answer.stderr or "404" in answer.stderr
    assert "Nothing was changed" in answer.stderr
    assert contents(portal) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--app", "libary", "--python", "a"], "found    libary"),
        (["--app", "", "--npm", "a"], "found    nothing"),
        (["--app", "library"], "the package is missing"),
        (["--app", "library", "--python", "--index-url=https://evil.example"], "found    --index-url"),
    ],
)
def test_a_wrong_command_is_refused_with_a_right_one(
    machine: Machine, portal: Path, options: list[str], message: str
) -> None:
    before = contents(portal)
    *options, last = options
    answer = make_locks(machine, portal, *options[:-1], f"{options[-1]}={last}")
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "  do       write " in answer.stderr
    assert contents(portal) == before
