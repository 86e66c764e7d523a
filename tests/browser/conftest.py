"""The portal's production build in a real browser, served by the portal itself."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.browser import WIDE, Window, find_chromium, running_browser
from tests.support.installation import Installation, copy_database, copy_portal
from tests.support.network import HOST, free_port
from tests.support.pseudo_locale import LANGUAGE, write_catalogues

HERE = Path(__file__).parent

# Incomplete catalogues, of the shell and of a service: all other texts have no translation.
FRENCH = {"frontend": {"Open to everybody": "Ouvert à tous"}, "services/accounts": {"Password": "Mot de passe"}}

MISSING = "no Chromium was found (CHROMIUM=<path> names one; `playwright install chromium` fetches one)"

# Where the tests are that `make test` runs at each change, within two minutes: those without the marker `long`. All
# other tests in a browser are long ones.
AT_EACH_CHANGE = {
    "test_live.py",
    "test_palette.py",
    "test_polls.py",
    "test_polls_live.py",
    "test_screens.py",
    "test_signing_in.py",
}

MOST_MILLISECONDS = 15_000  # for a page to show what a test waits for

# SLOWDOWN=6 lets pages run as on a machine that is six times slower: it brings out what depends on time.
SLOWDOWN = float(os.environ.get("SLOWDOWN", "1"))

WINDOWS = pytest.StashKey[list[Window]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Add what its windows show to the report of a failed test."""
    report = yield
    if report.when == "call" and report.failed:
        for window in item.stash.get(WINDOWS, []):
            report.sections.append(("A window of the browser", window.describe()))
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the long tests. Without a browser, keep one of all: it says in one line that they did not run."""
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        if item.path.name not in AT_EACH_CHANGE:
            item.add_marker(pytest.mark.long)
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
    expect.set_options(timeout=MOST_MILLISECONDS)
    with running_browser(chromium) as browser:
        yield browser


class Served(NamedTuple):
    """A portal that is served at a URL."""

    installation: Installation
    url: str


@pytest.fixture(scope="session")
def served(chromium: str, built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The default portal with `rooms`, the apps of apps/ beside this file and the demo content, run by `make serve`."""
    installation = copy_portal(built_portal, tmp_path_factory.mktemp("browser"), packages=True)
    folder = installation.folder
    shutil.copytree(HERE / "apps", folder / "apps", copy_function=shutil.copy, dirs_exist_ok=True)
    installation.add_rooms()
    for owner, messages in FRENCH.items():
        catalogue = "".join(f'msgid "{english}"\nmsgstr "{french}"\n\n' for english, french in messages.items())
        (folder / owner / "locale" / "fr.po").write_text(catalogue)
    write_catalogues(folder)
    configure(folder, "languages: [en, hi]\n", f"languages: [en, hi, {LANGUAGE}]\n")
    configure(folder, "rings:\n", 'rings:\n  laboratory: ["192.0.2.0/24"]\n')
    installation.make("frontend/build")
    with installation.development_server("serve") as server:
        yield Served(installation, f"http://{HOST}:{server.port}")


@pytest.fixture(scope="session")
def served_with_sign_up(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same build and content in a second portal, where people with an email address at example.edu may sign up."""
    installation = copy_served(served, tmp_path_factory.mktemp("sign-up"))
    configure(installation.folder, "sign_up: false\n", "sign_up: {domains: [example.edu]}\n")
    with serving(installation) as portal:
        yield portal


def copy_served(served: Served, folder: Path) -> Installation:
    """Copy a portal into `folder`, with its build and content. It uses the same Python environment."""
    source = served.installation
    installation = copy_portal(source.folder, folder, environment_folder=source.environment_folder)
    copy_database(source.folder, installation.folder)
    return installation


@contextmanager
def serving(installation: Installation, *, port: int | None = None) -> Iterator[Served]:
    """Serve a portal that is built, by default on a free port."""
    port = port or free_port()
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
def open_window(
    request: pytest.FixtureRequest, browser: Browser, served: Served, built_portal: Path
) -> Iterator[Callable[..., Window]]:
    """`open_window(viewport=NARROW, color_scheme="dark")` opens a window; the options are Playwright's.

    Its first argument may be another portal than `served`. At the end, no window may have a problem left.
    """
    axe = built_portal / "node_modules" / "axe-core" / "axe.min.js"
    contexts: list[BrowserContext] = []
    windows = request.node.stash[WINDOWS] = []

    def open_window(portal: Served = served, **options: object) -> Window:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(MOST_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        if SLOWDOWN > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        windows.append(Window(page, url=portal.url, folder=portal.installation.folder, axe=axe))
        return windows[-1]

    yield open_window
    for context in contexts:
        context.close()
    problems = [problem for window in windows for problem in window.problems]
    assert problems == [], [failure for window in windows for failure in window.failures]
