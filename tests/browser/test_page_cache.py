"""Back and forward show a page from the browser's page cache, unless it belongs to a person."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.support.browser import OPTIONS, Window
from tests.support.waiting import wait_until

SAVE_TRANSITION = """
addEventListener('pageshow', ({persisted}) => { window.isFromCache = persisted })
"""


@pytest.fixture(scope="module")
def caching_browser(browser: Browser, chromium: str) -> Iterator[Browser]:
    """A browser with the page cache, which Playwright turns off."""
    caching = browser.browser_type.launch(
        executable_path=chromium, args=OPTIONS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield caching
    caching.close()


@pytest.fixture
def window(caching_browser: Browser, served) -> Iterator[Window]:
    context = caching_browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(15_000)
    window = Window(context.new_page(), url=served.url, folder=served.installation.folder)
    window.page.add_init_script(SAVE_TRANSITION)
    yield window
    context.close()
    assert window.problems == []


def leave_and_go_back(window: Window, *, meanwhile: Callable[[], object] = lambda: None) -> Page:
    """Open a page that is no part of the shell, and go back. Playwright's own go_back() waits for a page load."""
    page = window.page
    page.goto(window.url + "/robots.txt")
    meanwhile()
    page.evaluate("history.back()")
    wait_until(lambda: is_back(page), seconds=15)
    return page


def is_back(page: Page) -> bool:
    try:
        return page.evaluate("location.pathname !== '/robots.txt' && window.isFromCache !== undefined")
    except Error:  # one page makes way for the other
        return False


@pytest.mark.parametrize("path", ["/", "/sign-in", pytest.param("/polls/1", id="with-a-socket")])
def test_a_public_page_comes_back_from_the_cache(window: Window, path: str) -> None:
    page = window.open(path)
    page.wait_for_load_state("networkidle")
    leave_and_go_back(window)
    assert page.evaluate("window.isFromCache"), page.evaluate(
        "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    )


def test_a_private_page_does_not_come_back_after_sign_out(window: Window) -> None:
    page = window.sign_in("student", then="/account/profile").page
    page.wait_for_load_state("networkidle")
    leave_and_go_back(window, meanwhile=page.context.clear_cookies)
    window.wait_for_heading("Sign in")
    assert "student" not in page.locator("body").inner_text().lower()
