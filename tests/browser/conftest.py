"""The portal's production build, served by the portal itself, in a real browser.

CHROMIUM=<path> names the browser. Left out, the one on PATH is taken, or the one that Playwright has installed.
"""

import functools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.portal.installation import LEFT_BEHIND, Installation, copy_portal
from tests.portal.servers import HOST, free_port

HERE = Path(__file__).parent
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# A browser under test asks nobody but the portal.
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
]

# An incomplete catalogue: all other texts of the shell have no translation.
FRENCH = {"Apps": "Applications"}

WIDE, NARROW, NARROWEST = {"width": 1280, "height": 800}, {"width": 390, "height": 844}, {"width": 320, "height": 640}

# Each page in both sizes and both colour schemes. `make test` checks two of the four, so that it checks each once.
in_every_appearance = pytest.mark.parametrize(
    ("viewport", "color_scheme"),
    [
        pytest.param(WIDE, "light", id="wide-light"),
        pytest.param(NARROW, "dark", id="narrow-dark"),
        pytest.param(WIDE, "dark", id="wide-dark", marks=pytest.mark.long),
        pytest.param(NARROW, "light", id="narrow-light", marks=pytest.mark.long),
    ],
)


@functools.cache
def find_chromium() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


MISSING = "no Chromium was found (CHROMIUM=<path> names one; `playwright install chromium` fetches one)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser, one test stands for all of these: it says in one line that they did not run."""
    mine = [item for item in items if HERE in item.path.parents]
    if mine and os.environ.get("CI") != "true" and not find_chromium():
        config.hook.pytest_deselected(items=mine[1:])
        items[:] = [item for item in items if item not in mine[1:]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Required where CI=true; elsewhere these tests are left out when there is none."""
    if path := find_chromium():
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(f"the tests in a browser did not run: {MISSING}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


class Served(NamedTuple):
    """A portal that is served at `address`, and its vendor file's name before and after apps were added."""

    folder: Path
    address: str
    vendor_before: str
    vendor_after: str


@pytest.fixture(scope="session")
def bare(chromium: str, built_portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Installation]:
    """`bare()` is a copy of the portal with its packages, to change and to build."""

    def copy() -> Installation:
        folder = copy_portal(built_portal, tmp_path_factory.mktemp("browser") / "portal")
        shutil.rmtree(folder / "frontend" / "build", ignore_errors=True)  # each test sees the build that it makes
        return embedded(folder, built_portal)

    return copy


def embedded(folder: Path, environment_of: Path) -> Installation:
    return Installation(folder, environment_folder=environment_of / ".venv", logs=folder / "var" / "logs", variables={})


@pytest.fixture(scope="session")
def served(bare: Callable[[], Installation]) -> Iterator[Served]:
    """The default portal and the apps of apps/ beside this file, as `make serve` serves them, with the demo content."""
    installation = bare()
    before = vendor(installation)
    shutil.copytree(HERE / "apps", installation.folder / "apps", copy_function=shutil.copy, dirs_exist_ok=True)
    catalogue = "".join(f'msgid "{english}"\nmsgstr "{french}"\n\n' for english, french in FRENCH.items())
    (installation.folder / "frontend" / "locale" / "fr.po").write_text(catalogue)
    configure(installation.folder, "rings:\n", 'rings:\n  laboratory: ["192.0.2.0/24"]\n')
    after = vendor(installation)
    with installation.development_server("serve") as server:
        yield Served(installation.folder, f"http://127.0.0.1:{server.port}", before, after)


@pytest.fixture(scope="session")
def served_with_sign_up(served: Served, portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same build in a portal of its own, where whoever has an address at example.edu may make an account."""
    folder = tmp_path_factory.mktemp("sign-up") / "portal"
    shutil.copytree(served.folder, folder, ignore=LEFT_BEHIND)
    (folder / "node_modules").symlink_to(served.folder / "node_modules")
    configure(folder, "sign_up: false\n", "sign_up: {domains: [example.edu]}\n")
    installation = embedded(folder, portal)
    installation.manage("migrate", "--no-input")
    port = free_port()
    with installation.running("python", "manage.py", "develop", "--built", "--port", str(port)) as process:
        process.wait_until_it_says(f"is at http://{HOST}:{port}", seconds=120)
        yield served._replace(folder=folder, address=f"http://{HOST}:{port}")


def configure(folder: Path, old: str, new: str) -> None:
    """Replace a line of the portal's configuration."""
    file = folder / "portal.yaml"
    before = file.read_text()
    assert before.count(f"\n{old}") == 1, old
    file.write_text(before.replace(f"\n{old}", f"\n{new}"))


@pytest.fixture
def manage(served: Served, portal: Path) -> Callable[..., str]:
    """A management command beside the served portal, which reaches the same database and stores; what it says."""

    def manage(*arguments: str) -> str:
        return embedded(served.folder, portal).manage(*arguments).stdout

    return manage


def vendor(installation: Installation) -> str:
    """Build the frontend, and return the name of its vendor file."""
    installation.make("frontend/build")
    (found,) = (installation.folder / "frontend" / "build").glob("vendor.*.js")
    return found.name


class Visit:
    """A page and what went wrong in it: exceptions, refused requests, reports of the content security policy."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page = page
        self.served = served
        self.problems: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("console", self.hear)
        page.on("request", lambda request: self.requests.append(request.url.removeprefix(served.address)))

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def expects(self, pattern: str) -> None:
        """What matches is part of the test, and was really there."""
        left = [problem for problem in self.problems if not re.search(pattern, problem)]
        assert len(left) < len(self.problems), f"nothing matches {pattern!r} in {self.problems}"
        self.problems = left

    def open(self, path: str) -> Page:
        self.page.goto(self.served.address + path)
        self.page.get_by_role("heading", level=1).wait_for()
        return self.page

    def heading(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def axe(self) -> list[str]:
        """What axe finds, one line each."""
        self.page.evaluate((self.served.folder / "node_modules" / "axe-core" / "axe.min.js").read_text())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(tags)}}})")["violations"]
        return [
            f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
            for one in found
            for node in one["nodes"]
        ]


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Callable[..., Visit]]:
    """`visit(viewport=NARROW, color_scheme="dark")` opens a window of its own; at the end none had a problem.

    `portal=` is another one than the default.
    """
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def visit(portal: Served = served, **options: object) -> Visit:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        visits.append(Visit(context.new_page(), portal))
        return visits[-1]

    yield visit
    for context in contexts:
        context.close()
    assert [problem for one in visits for problem in one.problems] == []


@pytest.fixture
def sign_in() -> Callable[..., Visit]:
    """Sign a window in as somebody of the demo portal, on the page for it, and go on to `then`."""

    def sign_in(visit: Visit, account: str = "maintainer", *, password: str | None = None, then: str = "/") -> Visit:
        page = visit.open(f"/sign-in?{urlencode({'next': then})}")
        page.get_by_label("Name or e-mail").fill(account)
        page.get_by_label("Password").fill(password or f"welcome-{account}")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Signed in as").wait_for()
        page.wait_for_url(visit.served.address + then)
        return visit

    return sign_in
