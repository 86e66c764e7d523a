"""Daphne in production accepts sockets only, from the portal's own pages, and limits their messages."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor, close_code, receive_topics, subscribe

OPTIONAL_SIGN_IN = "/ws/portal/"
REQUIRED_SIGN_IN = "/ws/recorder/"  # of an app for people

# Autobahn, which Daphne uses, lets an application close a socket with 1000 or 3000 to 4999.
TOO_MANY_MESSAGES, TOO_LARGE_MESSAGE = 4008, 4009

PUBLISH = """
import django
django.setup()
from core.live.names import person_topic
from core.live.publishing import publish_to_many
from core.people.models import Person
publish_to_many([person_topic(Person.objects.get(username="chief").pk), "recorder:1", "recorder:2"])
"""


@pytest.fixture(scope="module")
def socket_server(intranet: Installation) -> Iterator[PortalServer]:
    with intranet.socket_server() as server:
        yield server


@pytest.fixture
def anonymous(socket_server: PortalServer, visit: Callable[..., Visitor]) -> Visitor:
    return visit(socket_server)


@pytest.fixture
def signed_in(socket_server: PortalServer, visit: Callable[..., Visitor], maintainer: Visitor) -> Visitor:
    return visit(socket_server, cookies=maintainer.cookies)


@pytest.mark.parametrize("path", ["/", "/api/portal/", "/health/ready/", "/admin/"])
def test_an_http_request_gets_421(anonymous: Visitor, path: str) -> None:
    response = anonymous.get(path)
    assert response.status == 421
    assert not response.set_cookies


def test_the_health_check_gets_200(anonymous: Visitor) -> None:
    assert anonymous.get("/health/live/").status == 200


def test_people_receive_updates_of_their_topics_from_another_process(
    intranet: Installation, anonymous: Visitor, signed_in: Visitor
) -> None:
    command = intranet.with_variables(DJANGO_SETTINGS_MODULE="config.settings")
    with signed_in.socket(OPTIONAL_SIGN_IN) as connection, anonymous.socket(OPTIONAL_SIGN_IN) as other:
        assert subscribe(connection, "person", "recorder:1") == {"subscribed": ["person", "recorder:1"]}
        refused = subscribe(other, "person", "recorder:1", "recorder:2")["refused"]
        assert {name: refusal["status"] for name, refusal in refused.items()} == dict.fromkeys(refused, 401)
        received = receive_topics(connection, lambda: command.run("python", "-c", PUBLISH))
        while received != {"person", "recorder:1"}:
            received |= receive_topics(connection)


@pytest.mark.parametrize("path", [REQUIRED_SIGN_IN, "/ws/", "/ws/polls/", "/ws/no-such-app/", "/ws/portal/more/"])
def test_an_anonymous_visitor_gets_no_other_socket(anonymous: Visitor, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, anonymous.socket(path):
        pass
    assert refused.value.response.status_code == 403


def test_a_person_opens_a_socket_that_requires_sign_in(signed_in: Visitor) -> None:
    with signed_in.socket(REQUIRED_SIGN_IN) as connection:
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
def test_a_page_of_another_origin_gets_no_socket(signed_in: Visitor, origin: str) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        signed_in.socket(OPTIONAL_SIGN_IN, origin=origin.format(host=signed_in.host)),
    ):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("kilobytes", [17, 60])
def test_a_message_over_the_limit_closes_the_socket(anonymous: Visitor, kilobytes: int) -> None:
    with anonymous.socket(OPTIONAL_SIGN_IN) as connection:
        connection.send('"' + "x" * (kilobytes * 1024) + '"')
        assert close_code(connection) == TOO_LARGE_MESSAGE


def test_a_message_over_daphnes_own_limit_closes_the_socket(anonymous: Visitor) -> None:
    with anonymous.socket(OPTIONAL_SIGN_IN) as connection:
        with contextlib.suppress(ConnectionClosed):  # Daphne may disconnect before everything is sent
            connection.send('"' + "x" * (2 * 1024 * 1024) + '"')
        assert close_code(connection) in {None, 1009}


def test_a_message_under_the_limit_does_not_close_the_socket(anonymous: Visitor) -> None:
    with anonymous.socket(OPTIONAL_SIGN_IN) as connection:
        connection.send('"' + "x" * (15 * 1024) + '"')
        assert connection.ping().wait(timeout=10)


def test_too_many_messages_close_the_socket(anonymous: Visitor) -> None:
    with anonymous.socket(OPTIONAL_SIGN_IN) as connection:
        with contextlib.suppress(ConnectionClosed):  # the socket may close before everything is sent
            for _ in range(200):
                connection.send("{}")
        assert close_code(connection) == TOO_MANY_MESSAGES


def test_a_socket_closed_for_a_limit_logs_no_traceback(socket_server: PortalServer, anonymous: Visitor) -> None:
    before = len(socket_server.process.output())
    with anonymous.socket(OPTIONAL_SIGN_IN) as connection:
        connection.send("x" * (20 * 1024))
        close_code(connection)
    assert "exception" not in socket_server.process.output()[before:].lower()


def test_sockets_are_refused_only_while_the_session_store_is_down(
    signed_in: Visitor, real_servers: RealServers
) -> None:
    with (
        real_servers["session-store"].killed(),
        pytest.raises(InvalidStatus) as refused,
        signed_in.socket(REQUIRED_SIGN_IN),
    ):
        pass
    assert refused.value.response.status_code in {403, 503}
    with signed_in.socket(REQUIRED_SIGN_IN) as connection:
        assert connection.ping().wait(timeout=10)


def test_all_sockets_share_one_connection_to_the_database(signed_in: Visitor, real_servers: RealServers) -> None:
    """PostgreSQL would run out of connections if each thread of Daphne kept one."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    before = int(real_servers["database"].execute(query))
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(signed_in.socket(OPTIONAL_SIGN_IN)) for _ in range(20)]
        for connection in opened:
            assert subscribe(connection, "recorder:1")["subscribed"]
        assert int(real_servers["database"].execute(query)) - before <= 1
