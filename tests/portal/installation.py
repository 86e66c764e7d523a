"""A portal's folder and the processes that run from it, as an operator or a developer starts them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.portal.servers import HOST, free_port, wait_until

# What would reach a portal from whoever runs the tests: a make around them, another environment, settings.
NOT_PASSED_ON = {"DEBUG", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PORT", "PORTAL_ENVIRONMENT", "SITE", "VENV"}

LEFT_BEHIND = shutil.ignore_patterns(".venv", "var", "node_modules", "__pycache__", ".*_cache")


class Process:
    """Something that runs until it is stopped, with all that it starts; what it says is in `log`."""

    def __init__(self, command: list[str], *, folder: Path, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.mark = f"STARTED_BY_TEST={log}"  # in the environment of every process below this one
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "STARTED_BY_TEST": str(log)},
                stdin=subprocess.PIPE,  # held open: a development server may end when its terminal goes
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def says(self, words: str) -> bool:
        return words in self.output()

    def wait_until_it_says(self, words: str, *, seconds: float = 30) -> None:
        self.wait_until(lambda: self.says(words), f"says {words!r}", seconds=seconds)

    def wait_until(self, check, what: str, *, seconds: float = 30) -> None:
        """Wait for `check()`; a process that ends before is a failure, shown with what it said last."""

        def holds() -> bool:
            if self.popen.poll() is not None:
                status = self.popen.returncode
                raise AssertionError(f"it ended with {status} and never {what}:\n{self.output()[-5000:]}")
            return bool(check())

        try:
            wait_until(holds, seconds=seconds)
        except TimeoutError:
            raise AssertionError(f"it never {what} within {seconds} s:\n{self.output()[-5000:]}") from None

    def interrupt(self) -> None:
        """Ctrl-C in its terminal, which reaches every process of the foreground."""
        os.killpg(self.popen.pid, signal.SIGINT)

    def kill(self) -> None:
        """End it and all that it started, at once."""
        for process_id in self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        if self.popen.returncode is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def stop(self) -> None:
        """Ask it to end; kill what is left of it afterwards."""
        if self.popen.poll() is None:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(timeout=15)
        self.kill()
        self.popen.stdin.close()

    def alive(self) -> list[int]:
        """The processes that it started, directly or not, and that still run; itself among them (Linux alone tells)."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError):
                is_zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                if not is_zombie and self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found


class Installation:
    """One portal's folder, the Python environment that it runs in, and what it is told from outside."""

    def __init__(self, folder: Path, *, environment_folder: Path, logs: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment_folder = environment_folder
        self.logs = logs
        self.logs.mkdir(parents=True, exist_ok=True)
        self.variables = dict(variables)
        self.python = str(environment_folder / "bin" / "python")

    def told(self, **variables: str) -> "Installation":
        """The same folder, told more."""
        return Installation(
            self.folder,
            environment_folder=self.environment_folder,
            logs=self.logs,
            variables=self.variables | variables,
        )

    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON} | self.variables

    def run(self, *command: str, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of its Python environment to its end."""
        done = subprocess.run(
            self.full(command),
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
        """A command of its Makefile, which shares the Python environment with the portal that it is a copy of."""
        return self.run(*self.make_command(*arguments), seconds=seconds)

    def make_command(self, *arguments: str) -> tuple[str, ...]:
        return ("make", "--no-print-directory", f"VENV={self.environment_folder}", *arguments)

    def start(self, *command: str) -> Process:
        log = self.logs / f"{len(list(self.logs.iterdir())):02}-{Path(command[0]).name}.log"
        return Process(self.full(command), folder=self.folder, environment=self.environment(), log=log)

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator[Process]:
        process = self.start(*command)
        try:
            yield process
        finally:
            process.stop()

    def full(self, command: tuple[str, ...]) -> list[str]:
        """The command, with the path of its program where that belongs to the portal's Python environment."""
        own = self.environment_folder / "bin" / command[0]
        return [str(own) if own.exists() else command[0], *command[1:]]

    # What its compose services run.

    @contextlib.contextmanager
    def http_server(self) -> Iterator["Server"]:
        """Gunicorn, as production runs it, on a free port."""
        port = free_port()
        options = f"--bind={HOST}:{port} --worker-class=gthread --workers=2 --threads=4 --no-control-socket"
        with self.running("gunicorn", "config.wsgi", *options.split()) as process:
            process.wait_until(lambda: is_listening(port), "listened")
            yield Server(process, port)

    @contextlib.contextmanager
    def socket_server(self) -> Iterator["Server"]:
        """Daphne, as production runs it, on a free port."""
        port = free_port()
        with self.running("daphne", "--bind", HOST, "--port", str(port), "config.asgi:application") as process:
            process.wait_until(lambda: is_listening(port), "listened")
            yield Server(process, port)

    @contextlib.contextmanager
    def development_server(self, target: str) -> Iterator["Server"]:
        """`make dev` or `make serve` on a free port, once it has said that it is there."""
        port = free_port()
        with self.running(*self.make_command(target, f"PORT={port}")) as process:
            process.wait_until_it_says(f"is at http://{HOST}:{port}", seconds=120)
            yield Server(process, port)

    @contextlib.contextmanager
    def worker(self) -> Iterator[Process]:
        with self.running("celery", "-A", "config", "worker", "--concurrency=2", "--loglevel=INFO") as process:
            yield process

    @contextlib.contextmanager
    def scheduler(self) -> Iterator[Process]:
        schedule = self.logs / f"schedule-{time.monotonic_ns()}"
        with self.running("celery", "-A", "config", "beat", f"--schedule={schedule}") as process:
            yield process


class Server:
    """A process and the port on which it listens."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port


def is_listening(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def copy_portal(portal: Path, folder: Path) -> Path:
    """Copy a portal to change it: its packages are linked, its Python environment and its data stay behind."""
    copy_sources(portal, folder)
    if (portal / "node_modules").exists():
        shutil.copytree(portal / "node_modules", folder / "node_modules", copy_function=os.link, symlinks=True)
    return folder


def copy_sources(portal: Path, folder: Path) -> Path:
    """The same without packages, for what builds no frontend."""
    return Path(shutil.copytree(portal, folder, ignore=LEFT_BEHIND))
