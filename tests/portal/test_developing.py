"""`make dev`, with one change after another as a developer makes them."""

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.installation import Installation, PortalServer, copy_portal
from tests.support.network import is_listening
from tests.support.visitor import JSON, Response, Visitor
from tests.support.waiting import wait_until

AT_ONCE_SECONDS = 10  # on a busy machine, also for a request that Django takes just before it stops
CHANGE_SECONDS = 120  # for a change to be seen, on a busy machine


@pytest.fixture(scope="module")
def working_copy(built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return copy_portal(built_portal, tmp_path_factory.mktemp("developing"), packages=True)


@pytest.fixture(scope="module")
def server(working_copy: Installation) -> Iterator[PortalServer]:
    with working_copy.development_server("dev") as server:
        working_copy.manage("seed")
        yield server


@contextmanager
def replaced(path: Path, good: str, bad: str) -> Iterator[None]:
    """Let a file have `bad` in place of the first `good` during the block."""
    content = path.read_text()
    assert good in content
    path.write_text(content.replace(good, bad, 1))
    try:
        yield
    finally:
        path.write_text(content)


@pytest.fixture
def maintainer(server: PortalServer) -> Visitor:
    visitor = Visitor.local(server.port)
    wait_until_server(server, lambda: not unavailable_reason(visitor), "came back")
    return visitor.sign_in_as("maintainer")


def wait_until_server(server: PortalServer, check: Callable[[], object], what: str) -> None:
    server.process.wait_until(check, what, seconds=CHANGE_SECONDS)


def get_at_once(visitor: Visitor, path: str, *, accept: str = JSON) -> Response:
    """GET `path`, and fail when the answer takes long."""
    started = time.monotonic()
    response = visitor.get(path, headers={"Accept": accept})
    assert time.monotonic() - started < AT_ONCE_SECONDS
    return response


def listed_apps(visitor: Visitor) -> list[str]:
    """Return the apps that the portal lists; none while Django does not answer."""
    response = get_at_once(visitor, "/api/portal/")
    return [app["name"] for app in response.json()["apps"]] if response.status == 200 else []


def unavailable_reason(visitor: Visitor) -> str:
    """Return why Django does not answer; an empty string when it does."""
    response = get_at_once(visitor, "/api/portal/")
    return response.json()["detail"] if response.status == 503 else ""


def test_pages_api_and_sockets_have_one_origin(server: PortalServer) -> None:
    visitor = Visitor.local(server.port)
    assert "<script" in visitor.get("/").text
    assert "<script" in visitor.get("/polls/").text
    assert visitor.get("/api/portal/").json()["site"] == "intranet"
    assert "sql_milliseconds" in server.process.output(), "the log does not say what a request costs"
    assert visitor.get("/api/no-such-app/").status == 404
    assert visitor.get("/static/frontend/no-such-file.js").status == 404
    with visitor.socket("/ws/portal/") as connection:
        assert connection.ping().wait(timeout=10)
    with pytest.raises(InvalidStatus), visitor.socket("/ws/portal/", origin="https://evil.example"):
        pass


def test_saving_a_python_file_restarts_django_and_signs_nobody_out(
    server: PortalServer, working_copy: Installation, maintainer: Visitor
) -> None:
    cookies = dict(maintainer.cookies)
    path = working_copy.folder / "apps" / "polls" / "urls.py"
    added = (
        "\nfrom django.http import HttpResponse\n\n"
        'urlpatterns += [path("saved/", lambda request: HttpResponse("saved"))]\n'
    )
    path.write_text(path.read_text() + added)
    reasons: set[str] = set()

    def is_served() -> bool:
        response = get_at_once(maintainer, "/api/polls/saved/")
        if response.status == 503:
            reasons.add(response.json()["detail"])
        return response.text == "saved"

    wait_until_server(server, is_served, "served the new URL")
    assert reasons == {"Django is starting again because of a change: apps/polls/urls.py."}
    assert maintainer.username == "maintainer"
    assert maintainer.cookies == cookies


def test_a_new_app_and_each_change_of_its_page_are_noticed(
    server: PortalServer, working_copy: Installation, maintainer: Visitor
) -> None:
    frontend = working_copy.folder / "apps" / "garden" / "frontend"

    def page() -> str:
        """The script of the app's page; empty while there is none."""
        response = maintainer.get("/static/frontend/app-garden-frontend-index-jsx.js")
        return response.text if response.status == 200 else ""

    assert "garden" not in listed_apps(maintainer)
    working_copy.make("app", "name=garden")
    wait_until_server(server, lambda: "garden" in listed_apps(maintainer), "showed the new app")
    wait_until_server(server, page, "served its page")
    index = frontend / "index.jsx"
    index.write_text(f"import './parts/bed.js'\n{index.read_text()}")
    wait_until_server(server, lambda: "Cannot find module './parts/bed.js'" in page(), "missed the new file")
    (frontend / "parts").mkdir()
    (frontend / "parts" / "bed.js").write_text("export const flowers = 'tulips and crocuses'\n")
    wait_until_server(server, lambda: "tulips and crocuses" in page(), "served the new file")


def test_a_change_of_a_model_is_reported_and_its_migration_is_applied(
    server: PortalServer, working_copy: Installation, maintainer: Visitor
) -> None:
    path = working_copy.folder / "apps" / "polls" / "models.py"
    content, start = path.read_text(), len(server.process.output())
    path.write_text(content.replace("    question = ", '    place = models.CharField(default="")\n    question = ', 1))
    wait_until_server(server, lambda: "make migrations app=polls" in server.process.output()[start:], "reported it")
    assert "found    Add field place to poll" in server.process.output()[start:]
    wait_until_server(server, lambda: maintainer.get("/api/polls/").status == 500, "used the model without its column")
    assert maintainer.get("/api/polls/").json()["detail"].endswith("Run: make migrations app=polls")
    done = working_copy.manage("makemigrations", "polls")  # of `make migrations`, whose other half the server does
    assert "Add field place to poll" in done.stdout
    wait_until_server(server, lambda: maintainer.get("/api/polls/").status == 200, "applied the migration")


def test_an_app_that_is_moved_away_and_back_is_noticed(
    server: PortalServer, working_copy: Installation, maintainer: Visitor, tmp_path: Path
) -> None:
    app = working_copy.folder / "apps" / "polls"
    shutil.move(app, tmp_path)
    wait_until_server(server, lambda: (listed := listed_apps(maintainer)) and app.name not in listed, "hid the app")
    shutil.move(tmp_path / app.name, app)
    wait_until_server(server, lambda: app.name in listed_apps(maintainer), "showed the app again")


@pytest.mark.parametrize(
    ("name", "good", "bad", "reported"),
    [
        ("portal.yaml", "tls: self-signed", "tls: perhaps", "tls"),
        pytest.param("portal.yaml", "name:", "nmae:", "nmae", marks=pytest.mark.long),
        pytest.param("portal.yaml", "sites:", "sites: [:", "portal.yaml: line", marks=pytest.mark.long),
        pytest.param(
            *("apps/polls/manifest.yaml", "sign_in: optional", "sign_in: perhaps", "apps/polls/manifest.yaml"),
            marks=pytest.mark.long,
        ),
        ("services/portal/urls.py", "from django.urls", "form django.urls", "SyntaxError: invalid syntax"),
    ],
)
def test_a_broken_file_is_reported_in_the_terminal_and_to_visitors_until_it_is_corrected(
    server: PortalServer,
    working_copy: Installation,
    maintainer: Visitor,
    name: str,
    good: str,
    bad: str,
    reported: str,
) -> None:
    start = len(server.process.output())
    with replaced(working_copy.folder / name, good, bad):
        wait_until_server(server, lambda: reported in unavailable_reason(maintainer), f"answered with {reported}")
        assert reported in server.process.output()[start:]
        page = get_at_once(maintainer, "/admin/", accept="text/html")
        assert page.status == 503
        assert reported in page.text
        assert "refresh" in page.text
    wait_until_server(server, lambda: "polls" in listed_apps(maintainer), "came back")
    assert maintainer.username == "maintainer"


@pytest.mark.parametrize(
    ("name", "good", "bad", "reported"),
    [
        ("views.py", "from django.conf", "form django.conf", "SyntaxError: invalid syntax"),
        ("urls.py", "from django.urls", "from django.nowhere", "No module named 'django.nowhere'"),
    ],
)
def test_an_app_that_cannot_be_imported_says_why_and_the_others_work(
    server: PortalServer,
    working_copy: Installation,
    maintainer: Visitor,
    name: str,
    good: str,
    bad: str,
    reported: str,
) -> None:
    start = len(server.process.output())

    def reason() -> str:
        response = get_at_once(maintainer, "/api/polls/")
        return response.json()["detail"] if response.status in {500, 503} else ""

    with replaced(working_copy.folder / "apps" / "polls" / name, good, bad):
        wait_until_server(server, lambda: reported in reason(), f"answered with {reported}")
        assert reason().startswith(f"apps/polls/{name}, line ")
        assert reported in server.process.output()[start:]
        assert "Traceback" not in server.process.output()[start:]
        assert "polls" in listed_apps(maintainer)
        assert get_at_once(maintainer, "/admin/", accept="text/html").status == 200
    wait_until_server(server, lambda: maintainer.get("/api/polls/").status == 200, "answered again")
    assert maintainer.username == "maintainer"


def test_pages_are_in_the_language_of_the_portal(
    server: PortalServer, working_copy: Installation, maintainer: Visitor
) -> None:
    def language() -> str:
        return re.findall(r'<html lang="([^"]*)"', maintainer.get("/polls/").text)[0]

    assert language() == "en"
    path = working_copy.folder / "portal.yaml"
    content = path.read_text()
    try:
        path.write_text(re.sub(r"(?m)^language: .*", "language: hi", content))
        wait_until_server(server, lambda: language() == "hi", "served pages in Hindi")
    finally:
        path.write_text(content)
    wait_until_server(server, lambda: language() == "en", "served pages in English")
    wait_until_server(server, lambda: listed_apps(maintainer), "came back")


def test_commands_reach_the_same_stores(working_copy: Installation, maintainer: Visitor) -> None:
    person = maintainer.get("/api/portal/").json()["person"]["id"]
    draft = {"question": "Written by a command?", "choices": ["yes", "no"]}
    code = (
        "from datetime import timedelta; from core.stores.drafts import drafts; "
        f"drafts('polls').save({person}, 'poll', {draft!r}, lifetime=timedelta(minutes=5))"
    )
    working_copy.manage("shell", "-c", code)
    assert draft.items() <= maintainer.get("/api/polls/draft/").json().items()


@pytest.mark.usefixtures("server")
def test_doctor_reports_no_failure(working_copy: Installation) -> None:
    def is_healthy() -> bool:
        print(table := working_copy.manage("doctor", check=False).stdout)
        return not {"failed", "degraded"} & {*table.split()}

    wait_until(is_healthy, seconds=60)  # on a busy machine, a part may answer too late


def test_a_second_server_is_refused_with_a_message(server: PortalServer, working_copy: Installation) -> None:
    for port in (str(server.port), "0"):
        done = working_copy.manage("develop", "--port", port, check=False, seconds=30)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert re.search(r"running already|is taken", done.stderr)


# The last test, because it ends the server of the others.
@pytest.mark.skipif(sys.platform != "linux", reason="the environment of another process can be read on Linux only")
def test_ctrl_c_leaves_no_process(server: PortalServer) -> None:
    assert Visitor.local(server.port).get("/").status == 200
    assert len(server.process.alive()) > 1
    printed = len(server.process.output())  # earlier tests break files on purpose
    server.process.interrupt()
    server.process.popen.wait(timeout=20)
    wait_until(lambda: not server.process.alive(), seconds=5)
    assert not is_listening(server.port)
    assert "Traceback" not in server.process.output()[printed:]
