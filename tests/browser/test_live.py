"""Pages show what others do, without a reload, also after the server was away."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, copy_served, serving
from tests.support.browser import Window
from tests.support.network import free_port
from tests.support.visitor import Visitor

POLL = "/polls/1"
BACK_WITHIN = 10  # seconds after the server answers again

VOTE = """
from django.contrib.auth import get_user_model
from apps.polls.actions import vote_cast
from apps.polls.models import Poll
poll = Poll.objects.get(pk=1)
person = get_user_model().objects.create_user("latecomer")
vote_cast(person=person, poll=poll, choice=poll.choices.first())
"""


@pytest.fixture
def restartable(served: Served, tmp_path: Path) -> Callable[[], AbstractContextManager[Served]]:
    """`with restartable() as portal:` serves a copy of the portal, each time at the same URL with the same database."""
    installation, port = copy_served(served, tmp_path), free_port()
    return lambda: serving(installation, port=port)


def votes(window: Window) -> int:
    return int(window.page.get_by_text("votes", exact=False).first.inner_text().split()[0])


def open_poll(window: Window) -> Window:
    """Open the poll, and wait until the page has subscribed to it."""
    frames: list[str | bytes] = []
    window.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    window.open(POLL)
    window.wait_for(lambda: any('"polls:1"' in str(frame) for frame in frames))
    window.page.evaluate("window.isTheSamePage = true")
    return window


def expect_votes(window: Window, number: int, *, seconds: float) -> None:
    text = window.page.get_by_text(f"{number} votes").first
    expect(text).to_be_visible(timeout=seconds * 1000)
    assert window.page.evaluate("window.isTheSamePage"), "the page was loaded again"


def test_a_vote_in_one_window_moves_the_bars_in_another(open_window, served):
    watching = open_poll(open_window())
    results = watching.page.locator("figure")
    before = results.text_content()
    voter = Visitor.local(int(served.url.rpartition(":")[2])).sign_in_as("guest")
    poll = voter.get("/api/polls/1/").json()
    (other, *_) = [choice["id"] for choice in poll["choices"] if choice["id"] != poll["my_choice"]]
    assert voter.send("PUT", "/api/polls/1/vote/", {"choice": other}).status == 200
    expect(results).not_to_have_text(before, timeout=5000)
    assert watching.page.evaluate("window.isTheSamePage"), "the page was loaded again"


@pytest.mark.long
def test_a_page_comes_back_by_itself_and_shows_what_the_server_has(open_window, restartable):
    with restartable() as portal:
        window = open_poll(open_window(portal))
        before = votes(window)
    portal.installation.manage("shell", "-c", VOTE)  # nobody publishes an update that the page could receive
    with restartable():
        expect_votes(window, before + 1, seconds=BACK_WITHIN)
        window.page.goto("about:blank")
    window.expect_problems("WebSocket|ERR_|50[234]")
