"""Ten tasks, each from the home page to its end: on a phone, in the dark, in Hindi and by keyboard alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Served
from tests.support.browser import NARROW, UNAUTHORIZED, Window, wait_until_true
from tests.support.catalogues import Catalogue
from tests.support.keyboard import Keyboard
from tests.support.pictures import png

PHONE = {"viewport": NARROW, "color_scheme": "dark"}
HINDI = {**PHONE, "locale": "hi-IN"}
PASSWORD = "four words of a task"
VOTER, PRIVATE, TRAVELLER, HELPER = "Asha Kulkarni", "Bilal Qureshi", "Chitra Rao", "Devika Pillai"
PEOPLE = {"asha.task": VOTER, "bilal.task": PRIVATE, "chitra.task": TRAVELLER, "devika.task": HELPER}
NOT_ANSWERING = "The message broker does not answer"

CREATE = f"""
from core.people.actions import role_grant
from core.people.models import Person
for username, name in {PEOPLE}.items():
    person = Person.objects.create_user(username, f"{{username}}@example.edu", "{PASSWORD}", display_name=name)
    role_grant(person=person, name="student")
"""
DELETE = f"""
from apps.polls.models import Poll
from core.people.models import Person
Poll.objects.filter(author__username__in={list(PEOPLE)}).delete()
Person.objects.filter(username__in={list(PEOPLE)}).delete()
"""


@pytest.fixture(scope="module", autouse=True)
def people(served: Served) -> Iterator[None]:
    served.installation.manage("shell", "-c", CREATE)
    yield
    served.installation.manage("shell", "-c", DELETE)


@pytest.fixture
def in_hindi(served: Served) -> Catalogue:
    return Catalogue(served.installation.folder, "hi")


class Person(Keyboard):
    """Somebody who is signed in, is on the home page, and goes on from there."""

    def __init__(self, window: Window, account: str, texts: Callable[..., str]) -> None:
        super().__init__(window.page)
        self.window, self.texts = window, texts
        window.take_session(account, password=PASSWORD if account in PEOPLE else None)
        window.open("/")
        expect(self.person_menu).to_be_visible()  # the part of the shell for signed-in people is there

    @property
    def person_menu(self) -> Locator:
        return self.page.get_by_role("button", name=self.texts("Signed in as"))

    def open_app(self, name: str) -> None:
        """Open an app or a page of the drawer."""
        self.use(self.button("Menu"))
        self.use(self.page.get_by_role("dialog").get_by_role("link", name=self.texts(name), exact=True))
        self.expect_heading(self.texts(name))

    def open_account(self, tab: str) -> None:
        """Open a tab of the account page, by the menu of the person."""
        self.use(self.person_menu)
        expect(self.page.get_by_role("menuitem", name=self.texts("Account"))).to_be_focused()
        self.page.keyboard.press("Enter")
        self.expect_heading(self.texts("Account"))
        link = self.page.get_by_role("link", name=self.texts(tab), exact=True)
        if link.get_attribute("aria-current") is None:
            self.use(link)
            expect(self.page.get_by_role("heading", level=1)).to_be_focused()

    def button(self, name: str, **values: str) -> Locator:
        return self.page.get_by_role("button", name=self.texts(name, **values), exact=True)

    def expect_message(self, text: str, **values: str) -> None:
        """Wait for a message of the page, after which the focus must still be somewhere."""
        self.page.get_by_text(self.texts(text, **values)).first.wait_for()
        self.expect_focus()


@pytest.fixture
def person(open_window: Callable[..., Window], in_hindi: Catalogue) -> Callable[..., Person]:
    """`person(account)` is somebody in Hindi on a phone in the dark."""
    return lambda account, **options: Person(open_window(**HINDI, **options), account, in_hindi)


def language(page: Page) -> str:
    return page.locator("html").get_attribute("lang")


def test_sign_in(open_window, in_hindi):
    window = open_window(**HINDI)
    page, keyboard = window.open("/"), Keyboard(window.page)
    keyboard.use(page.get_by_role("banner").get_by_role("link", name=in_hindi("Sign in"), exact=True))
    expect(page.get_by_role("textbox", name=in_hindi("Username or email"))).to_be_focused()
    page.keyboard.type("asha.task")
    keyboard.fill(page.get_by_label(in_hindi("Password"), exact=True), PASSWORD)
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1, name=VOTER)
    expect(heading).to_be_focused()
    assert language(page) == "hi"


def test_find_a_person(person):
    one = person("asha.task")
    one.open_app("People")
    one.fill(one.page.get_by_role("searchbox"), "iyer physics")
    one.use(one.page.get_by_role("main").get_by_role("link", name="Meera Iyer", exact=True))
    one.expect_heading("Meera Iyer")
    one.reach(one.page.get_by_role("link", name="meera.iyer@example.edu", exact=True))


def test_ask_a_poll(person):
    one = person("asha.task")
    one.open_app("Polls")
    one.use(one.page.get_by_role("link", name=one.texts("Ask a question")))
    expect(one.page.get_by_role("textbox", name=one.texts("Question"))).to_be_focused()
    one.page.keyboard.type("पुस्तकालय रविवार को खुले?")
    for number, choice in enumerate(["हाँ", "नहीं"], start=1):
        one.fill(one.page.get_by_role("textbox", name=choice_label(one, number)), choice)
    one.use(one.button("Publish"))
    one.expect_heading("पुस्तकालय रविवार को खुले?")
    expect(one.page.get_by_role("radio")).to_have_count(2)


def choice_label(one: Person, number: int) -> str:
    return one.texts("Choice {0}").replace("{0}", str(number))


def test_vote(person):
    one = person("bilal.task")
    one.open_app("Polls")
    one.use(one.page.get_by_role("main").get_by_role("link", name="Should the robotics lab open on Saturdays?"))
    one.expect_heading("Should the robotics lab open on Saturdays?")
    one.reach(one.page.get_by_role("radio").first)
    one.page.keyboard.press("ArrowDown")
    expect(one.page.get_by_role("radio").nth(1)).to_be_checked()
    one.use(one.button("Vote"))
    expect(one.page.locator(".bar[data-highlighted]")).to_contain_text(one.texts("Your vote"))
    one.expect_message("Votes so far")


def test_change_the_photo(person):
    one = person("asha.task")
    one.open_account("Profile")
    one.use(one.button("Choose photo"))
    chooser = one.choose_file(one.page.get_by_label(one.texts("Picture file")))
    chooser.set_files({"name": "me.png", "mimeType": "image/png", "buffer": png(640, 480, (30, 90, 160))})
    zoom = one.reach(one.page.get_by_role("slider", name=one.texts("Zoom")))
    one.page.keyboard.press("ArrowRight")
    assert float(zoom.input_value()) > 1
    one.use(one.button("Use this photo"))
    one.expect_message("Your photo is changed.")
    expect(one.page.get_by_role("img", name=one.texts("Your photo"))).to_be_visible()


def test_hide_the_email_address(person):
    """The portal has no phone numbers: the email address is what people can be reached by."""
    one = person("bilal.task")
    one.open_account("Privacy")
    email = one.page.get_by_role("combobox", name=one.texts("Your email"), exact=True)
    assert email.input_value() != "nobody"
    one.choose(email, "nobody")
    one.use(one.button("Save"))
    one.expect_message("Saved")
    one.window.open("/people/me")
    expect(email).to_have_value("nobody")


def test_revoke_a_device(open_window, person):
    lost = open_window(user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
    lost.take_session("chitra.task", password=PASSWORD)
    lost.open("/account/security")
    lost.wait_for_heading("Account")
    one = person("chitra.task")
    one.open_account("Security")
    one.use(one.page.get_by_role("button", name=re.compile("Firefox")))
    one.use(one.page.get_by_role("alertdialog").get_by_role("button", name=one.texts("Sign out")))
    expect(one.page.get_by_role("button", name=re.compile("Firefox"))).to_have_count(0)
    one.expect_focus()
    lost.wait_for_heading("Sign in")
    lost.problems = [problem for problem in lost.problems if UNAUTHORIZED not in problem]


def test_give_a_role(person):
    one = person("maintainer")
    one.open_app("Manage people")
    one.fill(one.page.get_by_role("searchbox"), "devika")
    one.use(one.page.get_by_role("main").get_by_role("link", name=HELPER))
    one.expect_heading(HELPER)
    one.use(one.button("Give a role"))
    dialog = one.page.get_by_role("dialog")
    one.choose(dialog.get_by_role("combobox", name=one.texts("Role")), "staff")
    one.use(dialog.get_by_role("button", name=one.texts("Give the role")))
    expect(dialog).to_have_count(0)
    expect(one.button("Give a role")).to_be_focused()
    one.page.get_by_role("region", name=one.texts("Roles")).get_by_text(one.texts("Staff"), exact=True).first.wait_for()


def test_read_what_is_wrong_with_the_stack(person):
    one = person("maintainer")
    one.page.route("**/api/overview/", lambda route: fail_the_message_broker(route, one.texts))
    one.open_app("Overview")
    failure = one.page.get_by_role("region", name=one.texts(NOT_ANSWERING))
    one.use(failure.get_by_text(one.texts("What the check saw")))
    expect(failure.get_by_text("connection refused")).to_be_visible()
    one.expect_focus()


def fail_the_message_broker(route, texts: Callable[..., str]) -> None:
    response = route.fetch()
    state = response.json()
    for part in (part for tier in state["tiers"] for part in tier["parts"]):
        if part["service"] == "message-broker":
            part["status"] = "down"
    failure = {
        "service": "message-broker",
        "status": "down",
        "title": texts(NOT_ANSWERING),
        "meaning": "…",
        "steps": ["`docker compose logs message-broker`"],
        "since": "2026-01-01T00:00:00Z",
        "detail": "OperationalError: connection refused",
    }
    route.fulfill(response=response, json=state | {"problems": [failure]})


def test_switch_to_hindi(open_window, in_hindi):
    one = Person(open_window(**PHONE, locale="en-GB"), "asha.task", lambda text, **_: text)
    one.use(one.person_menu)
    expect(one.page.get_by_role("menuitem", name="Account")).to_be_focused()
    hindi = one.page.get_by_role("menuitemradio", name="हिंदी")
    one.reach(hindi, key="ArrowDown")
    one.page.keyboard.press("Enter")
    try:
        wait_until_true(one.page, "document.documentElement.lang === 'hi'")
        expect(one.page.get_by_role("button", name=in_hindi("Signed in as"))).to_be_focused()
        one.window.open("/people")
        one.window.wait_for_heading(in_hindi("People"))
    finally:
        one.page.request.put(
            f"{one.window.url}/api/portal/language/",
            data={"language": ""},
            headers={"X-CSRFToken": csrf_token(one.page)},
        )


def csrf_token(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"].endswith("_csrf"))
