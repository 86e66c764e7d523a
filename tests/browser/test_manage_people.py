"""Maintainers manage people on a page: they find them, give roles to several at once, and import CSV files."""

import re

from playwright.sync_api import expect

from tests.support.browser import FORBIDDEN, NARROW

HEADER = "username,email,display_name,role,start,end,details.department\r\n"


def test_a_role_is_given_to_two_people_with_the_keyboard_alone_on_a_phone_in_the_dark(open_window):
    window = open_window(viewport=NARROW, color_scheme="dark").sign_in("maintainer", then="/manage-people?search=demo")
    page = window.page
    for name in ("Demo guest", "Demo student"):
        page.get_by_role("checkbox", name=f"Select {name}").focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Give a role").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Give a role to 2 people")
    role = dialog.get_by_role("combobox", name="Role")
    expect(role).to_be_focused()
    page.keyboard.type("Staff")
    expect(role).to_have_value("staff")
    page.keyboard.press("Tab")
    department = dialog.get_by_role("combobox", name="Department")
    expect(department).to_be_focused()
    page.keyboard.type("phys")  # a department that the directory has, or a new one
    dialog.get_by_role("option", name="Physics").wait_for()
    window.check_accessibility()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(department).to_have_value("Physics")
    expect(dialog.get_by_role("listbox")).to_have_count(0)
    dialog.get_by_role("group", name="Last day").get_by_role("spinbutton").first.focus()
    page.keyboard.type("12312099")
    window.check_accessibility()
    dialog.get_by_role("button", name="Give the role").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Role given to 2 people").wait_for()
    expect(dialog).to_have_count(0)
    row = page.get_by_role("row", name=re.compile("Demo guest"))
    row.get_by_text("Staff").wait_for()

    page.get_by_role("link", name="Demo guest").focus()
    page.keyboard.press("Enter")
    window.wait_for_heading("Demo guest")
    page.get_by_text("Staff given").wait_for()
    page.get_by_role("button", name="End Staff").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="End the role").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Role ended").wait_for()
    page.get_by_text(re.compile(r"Staff (ended|removed)")).wait_for()


def test_a_file_with_problems_is_shown_in_full_and_the_corrected_one_is_imported_with_the_keyboard(open_window, manage):
    window = open_window(viewport=NARROW, color_scheme="dark").sign_in("maintainer", then="/manage-people")
    page = window.page
    window.focus("Import CSV")
    page.keyboard.press("Enter")
    window.wait_for_heading("Import people")

    def check(text: str) -> None:
        page.get_by_label("CSV file").set_input_files(
            {"name": "term.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )

    rows = [f"term{number},,Person {number},{{role}},2026-01-01,,Physics\r\n" for number in range(120)]
    wrong = [row.format(role="king" if number % 2 else "student") for number, row in enumerate(rows)]
    check(HEADER + "".join(wrong))
    page.get_by_role("heading", name="60 problems in the file").wait_for()
    page.get_by_text("1 to 50 of 60").wait_for()
    window.check_accessibility()
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    page.get_by_text("51 to 60 of 60").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the problems").click()
    assert download.value.path().read_text().count("'king'") == 60

    page.get_by_role("button", name="Choose the corrected file").click()
    check(HEADER + "".join(row.format(role="student") for row in rows))
    page.get_by_role("heading", name="term.csv can be imported").wait_for()
    window.check_accessibility()
    assert manage("shell", "-c", COUNT).split()[-1] == "0"
    page.get_by_role("button", name="Import 240 changes").focus()
    page.keyboard.press("Enter")
    try:
        page.get_by_role("heading", name="term.csv was imported").wait_for()
        assert manage("shell", "-c", COUNT).split()[-1] == "120"
    finally:
        manage("shell", "-c", DELETE)


COUNT = "from core.people.models import Person; print(Person.objects.filter(username__startswith='term').count())"
DELETE = "from core.people.models import Person; Person.objects.filter(username__startswith='term').delete()"


def test_an_upload_shows_its_progress_and_can_be_cancelled(open_window):
    window = open_window().sign_in("maintainer", then="/manage-people/import")
    page = window.page
    held = []
    page.route("**/api/people/manage/imports/", lambda route: held.append(route))
    field = page.get_by_label("CSV file")
    field.set_input_files({"name": "term.csv", "mimeType": "text/csv", "buffer": HEADER.encode()})
    page.get_by_role("progressbar", name="Uploading term.csv").wait_for()
    window.check_accessibility()
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(field).to_be_focused()
    assert len(held) == 1
    held[0].abort()


def test_twenty_thousand_rows_with_five_hundred_problems_are_checked_while_one_waits(open_window):
    window = open_window().sign_in("maintainer", then="/manage-people/import")
    page = window.page
    rows = (
        f"many{number},,Person {number},{'king' if number % 40 == 0 else 'student'},2026-01-01,,Physics\r\n"
        for number in range(20_000)
    )
    file = {"name": "many.csv", "mimeType": "text/csv", "buffer": (HEADER + "".join(rows)).encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("heading", name="500 problems in the file").wait_for(timeout=60_000)
    page.get_by_text("20,000 rows read").wait_for()
    page.get_by_text("1 to 50 of 500").wait_for()


def test_the_export_is_a_csv_file_of_everybody(open_window):
    page = open_window().sign_in("maintainer", then="/manage-people").page
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("username,email,display_name,role,start,end,")
    assert any(line.startswith("student,student@example.edu") for line in lines)


def test_a_new_person_appears_with_their_role(open_window, manage):
    window = open_window().sign_in("maintainer", then="/manage-people/new")
    page = window.page
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    page.keyboard.type("Zoë " + "W" * 190)  # a long name
    page.get_by_role("textbox", name="Email").fill("zoe@example.edu")
    page.get_by_role("textbox", name="Username").fill("zoe.new")
    page.get_by_role("combobox", name="Role").select_option("Student")
    page.get_by_role("textbox", name="Programme").fill("Physics")
    page.get_by_role("button", name="Create the person").click()
    try:
        window.wait_for_heading(re.compile("^Zoë W+$"))
        page.get_by_text("An email was sent to zoe@example.edu").wait_for()
        page.get_by_text("Student given").wait_for()
        window.check_accessibility()
    finally:
        manage(
            "shell", "-c", "from core.people.models import Person; Person.objects.filter(username='zoe.new').delete()"
        )


def test_other_people_are_refused(open_window):
    window = open_window().sign_in("student", then="/manage-people")
    window.page.get_by_text("Only available to maintainers").wait_for()
    expect(window.page.get_by_role("table")).to_have_count(0)
    window.expect_problems(FORBIDDEN)
