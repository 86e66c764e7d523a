"""The pages of `make dev`: webpack's server, React's development build and its StrictMode."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Served, configure
from tests.support.browser import Window
from tests.support.installation import Installation, copy_portal
from tests.support.network import HOST

ENGLISH, HINDI = "Skip to the content", "सामग्री पर जाएँ"
POLLS_IN_HINDI = "पोल"  # its manifest's title, by the app's own catalogue


@pytest.fixture(scope="module")
def in_hindi(built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A portal in Hindi. Its catalogue translates one text."""
    installation = copy_portal(built_portal, tmp_path_factory.mktemp("hindi"), packages=True)
    configure(installation.folder, 'language: "en"\n', 'language: "hi"\n')
    catalogue = f'msgid "{ENGLISH}"\nmsgstr "{HINDI}"\n'
    (installation.folder / "frontend" / "locale" / "hi.po").write_text(catalogue)
    return installation


@pytest.fixture(scope="module")
def served(in_hindi: Installation) -> Iterator[Served]:
    with in_hindi.development_server("dev") as server:
        in_hindi.manage("seed")
        yield Served(in_hindi, f"http://{HOST}:{server.port}")


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Window]:
    context = browser.new_context(locale="fr-FR")  # which the portal does not offer
    yield Window(context.new_page(), url=served.url, folder=served.installation.folder)
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
    window.page.get_by_role("heading", level=1, name=POLLS_IN_HINDI).wait_for(timeout=60_000)
