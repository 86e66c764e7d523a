"""Lists the tasks of the portal, or runs one now, in this process."""

import inspect
from argparse import ArgumentParser
from difflib import get_close_matches
from typing import Any

from celery import Task, current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from core.logs.frames import describe
from core.management.output import text_file
from core.periodic import PERIODIC_TASKS, timing_text

WIDTH = 140  # characters, where the output is no terminal


class Command(BaseCommand):
    help = "List the tasks of core, services and apps, with the times of the periodic ones. With --run, run one now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", metavar="TASK", help="run this task in this process, such as polls.close_due")

    def handle(self, *args: Any, **options: Any) -> None:
        tasks = portal_tasks()
        if options["run"]:
            self.run_task(tasks, options["run"])
        else:
            self.show(tasks)

    def run_task(self, tasks: dict[str, Task[..., Any]], name: str) -> None:
        if name not in tasks:
            nearest = get_close_matches(name, tasks, n=1)
            suggestion = f"The nearest is {nearest[0]}." if nearest else "manage.py tasks lists the tasks."
            raise CommandError(f"There is no task called {name}. {suggestion}")
        if parameters := parameters_of(tasks[name]):
            raise CommandError(
                f"{name} takes arguments ({', '.join(parameters)}), so its app has to start it. "
                "To try it, call it in manage.py shell."
            )
        try:
            tasks[name]()
        except Exception as error:
            found = describe(error, settings.BASE_DIRECTORY)
            message = f"{name} failed. {found}\nmanage.py tasks --run {name} --traceback shows more."
            raise CommandError(message) from error
        self.stdout.write(f"{name} has run.")

    def show(self, tasks: dict[str, Task[..., Any]]) -> None:
        timings = {entry["task"]: timing_text(entry["schedule"]) for entry in current_app.conf.beat_schedule.values()}
        table = Table("Task", "Runs", "What it does")
        for name, task in tasks.items():
            table.add_row(name, timings.get(name, ""), (inspect.getdoc(task.run) or "").partition("\n")[0])
        output = text_file(self.stdout)
        Console(file=output, width=None if output.isatty() else WIDTH, highlight=False, markup=False).print(table)


def portal_tasks() -> dict[str, Task[..., Any]]:
    """Return the tasks by name, without Celery's own."""
    current_app.loader.import_default_modules()
    return {name: task for name, task in sorted(current_app.tasks.items()) if not name.startswith("celery.")}


def parameters_of(task: Task[..., Any]) -> list[str]:
    """Return the names of the parameters without which a task cannot run."""
    if task.name in PERIODIC_TASKS:
        return []
    parameters = inspect.signature(task.run).parameters.values()
    return [one.name for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
