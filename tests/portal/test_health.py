"""Doctor and readiness tell the truth about real servers, alive and dead."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

FIRST_TIER = {
    "message-broker",
    "channel-layer",
    "session-store",
    "notification-store",
    "application-store",
    "database",
    "cache",
}


@pytest.fixture
def worker_and_scheduler(production: Installation) -> Iterator[None]:
    with production.worker(), production.scheduler():
        yield


def statuses(installation: Installation) -> tuple[int, dict[str, str]]:
    """Doctor's exit status, and each row's status from its JSON."""
    done = installation.manage("doctor", "--json", check=False)
    return done.returncode, {row["service"]: row["status"] for row in json.loads(done.stdout)}


@pytest.mark.usefixtures("worker_and_scheduler")
def test_doctor_is_green_on_every_row_in_production(intranet: Installation) -> None:
    # A scheduler's first heartbeat comes within its interval of half a minute.
    wait_until(lambda: statuses(intranet)[1]["scheduler"] == "ok", seconds=60, every=1)
    done = intranet.manage("doctor")
    status, found = statuses(intranet)
    assert status == 0
    assert set(found.values()) == {"ok"}, done.stdout
    assert found.keys() > FIRST_TIER | {"worker", "scheduler"}
    for service in found:
        assert service in done.stdout
    assert "fakeredis" not in done.stdout


def test_a_tier_can_be_asked_alone(intranet: Installation) -> None:
    rows = json.loads(intranet.manage("doctor", "--json", "--tier=1").stdout)
    assert {row["service"] for row in rows} == FIRST_TIER
    assert {row["tier"] for row in rows} == {1}
    assert all(row["embedded_backend"] == "" for row in rows)


@pytest.mark.parametrize("service", ["session-store", "database"])
def test_doctor_fails_and_names_a_required_server_that_died(
    intranet: Installation, real_servers: RealServers, service: str
) -> None:
    with real_servers[service].killed():
        done = intranet.manage("doctor", "--tier=1", check=False)
        assert done.returncode == 1
        line = next(line for line in done.stdout.splitlines() if service in line)
        assert "failed" in line
        as_json = intranet.manage("doctor", "--json", "--tier=1", check=False)
    assert as_json.returncode == 1
    assert {row["service"]: row["status"] for row in json.loads(as_json.stdout)}[service] == "failed"
    said = done.stdout + done.stderr + as_json.stdout + as_json.stderr
    assert real_servers[service].password not in said


@pytest.mark.parametrize("service", sorted(FIRST_TIER - {"session-store", "database"}))
def test_doctor_calls_the_stack_degraded_without_a_server_that_is_not_required(
    intranet: Installation, real_servers: RealServers, service: str
) -> None:
    with real_servers[service].killed():
        done = intranet.manage("doctor", "--json", "--tier=1", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["service"]: row["status"] for row in json.loads(done.stdout)}
    assert rows == dict.fromkeys(FIRST_TIER, "ok") | {service: "degraded"}


@pytest.mark.parametrize(("service", "status"), [("session-store", 503), ("database", 503), ("cache", 200)])
def test_readiness_says_what_is_missing_and_recovers_with_it(
    http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers, service: str, status: int
) -> None:
    watcher = visit(http_server, proxied=False)
    wait_until(lambda: watcher.get("/health/ready/").json()["status"] == "ok")
    with real_servers[service].killed():
        answer = watcher.get("/health/ready/")
        expected = "failed" if status == 503 else "degraded"
        assert answer.status == status
        assert answer.json()["status"] == answer.json()["services"][service]["status"] == expected
        assert watcher.get("/health/live/").status == 200
    wait_until(lambda: watcher.get("/health/ready/").json()["status"] == "ok", seconds=15, every=0.2)


def test_readiness_tells_anonymous_visitors_no_details(
    http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    with real_servers["cache"].killed():
        row = visit(http_server).get("/health/ready/").json()["services"]["cache"]
        details = visit(http_server, proxied=False).get("/health/ready/").json()["services"]["cache"]
    assert row.keys() == {"status", "milliseconds"}
    assert details["detail"]


def test_a_hanging_server_holds_readiness_up_for_seconds_only(
    http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    watcher = visit(http_server, proxied=False)
    assert watcher.get("/health/ready/").json()["status"] == "ok"
    with real_servers["session-store"].hanging():
        row = watcher.get("/health/ready/").json()["services"]["session-store"]
    assert row["status"] == "failed"
    assert row["milliseconds"] < 4000  # twice the longest time that a client waits for an operation
