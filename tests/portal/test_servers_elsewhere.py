"""A portal whose database and stores are servers elsewhere, with TLS and an authority of their own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.portal.conftest import PASSWORD
from tests.support.installation import Installation, copy_portal
from tests.support.network import HOST
from tests.support.servers import RealServers
from tests.support.tls_servers import TlsMessageBroker, TlsServers
from tests.support.visitor import Visitor

STORES = {"session-store", "notification-store", "channel-layer", "application-store"}
PASSWORDS = {name: secrets.token_urlsafe(24) for name in ("DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD")}
MAKE_PERSON = """
from core.people.models import Person
Person.objects.create_user("reader", password="{password}")
"""
MAY_CREATE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT session_user, has_schema_privilege('public', 'CREATE')")
    print(*cursor.fetchone())
"""


@pytest.fixture(scope="module")
def tls_servers() -> Iterator[TlsServers]:
    with TlsServers(HOST) as servers:
        yield servers


@pytest.fixture(scope="module")
def elsewhere(
    built_portal: Path,
    real_servers: RealServers,
    tls_servers: TlsServers,
    mail_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Installation:
    """The portal as a container has it. Cache and broker are the ones of the other tests."""
    installation = copy_portal(
        built_portal,
        tmp_path_factory.mktemp("elsewhere"),
        variables={
            **real_servers.environment,
            **tls_servers.variables,
            **tls_servers.passwords,
            **PASSWORDS,
            "MAIL_URL": mail_url,
            "PORTAL_ENVIRONMENT": "production",
            "IN_CONTAINERS": "true",
            "SITE": "intranet",
        },
    )
    secrets_folder = installation.folder / "secrets"
    secrets_folder.mkdir(exist_ok=True)
    for name, value in {**PASSWORDS, "DATABASE_BACKUP_PASSWORD": secrets.token_urlsafe(24)}.items():
        (secrets_folder / name.lower()).write_text(value)
    for _ in range(2):  # the second time, it changes nothing
        tls_servers.database.create_roles(installation.folder)
    installation.with_variables(PORTAL_PROCESS="migrations").manage("migrate", "--no-input")
    return installation


def tier_one(installation: Installation) -> dict[str, dict[str, str]]:
    """Return doctor's line of each server of tier I, by service."""
    printed = installation.manage("doctor", "--json", "--tier=1", check=False).stdout
    return {line["service"]: line for line in json.loads(printed)}


def test_doctor_says_where_each_server_is_and_how_it_is_encrypted(elsewhere: Installation) -> None:
    lines = tier_one(elsewhere)
    assert {name: line["detail"] for name, line in lines.items() if line["status"] != "ok"} == {}
    for service in STORES | {"database"}:
        assert lines[service]["detail"].endswith(f"; at {HOST}, TLS 1.3"), lines[service]
    for service in ("cache", "message-broker"):
        assert lines[service]["detail"].endswith(f"; at {HOST}, not encrypted"), lines[service]


def test_the_portal_reads_and_writes_and_owns_no_table(elsewhere: Installation) -> None:
    assert elsewhere.manage("shell", "--no-imports", "-v0", "-c", MAY_CREATE).stdout.split() == ["portal", "False"]


def test_people_sign_in(elsewhere: Installation, visit: Callable[..., Visitor]) -> None:
    elsewhere.manage("shell", "--no-imports", "-v0", "-c", MAKE_PERSON.format(password=PASSWORD))
    with elsewhere.http_server() as server:
        visitor = visit(server)
        assert visitor.sign_in("reader", PASSWORD).status == 200
        assert visitor.get("/api/portal/").json()["person"]["username"] == "reader"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"CA_CERTIFICATE": ""}, "its certificate is of an authority that is not trusted: CA_CERTIFICATE in .env"),
        ({"host": "localhost"}, "its certificate is for another name: {variable}_URL must have the name"),
        (
            {"password": "not its password at all"},
            "it refuses the user or the password: correct {variable}_PASSWORD",
        ),
        ({"port": "1"}, "it does not answer: check the host and the port of {variable}_URL"),
    ],
    ids=["authority", "name", "password", "port"],
)
def test_doctor_says_what_to_correct(
    elsewhere: Installation, tls_servers: TlsServers, change: dict[str, str], says: str
) -> None:
    variables = dict(change) if "CA_CERTIFICATE" in change else {}
    for name in STORES | {"database"}:
        server, variable = tls_servers[name], name.upper().replace("-", "_")
        url = server.url().replace(HOST, change.get("host", HOST))
        variables[f"{variable}_URL"] = url.replace(f":{server.port}/", f":{change.get('port', server.port)}/")
        if "password" in change:
            variables[f"{variable}_PASSWORD"] = change["password"]
    lines = tier_one(elsewhere.with_variables(**variables))
    for name in STORES | {"database"}:
        assert lines[name]["status"] in {"failed", "degraded"}
        assert lines[name]["detail"].startswith(says.format(variable=name.upper().replace("-", "_"))), lines[name]
        assert "docs/operate/use-servers-elsewhere.md" in lines[name]["steps"][-1]


@pytest.mark.long
def test_a_message_broker_with_tls_and_the_nodes_of_a_cluster(elsewhere: Installation) -> None:
    with TlsServers(HOST, TlsMessageBroker) as servers:
        broker = servers["message-broker"]
        dead = broker.url().replace(f":{broker.port}/", ":1/")
        variables = {
            "MESSAGE_BROKER_PASSWORD": broker.password,
            "CA_CERTIFICATE": str(servers.authority.file),
        }
        for urls in (broker.url(), f"{dead};{broker.url()}"):
            line = tier_one(elsewhere.with_variables(**variables, MESSAGE_BROKER_URL=urls))["message-broker"]
            assert line["status"] == "ok", line
            assert line["detail"].endswith("TLS 1.3"), line
        wrong = {**variables, "CA_CERTIFICATE": ""}
        line = tier_one(elsewhere.with_variables(**wrong, MESSAGE_BROKER_URL=broker.url()))["message-broker"]
        assert line["detail"].startswith("its certificate is of an authority that is not trusted"), line
