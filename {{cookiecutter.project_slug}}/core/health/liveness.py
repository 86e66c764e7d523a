"""The file that the worker and the scheduler touch from their loops. A container's health check compares its age.

Each of the worker's nodes has a file of its own: config/worker.py.
"""

import os
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler

FILE = Path(os.environ.get("LIVENESS_FILE", "/tmp/alive"))  # noqa: S108 - in the container's memory
EVERY_SECONDS = 5.0


def touch() -> None:
    FILE.touch()


class LivenessFile(bootsteps.StartStopStep):
    """Touches the file from the worker's event loop, as soon as the worker consumes tasks."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any):
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        touch()
        self.timer = parent.timer.call_repeatedly(EVERY_SECONDS, touch)

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


class LivenessScheduler(PersistentScheduler):
    """Touches the file in each iteration of beat's loop, which waits at most EVERY_SECONDS."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.max_interval = EVERY_SECONDS  # type: ignore[assignment]  # its default is a whole number

    def tick(self, *args: Any, **kwargs: Any) -> float:
        touch()
        return min(float(super().tick(*args, **kwargs)), EVERY_SECONDS)
