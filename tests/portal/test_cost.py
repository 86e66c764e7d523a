"""The cost of a request does not grow with the number of apps, and real servers count what the portal's tests count."""

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

APPS = 100  # with those of the portal

URLS = """
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse()), path("<int:pk>/", lambda request, pk: HttpResponse())]
"""


@pytest.fixture(scope="module")
def hundred_apps(portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A portal with a hundred apps for different audiences."""
    installation = copy_portal(portal, tmp_path_factory.mktemp("hundred_apps"))
    apps = installation.folder / "apps"
    configuration = yaml.safe_load((installation.folder / "portal.yaml").read_text())
    roles, rings = sorted(configuration["roles"]), sorted(configuration["rings"])
    audiences = [
        {},
        {"sign_in": "optional"},
        {"roles": roles[:1]},
        {"roles": roles},
        {"rings": rings},
        {"rings": rings, "roles": roles},
        {"sites": ["internet"]},
    ]
    for number in range(APPS - len(list(apps.glob("*/manifest.yaml")))):
        app = apps / f"app_{number:02}"
        app.mkdir()
        (app / "__init__.py").touch()
        (app / "urls.py").write_text(URLS)
        manifest = {"title": f"App {number}", "audience": audiences[number % len(audiences)]}
        (app / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    return installation


def check_costs(installation: Installation) -> None:
    """Run the portal's own tests of the cost of a request."""
    done = installation.run("python", "-m", "pytest", "-q", "tests/test_cost.py", seconds=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"\d+ passed.*", done.stdout.strip().splitlines()[-1])


def test_a_request_costs_the_same_with_a_hundred_apps(hundred_apps: Installation) -> None:
    listed = hundred_apps.run("python", "-c", "from config.settings import PLUGINS; print(len(PLUGINS))")
    assert int(listed.stdout) >= APPS
    check_costs(hundred_apps)


@pytest.mark.long
def test_a_request_costs_the_same_with_a_hundred_apps_on_real_servers(
    hundred_apps: Installation, real_servers: RealServers
) -> None:
    check_costs(hundred_apps.with_variables(**real_servers.environment))


# The servers' own statistics include what the portal's tests might not see.

STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
STORES = ("session-store", "notification-store", "application-store", "channel-layer")
NOT_COUNTED = {"info", "auth", "hello", "client", "select", "ping", "command"}  # redis-cli and new connections


class Statistics:
    """The statements and commands that each server has executed."""

    def __init__(self, servers: RealServers) -> None:
        self.servers = servers

    def read(self) -> Counter[str]:
        counted: Counter[str] = Counter()
        statements = STATEMENT.findall(self.servers["database"].log.read_text(errors="replace"))
        counted.update(f"database {statement.split()[0].lower()}" for statement in statements)
        for store in STORES:
            statistics = self.servers[store].run("INFO", "commandstats")
            for command, calls in re.findall(r"cmdstat_(\w+):calls=(\d+)", statistics):
                if command not in NOT_COUNTED:
                    counted[f"{store} {command}"] += int(calls)
        with socket.create_connection((HOST, self.servers["cache"].port)) as connection:
            connection.sendall(b"stats\r\nquit\r\n")
            statistics = connection.makefile().read()
        for command, calls in re.findall(r"STAT cmd_(get|set|touch) (\d+)", statistics):
            counted[f"cache {command}"] += int(calls)
        return counted


@pytest.fixture
def statistics(production: Installation, real_servers: RealServers) -> Iterator[Statistics]:
    database = real_servers["database"]
    database.execute("ALTER DATABASE portal SET log_statement = 'all'")
    database.close_connections("portal")  # the setting holds for new connections
    yield Statistics(real_servers)
    database.execute("ALTER DATABASE portal RESET log_statement")
    database.close_connections("portal")


REQUESTS = 10


def test_the_servers_count_what_the_portals_tests_count(statistics: Statistics, maintainer: Visitor) -> None:
    expected = {
        "database select": 2 * REQUESTS,  # the person, and the pinned apps
        "session-store get": REQUESTS,
        "application-store lrange": REQUESTS,  # the recent apps
        "cache get": REQUESTS,
        # One round trip: a script, and the commands in it.
        "notification-store evalsha": REQUESTS,
        "notification-store get": REQUESTS,
        "notification-store exists": REQUESTS,
        "notification-store ttl": REQUESTS,
        "notification-store scard": REQUESTS,
    }
    found: list[Counter[str]] = []

    def costs_as_expected() -> bool:
        before = statistics.read()
        for _ in range(REQUESTS):
            assert maintainer.get("/api/portal/").status == 200
        found.append(statistics.read() - before)
        return found[-1] == expected

    # The first requests also open each thread's connections, and do what is done once in a while.
    try:
        wait_until(costs_as_expected, seconds=20, every=0)
    except TimeoutError:
        pytest.fail(f"{REQUESTS} requests cost {found[-1]}")


def test_a_connection_that_the_database_closed_is_replaced_without_an_error(
    maintainer: Visitor, real_servers: RealServers
) -> None:
    for _ in range(3):
        assert [maintainer.get("/api/portal/").status for _ in range(5)] == [200] * 5
        assert real_servers["database"].close_connections("portal")
