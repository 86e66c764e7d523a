"""The overview of the stack on real servers: what fails is on it within seconds, with what it means."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.portal.conftest import MAINTAINER
from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

URL = "/api/overview/"
WITHIN = 15  # seconds until a failure is shown: an interval of 5, the check, and a busy machine
STARTS_WITHIN = 60  # seconds until a server that was started again is shown as one that works
MOST_SECONDS = 8  # for an answer, whatever hangs


@pytest.fixture(scope="module")
def maintainer(intranet: Installation, http_server: PortalServer, visit: Callable[..., Visitor]) -> Visitor:
    """A maintainer with a session from the shell, which needs no second factor."""
    cookie = json.loads(intranet.manage("makesession", MAINTAINER).stdout)
    return visit(http_server, cookies={cookie["name"]: cookie["value"]})


def overview(maintainer: Visitor) -> dict[str, Any]:
    began = time.monotonic()
    answer = maintainer.get(URL)
    assert (answer.status, time.monotonic() - began < MOST_SECONDS) == (200, True), answer
    return answer.json()


def problem_of(maintainer: Visitor, service: str) -> dict[str, Any] | None:
    problems = overview(maintainer)["problems"]
    return next((problem for problem in problems if problem["service"] == service), None)


def part_of(maintainer: Visitor, service: str) -> dict[str, Any]:
    parts = [part for tier in overview(maintainer)["tiers"] for part in tier["parts"]]
    return next(part for part in parts if part["service"] == service)


def test_it_shows_the_servers_with_their_versions(maintainer: Visitor) -> None:
    for service in ("database", "session-store", "channel-layer", "message-broker", "cache"):
        wait_until(lambda service=service: part_of(maintainer, service)["status"] == "ok", seconds=WITHIN, every=1)
        part = part_of(maintainer, service)
        assert part["version"][:1].isdigit(), part
        assert not part["embedded_backend"]
    queues = {queue["name"]: queue["waiting"] for queue in overview(maintainer)["queues"]}
    assert queues.keys() == {"tasks", "bulk_tasks", "notifications", "mail"}
    assert None not in queues.values()


@pytest.mark.parametrize(
    ("service", "meaning"),
    [
        pytest.param("message-broker", "none is lost", marks=pytest.mark.long),  # is slow to start
        ("channel-layer", "Pages do not change by themselves"),
        ("cache", "The portal is slower"),
    ],
)
def test_a_server_that_was_killed_is_shown_within_seconds_with_its_meaning(
    maintainer: Visitor, real_servers: RealServers, service: str, meaning: str
) -> None:
    wait_until(lambda: problem_of(maintainer, service) is None, seconds=STARTS_WITHIN, every=1)
    with real_servers[service].killed():
        problem = wait_until(lambda: problem_of(maintainer, service), seconds=WITHIN, every=0.5)
        assert problem["status"] == "down"
        assert meaning in problem["meaning"]
        assert problem["steps"][0] == f"Look at `docker compose logs {service}`"
        assert problem["since"]
    wait_until(lambda: problem_of(maintainer, service) is None, seconds=STARTS_WITHIN, every=1)


def test_a_server_that_hangs_holds_up_neither_the_answer_nor_the_other_parts(
    maintainer: Visitor, real_servers: RealServers
) -> None:
    with real_servers["application-store"].suspended():
        problem = wait_until(lambda: problem_of(maintainer, "application-store"), seconds=WITHIN, every=0.5)
        assert problem["status"] == "down"
        assert part_of(maintainer, "database")["status"] == "ok"
