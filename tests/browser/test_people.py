"""The directory: people find each other by typing, and choose who sees what of their profile."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import NARROW, NOT_FOUND, in_every_appearance

# What is on the page once it is complete.
PAGES = {
    "the list": ("/people", re.compile(r"^\d+ (people|person)$|^The first \d+ people$")),
    "a search": ("/people?search=demo+studnet&role=student", "1 person"),
    "an empty search": ("/people?search=xyzzy", "No one found."),
    "a profile": ("/people/1", "Username"),
    "a profile that does not exist": ("/people/999999999", "Profile not found"),
    "privacy": ("/people/me", "View your profile"),
}


@pytest.mark.parametrize(("path", "content"), PAGES.values(), ids=PAGES.keys())
@in_every_appearance
def test_a_page_is_accessible(open_window, viewport, color_scheme, path, content):
    window = open_window(viewport=viewport, color_scheme=color_scheme).sign_in("faculty")
    window.open(path)
    window.page.get_by_text(content).first.wait_for()
    window.page.wait_for_load_state("networkidle")
    window.check_accessibility()
    if path.endswith("999999999"):
        window.expect_problems(NOT_FOUND)


def test_a_person_is_found_and_opened_by_keyboard_with_a_typing_error(open_window):
    window = open_window(viewport=NARROW).sign_in("faculty")
    page = window.page
    window.focus("People")
    page.keyboard.press("Enter")
    window.wait_for_heading("People")
    page.get_by_role("searchbox").wait_for()  # it is there later than the heading
    window.focus("Name, department or email")
    page.keyboard.type("demo studnet", delay=20)
    page.get_by_role("status").get_by_text("1 person", exact=True).wait_for()
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.url == f"{window.url}/people?search=demo+studnet"
    found = page.get_by_role("main").get_by_role("listitem").get_by_role("link")
    name = found.locator(".app-card-title").inner_text()
    window.focus(name)
    page.keyboard.press("Enter")
    window.wait_for_heading(name)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("heading", level=2, name="Student").wait_for()
    page.go_back()
    page.get_by_role("status").get_by_text("1 person", exact=True).wait_for()
    expect(page.get_by_role("searchbox")).to_have_value("demo studnet")


def test_people_choose_what_others_see_of_their_profile(open_window):
    everyone, only_you = "Everyone who is signed in", "Only you"
    guest, other = open_window().sign_in("guest", then="/people/me"), open_window().sign_in("faculty", then="/people")
    mine = guest.page
    mine.get_by_role("link", name="View your profile").click()
    mine.get_by_text("Username").wait_for()
    path = mine.url.removeprefix(guest.url)
    other.open(path)
    other.page.get_by_role("heading", level=2, name="Guest").wait_for()
    mine.get_by_role("link", name="Privacy").click()
    guest.wait_for_heading("Privacy")
    try:
        set_visibility(mine, "Your roles", only_you)
        guest.check_accessibility()
        other.page.reload()
        other.page.get_by_text("Username").wait_for()
        expect(other.page.get_by_role("heading", level=2, name="Guest")).to_have_count(0)
        set_visibility(mine, "Your profile", only_you)
        other.page.reload()
        other.wait_for_heading("People")
        other.page.get_by_text("Profile not found").wait_for()
        other.open("/people?search=guest")
        other.page.get_by_text("No one found.").wait_for()
        other.expect_problems(NOT_FOUND)
    finally:
        set_visibility(mine, "Your roles", everyone)
        set_visibility(mine, "Your profile", everyone)
    mine.reload()
    expect(mine.get_by_label("Your profile", exact=True)).to_have_value("everyone")


def set_visibility(page, part: str, level: str) -> None:
    page.get_by_label(part, exact=True).select_option(level)
    page.get_by_text("Saved.").wait_for(state="detached")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
