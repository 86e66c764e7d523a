"""What is closed to somebody is nowhere in their browser, and what closes while it is open leads out by itself."""

import pytest

from tests.browser.test_signing_in import NOT_NOW
from tests.support.browser import in_every_appearance
from tests.support.waiting import wait_until

CLOSED = "status of 403"
NO_SOCKET = "Unexpected response code: 403"

# Whether a socket opens, and what its page sees of the server's answer when it does not.
TRY_SOCKET = """path => new Promise(resolve => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + path)
    socket.onopen = () => resolve('open')
    socket.onclose = ({ code }) => resolve(code)
})"""

COUNT_SOCKETS = """
window.openedSockets = 0
window.WebSocket = class extends WebSocket {
    constructor(...rest) {
        super(...rest)
        this.addEventListener('open', () => window.openedSockets++)
    }
}
"""

ROLE = """
from core.people.actions import role_end, role_grant
from core.people.models import Person
person = Person.objects.get(username="student")
"""


@pytest.fixture
def student_role(manage):
    """Ends the demo student's role when it is called; they have it again afterwards."""
    yield lambda: manage("shell", "-c", f"{ROLE}\nrole_end(role=person.roles.get(name='student'))")
    manage("shell", "-c", f"{ROLE}\nif not person.roles.exists(): role_grant(person=person, name='student')")


def problem(page, path: str) -> dict:
    """The API's answer to this page."""
    return page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def test_a_student_does_not_see_or_reach_a_maintainers_app(open_window):
    window = open_window().sign_in("student")
    page = window.page
    page.get_by_role("link", name="Seminar").wait_for()
    assert not page.get_by_role("link", name="Restricted").count()
    assert "restricted" not in [app["name"] for app in problem(page, "/api/portal/")["apps"]]
    window.open("/restricted/deep?in=it")
    window.wait_for_heading("You don't have access")
    page.get_by_text("The role Maintainer").wait_for()
    assert not page.get_by_text("Only maintainers read this.").count()
    assert not [path for path in window.requests if "/app-restricted" in path]
    for path in ("/api/restricted/", "/api/restricted/deeper/"):
        refused = problem(page, path)
        assert (refused["status"], refused["roles"]) == (403, ["Maintainer"])
    assert page.evaluate(TRY_SOCKET, "/ws/restricted/") == 1006
    assert page.evaluate(TRY_SOCKET, "/ws/seminar/") == "open"
    window.expect_problems(f"{CLOSED}|{NO_SOCKET}")

    other = open_window().sign_in("maintainer")
    other.page.get_by_role("link", name="Restricted").click()
    other.page.get_by_text("Only maintainers read this.").wait_for()
    other.page.get_by_text("It listens.").wait_for()


@pytest.mark.parametrize("account", ["student", None], ids=["somebody", "nobody"])
def test_what_opens_elsewhere_only_says_where(open_window, account):
    window = open_window()
    if account:
        window.sign_in(account)
    page = window.open("/")
    page.get_by_role("link", name="Sample").wait_for()
    assert not page.get_by_role("link", name="Bench").count()
    window.open("/bench")
    window.wait_for_heading("You don't have access")
    page.get_by_text("A device in the network laboratory").wait_for()
    assert not page.get_by_role("main").get_by_role("link", name="Sign in").count()
    window.expect_problems(CLOSED)


@in_every_appearance
@pytest.mark.parametrize("path", ["/restricted", "/bench"], ids=["by role", "by ring"])
def test_a_closed_door_is_accessible_and_fits(open_window, viewport, color_scheme, path):
    window = open_window(viewport=viewport, color_scheme=color_scheme).sign_in("faculty")
    window.open(path)
    window.wait_for_heading("You don't have access")
    window.page.wait_for_load_state("networkidle")
    window.check_accessibility()
    window.expect_problems(CLOSED)


def test_a_role_that_ends_closes_the_page_that_it_opened(open_window, student_role):
    window = open_window().sign_in("student", then="/seminar")
    page = window.page
    page.get_by_text("It listens.").wait_for()
    page.get_by_text("Only students read this.").wait_for()
    page.wait_for_load_state("networkidle")
    before = len(window.requests)
    student_role()
    window.wait_for_heading("You don't have access")
    page.get_by_text("The role Student").wait_for()
    assert not page.get_by_text("Only students read this.").count()
    page.wait_for_load_state("networkidle")
    asked = window.requests[before:]
    assert asked.count("/api/portal/") <= 3, asked
    assert asked.count("/api/seminar/") <= 2, asked
    page.get_by_role("link", name="All apps").click()
    page.get_by_role("link", name="Sample").wait_for()
    assert not page.get_by_role("link", name="Seminar").count()
    window.expect_problems(CLOSED)


def test_a_session_that_is_ended_elsewhere_signs_this_window_out_by_itself(open_window):
    closed, optional = open_window(), open_window()
    optional.page.add_init_script(COUNT_SOCKETS)
    closed.sign_in("student", then="/seminar")
    optional.sign_in("student", then="/polls/1")
    elsewhere = open_window().sign_in("student", then="/account")
    closed.page.get_by_text("It listens.").wait_for()
    wait_until(lambda: optional.page.evaluate("openedSockets") == 1)
    elsewhere.page.get_by_role("button", name="Sign out all other devices").click()
    elsewhere.page.get_by_text("All other devices are signed out.").wait_for()
    closed.wait_for_heading("Sign in")
    closed.page.wait_for_url(f"{closed.url}/sign-in?next=%2Fseminar")
    for window in (closed, optional):
        window.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    optional.page.get_by_text("Votes so far").wait_for()
    wait_until(lambda: optional.page.evaluate("openedSockets") == 2)  # it listens on, as nobody in particular
    optional.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    optional.page.wait_for_url(f"{optional.url}/sign-in?next=%2Fpolls%2F1")
    # Which answer comes first is open: after the portal's, the page tries for a moment to listen as nobody.
    closed.expect_problems(f"{NOT_NOW}|{NO_SOCKET}|closed before the connection is established")
