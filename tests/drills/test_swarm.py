"""The portal on a Docker Swarm: one node, and three of which one is lost while people vote."""

from __future__ import annotations

import json
import os
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dotenv import set_key

from tests.stack.drills.conftest import LIMITS, PEOPLE, POLL_SECONDS
from tests.stack.drills.test_deploy import REQUESTS, failures, load, new_release
from tests.support.activity import Activity, Poll, open_poll, open_polls, read_votes
from tests.support.checkout import REPOSITORY
from tests.support.compose import SERVERS, SITES, project_name
from tests.support.files_server import SECRET, FilesServer
from tests.support.members import Member, announcers, create_members, delete_members
from tests.support.network import free_port
from tests.support.open_pages import OpenPage
from tests.support.swarm import GATEWAY, NAMED, PROGRAM, Lab, Node, SwarmPortal
from tests.support.tls import context_of
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

NO_LAB = "these drills need a Swarm of three engines: SWARM_NODES names a program with `up` and `down`"
STORED = ("database", "session-store", "notification-store", "application-store", "message-broker", "backup")
# All nodes share this machine's processors, so each replica has one process.
REPLICAS = {
    "SERVER_REPLICAS": 2,
    "SOCKETS_REPLICAS": 2,
    "WORKER_REPLICAS": 2,
    "SERVER_PROCESSES": 1,
    "WORKER_PROCESSES": 1,
}
CLIENTS = 16  # each sends one request after the other
ANSWERS_AGAIN_SECONDS = 30
RATE = 8  # things that the members do a second
KEPT = os.environ.get("SWARM_UNDER_TEST")  # a folder: the lab and its portal run on, and the next run uses them


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The lab, with a Swarm of its first node. Without its program, the drills are skipped; with CI=true they fail."""
    if not os.access(PROGRAM, os.X_OK):
        if os.environ.get("CI") == "true" and NAMED != "none":
            pytest.fail(NO_LAB)
        pytest.skip(NO_LAB)
    lab = Lab()
    if KEPT and lab.is_up:
        yield lab
        return
    lab.up()
    try:
        lab.make_swarm()
        lab.label(lab.first, "stores", "edge", "files")
        yield lab
    finally:
        if not KEPT:
            lab.down()


@pytest.fixture(scope="module")
def files_server(lab: Lab) -> Iterator[FilesServer]:
    """A store for uploads on this machine."""
    with FilesServer(GATEWAY, 9000 if KEPT else free_port()) as server:
        yield server


@pytest.fixture(scope="module")
def portal(lab: Lab, generate: Callable[..., Path], shared_directory: Path) -> SwarmPortal:
    """A portal with two replicas of each server on one node, which has the uploads too."""
    folder = Path(KEPT) if KEPT else shared_directory / "swarm"
    if (folder / "compose.yaml").exists():
        return SwarmPortal(folder.resolve(), lab)
    folder.parent.mkdir(parents=True, exist_ok=True)
    generate(into=folder.with_name(f"{folder.name}-generated")).rename(folder)
    project = f"{project_name(REPOSITORY)}-swarm"
    write(folder, LIMITS | REPLICAS | {"COMPOSE_PROJECT_NAME": project, "PUBLISH_ADDRESS": "0.0.0.0"})
    portal = SwarmPortal(folder.resolve(), lab)
    print(portal.deploy(nodes=[]))
    return portal


def write(portal: Path, values: dict[str, object]) -> None:
    for name, value in values.items():
        set_key(portal / ".env", name, str(value), quote_mode="auto")


@pytest.fixture(scope="module")
def three_nodes(portal: SwarmPortal, files_server: FilesServer) -> SwarmPortal:
    """The portal on three nodes. The first has the stores, the first two a reverse proxy, and none the uploads."""
    lab = portal.lab
    if len(lab.first.docker("node", "ls", "--quiet").split()) == 1:
        files = {"FILES_URL": files_server.url, "FILES_SECRET": SECRET}
        write(portal.portal, files | {"COMPOSE_FILE": "compose.yaml:compose.files.yaml"})
        lab.join(*lab.nodes[1:])
        lab.label(lab.nodes[1], "edge")
        print(portal.deploy())
    return portal


@pytest.fixture(scope="module")
def tls(portal: SwarmPortal) -> ssl.SSLContext:
    return context_of(portal.authority)


@pytest.fixture(scope="module")
def members(three_nodes: SwarmPortal, tls: ssl.SSLContext) -> Iterator[list[Member]]:
    """Fifty people who have signed in. Half of them connect to one of the edge nodes, and half to the other."""
    found = create_members(three_nodes, tls, number=PEOPLE, role="student")
    first, second = (node.address for node in three_nodes.nodes[:2])
    for place, member in enumerate(found):
        member.visitor.addresses = (first, second) if place % 4 < 2 else (second, first)
    yield found
    delete_members(three_nodes, found)


@pytest.fixture
def polls(members: list[Member]) -> list[Poll]:
    return open_polls(announcers(members)[0], number=6, seconds=POLL_SECONDS)


def visitor_of(portal: SwarmPortal, site: str, node: Node, tls: ssl.SSLContext) -> Visitor:
    return Visitor(portal.origin(site), portal.https_port, tls, addresses=(node.address,))


@pytest.fixture
def stored_votes(three_nodes: SwarmPortal, polls: list[Poll]) -> Callable[[], dict[tuple[int, int], int]]:
    """Return a function that reads (person, poll) → choice from the database."""
    return lambda: read_votes(three_nodes.python, polls)


def test_one_node_runs_the_whole_portal(portal: SwarmPortal, tls: ssl.SSLContext) -> None:
    for site in SITES:
        visitor = visitor_of(portal, site, portal.lab.first, tls)
        assert visitor.get("/").status == 200
        assert visitor.get("/api/portal/").json()["site"] == site
    for service in (*SERVERS, "worker"):
        assert len(portal.running(service)) == 2, service
        update = portal.service(service)["Spec"]["UpdateConfig"]
        assert (update["Order"], update["FailureAction"]) == ("start-first", "rollback")
    assert len(portal.running("scheduler")) == 1
    assert portal.service("scheduler")["Spec"]["UpdateConfig"]["Order"] == "stop-first"
    portal.execute("backup", "python3", "-m", "backup", "now", seconds=120)


def test_one_shots_run_once(portal: SwarmPortal) -> None:
    for service in ("migrations", "static"):
        lines = portal.lab.first.docker("service", "ps", "--format={{.CurrentState}}", f"{portal.project}_{service}")
        assert lines.startswith("Complete"), lines


def test_nginx_sees_the_addresses_of_clients_and_no_ring_has_the_gateway(
    portal: SwarmPortal, tls: ssl.SSLContext
) -> None:
    node = portal.lab.first
    path = f"/?{random.random()}"
    assert visitor_of(portal, "intranet", node, tls).get("/api/portal/").status == 200
    assert visitor_of(portal, "intranet", node, tls).get(path).status == 200
    ((_, container),) = portal.tasks("reverse-proxy", node=node)
    log = [json.loads(line) for line in node.docker("logs", "--since=1m", container).splitlines() if line[:1] == "{"]
    assert {one["ip_address"] for one in log if one["site"] == "intranet"} >= {GATEWAY}
    # A client on the loopback address of the node has the address of docker_gwbridge's gateway there.
    url = f"{portal.origin('intranet')}/api/portal/"
    resolve = f"{portal.domains['intranet']}:{portal.https_port}:127.0.0.1"
    options = ("--insecure", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--resolve", resolve)
    assert node.run("curl", *options, url) == "403"


PERSON = """
import json, os
from core.people.models import Person, Role
person = Person.objects.create_user(os.environ["USERNAME"], password=os.environ["PASSWORD"])
Role.objects.create(person=person, name="student")
print(json.dumps(person.pk))
"""


def test_sign_in_vote_live_update_and_notification_cross_nodes(
    three_nodes: SwarmPortal, members: list[Member], polls: list[Poll], tls: ssl.SSLContext
) -> None:
    first, second = three_nodes.nodes[:2]
    for service in (*SERVERS, "worker"):
        assert len({node for node, _ in three_nodes.running(service)}) == 2, f"{service} is on one node"
    name, password = f"traveller-{random.randrange(10**6)}", "a long password of the traveller"
    traveller = three_nodes.python(PERSON, variables={"USERNAME": name, "PASSWORD": password})
    visitor = visitor_of(three_nodes, "internet", first, tls)
    assert visitor.sign_in(name, password).status == 200
    visitor.addresses = (second.address,)
    assert visitor.username == name

    voter = Member(traveller, name, "internet", visitor)
    pages = [OpenPage(member, polls[0].id) for member in members[::3]]
    for page in pages:
        page.start()
    try:
        wait_until(lambda: all(page.is_subscribed and page.visible for page in pages), seconds=60)
        assert len({page.member.visitor.addresses for page in pages}) == 2
        before = {page: page.visible for page in pages}
        assert voter.request("PUT", f"/api/polls/{polls[0].id}/vote/", {"choice": polls[0].choices[0]}).status == 200
        wait_until(lambda: all(page.visible.votes > before[page].votes for page in pages), seconds=30)
        assert open_poll(announcers(members)[0], "Who is notified?", seconds=POLL_SECONDS, roles=["student"])
        wait_until(lambda: all(page.visible.newest > before[page].newest for page in pages), seconds=60)
    finally:
        voter.disconnect()
        for page in pages:
            page.close()


def test_no_request_of_ten_thousand_fails_during_an_update(three_nodes: SwarmPortal, members: list[Member]) -> None:
    release = three_nodes.release
    before = {service: three_nodes.running(service) for service in (*SERVERS, "worker", "scheduler", "reverse-proxy")}
    clients = members[:: PEOPLE // CLIENTS]  # on both sites, and over both edge nodes
    with new_release(three_nodes), load(clients, at_least=REQUESTS) as statuses:
        three_nodes.deploy()
    assert not failures(statuses)
    assert statuses.total() >= REQUESTS
    assert three_nodes.release != release
    for service, tasks in before.items():
        changed = set(three_nodes.running(service)) - set(tasks)
        assert bool(changed) == (service != "reverse-proxy"), service


class Prober(threading.Thread):
    """Requests a page and the API over and over, with a new connection each, as someone who reloads a page."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(daemon=True)
        self.visitor = visitor
        self.statuses: Counter[int | str] = Counter()
        self.last_failure = 0.0  # the time at which the last request that failed had ended
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.25):
            for path in ("/", "/api/portal/"):
                try:
                    status: int | str = self.visitor.get(path).status
                except Exception as error:
                    status = type(error).__name__
                self.statuses[status] += 1
                if status != 200:
                    self.last_failure = time.monotonic()


@pytest.fixture
def second_node(three_nodes: SwarmPortal) -> Iterator[Node]:
    """The node that is lost. It is back afterwards, and its services on all nodes."""
    node = three_nodes.nodes[1]
    yield node
    node.reconnect()
    wait_until(three_nodes.lab.is_complete, seconds=180, every=2)


def test_a_lost_node_costs_nothing_that_was_accepted_and_pages_answer_again(
    three_nodes: SwarmPortal,
    second_node: Node,
    members: list[Member],
    polls: list[Poll],
    stored_votes: Callable[[], dict[tuple[int, int], int]],
    tls: ssl.SSLContext,
) -> None:
    first = three_nodes.lab.first
    for service in SERVERS:
        three_nodes.spread(service, second_node)
    probers = [
        Prober(Visitor(three_nodes.origin(site), three_nodes.https_port, tls, addresses=addresses))
        for site in SITES
        for addresses in ((first.address, second_node.address), (second_node.address, first.address))
    ]
    for prober in probers:
        prober.start()
    announced = None
    try:
        with Activity(members, rate=RATE, polls=polls) as activity:
            wait_until(lambda: len(activity.votes) > 20, seconds=60)
            lost_at = time.monotonic()
            second_node.disconnect()
            # All this time: more than Swarm needs to find out, and to start tasks on other nodes.
            author = announcers(members)[0]
            deadline = lost_at + 90
            while time.monotonic() < deadline:
                announced = announced or open_poll(author, "Are you there?", seconds=POLL_SECONDS, roles=["student"])
                activity.ended.wait(1)
            three_nodes.wait_until_running("intranet-server", 2)
    finally:
        for prober in probers:
            prober.ended.set()
        for prober in probers:
            prober.join(timeout=30)
    statuses = activity.all_statuses()
    probed = sum((prober.statuses for prober in probers), Counter())
    away = max(0.0, max(prober.last_failure for prober in probers) - lost_at)
    accepted = {key: choice for key, (choice, status) in activity.votes.items() if status == 200}
    print(
        f"\n{statuses.total()} requests {dict(statuses)}, {len(accepted)} votes accepted; "
        f"pages {dict(probed)}, the last failure {away:.1f} s after the loss"
    )
    assert away < ANSWERS_AGAIN_SECONDS
    assert len(accepted) > 100
    assert accepted.items() <= stored_votes().items(), "a vote was lost"
    assert announced, "no poll could be opened"
    readers = [member for member in members if member not in announcers(members)]
    wait_until(lambda: all(has_notification(member, announced) for member in readers), seconds=300, every=5)


def has_notification(member: Member, poll: Poll) -> bool:
    response = member.get("/api/notifications/?page_size=5")
    return bool(response and response.status == 200 and f"/polls/{poll.id}" in response.text)
