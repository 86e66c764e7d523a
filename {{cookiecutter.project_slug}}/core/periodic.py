"""Periodic tasks: a decorator for the functions of an app's `tasks.py`.

    @periodic(every=timedelta(hours=1))
    def remind_all() -> None: ...

    @periodic(at=crontab(hour=3, minute=0))
    def delete_old_loans() -> None: ...

Two schedulers, as there are for a moment during an update, both send a task. A run leaves the name of its scheduler in
the session store, and the run of another scheduler then does nothing. This saves work, and guarantees nothing: the
store may lose the name, and a run may end at any line. So a task must be idempotent all the same.
"""

import inspect
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from core.stores.outage import STORE_ERRORS
from core.stores.session_store import session_store
from core.tasks import PortalTask

logger = structlog.get_logger(__name__)

SHORTEST_INTERVAL = timedelta(seconds=1)
DAY = timedelta(days=1)
LATE_RUN = timedelta(seconds=30)  # how late a run may be before another scheduler takes over
LONGEST_RESERVATION = timedelta(days=7)
SCHEDULER = "scheduler"  # a header of the task's message


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A task and when it runs: an interval, or a crontab in the portal's time zone."""

    name: str
    timing: timedelta | crontab

    def reservation(self) -> timedelta:
        """Return for how long, after a run, those of other schedulers are refused.

        The times of an interval differ between schedulers, so it lasts until after the next run. Those of a crontab do
        not, and the scheduler of the next run may be a new one.
        """
        if isinstance(self.timing, timedelta):
            reserved = self.timing + min(self.timing / 2, LATE_RUN)
        else:
            reserved = self.timing.remaining_estimate(timezone.now()) * 0.75
        return min(reserved, LONGEST_RESERVATION)

    def entry(self, scheduler: str) -> dict[str, Any]:
        """Return the entry of Celery's `beat_schedule` for the scheduler of this name.

        The broker drops a run that waits for longer than the interval, or a day for a crontab. So runs do not pile up
        while no worker takes them.
        """
        longest_wait = self.timing if isinstance(self.timing, timedelta) else DAY
        options = {"expiration": longest_wait.total_seconds(), "headers": {SCHEDULER: scheduler}}
        return {"task": self.name, "schedule": self.timing, "options": options}


PERIODIC_TASKS: dict[str, PeriodicTask] = {}


def periodic(
    *, every: timedelta | None = None, at: crontab | None = None, base: type[PortalTask] = PortalTask
) -> Callable[[Callable[[], None]], Any]:
    """Make a function a Celery task that the scheduler runs `every` so often, or `at` the times of a crontab.

    The task is called `<app>.<function>`. `base` is BulkTask for a task that may wait for others. Raises ValueError
    when the function has parameters, its name is taken, or there is not exactly one of `every` and `at`.
    """

    def decorate(function: Callable[[], None]) -> Any:
        where = f"@periodic of {function.__module__}.{function.__name__}"
        timing = at if every is None else every
        if timing is None or (every is not None and at is not None):
            raise ValueError(f"{where}: give either every, such as timedelta(hours=1), or at, such as crontab(hour=3)")
        if isinstance(timing, timedelta) and timing < SHORTEST_INTERVAL:
            raise ValueError(f"{where}: every is {timing}, but must be at least a second")
        if parameters := inspect.signature(function).parameters:
            raise ValueError(f"{where}: the function has parameters ({', '.join(parameters)}). The scheduler has none")
        periodic_task = PeriodicTask(task_name(function), timing)
        if periodic_task.name in PERIODIC_TASKS:
            raise ValueError(f"{where}: a periodic task called {periodic_task.name} exists. Rename the function")
        PERIODIC_TASKS[periodic_task.name] = periodic_task

        @shared_task(base=base, name=periodic_task.name, bind=True)
        @wraps(function)
        def run(task: PortalTask) -> None:
            scheduler = (task.request.headers or {}).get(SCHEDULER)
            if scheduler is None or reserve(periodic_task, scheduler):
                function()

        return run

    return decorate


def task_name(function: Callable[..., Any]) -> str:
    """Return the name of a task: `library.remind` in apps/library, `core.mail.deliver_bulk_mail` in core.mail.tasks."""
    layer, *names = function.__module__.split(".")
    package = names[0] if layer in ("apps", "services") else function.__module__.removesuffix(".tasks")
    return f"{package}.{function.__name__}"


def scheduler_name() -> str:
    """Return the name of this process, if it is a scheduler."""
    return f"{socket.gethostname()}:{os.getpid()}"


def reserve(task: PeriodicTask, scheduler: str) -> bool:
    """Return whether a run of this scheduler may start: no other one has the task. Keep it for this one."""
    store, key = session_store("core"), f"periodic:{task.name}"
    lifetime = task.reservation()
    try:
        if store.add(key, scheduler, lifetime=lifetime):
            return True
        if store.get(key) == scheduler:
            store.set(key, scheduler, lifetime=lifetime)
            return True
    except STORE_ERRORS as error:
        logger.warning("periodic_task_not_reserved", task=task.name, error=type(error).__name__)
        return True
    logger.info("periodic_task_skipped", task=task.name)
    return False


def timing_text(timing: timedelta | crontab) -> str:
    """Return when a task runs, such as `every hour`, `every 90 seconds` or `crontab: 0 3 * * * (m/h/dM/MY/d)`."""
    if not isinstance(timing, timedelta):
        return str(timing).strip("<>")
    seconds = timing.total_seconds()
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    unit, length = next((one for one in units if seconds % one[1] == 0), units[-1])
    number = seconds / length
    return f"every {unit}" if number == 1 else f"every {number:g} {unit}s"
