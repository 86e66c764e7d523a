"""Fixtures for the tests of the portal and its apps. The root conftest.py registers them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import caches
from django.db import connection

from core.configuration.portal import Role as PortalRole
from core.health.readiness import readiness
from core.hooks import running, timings
from core.people.actions import role_grant
from core.people.details import validator
from core.people.models import Person, Role

from .client import PortalClient
from .clock import Clock, running_clock
from .counting import RoundTrips, round_trips_within
from .flushing import restore_permissions_after_flush
from .mail import SentMail


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let Django empty the audit log between tests that commit. PostgreSQL lets nobody do so elsewhere.

    A test that imports a server's entry point configures this process as a server: its statements may take 2 s, and the
    thread of its sockets keeps a connection. DROP DATABASE may take longer, and needs the database for itself.
    """
    options = dict(connection.settings_dict["OPTIONS"])
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_audit_auditentry DISABLE TRIGGER no_truncate")
    with django_db_blocker.unblock():
        restore_permissions_after_flush()
    yield
    connection.settings_dict["OPTIONS"] = options
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def clean_stores() -> Iterator[None]:
    """Empty the stores after each test. On real servers, only keys of tests are deleted."""
    yield
    for alias in ("sessions", "notifications", "application", "default"):
        caches[alias].delete_pattern("*")  # type: ignore[attr-defined]  # django-redis has it
    caches["cache"].clear()


@pytest.fixture(autouse=True)
def forget_readiness() -> None:
    """Let the first request to /health/ready/ of each test ask the parts."""
    readiness.forget()


@pytest.fixture(autouse=True)
def time_for_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call every hook, and let none be late because the machine is busy. A test of a time limit sets its own."""
    timings.timings.forget()
    monkeypatch.setattr(timings, "STUCK_SECONDS", 60.0)
    for hook in running.LIMITS:
        monkeypatch.setitem(running.LIMITS, hook, running.Limits(app=60_000, all=60_000))


@pytest.fixture(autouse=True)
def upload_folders(settings: Any, tmp_path: Path) -> None:
    """Give each test its own folders for uploads."""
    settings.MEDIA_ROOT, settings.PROTECTED_ROOT = tmp_path / "media", tmp_path / "protected"


@pytest.fixture
def allow_task_errors(settings: Any) -> Iterator[None]:
    """Keep errors of tasks and of `after_commit` away from the request, as in production.

    Without this fixture they fail the test.
    """
    settings.AFTER_COMMIT_RAISES = False
    current_app.conf.task_eager_propagates = False
    yield
    current_app.conf.task_eager_propagates = True


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Any) -> SentMail:
    """Return the mails that were sent, as pytest-django's fixture of this name, with those that wait for a commit."""
    return SentMail()


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """Return a function that creates people: `make_person("asha", is_staff=True)`."""
    number = 0

    def make(username: str = "", **more: Any) -> Person:
        nonlocal number
        number += 1
        return Person.objects.create_user(username or f"person{number}", **more)

    return make


@pytest.fixture
def person(make_person: Callable[..., Person]) -> Person:
    """Return a person without a role."""
    return make_person()


@pytest.fixture
def give_role(db: None) -> Callable[..., Role]:
    """Return a function that grants a role: `give_role(person, "student")`. It has the options of `role_grant`."""

    def give(person: Person, name: str, **more: Any) -> Role:
        return role_grant(person=person, name=name, **more)

    return give


@pytest.fixture
def sign_in_as(make_person: Callable[..., Person], give_role: Callable[..., Role]) -> Callable[..., PortalClient]:
    """Return a function that signs in a new person with these roles: `sign_in_as("student").person`.

    It returns their client. The keywords are those of `make_person`: `sign_in_as("staff", is_staff=True)`.
    """

    def sign_in(*roles: str, **more: Any) -> PortalClient:
        person = make_person(**more)
        for role in roles:
            give_role(person, role)
        return PortalClient().sign_in(person)

    return sign_in


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Return the clock of `timezone.now()`, which a test can move: `clock.move(timedelta(days=1))`."""
    with running_clock() as clock:
        yield clock


@pytest.fixture
def visitor() -> PortalClient:
    """Return the client of an anonymous visitor."""
    return PortalClient()


@pytest.fixture
def reader(person: Person) -> PortalClient:
    """Return a client that is signed in as `person`."""
    return PortalClient().sign_in(person)


@pytest.fixture
def round_trips(db: None) -> Callable[..., AbstractContextManager[RoundTrips]]:
    """Return a context manager that fails on more round trips: `with round_trips(sql=3, stores=2):`."""
    return round_trips_within


@pytest.fixture
def use_roles(settings: Any) -> Iterator[Callable[..., None]]:
    """Return a function that replaces the portal's roles: `use_roles(student=schema)`, `{}` for one without details."""

    def use(**schemas: dict[str, Any]) -> None:
        roles = {name: PortalRole(title=name.title(), details=schema) for name, schema in schemas.items()}
        settings.PORTAL = settings.PORTAL.model_copy(update={"roles": roles})
        validator.cache_clear()

    yield use
    validator.cache_clear()
