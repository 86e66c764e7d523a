"""The commands that a deployment uses, and the liveness files of the worker and the scheduler."""

import fcntl
import io
import json

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection

from core.health import liveness
from core.management.commands.migrate import LOCK, file_lock, migration_lock
from core.people.models import Person
from core.testing.client import PortalClient


def output_of(*arguments) -> str:
    output = io.StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_migrations_never_run_concurrently():
    with migration_lock("default"):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                assert cursor.fetchone() == (False,)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s), pg_advisory_unlock(%s)", [LOCK, LOCK])
            assert cursor.fetchone() == (True, True)


def test_a_file_locks_the_database_of_sqlite(tmp_path):
    path = tmp_path / "database.migrating"
    with file_lock(path), path.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_migrating_again_does_nothing(db):
    assert "No migrations to apply" in output_of("migrate", "--no-color")


def test_makesession_signs_a_person_in(make_person, settings):
    make_person("asha")
    cookie = json.loads(output_of("makesession", "Asha"))
    client = PortalClient()
    client.cookies[cookie["name"]] = cookie["value"]
    assert cookie["name"] == settings.SESSION_COOKIE_NAME
    assert client.get("/api/portal/").json()["person"]["username"] == "asha"


def test_makesession_refuses_an_unknown_person(db):
    with pytest.raises(CommandError, match="nobody"):
        call_command("makesession", "nobody")


def test_show_urls_names_both_sites_and_a_missing_maintainer(db, settings):
    output = output_of("show_urls")
    for site in ("intranet", "internet"):
        assert f"https://{settings.PORTAL.site(site).host}" in output
    assert "make maintainer" in output
    Person.objects.create_superuser("boss")
    assert "make maintainer" not in output_of("show_urls")


def test_show_urls_lists_the_hosts_for_scripts(db, settings):
    hosts = [settings.PORTAL.site(site).host for site in ("intranet", "internet")]
    assert output_of("show_urls", "--hosts").split() == hosts


def test_the_scheduler_updates_its_liveness_file(tmp_path, monkeypatch):
    monkeypatch.setattr(liveness, "FILE", tmp_path / "alive")
    scheduler = liveness.LivenessScheduler(
        current_app, lazy=True, schedule_filename=str(tmp_path / "schedule"), schedule={}
    )
    scheduler.setup_schedule()
    try:
        assert scheduler.tick() <= liveness.EVERY_SECONDS
    finally:
        scheduler.close()
    assert (tmp_path / "alive").exists()


def test_a_worker_updates_its_liveness_file(tmp_path, monkeypatch):
    monkeypatch.setattr(liveness, "FILE", tmp_path / "alive")
    scheduled = []

    class Timer:
        def call_repeatedly(self, seconds, function):
            scheduled.append((seconds, function))
            return self

        def cancel(self):
            scheduled.clear()

    class Worker:
        timer = Timer()

    step = liveness.LivenessFile(Worker())
    step.start(Worker())
    assert (tmp_path / "alive").exists()
    assert scheduled == [(liveness.EVERY_SECONDS, liveness.touch)]
    step.stop(Worker())
    assert scheduled == []
