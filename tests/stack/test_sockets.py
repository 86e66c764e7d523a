"""Updates reach browsers through the reverse proxy."""

import itertools
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.compose import SITES, Stack
from tests.support.visitor import Visitor, close_code, receive_update

Visit = Callable[..., Visitor]

TOO_MANY, TOO_LARGE = 4008, 4009

NOTIFY = """
import os
from core.people.models import Person
from services.notifications.actions import notification_send
reader = Person.objects.get(username="reader")
notification_send(people=[reader], app="polls", kind="closed", title=os.environ["TITLE"])
"""


@pytest.mark.parametrize("voting", SITES)
def test_a_vote_updates_the_open_pages_of_both_sites(visit: Visit, sessions: dict, voting: str, poll) -> None:
    voter, path = visit(voting, "reader"), f"/ws/polls/{poll.id}/"
    choices = itertools.cycle(poll.choices)

    def vote() -> None:
        response = voter.send("POST", f"/api/polls/{poll.id}/vote/", {"choice": next(choices)})
        assert response.status == 200, response.text
        assert response.json()["votes"] == 1

    with visit("intranet").socket(path) as intranet, visit("internet").socket(path) as internet:
        for connection in (intranet, internet):
            assert receive_update(connection, vote) == {"type": "poll.changed", "id": poll.id}


@pytest.mark.parametrize("site", SITES)
def test_a_notification_updates_the_person_s_open_page(stack: Stack, visit: Visit, sessions: dict, site: str) -> None:
    """The way leads from an action through the broker, a worker, the stores and the channel layer to the browser."""
    reader, title = visit(site, "reader"), f"for the {site} site"
    with reader.socket("/ws/notifications/") as connection:
        update = receive_update(connection, lambda: stack.python(NOTIFY, service="worker", variables={"TITLE": title}))
    assert update == {"type": "notifications.changed"}
    inbox = reader.get("/api/notifications/").json()
    assert inbox["results"][0]["title"] == title
    assert inbox["unread"] == reader.get("/api/portal/").json()["unread"] > 0


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("origin", ["https://example.org", "http://{host}", "https://{domain}.example.org", "null"])
def test_a_page_of_another_origin_gets_no_socket(visit: Visit, sessions: dict, site: str, origin: str) -> None:
    visitor = visit(site, "reader")
    foreign = origin.format(host=visitor.host, domain=visitor.domain)
    with pytest.raises(InvalidStatus) as refused, visitor.socket("/ws/notifications/", origin=foreign):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_the_other_site_gets_no_socket(visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet", "reader")
    with pytest.raises(InvalidStatus), visitor.socket("/ws/notifications/", origin=visit("internet").origin):
        pass


@pytest.mark.parametrize("site", SITES)
def test_an_anonymous_visitor_gets_no_socket_for_notifications(visit: Visit, site: str) -> None:
    with pytest.raises(InvalidStatus) as refused, visit(site).socket("/ws/notifications/"):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("site", SITES)
def test_a_message_that_is_too_large_closes_the_socket(visit: Visit, site: str, poll) -> None:
    with visit(site).socket(f"/ws/polls/{poll.id}/") as connection:
        connection.send("x" * (16 * 1024 + 1))
        assert close_code(connection) == TOO_LARGE


@pytest.mark.parametrize("site", SITES)
def test_a_flood_of_messages_closes_the_socket(visit: Visit, site: str, poll) -> None:
    with visit(site).socket(f"/ws/polls/{poll.id}/") as connection:
        for _ in range(60):
            try:
                connection.send("{}")
            except ConnectionClosed:
                break
        assert close_code(connection) == TOO_MANY
