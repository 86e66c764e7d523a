"""What every kind of test shares: a fresh portal on demand, and one portal with its environment installed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from tests.portal.installation import Installation

REPOSITORY = Path(__file__).resolve().parent.parent
SAID = "said"


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`say(line)` prints a line below the tests' results, also when pytest-xdist runs them in several processes."""
    return lambda line: record_property(SAID, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties if report.when == "call" else ():
            if name == SAID:
                terminalreporter.write_line(line)


def copy_template(destination: Path) -> Path:
    """Copy what git knows or would add, so that no cache or build left in the working tree reaches a portal."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file():  # a file that git knows may be deleted in the working tree
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return destination


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for the whole run, also when pytest-xdist runs it in several processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextlib.contextmanager
def only_once(marker: Path) -> Iterator[bool]:
    """Let one process through at a time; say True to the first, and mark the work done when it succeeds."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists():
            yield False
        else:
            yield True
            marker.touch()


@pytest.fixture(scope="session")
def template(shared_directory: Path) -> Path:
    """The template as a git clone would hold it."""
    directory = shared_directory / "template"
    with only_once(shared_directory / "template.done") as first:
        if first:
            copy_template(directory)
    return directory


@pytest.fixture(scope="session")
def cookiecutter_configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cookiecutter configuration that neither reads nor writes the home of whoever runs the tests."""
    directory = tmp_path_factory.mktemp("cookiecutter")
    configuration = directory / "configuration.yaml"
    configuration.write_text(f"cookiecutters_dir: {directory}/templates\nreplay_dir: {directory}/replay\n")
    return configuration


@pytest.fixture(scope="session")
def generate(
    template: Path, cookiecutter_configuration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """`generate(project_name="Campus", ...)` makes a portal in a folder of its own and returns its path.

    Answers go through the code that `cookiecutter --no-input key=value` runs. A refused answer raises
    cookiecutter.exceptions.FailedHookException; `into` names the folder to make the portal in.
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
def portal(generate: Callable[..., Path], shared_directory: Path) -> Path:
    """A default portal whose `.venv` is installed by its own Makefile, made once per run.

    PORTAL_UNDER_TEST=<folder> uses that portal instead, to repeat one test quickly.
    """
    if "PORTAL_UNDER_TEST" in os.environ:
        return Path(os.environ["PORTAL_UNDER_TEST"]).resolve()
    folder = shared_directory / "portal"
    with only_once(shared_directory / "portal.done") as first:
        if first:
            folder.mkdir(exist_ok=True)
            install_environment(generate(into=folder))
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def built_portal(portal: Path, shared_directory: Path) -> Path:
    """The portal with its packages installed and its frontend built, by its own Makefile, once per run."""
    with only_once(shared_directory / "built_portal.done") as first:
        if first:
            logs = portal / "var" / "logs"
            Installation(portal, environment_folder=portal / ".venv", logs=logs, variables={}).make("frontend/build")
    return portal


def install_environment(portal: Path) -> None:
    """Make `.venv` as the portal's user does."""
    if (portal / "Makefile").exists():
        subprocess.run(["make", "--no-print-directory", ".venv"], cwd=portal, check=True)
    else:
        environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
        subprocess.run(["uv", "venv", "--quiet", "--python", "3.12+", ".venv"], cwd=portal, env=environment, check=True)
        subprocess.run(
            ["uv", "pip", "sync", "--quiet", "--python", ".venv/bin/python", "requirements-development.lock"],
            cwd=portal,
            env=environment,
            check=True,
        )
