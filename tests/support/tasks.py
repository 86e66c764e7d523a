"""A process of the portal that sends tasks of the app `recorder`, and what these have recorded."""

import subprocess
from pathlib import Path

# Sends a task for each line of its input, `<task> <countdown> <argument>...`, and prints how that went. The first task
# opens the connection to the broker.
SENDER = """
import sys, time, django
django.setup()
from apps.recorder import tasks
print("ready", flush=True)
for line in sys.stdin:
    name, countdown, *arguments = line.split()
    started = time.monotonic()
    try:
        getattr(tasks, name).apply_async(arguments, countdown=float(countdown) or None)
        outcome = "sent"
    except Exception as error:
        outcome = f"{type(error).__module__}.{type(error).__name__}: {error}"
    print(f"{time.monotonic() - started:.3f}", outcome, flush=True)
"""


class Sender:
    """A process of the portal that sends tasks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def try_to_send(self, task: str, *arguments: object, countdown: float = 0) -> tuple[float, str]:
        """Send a task. Returns how many seconds that took, and "sent" or the error."""
        self.process.stdin.write(" ".join(map(str, [task, countdown, *arguments])) + "\n")
        self.process.stdin.flush()
        seconds, _, outcome = self.process.stdout.readline().strip().partition(" ")
        return float(seconds), outcome

    def send(self, task: str, *arguments: object, countdown: float = 0) -> None:
        _, outcome = self.try_to_send(task, *arguments, countdown=countdown)
        assert outcome == "sent"


def lines(path: Path) -> list[str]:
    """Return what the tasks have recorded in a file."""
    return path.read_text().split() if path.exists() else []
