"""The components of @portal/ui: each state is accessible, and all of them work by keyboard."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import NARROW, NOT_FOUND, WIDE

SHEETS = ["dialogs", "forms", "tables", "choices", "states", "errors", "charts"]
WHOLE = ("dialogs", "errors")  # parts of them are outside the page


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_components_are_accessible_in_each_state(open_window, sheet):
    window = open_window()
    page = window.open(f"/gallery/{sheet}")
    page.wait_for_load_state("networkidle")
    if sheet == "dialogs":
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved", exact=True).wait_for()
        page.get_by_role("group", name="Closes").wait_for()
    if sheet == "choices":
        page.get_by_role("group", name="Closes").wait_for()
    if sheet == "charts":
        page.get_by_text("Show as a table").first.click()
    if sheet == "errors":
        page.context.set_offline(True)
        page.get_by_text("This device is offline").wait_for()
    window.check_accessibility()
    if folder := os.environ.get("GALLERY"):  # docs/reference/pictures is made with it
        for scheme in ("light", "dark"):
            window.appear((WIDE, scheme))
            picture = Path(folder) / f"{sheet}-{scheme}.png"
            page.screenshot(path=picture) if sheet in WHOLE else page.get_by_role("main").screenshot(path=picture)


def test_a_dialog_keeps_the_focus_and_gives_it_back(open_window):
    window = open_window()
    page = window.open("/gallery/dialogs")
    window.focus("Edit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('dialog') || document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Edit")).to_be_focused()


def test_a_dangerous_question_starts_on_the_safe_answer(open_window):
    window = open_window()
    page = window.open("/gallery/dialogs")
    window.focus("Ask")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Answer: false").wait_for()
    expect(page.get_by_role("button", name="Ask")).to_be_focused()


def test_a_message_can_be_undone_also_above_a_dialog(open_window):
    window = open_window(viewport=NARROW)
    page = window.open("/gallery/dialogs")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Answer: undone").wait_for()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved", exact=True).wait_for()
    page.get_by_label("Messages").get_by_role("button", name="Close").click()
    expect(page.get_by_text("Saved", exact=True)).to_have_count(0)


def test_a_table_is_sorted_and_selected_by_keyboard(open_window):
    window = open_window()
    page = window.open("/gallery/tables")
    window.focus("Author")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Author").first).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("rowheader").first).to_have_text(re.compile("^Dracula"))
    window.focus("Select Emma")
    page.keyboard.press("Space")
    page.get_by_role("status").get_by_text("2 selected").wait_for()


def test_a_choice_is_made_by_keyboard(open_window):
    window = open_window()
    page = window.open("/gallery/choices")
    city = page.get_by_role("combobox", name="City")
    city.focus()
    page.keyboard.type("oor")
    page.get_by_role("option", name="Roorkee").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("City: 2").wait_for()
    expect(city).to_be_focused()


def test_a_date_is_chosen_in_the_calendar_by_keyboard(open_window):
    window = open_window()
    page = window.open("/gallery/choices")
    page.get_by_role("group", name="Day").get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("grid").wait_for()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.get_by_text("Day: 2026-11-29").wait_for()


def test_leaving_a_form_with_unsaved_changes_asks(open_window):
    window = open_window()
    page = window.open("/gallery")
    page.get_by_role("main").get_by_role("link", name="forms").click()
    title = page.get_by_label("Title")
    title.fill("Emma")
    page.go_back()
    page.get_by_role("alertdialog", name="Leave without saving?").wait_for()
    assert page.url == f"{window.url}/gallery/forms"
    window.check_accessibility()
    page.get_by_role("button", name="Stay").click()
    expect(title).to_have_value("Emma")
    page.go_back()
    page.get_by_role("button", name="Leave").click()
    window.wait_for_heading("Gallery")


def test_errors_of_the_api_are_at_their_fields(open_window):
    window = open_window()
    page = window.open("/gallery/forms")
    page.route(
        "**/api/gallery/books/",
        lambda route: route.fulfill(
            status=400,
            content_type="application/problem+json",
            body='{"type": "about:blank", "status": 400, "detail": "…",'
            ' "errors": [{"field": "year", "message": "Enter a year."}]}',
        ),
    )
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Year")).to_be_focused()
    window.check_accessibility()
    window.expect_problems("status of 400")


def test_an_upload_that_is_refused_is_explained(open_window, tmp_path):
    window = open_window()
    page = window.open("/gallery/forms")
    page.get_by_label("Cover").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x" * 1000})
    page.get_by_role("alert").wait_for()
    window.check_accessibility()
    window.expect_problems(NOT_FOUND)
