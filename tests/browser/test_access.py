"""Nothing of an app reaches people without access to it, and pages follow at once when access ends."""

import pytest

from tests.support.browser import FORBIDDEN, UNAUTHORIZED
from tests.support.waiting import wait_until

NO_SOCKET = "Unexpected response code: 403"

# Opens a socket. Returns "open", or the code with which it was closed.
TRY_SOCKET = """path => new Promise(resolve => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + path)
    socket.onopen = () => resolve('open')
    socket.onclose = ({ code }) => resolve(code)
})"""
NOT_OPENED = 1006

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
def end_student_role(manage):
    """`end_student_role()` ends the role of the account `student`, which has it again after the test."""
    yield lambda: manage("shell", "-c", f"{ROLE}\nrole_end(role=person.roles.get(name='student'))")
    manage("shell", "-c", f"{ROLE}\nif not person.roles.exists(): role_grant(person=person, name='student')")


def fetch(page, path: str) -> dict:
    """Return the API's answer to a request of this page."""
    return page.evaluate("path => fetch(path).then(response => response.json())", path)


def test_a_student_neither_sees_nor_reaches_an_app_for_maintainers(open_window):
    window = open_window().sign_in("student")
    page = window.page
    page.get_by_role("main").get_by_role("link", name="Students only").wait_for()
    assert not page.get_by_role("main").get_by_role("link", name="Maintainers only").count()
    assert "maintainers_only" not in [app["name"] for app in fetch(page, "/api/portal/")["apps"]]
    window.open("/maintainers_only/deep?in=it")
    window.wait_for_heading("You don't have access")
    page.get_by_text("The role Maintainer").wait_for()
    assert not page.get_by_text("Only maintainers read this.").count()
    assert not [path for path in window.requests if "/app-maintainers_only" in path]
    for path in ("/api/maintainers_only/", "/api/maintainers_only/deeper/"):
        refused = fetch(page, path)
        assert (refused["status"], refused["roles"]) == (403, ["Maintainer"])
    assert page.evaluate(TRY_SOCKET, "/ws/maintainers_only/") == NOT_OPENED
    assert page.evaluate(TRY_SOCKET, "/ws/students_only/") == "open"
    window.expect_problems(f"{FORBIDDEN}|{NO_SOCKET}")


def test_a_maintainer_reaches_an_app_for_maintainers(open_window):
    page = open_window().sign_in("maintainer").page
    page.get_by_role("main").get_by_role("link", name="Maintainers only").click()
    page.get_by_text("Only maintainers read this.").wait_for()
    page.get_by_text("The socket is open.").wait_for()


@pytest.mark.parametrize("account", ["student", None], ids=["signed in", "anonymous"])
def test_an_app_for_another_ring_is_not_listed_and_its_page_names_the_ring(open_window, account):
    window = open_window()
    if account:
        window.sign_in(account)
    page = window.open("/")
    page.get_by_role("main").get_by_role("link", name="Counter").wait_for()
    assert not page.get_by_role("main").get_by_role("link", name="Laboratory only").count()
    window.open("/laboratory_only")
    window.wait_for_heading("You don't have access")
    page.get_by_text("A device in the network laboratory").wait_for()
    assert not page.get_by_role("main").get_by_role("link", name="Sign in").count()
    window.expect_problems(FORBIDDEN)


def test_the_page_of_an_app_closes_when_the_role_for_it_ends(open_window, end_student_role):
    window = open_window().sign_in("student", then="/students_only")
    page = window.page
    page.get_by_text("The socket is open.").wait_for()
    page.get_by_text("Only students read this.").wait_for()
    page.wait_for_load_state("networkidle")
    before = len(window.requests)
    end_student_role()
    window.wait_for_heading("You don't have access")
    page.get_by_text("You need the role Student").wait_for()
    assert not page.get_by_text("Only students read this.").count()
    page.wait_for_load_state("networkidle")
    requests = window.requests[before:]
    assert requests.count("/api/portal/") <= 3, requests
    assert requests.count("/api/students_only/") <= 2, requests
    page.get_by_role("link", name="All apps").click()
    page.get_by_role("main").get_by_role("link", name="Counter").wait_for()
    assert not page.get_by_role("main").get_by_role("link", name="Students only").count()
    window.expect_problems(FORBIDDEN)


def test_windows_follow_at_once_when_another_device_ends_their_session(open_window):
    required, optional = open_window(), open_window()
    optional.page.add_init_script(COUNT_SOCKETS)
    required.sign_in("student", then="/students_only")
    optional.sign_in("student", then="/polls/1")
    other = open_window().sign_in("student", then="/account/security")
    required.page.get_by_text("The socket is open.").wait_for()
    wait_until(lambda: optional.page.evaluate("openedSockets") == 1)
    other.page.get_by_role("button", name="Sign out all other devices").click()
    other.page.get_by_role("alertdialog").get_by_role("button", name="Sign out").click()
    other.page.get_by_text("All other devices are signed out.").wait_for()
    required.wait_for_heading("Sign in")
    required.page.wait_for_url(f"{required.url}/sign-in?next=%2Fstudents_only")
    for window in (required, optional):
        window.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    optional.page.get_by_text("Votes so far").wait_for()
    wait_until(lambda: optional.page.evaluate("openedSockets") == 2)  # the second one is anonymous
    optional.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    optional.page.wait_for_url(f"{optional.url}/sign-in?next=%2Fpolls%2F1")
    # Before the page knows that the session has ended, the bell may ask for its count, and the page may open a socket.
    optional.problems = [problem for problem in optional.problems if UNAUTHORIZED not in problem]
    required.expect_problems(f"{UNAUTHORIZED}|{NO_SOCKET}|closed before the connection is established")
