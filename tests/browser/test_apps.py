"""Apps come as lazy chunks, and none of them can hurt the shell or the other apps."""

import re

from playwright.sync_api import expect


def test_an_app_opens_as_a_lazy_chunk_and_the_focus_follows(open_window):
    window = open_window()
    page = window.open("/")
    page.wait_for_load_state("networkidle")
    assert not [path for path in window.requests if "/app-" in path]
    page.get_by_role("link", name="Sample").click()
    window.wait_for_heading("Sample")
    assert [path for path in window.requests if re.search(r"/static/frontend/app-sample-[^/]*\.js$", path)]
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.title().startswith("Sample · ")
    page.get_by_role("button", name="Count").click()
    page.get_by_text("Counted 1 and 0").wait_for()
    page.go_back()
    window.wait_for_heading(page.title())


def test_a_broken_page_leaves_the_shell_standing(open_window):
    window = open_window()
    page = window.open("/broken")
    page.get_by_text("The rest of the portal is not affected.").wait_for()
    page.get_by_text("Deliberately broken").wait_for()
    assert window.axe_violations() == []
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("The rest of the portal is not affected.").wait_for()
    page.get_by_role("link", name="All apps").click()
    page.get_by_role("link", name="Sample").click()
    window.wait_for_heading("Sample")
    window.expect_problems("Deliberately broken")


def test_a_page_that_gets_lost_on_the_way_can_be_asked_for_again(open_window):
    window = open_window()
    page = window.open("/")
    page.route("**/app-sample-*.js", lambda route: route.abort())
    page.get_by_role("link", name="Sample").click()
    page.get_by_text("This page could not be loaded").wait_for()
    page.unroute("**/app-sample-*.js")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Counted 0").wait_for()
    window.expect_problems("ERR_FAILED|ChunkLoadError|Loading chunk")


def test_the_vendor_file_keeps_its_name_when_an_app_imports_something_new(served, built_portal):
    before, after = (
        list(folder.glob("frontend/build/vendor.*.js")) for folder in (built_portal, served.installation.folder)
    )
    assert [file.name for file in before] == [file.name for file in after]
    assert len(after) == 1


def test_a_vote_shows_up_in_every_window(open_window):
    reader, voter = open_window(), open_window().sign_in()
    page = reader.open("/polls")
    page.get_by_role("link", name="Open").first.click()
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
