"""In forced colours, such as Windows' high contrast, people still see what is selected, on, focused and a button."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Window

# The background of the page, as each browser and theme has it.
CANVAS = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture
def page(open_window: Callable[..., Window]) -> Page:
    window = open_window(forced_colors="active")
    window.take_session("student")
    window.page.goto(window.url + "/account/profile")
    window.wait_for_heading("Account")
    return window.page


def style(locator: Locator, name: str) -> str:
    return locator.first.evaluate(f"(element) => getComputedStyle(element)[{name!r}]")


def open_path(page: Page, path: str, heading: str) -> None:
    page.goto(urljoin(page.url, path))
    page.get_by_role("heading", level=1, name=heading).wait_for()
    page.wait_for_load_state("networkidle")


def test_the_selected_tab_and_the_current_page(page: Page) -> None:
    canvas = page.evaluate(CANVAS)
    assert style(page.locator(".tabs [aria-current]"), "borderBottomColor") != canvas
    assert style(page.locator(".tabs a:not([aria-current])"), "borderBottomColor") == canvas
    open_path(page, "/notifications", "Notifications")
    assert style(page.locator(".notification-tabs [aria-current]"), "borderBottomColor") != canvas
    assert style(page.locator(".notification-tabs a:not([aria-current])"), "borderBottomColor") == canvas
    open_path(page, "/polls", "Polls")
    assert style(page.locator(".sidebar [aria-current]"), "outlineStyle") == "solid"
    assert style(page.locator(".sidebar a:not([aria-current])"), "outlineStyle") == "none"


def test_choices_and_switches(page: Page) -> None:
    open_path(page, "/account/language", "Account")
    dark = page.get_by_role("radio", name="Dark")
    off = dark.screenshot()
    dark.check()
    page.evaluate("document.activeElement.blur()")
    assert dark.screenshot() != off
    open_path(page, "/account/notifications", "Account")
    switch = page.get_by_role("switch").first
    expect(switch).to_be_checked()
    on = switch.screenshot()
    switch.evaluate("(element) => { element.checked = false }")
    assert switch.screenshot() != on
    open_path(page, "/people/me", "Account")
    viewers = page.locator(".people-viewers label")
    assert style(viewers.filter(has=page.locator(":checked")), "outlineStyle") == "solid"
    assert style(viewers.filter(has_not=page.locator(":checked")), "outlineStyle") == "none"


def test_buttons_and_the_focus(page: Page) -> None:
    open_path(page, "/polls/new", "Ask a question")
    plain, primary = page.get_by_role("button", name="Add a choice"), page.get_by_role("button", name="Publish")
    assert style(plain, "borderTopStyle") == "solid"
    assert style(plain, "borderTopColor") != page.evaluate(CANVAS)
    assert style(primary, "backgroundColor") != style(plain, "backgroundColor")
    page.get_by_label("Question").press("Tab")
    assert style(page.locator("main :focus"), "outlineStyle") == "solid"
    page.keyboard.press("Control+k")
    assert style(page.locator(".palette-line[aria-selected=true]"), "outlineStyle") == "solid"


def test_bars_and_one_s_own_vote(page: Page) -> None:
    open_path(page, "/polls/1", "")
    bars = page.locator(".bar")
    own = page.locator(".bar[data-highlighted] .bar-fill")
    other = page.locator(".bar:not([data-highlighted]) .bar-fill")
    assert style(bars.locator(".bar-track"), "borderTopStyle") == "solid"
    assert len({style(own, "fill"), style(other, "fill"), page.evaluate(CANVAS)}) == 3
    expect(bars.get_by_text("Your vote")).to_be_visible()
