"""The directory: people find each other by typing, and choose who sees what of their profile."""

import re

from playwright.sync_api import expect

from tests.support.browser import NARROW, NOT_FOUND


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
    found = page.get_by_role("main").locator(".people").get_by_role("link")
    name = found.inner_text()
    window.focus(name)
    page.keyboard.press("Enter")
    window.wait_for_heading(name)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("region", name="Roles").get_by_text("Student").wait_for()
    page.go_back()
    page.get_by_role("status").get_by_text("1 person", exact=True).wait_for()
    expect(page.get_by_role("searchbox")).to_have_value("demo studnet")


def test_people_choose_what_others_see_of_their_profile(open_window):
    everyone, only_you = "Everyone who is signed in", "Only you and maintainers"
    guest, other = open_window().sign_in("guest", then="/people/me"), open_window().sign_in("faculty", then="/people")
    mine = guest.page
    mine.get_by_role("link", name="View your profile").click()
    mine.get_by_role("heading", level=2, name="Contact").wait_for()
    path = mine.url.removeprefix(guest.url)
    other.open(path)
    roles = other.page.get_by_role("region", name="Roles")
    roles.get_by_text("Guest").wait_for()
    mine.get_by_role("link", name="Privacy").click()
    guest.wait_for_heading("Account")
    tabs = mine.get_by_role("navigation", name="Account").get_by_role("link")
    own_tabs = tabs.all_inner_texts()
    tabs.first.click()
    mine.get_by_role("region", name="Photo").wait_for()
    assert tabs.all_inner_texts() == own_tabs
    tabs.filter(has_text="Privacy").click()
    try:
        set_visibility(mine, "Your roles", only_you)
        guest.check_accessibility()
        other.page.reload()
        roles.get_by_text("No roles are shown to you.").wait_for()
        set_visibility(mine, "Your profile", only_you)
        mine.get_by_role("heading", name="They don't find you").wait_for()
        other.page.reload()
        other.wait_for_heading("Profile not found")
        other.open("/people?search=guest")
        other.wait_for_heading("People")
        other.page.get_by_role("heading", name="No one found").wait_for()
        other.expect_problems(NOT_FOUND)
    finally:
        set_visibility(mine, "Your roles", everyone)
        set_visibility(mine, "Your profile", everyone)
    mine.reload()
    expect(mine.get_by_label("Your profile", exact=True)).to_have_value("everyone")


def set_visibility(page, part: str, level: str) -> None:
    page.get_by_label(part, exact=True).select_option(level)
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.get_by_role("button", name="Save").click()


def test_the_directory_is_narrowed_by_department_and_says_what_to_drop(open_window):
    window = open_window(viewport=NARROW, color_scheme="dark").sign_in("faculty", then="/people")
    page = window.page
    department = page.get_by_role("combobox", name="Department")
    department.select_option("Biology")
    page.wait_for_url("**/people?department=Biology")
    count = page.get_by_role("heading", level=2, name=re.compile(r"^\d+ people$"))
    count.wait_for()
    found = page.get_by_role("main").get_by_role("listitem").filter(has_text="Biology")
    expect(found).to_have_count(int(count.inner_text().split()[0]))
    page.get_by_role("combobox", name="Role", exact=True).select_option("Maintainer")
    page.get_by_role("button", name="In any role").click()
    count.wait_for()
    expect(department).to_have_value("Biology")
    assert window.page.url.endswith("/people?department=Biology")


def test_everybody_is_found_page_by_page_with_the_keyboard(open_window):
    page = open_window().sign_in("faculty", then="/people").page
    people = page.get_by_role("main").locator(".people > li")
    more = page.get_by_role("button", name="Show more")
    more.focus()
    before = people.count()
    page.keyboard.press("Enter")
    expect(people.nth(before).get_by_role("link")).to_be_focused()
    expect(more).to_have_count(0)
