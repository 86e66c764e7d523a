"""The portal works in containers: a copy of it is built, started, checked, used on both sites, and removed.

`make stack-test` runs this, with Docker. The copy has a name, secrets, ports and a network of its own, and disturbs no
portal on the same machine.
"""

import json
import secrets
import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.scratch import ROOT, SITES, ScratchStack, write_configuration, write_environment

pytestmark = pytest.mark.stack
NOT_COPIED = shutil.ignore_patterns(
    ".venv", ".git", ".env", "secrets", "var", "node_modules", "build", "__pycache__", ".*_cache"
)
PASSWORD = secrets.token_urlsafe(16)
CREATE_PERSON = f"""
from core.people.models import Person
Person.objects.create_user("stack-test", password={PASSWORD!r})
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    folder = Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("stack") / "portal", ignore=NOT_COPIED))
    (folder / "var").mkdir()
    stack = write_environment(folder)
    write_configuration(folder, stack.subnet)
    try:
        stack.run("make", "up", seconds=1500)
        yield stack
    finally:
        stack.remove()


def test_every_part_passes_its_round_trip(stack: ScratchStack) -> None:
    parts = json.loads(stack.manage("doctor", "--json", check=False))
    assert {"database", "reverse-proxy"} <= {part["service"] for part in parts}
    assert not [part for part in parts if part["status"] == "failed"]


@pytest.fixture(scope="module")
def person(stack: ScratchStack) -> str:
    stack.manage("shell", "--no-imports", "--command", CREATE_PERSON)
    return "stack-test"


@pytest.mark.parametrize("site", SITES)
def test_a_person_signs_in_over_tls(stack: ScratchStack, person: str, site: str) -> None:
    visitor = stack.visitor(site)
    assert visitor.get("/api/portal/")["person"] is None
    visitor.post("/_allauth/browser/v1/auth/login", {"username": person, "password": PASSWORD})
    answer = visitor.get("/api/portal/")
    assert (answer["site"], answer["person"]["username"]) == (site, person)


def test_only_the_reverse_proxy_can_be_reached(stack: ScratchStack) -> None:
    published = {
        container["Service"]: [port["PublishedPort"] for port in container["Publishers"] or [] if port["PublishedPort"]]
        for container in map(json.loads, stack.compose("ps", "--format=json").splitlines())
    }
    assert {service for service, ports in published.items() if ports} == {"reverse-proxy"}
    for port in published["reverse-proxy"]:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_an_unknown_host_gets_no_page(stack: ScratchStack) -> None:
    with pytest.raises(ssl.SSLError):
        stack.visitor("internet", domain="unknown.example").get("/")
