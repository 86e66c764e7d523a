"""While the portal does not answer, its pages say so, and they recover by themselves."""

import json

UNAVAILABLE = {
    "status": 503,
    "content_type": "application/problem+json",
    "body": json.dumps({"title": "Service Unavailable", "status": 503, "request_id": "request-7"}),
}


def test_a_page_loads_by_itself_after_a_503(open_window):
    window = open_window()
    window.page.route("**/api/portal/", lambda route: route.fulfill(**UNAVAILABLE))
    window.open("/polls")
    window.wait_for_heading("The portal cannot be reached")
    window.page.get_by_text("request-7").wait_for()
    assert window.axe_violations() == []
    window.page.unroute("**/api/portal/")
    window.wait_for_heading("Polls")
    window.expect_problems("503")


def test_a_page_stays_and_says_so_while_the_browser_is_offline(open_window):
    window = open_window()
    page = window.open("/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_text("What you see may be out of date").wait_for()
    assert window.axe_violations() == []
    page.get_by_role("main").get_by_role("link", name="Counter").wait_for()
    page.context.set_offline(False)
    page.get_by_text("What you see may be out of date").wait_for(state="detached")
