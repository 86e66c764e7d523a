"""The commands that a deployment uses, and the liveness files of the worker and the scheduler."""

import fcntl
import importlib.util
import io
import json
import re

import pytest
from celery import current_app
from django.core import signing
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import Http404

from core.health import liveness
from core.management.commands.migrate import LOCK, file_lock, migration_lock
from core.people.models import Person
from core.testing.client import PortalClient
from services.accounts.sign_in.demo_links import SALT, demo_link


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


class TestDemoAs:
    @staticmethod
    def link(name="student"):
        (link,) = re.findall(r"http://127\.0\.0\.1:8001(\S+)", output_of("demoas", name, "--port", "8001"))
        return link

    def test_the_link_signs_in(self, db):
        client = PortalClient()
        assert client.get(self.link())["Location"] == "/"
        assert client.get("/api/portal/").json()["person"]["username"] == "student"

    def test_production_makes_no_link_and_takes_none(self, db, monkeypatch, settings):
        link, client = self.link(), PortalClient()
        monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
        with pytest.raises(CommandError, match="production"):
            self.link()
        assert client.get(link).status_code == 404
        assert client.get("/api/portal/").json()["person"] is None
        with pytest.raises(Http404):
            demo_link(Person.objects.get(username="student"), "")

    def test_production_has_no_url_of_development(self, monkeypatch, settings):
        monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
        routes = urls_of_production()
        assert not {"demo-sign-in", "swagger-ui"} & routes
        assert "admin-file" in routes

    def test_a_link_that_was_changed_or_is_old_signs_nobody_in(self, db, monkeypatch):
        link, client = self.link(), PortalClient()
        assert client.get(f"{link[:-4]}xxx/").status_code == 404
        monkeypatch.setattr("services.accounts.sign_in.demo_links.LIFETIME_SECONDS", -1)
        assert client.get(link).status_code == 404

    def test_only_demo_accounts_have_a_link(self, make_person):
        make_person("asha")
        with pytest.raises(CommandError, match="The accounts are maintainer, "):
            self.link("asha")
        assert PortalClient().get(f"/_allauth/demo/{signing.dumps('asha', salt=SALT)}/").status_code == 404


def urls_of_production():
    """Return the names of the routes as config/urls.py makes them with today's settings."""
    spec = importlib.util.find_spec("config.urls")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {getattr(pattern, "name", None) for pattern in module.urlpatterns}
