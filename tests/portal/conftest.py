"""A portal under production's settings on real servers, and copies of it to change."""

import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.portal.installation import Installation, Server, copy_portal, copy_sources
from tests.portal.servers import HOST, RealServers, ServerMissingError, check_programs
from tests.portal.visitor import Visitor

MAINTAINER, PASSWORD = "chief", "correct horse battery staple"
TRIAL_APP = Path(__file__).parent / "trial"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server that is not installed; where CI=true it fails instead."""
    if os.environ.get("CI") != "true" and missing_servers():
        left_out = [item for item in items if "real_servers" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") != "true" and (missing := missing_servers()):
        terminalreporter.write_line(f"The tests on real servers did not run: {missing}", yellow=True)


def missing_servers() -> str:
    """What is not installed; nothing when all are."""
    try:
        check_programs()
    except ServerMissingError as missing:
        return str(missing)
    return ""


@pytest.fixture(scope="session")
def real_servers() -> Iterator[RealServers]:
    """The seven servers of the first tier."""
    with RealServers() as servers:
        yield servers


class MailConversation(socketserver.StreamRequestHandler):
    """As much of a mail server as a greeting takes; nothing is ever sent to it."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.test\r\n")
        for line in self.rfile:
            is_end = line.upper().startswith(b"QUIT")
            self.wfile.write(b"221 bye\r\n" if is_end else b"250 mail.test\r\n")
            if is_end:
                break


@pytest.fixture(scope="session")
def mail_url() -> Iterator[str]:
    with socketserver.ThreadingTCPServer((HOST, 0), MailConversation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://{HOST}:{server.server_address[1]}"
        server.shutdown()


def embedded_copy(built_portal: Path, folder: Path, *, copied_by: Callable[[Path, Path], Path]) -> Installation:
    """A copy of the portal to change, with the embedded stand-ins."""
    return Installation(
        copied_by(built_portal, folder / "portal"),
        environment_folder=built_portal / ".venv",
        logs=folder / "logs",
        variables={},
    )


@pytest.fixture
def copy(built_portal: Path, tmp_path: Path) -> Installation:
    return embedded_copy(built_portal, tmp_path, copied_by=copy_portal)


@pytest.fixture
def copy_of_sources(built_portal: Path, tmp_path: Path) -> Installation:
    """For what builds no frontend: the packages that the build takes are some thirty thousand files."""
    return embedded_copy(built_portal, tmp_path, copied_by=copy_sources)


@pytest.fixture(scope="session")
def production(
    built_portal: Path, real_servers: RealServers, mail_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The portal as production runs it, of no site: real servers, a database with one maintainer, the app `trial`."""
    folder = tmp_path_factory.mktemp("production")
    shutil.copytree(TRIAL_APP, copy_sources(built_portal, folder / "portal") / "apps" / "trial")
    installation = Installation(
        folder / "portal",
        environment_folder=built_portal / ".venv",
        logs=folder / "logs",
        variables={
            **real_servers.environment,
            "DATABASE_URL": real_servers["database"].create("portal"),
            "MAIL_URL": mail_url,
            "PORTAL_ENVIRONMENT": "production",
        },
    )
    installation.manage("migrate", "--no-input")
    account = {"USERNAME": MAINTAINER, "PASSWORD": PASSWORD, "EMAIL": "chief@example.edu"}
    told = installation.told(**{f"DJANGO_SUPERUSER_{name}": value for name, value in account.items()})
    told.manage("createsuperuser", "--no-input")
    return installation


@pytest.fixture(scope="session")
def intranet(production: Installation) -> Installation:
    """The portal's intranet site, in production."""
    return production.told(SITE="intranet")


@pytest.fixture
def http_server(intranet: Installation) -> Iterator[Server]:
    with intranet.http_server() as server:
        yield server


@pytest.fixture
def visit(intranet: Installation) -> Callable[..., Visitor]:
    """`visit(server)` is somebody new on the intranet site."""
    sites = yaml.safe_load((intranet.folder / "portal.yaml").read_text())["sites"]

    def visit(server: Server, **more: object) -> Visitor:
        return Visitor(server.port, sites["intranet"]["domain"], **more)

    return visit


@pytest.fixture
def maintainer(http_server: Server, visit: Callable[..., Visitor]) -> Visitor:
    """A maintainer, signed in."""
    visitor = visit(http_server)
    answer = visitor.sign_in(MAINTAINER, PASSWORD)
    assert answer.status == 200, answer
    assert visitor.is_signed_in()
    return visitor
