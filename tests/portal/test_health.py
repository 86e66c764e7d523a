"""`manage.py doctor` and /health/ready/ report the state of the real servers."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Response, Visitor
from tests.support.waiting import wait_until

REQUIRED = {"session-store", "database"}
TIER_I = REQUIRED | {"message-broker", "channel-layer", "notification-store", "application-store", "cache"}
SLOW_TO_START = {"message-broker"}


def servers(names: set[str]) -> list[Any]:
    """Return the parameters of a test for each server."""
    return [pytest.param(name, marks=[pytest.mark.long] if name in SLOW_TO_START else []) for name in sorted(names)]


@pytest.fixture
def worker_and_scheduler(production: Installation) -> Iterator[None]:
    with production.worker() as worker, production.scheduler():
        worker.wait_until_it_prints(" ready.")
        yield


def doctor(installation: Installation, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run doctor. Returns its exit status and its JSON by compose service."""
    done = installation.manage("doctor", "--json", *arguments, check=False)
    return done.returncode, {part["service"]: part for part in json.loads(done.stdout)}


def statuses(parts: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: part["status"] for name, part in parts.items()}


@pytest.mark.usefixtures("worker_and_scheduler")
def test_every_part_is_ok_in_production(intranet: Installation) -> None:
    def healthy_parts() -> dict[str, dict[str, Any]] | None:
        status, parts = doctor(intranet)
        print(parts)
        return parts if (status, set(statuses(parts).values())) == (0, {"ok"}) else None

    # The worker may still be writing the scheduler's first heartbeat. On a busy machine, a part may answer too late.
    parts = wait_until(healthy_parts, seconds=60, every=1)
    assert parts.keys() > TIER_I | {"worker", "scheduler"}
    assert not any(parts[name]["embedded_backend"] for name in TIER_I)
    table = intranet.manage("doctor").stdout
    assert not [name for name in parts if name not in table]
    assert "fakeredis" not in table


def test_doctor_checks_one_tier_alone(intranet: Installation) -> None:
    _, parts = doctor(intranet, "--tier=1")
    assert parts.keys() == TIER_I
    assert {part["tier"] for part in parts.values()} == {1}


@pytest.mark.parametrize("name", servers(REQUIRED))
def test_doctor_fails_and_names_a_required_server_that_is_down(
    intranet: Installation, real_servers: RealServers, name: str
) -> None:
    with real_servers[name].killed():
        table = intranet.manage("doctor", "--tier=1", check=False)
        as_json = intranet.manage("doctor", "--json", "--tier=1", check=False)
    assert (table.returncode, as_json.returncode) == (1, 1)
    assert "failed" in next(line for line in table.stdout.splitlines() if name in line)
    assert {part["service"]: part["status"] for part in json.loads(as_json.stdout)}[name] == "failed"
    assert real_servers[name].password not in table.stdout + table.stderr + as_json.stdout + as_json.stderr


@pytest.mark.parametrize("name", servers(TIER_I - REQUIRED))
def test_doctor_reports_a_server_that_is_not_required_as_degraded(
    intranet: Installation, real_servers: RealServers, name: str
) -> None:
    with real_servers[name].killed():
        status, parts = doctor(intranet, "--tier=1")
    assert status == 0
    assert statuses(parts) == dict.fromkeys(TIER_I, "ok") | {name: "degraded"}


@pytest.fixture
def health_check(http_server: PortalServer, visit: Callable[..., Visitor]) -> Visitor:
    """A visitor on the server's own machine, once the server is ready."""
    visitor = visit(http_server, proxied=False)
    wait_until(lambda: is_ready(visitor), seconds=15, every=0.2)
    return visitor


def is_ready(visitor: Visitor) -> bool:
    return status_of(visitor) == "ok"


def status_of(visitor: Visitor, part: str | None = None) -> str:
    """Return the status of the portal, or of one part. It may be a few seconds old, and each process has its own."""
    body = visitor.get("/health/ready/").json()
    return body["services"][part]["status"] if part else body["status"]


@pytest.mark.parametrize(("name", "status"), [("session-store", 503), ("database", 503), ("cache", 200)])
def test_readiness_names_a_server_that_is_down_and_recovers_with_it(
    health_check: Visitor, real_servers: RealServers, name: str, status: int
) -> None:
    with real_servers[name].killed():
        expected = "failed" if status == 503 else "degraded"
        wait_until(lambda: status_of(health_check, name) == expected, seconds=15, every=0.2)
        response = wait_until(lambda: response_with(health_check, expected), seconds=15, every=0.2)
        assert response.status == status
        assert health_check.get("/health/live/").status == 200
    wait_until(lambda: is_ready(health_check), seconds=15, every=0.2)


def response_with(visitor: Visitor, status: str) -> Response | None:
    """Return the next response if it reports `status`."""
    response = visitor.get("/health/ready/")
    return response if response.json()["status"] == status else None


def test_readiness_gives_details_only_on_the_servers_own_machine(
    http_server: PortalServer, visit: Callable[..., Visitor], health_check: Visitor, real_servers: RealServers
) -> None:
    outside = visit(http_server)
    with real_servers["session-store"].killed():
        wait_until(lambda: response_with(health_check, "failed"), seconds=15, every=0.2)
        assert health_check.get("/health/ready/").json()["services"]["session-store"]["detail"]
        refused = wait_until(lambda: response_with(outside, "failed"), seconds=15, every=0.2)
    assert (refused.status, refused.json()) == (503, {"status": "failed"})
    with real_servers["cache"].killed():
        wait_until(lambda: status_of(health_check, "cache") == "degraded", seconds=15, every=0.2)
        served = wait_until(lambda: response_with(outside, "ok"), seconds=15, every=0.2)
    assert (served.status, served.json()) == (200, {"status": "ok"})
    wait_until(lambda: is_ready(health_check), seconds=15, every=0.2)


def test_readiness_waits_only_seconds_for_a_server_that_hangs(health_check: Visitor, real_servers: RealServers) -> None:
    with real_servers["session-store"].suspended():
        wait_until(lambda: status_of(health_check, "session-store") == "failed", seconds=15, every=0.2)
        answer = wait_until(lambda: response_with(health_check, "failed"), seconds=15, every=0.2)
    part = answer.json()["services"]["session-store"]
    assert part["milliseconds"] < 4000  # twice the time limit of an operation
    wait_until(lambda: is_ready(health_check), seconds=15, every=0.2)


@pytest.mark.parametrize("name", ["session-store", "application-store", "database"])
def test_readiness_leaves_a_process_free_while_a_server_hangs(
    http_server: PortalServer,
    visit: Callable[..., Visitor],
    health_check: Visitor,
    real_servers: RealServers,
    name: str,
) -> None:
    """Each of the two processes has four threads. Waiting requests to /health/ready/ would hold all of them."""
    outside = visit(http_server)
    with real_servers[name].suspended(), ThreadPoolExecutor(16) as pool:
        checks = [pool.submit(outside.get, "/health/ready/") for _ in range(200)]
        others = [pool.submit(outside.get, "/health/live/") for _ in range(50)]
        assert {other.result(timeout=15).status for other in others} == {200}
        waiting = wait(checks, timeout=5).not_done
        assert len(waiting) <= 2, "more than one thread of each process waits for the server"
    wait_until(lambda: is_ready(health_check), seconds=15, every=0.2)
