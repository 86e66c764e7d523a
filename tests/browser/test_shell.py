"""The frame of all pages: sidebar, drawer, menus, focus, titles, and the way back."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import MEASURE_SHIFT, NARROW, WIDE, wait_until_true

RAIL = {"width": 900, "height": 800}
FOCUSED = "document.activeElement.textContent.trim()"


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def with_portal(page: Page, **changes: object) -> None:
    """Change the answer of GET /api/portal/."""

    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, body=json.dumps({**response.json(), **changes}))

    page.route("**/api/portal/", answer)


def an_app(number: int, **changes: str) -> dict[str, str]:
    app = {"name": f"app_{number}", "title": f"App {number}", "description": "What it does.", "icon": "star"}
    return {**app, "category": f"Category {number % 12}", **changes}


def test_a_link_of_the_sidebar_opens_a_page_whose_heading_has_the_focus(open_window):
    page = open_window(viewport=WIDE).sign_in("student").page
    sidebar = page.get_by_role("navigation", name="Portal")
    sidebar.get_by_role("link", name="People").click()
    wait_until_true(page, "document.title.startsWith('People · ')")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(sidebar.get_by_role("link", name="People")).to_have_attribute("aria-current", "page")
    assert page.get_by_role("heading", level=1).count() == 1


def test_the_collapsed_sidebar_keeps_the_names_of_its_links(open_window):
    page = open_window(viewport=WIDE).sign_in("student").page
    sidebar = page.get_by_role("navigation", name="Portal")
    wide = sidebar.bounding_box()["width"]
    sidebar.get_by_role("button", name="Collapse").click()
    assert sidebar.bounding_box()["width"] < wide / 2
    page.reload()
    sidebar.get_by_role("button", name="Expand").wait_for()
    sidebar.get_by_role("link", name="People").click()
    wait_until_true(page, "document.title.startsWith('People · ')")
    page.set_viewport_size(RAIL)
    expect(sidebar.get_by_role("link", name="Home")).to_be_visible()


def test_the_drawer_of_a_phone_keeps_the_focus_and_gives_it_back(open_window):
    window = open_window(viewport=NARROW).sign_in("student")
    page = window.page
    button = page.get_by_role("button", name="Menu", exact=True)
    button.press("Enter")
    drawer = page.get_by_role("dialog", name="Menu")
    drawer.get_by_role("link", name="Home").wait_for()
    assert window.axe_violations() == []
    for _ in range(20):  # more often than it has links
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('main, header')")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(button).to_be_focused()

    button.click()
    drawer.get_by_role("link", name="People").click()
    wait_until_true(page, "document.title.startsWith('People · ')")
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_person_menu_follows_the_keyboard(open_window):
    window = open_window(viewport=WIDE).sign_in("student")
    page = window.page
    button = page.get_by_role("button", name="Signed in as")
    button.press("ArrowDown")
    wait_until_true(page, f"{FOCUSED} === 'Account'")
    assert window.axe_violations() == []
    page.keyboard.press("s")
    wait_until_true(page, f"{FOCUSED} === 'System'")
    page.keyboard.press("End")
    wait_until_true(page, f"{FOCUSED} === 'Sign out'")
    page.keyboard.press("Home")
    wait_until_true(page, f"{FOCUSED} === 'Account'")
    page.keyboard.press("Tab")
    expect(page.get_by_role("menu")).to_have_count(0)
    button.press("ArrowUp")
    wait_until_true(page, f"{FOCUSED} === 'Sign out'")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_a_key_opens_the_search_and_escape_returns_the_focus(open_window, key):
    page = open_window(viewport=WIDE).sign_in("student").page
    link = page.get_by_role("navigation", name="Portal").get_by_role("link", name="People")
    link.focus()
    expect(page.get_by_role("button", name="Search or go to…")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press(key)
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_going_back_restores_the_place_and_the_link(open_window):
    page = open_window(viewport={"width": 1280, "height": 400}).sign_in("student").page
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
    link = page.get_by_role("main").get_by_role("link", name=re.compile("^[A-Z]")).nth(12)
    link.scroll_into_view_if_needed()
    link.focus()
    name, before = link.inner_text(), page.evaluate("scrollY")
    assert before > 0
    link.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.get_by_role("main").get_by_role("link", name=name, exact=True)).to_be_focused()
    wait_until_true(page, f"Math.abs(scrollY - {before}) < 40")


@pytest.mark.parametrize("viewport", [NARROW, {"width": 1280, "height": 800}], ids=["320", "1280"])
def test_doubled_text_fits(open_window, viewport):
    page = open_window(viewport=viewport).sign_in("student").page
    for path in ("/", "/people", "/no-such-page"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        page.get_by_role("heading", level=1).wait_for()
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert sideways(page) <= 0, path


@pytest.mark.parametrize("number", [0, 1, 300])
def test_home_shows_any_number_of_apps(open_window, number):
    window = open_window(viewport=WIDE)
    apps = [an_app(0, title="A" if number == 1 else "App 0"), *map(an_app, range(1, number))][:number]
    with_portal(window.page, apps=apps, pinned=[], recent=[])
    page = window.sign_in("student").page
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("^(A|App .*)$"))).to_have_count(number)
    if number == 0:
        page.get_by_role("heading", name="No apps yet").wait_for()
    if number == 300:
        page.get_by_role("searchbox", name="Find an app").fill("app 299")
        expect(page.get_by_role("main").get_by_role("link", name=re.compile("^App "))).to_have_count(1)
    assert sideways(page) <= 0


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["320", "1280"])
def test_a_long_name_fits(open_window, viewport):
    window = open_window(viewport=viewport)
    person = {"id": 1, "username": "long", "display_name": "W" * 200, "photo": None, "roles": [], "maintainer": True}
    with_portal(window.page, person=person, name="M" * 100)
    page = window.sign_in("student").page
    page.get_by_role("heading", level=1, name="W" * 200).wait_for()
    assert sideways(page) <= 0
    header = page.get_by_role("banner").bounding_box()
    assert header["height"] < 80


def test_home_does_not_jump(open_window):
    window = open_window(viewport=WIDE)
    window.page.add_init_script(MEASURE_SHIFT)
    page = window.sign_in("student").page
    page.wait_for_load_state("networkidle")
    page.get_by_role("region", name="Needs attention").get_by_role("link", name="All notifications").wait_for()
    assert page.evaluate("window.shift") <= 0.1


def test_home_mirrors_in_a_language_that_is_written_from_right_to_left(open_window):
    page = open_window(viewport=WIDE).sign_in("student").page
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.get_by_role("navigation", name="Portal").bounding_box()["x"] > WIDE["width"] / 2
    assert sideways(page) <= 0
