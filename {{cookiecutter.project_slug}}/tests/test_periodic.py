"""The decorator of periodic tasks, and the command that lists and runs tasks."""

import io
from datetime import timedelta

import pytest
from celery import current_app
from celery.beat import Scheduler
from celery.schedules import crontab
from django.core.management import CommandError, call_command
from redis.exceptions import ConnectionError as RedisConnectionError

from core import periodic as module
from core.periodic import PERIODIC_TASKS, periodic, timing_text
from core.stores.session_store import session_store

pytestmark = pytest.mark.django_db  # Celery runs the system checks before it imports the tasks

HOUR = timedelta(hours=1)
RESERVATION = "periodic:tests.test_periodic.count"


@pytest.fixture
def make_periodic():
    """Return a function that makes a periodic task which counts its runs: `task, runs = make_periodic(every=HOUR)`."""
    runs = []

    def make(**timing):
        @periodic(**timing)
        def count() -> None:
            """Count a run."""
            runs.append(1)

        return count, runs

    yield make
    for name in [name for name in PERIODIC_TASKS if name.startswith("tests.")]:
        del PERIODIC_TASKS[name]
        current_app.conf.beat_schedule.pop(name, None)
        current_app.tasks.unregister(name)


def send_by_scheduler(task, name) -> None:
    """Send a periodic task as a scheduler does."""
    scheduler = Scheduler(current_app, schedule={}, lazy=True)
    scheduler.merge_inplace({"entry": PERIODIC_TASKS[task.name].entry(name)})
    scheduler.apply_async(scheduler.schedule["entry"], advance=False)


@pytest.mark.parametrize(
    ("timing", "shortest", "longest"),
    [
        ({"every": HOUR}, HOUR, HOUR + timedelta(minutes=1)),
        ({"at": crontab(minute="*/30")}, timedelta(milliseconds=1), timedelta(minutes=30)),
    ],
    ids=["every", "at"],
)
def test_of_two_schedulers_only_the_first_runs_a_task(make_periodic, timing, shortest, longest):
    task, runs = make_periodic(**timing)
    for name in ("first", "second"):
        send_by_scheduler(task, name)
    assert len(runs) == 1
    assert shortest <= session_store("core").remaining(RESERVATION) <= longest
    session_store("core").delete(RESERVATION)  # as if it had expired
    send_by_scheduler(task, "second")
    assert len(runs) == 2


def test_a_late_run_does_not_prevent_the_next_one_of_the_same_scheduler(make_periodic):
    task, runs = make_periodic(every=HOUR)
    for name in ("first", "first", "second"):
        send_by_scheduler(task, name)
    assert len(runs) == 2


def test_a_task_that_is_called_or_sent_by_hand_always_runs(make_periodic):
    task, runs = make_periodic(every=HOUR)
    send_by_scheduler(task, "first")
    task()
    task.delay()
    assert len(runs) == 3


def test_without_the_store_every_run_is_done(make_periodic, monkeypatch):
    task, runs = make_periodic(every=HOUR)

    class NoStore:
        def add(self, *arguments, **more):
            raise RedisConnectionError

    monkeypatch.setattr(module, "session_store", lambda namespace: NoStore())
    for name in ("first", "second"):
        send_by_scheduler(task, name)
    assert len(runs) == 2


def test_the_times_of_a_crontab_are_in_the_time_zone_of_the_portal(settings):
    assert str(current_app.timezone) == settings.PORTAL.time_zone


def test_the_scheduler_knows_the_tasks_of_services_and_core():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert {"announcements.send_due", "people.delete_old_imports", "core.mail.deliver_waiting_mail"} <= scheduled
    assert scheduled - {"core.health.heartbeat"} == set(PERIODIC_TASKS)


def with_a_parameter(number): ...


def without_parameters(): ...


@pytest.mark.parametrize(
    ("timing", "function", "message"),
    [
        ({}, without_parameters, "give either every, such as timedelta"),
        ({"every": HOUR, "at": crontab()}, without_parameters, "give either every, such as timedelta"),
        ({"every": timedelta(0)}, without_parameters, "every is 0:00:00, but must be at least a second"),
        ({"every": HOUR}, with_a_parameter, r"the function has parameters \(number\)"),
    ],
)
def test_a_mistake_in_the_decorator_is_refused_and_names_the_function(timing, function, message):
    with pytest.raises(ValueError, match=rf"@periodic of {__name__}\.{function.__name__}: {message}"):
        periodic(**timing)(function)


def test_two_periodic_tasks_with_the_same_name_are_refused(make_periodic):
    make_periodic(every=HOUR)
    with pytest.raises(ValueError, match=r"a periodic task called tests\.test_periodic\.count exists"):
        make_periodic(every=HOUR)


@pytest.mark.parametrize(
    ("timing", "text"),
    [
        (HOUR, "every hour"),
        (6 * HOUR, "every 6 hours"),
        (timedelta(seconds=90), "every 90 seconds"),
        (timedelta(seconds=1.5), "every 1.5 seconds"),
        (timedelta(days=1), "every day"),
        (crontab(hour="3", minute="0"), "crontab: 0 3 * * * (m/h/dM/MY/d)"),
    ],
)
def test_the_time_of_a_task_is_described(timing, text):
    assert timing_text(timing) == text


def output_of(*arguments) -> str:
    output = io.StringIO()
    call_command("tasks", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_lists_tasks_with_their_times_and_runs_one(make_periodic):
    task, runs = make_periodic(every=HOUR)
    line = next(line for line in output_of().splitlines() if "announcements.send_due" in line)
    assert "every 10 seconds" in line
    assert "Send the announcements that are due." in line
    assert output_of("--run", task.name) == f"{task.name} has run.\n"
    assert runs == [1]


def test_the_command_refuses_a_task_that_does_not_exist_or_takes_arguments():
    with pytest.raises(CommandError, match=r"The nearest is announcements\.send_due"):
        output_of("--run", "announcements.send_dew")
    with pytest.raises(CommandError, match=r"takes arguments \(pk\)"):
        output_of("--run", "people.check_import")
