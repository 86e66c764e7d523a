"""Daphne, as production runs it: sockets alone, from the portal's own pages, within limits."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor, close_code, receive_update

OPEN = "/ws/polls/1/"  # of an app whose audience needs no sign-in
CLOSED = "/ws/notifications/"  # of one that does

PUBLISH = """
import sys, django
django.setup()
from core.live.publishing import publish, topic
publish(topic("polls", 1), {"type": "poll.changed", "id": 1})
"""


@pytest.fixture(scope="module")
def socket_server(intranet: Installation) -> Iterator[PortalServer]:
    with intranet.socket_server() as server:
        yield server


@pytest.fixture
def anonymous(socket_server: PortalServer, visit: Callable[..., Visitor]) -> Visitor:
    return visit(socket_server)


# Private codes: Autobahn, below Daphne, lets an application close with 1000 or 3000 to 4999 only.
TOO_MANY, TOO_LARGE = 4008, 4009


@pytest.mark.parametrize("path", ["/", "/api/portal/", "/health/ready/", "/admin/"])
def test_an_http_request_is_turned_away(anonymous: Visitor, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status == 421
    assert not answer.set_cookies


def test_the_health_check_is_answered(anonymous: Visitor) -> None:
    assert anonymous.get("/health/live/").status == 200


def test_a_socket_that_needs_no_sign_in_is_open_to_everybody_and_hears_hints(
    intranet: Installation, anonymous: Visitor
) -> None:
    with anonymous.socket(OPEN) as connection:
        told = intranet.with_variables(DJANGO_SETTINGS_MODULE="config.settings")
        update = receive_update(connection, lambda: told.run("python", "-c", PUBLISH))
    assert update == {"type": "poll.changed", "id": 1}


@pytest.mark.parametrize("path", [CLOSED, "/ws/", "/ws/polls/", "/ws/no-such-app/", "/ws/polls/1/more/"])
def test_an_anonymous_socket_is_refused_where_there_is_none_for_it(anonymous: Visitor, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, anonymous.socket(path):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_of_somebody_signed_in_is_open(maintainer: Visitor, anonymous: Visitor) -> None:
    anonymous.cookies = maintainer.cookies
    with anonymous.socket(CLOSED) as connection:
        assert connection.ping().wait(timeout=10)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://{host}.evil.example",
        "https://evil-{host}",
        "http://{host}",
        "https://{host}:8443",
    ],
)
def test_a_socket_from_a_page_elsewhere_is_refused(maintainer: Visitor, anonymous: Visitor, origin: str) -> None:
    anonymous.cookies = maintainer.cookies
    with pytest.raises(InvalidStatus) as refused, anonymous.socket(OPEN, origin=origin.format(host=anonymous.host)):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("kilobytes", [17, 60])
def test_an_oversize_message_closes_the_socket(anonymous: Visitor, kilobytes: int) -> None:
    with anonymous.socket(OPEN) as connection:
        connection.send('"' + "x" * (kilobytes * 1024) + '"')
        assert close_code(connection) == TOO_LARGE


def test_a_message_that_daphne_does_not_even_take_closes_the_socket(anonymous: Visitor) -> None:
    with anonymous.socket(OPEN) as connection:
        with contextlib.suppress(ConnectionClosed):  # it may hang up while we still send
            connection.send('"' + "x" * (2 * 1024 * 1024) + '"')
        assert close_code(connection) in {None, 1009}


def test_a_message_of_fair_size_does_not(anonymous: Visitor) -> None:
    with anonymous.socket(OPEN) as connection:
        connection.send('"' + "x" * (15 * 1024) + '"')
        assert connection.ping().wait(timeout=10)


def test_a_flood_of_messages_closes_the_socket(anonymous: Visitor) -> None:
    with anonymous.socket(OPEN) as connection:
        with contextlib.suppress(ConnectionClosed):  # it may close while we still send
            for _ in range(200):
                connection.send("{}")
        assert close_code(connection) == TOO_MANY


def test_limits_leave_no_traceback_in_the_log(socket_server: PortalServer, anonymous: Visitor) -> None:
    before = len(socket_server.process.output())
    with anonymous.socket(OPEN) as connection:
        connection.send("x" * (20 * 1024))
        close_code(connection)
    assert "exception" not in socket_server.process.output()[before:].lower()


def test_a_dead_session_store_refuses_sockets_until_it_is_back(
    maintainer: Visitor, anonymous: Visitor, real_servers: RealServers
) -> None:
    anonymous.cookies = dict(maintainer.cookies)
    with real_servers["session-store"].killed(), pytest.raises(InvalidStatus) as refused, anonymous.socket(CLOSED):
        pass
    assert refused.value.response.status_code in {403, 503}
    with anonymous.socket(CLOSED) as connection:
        assert connection.ping().wait(timeout=10)


def test_open_sockets_keep_no_connection_to_the_database(
    maintainer: Visitor, anonymous: Visitor, real_servers: RealServers
) -> None:
    """Daphne's threads come and go; connections that they kept would use up all that PostgreSQL has."""
    anonymous.cookies = dict(maintainer.cookies)
    for _ in range(20):
        with anonymous.socket(CLOSED):
            pass
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'portal'"
    counted = real_servers["database"].run("psql", "--no-psqlrc", "--tuples-only", f"--command={query}").stdout
    assert int(counted) < 20
