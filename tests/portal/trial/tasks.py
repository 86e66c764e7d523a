"""Copied into a portal as the app `trial`: tasks that a test can watch from outside."""

import os
import time
from pathlib import Path

from celery import shared_task


@shared_task
def note(path: str, line: str) -> None:
    """Write a line into a file."""
    with Path(path).open("a") as file:
        file.write(f"{line}\n")


@shared_task
def note_and_linger(path: str) -> None:
    """Note the process that runs this, then work on until the test says that it may end."""
    note.run(path, str(os.getpid()))
    may_end = Path(f"{path}.may-end")
    deadline = time.monotonic() + 60
    while not may_end.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    note.run(path, "done")
