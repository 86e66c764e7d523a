"""Pages for everyone are accessible in every width and colour scheme, and break no content security policy."""

import re

import pytest

from tests.support.browser import NARROW

# The shell loads them after the page is painted.
LAZY_PARTS = r"/static/frontend/(kit|tools)\."


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_person_sees_their_name_and_may_vote(open_window, color_scheme):
    window = open_window(viewport=NARROW, color_scheme=color_scheme).sign_in()
    window.open("/polls/1")
    window.page.get_by_role("banner").get_by_text("Signed in as").wait_for()
    window.page.get_by_role("button", name=re.compile("^(Vote|Change my vote)$")).wait_for()
    window.check_accessibility()


def test_the_colour_scheme_is_chosen_by_keyboard_and_is_there_before_scripts_run(open_window):
    window = open_window(color_scheme="light")
    page = window.open("/")
    page.get_by_role("button", name="Colour scheme").press("Enter")
    page.get_by_role("menuitemradio", name="System").wait_for()
    assert window.axe_violations() == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert page.get_by_role("button", name="Colour scheme").evaluate("button => button === document.activeElement")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(window.url)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    window.expect_problems("Failed to load resource: net::ERR_FAILED")


def test_the_first_tab_stop_leads_to_the_content(open_window):
    page = open_window().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_first_visit_needs_few_requests(open_window):
    window = open_window()
    window.open("/")
    window.page.wait_for_load_state("networkidle")
    images = [path for path in window.requests if path.endswith((".svg", ".png", ".webp", ".ico"))]
    assert len(images) <= 4
    before_lazy_parts = [path for path in window.requests if path not in images and not re.search(LAZY_PARTS, path)]
    assert len(before_lazy_parts) <= 7, window.requests
