"""Both Makefiles: their commands, and a second run that skips finished steps. Fake tools record their calls."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tooling.machines import PORTAL, REPOSITORY, SCRIPTS, Machine, settle

NOTHING = "no such call"
# These commands are a contract.
TEMPLATE_TARGETS = [
    "help",
    "demo",
    "test",
    "test-all",
    "stack-test",
    "bench",
    "lint",
    "audit",
    "sbom",
    "roll",
    "drills",
    "docs",
]
PORTAL_TARGETS = [
    "help",
    "dev",
    "up",
    "deploy",
    "restart",
    "maintenance",
    "certificate",
    "stack-deploy",
    "down",
    "logs",
    "test",
    "stack-test",
    "language",
    "lint",
    "format",
    "app",
    "add",
    "lock",
    "install",
    "uninstall",
    "maintainer",
    "migrations",
    "task",
    "messages",
    "demo-as",
    "reference",
    "doctor",
    "roll",
    "upgrade-database",
    "backup",
    "restore",
    "restore-drill",
    "roll-back",
    "template-update",
    "template-link",
    "audit",
    "sbom",
]


INSTALL_PACKAGES = "npm ci --prefer-offline --no-audit --no-fund --loglevel error"
FOR_BUILD = "--omit dev --omit optional"
PAGES = "python -m core.plugins.page_files packages/pages"
INSTALL = "fake-python infrastructure/development/environment.py"


def targets(makefile: Path) -> dict[str, str]:
    """Target → its one line of help."""
    return dict(re.findall(r"(?m)^([a-z-]+):.*?## (.*)$", makefile.read_text()))


def fake_tools(machine: Machine, folder: Path, scripts: Path, *, answer: str = "") -> None:
    """Give `folder` fake tools, in place of those in `scripts` and of its Python environment.

    Only tools/side_by_side.py is real. The locks match, unless $MISMATCH is 1. Each other tool records its
    arguments in the file that $RECORD names, and fails when its name and arguments hold $FAILING. `answer` is what
    Python prints for tools/generate.py.
    """
    record = 'echo "$(basename "$0") $*" >>"${RECORD:-record}"'
    fail = f'case "$(basename "$0") $*" in *"${{FAILING:-{NOTHING}}}"*) exit 1 ;; esac'
    side_by_side = f'tools/side_by_side.py) exec {sys.executable} "$@" ;;'
    generate = f'case $1 in tools/generate.py) echo "{answer}"; exit ;; {side_by_side} esac'
    seed = 'case "$2" in seed) touch var/database.sqlite3 ;; esac'
    tool = machine.program("fake-tool", f"{generate}\n{record}\n{seed}\n{fail}")
    links = "\n".join(f'ln -sf {tool} "$2/bin/{name}"' for name in ["python", "lint-imports", "mypy", "shellcheck"])
    check = 'case "$1" in */lock_sources.py) exit "${MISMATCH:-0}" ;; esac'
    python = machine.program("fake-python", f'{check}\n{record}\nmkdir -p "$2/bin"\n{links}\n')
    machine.program("find-python", f"echo '{python}'", into=scripts)
    machine.program("find-node", "echo /the/node", into=scripts)
    made = "mkdir -p node_modules frontend/build; touch frontend/build/index.html"
    machine.program("npm", f"{record}\n{made}\n{fail}", into=scripts)
    settle(*(path for path in folder.rglob("*") if path.is_file()))


@pytest.fixture
def portal(portal_folder: Callable[..., Path], machine: Machine) -> Path:
    """The files around a portal's code, with fake tools."""
    folder = portal_folder()
    fake_tools(machine, folder, folder / "infrastructure" / "development")
    return folder


@pytest.fixture
def template(portal_folder: Callable[..., Path], machine: Machine) -> Path:
    """The files around the template's code, with fake tools and a portal that records what is made in it."""
    folder = machine.folder / "template"
    scripts = folder / SCRIPTS.relative_to(REPOSITORY)
    shutil.copytree(SCRIPTS, scripts)
    shutil.copy(REPOSITORY / "Makefile", folder)
    (folder / "tools").mkdir()
    shutil.copy(REPOSITORY / "tools" / "side_by_side.py", folder / "tools")
    (folder / "requirements.lock").touch()
    (folder / "CHANGELOG.md").touch()
    for name in ["benchmarks", "docs", "{{cookiecutter.project_slug}}/docs"]:
        (folder / name).mkdir()
    for name in ["one", "two"]:
        (folder / f"benchmarks/{name}.py").touch()
    portal = portal_folder()
    fail = f'case "$@" in "$${{FAILING:-{NOTHING}}}") exit 1 ;; esac'
    (portal / "Makefile").write_text(f'%:\n\t@echo "portal: $@" >>"$$RECORD"; {fail}\n')
    fake_tools(machine, folder, scripts, answer=str(portal))
    assert machine.run("make", ".venv", folder=folder).returncode == 0
    steps(folder)
    return folder


def steps(folder: Path) -> list[str]:
    """Return the calls recorded since the last time."""
    record = folder / "record"
    lines = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return lines


def build(machine: Machine, portal: Path) -> None:
    """Finish every step, some time ago."""
    for target in ["node_modules", "frontend/build"]:
        assert machine.run("make", target, folder=portal).returncode == 0
    settle(portal / ".venv/.installed", seconds=10)
    settle(portal / "node_modules/.installed", seconds=20)
    settle(portal / "node_modules/.frontend", seconds=20)
    settle(portal / "frontend/build/index.html", seconds=30)
    steps(portal)


@pytest.mark.parametrize(
    ("makefile", "promised"),
    [(REPOSITORY / "Makefile", TEMPLATE_TARGETS), (PORTAL / "Makefile", PORTAL_TARGETS)],
    ids=["template", "portal"],
)
def test_help_lists_each_promised_command_in_a_line(machine: Machine, makefile: Path, promised: list[str]) -> None:
    assert sorted(targets(makefile)) == sorted(promised)
    output = machine.run("make", "-f", makefile).stdout
    assert [line.split()[1] for line in output.splitlines() if line.startswith("  make ")] == list(targets(makefile))


@pytest.mark.parametrize("makefile", [REPOSITORY / "Makefile", PORTAL / "Makefile"], ids=["template", "portal"])
def test_a_folder_with_a_space_is_refused_with_its_name(machine: Machine, makefile: Path) -> None:
    folder = machine.folder / "my portal"
    folder.mkdir()
    answer = machine.run("make", "-f", makefile, folder=folder)
    assert answer.returncode == 2
    assert f"make cannot work in a folder with a space in its path: {folder}" in answer.stderr


def test_dev_installs_migrates_and_serves(machine: Machine, portal: Path) -> None:
    answer = machine.run("make", "dev", "PORT=8123", folder=portal)
    assert answer.returncode == 0, answer.stderr
    assert steps(portal) == [
        f"{INSTALL} .venv requirements-development.lock",
        PAGES,
        INSTALL_PACKAGES,
        "python manage.py migrate --no-input",
        "python manage.py develop --port 8123",
    ]


def test_a_second_run_skips_finished_steps(machine: Machine, portal: Path) -> None:
    machine.run("make", "serve", folder=portal)
    assert any(line.startswith("npm run build") for line in steps(portal))
    machine.run("make", "serve", folder=portal)
    assert steps(portal) == [
        "python manage.py develop --built --seed --port 8000",
    ]


def test_a_build_alone_installs_the_packages_that_it_needs(machine: Machine, portal: Path) -> None:
    assert machine.run("make", "serve", folder=portal).returncode == 0
    ran = steps(portal)
    assert f"{INSTALL_PACKAGES} {FOR_BUILD}" in ran
    assert INSTALL_PACKAGES not in ran
    assert "npm run build -- --env quick" in ran
    machine.run("make", "test", folder=portal)
    assert INSTALL_PACKAGES in steps(portal)


@pytest.mark.parametrize("targets", [["node_modules", "frontend/build"], ["frontend/build", "test"]])
def test_a_build_uses_all_packages_where_they_are_installed(machine: Machine, portal: Path, targets: list[str]) -> None:
    assert machine.run("make", *targets, folder=portal).returncode == 0
    assert [step for step in steps(portal) if step.startswith("npm ci")] == [INSTALL_PACKAGES]
    machine.run("make", "frontend/build", folder=portal)
    assert [step for step in steps(portal) if step.startswith("npm ci")] == []


def test_serve_shows_each_step_with_its_time(machine: Machine, portal: Path) -> None:
    answer = machine.run("make", "serve", folder=portal)
    for step in [
        "Installing the Python packages (requirements-development.lock)",
        "Installing the frontend packages",
        "Building the frontend",
        "Creating the tables and the demo content",
    ]:
        assert f"{step} ...\n" in answer.stderr
        assert re.search(rf"^{re.escape(step)}: \d+ s$", answer.stderr, re.MULTILINE)


def test_serve_creates_the_database_once(machine: Machine, portal: Path) -> None:
    seed = "python manage.py seed --migrate"
    machine.run("make", "serve", folder=portal)
    assert seed in steps(portal)
    machine.run("make", "serve", folder=portal)
    assert seed not in steps(portal)
    (portal / "var/database.sqlite3").unlink()
    machine.run("make", "serve", folder=portal)
    assert seed in steps(portal)


def test_a_step_that_fails_ends_serve(machine: Machine, portal: Path) -> None:
    calls, output, status = run_in(machine, portal, "serve", failing="npm run build")
    assert status != 0
    assert re.search(r"^Building the frontend: failed after \d+ s$", output, re.MULTILINE)
    assert not any("manage.py develop" in call for call in calls)


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements-development.lock", [f"{INSTALL} .venv requirements-development.lock", PAGES]),
        ("package-lock.json", [INSTALL_PACKAGES, "npm run build"]),
        ("frontend/index.js", ["npm run build"]),
    ],
)
def test_a_step_runs_again_when_its_files_change(
    machine: Machine, portal: Path, changed: str, again: list[str]
) -> None:
    build(machine, portal)
    (portal / changed).touch()
    machine.run("make", "frontend/build", folder=portal)
    assert steps(portal) == again
    machine.run("make", "frontend/build", folder=portal)
    assert steps(portal) == []


def test_the_page_of_a_new_app_is_built(machine: Machine, portal: Path) -> None:
    build(machine, portal)
    (portal / "apps/library/frontend").mkdir(parents=True)
    (portal / "apps/library/frontend/index.jsx").touch()
    machine.run("make", "frontend/build", folder=portal)
    assert steps(portal) == ["npm run build"]


def test_a_removed_app_is_no_longer_built(machine: Machine, portal: Path) -> None:
    page = portal / "apps/library/frontend/index.jsx"
    page.parent.mkdir(parents=True)
    page.touch()
    settle(page)
    build(machine, portal)
    page.unlink()
    machine.run("make", "frontend/build", folder=portal)
    assert steps(portal) == ["npm run build"]


def test_the_environment_can_be_in_another_folder(machine: Machine, portal: Path) -> None:
    elsewhere = machine.folder / "elsewhere"
    machine.run("make", f"VENV={elsewhere}", "maintainer", folder=portal)
    ran = steps(portal)
    assert ran[0] == f"{INSTALL} {elsewhere} requirements-development.lock"
    assert ran[-1] == "python manage.py makemaintainer --port 8000"
    assert not (portal / ".venv").exists()


@pytest.mark.parametrize(("options", "arguments"), [([], "library"), (["kind=api"], "library --kind api")])
def test_app_creates_the_app(machine: Machine, portal: Path, options: list[str], arguments: str) -> None:
    machine.run("make", "app", "name=library", *options, folder=portal)
    assert f"python manage.py createapp {arguments}" in steps(portal)


def test_createapp_gets_the_name_as_it_was_typed(machine: Machine, portal: Path) -> None:
    """It refuses a name that cannot work, and says why."""
    machine.run("make", "app", "name=it's", folder=portal)
    assert "python manage.py createapp it's" in steps(portal)


def test_an_app_without_a_name_is_refused_with_an_example(machine: Machine, portal: Path) -> None:
    answer = machine.run("make", "app", folder=portal)
    assert answer.returncode != 0
    assert "make app name=library" in answer.stderr


def test_a_failed_step_runs_again(machine: Machine, portal: Path) -> None:
    npm = portal / "infrastructure/development/npm"
    working = npm.read_text()
    npm.write_text("#!/bin/sh\nmkdir -p node_modules\nexit 1\n")
    assert machine.run("make", "node_modules", folder=portal).returncode != 0
    npm.write_text(working)
    settle(npm)
    steps(portal)
    assert machine.run("make", "node_modules", folder=portal).returncode == 0
    assert steps(portal) == [INSTALL_PACKAGES]


PORTAL_TESTS = ["python -m pytest", "npm test"]
PORTAL_CHECKS = [
    "python -m ruff check .",
    "python -m ruff format --check .",
    "lint-imports",
    "mypy",
    "python manage.py check",
    "python manage.py makemigrations --check --dry-run",
    "python manage.py makemessages --check",
    "shellcheck",
    "npm run lint",
]
PORTAL_CORRECTIONS = [
    "python -m ruff check --fix .",
    "python -m ruff format .",
    "npm run lint:fix",
    "npm run format",
]


def run_in(machine: Machine, folder: Path, *command: str, failing: str = NOTHING) -> tuple[list[str], str, int]:
    """Run make and return the recorded calls, the output and the status."""
    answer = machine.run("make", *command, folder=folder, RECORD=str(folder / "record"), FAILING=failing)
    return steps(folder), answer.stdout + answer.stderr, answer.returncode


def assert_all_ran(calls: list[str], expected: list[str]) -> None:
    assert [one for one in expected if not any(call.startswith(one) for call in calls)] == []


@pytest.mark.parametrize(
    ("command", "expected"), [("test", PORTAL_TESTS), ("lint", PORTAL_CHECKS), ("format", PORTAL_CORRECTIONS)]
)
def test_a_portals_command_runs_everything_before_it_fails(
    machine: Machine, portal: Path, command: str, expected: list[str]
) -> None:
    machine.run("make", ".venv", "node_modules", folder=portal)
    for failing in [NOTHING, *expected]:
        calls, output, status = run_in(machine, portal, command, failing=failing)
        assert_all_ran(calls, expected)
        assert (status != 0) == (failing != NOTHING)
        assert output.count("  FAILED  ") == (failing != NOTHING)
        assert output.count("  passed  ") == len(expected) - (failing != NOTHING)


def test_the_tests_of_one_app_run_alone(machine: Machine, portal: Path) -> None:
    run_in(machine, portal, ".venv", "node_modules")
    tests = portal / "apps" / "library" / "tests"
    tests.mkdir(parents=True)
    calls, _, _ = run_in(machine, portal, "test", "app=library")
    assert calls == ["npm test -- apps/library/"]  # pytest fails if it finds no test
    (tests / "test_app.py").touch()
    calls, _, _ = run_in(machine, portal, "test", "app=library")
    assert calls == ["python -m pytest apps/library/", "npm test -- apps/library/"]
    calls, output, status = run_in(machine, portal, "test", "app=libary")
    assert (calls, status) == ([], 2)
    assert "there is no libary in apps/ or services/" in output


def test_the_texts_of_one_app_are_collected_alone(machine: Machine, portal: Path) -> None:
    (portal / "apps" / "library").mkdir(parents=True)
    run_in(machine, portal, ".venv", "node_modules")
    calls, _, _ = run_in(machine, portal, "messages", "app=library")
    assert calls == ["npm run --silent catalogues", "python manage.py makemessages --app library"]
    assert (portal / "apps" / "library" / "locale").is_dir()
    calls, output, status = run_in(machine, portal, "messages", "app=libary")
    assert (calls, status) == ([], 2)
    assert "there is no libary in apps/ or services/" in output


def test_migrations_are_written_for_one_app_or_all_and_then_applied(machine: Machine, portal: Path) -> None:
    run_in(machine, portal, ".venv")
    for options, labels in (([], ""), (["app=library"], " library")):
        calls, _, _ = run_in(machine, portal, "migrations", *options)
        assert calls == [f"python manage.py makemigrations{labels}", "python manage.py migrate --no-input"]


USE_THE_ENVIRONMENT = ["dev", "test", "lint", "app", "migrations", "task", "embedded-doctor", "audit", "frontend/build"]


@pytest.mark.parametrize("target", USE_THE_ENVIRONMENT)
def test_nothing_runs_with_a_lock_that_does_not_match(machine: Machine, portal: Path, target: str) -> None:
    build(machine, portal)
    answer = machine.run("make", target, "name=library", folder=portal, MISMATCH="1")
    assert answer.returncode == 2
    assert steps(portal) == []


def test_a_lock_that_does_not_match_is_made_again(machine: Machine, portal: Path) -> None:
    build(machine, portal)
    lock = "python infrastructure/development/make_locks.py --environment .venv --make make"
    roll = "python -m infrastructure.rolling --environment .venv --make make roll"
    for target, ran in (("lock", lock), ("roll", roll)):
        assert machine.run("make", target, folder=portal, MISMATCH="1").stderr == ""
        assert steps(portal) == [ran]
    for target in ("install", "uninstall"):
        machine.run("make", target, "app=library", folder=portal, MISMATCH="1")
        program = "python infrastructure/development/install_app.py --environment .venv --make make"
        assert steps(portal) == [f"{program} --{target} library"]
    # The program has made the locks match, so this checks them again. The program here has not.
    add = ["add", "app=library", "python=a>=1", "npm=b"]
    assert machine.run("make", *add, folder=portal, MISMATCH="1").returncode == 2
    assert steps(portal) == [f"{lock} --app library --python a>=1 --npm b"]
    assert machine.run("make", *add, folder=portal).returncode == 0


def test_a_task_is_run_or_all_are_listed(machine: Machine, portal: Path) -> None:
    run_in(machine, portal, ".venv")
    assert run_in(machine, portal, "task")[0] == ["python manage.py tasks"]
    calls, _, _ = run_in(machine, portal, "task", "name=polls.close_due")
    assert calls == ["python manage.py tasks --run polls.close_due"]


TEMPLATE_SUITES = [
    "python -m ruff check .",
    "python -m ruff format --check .",
    "shellcheck",
    "python -m sphinx",
    "python -m pytest -m not long --numprocesses auto tests/template tests/tooling",
    "portal: lint",
    "portal: test",
    "portal: frontend/build",
    "python -m pytest -m not long --numprocesses 2 --dist loadscope --no-loadscope-reorder tests/portal tests/browser",
    "python -m pytest -m not long tests/demo",
]


@pytest.mark.parametrize(
    ("command", "expected", "failing"),
    [
        ("test", TEMPLATE_SUITES, "ruff check"),
        ("test", TEMPLATE_SUITES, "sphinx"),
        ("test", TEMPLATE_SUITES, "tests/template"),
        ("test", TEMPLATE_SUITES, "lint"),
        ("test", TEMPLATE_SUITES, "tests/portal"),
        ("test", TEMPLATE_SUITES, "tests/demo"),
        ("lint", ["python -m ruff check .", "shellcheck", "portal: lint"], "ruff check"),
        ("bench", ["python benchmarks/one.py", "python benchmarks/two.py"], "one.py"),
    ],
)
def test_the_templates_command_runs_everything_before_it_fails(
    machine: Machine, template: Path, command: str, expected: list[str], failing: str
) -> None:
    calls, _, status = run_in(machine, template, command)
    assert_all_ran(calls, expected)
    assert status == 0
    calls, output, status = run_in(machine, template, command, failing=failing)
    assert_all_ran(calls, expected)
    assert status != 0
    assert "  FAILED  " in output


def test_the_environment_of_the_portal_is_installed_before_parts_that_use_it_side_by_side(
    machine: Machine, template: Path
) -> None:
    calls, _, status = run_in(machine, template, "test")
    assert (calls[0], status) == ("portal: .venv", 0)
    calls, _, status = run_in(machine, template, "test", failing=".venv")
    assert (calls, status != 0) == (["portal: .venv"], True)


def test_one_benchmark_can_be_run_alone(machine: Machine, template: Path) -> None:
    calls, _, status = run_in(machine, template, "bench", "BENCHMARK=two")
    assert (calls, status) == (["python benchmarks/two.py"], 0)


def pytest_runs(machine: Machine, template: Path, *command: str) -> list[list[str]]:
    """Return the arguments of each run of pytest."""
    calls, output, status = run_in(machine, template, *command)
    assert status == 0, output
    return [call.split("pytest ")[1].split(" ") for call in calls if call.startswith("python -m pytest ")]


def folders_of_tests() -> set[str]:
    return {f"tests/{path.parent.name}" for path in REPOSITORY.glob("tests/*/test_*.py")}


def test_every_test_runs_in_make_test_or_in_make_test_all(machine: Machine, template: Path) -> None:
    """Both select by the same marker: one the tests without it, the other those with it, from the same folders."""
    short = pytest_runs(machine, template, "test")
    assert all(run[:3] == ["-m", "not", "long"] for run in short)
    named = [word for run in short for word in run if word.startswith("tests")]
    elsewhere = {"tests/stack", "tests/drills"}  # make stack-test and make drills
    assert sorted(named) == sorted(folders_of_tests() - elsewhere)

    (long,) = pytest_runs(machine, template, "test-all", "SKIP=test")
    assert long[:2] == ["-m", "long"]
    assert long[-3:] == ["--ignore", "tests/stack", "tests"]

    assert pytest_runs(machine, template, "stack-test") == [["tests/stack", "--ignore", "tests/stack/drills"]]
    assert pytest_runs(machine, template, "drills") == [["tests/drills", "tests/stack/drills"]]


def test_make_test_all_runs_what_make_test_runs_and_the_long_tests(machine: Machine, template: Path) -> None:
    tests, _, _ = run_in(machine, template, "test")
    long, _, _ = run_in(machine, template, "test-all", "SKIP=test")
    assert sorted(run_in(machine, template, "test-all")[0]) == sorted(tests + long)


def test_make_test_all_runs_everything_before_it_fails(machine: Machine, template: Path) -> None:
    long, _, _ = run_in(machine, template, "test-all", "SKIP=test")
    calls, _, status = run_in(machine, template, "test-all", failing="sphinx")
    assert status != 0
    assert_all_ran(calls, long)


def test_another_value_of_skip_is_refused(machine: Machine, template: Path) -> None:
    calls, output, status = run_in(machine, template, "test-all", "SKIP=lint")
    assert (calls, status) == ([], 2)
    assert "SKIP=lint" in output
    assert "allowed is SKIP=test" in output
