"""Run a process of the development server, and stop it with everything that it started."""

import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

from core.logs.frames import line_in

STOP_SECONDS = 5
KEPT_LINES = 500
READ_SECONDS = 1  # for the last lines of a process that has ended
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ManagedProcess:
    """A process in a process group of its own: Ctrl-C reaches the supervisor alone, which then stops the group.

    `keep_errors` keeps the end of the error output, which says why a Python process ended. With `interactive`, it reads
    from the terminal, for `breakpoint()`.
    """

    def __init__(
        self,
        command: Sequence[str],
        directory: Path,
        *,
        environment: Mapping[str, str] | None = None,
        keep_errors: bool = False,
        interactive: bool = False,
    ):
        self.command = command
        self.directory = directory
        self.environment = dict(environment or {})
        self.keep_errors = keep_errors
        self.interactive = interactive
        if keep_errors and sys.stderr.isatty():
            self.environment["PYTHON_COLORS"] = "1"  # Python would leave the colours out, because it writes to a pipe
        self.process: subprocess.Popen[bytes] | None = None
        self.reader: Thread | None = None
        self.last_lines: deque[str] = deque(maxlen=KEPT_LINES)

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - the commands are the supervisor's own
            self.command,
            cwd=self.directory,
            env={**os.environ, **self.environment},
            stdin=None if self.interactive and sys.stdin.isatty() else subprocess.DEVNULL,
            stderr=subprocess.PIPE if self.keep_errors else None,
            start_new_session=True,
        )
        if self.process.stderr is not None:
            self.last_lines.clear()
            self.reader = Thread(target=self.pass_errors_on, args=[self.process.stderr], daemon=True)
            self.reader.start()

    def pass_errors_on(self, errors: IO[bytes]) -> None:
        with errors:
            for line in errors:
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()
                if text := COLOURS.sub("", line.decode(errors="replace")).rstrip():
                    self.last_lines.append(text)

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def last_error(self) -> str:
        """Return the last line of the error output, after the line of the app that caused it.

        Call it when the process has ended.
        """
        if self.reader is not None:
            self.reader.join(READ_SECONDS)
        lines = list(self.last_lines)
        return ": ".join(filter(None, [line_in(lines, self.directory), lines[-1].strip() if lines else ""]))

    def request_stop(self) -> None:
        self.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop the whole group, and kill what still runs after STOP_SECONDS."""
        if self.process is None:
            return
        self.request_stop()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None
        if self.reader is not None:
            self.reader.join(READ_SECONDS)

    def send_signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def stop_all(processes: Sequence[ManagedProcess]) -> None:
    """Stop `processes` together, in the time that the slowest takes."""
    for process in processes:
        process.request_stop()
    for process in processes:
        process.stop()
