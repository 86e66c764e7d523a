"""Runs other programs: their errors become a BackupError, and they end with this process."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from .problems import BackupError

LONGEST_MESSAGE = 2000  # characters of what a program printed


def say(text: str) -> None:
    """Print a line with the time."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {text}", flush=True)


def run(command: Sequence[str], *, doing: str, **options: object) -> str:
    """Return what a program prints. Raises BackupError, with its message, when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise BackupError(f"{doing} failed: {last_words(done.stderr or done.stdout)}")
    return str(done.stdout)


def last_words(text: str) -> str:
    return text.strip()[-LONGEST_MESSAGE:] or "it printed nothing"


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    for line in process.stdout:
        yield line.rstrip("\n")


class Progress:
    """Prints how far something is, at most every few seconds."""

    SECONDS = 5.0

    def __init__(self, title: str) -> None:
        self.title = title
        self.printed_at = time.monotonic()

    def update(self, text: str) -> None:
        if time.monotonic() - self.printed_at >= self.SECONDS:
            self.printed_at = time.monotonic()
            say(f"{self.title}: {text}")


def megabytes(number: float) -> str:
    return f"{number / 1_000_000:,.1f} MB"


def fail(error: BackupError) -> None:
    sys.exit(f"{error}")
