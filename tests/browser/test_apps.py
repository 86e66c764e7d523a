"""Each app loads as a lazy chunk, and its errors affect neither the shell nor other apps."""

import re

from playwright.sync_api import expect


def test_an_app_loads_as_a_lazy_chunk_and_its_heading_gets_the_focus(open_window):
    window = open_window()
    page = window.open("/")
    page.wait_for_load_state("networkidle")
    assert not [path for path in window.requests if "/app-" in path]
    page.get_by_role("main").get_by_role("link", name="Counter").click()
    window.wait_for_heading("Counter")
    assert [path for path in window.requests if re.search(r"/static/frontend/app-counter\.[^/]*\.js$", path)]
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.title().startswith("Counter · ")
    page.get_by_role("button", name="Count").click()
    page.get_by_text("Counted 1 and 0").wait_for()
    page.go_back()
    window.wait_for_heading(page.title())


def test_an_error_in_a_page_leaves_the_rest_of_the_portal_usable(open_window):
    window = open_window()
    page = window.open("/broken")
    page.get_by_text("The rest of the portal is not affected.").wait_for()
    assert not page.get_by_text("Deliberately broken").count()  # a library's own words stay in the console
    assert window.axe_violations() == []
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("The rest of the portal is not affected.").wait_for()
    page.get_by_role("link", name="All apps").click()
    page.get_by_role("main").get_by_role("link", name="Counter").click()
    window.wait_for_heading("Counter")
    window.expect_problems("Deliberately broken")


def test_a_page_that_failed_to_load_can_be_loaded_again(open_window):
    window = open_window()
    page = window.open("/")
    page.route("**/app-counter.*.js", lambda route: route.abort())
    page.get_by_role("main").get_by_role("link", name="Counter").click()
    page.get_by_text("This page could not be loaded").wait_for()
    page.unroute("**/app-counter.*.js")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Counted 0").wait_for()
    window.expect_problems("ERR_FAILED|ChunkLoadError|Loading chunk")


def test_the_vendor_file_keeps_its_name_when_an_app_imports_something_new(served, built_portal):
    folders = (built_portal, served.installation.folder)
    (before,), (after,) = (list(folder.glob("frontend/build/vendor.*.js")) for folder in folders)
    assert before.name == after.name


def test_a_vote_appears_in_other_windows(open_window):
    reader, voter = open_window(), open_window().sign_in()
    page = reader.open("/polls")
    page.get_by_role("link", name="Which day suits the open house best?").click()
    page.get_by_text("Votes so far").wait_for()
    voter.open(page.url.removeprefix(reader.url))
    ballot = voter.page.get_by_role("button", name="Vote", exact=True)
    change = voter.page.get_by_role("button", name="Change my vote")
    ballot.or_(change).first.wait_for()
    if change.is_visible():
        change.click()
    before = page.locator(".bars tbody").text_content()
    voter.page.get_by_role("radio", checked=False).last.check()
    ballot.click()
    change.wait_for()
    expect(page.locator(".bars tbody")).not_to_have_text(before)
