"""The development server says what a request costs and calls, stops at breakpoints, and has Swagger UI."""

import html
import re
import socket
import subprocess
import sys

import pytest
from django.conf import settings as portal_settings
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.urls import include, path
from structlog.testing import capture_logs

from core.development import outgoing, round_trips
from core.development.outgoing import warning
from core.stores.application_store import application_store

URL = "/api/sample/"
OTHER = ("192.0.2.1", 443)  # of no machine: RFC 5737


def repeats(request):
    for number in range(7):
        Group.objects.filter(pk=number).first()
    return HttpResponse()


def calls(request):
    with socket.socket() as connection:
        connection.connect(OTHER)
    return HttpResponse()


def stores(request):
    application_store("sample").get("anything")
    return HttpResponse()


OWN = [path("repeats/", repeats), path("calls/", calls), path("stores/", stores)]
urlpatterns = [path(URL[1:], include((OWN, "sample")))]


@pytest.fixture
def development(settings, db):
    """The middleware of development, and the URLs above."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["core.development.round_trips.RoundTripsMiddleware"]


@pytest.fixture
def costs(development, client, monkeypatch):
    """Return a function that sends a request, and returns the fields of its log line."""
    bound = {}
    monkeypatch.setattr(round_trips.structlog.contextvars, "bind_contextvars", lambda **fields: bound.update(fields))

    def send(name):
        bound.clear()
        assert client.get(f"{URL}{name}/").status_code == 200
        return dict(bound)

    return send


def test_statements_are_counted_and_a_repeated_one_is_named(costs, monkeypatch):
    monkeypatch.setattr(round_trips, "place_of_caller", lambda: "apps/library/views.py, line 12")
    with capture_logs() as logs:
        found = costs("repeats")
    assert (found["sql"], found["stores"]) == (7, 0)
    assert {"sql_milliseconds", "stores_milliseconds"} < set(found)
    (event,) = [event for event in logs if event["event"] == "repeated_statement"]
    assert event["times"] == 7
    assert event["place"] == "apps/library/views.py, line 12"
    assert "auth_group" in event["sql"]


def test_trips_to_the_stores_are_counted(costs):
    costs("stores")  # opens the connection
    found = costs("stores")
    assert (found["sql"], found["stores"]) == (0, 1)


@pytest.fixture
def no_network(monkeypatch):
    """Let sockets of this test warn, and connect to nothing."""
    monkeypatch.setattr(socket.socket, "connect", warning(lambda own, address: None))
    monkeypatch.setattr(outgoing, "warned", set())


def test_a_call_of_another_system_is_reported_once_for_each_line(costs, no_network, capsys, monkeypatch):
    monkeypatch.setattr(outgoing, "place_of_caller", lambda: "apps/library/views.py, line 12")
    costs("calls")
    costs("calls")
    assert capsys.readouterr().err.count("apps/library/views.py, line 12: a view calls another system.") == 1


@pytest.mark.parametrize("address", [("127.0.0.1", 80), ("::1", 80, 0, 0), ("localhost", 80), "/run/a.socket"])
def test_this_machine_is_no_other_system(address):
    assert not outgoing.is_elsewhere(address)


def test_outside_requests_nothing_is_reported(no_network, capsys):
    with socket.socket() as connection:
        connection.connect(OTHER)
    assert capsys.readouterr().err == ""


# A server that stops at a breakpoint in a thread, as Django's views run in one.
SERVER = """
from threading import Thread
def view():
    answer = 6 * 7
    breakpoint()
thread = Thread(target=view)
thread.start()
thread.join()
"""
SUPERVISOR = f"""
import sys
from pathlib import Path
from core.development.processes import ManagedProcess
process = ManagedProcess([sys.executable, "-c", {SERVER!r}], Path.cwd(), keep_errors=True, interactive=True)
process.start()
process.process.wait(60)
"""
IN_A_TERMINAL = f"import pty, sys; pty.spawn([sys.executable, '-c', {SUPERVISOR!r}])"


def test_a_breakpoint_reads_from_the_terminal():
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", IN_A_TERMINAL],
        cwd=portal_settings.BASE_DIRECTORY,
        input="p answer\nc\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "(Pdb)" in done.stdout
    assert "42" in done.stdout


@pytest.mark.django_db
def test_swagger_ui_is_served_from_this_site_alone(visitor):
    page = visitor.get("/api/schema/ui/")
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert sources
    assert all(source.startswith(("/static/drf_spectacular_sidecar/", "/api/schema/ui/")) for source in sources)
    assert [visitor.get(html.unescape(source)).status_code for source in sources] == [200] * len(sources)
    assert "'/api/schema/'" in visitor.get("/api/schema/ui/?script").content.decode().replace('"', "'")
    assert "require-trusted-types-for" not in page["Content-Security-Policy"]
    assert "script-src 'self';" in page["Content-Security-Policy"]
