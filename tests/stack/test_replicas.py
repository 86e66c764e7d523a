"""A site can have any number of servers: NGINX finds them, takes them in turn, and does without one that dies."""

from collections.abc import Callable, Iterator

import pytest

from tests.stack.outage import Requests
from tests.support.compose import Stack, run
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

SERVICE = "intranet-server"


@pytest.fixture(scope="module")
def replicas(stack: Stack) -> Iterator[list[str]]:
    """Run a second server of the intranet site, as `docker compose up --scale` does. Returns the containers' ids."""
    scale = ("up", "--detach", "--no-deps", "--no-recreate", "--wait")
    stack.compose(*scale, f"--scale={SERVICE}=2", SERVICE)
    yield stack.replicas(SERVICE)
    stack.compose(*scale, SERVICE)


def answered_by(replica: str, request_ids: list[str]) -> int:
    """Count the requests that a container has logged."""
    log = run("docker", "logs", "--tail=400", replica)
    return sum(request_id in log.stdout + log.stderr for request_id in request_ids)


def test_requests_are_spread_over_all_servers_of_a_site(visit: Visit, replicas: list[str]) -> None:
    assert len(replicas) == 2

    def send_twenty() -> list[int]:
        responses = [visit("intranet").get("/api/portal/") for _ in range(20)]
        assert {response.status for response in responses} == {200}
        request_ids = [response.headers["X-Request-ID"] for response in responses]
        wait_until(lambda: sum(answered_by(one, request_ids) for one in replicas) == 20, seconds=10, every=0.3)
        return [answered_by(one, request_ids) for one in replicas]

    wait_until(lambda: min(send_twenty()) >= 5, seconds=10, every=0.5)  # DNS may know the second one a second later


def test_a_server_that_dies_is_not_noticed(stack: Stack, visit: Visit, replicas: list[str]) -> None:
    started = stack.started_at(replicas[0])
    # These need no other server: on a busy machine, a database that answers late has a 503 of its own.
    with Requests([visit("intranet")], ["/health/live/"]) as requests:
        wait_until(lambda: len(requests.responses) > 10)
        stack.kill_container(replicas[0])
        wait_until(lambda: stack.started_at(replicas[0]) != started, seconds=30, every=0.2)
        number = len(requests.responses)
        wait_until(lambda: len(requests.responses) > number + 20, seconds=30)
    assert set(requests.statuses) == {200}, requests.statuses
    wait_until(lambda: stack.is_container_healthy(replicas[0]), seconds=60, every=0.5)
