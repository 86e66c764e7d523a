"""A portal in another language shows every text, translated or not, in either direction and without a reload."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import FRENCH
from tests.support.browser import NARROW
from tests.support.screens import MAIN, OTHERS
from tests.support.waiting import wait_until

# The pages that a student opens most, and their headings in Hindi.
PAGES = {"/account": "खाता", "/people": "लोग", "/polls": "पोल", "/notifications": "सूचनाएँ"}

# Words of the page that are Latin in every language. Others come from portal.yaml and the demo content.
LATIN = {"API", "CSV", "Ctrl", "GIF", "JPEG", "PNG", "WebP", "English", "UTF", "III", "URI", "https"}
# Names of products, what the addresses of screens search for, the path /admin/, and a placeholder of React Aria, which
# has no Hindi.
NAMES = {"Chrome", "Django", "GUI", "Markdown", "Redis", "xyzzy", "admin", "yyyy"}

VISIBLE_WORDS = """() => {
  const words = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (element.closest('noscript, script, style, [lang="en"], code') || !element.checkVisibility()) continue
    for (const word of walker.currentNode.data.match(/[A-Za-z]{3,}/g) ?? []) words.add(word)
  }
  return [...words]
}"""


def in_french(route: Route) -> None:
    """Answer with the page as a server writes it in a portal whose language is French."""
    response = route.fetch(headers={**route.request.headers, "accept-encoding": "identity"})
    text = response.text().replace('<html lang="en"', '<html lang="fr"').replace('"language":"en"', '"language":"fr"')
    route.fulfill(response=response, body=text)


def test_a_message_without_a_translation_is_shown_in_english(open_window):
    window = open_window()
    window.page.route(re.compile(r"/(sign-in|api/portal/)?$"), in_french)
    page = window.open("/")
    page.get_by_role("heading", name=FRENCH["frontend"]["Open to everybody"]).wait_for()
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.get_by_role("link", name="Skip to the content").wait_for(state="attached")
    page.get_by_role("button", name="Colour scheme").wait_for()
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()
    window.open("/sign-in")
    page.get_by_label(FRENCH["services/accounts"]["Password"]).first.wait_for()
    window.wait_for_heading("Sign in")
    page.get_by_role("link", name="Forgot your password?").wait_for()


def test_a_portal_in_english_loads_no_catalogue(open_window):
    window = open_window()
    window.open("/").wait_for_load_state("networkidle")
    assert not [path for path in window.requests if "catalogue" in path]


def test_hindi_is_chosen_at_home_and_reaches_every_page_and_tab(open_window):
    window = open_window(viewport=NARROW).sign_in("guest")
    page = window.page
    other = page.context.new_page()
    other.goto(window.url + "/people")
    other.get_by_role("heading", level=1, name="People").wait_for()
    try:
        page.get_by_role("button", name="Signed in as").click()
        page.get_by_role("menuitemradio", name="हिंदी").click()
        expect(page.locator("html")).to_have_attribute("lang", "hi")
        other.get_by_role("heading", level=1, name="लोग").wait_for()
        for path, heading in PAGES.items():
            page.goto(window.url + path)
            window.wait_for_heading(heading)
            assert page.locator("html").get_attribute("lang") == "hi"
            assert window.overflow() == 0, path
        document = page.request.get(window.url + "/").text()
        assert '<html lang="hi" dir="ltr"' in document
    finally:
        page.get_by_role("button", name="साइन इन:").click()
        page.get_by_role("menuitemradio", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("path", ["/sign-in", "/password"])
def test_a_browser_in_hindi_shows_no_english_word(open_window, path):
    window = open_window(viewport=NARROW, locale="hi-IN")
    page = window.open(path)
    page.wait_for_load_state("networkidle")
    portal = page.request.get(window.url + "/api/portal/").json()
    names = " ".join([portal["name"], portal["description"], portal["institute"]["name"]])
    assert set(page.evaluate(VISIBLE_WORDS)) - LATIN - set(re.findall(r"[A-Za-z]{3,}", names)) == set()


@pytest.mark.parametrize("name", MAIN | OTHERS)
def test_a_screen_in_hindi_has_no_english_text_of_its_own(open_window, name):
    """Names, codes and the demo content come from the API, and stay as they were written."""
    screen = MAIN.get(name) or OTHERS[name]
    window = open_window(locale="hi-IN")
    answers = []
    window.page.on("response", lambda response: answers.append(response) if "/api/" in response.url else None)
    window.page.on("response", lambda response: answers.append(response) if "/_allauth/" in response.url else None)
    window.take_session(screen.account)
    page = window.open(screen.path)
    page.wait_for_load_state("networkidle")
    if screen.problem:
        window.expect_problems(screen.problem)

    def english() -> set[str]:
        content = " ".join(answer.text() for answer in answers if answer.status != 204)
        return set(page.evaluate(VISIBLE_WORDS)) - LATIN - NAMES - set(re.findall(r"[A-Za-z]{3,}", content))

    with suppress(TimeoutError):  # the assertion shows the words
        wait_until(lambda: not english(), seconds=15)
    assert english() == set()


def test_the_home_page_loads_one_catalogue(open_window):
    window = open_window(locale="hi-IN")
    window.open("/").wait_for_load_state("networkidle")
    assert len([path for path in window.requests if "catalogue" in path]) == 1
