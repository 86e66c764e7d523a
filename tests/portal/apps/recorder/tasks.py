"""Tasks of the app `recorder`, which a test can watch and hold up from outside."""

import os
import time
from datetime import timedelta
from pathlib import Path

from celery import current_task, shared_task
from core.periodic import SCHEDULER, periodic
from core.tasks import BulkTask

LONGEST_WAIT_SECONDS = 60


@shared_task(name="recorder.record")
def record(path: str, line: str) -> None:
    """Append a line to a file."""
    with Path(path).open("a") as file:
        file.write(f"{line}\n")


@shared_task(name="recorder.record_and_wait")
def record_and_wait(path: str) -> None:
    """Record the id of this process, wait until the test makes the file `path`.may-end, then record "done"."""
    record.run(path, str(os.getpid()))
    may_end = Path(f"{path}.may-end")
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not may_end.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    record.run(path, "done")


@shared_task(base=BulkTask, name="recorder.record_and_wait_in_bulk")
def record_and_wait_in_bulk(path: str) -> None:
    """Do the same as a bulk task."""
    record_and_wait.run(path)


@periodic(every=timedelta(seconds=1))
def record_scheduler() -> None:
    """Append the name of the scheduler that sent this run to the file var/schedulers, if there is one."""
    path = Path("var", "schedulers")
    if path.exists():
        record.run(str(path), current_task.request.headers[SCHEDULER])
