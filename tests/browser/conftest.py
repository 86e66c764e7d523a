"""The portal's production build in a real browser, served by the portal itself."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import WIDE, Window, find_chromium, running_browser
from tests.support.installation import Installation, copy_database, copy_portal
from tests.support.network import HOST, free_port

HERE = Path(__file__).parent

# Incomplete catalogues, of the shell and of a service: all other texts have no translation.
FRENCH = {"frontend": {"Apps": "Applications"}, "services/accounts": {"Password": "Mot de passe"}}

MISSING = "no Chromium was found (CHROMIUM=<path> names one; `playwright install chromium` fetches one)"


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give all of these tests to one process of pytest-xdist, so that the portal is built and served once.

    Without a browser, keep one of them: it says in one line that they did not run.
    """
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("browser"))
    if mine and os.environ.get("CI") != "true" and not find_chromium():
        config.hook.pytest_deselected(items=mine[1:])
        items[:] = [item for item in items if item not in mine[1:]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without a browser, the tests are skipped; with CI=true they fail."""
    if path := find_chromium():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(f"the tests in a browser did not run: {MISSING}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with running_browser(chromium) as browser:
        yield browser


class Served(NamedTuple):
    """A portal that is served at a URL."""

    installation: Installation
    url: str


@pytest.fixture(scope="session")
def served(chromium: str, built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The default portal with the apps of apps/ beside this file and the demo content, run by `make serve`."""
    installation = copy_portal(built_portal, tmp_path_factory.mktemp("browser"), packages=True)
    folder = installation.folder
    shutil.copytree(HERE / "apps", folder / "apps", copy_function=shutil.copy, dirs_exist_ok=True)
    for owner, messages in FRENCH.items():
        catalogue = "".join(f'msgid "{english}"\nmsgstr "{french}"\n\n' for english, french in messages.items())
        (folder / owner / "locale" / "fr.po").write_text(catalogue)
    configure(folder, "rings:\n", 'rings:\n  laboratory: ["192.0.2.0/24"]\n')
    installation.make("frontend/build")
    with installation.development_server("serve") as server:
        yield Served(installation, f"http://{HOST}:{server.port}")


@pytest.fixture(scope="session")
def served_with_sign_up(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same build and content in a second portal, where people with an email address at example.edu may sign up."""
    installation = copy_portal(
        served.installation.folder,
        tmp_path_factory.mktemp("sign-up"),
        environment_folder=served.installation.environment_folder,
    )
    configure(installation.folder, "sign_up: false\n", "sign_up: {domains: [example.edu]}\n")
    copy_database(served.installation.folder, installation.folder)
    port = free_port()
    with installation.running("python", "manage.py", "develop", "--built", "--port", str(port)) as process:
        process.wait_until_it_prints(f"is at http://{HOST}:{port}", seconds=120)
        yield Served(installation, f"http://{HOST}:{port}")


def configure(folder: Path, old: str, new: str) -> None:
    """Replace a line of the portal's configuration."""
    file = folder / "portal.yaml"
    before = file.read_text()
    assert before.count(f"\n{old}") == 1, old
    file.write_text(before.replace(f"\n{old}", f"\n{new}"))


@pytest.fixture
def manage(served: Served) -> Callable[..., str]:
    """`manage(command, ...)` runs a management command beside the served portal, and returns its output."""
    return lambda *arguments: served.installation.manage(*arguments).stdout


@pytest.fixture
def open_window(browser: Browser, served: Served, built_portal: Path) -> Iterator[Callable[..., Window]]:
    """`open_window(viewport=NARROW, color_scheme="dark")` opens a window; the options are Playwright's.

    Its first argument may be another portal than `served`. At the end, no window may have a problem left.
    """
    axe = built_portal / "node_modules" / "axe-core" / "axe.min.js"
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def open_window(portal: Served = served, **options: object) -> Window:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        windows.append(Window(context.new_page(), url=portal.url, folder=portal.installation.folder, axe=axe))
        return windows[-1]

    yield open_window
    for context in contexts:
        context.close()
    assert [problem for window in windows for problem in window.problems] == []
