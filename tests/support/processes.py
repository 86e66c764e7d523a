"""Processes that run beside a test, in an environment that does not depend on who runs the tests."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.waiting import wait_until

# Variables of the environment around the tests that would change how a portal runs: a make, settings of a portal.
NOT_PASSED_ON = {
    *("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PORT", "VENV", "VIRTUAL_ENV"),
    *("DEBUG", "PORTAL_ENVIRONMENT", "SITE"),
}


def clean_environment() -> dict[str, str]:
    """Return the environment for a portal's commands: the one of the tests, without NOT_PASSED_ON."""
    return {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}


def accept_interrupts() -> None:
    """Let the processes that this one starts end at SIGINT. Those of a shell's background job ignore it otherwise."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Process:
    """A command that runs until it is stopped, with the processes that it starts. Its output is in `log`."""

    def __init__(self, command: list[str], *, folder: Path, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.mark = f"STARTED_BY_TEST={log}"  # in the environment of every process that this one starts
        accept_interrupts()
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "STARTED_BY_TEST": str(log)},
                stdin=subprocess.PIPE,  # stays open: the development server ends when its input ends
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def prints(self, text: str) -> bool:
        """Say whether the process has printed `text` so far."""
        return text in self.output()

    def wait_until_it_prints(self, text: str, *, seconds: float = 30) -> None:
        self.wait_until(lambda: self.prints(text), f"printed {text!r}", seconds=seconds)

    def wait_until(self, check: Callable[[], object], what: str, *, seconds: float = 30) -> None:
        """Wait until `check()` is true. `what` completes the sentence "it never ..." in the failure.

        Raises AssertionError, with the last of the output, when the process ends first or the time is over.
        """

        def holds() -> bool:
            if self.popen.poll() is not None:
                status = self.popen.returncode
                raise AssertionError(f"it ended with {status} and never {what}:\n{self.output()[-5000:]}")
            return bool(check())

        try:
            wait_until(holds, seconds=seconds)
        except TimeoutError:
            raise AssertionError(f"it never {what} within {seconds:g} s:\n{self.output()[-5000:]}") from None

    def interrupt(self) -> None:
        """Send SIGINT to every process of the group, as Ctrl-C in a terminal does."""
        os.killpg(self.popen.pid, signal.SIGINT)

    def kill(self) -> None:
        """End it and all processes that it started, at once."""
        for process_id in self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        if self.popen.returncode is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def stop(self) -> None:
        """Send it SIGTERM, wait until it ends, then kill the processes that are left of it."""
        if self.popen.poll() is None:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(timeout=15)
        self.kill()
        self.popen.stdin.close()

    def alive(self) -> list[int]:
        """Return the ids of the running processes that it started, directly or not, and its own. Linux only."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError):
                is_zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                if not is_zombie and self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found
