"""The audit log on real servers: requests are logged and stored, and no role of the database can erase them."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.portal.conftest import MAINTAINER, PASSWORD
from tests.support.installation import PortalServer
from tests.support.servers import Database, RealServers
from tests.support.visitor import Visitor

TABLE = "core_audit_auditentry"
# As the role that serves the portal: it owns nothing, and has every right on tables that can be granted.
ROLE = "audit_visitor"

ERASING = [
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE at < now()",
    f"UPDATE {TABLE} SET person = 'somebody else'",
    f"UPDATE {TABLE} SET at = now() - interval '2 years'",
    f"TRUNCATE {TABLE}",
    f"TRUNCATE {TABLE} RESTART IDENTITY CASCADE",
]


@pytest.fixture(scope="module")
def database(real_servers: RealServers, http_server: PortalServer) -> Iterator[Database]:
    database = real_servers["database"]
    run(database, f"CREATE ROLE {ROLE} NOSUPERUSER; GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
    yield database
    run(database, f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def run(database: Database, statements: str) -> str:
    """Run SQL in the portal's database. Raises RuntimeError with the server's message."""
    done = database.run("psql", "--no-psqlrc", "--tuples-only", "--quiet", "--dbname=portal", f"--command={statements}")
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def failed_sign_in(http_server: PortalServer, visit: Callable[..., Visitor], database: Database) -> str:
    """The request id of a failed sign-in of the maintainer."""
    response = visit(http_server).sign_in(MAINTAINER, "a wrong password")
    assert response.status == 400
    return response.headers["X-Request-ID"]


def test_a_sign_in_is_logged_and_stored_with_person_address_and_request(
    http_server: PortalServer, visit: Callable[..., Visitor], database: Database
) -> None:
    visitor = visit(http_server)
    response = visitor.sign_in(MAINTAINER, PASSWORD)
    assert response.status == 200
    request_id = response.headers["X-Request-ID"]
    stored = run(database, f"SELECT row_to_json(one) FROM {TABLE} one WHERE request_id = '{request_id}'")
    lines = [json.loads(line) for line in http_server.process.output().splitlines() if line.startswith("{")]
    (logged,) = [line for line in lines if line.get("event") == "audit" and line["request_id"] == request_id]
    for entry, event in ((json.loads(stored), "event"), (logged, "action")):
        assert entry[event] == "signed_in"
        assert (entry["person"], entry["by"]) == (MAINTAINER, MAINTAINER)
        assert entry["site"] == "intranet"
        assert entry["details"]["factors"] == ["password"]
    assert logged["ip_address"] == json.loads(stored)["ip_address"]
    assert PASSWORD not in stored


@pytest.mark.parametrize("statement", ERASING)
@pytest.mark.parametrize("role", [ROLE, "portal"])
def test_no_role_erases_an_entry(database: Database, failed_sign_in: str, role: str, statement: str) -> None:
    """`portal` owns the tables here, and is even a superuser."""
    with pytest.raises(RuntimeError, match=r"append-only|must be owner"):
        run(database, f"SET ROLE {role}; {statement}")
    assert run(database, f"SELECT event FROM {TABLE} WHERE request_id = '{failed_sign_in}'") == "sign_in_failed"


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
        f"DROP TABLE {TABLE}",
        "CREATE OR REPLACE FUNCTION core_audit_append_only() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    ],
)
def test_the_role_that_serves_does_not_switch_the_protection_off(database: Database, statement: str) -> None:
    with pytest.raises(RuntimeError, match=r"permission denied|must be owner"):
        run(database, f"SET ROLE {ROLE}; {statement}")


def test_an_entry_gets_the_time_of_the_database(database: Database) -> None:
    old = f"INSERT INTO {TABLE} (at, event, person, by, request_id, site, details) VALUES"
    run(database, f"SET ROLE {ROLE}; {old} ('2001-01-01', 'forged', '', '', '', '', '{{}}')")
    assert run(database, f"SELECT count(*) FROM {TABLE} WHERE at < now() - interval '1 hour'") == "0"


def test_an_entry_that_is_older_than_the_retention_is_deleted(database: Database) -> None:
    age = f"ALTER TABLE {TABLE} DISABLE TRIGGER append_only; UPDATE {TABLE} SET at = now() - interval '366 days'"
    enable = f"ALTER TABLE {TABLE} ENABLE TRIGGER append_only"
    delete = f"SET ROLE {ROLE}; DELETE FROM {TABLE}"
    # In a transaction that is rolled back: the tests share the portal.
    left = run(database, f"BEGIN; {age}; {enable}; {delete}; SELECT count(*) FROM {TABLE}; ROLLBACK")
    assert left == "0"
    assert run(database, f"SELECT count(*) > 0 FROM {TABLE}") == "t"
