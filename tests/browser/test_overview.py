"""Maintainers see the state of the stack in a browser."""

import re

from playwright.sync_api import expect

from tests.support.browser import FORBIDDEN

DETAIL = "OperationalError: connection refused"
FAILURE = {
    "service": "message-broker",
    "status": "down",
    "title": "The message broker does not answer",
    "meaning": "Notifications wait.",
    "steps": ["Look at `docker compose logs message-broker`"],
    "since": "2026-01-01T00:00:00Z",
    "detail": DETAIL,
}
MAIL = {
    "id": 1,
    "subject": "Sheet 3",
    "recipient": "kofi@example.edu",
    "error": "Mailbox full",
    "given_up_at": "2026-01-01",
}


def fail_a_part(page):
    """Let the API answer as if the message broker were down and a mail had failed."""

    def answer(route):
        response = route.fetch()
        state = response.json()
        part = next(part for tier in state["tiers"] for part in tier["parts"] if part["service"] == "message-broker")
        part["status"] = "down"
        route.fulfill(
            response=response,
            json=state | {"problems": [FAILURE], "mail": {"failed": 1, "sent": 3, "items": [MAIL]}},
        )

    page.route("**/api/overview/", answer)


def test_the_overview_is_accessible_when_a_part_failed(open_window):
    window = open_window().sign_in("maintainer")
    fail_a_part(window.page)
    page = window.open("/overview")
    failure = page.get_by_role("region", name=FAILURE["title"])
    expect(failure.locator("li code")).to_have_text("docker compose logs message-broker")
    expect(page.get_by_role("listitem").filter(has_text="Message broker")).to_contain_text("No answer")
    failure.get_by_text("What the check saw").click()
    expect(failure.get_by_text(DETAIL)).to_be_visible()
    window.check_accessibility()


def test_it_shows_every_part_and_says_what_is_embedded(open_window):
    window = open_window().sign_in("maintainer")
    page = window.open("/overview")
    expect(page.get_by_role("listitem").filter(has_text="Session store")).to_contain_text("embedded: fakeredis")
    expect(page.get_by_text("Every part works.")).to_be_attached()
    checked = page.get_by_text("Checked at")
    before = checked.inner_text()
    expect(checked).not_to_have_text(before)  # it checks again by itself
    with page.expect_response(re.compile("/api/overview/check/")) as response:
        page.get_by_role("button", name="Check now").press("Enter")
    assert response.value.status == 200
    expect(page.get_by_role("button", name="Check now")).to_be_focused()


def test_others_neither_see_it_among_their_apps_nor_can_open_it(open_window):
    window = open_window().sign_in("student")
    page = window.open("/overview")
    page.get_by_role("heading", level=1).wait_for()
    assert not page.get_by_text("Tier I: stores").count()
    assert not page.get_by_role("link", name="Overview").count()
    window.expect_problems(FORBIDDEN)
