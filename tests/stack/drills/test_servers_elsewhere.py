"""A portal whose database and Redis are servers elsewhere, with TLS and the institute's own authority.

They run outside the project, on an IP address of this machine that containers with a way out reach. Broker and cache
stay containers of the portal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values, set_key

from tests.stack.conftest import PASSWORDS, PEOPLE
from tests.stack.test_sockets import NOTIFY, SOCKET
from tests.support.compose import ALL, SERVERS, STORES, Stack, bridge_gateway, run
from tests.support.tls import context_of
from tests.support.tls_servers import TlsDatabaseContainer, TlsServers
from tests.support.visitor import Visitor, receive_topics, subscribe

ELSEWHERE = {"database", *STORES}
MAKE_SECONDS = 900
ADD_GROUP = "from django.contrib.auth.models import Group; Group.objects.create(name='{name}')"
GROUPS = """
import json
from django.contrib.auth.models import Group
print(json.dumps(sorted(Group.objects.filter(name__endswith="the backup").values_list("name", flat=True))))
"""


def make(portal: Stack, *arguments: str, check: bool = True) -> str:
    """Run a target of the portal's Makefile with the images that it has, and return all that it printed."""
    environment = portal.environment({"RELEASE": portal.release})
    command = ("make", "--no-print-directory", *arguments)
    done = run(*command, cwd=portal.portal, env=environment, seconds=MAKE_SECONDS, check=check)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def servers(stack: Stack) -> Iterator[TlsServers]:
    with TlsServers(bridge_gateway(), database=TlsDatabaseContainer) as found:
        yield found


@pytest.fixture(scope="module")
def portal(stack: Stack, servers: TlsServers) -> Iterator[Stack]:
    """A project of its own, with the variables of the servers and nothing else in .env."""
    with stack.another_project("elsewhere") as prepared:
        for name, value in (servers.variables | servers.passwords).items():
            set_key(prepared.portal / ".env", name, value)
        given = dotenv_values(prepared.portal / ".env").get("COMPOSE_FILE") or "compose.yaml"
        report = make(prepared, "up", check=False)
        (line,) = set(re.findall(r"write (COMPOSE_FILE=\S+) into \.env", report))
        files = [f"infrastructure/elsewhere/{service}.yaml" for service in sorted(ELSEWHERE)]
        assert sorted(line.partition("=")[2].split(":")) == sorted([*given.split(":"), *files])
        with (prepared.portal / ".env").open("a") as environment:
            environment.write(f"{line}\n")
        servers.database.create_roles(prepared.portal)
        found = Stack(prepared.portal, overrides=tuple(prepared.portal / file for file in files))
        make(found, "up")
        found.manage("createsuperuser", "--no-input", variables=superuser())
        found.python(PEOPLE, variables={name.upper(): PASSWORDS[name] for name in ("clerk", "reader")})
        yield found


def superuser() -> dict[str, str]:
    values = {"USERNAME": "chief", "EMAIL": "chief@example.edu", "PASSWORD": PASSWORDS["chief"]}
    return {f"DJANGO_SUPERUSER_{name}": value for name, value in values.items()}


@pytest.fixture(scope="module")
def sign_in(portal: Stack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Visitor]:
    file: Path = tmp_path_factory.mktemp("authority") / "authority.crt"
    portal.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(file))

    def sign_in(site: str) -> Visitor:
        visitor = Visitor(portal.origin(site), portal.https_port, context_of(file))
        assert visitor.sign_in("reader", PASSWORDS["reader"]).status == 200
        return visitor

    return sign_in


def test_the_servers_have_no_container(portal: Stack) -> None:
    assert portal.containers().keys() == set(ALL) - ELSEWHERE


def test_only_what_uses_such_a_server_has_a_way_out(portal: Stack) -> None:
    outward = f"{portal.project}_outward"
    joined = {name for name, one in portal.containers().items() if outward in one["NetworkSettings"]["Networks"]}
    assert joined == {*SERVERS, "migrations", "worker", "backup"}


def test_no_password_is_in_a_container_or_in_what_compose_prints(portal: Stack, servers: TlsServers) -> None:
    described = json.dumps([one["Config"] for one in portal.containers().values()])
    printed = portal.compose("config").stdout
    for secret in {*servers.passwords.values(), *portal.secrets.values()}:
        assert secret not in described
        assert secret not in printed


def test_doctor_says_where_they_are_and_how_they_are_reached(portal: Stack, servers: TlsServers) -> None:
    parts = {part["service"]: part for part in json.loads(portal.manage("doctor", "--json"))}
    assert {name: part["detail"] for name, part in parts.items() if part["status"] != "ok"} == {}
    for service in ELSEWHERE:
        assert parts[service]["detail"].endswith(f"; at {servers.host}, TLS 1.3")
    assert "not encrypted" not in parts["message-broker"]["detail"], "it is a container of the portal"


def test_people_sign_in_and_a_vote_updates_the_page_of_the_other_site(
    portal: Stack, sign_in: Callable[[str], Visitor]
) -> None:
    voter, other = sign_in("internet"), sign_in("intranet")
    poll = voter.get("/api/polls/").json()["results"][0]
    topic = f"polls:{poll['id']}"
    with other.socket(SOCKET) as connection:
        assert subscribe(connection, topic) == {"subscribed": [topic]}
        response = voter.send("PUT", f"/api/polls/{poll['id']}/vote/", {"choice": poll["choices"][0]["id"]})
        assert (response.status, response.json()["votes"]) == (200, 1)
        assert receive_topics(connection) == {topic}


def test_a_notification_arrives(portal: Stack, sign_in: Callable[[str], Visitor]) -> None:
    reader = sign_in("internet")
    with reader.socket(SOCKET) as connection:
        assert subscribe(connection, "person") == {"subscribed": ["person"]}
        portal.python(NOTIFY, service="worker", variables={"TITLE": "elsewhere"})
        assert receive_topics(connection) == {"person"}
    assert reader.get("/api/notifications/").json()["results"][0]["title"] == "The poll has closed: elsewhere"


def test_a_backup_is_made_and_restored_there(portal: Stack) -> None:
    portal.python(ADD_GROUP.format(name="in the backup"))
    make(portal, "backup")
    portal.python(ADD_GROUP.format(name="after the backup"))
    assert "Restored." in make(portal, "restore", "FROM=latest", "YES=yes")
    assert portal.python(GROUPS) == ["in the backup"]
    assert portal.containers().keys() == set(ALL) - ELSEWHERE, "a restore starts no server of its own"


@pytest.mark.parametrize("command", ["infrastructure/upgrade-database", "infrastructure/database-roles"])
def test_what_needs_the_database_s_container_says_so(portal: Stack, command: str) -> None:
    done = run(command, cwd=portal.portal, env=portal.environment(), check=False)
    assert done.returncode
    assert "the database is not in this portal's containers: DATABASE_URL of .env names another server" in done.stderr
