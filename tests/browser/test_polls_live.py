"""Two browsers, one portal, as `make demo` serves it: what one person does, the other sees without a reload."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.support.browser import Window
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

QUESTION = "Where should the excursion go?"


def unread(window: Window) -> int:
    """Return the number of unread notifications of the person who has signed in in this window."""
    visitor = Visitor.local(urlsplit(window.url).port)
    visitor.cookies = {cookie["name"]: cookie["value"] for cookie in window.page.context.cookies()}
    return visitor.get("/api/notifications/count/").json()["unread"]


def publish_poll(window: Window, question: str) -> str:
    """Publish a poll, notify students, and return its path."""
    page = window.open("/polls/new")
    page.get_by_role("textbox", name="Question").fill(question)
    page.get_by_role("textbox", name="Choice 1").fill("To the mountains")
    page.get_by_role("textbox", name="Choice 2").fill("To the sea")
    page.get_by_role("checkbox", name="Student").check()
    page.get_by_text("Draft saved").wait_for()
    page.get_by_role("button", name="Publish").click()
    window.wait_for_heading(question)
    return page.url.removeprefix(window.url)


def test_a_new_poll_notifies_the_other_person_and_a_vote_moves_their_bars(open_window):
    author, reader = open_window().sign_in("faculty"), open_window().sign_in("student")
    before = unread(reader)
    page = reader.open("/polls")
    page.get_by_role("heading", name="Open").wait_for()
    page.evaluate("window.isSamePage = true")

    path = publish_poll(author, QUESTION)
    page.get_by_role("link", name=QUESTION).wait_for()  # the list has it without a reload
    wait_until(lambda: unread(reader) == before + 1)

    page.get_by_role("link", name=QUESTION).click()
    reader.wait_for_heading(QUESTION)
    page.get_by_text("2 people are looking at this").wait_for()
    bars = page.locator(".bars tbody")
    expect(bars).to_contain_text(re.compile("To the sea\\s*0"))
    author.page.get_by_role("radio", name="To the sea").check()
    author.page.get_by_role("button", name="Vote", exact=True).click()
    author.page.get_by_role("button", name="Change my vote").wait_for()
    expect(bars).to_contain_text(re.compile("To the sea\\s*1"))
    expect(page.get_by_text("1 vote", exact=True)).to_be_visible()

    page.get_by_role("radio", name="To the mountains").check()
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(author.page.locator(".bars tbody")).to_contain_text(re.compile("To the mountains\\s*1"))
    author.page.get_by_role("button", name="Close now").click()
    author.page.get_by_role("button", name="Close the poll").click()
    page.get_by_role("heading", name="Result").wait_for()
    wait_until(lambda: unread(reader) == before + 2)
    assert page.evaluate("window.isSamePage"), "the page was loaded again"
    assert urlsplit(page.url).path == path


def test_what_was_typed_is_there_after_a_reload_and_in_another_browser(open_window):
    window = open_window().sign_in("guest")
    page = window.open("/polls/new")
    page.get_by_role("textbox", name="Question").fill("Half a ques")
    page.get_by_role("button", name="Add a choice").click()
    page.get_by_role("textbox", name="Choice 3").fill("Perhaps")
    page.reload()  # at once: the page saves while it is being closed
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Half a ques")
    other = open_window().sign_in("guest")
    elsewhere = other.open("/polls/new")
    expect(elsewhere.get_by_role("textbox", name="Choice 3")).to_have_value("Perhaps")
    assert not elsewhere.get_by_text("Tell people about it").count()
    elsewhere.get_by_role("button", name="Discard the draft").click()
    expect(elsewhere.get_by_role("textbox", name="Question")).to_have_value("")
    elsewhere.reload()
    expect(elsewhere.get_by_role("textbox", name="Question")).to_have_value("")


def test_the_form_for_a_new_poll_is_accessible(open_window):
    window = open_window().sign_in("faculty")
    window.open("/polls/new").get_by_role("checkbox", name="Student").wait_for()
    window.check_accessibility()
