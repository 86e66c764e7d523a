"""The search dialog, by keyboard alone: apps, pages, actions, people and the content of apps."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, WIDE, Window
from tests.support.waiting import wait_until

OFF = "localStorage.getItem('portal-slash')"


@pytest.fixture
def window(open_window) -> Window:
    return open_window().sign_in("student")


def search_field(page: Page):
    return page.get_by_role("combobox", name="Search or go to…")


def open_palette(window: Window, key: str = "Control+k") -> Page:
    """Press the key once the shell listens to it, and wait for the field."""
    page = window.page
    page.get_by_role("button", name="Search or go to…").or_(page.get_by_role("button", name="Search")).first.wait_for()
    expect(page.get_by_role("button", name="Notifications")).to_be_visible()  # the lazy part of the shell is there
    page.keyboard.press(key)
    expect(search_field(page)).to_be_focused()
    return page


def chosen(page: Page):
    return page.get_by_role("listbox", name="Results").get_by_role("option", selected=True)


def check_every_appearance(window: Window) -> None:
    """Check accessibility in both sizes and both colour schemes, without loading the page again."""
    for viewport in (WIDE, NARROW):
        window.page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            window.page.emulate_media(color_scheme=scheme)
            # Colours change with a transition.
            wait_until(lambda: window.page.evaluate("document.getAnimations().length") == 0)
            window.check_accessibility()


def test_an_app_is_opened_with_a_few_letters(window):
    page = open_palette(window)
    page.keyboard.type("annou")
    expect(chosen(page)).to_contain_text("Announcements")
    page.keyboard.press("Enter")
    window.wait_for_heading("Announcements")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(search_field(page)).to_have_count(0)


def test_a_person_is_found_by_name_without_accents_and_opened(window):
    page = open_palette(window)
    page.keyboard.type("DÉMO FACULTY")
    people = page.get_by_role("group", name="People")
    expect(people.get_by_role("option").first).to_contain_text("Demo faculty")
    for _ in range(20):
        if "Demo faculty" in chosen(page).inner_text():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    window.wait_for_heading("Demo faculty")


def test_escape_closes_it_and_the_focus_returns(window):
    page = window.page
    button = page.get_by_role("button", name="Search or go to…")
    button.focus()
    page.keyboard.press("Enter")
    expect(search_field(page)).to_be_focused()
    page.keyboard.type("po")
    page.keyboard.press("Escape")
    expect(search_field(page)).to_have_count(0)
    expect(button).to_be_focused()


def test_results_of_apps_arrive_below_and_move_nothing(window):
    page = window.page
    waiting = []
    page.route("**/api/portal/search/**", lambda route: waiting.append(route))
    open_palette(window)
    page.keyboard.type("demo")
    page.get_by_text("Searching in apps…").wait_for()
    before = [line.bounding_box() for line in page.get_by_role("option").all()]
    expect(page.get_by_text("Searching in apps…")).to_be_visible()
    page.unroute("**/api/portal/search/**")
    for route in waiting:
        route.continue_()
    page.get_by_role("group", name="People").wait_for()
    assert [line.bounding_box() for line in page.get_by_role("option").all()][: len(before)] == before


def test_the_key_slash_opens_it_until_it_is_switched_off(window):
    page = open_palette(window, "/")
    expect(search_field(page)).to_have_value("")
    page.keyboard.press("Tab")
    window.focus("Keyboard shortcuts")
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="Open the search with the key /")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    assert page.evaluate(OFF) == "off"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(search_field(page)).to_have_count(0)
    page.keyboard.press("/")
    open_palette(window)
    expect(search_field(page)).to_have_value("")


def test_the_theme_is_changed_and_the_app_of_the_page_is_pinned(window):
    page = open_palette(window)
    page.keyboard.type("dark col")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    window.open("/people")
    open_palette(window)
    page.keyboard.type("pin people")
    expect(chosen(page)).to_have_text("Pin People")
    page.keyboard.press("Enter")
    open_palette(window)
    page.keyboard.type("pin people")
    expect(chosen(page)).to_have_text("Unpin People")
    page.keyboard.press("Enter")


def test_a_search_that_fails_is_explained_in_place(window):
    page = window.page
    page.route("**/api/portal/search/**", lambda route: route.fulfill(status=500, body="<h1>Oops</h1>"))
    open_palette(window)
    page.keyboard.type("peo")
    expect(page.get_by_role("alert")).to_contain_text("The portal has a problem")
    expect(chosen(page)).to_contain_text("People")
    page.unroute("**/api/portal/search/**")
    window.focus("Try again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    window.expect_problems("status of 500")


@pytest.mark.long
def test_it_is_accessible_empty_and_with_results(open_window):
    window = open_window().sign_in("maintainer")
    page = open_palette(window)
    for text, line in (("", "Home"), ("demo", "Demo faculty"), ("xyzzy", "")):
        search_field(page).fill(text)
        if line:
            page.get_by_role("option", name=re.compile(line)).first.wait_for()
        else:
            page.get_by_text("Nothing found for").wait_for()
        check_every_appearance(window)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    window.check_accessibility()


def test_what_waits_is_on_the_home_page_and_is_accessible(open_window):
    window = open_window().sign_in("faculty")
    page = window.page
    card = page.get_by_role("region", name=re.compile("^Needs attention"))
    card.get_by_role("link", name="All notifications").wait_for()
    check_every_appearance(window)
