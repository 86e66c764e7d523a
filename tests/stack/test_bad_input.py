"""Each wrong input of communications, polls and live pages gets a clear error, and loses nothing."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.stack.conftest import visitor_of
from tests.support.activity import Poll
from tests.support.compose import Stack
from tests.support.visitor import Response, Visitor, close_code

Visit = Callable[..., Visitor]

SOCKET = "/ws/portal/"
TOO_LARGE = 4009
MOST_TOPICS = 100

# Calls `notify` with wrong arguments. Prints the error of each, None for a call that was accepted, and the number of
# messages before and after.
CALLS = """
import json
from core.people.models import Person
from core.plugins.manifest import Audience
from services.notifications import notify
from services.notifications.models import Message
reader = Person.objects.get(username="reader")
def call(kind="students_only.note", to=reader, **more):
    try:
        return repr(notify(kind, to=to, **{"params": {"number": 1}, **more}))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
before = Message.objects.count()
found = {
    "nobody": call(to=Person.objects.none()),
    "an empty list": call(to=[]),
    "a name": call(to="everyone"),
    "a role that does not exist": call(to=Audience(roles=["wizard"])),
    "an unknown kind": call(kind="students_only.notes"),
    "a missing parameter": call(params={}),
    "large parameters": call(params={"number": "x" * 100_000}),
    "a script": call(link="javascript:alert(1)"),
    "another site": call(link="//example.org/"),
    "another site by its URL": call(link="https://example.org/"),
}
print(json.dumps({"found": found, "written": Message.objects.count() - before}))
"""


@pytest.fixture
def reader(visit: Visit, sessions: dict) -> Visitor:
    return visit("internet", "reader")


@pytest.fixture
def chief(visit: Visit, sessions: dict) -> Visitor:
    return visit("intranet", "chief")


@pytest.fixture(scope="module")
def three_polls(stack: Stack, tls: ssl.SSLContext, sessions: dict) -> Iterator[list[Poll]]:
    """Open polls that nobody else votes in. A person can open only some a day, so all tests share them."""
    chief = visitor_of(stack, "intranet", tls)
    chief.cookies[sessions["intranet"]["chief"]["name"]] = sessions["intranet"]["chief"]["value"]
    polls = [open_poll(chief, question) for question in ("One?", "Another?", "A third?")]
    yield polls
    for poll in polls:
        chief.send("DELETE", f"/api/polls/{poll.id}/")


@pytest.fixture
def polls(three_polls: list[Poll]) -> tuple[Poll, Poll]:
    """Two polls without votes."""
    return three_polls[0], three_polls[1]


def open_poll(author: Visitor, question: str) -> Poll:
    closes_at = datetime.now(UTC) + timedelta(days=1)
    data = {"question": question, "choices": ["yes", "no"], "closes_at": closes_at.isoformat()}
    response = author.send("POST", "/api/polls/", data)
    assert response.status == 201, response.text
    return Poll(response.json()["id"], tuple(choice["id"] for choice in response.json()["choices"]))


def vote(visitor: Visitor, poll: Poll, choice: Any) -> Response:
    return visitor.send("PUT", f"/api/polls/{poll.id}/vote/", {"choice": choice})


def votes(visitor: Visitor, poll: Poll) -> dict[int, int]:
    found = visitor.get(f"/api/polls/{poll.id}/").json()
    return {choice["id"]: choice["votes"] for choice in found["choices"]}


def test_notify_refuses_what_is_wrong_and_writes_nothing(stack: Stack, sessions: dict) -> None:
    answer = stack.python(CALLS)
    found = answer["found"]
    assert found.pop("nobody") == found.pop("an empty list") == "None"
    assert answer["written"] == 0
    assert {name: error for name, error in found.items() if not error.startswith(("ValueError", "TypeError"))} == {}
    assert "students_only.note" in found["an unknown kind"], "the error does not name the declared kinds"
    assert "wizard" in found["a role that does not exist"]
    assert "number" in found["a missing parameter"]


@pytest.mark.parametrize("choice", ["another poll's", 0, -1, 2**70, "x", None, [], {}])
def test_a_vote_for_no_choice_of_the_poll_is_refused(reader: Visitor, polls: tuple[Poll, Poll], choice: Any) -> None:
    poll, other = polls
    response = vote(reader, poll, other.choices[0] if choice == "another poll's" else choice)
    assert response.status in {400, 404}, response.text
    assert response.problem()
    assert set(votes(reader, poll).values()) | set(votes(reader, other).values()) == {0}


def test_votes_at_once_are_one_vote(visit: Visit, sessions: dict, three_polls: list[Poll]) -> None:
    poll, at_once = three_polls[2], 8
    start = threading.Barrier(at_once)

    def vote_at_once(number: int) -> Response:
        visitor = visit(("intranet", "internet")[number % 2], "reader")
        assert visitor.csrf_token
        start.wait(20)
        return vote(visitor, poll, poll.choices[number % 2])

    with ThreadPoolExecutor(at_once) as executor:
        responses = list(executor.map(vote_at_once, range(at_once)))
    assert {response.status for response in responses} <= {200, 409}
    assert 200 in {response.status for response in responses}
    assert sum(votes(visit("intranet", "reader"), poll).values()) == 1


@pytest.mark.parametrize(
    "query",
    ["cursor={polls}", "cursor=x", "cursor=-1", f"cursor={10**30}", "page_size=0", "page_size=100000", "unread=x"],
)
def test_a_wrong_page_of_notifications_is_refused(reader: Visitor, polls: tuple[Poll, Poll], query: str) -> None:
    page = reader.get("/api/polls/?page_size=1").json()["next"]
    response = reader.get(f"/api/notifications/?{query.format(polls=page.partition('cursor=')[2].partition('&')[0])}")
    assert response.status in {400, 404}, response.text
    assert response.problem()


@pytest.mark.parametrize(
    "data",
    [
        {"until": "2099-01-01T00:00:00Z"},
        {"until": "yesterday"},
        {"ids": ["x"]},
        {"ids": list(range(1, 100_000))},
        {"ids": [2**70]},
        {"all": False},
        {},
        [],
    ],
    ids=lambda data: json.dumps(data)[:40],
)
def test_a_wrong_read_mark_is_refused(reader: Visitor, data: Any) -> None:
    response = reader.send("POST", "/api/notifications/read/", data)
    assert response.status == 400, response.text
    assert response.problem()


def test_a_topic_that_one_may_not_read_is_refused_with_its_reason(
    stack: Stack, reader: Visitor, polls: tuple[Poll, Poll]
) -> None:
    wrong = ["person:1", "polls:999999999", "polls:x", "students_only:1", "no_such_app:1", "", "polls:" + "x" * 300]
    allowed = f"polls:{polls[0].id}"
    with reader.socket(SOCKET) as connection:
        connection.send(json.dumps({"subscribe": [*wrong, "person", allowed]}))
        answer = json.loads(connection.recv(timeout=20))
    assert set(answer["subscribed"]) == {"person", allowed}
    assert set(answer["refused"]) == set(wrong)
    for name, reason in answer["refused"].items():
        assert reason["status"] in {400, 403, 404}, (name, reason)
        assert reason["detail"], name


def test_a_thousand_subscriptions_are_bounded(reader: Visitor, polls: tuple[Poll, Poll]) -> None:
    """The socket goes on with what it has."""
    names = [f"polls:{number}" for number in range(1, 1001)]
    with reader.socket(SOCKET) as connection:
        connection.send(json.dumps({"subscribe": names}))
        subscribed, refused = [], {}
        while len(subscribed) + len(refused) < len(names):
            answer = json.loads(connection.recv(timeout=20))
            subscribed += answer.get("subscribed", [])
            refused |= answer["refused"]
        assert set(subscribed) | set(refused) == set(names)
        assert len(subscribed) <= MOST_TOPICS
        assert {reason["status"] for reason in refused.values()} <= {403, 429}
        connection.send(json.dumps({"subscribe": ["person"], "unsubscribe": names}))
        assert json.loads(connection.recv(timeout=20))["subscribed"] == ["person"]


@pytest.mark.parametrize(
    "frame", ["[]", "x", '{"subscribe": "person"}', '{"subscribe": [1]}', '{"publish": ["person"]}']
)
def test_a_frame_that_means_nothing_gets_an_error_and_the_socket_goes_on(reader: Visitor, frame: str) -> None:
    with reader.socket(SOCKET) as connection:
        connection.send(frame)
        answer = json.loads(connection.recv(timeout=20))
        assert answer["error"]["status"] == 400
        assert answer["error"]["detail"]
        connection.send(json.dumps({"subscribe": ["person"]}))
        assert json.loads(connection.recv(timeout=20))["subscribed"] == ["person"]


def test_a_frame_of_a_megabyte_closes_the_socket(reader: Visitor) -> None:
    with reader.socket(SOCKET) as connection:
        with contextlib.suppress(ConnectionClosed):  # the server may close it before it has read the whole frame
            connection.send(json.dumps({"subscribe": ["x" * (1 << 20)]}))
        assert close_code(connection) in {TOO_LARGE, None}


ASTERISKS = "*" * 1_000_000
SCRIPTS = "<script>alert(1)</script> <img src=x onerror=alert(1)> [here](javascript:alert(1)) **strong**"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ASTERISKS},
        {"text": ""},
        {"title": ""},
        {"title": "x" * 1000},
        {"roles": ["wizard"]},
        {"send_at": "never"},
    ],
    ids=lambda wrong: json.dumps(wrong)[:40],
)
def test_a_wrong_announcement_is_refused(chief: Visitor, wrong: dict[str, Any]) -> None:
    announcement = {"title": "A title", "text": "A text.", "roles": ["student"], "send_at": "2099-01-01T00:00:00Z"}
    response = chief.send("POST", "/api/announcements/", announcement | wrong)
    assert response.status in {400, 413}, response.text[:300]
    assert response.problem()


def test_the_tree_of_a_text_with_scripts_has_none(chief: Visitor) -> None:
    response = chief.send("POST", "/api/announcements/preview/", {"text": SCRIPTS})
    assert response.status == 200, response.text
    tree = json.dumps(response.json()["tree"])
    assert "strong" in tree
    assert '"javascript:' not in tree
    kinds = set()

    def collect(nodes: Any) -> None:
        for node in nodes if isinstance(nodes, list) else [nodes]:
            if isinstance(node, dict):
                kinds.add(node.get("type"))
                for value in node.values():
                    collect(value)

    collect(response.json()["tree"])
    assert not kinds & {"script", "html", "html_block", "html_inline", "image", "img"}
