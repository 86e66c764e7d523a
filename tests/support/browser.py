"""Windows of a real Chromium, each with what its page requested and what went wrong in it.

CHROMIUM=<path> names the browser. Without it, the one on PATH is used, or the one that Playwright has installed.
"""

import functools
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.visitor import Visitor

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# The browser must send no requests except to the portal.
OPTIONS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
]

WIDE, NARROW, NARROWEST = {"width": 1280, "height": 800}, {"width": 390, "height": 844}, {"width": 320, "height": 640}

# Each page in both widths and both colour schemes. `make test` checks one of the four.
in_every_appearance = pytest.mark.parametrize(
    ("viewport", "color_scheme"),
    [
        pytest.param(WIDE, "light", id="wide-light"),
        pytest.param(NARROW, "dark", id="narrow-dark", marks=pytest.mark.long),
        pytest.param(WIDE, "dark", id="wide-dark", marks=pytest.mark.long),
        pytest.param(NARROW, "light", id="narrow-light", marks=pytest.mark.long),
    ],
)

# What the browser writes to the console about a failed request.
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT = (
    f"status of {status}" for status in (400, 401, 403, 404, 409)
)

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@functools.cache
def find_chromium() -> str | None:
    """Return the path of the browser, None when there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


@contextmanager
def running_browser(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


class Window:
    """One page of one portal, without the cookies of other windows.

    `problems` collects exceptions, and errors and warnings of the console: failed requests and violations of the
    content security policy are among them. `requests` collects the paths that the page requested.
    """

    def __init__(self, page: Page, *, url: str, folder: Path, axe: Path | None = None) -> None:
        self.page = page
        self.url = url  # of the portal, without a slash at the end
        self.folder = folder  # of the portal
        self.axe = axe  # the script, for the tests that use it
        self.problems: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("console", self.note_message)
        page.on("request", lambda request: self.requests.append(request.url.removeprefix(url)))

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def expect_problems(self, pattern: str) -> None:
        """Drop the problems that match `pattern`. Fails when there are none."""
        left = [problem for problem in self.problems if not re.search(pattern, problem)]
        if len(left) == len(self.problems):
            raise AssertionError(f"nothing matches {pattern!r} in {self.problems}")
        self.problems = left

    def open(self, path: str) -> Page:
        """Load a page, and wait for its first heading."""
        self.page.goto(self.url + path)
        self.page.get_by_role("heading", level=1).wait_for()
        return self.page

    def wait_for_heading(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def sign_in(self, account: str = "maintainer", *, password: str | None = None, then: str = "/") -> "Window":
        """Sign in past the page for it, and open the page `then`. Returns the window.

        Without a password it is an account of the demo content.
        """
        visitor = Visitor.local(urlsplit(self.url).port)
        visitor.headers["User-Agent"] = self.page.evaluate("navigator.userAgent")
        response = visitor.sign_in(account, password or f"welcome-{account}")
        if response.status != 200:
            raise AssertionError(f"{account} cannot sign in: {response.status} {response.text[:300]}")
        cookies = [{"name": name, "value": value, "url": self.url} for name, value in visitor.cookies.items()]
        self.page.context.add_cookies(cookies)
        self.open(then).get_by_role("button", name="Signed in as").wait_for()
        return self

    def submit_sign_in(self, name: str, password: str) -> None:
        """Fill in the form of the sign-in page, which must be open, and submit it."""
        self.page.get_by_label("Username or email").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")

    def focus(self, text: str, *, key: str = "Tab") -> None:
        """Press the key until an element with this text or label has the focus."""
        for _ in range(40):
            self.page.keyboard.press(key)
            if text in self.page.evaluate(
                "(([element]) => element ? (element.labels?.[0] ?? element).innerText.trim() : '')"
                "([document.activeElement])"
            ):
                return
        raise AssertionError(f"the keyboard does not reach {text!r}")

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def axe_violations(self) -> list[str]:
        """Return what axe finds in the page, one line for each element."""
        self.page.evaluate(self.axe.read_text())
        found = self.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(AXE_TAGS)}}})")["violations"]
        return [
            f"{violation['id']}: {violation['help']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found
            for node in violation["nodes"]
        ]

    def check_accessibility(self) -> None:
        """Fail when axe finds something, or when the page is wider than its window or than the narrowest one."""
        if violations := self.axe_violations():
            raise AssertionError("\n".join(violations))
        size = self.page.viewport_size
        for viewport in (size, NARROWEST):
            self.page.set_viewport_size(viewport)
            if (overflow := self.overflow()) > 0:
                raise AssertionError(f"{overflow} pixels too wide for {viewport['width']} pixels")
        self.page.set_viewport_size(size)
