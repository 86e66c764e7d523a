"""Five pages in a real browser, through NGINX over TLS: signing in, home, people, a poll, and the account."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.browser import BAD_REQUEST, UNAUTHORIZED, WIDE, Window, running_browser
from tests.support.browser_over_tls import trusting
from tests.support.compose import Stack
from tests.support.passkeys import add_authenticator
from tests.support.slow_network import check_first_view, load_home

MOST_MILLISECONDS = 20_000
NAME, PASSWORD = "walker", "correct horse of walker"

# Passkeys and votes are of a person, and a poll, that no other test uses.
CREATE = """
import json, os
from datetime import timedelta
from django.utils import timezone
from apps.polls.actions import poll_create
from core.people.models import Person
Person.objects.filter(username="walker").delete()
walker = Person.objects.create_user("walker", password=os.environ["PASSWORD"])
closes_at = timezone.now() + timedelta(days=1)
poll = poll_create(author=walker, question="Which bus?", choices=["red", "blue"], closes_at=closes_at)
print(json.dumps(poll.id))
"""


@pytest.fixture(scope="module")
def browser(chromium: str, stack: Stack) -> Iterator[Browser]:
    expect.set_options(timeout=MOST_MILLISECONDS)
    with running_browser(chromium, *trusting(stack)) as browser:
        yield browser


@pytest.fixture(scope="module")
def poll_of_walker(stack: Stack, sessions: dict) -> int:
    """Create the person and a poll. The other tests expect their own poll to be the oldest."""
    return stack.python(CREATE, variables={"PASSWORD": PASSWORD})


@pytest.fixture
def open_window(browser: Browser, stack: Stack, poll_of_walker: int) -> Iterator[Callable[..., Window]]:
    """`open_window(site)` opens a window. At the end, no window may have a problem, or have left the portal."""
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def open_window(site: str = "intranet") -> Window:
        context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(MOST_MILLISECONDS)
        contexts.append(context)
        windows.append(Window(context.new_page(), url=stack.origin(site), folder=Path(stack.portal)))
        return windows[-1]

    yield open_window
    for context in contexts:
        context.close()
    assert [problem for window in windows for problem in window.problems] == []
    assert [url for window in windows for url in window.requests if not url.startswith(("/", "data:", "blob:"))] == []


def sign_in(window: Window, then: str) -> None:
    """Sign in by the page, and arrive at `then`."""
    window.open(f"/sign-in?next={then}")
    window.submit_sign_in(NAME, PASSWORD)
    window.page.get_by_role("button", name="Signed in as").wait_for()
    window.page.wait_for_url(f"**{then}")


def test_signing_in_leads_home(open_window: Callable[..., Window]) -> None:
    window = open_window()
    sign_in(window, "/")
    window.page.get_by_role("main").get_by_role("link", name="People").wait_for()
    window.page.get_by_role("heading", name="Needs attention").wait_for()
    window.page.wait_for_load_state("networkidle")


def test_people(open_window: Callable[..., Window]) -> None:
    window = open_window()
    sign_in(window, "/people")
    window.wait_for_heading("People")
    window.page.get_by_role("heading", name="people").last.wait_for()
    window.page.get_by_role("link", name=NAME).first.wait_for()


def test_a_vote_appears_in_another_browser(open_window: Callable[..., Window], poll_of_walker: int) -> None:
    path = f"/polls/{poll_of_walker}"
    voter, looker = open_window(), open_window("internet")
    sign_in(voter, path)
    looker.open(path)
    looker.page.get_by_text("0 votes", exact=True).wait_for()
    looker.page.wait_for_load_state("networkidle")
    voter.page.get_by_label("red").check()
    voter.page.get_by_role("button", name="Vote").click()
    voter.page.get_by_text("You have voted.").wait_for(state="attached")
    looker.page.get_by_text("1 vote", exact=True).wait_for()
    assert looker.requests.count(path) == 1, "the page was loaded again"


def test_a_passkey_is_added_and_signs_in(open_window: Callable[..., Window]) -> None:
    window = open_window()
    page = window.page
    add_authenticator(window)
    sign_in(window, "/account/security")
    passkeys = page.get_by_role("region", name="Passkeys")
    passkeys.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("dialog", name="Confirm your password").get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Name of the passkey").fill("Blue key")
    page.get_by_role("button", name="Continue").click()
    passkeys.get_by_text("Blue key", exact=True).first.wait_for()
    page.wait_for_load_state("networkidle")

    page.context.clear_cookies()
    window.open("/sign-in?next=/account/security")
    page.get_by_role("button", name="Sign in with a passkey").click()
    window.wait_for_heading("Account")
    passkeys.get_by_text("Blue key", exact=True).first.wait_for()
    page.wait_for_load_state("networkidle")
    window.expect_problems(f"{UNAUTHORIZED}|{BAD_REQUEST}")  # the requests that ask for the password, or a session


def test_home_on_a_slow_network(browser: Browser, stack: Stack, sessions: dict, report: Callable[[str], None]) -> None:
    cookie = sessions["intranet"]["reader"]
    url = stack.origin("intranet")
    cookies = [{"name": cookie["name"], "value": cookie["value"], "url": url}]
    report(check_first_view(lambda network: load_home(browser, url, cookies, network=network)))
