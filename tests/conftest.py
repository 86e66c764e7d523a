"""Fixtures of all suites: a portal to generate with any answers, and one default portal that is installed and built."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from tests.support.checkout import REPOSITORY, copy_checkout
from tests.support.processes import clean_environment
from tests.support.scheduling import GroupScheduling, sort_by_length
from tools.generate import main as update_portal

KEPT = REPOSITORY / "var" / "test"
REPORTED = "reported"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> GroupScheduling | None:
    """Run the tests of a group in one process: `--dist loadscope`."""
    return GroupScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests in the processes of pytest-xdist, which start groups in this order.

    In CI, a test in a browser that fails runs once more, and the summary names it: what a browser requests, and when,
    is also decided by what else the machine does. Outside CI it fails at once. Other tests never get a second try.
    """
    if "CI" in os.environ:
        for item in items:
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.flaky(reruns=1))
    if "PYTEST_XDIST_WORKER" in os.environ:
        position = {test: n for n, test in enumerate(sort_by_length([item.nodeid for item in items]))}
        items.sort(key=lambda item: position[item.nodeid])


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`report(line)` prints a line below the tests' results. This works with pytest-xdist too."""
    return lambda line: record_property(REPORTED, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for result in terminalreporter.getreports("passed"):
        for name, line in result.user_properties if result.when == "call" else ():
            if name == REPORTED:
                terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for the whole run. The processes of pytest-xdist share it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextlib.contextmanager
def only_once(marker: Path) -> Iterator[bool]:
    """Run the block in one process at a time. True for the first; `marker` is made when its block succeeds."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists():
            yield False
        else:
            yield True
            marker.touch()


@pytest.fixture(scope="session")
def template(shared_directory: Path) -> Path:
    """A copy of the template with the files that a git clone would have."""
    directory = shared_directory / "template"
    with only_once(shared_directory / "template.done") as first:
        if first:
            copy_checkout(directory)
    return directory


@pytest.fixture(scope="session")
def cookiecutter_configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cookiecutter configuration that keeps its files in a temporary folder and not in the home directory."""
    directory = tmp_path_factory.mktemp("cookiecutter")
    configuration = directory / "configuration.yaml"
    configuration.write_text(f"cookiecutters_dir: {directory}/templates\nreplay_dir: {directory}/replay\n")
    return configuration


@pytest.fixture(scope="session")
def generate(
    template: Path, cookiecutter_configuration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """`generate(project_name="Campus", ...)` generates a portal in a folder of its own and returns its path.

    It runs the same code as `cookiecutter --no-input key=value`. A refused answer raises
    cookiecutter.exceptions.FailedHookException. `into` names another folder for the portal.
    """

    def generate(*, into: Path | None = None, **answers: object) -> Path:
        return Path(
            cookiecutter(
                str(template),
                no_input=True,
                extra_context=answers,
                output_dir=str(into or tmp_path_factory.mktemp("generated")),
                config_file=str(cookiecutter_configuration),
            )
        )

    return generate


@pytest.fixture(scope="session")
def portal() -> Path:
    """A portal with the default answers and its Python environment. It is kept in var/test.

    PORTAL_UNDER_TEST=<folder> names another portal, which is used as it is.
    """
    if "PORTAL_UNDER_TEST" in os.environ:
        return Path(os.environ["PORTAL_UNDER_TEST"]).resolve()
    with one_process_at_a_time(KEPT):
        folder = update_portal(KEPT, [])
        make(folder, ".venv")
    return folder


@pytest.fixture(scope="session")
def built_portal(portal: Path) -> Path:
    """The portal with its frontend packages and its build."""
    with one_process_at_a_time(portal.parent):
        make(portal, "node_modules", "frontend/build")
    return portal


@contextlib.contextmanager
def one_process_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(portal: Path, *targets: str) -> None:
    subprocess.run(["make", "--no-print-directory", *targets], cwd=portal, env=clean_environment(), check=True)
