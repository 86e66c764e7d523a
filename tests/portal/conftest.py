"""A portal with production's settings on real servers, and copies of a portal to change."""

import os
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.installation import Installation, PortalServer, copy_portal
from tests.support.network import HOST
from tests.support.scheduling import WITH_REAL_SERVERS, group_of
from tests.support.servers import RealServers, ServerMissingError, check_programs
from tests.support.tasks import SENDER, Sender
from tests.support.visitor import Visitor

MAINTAINER, PASSWORD = "chief", "correct horse battery staple"
APPS = Path(__file__).parent / "apps"
collect_ignore = ["apps"]  # a portal runs their tests


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check that few processes of pytest-xdist have the tests on real servers, which start in each of them.

    Deselect them when a server is not installed. With CI=true they run instead, and fail.
    """
    for item in items:
        if "real_servers" in getattr(item, "fixturenames", ()) and group_of(item.nodeid) not in WITH_REAL_SERVERS:
            raise pytest.UsageError(f"{item.nodeid} needs real servers: correct GROUPS in tests/support/scheduling.py")
    if os.environ.get("CI") != "true" and missing_servers():
        left_out = [item for item in items if "real_servers" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") != "true" and (missing := missing_servers()):
        terminalreporter.write_line(f"The tests on real servers did not run: {missing}", yellow=True)


def missing_servers() -> str:
    """Return a sentence about the first program that is not installed, nothing when all are."""
    try:
        check_programs()
    except ServerMissingError as missing:
        return str(missing)
    return ""


@pytest.fixture(scope="session")
def real_servers() -> Iterator[RealServers]:
    """The seven servers of tier I."""
    with RealServers() as servers:
        yield servers


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail and keeps it in `mails`, each as the text that arrived."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), MailConversation)
        self.mails: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.server_address[1]}?security=none"


class MailConversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 mail.test\r\n")
        for line in self.rfile:
            match line.split()[0].upper():
                case b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.server.mails.append(text.decode())
                    self.wfile.write(b"250 kept\r\n")
                case b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    break
                case _:
                    self.wfile.write(b"250 mail.test\r\n")


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def mail_url(mail_server: MailServer) -> str:
    return mail_server.url


@pytest.fixture
def copy(built_portal: Path, tmp_path: Path) -> Installation:
    """A copy of the portal with embedded backends, its build, and the packages to build it again."""
    return copy_portal(built_portal, tmp_path, packages=True)


@pytest.fixture
def copy_of_sources(portal: Path, tmp_path: Path) -> Installation:
    """A copy of the portal with embedded backends that cannot be built."""
    return copy_portal(portal, tmp_path)


@pytest.fixture(scope="session")
def production(
    built_portal: Path, real_servers: RealServers, mail_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The portal as production runs it, without a site: real servers, one maintainer, and the app `recorder`."""
    installation = copy_portal(
        built_portal,
        tmp_path_factory.mktemp("production"),
        variables=real_servers.production_environment(mail_url),
    )
    shutil.copytree(APPS / "recorder", installation.folder / "apps" / "recorder")
    installation.manage("migrate", "--no-input")
    account = {"USERNAME": MAINTAINER, "PASSWORD": PASSWORD, "EMAIL": "chief@example.edu"}
    variables = {f"DJANGO_SUPERUSER_{name}": value for name, value in account.items()}
    installation.with_variables(**variables).manage("createsuperuser", "--no-input")
    return installation


@pytest.fixture(scope="session")
def intranet(production: Installation) -> Installation:
    """The portal's intranet site, in production."""
    return production.with_variables(SITE="intranet")


@pytest.fixture(scope="session")
def intranet_domain(production: Installation) -> str:
    return yaml.safe_load((production.folder / "portal.yaml").read_text())["sites"]["intranet"]["domain"]


@pytest.fixture(scope="session")
def http_server(intranet: Installation) -> Iterator[PortalServer]:
    with intranet.http_server() as server:
        yield server


@pytest.fixture(scope="session")
def visit(intranet_domain: str) -> Callable[..., Visitor]:
    """`visit(server)` returns a new visitor of the intranet site, as its requests arrive from the reverse proxy.

    With `proxied=False` they arrive from the server's own machine, as those of a health check.
    """

    def visit(server: PortalServer, *, proxied: bool = True, cookies: dict[str, str] | None = None) -> Visitor:
        visitor = Visitor.proxied(server.port, intranet_domain)
        if not proxied:
            visitor.headers.clear()
        visitor.cookies.update(cookies or {})
        return visitor

    return visit


@pytest.fixture(scope="session")
def maintainers_cookies(http_server: PortalServer, visit: Callable[..., Visitor]) -> dict[str, str]:
    visitor = visit(http_server)
    response = visitor.sign_in(MAINTAINER, PASSWORD)
    assert response.status == 200, response
    return visitor.cookies


@pytest.fixture
def maintainer(
    http_server: PortalServer, visit: Callable[..., Visitor], maintainers_cookies: dict[str, str]
) -> Visitor:
    """A maintainer, signed in. All tests share one session: a test that ends it signs in by itself."""
    return visit(http_server, cookies=maintainers_cookies)


@pytest.fixture(scope="module")
def sender(production: Installation) -> Iterator[Sender]:
    with subprocess.Popen(
        [production.python, "-c", SENDER],
        cwd=production.folder,
        env=production.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield Sender(process)
        finally:
            process.kill()


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """The file to which the tasks of a test write."""
    return tmp_path / "record"
