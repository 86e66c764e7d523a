"""The how-tos of single sign-on: their code signs a person in with a running portal, by libraries of others."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation, PortalServer, copy_portal
from tests.support.network import HOST, free_port, is_listening
from tests.support.single_sign_on import (
    DJANGO_CALLBACK,
    allow,
    code_of,
    device_path,
    finish,
    load,
    press,
    start,
    start_django_site,
    variables_of,
)
from tests.support.visitor import Visitor

pytestmark = pytest.mark.long

CALLBACK = "https://wiki.example.edu/callback"
ACCOUNT, NAME = "student", re.compile(r"Hello, \S")

# The libraries refuse a portal without TLS.
WITHOUT_TLS = {"AUTHLIB_INSECURE_TRANSPORT": "1", "OAUTHLIB_INSECURE_TRANSPORT": "1"}


class Portal:
    """A portal that runs on embedded servers, and a person who is signed in at it."""

    def __init__(self, installation: Installation, server: PortalServer) -> None:
        self.installation = installation
        self.url = f"http://{HOST}:{server.port}"
        self.person = Visitor.local(server.port).sign_in_as(ACCOUNT)

    def add_client(self, *arguments: str) -> dict[str, str]:
        """Add a client, and return the variables that the code of a how-to reads."""
        printed = self.installation.manage("client", "create", "Wiki", *arguments).stdout
        return {"PORTAL": self.url} | WITHOUT_TLS | variables_of(printed)

    def code(self, page: str) -> list[str]:
        return code_of(self.installation.folder, page)


@pytest.fixture(scope="module")
def provider(portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    installation = copy_portal(portal, tmp_path_factory.mktemp("single-sign-on"))
    installation.make("var")
    installation.manage("migrate", "--no-input")
    installation.manage("seed")
    port = free_port()
    with installation.running("python", "manage.py", "runserver", "--noreload", f"{HOST}:{port}") as process:
        process.wait_until(lambda: is_listening(port), "listened")
        yield Portal(installation, PortalServer(process, port))


def test_a_django_site_signs_people_in(provider: Portal, tmp_path: Path) -> None:
    variables = provider.add_client("--redirect-uri", DJANGO_CALLBACK)
    site = start_django_site(provider.installation.folder, tmp_path, variables)
    printed = finish(site, allow(provider.person, site.stdout.readline().strip()) + "\n")
    assert re.search(rf"Hello, \S.*; [0-9a-f]{{32}}; {ACCOUNT}@", printed)


def test_any_client_signs_people_in(provider: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = provider.code("sign-in-with-any-client")
    site = load(code, provider.add_client("--redirect-uri", CALLBACK), monkeypatch)
    url, kept = site.begin()
    answer = allow(provider.person, url)
    with pytest.raises(Exception, match="state"):
        site.finish(answer, kept | {"state": "another"})
    assert site.finish(answer, kept)["preferred_username"] == ACCOUNT
    url, kept = site.begin()
    with pytest.raises(ValueError, match="another sign-in"):
        site.finish(allow(provider.person, url), kept | {"nonce": "another"})


def test_a_command_line_signs_a_person_in(provider: Portal, tmp_path: Path) -> None:
    (code,) = provider.code("sign-in-on-a-command-line")
    variables = provider.add_client("--kind", "native", "--scope", "openid", "--scope", "profile")
    tool = start(code, tmp_path, variables)
    path = device_path(provider.url, tool.stdout.readline())
    assert "Wiki" in provider.person.get(path).text
    assert press(provider.person, path, action="confirm").status == 200
    assert NAME.match(finish(tool))


def test_a_machine_gets_a_token(provider: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = provider.code("give-a-machine-a-token")
    machine = load(code, provider.add_client("--kind", "machine"), monkeypatch)
    token = machine.get_token()
    assert machine.is_from_machine(token)
    assert not machine.is_from_machine("x" * len(token))
    assert requests.get(f"{provider.url}/api/people/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
