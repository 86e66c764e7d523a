"""The polls' pages: ask, vote and see results, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import NARROW

HIDDEN = "Should the robotics lab open on Saturdays?"


def test_the_tabs_are_addresses_and_the_back_button_leaves_them(open_window):
    window = open_window().sign_in("student")
    page = window.open("/polls")
    page.get_by_role("link", name="Closed", exact=True).click()
    page.wait_for_url(f"{window.url}/polls/closed")
    page.get_by_role("link", name="Which name for the new laboratory?").click()
    window.wait_for_heading("Which name for the new laboratory?")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    assert not page.get_by_role("radio").count()
    page.go_back()
    page.wait_for_url(f"{window.url}/polls/closed")


def test_hidden_results_show_once_a_person_has_voted_and_the_focus_stays(open_window):
    window = open_window(viewport=NARROW).sign_in("guest")
    page = window.open("/polls")
    page.get_by_role("link", name=HIDDEN).click()
    window.wait_for_heading(HIDDEN)
    page.get_by_role("radio", name="Mornings only").focus()
    assert not page.locator("figure").count()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".bar[data-highlighted]")).to_contain_text("Your vote")
    expect(page.locator(".bar[data-highlighted]")).to_contain_text("Mornings only")
    expect(page.get_by_text("Votes so far")).to_be_focused()


def test_a_poll_is_asked_by_keyboard_with_a_preview(open_window):
    window = open_window().sign_in("student")
    page = window.open("/polls/new")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    page.keyboard.type("Where to?")
    for text in ("The sea", "The hills"):
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.tagName") != "INPUT":
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.get_by_role("button", name="Move choice 2 up").press("Enter")
    expect(page.get_by_role("button", name="Move choice 1 down")).to_be_focused()
    expect(page.get_by_role("region", name="Preview").get_by_role("listitem")).to_have_text(["The hills", "The sea"])
    page.get_by_role("button", name="Add a choice").press("Enter")
    expect(page.get_by_role("textbox", name="Choice 3")).to_be_focused()
    page.get_by_role("checkbox", name="Results are hidden from people who have not voted").press("Space")
    closes = page.get_by_role("group", name="Closes")
    closes.get_by_role("button").press("Enter")  # the calendar
    page.get_by_role("grid").wait_for()
    window.check_accessibility()
    before = closes.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid")).to_have_count(0)
    assert closes.inner_text() != before
    page.get_by_role("button", name="Publish").press("Enter")
    window.wait_for_heading("Where to?")
    assert [text.strip() for text in page.locator(".poll-choices label").all_inner_texts()] == ["The hills", "The sea"]
    page.get_by_role("button", name="Close now").press("Enter")
    page.get_by_role("button", name="Close the poll").press("Enter")
    expect(page.get_by_text("Result", exact=True)).to_be_focused()


@pytest.mark.long
def test_a_draft_is_in_the_list_of_its_author_alone(open_window):
    window = open_window().sign_in("faculty")
    page = window.open("/polls/new")
    page.get_by_role("textbox", name="Question").fill("Best place for coffee?")
    page.get_by_text("Draft saved").wait_for()
    window.open("/polls").get_by_role("link", name="Best place for coffee?").wait_for()
    other = open_window().sign_in("guest").open("/polls")
    other.get_by_role("heading", name="Asked by you").wait_for()
    assert not other.get_by_text("Best place for coffee?").count()
    window.open("/polls/new").get_by_role("button", name="Discard the draft").click()
