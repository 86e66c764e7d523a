"""One running stack for all of these tests: generated with default answers, built, started, and removed at the end.

STACK_UNDER_TEST=<folder> uses the portal in that folder and leaves its containers running, to repeat one test quickly.
The first time it is generated there.
"""

from __future__ import annotations

import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.compose import RUNNING, SITES, Event, Events, Stack, prepare_environment
from tests.support.tls import context_of
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

PROJECT = "portal-stack-test"  # always the same: the images of the last run are the cache of the next
BUILD_SECONDS = 900
OWN_APPS = Path(__file__).parent / "apps"

PASSWORDS = {name: f"correct horse of {name}" for name in ("chief", "clerk", "reader")}

# `chief` is a maintainer, `clerk` may use /admin/ and is none, `reader` is like most people.
PEOPLE = """
import json, os
from datetime import timedelta
from django.utils import timezone
from apps.polls.actions import poll_create
from core.people.models import Person
clerk = Person.objects.create_user("clerk", password=os.environ["CLERK"], is_staff=True)
reader = Person.objects.create_user("reader", password=os.environ["READER"])
poll_create(author=reader, question="Tea?", choices=["yes", "no"], closes_at=timezone.now() + timedelta(days=1))
"""

SESSIONS = """
import json
from io import StringIO
from django.core.management import call_command
sessions = {}
for name in ("chief", "clerk", "reader"):
    call_command("makesession", name, stdout=(said := StringIO()))
    sessions[name] = json.loads(said.getvalue())
print(json.dumps(sessions))
"""


@pytest.fixture(scope="session")
def stack_folder(generate: Callable[..., Path], shared_directory: Path) -> Path:
    """The portal's folder, with ports and a network of its own in .env."""
    kept = os.environ.get("STACK_UNDER_TEST")
    if kept and (Path(kept) / "compose.yaml").exists():
        return Path(kept).resolve()
    if kept:
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
        portal = generate(into=shared_directory).rename(Path(kept).resolve())
    else:
        portal = generate(into=shared_directory / "stack")
    prepare_environment(portal, PROJECT)
    # An app of the institute's own, for one role alone.
    shutil.copytree(OWN_APPS, portal / "apps", dirs_exist_ok=True)
    return portal


@pytest.fixture(scope="session")
def events_file(stack_folder: Path) -> Path:
    """What the engine told since the stack was started."""
    return stack_folder.parent / f"{stack_folder.name}.events"


@pytest.fixture(scope="session")
def stack(stack_folder: Path, events_file: Path) -> Iterator[Stack]:
    """The whole stack, running."""
    stack = Stack(stack_folder)
    is_kept = "STACK_UNDER_TEST" in os.environ
    if is_kept and events_file.exists() and set(RUNNING) <= set(running(stack)):
        yield stack
        return
    stack.down()  # of a run that was killed
    stack.compose("build", "--quiet", seconds=BUILD_SECONDS)
    events = Events(stack.project, events_file)
    try:
        stack.up()
        yield stack
    finally:
        events.close()
        if not is_kept:
            stack.down()


def running(stack: Stack) -> list[str]:
    return stack.compose("ps", "--services", "--status=running").stdout.split()


@pytest.fixture(scope="session")
def events_of_start(stack: Stack, events_file: Path) -> list[Event]:
    """What happened until everything was there; what tests do to containers later comes after."""
    events = Events.read(events_file)
    last = next(i for i, one in enumerate(events) if one.service == "reverse-proxy" and one.action.endswith("healthy"))
    return events[: last + 1]


@pytest.fixture(scope="session")
def authority(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The local authority's certificate, as the operator takes it out."""
    file = tmp_path_factory.mktemp("authority") / "authority.crt"
    stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(file))
    return file


@pytest.fixture(scope="session")
def tls(authority: Path) -> ssl.SSLContext:
    return context_of(authority)


@pytest.fixture(scope="session")
def sessions(stack: Stack) -> dict[str, dict[str, dict[str, str]]]:
    """Site → person → the cookie of a session that a command opened. The people are made here, and a poll."""
    account = {"DJANGO_SUPERUSER_USERNAME": "chief", "DJANGO_SUPERUSER_EMAIL": "chief@example.edu"}
    account["DJANGO_SUPERUSER_PASSWORD"] = PASSWORDS["chief"]
    known = stack.python(
        'from core.people.models import Person; print(int(Person.objects.filter(username="chief").exists()))'
    )
    if not known:
        stack.manage("createsuperuser", "--no-input", variables=account)
        others = {name.upper(): PASSWORDS[name] for name in ("clerk", "reader")}
        stack.python(PEOPLE, variables=others)
    return {site: stack.python(SESSIONS, service=f"{site}-server") for site in SITES}


def visitor_of(stack: Stack, site: str, tls: ssl.SSLContext) -> Visitor:
    return Visitor(stack.origin(site), stack.https_port, tls)


@pytest.fixture
def visit(stack: Stack, tls: ssl.SSLContext, request: pytest.FixtureRequest) -> Callable[..., Visitor]:
    """`visit("intranet")` is somebody new on the site; `visit("intranet", "chief")` has signed in."""

    def visit(site: str, person: str | None = None) -> Visitor:
        visitor = visitor_of(stack, site, tls)
        if person:
            cookie = request.getfixturevalue("sessions")[site][person]
            visitor.cookies[cookie["name"]] = cookie["value"]
        return visitor

    return visit


@pytest.fixture
def poll(stack: Stack, visit: Callable[..., Visitor], sessions: dict) -> SimpleNamespace:
    """The poll that everybody may vote in: its id, and the ids of its choices."""
    found = visit("internet").get("/api/polls/").json()["results"][-1]
    return SimpleNamespace(id=found["id"], choices=[choice["id"] for choice in found["choices"]])


@pytest.fixture
def fresh_door(stack: Stack) -> Iterator[None]:
    """A reverse proxy that has counted no request yet, and forgets those of this test afterwards."""
    restart_door(stack)
    yield
    restart_door(stack)


def restart_door(stack: Stack) -> None:
    stack.compose("restart", "--no-deps", "reverse-proxy")
    wait_until(lambda: stack.is_healthy("reverse-proxy"), seconds=30, every=0.3)
