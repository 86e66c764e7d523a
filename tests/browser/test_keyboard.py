"""The portal by keyboard alone: a tour from sign-in to sign-out, and what a screen reader says at each stop of Tab."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.support.browser import UNAUTHORIZED, Window
from tests.support.keyboard import Keyboard
from tests.support.pictures import png
from tests.support.waiting import wait_until

SNAPSHOT = Path(__file__).parent / "tab_order.txt"
MOST_STOPS = 150
PHOTO = {"name": "me.png", "mimeType": "image/png", "buffer": png(640, 480, (30, 90, 160))}

APPS = [
    {"name": name, "title": title, "description": "", "icon": "star", "category": category, "actions": []}
    for name, title, category in [
        ("people", "People", "Institute"),
        ("polls", "Polls", "Institute"),
        ("announcements", "Announcements", "Institute"),
        ("library", "Library", "Study"),
        ("rooms", "Rooms", "Study"),
    ]
]
ATTENTION = {
    "items": [
        {
            "app": "polls",
            "app_title": "Polls",
            "app_icon": "chart",
            "source": "polls",
            "key": "1",
            "title": "Should the robotics lab open on Saturdays?",
            "detail": "Closes tomorrow",
            "link": "/polls/1",
            "action": "Vote",
            "at": "2026-01-01T00:00:00Z",
        }
    ],
    "incomplete": [],
    "more": [],
}
ENTRY = {"username": "", "photo": None, "email": None, "roles": []}
PEOPLE = {
    "count": 2,
    "next": None,
    "previous": None,
    "results": [
        {**ENTRY, "id": 901, "display_name": "Meera Iyer"},
        {**ENTRY, "id": 902, "display_name": "Kofi Mensah"},
    ],
}
DEPARTMENTS = [{"value": "Physics", "people": 2}]

# The answers of the API that depend on what other tests did. All others are the portal's own.
ANSWERS = {
    "**/api/notifications/count/": {"unread": 2},
    "**/api/portal/attention/": ATTENTION,
    "**/api/people/?*": PEOPLE,
    "**/api/people/departments/": DEPARTMENTS,
}
PAGES = {
    "home": ("/", "Closes tomorrow"),
    "people": ("/people", "Kofi Mensah"),
    "account": ("/account/profile", "You have no photo yet."),
}


def answer_with(answer: object) -> Callable[[Route], None]:
    return lambda route: route.fulfill(json=answer)


def answer_with_portal(route: Route) -> None:
    response = route.fetch()
    portal = response.json()
    person = portal["person"] | {"photo": None}
    route.fulfill(
        response=response,
        json=portal | {"person": person, "apps": APPS, "pinned": ["library"], "recent": ["rooms"], "unread": 2},
    )


def stops(page: Page) -> list[str]:
    """Press Tab from the top of the page to its end. Return the role and the name of each stop."""
    tree = page.context.new_cdp_session(page)
    found = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return found
        focused = tree.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        [node] = tree.send("Accessibility.getPartialAXTree", {"objectId": focused, "fetchRelatives": False})["nodes"]
        found.append(f'{node["role"]["value"]} "{node["name"]["value"]}"')
    raise AssertionError(f"Tab does not leave the page after {MOST_STOPS} stops, the last of which are {found[-5:]}")


def test_the_stops_of_the_three_main_pages_have_the_names_that_were_reviewed(open_window):
    """UPDATE_SNAPSHOTS=1 writes the snapshot, for a review."""
    window = open_window()
    page = window.page
    page.route("**/api/portal/", answer_with_portal)
    for pattern, answer in ANSWERS.items():
        page.route(pattern, answer_with(answer))
    window.take_session("student")
    lines = []
    for name, (path, content) in PAGES.items():
        window.open(path).get_by_text(content).first.wait_for()
        page.get_by_role("button", name="Signed in as").wait_for()
        page.wait_for_load_state("networkidle")
        lines += [name, *(f"  {stop}" for stop in stops(page)), ""]
    found = "\n".join(lines)
    assert ' ""' not in found, "a stop has no name"
    if "UPDATE_SNAPSHOTS" in os.environ:
        SNAPSHOT.write_text(found, encoding="utf-8")
    assert found == SNAPSHOT.read_text(encoding="utf-8"), (
        "the stops differ from the reviewed ones; if they should: UPDATE_SNAPSHOTS=1 python -m pytest"
    )


def test_a_tour_from_sign_in_to_sign_out(open_window):
    window = open_window()
    page, keyboard = window.open("/"), Keyboard(window.page)
    sign_in(window, keyboard)
    give_no_role_after_all(page, keyboard)
    change_and_remove_the_photo(page, keyboard)
    keyboard.use(page.get_by_role("button", name="Signed in as"))
    expect(page.get_by_role("menuitem", name="Account")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    keyboard.expect_heading("You are signed out")
    window.expect_problems(UNAUTHORIZED)  # the answer to signing out


def sign_in(window: Window, keyboard: Keyboard) -> None:
    page = window.page
    keyboard.use(page.get_by_role("banner").get_by_role("link", name="Sign in"))
    expect(page.get_by_role("textbox", name="Username or email")).to_be_focused()
    page.keyboard.type("maintainer")
    keyboard.fill(page.get_by_label("Password", exact=True), "welcome-maintainer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Demo maintainer")).to_be_focused()


def go_to(page: Page, keyboard: Keyboard, words: str, heading: str) -> None:
    """Open a page with the palette."""
    field = page.get_by_role("combobox", name="Search or go to…")

    def palette_is_open() -> bool:
        page.keyboard.press("Control+k")  # does nothing before the lazy part is there, and above an open dialog
        return field.is_visible()

    wait_until(palette_is_open, seconds=15)
    expect(field).to_be_focused()
    page.keyboard.type(words)
    results = page.get_by_role("listbox", name="Results")
    expect(results.get_by_role("option", selected=True)).to_contain_text(words)
    page.keyboard.press("Enter")
    keyboard.expect_heading(heading)


def give_no_role_after_all(page: Page, keyboard: Keyboard) -> None:
    """Sort and select in the table, open a dialog, and close it: the focus stays where it was."""
    go_to(page, keyboard, "Manage people", "Manage people")
    header = page.get_by_role("columnheader", name="Last sign-in")
    keyboard.use(header.get_by_role("button"))
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(header.get_by_role("button")).to_be_focused()
    expect(page.locator("[aria-busy]")).to_have_count(0)  # until then, the rows of the order before can be selected
    keyboard.use(page.get_by_role("table").get_by_role("checkbox").nth(1), key="Space")
    keyboard.reach(page.get_by_role("button", name="Give a role"), key="Shift+Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=re.compile("^Give a role to"))
    expect(dialog.get_by_role("combobox", name="Role")).to_be_focused()
    for _ in range(12):  # more often than the dialog has stops
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('body, dialog *')")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Give a role")).to_be_focused()


# One is on the page, and a smaller one in the button of the person's menu. The closed menu's own is not loaded.
PHOTOS_ARE_LOADED = """() => {
  const photos = [...document.querySelectorAll('img[src*="/photo/"]')].filter((image) => image.checkVisibility())
  return photos.length === 2 && photos.every((image) => image.complete && image.naturalWidth > 0)
}"""


def change_and_remove_the_photo(page: Page, keyboard: Keyboard) -> None:
    go_to(page, keyboard, "Profile", "Account")
    keyboard.use(page.get_by_role("button", name="Choose photo"))
    keyboard.choose_file(page.get_by_label("Picture file")).set_files(PHOTO)
    keyboard.use(page.get_by_role("button", name="Use this photo"))
    page.get_by_text("Your photo is changed.").wait_for()
    wait_until(lambda: page.evaluate(PHOTOS_ARE_LOADED))  # a request for a removed photo is answered with 404
    expect(page.get_by_role("button", name="Change photo")).to_be_focused()
    keyboard.use(page.get_by_role("button", name="Remove photo"))
    page.get_by_text("Your photo is removed.").wait_for()
    expect(page.get_by_role("heading", name="Photo", exact=True)).to_be_focused()
