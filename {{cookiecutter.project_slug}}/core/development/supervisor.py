"""Run everything that a portal needs on a developer's machine, from one command.

The supervisor serves the embedded stores, and runs each of the others as a process: Django (HTTP and WebSockets), the
scheduler, the worker when there is a real message broker, and webpack's server. Webpack's server has the address that a
developer opens, and passes on to Django what is Django's.
"""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from core.catalogues.compiling import compile_catalogues
from core.configuration.loading import Configuration
from core.configuration.prefixes import API, LIVENESS
from core.configuration.problems import ConfigurationError
from core.frontend.document import LANGUAGE, language_attributes, portal_texts
from core.logs.frames import syntax_error_in
from core.plugins.loading import load

from .processes import ManagedProcess, stop_all
from .status import StatusFile
from .stores import embedded_stores
from .watching import Watcher

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.2


class CannotServe(Exception):
    """The development server cannot start, or cannot go on. The message says why."""


class Supervisor:
    """`built`: Django serves the frontend that was built, and no file is watched. `report` prints a line."""

    def __init__(self, configuration: Configuration, *, port: int, built: bool, report: Callable[[str], object]):
        self.configuration = configuration
        self.directory = configuration.base_directory
        self.port = port
        self.django_port = port if built else free_port()
        self.built = built
        self.report = report
        self.status_file = StatusFile(self.directory)
        self.django: ManagedProcess | None = None  # None: it has ended, or the configuration has a problem
        self.python_processes: list[ManagedProcess] = []
        self.webpack: ManagedProcess | None = None
        self.unread: set[str] = set()  # files that have changed since Django was started
        self.is_announced = False
        self.is_stopping = False

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def run(self) -> None:
        """Serve until Ctrl-C. Raises CannotServe, or stores.AlreadyRunning."""
        check_free(self.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.handle_signal)
        with ExitStack() as stack:
            stack.enter_context(embedded_stores(self.directory))
            stack.callback(self.status_file.remove)
            stack.callback(self.stop_all)
            watcher = None if self.built else Watcher(self.directory)  # before any file is read
            self.webpack = None if self.built else self.webpack_process()
            self.start_python("Django is starting.")
            if self.webpack:
                self.webpack.start()
            while not self.is_stopping:
                self.check_processes()
                if watcher and (changed := watcher.changes()):
                    self.restart_python(changed)
                time.sleep(POLL_SECONDS)

    def handle_signal(self, *_: object) -> None:
        self.is_stopping = True

    def check_processes(self) -> None:
        """Report what has happened to the processes: Django answers for the first time, or one of them has ended."""
        if self.webpack and self.webpack.has_ended:
            raise CannotServe("webpack ended. Its last lines above say why.")
        if self.django and self.django.has_ended:
            if self.built:
                raise CannotServe("Django ended. Its last lines above say why.")
            self.django.stop()  # now, because another program may have its process id at the next restart
            error = self.django.last_error()
            self.write_status(f"Django ended: {error}\nIt starts again when you change a file.")
            self.report(f"\n{error}\nDjango is not running. It starts again when you change a file.")
            self.django = None
        if self.django and not self.is_announced and answers(self.url):
            self.report(f"\n  {self.configuration.portal.name} is at {self.url}/ — stop it with Ctrl-C\n")
            self.is_announced = True

    def start_python(self, reason: str, changed: Sequence[str] = ()) -> None:
        """Start Django and the processes beside it, unless the configuration or a changed file has a problem.

        `reason` is what webpack's server answers until Django listens.
        """
        if problem := syntax_error_in(changed, self.directory):
            # Django would report it after seconds, behind a long traceback.
            message = f"{problem}\nThe portal starts again when you correct it."
            self.report(f"\n{message}")
            self.write_status(message)
            return
        try:
            self.configuration, _ = load(self.directory)
        except ConfigurationError as error:
            # Each process would report the same problem, in a traceback.
            message = f"{error}\n\nThe portal starts again when you correct it."
            if self.built:
                raise CannotServe(message) from None
            self.report(f"\n{message}")
            self.write_status(message)
            return
        self.unread.clear()
        self.write_status(reason)
        compile_catalogues(self.directory)
        address = f"{LOOPBACK}:{self.django_port}"
        # --nostatic: core/frontend/static_view.py compresses static files
        command = ("manage.py", "runserver", address, "--noreload", "--nostatic")
        self.django = self.python_process(*command, interactive=True)
        self.python_processes = [self.django, *self.task_processes()]
        for process in self.python_processes:
            process.start()

    def restart_python(self, changed: list[str]) -> None:
        """Start Django again. With a syntax error in an app, it goes on as it is, and the app says why."""
        self.unread.update(changed)
        problem = syntax_error_in(sorted(self.unread), self.directory)
        if self.django and (app := app_of(problem)):
            message = (
                f"{problem}\nThe app {app} answers again when you correct it. Until then, the others do not change."
            )
            self.report(f"\n{message}")
            self.write_status(message, broken={f"{API}{app}/": message})
            return
        names = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
        self.report(f"Changed: {names}. Starting again.")
        reason = f"Django is starting again because of a change: {names}."
        self.write_status(reason, stopping=True)
        self.django = None
        stop_all(self.python_processes)
        self.start_python(reason, sorted(self.unread))

    def stop_all(self) -> None:
        stop_all([*self.python_processes, *([self.webpack] if self.webpack else [])])

    def write_status(self, reason: str, *, stopping: bool = False, broken: dict[str, str] | None = None) -> None:
        """Set what webpack's server answers while Django does not, and below the prefixes that are broken."""
        portal = self.configuration.portal
        page = {**portal_texts(portal), LANGUAGE: language_attributes(portal.language)}
        self.status_file.write(reason=reason, stopping=stopping, broken=broken or {}, page=page)

    def task_processes(self) -> list[ManagedProcess]:
        celery = ["-m", "celery", "--quiet", "--app", "config"]
        schedule = ["--schedule", "var/schedule", "--pidfile", ""]
        processes = [self.python_process(*celery, "beat", "--loglevel", "WARNING", *schedule)]
        if not self.configuration.is_embedded("MESSAGE_BROKER_URL"):
            processes.append(self.python_process(*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"))
        return processes

    def python_process(self, *arguments: str, interactive: bool = False) -> ManagedProcess:
        # The URLs of the embedded stores reach it through their file, as they reach a developer's own commands.
        command = [sys.executable, *arguments]
        return ManagedProcess(command, self.directory, keep_errors=True, interactive=interactive)

    def webpack_process(self) -> ManagedProcess:
        program = self.directory / "node_modules" / "webpack" / "bin" / "webpack.js"
        if not program.is_file():
            raise CannotServe(f"The frontend's packages are not installed: {program} is missing. Run: make dev")
        return ManagedProcess(
            [os.environ.get("NODE", "node"), str(program), "serve", "--config", "frontend/webpack.config.mjs"],
            self.directory,
            environment={
                "PORT": str(self.port),
                "BACKEND": f"http://{LOOPBACK}:{self.django_port}",
                "BACKEND_STATUS": str(self.status_file.path),
            },
        )


def app_of(problem: str) -> str:
    """Return the app that has a problem, which begins with its place, such as `apps/polls/urls.py, line 3`."""
    layer, _, path = problem.partition("/")
    return path.partition("/")[0] if layer == "apps" else ""


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}{LIVENESS}", timeout=2) as response:  # noqa: S310 - the portal's own URL
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def check_free(port: int) -> None:
    """Raise CannotServe when another program listens on `port`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} of {LOOPBACK} is taken ({error.strerror}). Stop what uses it, or choose another: "
                "PORT=8001"
            ) from None
