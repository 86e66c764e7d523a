"""With `make dev` running, one change after the other, as a developer makes them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.installation import Installation, PortalServer, copy_portal
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def working_copy(built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return copy_portal(built_portal, tmp_path_factory.mktemp("developing"), packages=True)


@pytest.fixture(scope="module")
def server(working_copy: Installation) -> Iterator[PortalServer]:
    with working_copy.development_server("dev") as server:
        working_copy.manage("seed")
        yield server


def lists_app(visitor: Visitor, name: str) -> bool:
    """Say whether the portal lists the app, False while it does not answer."""
    try:
        response = visitor.get("/api/portal/")
    except OSError:
        return False
    return response.status == 200 and name in [app["name"] for app in response.json()["apps"]]


@pytest.fixture
def maintainer(server: PortalServer) -> Visitor:
    return Visitor.local(server.port).sign_in_as("maintainer")


def test_pages_api_and_sockets_have_one_address(server: PortalServer) -> None:
    visitor = Visitor.local(server.port)
    assert "<script" in visitor.get("/").text
    assert "<script" in visitor.get("/polls/").text
    assert visitor.get("/api/portal/").json()["site"] == "intranet"
    assert visitor.get("/api/no-such-app/").status == 404
    with visitor.socket("/ws/polls/1/") as connection:
        assert connection.ping().wait(timeout=10)
    with pytest.raises(InvalidStatus), visitor.socket("/ws/polls/1/", origin="https://evil.example"):
        pass


def test_saving_a_python_file_starts_django_again_and_signs_nobody_out(
    server: PortalServer, working_copy: Installation, maintainer: Visitor
) -> None:
    cookies = dict(maintainer.cookies)
    path = working_copy.folder / "apps" / "polls" / "urls.py"
    added = (
        "\nfrom django.http import HttpResponse\n\n"
        'urlpatterns += [path("saved/", lambda request: HttpResponse("saved"))]\n'
    )
    path.write_text(path.read_text() + added)

    def is_there() -> bool:
        try:
            return maintainer.get("/api/polls/saved/").text == "saved"
        except OSError:
            return False

    server.process.wait_until(is_there, "served the new address")
    assert maintainer.username == "maintainer"
    assert maintainer.cookies == cookies


def test_a_new_app_is_noticed(server: PortalServer, working_copy: Installation, maintainer: Visitor) -> None:
    assert "garden" not in maintainer.apps
    working_copy.make("app", "name=garden")
    server.process.wait_until(lambda: lists_app(maintainer, "garden"), "showed the new app")


@pytest.mark.parametrize(
    ("name", "good", "bad", "reported"),
    [
        ("portal.yaml", "tls: self-signed", "tls: perhaps", "tls"),
        ("portal.yaml", "name:", "nmae:", "nmae"),
        ("portal.yaml", "sites:", "sites: [:", "portal.yaml: line"),
        ("apps/polls/manifest.yaml", "sign_in: optional", "sign_in: perhaps", "apps/polls/manifest.yaml"),
        ("apps/polls/views.py", "from ", "form ", "SyntaxError"),
    ],
)
def test_a_broken_file_is_reported_and_mending_it_is_enough(
    server: PortalServer,
    working_copy: Installation,
    maintainer: Visitor,
    name: str,
    good: str,
    bad: str,
    reported: str,
) -> None:
    path = working_copy.folder / name
    content = path.read_text()
    assert good in content
    said = len(server.process.output())
    path.write_text(content.replace(good, bad, 1))
    try:
        server.process.wait_until(lambda: reported in server.process.output()[said:], f"said {reported}")
    finally:
        path.write_text(content)
    server.process.wait_until(lambda: lists_app(maintainer, "polls"), "came back")
    assert maintainer.username == "maintainer"


def test_a_command_beside_it_reaches_the_same_stores(working_copy: Installation, maintainer: Visitor) -> None:
    person = maintainer.get("/api/portal/").json()["person"]["id"]
    draft = {"question": "Written by a command?", "choices": ["yes", "no"]}
    code = (
        "from datetime import timedelta; from core.stores.application_store import application_store; "
        f"application_store('polls').set('draft:{person}', {draft!r}, lifetime=timedelta(minutes=5))"
    )
    working_copy.manage("shell", "-c", code)
    assert maintainer.get("/api/polls/draft/").json() == draft


def test_doctor_beside_it_is_green(working_copy: Installation) -> None:
    done = working_copy.manage("doctor")
    assert "failed" not in done.stdout
    assert "degraded" not in done.stdout


def test_a_second_one_is_refused_with_a_sentence(server: PortalServer, working_copy: Installation) -> None:
    for port in (str(server.port), "0"):
        done = working_copy.manage("develop", "--port", port, check=False, seconds=30)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert re.search(r"running already|is taken", done.stderr)
