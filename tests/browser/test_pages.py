"""Every page, at each width and in each colour scheme: it works, the policy holds, and everybody can read it."""

import re

import pytest

from tests.browser.conftest import NARROW, NARROWEST, in_every_appearance

PAGES = {
    "home": "/",
    "an app": "/sample?for=you",
    "the polls": "/polls",
    "a poll": "/polls/1",
    "no such page": "/no-such-page",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
@in_every_appearance
def test_a_page_is_accessible_and_fits(visit, viewport, color_scheme, path):
    one = visit(viewport=viewport, color_scheme=color_scheme)
    one.open(path)
    one.page.wait_for_load_state("networkidle")
    assert one.axe() == []
    assert one.overflow() <= 0
    one.page.set_viewport_size(NARROWEST)
    assert one.overflow() <= 0


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_signed_in_person_sees_their_name_and_may_vote(visit, sign_in, color_scheme):
    one = sign_in(visit(viewport=NARROW, color_scheme=color_scheme))
    one.open("/polls/1")
    one.page.get_by_role("banner").get_by_text("Signed in as").wait_for()
    one.page.get_by_role("button", name=re.compile("^(Vote|Change my vote)$")).wait_for()
    assert one.axe() == []
    assert one.overflow() <= 0


def test_the_menu_of_colours_works_by_keyboard_and_is_remembered_without_a_flash(visit):
    one = visit(color_scheme="light")
    page = one.open("/")
    page.get_by_role("button", name="Colour scheme").press("Enter")
    page.get_by_role("menuitemradio", name="System").wait_for()
    assert one.axe() == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert page.get_by_role("button", name="Colour scheme").evaluate("button => button === document.activeElement")
    page.route("**/*.js", lambda route: route.abort())  # what the server alone does
    page.goto(one.served.address)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    one.expects("Failed to load resource: net::ERR_FAILED")


def test_the_keyboard_reaches_the_content_first(visit):
    page = visit().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_first_visit_stays_within_its_requests(visit):
    one = visit()
    one.open("/")
    one.page.wait_for_load_state("networkidle")
    images = [path for path in one.requests if path.endswith((".svg", ".png", ".webp", ".ico"))]
    assert len(images) <= 4
    assert len(one.requests) - len(images) <= 7, one.requests
