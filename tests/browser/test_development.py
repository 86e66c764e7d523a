"""The pages of `make dev`: webpack's server, React's development build and its StrictMode."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import configure
from tests.support.browser import Window
from tests.support.installation import Installation
from tests.support.network import HOST

ENGLISH, HINDI = "Skip to the content", "सामग्री पर जाएँ"


@pytest.fixture(scope="module")
def portal_url(bare_in_hindi: Installation) -> Iterator[str]:
    with bare_in_hindi.development_server("dev") as server:
        bare_in_hindi.manage("seed")
        yield f"http://{HOST}:{server.port}"


@pytest.fixture(scope="module")
def bare_in_hindi(bare: Callable[[], Installation]) -> Installation:
    """A portal in Hindi. Its catalogue translates one text."""
    installation = bare()
    configure(installation.folder, 'language: "en"\n', 'language: "hi"\n')
    catalogue = f'msgid "{ENGLISH}"\nmsgstr "{HINDI}"\n'
    (installation.folder / "frontend" / "locale" / "hi.po").write_text(catalogue)
    return installation


@pytest.fixture
def window(browser: Browser, bare_in_hindi: Installation, portal_url: str) -> Iterator[Window]:
    context = browser.new_context()
    yield Window(context.new_page(), url=portal_url, folder=bare_in_hindi.folder)
    context.close()


def test_pages_are_in_the_language_of_the_portal(window: Window) -> None:
    page = window.open("/")
    assert page.get_by_text(HINDI).count() == 1
    assert page.evaluate("document.documentElement.lang") == "hi"


def test_no_page_warns_in_the_console(window: Window) -> None:
    window.sign_in()
    for path in ("/", "/polls", "/polls/1", "/people", "/account"):
        window.open(path).wait_for_load_state("networkidle")
    assert window.problems == []


def test_a_page_shows_why_django_does_not_answer_and_continues_by_itself(window: Window) -> None:
    views = window.folder / "apps" / "polls" / "views.py"
    content = views.read_text()
    views.write_text(f"form {content}")
    try:
        window.open("/polls")
        window.wait_for_heading("The portal cannot be reached")
        window.page.get_by_text("SyntaxError: invalid syntax").wait_for(timeout=60_000)
    finally:
        views.write_text(content)
    window.page.get_by_role("heading", level=1, name="Polls").wait_for(timeout=60_000)
