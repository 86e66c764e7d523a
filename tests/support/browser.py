"""Windows of a real Chromium, each with what its page requested and what went wrong in it.

CHROMIUM=<path> names the browser. Without it, the one on PATH is used, or the one that Playwright has installed.
"""

import functools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

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

# A width and a colour scheme: how a page is seen.
type Appearance = tuple[dict, str]

FINISH_TRANSITIONS = """
for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish()
"""

# What the browser writes to the console about a failed request.
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT = (
    f"status of {status}" for status in (400, 401, 403, 404, 409)
)

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# An initial script that sums up in `window.shift` how far content moves by itself. `window.shifts` lists what moved.
MEASURE_SHIFT = """
window.shift = 0
window.shifts = []
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue
    window.shift += entry.value
    for (const {node, previousRect, currentRect} of entry.sources)
      window.shifts.push(
        `${entry.value.toFixed(3)}: ${node?.nodeName}.${node?.className} from ${previousRect.y} to ${currentRect.y}`
      )
  }
}).observe({type: 'layout-shift', buffered: true})
"""

# Initial scripts that give the page the answers to its requests one at a time, so that what it shows in between does
# not depend on how quick the server is. `window.isComplete()` says whether the page has all of them.
ANSWER_ONE_BY_ONE = {
    order: """
{
  const [fetch, held] = [window.fetch, []]
  let [waiting, latest] = [0, Infinity]
  window.fetch = async (...request) => {
    waiting += 1
    try {
      const answer = await fetch(...request)
      await new Promise((release) => held.push(release))
      return answer
    } finally {
      waiting -= 1
      latest = performance.now()
    }
  }
  setInterval(() => held.TAKE()?.(), 100)
  window.isComplete = () => waiting === 0 && performance.now() - latest > 500
}
""".replace("TAKE", take)
    for order, take in {"earliest first": "shift", "latest first": "pop"}.items()
}


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
def running_browser(path: str, *arguments: str) -> Iterator[Browser]:
    """Run a browser with more arguments."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS, *arguments])
        yield browser
        browser.close()


def wait_until_true(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true. Playwright's own function needs eval(), which the policy forbids."""
    wait_until(lambda: page.evaluate(expression), seconds=15)


class Window:
    """One page of one portal, without the cookies of other windows.

    `problems` collects exceptions, and errors and warnings of the console: failed requests and violations of the
    content security policy are among them. `requests` collects the paths that the page requested, `failures` those
    that had no answer or one with a status of 400 or more.
    """

    def __init__(self, page: Page, *, url: str, folder: Path, axe: Path | None = None) -> None:
        self.page = page
        self.url = url  # of the portal, without a slash at the end
        self.folder = folder  # of the portal
        self.axe = axe  # the script, for the tests that use it
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.failures: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("console", self.note_message)
        page.on("request", lambda request: self.requests.append(request.url.removeprefix(url)))
        page.on("requestfailed", lambda request: self.failures.append(f"{request.url}: {request.failure}"))
        page.on("response", self.note_response)

    def note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.request.method} {response.url}: {response.status}")

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def expect_problems(self, pattern: str) -> None:
        """Drop the problems that match `pattern`. Waits for the first one, and fails when there is none."""
        try:
            found = self.wait_for(lambda: [problem for problem in self.problems if re.search(pattern, problem)])
        except TimeoutError:
            raise AssertionError(f"nothing matches {pattern!r} in {self.problems}") from None
        self.problems = [problem for problem in self.problems if problem not in found]

    def wait_for[Answer](self, check: Callable[[], Answer], *, seconds: float = 15) -> Answer:
        """Wait until `check()` is true for what Playwright has reported, such as requests and problems. Returns it."""

        def report() -> Answer:
            self.page.evaluate("0")  # lets Playwright report what has happened since
            return check()

        return wait_until(report, seconds=seconds)

    def describe(self) -> str:
        """Return what the window shows and what went wrong in it, for the report of a failed test."""
        try:
            text = self.page.evaluate("document.body.innerText.slice(0, 3000)")
        except Error as error:
            text = f"(no answer from the page: {error})"
        return "\n".join([self.page.url, *self.problems, *self.failures, text])

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
        self.take_session(account, password=password)
        self.open(then).get_by_role("button", name="Signed in as").wait_for()
        return self

    def take_session(self, account: str, *, password: str | None = None) -> None:
        """Give the window the session of an account, without opening a page."""
        visitor = Visitor.local(urlsplit(self.url).port)
        visitor.headers["User-Agent"] = self.page.evaluate("navigator.userAgent")
        response = visitor.sign_in(account, password or f"welcome-{account}")
        if response.status != 200:
            raise AssertionError(f"{account} cannot sign in: {response.status} {response.text[:300]}")
        cookies = [{"name": name, "value": value, "url": self.url} for name, value in visitor.cookies.items()]
        self.page.context.add_cookies(cookies)

    def submit_sign_in(self, name: str, password: str) -> None:
        """Fill in the form of the sign-in page, which must be open, and submit it."""
        self.page.get_by_label("Username or email").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")

    def focus(self, text: str, *, key: str = "Tab") -> None:
        """Press the key until an element with this text or label has the focus. Wait until the page has it."""
        self.page.get_by_text(text).filter(visible=True).first.wait_for()
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

    def appear(self, appearance: Appearance) -> None:
        """Give the window this size and colour scheme, at once."""
        viewport, scheme = appearance
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(FINISH_TRANSITIONS)

    def faults_in(self, appearances: list[Appearance]) -> list[str]:
        """Return what axe finds and what is too wide in each appearance. The last one stays."""
        faults = []
        for viewport, scheme in appearances:
            self.appear((viewport, scheme))
            place = f"{viewport['width']} {scheme}"
            faults += [f"{place}: {violation}" for violation in self.axe_violations()]
            if (overflow := self.overflow()) > 0:
                faults.append(f"{place}: {overflow} pixels too wide")
        return faults

    def check_accessibility(self) -> None:
        """Fail when axe finds something or the page is too wide: as it is, and at 320 pixels in the other scheme."""
        is_dark = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        scheme, other = ("dark", "light") if is_dark else ("light", "dark")
        before = (self.page.viewport_size, scheme)
        faults = self.faults_in([before, (NARROWEST, other)])
        self.appear(before)
        if faults:
            raise AssertionError("\n".join(faults))
