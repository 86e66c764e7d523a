"""Celery's application. Its settings are config/settings/tasks.py."""

import os
from contextlib import suppress

from celery import Celery
from celery.signals import beat_init, import_modules, setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

from core.health.liveness import LivenessFile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal", task_cls="core.tasks:PortalTask")
app.config_from_object("config.settings.tasks", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.steps["worker"].add(LivenessFile)


@setup_logging.connect
def use_django_logging(**kwargs: object) -> None:
    """Leave logging to Django's settings. Without a receiver Celery would install handlers of its own."""


@beat_init.connect
def send_first_heartbeat(**kwargs: object) -> None:
    """Send a heartbeat when the scheduler starts. The schedule sends its first one an interval later."""
    from kombu.exceptions import OperationalError

    from core.health.tasks import heartbeat

    with suppress(OperationalError):
        heartbeat.delay()


def task_modules() -> list[str]:
    from django.conf import settings

    return [
        "core.audit",
        "core.health",
        "core.mail",
        *(plugin.module for plugin in settings.PLUGINS if plugin.has("tasks")),
    ]


app.autodiscover_tasks(task_modules)


@import_modules.connect  # after autodiscover_tasks, so that the modules are imported
def schedule_periodic_tasks(sender: Celery, **kwargs: object) -> None:
    from core.periodic import PERIODIC_TASKS, scheduler_name

    entries = {name: task.entry(scheduler_name()) for name, task in PERIODIC_TASKS.items()}
    sender.conf.beat_schedule.update(entries)
