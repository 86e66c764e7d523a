"""Announcements: those who write them see what others will see, whom they reach, and who has read them."""

import re

from playwright.sync_api import expect


def test_an_announcement_reaches_an_open_page_and_is_counted_as_read(open_window):
    student, faculty = (open_window().sign_in(name, then="/announcements") for name in ("student", "faculty"))
    window = open_window().sign_in("maintainer", then="/announcements/new")
    page = window.page
    title, text = "Examinations in May", "Bring **nothing** but a pen. <img src=x onerror=alert(1)>"
    window.focus("Title")
    page.keyboard.type(title)
    window.focus("Text")
    page.keyboard.type(text)
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("nothing")
    expect(preview.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    page.get_by_label("People with one of these roles").check()
    page.get_by_label("Student", exact=True).check()
    page.get_by_text(re.compile(r"^Reaches \d+ people today\.$")).wait_for()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("button", name=re.compile(r"^Send to \d+ people$"))).to_be_focused()
    window.check_accessibility()
    page.keyboard.press("Enter")
    page.get_by_text("The announcement is on its way.").wait_for()
    student.page.get_by_role("link", name=title).click()
    student.wait_for_heading(title)
    expect(student.page.locator("article strong")).to_have_text("nothing")
    expect(student.page.locator("article img")).to_have_count(0)
    expect(faculty.page.get_by_role("link", name=title)).to_have_count(0)
    row = page.get_by_role("listitem").filter(has_text=title)
    expect(row.get_by_text("1 has read it")).to_be_visible(timeout=40_000)


def test_what_is_written_survives_a_reload_and_a_scheduled_one_is_cancelled(open_window):
    window = open_window().sign_in("maintainer", then="/announcements/new")
    page, title = window.page, "The summer festival"
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Text", exact=True).fill("It begins on *Friday*.")
    page.get_by_text("Draft saved").wait_for()
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value(title)
    page.get_by_label("Later").check()
    tomorrow = page.evaluate("new Date(Date.now() + 86_400_000).toLocaleDateString('en-US', {dateStyle: 'short'})")
    page.get_by_role("group", name="Send at").get_by_role("spinbutton").first.focus()
    month, day, year = tomorrow.split("/")
    page.keyboard.type(f"{month:0>2}{day:0>2}20{year}1159PM")
    page.get_by_role("button", name="Schedule").click()
    page.get_by_text("The announcement is scheduled.").wait_for()
    page.get_by_role("button", name=f"Cancel “{title}”").click()
    row = page.get_by_role("listitem").filter(has_text=title)
    expect(row.get_by_text("Cancelled", exact=True)).to_be_visible()
    window.open("/announcements/new")
    expect(page.get_by_label("Title", exact=True)).to_have_value("")


def test_readers_cannot_write(open_window):
    window = open_window().sign_in("student", then="/announcements/new")
    window.page.get_by_text("You cannot write announcements").wait_for()
    expect(window.page.get_by_role("textbox")).to_have_count(0)
