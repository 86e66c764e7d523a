"""The development server: everything that the portal needs, in one command, without any server.

It holds the embedded stores and runs, each as a process: Django (with sockets), the scheduler, the worker when there
is a real broker, and webpack, which has the one address that a developer opens and passes on what is Django's.
"""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from core.configuration.loading import Configuration
from core.configuration.prefixes import LIVENESS
from core.configuration.problems import ConfigurationError
from core.plugins.loading import load

from .processes import ManagedProcess
from .stores import embedded_stores
from .watching import Watcher

LOOPBACK = "127.0.0.1"
START_SECONDS = 60


class CannotServe(Exception):
    """Why the development server does not start, or does not go on."""


class Supervisor:
    def __init__(self, configuration: Configuration, *, port: int, built: bool, say: Callable[[str], None]):
        self.configuration = configuration
        self.port = port
        self.built = built
        self.say = say
        self.changes: Queue[list[str] | None] = Queue()
        self.python: list[ManagedProcess] = []

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def run(self) -> None:
        """Serve until Ctrl-C. Raises CannotServe, or stores.AlreadyRunning, when it cannot."""
        check_free(self.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.changes.put(None))
        directory = self.configuration.base_directory
        with ExitStack() as stack:
            stack.enter_context(embedded_stores(directory))
            django_port = self.port if self.built else free_port()
            self.python = self.python_processes(directory, django_port)
            webpack = None if self.built else self.webpack(directory, django_port)
            for process in [*self.python, *([webpack] if webpack else [])]:
                stack.callback(process.stop)
                process.start()
            if not self.built:
                watcher = Watcher(directory, self.changes.put)
                stack.callback(watcher.stop)
                watcher.start()
            self.announce(self.python[0])
            self.supervise(webpack)
            for process in [*self.python, *([webpack] if webpack else [])]:
                process.ask_to_stop()  # all at once, so that stopping takes as long as the slowest

    def python_processes(self, directory: Path, port: int) -> list[ManagedProcess]:
        """Django first, then those who work beside it."""
        manage = [sys.executable, "manage.py"]
        celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]
        commands = {
            "django": [*manage, "runserver", f"{LOOPBACK}:{port}", "--noreload"],
            "scheduler": [*celery, "beat", "--loglevel", "WARNING", "--schedule", "var/schedule", "--pidfile", ""],
        }
        if not self.configuration.is_embedded("MESSAGE_BROKER_URL"):
            commands["worker"] = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"]
        # The stores' addresses reach them by the file, as they reach any command beside this one.
        return [ManagedProcess(name, command, {}, directory) for name, command in commands.items()]

    def webpack(self, directory: Path, django_port: int) -> ManagedProcess:
        program = directory / "node_modules" / "webpack" / "bin" / "webpack.js"
        if not program.is_file():
            raise CannotServe(f"The frontend's packages are not installed ({program}). Run: make dev")
        node = os.environ.get("NODE", "node")
        command = [node, str(program), "serve", "--config", "frontend/webpack.config.mjs"]
        environment = {"PORT": str(self.port), "BACKEND": f"http://{LOOPBACK}:{django_port}"}
        return ManagedProcess("webpack", command, environment, directory)

    def announce(self, django: ManagedProcess) -> None:
        """Say that the portal is there, once it is."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.changes.empty():
            if answers(self.address):
                self.say(f"\n  {self.configuration.portal.name} is at {self.address}/ — stop it with Ctrl-C\n")
                return
            if django.has_ended:
                if self.built:
                    raise CannotServe("Django did not start; what it said stands above.")
                return
            time.sleep(0.1)

    def supervise(self, webpack: ManagedProcess | None) -> None:
        """Start Python again after each change, until somebody ends it all."""
        told = False
        while True:
            try:
                changed = self.changes.get(timeout=0.5)
            except Empty:
                if webpack is not None and webpack.has_ended:
                    raise CannotServe("webpack ended; what it said stands above.") from None
                if self.python[0].has_ended and not told:
                    told = True
                    if self.built:
                        raise CannotServe("Django ended; what it said stands above.") from None
                    self.say("Django is not running. It starts again with the next change of a file.")
                continue
            if changed is None:
                return
            told = False
            names = ", ".join(str(Path(path).relative_to(self.configuration.base_directory)) for path in changed[:3])
            self.say(f"Changed: {names}{' …' if len(changed) > 3 else ''}. Starting again.")
            for process in self.python:
                process.ask_to_stop()
            for process in self.python:
                process.stop()
            try:
                load(self.configuration.base_directory)
            except ConfigurationError as error:
                # Said once, here: every process would say it again, in a traceback.
                self.say(f"\n{error}\n\nThe portal starts again when this is mended.")
                continue
            for process in self.python:
                process.start()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}{LIVENESS}", timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: Any = listener.getsockname()[1]
        return int(port)


def check_free(port: int) -> None:
    """Raises CannotServe when somebody else listens on `port`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} of {LOOPBACK} is taken ({error.strerror}). Stop what uses it, or choose another: "
                "PORT=8001"
            ) from None
