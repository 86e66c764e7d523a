"""A portal's folder without containers: its commands, servers and workers, as an operator or a developer runs them."""

import contextlib
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from tests.support.checkout import REPOSITORY
from tests.support.network import HOST, free_port, is_listening
from tests.support.processes import Process, clean_environment

# What a portal's commands make in its folder. A copy makes its own.
NOT_COPIED = shutil.ignore_patterns(".venv", "var", "node_modules", "__pycache__", ".*_cache")

# An app that was made with the portal's documentation alone. It has tests of its own, which a portal runs.
ROOMS = REPOSITORY / "tests" / "portal" / "apps" / "rooms"

# Two, because what a new app contains must not clash with another new app.
NEW_APPS = ("library", "museum")


class Installation:
    """One portal's folder, its Python environment, and the variables that its processes get."""

    def __init__(self, folder: Path, *, environment_folder: Path, logs: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment_folder = environment_folder
        self.logs = logs
        self.logs.mkdir(parents=True, exist_ok=True)
        self.variables = dict(variables)
        self.python = str(environment_folder / "bin" / "python")

    def with_variables(self, **variables: str) -> "Installation":
        """Return the same installation with more variables."""
        return Installation(
            self.folder,
            environment_folder=self.environment_folder,
            logs=self.logs,
            variables=self.variables | variables,
        )

    def add_rooms(self) -> None:
        """Add the app `rooms` to the portal."""
        shutil.copytree(ROOMS, self.folder / "apps" / "rooms", copy_function=shutil.copy)

    def environment(self) -> dict[str, str]:
        """Return the variables of its processes. Its own tests keep their files apart from those around them.

        A pytest removes the files of earlier runs beside its own: of copies of a portal, which takes minutes.
        """
        return clean_environment() | {"PYTEST_DEBUG_TEMPROOT": str(self.logs)} | self.variables

    def run(self, *command: str, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of its Python environment to its end.

        Raises AssertionError, with the output, when the command fails and `check` is true.
        """
        done = subprocess.run(
            self.resolve(command),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def manage(self, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
        return self.run("python", "manage.py", *arguments, **options)

    def make(self, *arguments: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a target of its Makefile, with this installation's Python environment."""
        return self.run(*self.make_command(*arguments), seconds=seconds)

    def npm(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run the npm that the Makefile uses."""
        found = self.with_variables(VENV=str(self.environment_folder))
        return found.run("infrastructure/development/npm", *arguments, seconds=seconds)

    def make_command(self, *arguments: str) -> tuple[str, ...]:
        return ("make", "--no-print-directory", f"VENV={self.environment_folder}", *arguments)

    def start(self, *command: str) -> Process:
        log = self.logs / f"{len(list(self.logs.iterdir())):02}-{Path(command[0]).name}.log"
        return Process(self.resolve(command), folder=self.folder, environment=self.environment(), log=log)

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator[Process]:
        process = self.start(*command)
        try:
            yield process
        finally:
            process.stop()

    def resolve(self, command: tuple[str, ...]) -> list[str]:
        """Return the command with the path of its program, if that is in the portal's Python environment."""
        own = self.environment_folder / "bin" / command[0]
        return [str(own) if own.exists() else command[0], *command[1:]]

    # What its compose services run.

    @contextlib.contextmanager
    def http_server(self) -> Iterator["PortalServer"]:
        """Run Gunicorn as in production, on a free port."""
        port = free_port()
        options = f"--bind={HOST}:{port} --worker-class=gthread --workers=2 --threads=4 --no-control-socket"
        with self.running("gunicorn", "config.wsgi", *options.split()) as process:
            process.wait_until(lambda: is_listening(port), "listened")
            yield PortalServer(process, port)

    @contextlib.contextmanager
    def socket_server(self) -> Iterator["PortalServer"]:
        """Run Daphne as in production, on a free port."""
        port = free_port()
        with self.running("daphne", "--bind", HOST, "--port", str(port), "config.asgi:application") as process:
            process.wait_until(lambda: is_listening(port), "listened")
            yield PortalServer(process, port)

    @contextlib.contextmanager
    def development_server(self, target: str) -> Iterator["PortalServer"]:
        """Run `make dev` or `make serve` on a free port, and wait until it prints its URL."""
        port = free_port()
        with self.running(*self.make_command(target, f"PORT={port}")) as process:
            process.wait_until_it_prints(f"is at http://{HOST}:{port}", seconds=120)
            yield PortalServer(process, port)

    @contextlib.contextmanager
    def worker(self) -> Iterator[Process]:
        with self.running("celery", "-A", "config", "worker", "--concurrency=2", "--loglevel=INFO") as process:
            yield process

    @contextlib.contextmanager
    def scheduler(self) -> Iterator[Process]:
        schedule = self.logs / f"schedule-{time.monotonic_ns()}"
        with self.running("celery", "-A", "config", "beat", "--loglevel=INFO", f"--schedule={schedule}") as process:
            yield process


class PortalServer:
    """A process and the port on which it listens."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port


def copy_portal(
    portal: Path,
    folder: Path,
    *,
    packages: bool = False,
    environment_folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Installation:
    """Copy a portal to `folder`/portal, to change it. Its logs go to `folder`/logs.

    The copy uses the portal's Python environment, or another one. It has no data. Only with `packages` it has the
    frontend packages, which a build needs: some thirty thousand files, as hard links.
    """
    copy = Path(shutil.copytree(portal, folder / "portal", ignore=NOT_COPIED))
    if packages:
        copy_packages(portal, copy)
    return Installation(
        copy, environment_folder=environment_folder or portal / ".venv", logs=folder / "logs", variables=variables or {}
    )


def copy_database(portal: Path, folder: Path) -> None:
    """Give another portal's folder a copy of a portal's embedded database, which may be in use."""
    name = Path("var", "database.sqlite3")
    (folder / name).parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(portal / name)) as source, closing(sqlite3.connect(folder / name)) as target:
        source.backup(target)


def copy_packages(portal: Path, folder: Path) -> None:
    """Give another portal's folder the frontend packages of a portal, as hard links."""
    subprocess.run(["cp", "--archive", "--link", portal / "node_modules", folder], check=True)
    installed = folder / "node_modules" / ".installed"
    installed.unlink()  # a link too: a new date would be the original's as well
    installed.touch()
