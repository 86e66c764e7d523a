"""A portal in another language shows every text, translated or not."""

import re

from playwright.sync_api import Route

from tests.browser.conftest import FRENCH


def in_french(route: Route) -> None:
    """Answer with the page as a server writes it in a portal whose language is French."""
    response = route.fetch(headers={**route.request.headers, "accept-encoding": "identity"})
    route.fulfill(response=response, body=response.text().replace('<html lang="en"', '<html lang="fr"'))


def test_a_message_without_a_translation_is_shown_in_english(open_window):
    window = open_window()
    window.page.route(re.compile(r"/(sign-in)?$"), in_french)
    page = window.open("/")
    page.get_by_role("heading", name=FRENCH["frontend"]["Apps"]).wait_for()
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.get_by_role("link", name="Skip to the content").wait_for(state="attached")
    page.get_by_role("button", name="Colour scheme").wait_for()
    page.get_by_role("link", name="Sign in").wait_for()
    window.open("/sign-in")
    page.get_by_label(FRENCH["services/accounts"]["Password"]).first.wait_for()
    window.wait_for_heading("Sign in")
    page.get_by_role("link", name="Forgot your password?").wait_for()


def test_a_portal_in_english_loads_no_catalogue(open_window):
    window = open_window()
    window.open("/").wait_for_load_state("networkidle")
    assert not [path for path in window.requests if "catalogue" in path]
