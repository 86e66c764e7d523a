"""Celery's worker: a node for each queue, in one container. `python -P config/worker.py`

Bulk tasks (core/tasks.py) have a node of their own, so that no other task waits for them. When one node ends, so does
the other, and Docker starts the container again. This process imports nothing of the portal, so that it takes little
memory.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The names of config/settings/tasks.py, in production.
QUEUES = {"default": "portal", "bulk": "portal.bulk"}

ALIVE = Path(tempfile.gettempdir(), "alive")  # in the container's memory; the health check compares its age
FRESH_SECONDS = 15.0  # a node touches its own file every 5 seconds: core/health/liveness.py
STOP_SECONDS = 20.0  # for a node to end when the other has ended. The broker keeps its tasks
CHECK_SECONDS = 1.0


class Node:
    """One node, with its pool of WORKER_PROCESSES processes."""

    def __init__(self, name: str, queue: str):
        self.alive = ALIVE.with_name(f"{ALIVE.name}.{name}")
        self.alive.unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 - a fixed command
            [
                *(sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel", "INFO"),
                *("--hostname", f"{name}@%h", "--queues", queue),
                *("--concurrency", os.environ.get("WORKER_PROCESSES", "2")),
            ],
            env={**os.environ, "LIVENESS_FILE": str(self.alive)},
        )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def is_fresh(self) -> bool:
        """Whether the node's event loop has touched its file recently."""
        try:
            return time.time() - self.alive.stat().st_mtime < FRESH_SECONDS
        except FileNotFoundError:
            return False

    def terminate(self) -> None:
        """Ask the node to finish the tasks that it runs, and to end."""
        if self.is_running:
            self.process.terminate()

    def end(self) -> None:
        """Ask the node to end, and kill it after STOP_SECONDS."""
        self.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main() -> int:
    """Run the nodes until one ends, or until a signal asks to stop. Return the exit code."""
    nodes = [Node(name, queue) for name, queue in QUEUES.items()]
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True
        for node in nodes:
            node.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while any(node.is_running for node in nodes):
        if not stopping and not all(node.is_running for node in nodes):
            for node in nodes:
                node.end()
            return 1
        if all(node.is_fresh for node in nodes):
            ALIVE.touch()
        time.sleep(CHECK_SECONDS)
    return 0 if stopping else 1


if __name__ == "__main__":
    sys.exit(main())
