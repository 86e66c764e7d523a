"""The pages of `make dev`: webpack's server, React's development build and its StrictMode."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Served, configure
from tests.support.browser import Window
from tests.support.installation import Installation, copy_portal
from tests.support.network import HOST
from tests.support.waiting import wait_until

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


def test_a_page_shows_why_its_api_does_not_answer(window: Window) -> None:
    views = window.folder / "apps" / "polls" / "views.py"
    content = views.read_text()
    views.write_text(f"form {content}")
    try:
        wait_until(lambda: window.page.request.get(f"{window.url}/api/polls/").status == 503, seconds=60)
        window.open("/polls")
        window.page.get_by_text("SyntaxError: invalid syntax").first.wait_for(timeout=60_000)
    finally:
        views.write_text(content)
    window.page.get_by_role("heading", level=1, name=POLLS_IN_HINDI).wait_for(timeout=60_000)


@contextmanager
def changed(file: Path, before: str, after: str) -> Iterator[None]:
    """Change a source while the block runs."""
    content = file.read_text()
    assert before in content
    file.write_text(content.replace(before, after))
    try:
        yield
    finally:
        file.write_text(content)


def test_a_page_that_throws_names_its_line_and_the_others_work(window: Window) -> None:
    source = window.folder / "apps" / "polls" / "frontend" / "PollsPage.jsx"
    page = window.open("/polls")
    page.get_by_role("heading", level=1, name=POLLS_IN_HINDI).wait_for()
    with changed(source, "  const counts = useCounts()\n", "  const counts = null.counts\n"):
        page.get_by_text("apps/polls/frontend/PollsPage.jsx, line").wait_for(timeout=60_000)
        message = page.get_by_text("PollsPage.jsx, line").inner_text()
        line = source.read_text().splitlines().index("  const counts = null.counts") + 1
        assert message.startswith(f"apps/polls/frontend/PollsPage.jsx, line {line}: TypeError: ")
        window.open("/people").get_by_role("heading", level=1).wait_for()


def test_a_page_that_cannot_be_built_says_so_and_the_others_work(window: Window) -> None:
    source = window.folder / "apps" / "polls" / "frontend" / "PollsPage.jsx"
    page = window.open("/polls")
    page.get_by_role("heading", level=1, name=POLLS_IN_HINDI).wait_for()
    with changed(source, "  const counts = useCounts()\n", "  const counts = = 1\n"):
        message = page.get_by_text("apps/polls/frontend/PollsPage.jsx, line")
        message.wait_for(timeout=60_000)
        assert "SyntaxError: " in message.inner_text()
        window.open("/").get_by_role("heading", level=1).wait_for()
        window.open("/polls")
        message.wait_for(timeout=60_000)
    page.locator(".tabs").wait_for(timeout=60_000)


def test_a_page_shows_which_line_of_the_api_failed(window: Window) -> None:
    views = window.folder / "apps" / "polls" / "views.py"
    failing = '        raise KeyError("shelf")\n        query = ShowSerializer('
    with changed(views, "        query = ShowSerializer(", failing):
        wait_until(lambda: window.page.request.get(f"{window.url}/api/polls/").status == 500, seconds=60)
        window.open("/polls").get_by_text("apps/polls/views.py, line").first.wait_for(timeout=60_000)
