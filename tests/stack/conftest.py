"""The tests share one running stack. It is generated with the default answers, built, started, and removed at the end.

To repeat a single test quickly, set STACK_UNDER_TEST=<folder>. The stack's portal is then the one in that folder, which
is generated the first time, and its containers keep running.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from dotenv import dotenv_values, set_key

from tests.support.browser import find_chromium
from tests.support.compose import (
    RUNNING,
    SITES,
    Event,
    Events,
    Stack,
    bridge_gateway,
    prepare_environment,
    project_name,
    run,
)
from tests.support.mail_server import MailServer
from tests.support.network import free_ports
from tests.support.tls import context_of
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

BUILD_SECONDS = 900
NO_CHROMIUM = "no Chromium was found (CHROMIUM=<path> names one)"
OWN_APPS = Path(__file__).parent / "apps"
REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTATION_NETWORK = "203.0.113.0/24"  # reserved for documentation, so no client has such an IP address

PASSWORDS = {name: f"correct horse of {name}" for name in ("chief", "clerk", "reader")}

# `chief` is a maintainer. `clerk` may use /admin/ but is no maintainer. `reader` has an account and no other rights.
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
    call_command("makesession", name, stdout=(output := StringIO()))
    sessions[name] = json.loads(output.getvalue())
print(json.dumps(sessions))
"""


@pytest.fixture(scope="session")
def stack_folder(generate: Callable[..., Path], shared_directory: Path) -> Path:
    """Return the portal's folder. Its .env names free ports and a free network."""
    kept = os.environ.get("STACK_UNDER_TEST")
    if kept and (Path(kept) / "compose.yaml").exists():
        return Path(kept).resolve()
    if kept:
        Path(kept).parent.mkdir(parents=True, exist_ok=True)
        portal = generate(into=shared_directory).rename(Path(kept).resolve())
    else:
        portal = generate(into=shared_directory / "stack")
    prepare_environment(portal, project_name(REPOSITORY))
    # The mail server runs on this machine, which the worker reaches as the gateway of a bridge.
    mail_url = f"smtp://{bridge_gateway()}:{free_ports(1)[0]}?security=none"
    set_key(portal / ".env", "MAIL_URL", mail_url, quote_mode="never")
    # This portal has no provider. Its secret shows that only the servers would get one.
    set_key(portal / ".env", "INSTITUTE_SIGN_IN_SECRET", secrets.token_hex(32), quote_mode="never")
    run("infrastructure/write-secrets", cwd=portal)
    add_ring(portal / "portal.yaml", "elsewhere", DOCUMENTATION_NETWORK)
    # An app of the institute for a single role.
    shutil.copytree(OWN_APPS, portal / "apps", dirs_exist_ok=True)
    return portal


def add_ring(file: Path, name: str, network: str) -> None:
    """Add a ring to a portal.yaml, and keep the rest as it is."""
    before = file.read_text()
    assert before.count("\nrings:\n") == 1
    file.write_text(before.replace("\nrings:\n", f"\nrings:\n  {name}: [{network}]\n"))


@pytest.fixture(scope="session")
def events_file(stack_folder: Path) -> Path:
    """Return the file of the engine's events since the stack was started."""
    return stack_folder.parent / f"{stack_folder.name}.events"


@pytest.fixture(scope="session")
def mail_server(stack_folder: Path, shared_directory: Path) -> Iterator[MailServer]:
    """The server of the stack's MAIL_URL. It keeps all mail of the run."""
    url = urlsplit(str(dotenv_values(stack_folder / ".env")["MAIL_URL"]))
    with MailServer(str(url.hostname), int(url.port or 25), shared_directory / "mail.jsonl") as server:
        yield server


@pytest.fixture(scope="session")
def stack(stack_folder: Path, events_file: Path, mail_server: MailServer) -> Iterator[Stack]:
    """Start the whole stack."""
    stack = Stack(stack_folder)
    is_kept = "STACK_UNDER_TEST" in os.environ
    if is_kept and events_file.exists() and set(RUNNING) <= set(running(stack)):
        yield stack
        return
    stack.down()  # a run that was killed leaves its containers
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
def chromium() -> str:
    """The browser's path. Without a browser, the tests are skipped; with CI=true they fail."""
    if path := find_chromium():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(NO_CHROMIUM)
    pytest.skip(NO_CHROMIUM)


@pytest.fixture(scope="session")
def events_of_start(stack: Stack, events_file: Path) -> list[Event]:
    """Return the events until the reverse proxy was healthy. Later events are the work of the tests."""
    events = Events.read(events_file)
    last = next(i for i, one in enumerate(events) if one.service == "reverse-proxy" and one.action.endswith("healthy"))
    return events[: last + 1]


@pytest.fixture(scope="session")
def authority(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the local authority's certificate from the stack, as an operator does."""
    file = tmp_path_factory.mktemp("authority") / "authority.crt"
    stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(file))
    return file


@pytest.fixture(scope="session")
def tls(authority: Path) -> ssl.SSLContext:
    return context_of(authority)


@pytest.fixture(scope="session")
def sessions(stack: Stack) -> dict[str, dict[str, dict[str, str]]]:
    """Create the people and a poll, and return site → person → the cookie of a session from `makesession`."""
    account = {"DJANGO_SUPERUSER_USERNAME": "chief", "DJANGO_SUPERUSER_EMAIL": "chief@example.edu"}
    account["DJANGO_SUPERUSER_PASSWORD"] = PASSWORDS["chief"]
    exists = stack.python(
        'from core.people.models import Person; print(int(Person.objects.filter(username="chief").exists()))'
    )
    if not exists:
        stack.manage("createsuperuser", "--no-input", variables=account)
        others = {name.upper(): PASSWORDS[name] for name in ("clerk", "reader")}
        stack.python(PEOPLE, variables=others)
    return {site: stack.python(SESSIONS, service=f"{site}-server") for site in SITES}


def visitor_of(stack: Stack, site: str, tls: ssl.SSLContext) -> Visitor:
    return Visitor(stack.origin(site), stack.https_port, tls)


@pytest.fixture
def visit(stack: Stack, tls: ssl.SSLContext, request: pytest.FixtureRequest) -> Callable[..., Visitor]:
    """Return a function: `visit("intranet")` is an anonymous visitor, `visit("intranet", "chief")` has signed in."""

    def visit(site: str, person: str | None = None) -> Visitor:
        visitor = visitor_of(stack, site, tls)
        if person:
            cookie = request.getfixturevalue("sessions")[site][person]
            visitor.cookies[cookie["name"]] = cookie["value"]
        return visitor

    return visit


@pytest.fixture
def poll(stack: Stack, visit: Callable[..., Visitor], sessions: dict) -> SimpleNamespace:
    """Return the id of a poll that is open to everyone, and the ids of its choices."""
    found = visit("internet").get("/api/polls/").json()["results"][-1]
    return SimpleNamespace(id=found["id"], choices=[choice["id"] for choice in found["choices"]])


@pytest.fixture
def reset_rate_limits(stack: Stack) -> Iterator[None]:
    """Restart the reverse proxy before and after the test, so that its counts of requests start at zero."""
    restart_reverse_proxy(stack)
    yield
    restart_reverse_proxy(stack)


def configure(stack: Stack) -> None:
    """Apply portal.yaml as an operator does: the one-shot writes NGINX's configuration again, and NGINX reloads it."""
    stack.compose("run", "--rm", "--no-deps", "configuration")
    stack.execute("reverse-proxy", "nginx", "-s", "reload")


FORWARDED = "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;"


@pytest.fixture
def forwarded_addresses(stack: Stack, reset_rate_limits: None) -> Iterator[None]:
    """Let each request choose its IP address by X-Forwarded-For, as behind a proxy. This machine has only one."""
    with forwarding_addresses(stack):
        yield


@contextlib.contextmanager
def forwarding_addresses(stack: Stack) -> Iterator[None]:
    file = "/var/lib/portal/sites/client-addresses.conf"
    command = f"sed -i '1i {FORWARDED}' {file}"
    stack.compose("run", "--rm", "--no-deps", "--no-TTY", "configuration", "sh", "-c", command)
    restart_reverse_proxy(stack)
    try:
        yield
    finally:
        configure(stack)


def restart_reverse_proxy(stack: Stack) -> None:
    stack.compose("restart", "--no-deps", "reverse-proxy")
    wait_until(lambda: stack.is_healthy("reverse-proxy"), seconds=30, every=0.3)
