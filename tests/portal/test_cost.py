"""What a request costs does not grow with the number of apps, and the servers count what the portal's tests count."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.installation import Installation, copy_portal
from tests.support.network import HOST
from tests.support.servers import RealServers
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

APPS = 100  # the portal's own among them

URLS = """
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse()), path("<int:pk>/", lambda request, pk: HttpResponse())]
"""


@pytest.fixture(scope="module")
def crowded(portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A portal with a hundred apps, for all kinds of audiences."""
    installation = copy_portal(portal, tmp_path_factory.mktemp("crowded"))
    copy = installation.folder
    told = yaml.safe_load((copy / "portal.yaml").read_text())
    roles, rings = sorted(told["roles"]), sorted(told["rings"])
    audiences = [
        {},
        {"sign_in": "optional"},
        {"roles": roles[:1]},
        {"roles": roles},
        {"rings": rings},
        {"rings": rings, "roles": roles},
        {"sites": ["internet"]},
    ]
    present = len(list((copy / "apps").glob("*/manifest.yaml")))
    for number in range(APPS - present):
        app = copy / "apps" / f"app_{number:02}"
        app.mkdir()
        (app / "__init__.py").touch()
        (app / "urls.py").write_text(URLS)
        (app / "frontend").mkdir()
        (app / "frontend" / "index.jsx").touch()  # an app without a page has no tile
        manifest = {"title": f"App {number}", "audience": audiences[number % len(audiences)]}
        (app / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    return installation


def count(installation: Installation) -> str:
    """Run the portal's own tests of what a request costs; their closing line."""
    done = installation.run("python", "-m", "pytest", "-q", "tests/test_cost.py", seconds=120, check=False)
    closing_line = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"\d+ passed.*", closing_line)
    return closing_line


def test_the_costs_are_the_same_with_a_hundred_apps(crowded: Installation) -> None:
    listed = crowded.run("python", "-c", "from config.settings import PLUGINS; print(len(PLUGINS))")
    assert int(listed.stdout) >= APPS
    count(crowded)


def test_the_costs_are_the_same_with_a_hundred_apps_on_real_servers(
    crowded: Installation, real_servers: RealServers
) -> None:
    count(crowded.with_variables(**real_servers.environment))


# On the real servers, by what they say themselves. Whatever asks them, in whatever way, is in it.

STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
ASKED_ABOUT = {"info", "auth", "hello", "client", "select", "ping", "command"}  # what redis-cli and new connections say


class Ledger:
    """What the servers have been asked so far, server by server."""

    def __init__(self, servers: RealServers) -> None:
        self.servers = servers

    def read(self) -> Counter[str]:
        read: Counter[str] = Counter()
        statements = STATEMENT.findall(self.servers["database"].log.read_text(errors="replace"))
        read.update(f"database {words.split()[0].lower()}" for words in statements)
        for store in ("session-store", "notification-store", "application-store", "channel-layer"):
            said = self.servers[store].run("INFO", "commandstats")
            for command, calls in re.findall(r"cmdstat_(\w+):calls=(\d+)", said):
                if command not in ASKED_ABOUT:
                    read[f"{store} {command}"] += int(calls)
        with socket.create_connection((HOST, self.servers["cache"].port)) as connection:
            connection.sendall(b"stats\r\nquit\r\n")
            said = connection.makefile().read()
        for command, calls in re.findall(r"STAT cmd_(get|set|touch) (\d+)", said):
            read[f"cache {command}"] += int(calls)
        return read


@pytest.fixture
def ledger(production: Installation, real_servers: RealServers) -> Iterator[Ledger]:
    """Asked for before the server: of connections that are opened from now on, PostgreSQL logs the statements."""
    database = real_servers["database"]

    def tell(change: str) -> None:
        done = database.run("psql", "--no-psqlrc", f"--command=ALTER DATABASE portal {change}")
        assert done.returncode == 0, done.stderr

    tell("SET log_statement = 'all'")
    yield Ledger(real_servers)
    tell("RESET log_statement")


REQUESTS = 10


def test_the_servers_are_asked_no_more_than_the_tests_count(ledger: Ledger, maintainer: Visitor) -> None:
    expected = {
        "database select": REQUESTS,
        "session-store get": REQUESTS,
        "cache get": REQUESTS,
        # In one round trip.
        "notification-store exists": REQUESTS,
        "notification-store scard": REQUESTS,
    }
    found: list[Counter[str]] = []

    def costs_what_is_expected() -> bool:
        """Once each thread that answers has its connections, and what is seldom done is done for now."""
        before = ledger.read()
        for _ in range(REQUESTS):
            assert maintainer.get("/api/portal/").status == 200
        found.append(ledger.read() - before)
        return found[-1] == expected

    try:
        wait_until(costs_what_is_expected, seconds=10, every=0)
    except TimeoutError:
        pytest.fail(f"{REQUESTS} requests cost {found[-1]}")


def test_a_connection_that_the_database_closed_is_replaced_before_anybody_notices(
    maintainer: Visitor, real_servers: RealServers
) -> None:
    end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'portal'"
    for _ in range(3):
        assert [maintainer.get("/api/portal/").status for _ in range(5)] == [200] * 5
        done = real_servers["database"].run("psql", "--no-psqlrc", "--tuples-only", f"--command={end}")
        assert "t" in done.stdout.split(), done.stdout + done.stderr
