"""Updates reach browsers through the reverse proxy."""

import itertools
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.compose import SITES, Stack
from tests.support.visitor import Visitor, close_code, receive_topics, subscribe

Visit = Callable[..., Visitor]

SOCKET = "/ws/portal/"

TOO_MANY, TOO_LARGE = 4008, 4009

NOTIFY = """
import os
from core.people.models import Person
from services.notifications import notify
reader = Person.objects.get(username="reader")
notify("polls.closed", to=reader, params={"question": os.environ["TITLE"]})
"""


@pytest.mark.parametrize("voting", SITES)
def test_a_vote_updates_the_open_pages_of_both_sites(visit: Visit, sessions: dict, voting: str, poll) -> None:
    voter, topic = visit(voting, "reader"), f"polls:{poll.id}"
    choices = itertools.cycle(poll.choices)

    def vote() -> None:
        response = voter.send("PUT", f"/api/polls/{poll.id}/vote/", {"choice": next(choices)})
        assert response.status == 200, response.text
        assert response.json()["votes"] == 1

    with visit("intranet").socket(SOCKET) as intranet, visit("internet").socket(SOCKET) as internet:
        for connection in (intranet, internet):
            assert subscribe(connection, topic) == {"subscribed": [topic]}
        vote()
        for connection in (intranet, internet):
            assert receive_topics(connection) == {topic}


@pytest.mark.parametrize("site", SITES)
def test_a_notification_updates_the_person_s_open_page(stack: Stack, visit: Visit, sessions: dict, site: str) -> None:
    """The way leads from an action through the broker, a worker, the stores and the channel layer to the browser."""
    reader, title = visit(site, "reader"), f"for the {site} site"
    with reader.socket(SOCKET) as connection:
        assert subscribe(connection, "person") == {"subscribed": ["person"]}
        stack.python(NOTIFY, service="worker", variables={"TITLE": title})
        assert receive_topics(connection) == {"person"}
    inbox = reader.get("/api/notifications/").json()
    assert inbox["results"][0]["title"] == f"The poll has closed: {title}"
    number = reader.get("/api/notifications/count/").json()["unread"]
    assert number == reader.get("/api/portal/").json()["unread"] > 0


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("origin", ["https://example.org", "http://{host}", "https://{domain}.example.org", "null"])
def test_a_page_of_another_origin_gets_no_socket(visit: Visit, sessions: dict, site: str, origin: str) -> None:
    visitor = visit(site, "reader")
    foreign = origin.format(host=visitor.host, domain=visitor.domain)
    with pytest.raises(InvalidStatus) as refused, visitor.socket(SOCKET, origin=foreign):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_the_other_site_gets_no_socket(visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet", "reader")
    with pytest.raises(InvalidStatus), visitor.socket(SOCKET, origin=visit("internet").origin):
        pass


@pytest.mark.parametrize("site", SITES)
def test_an_anonymous_visitor_has_no_topic_of_a_person(visit: Visit, site: str, poll) -> None:
    with visit(site).socket(SOCKET) as connection:
        answer = subscribe(connection, "person", f"polls:{poll.id}")
    assert answer["subscribed"] == [f"polls:{poll.id}"]
    assert answer["refused"]["person"]["status"] == 401


@pytest.mark.parametrize("site", SITES)
def test_a_message_that_is_too_large_closes_the_socket(visit: Visit, site: str) -> None:
    with visit(site).socket(SOCKET) as connection:
        connection.send("x" * (16 * 1024 + 1))
        assert close_code(connection) == TOO_LARGE


@pytest.mark.parametrize("site", SITES)
def test_a_flood_of_messages_closes_the_socket(visit: Visit, site: str) -> None:
    with visit(site).socket(SOCKET) as connection:
        for _ in range(60):
            try:
                connection.send("{}")
            except ConnectionClosed:
                break
        assert close_code(connection) == TOO_MANY
