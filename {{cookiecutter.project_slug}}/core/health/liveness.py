"""The file that a worker or a scheduler touches from inside its loop, for a health check that asks only its age."""

from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler

FILE = Path("/tmp/alive")  # noqa: S108 - the container's own memory
EVERY_SECONDS = 5.0


def touch() -> None:
    FILE.touch()


class LivenessFile(bootsteps.StartStopStep):
    """Touches the file from the worker's event loop, once the worker consumes."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, parent: Any, **kwargs: Any):
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        touch()
        self.timer = parent.timer.call_repeatedly(EVERY_SECONDS, touch)

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


class LivenessScheduler(PersistentScheduler):
    """Beat's scheduler, which touches the file at each turn and waits no longer than the file may age."""

    max_interval = EVERY_SECONDS

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.max_interval = EVERY_SECONDS

    def tick(self, *args: Any, **kwargs: Any) -> float:
        touch()
        return min(float(super().tick(*args, **kwargs)), EVERY_SECONDS)
