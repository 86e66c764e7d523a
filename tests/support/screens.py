"""The screens of a portal with the demo content: where they are, and who sees most of them."""

import re
from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from tests.support.browser import FORBIDDEN, NOT_FOUND

type Content = str | re.Pattern[str]


class Screen(NamedTuple):
    """A page, or a page with something open above it.

    `content` is a text that the complete page has. `open` brings up a dialog or a menu. `problem` is what the browser
    writes to its console about the answer that the page shows. `narrow` and `wide` say in which widths it exists.
    """

    path: str
    content: Content
    account: str | None = "student"
    open: Callable[[Page], object] | None = None
    problem: str = ""
    narrow: bool = True
    wide: bool = True


def click(role: str, name: Content) -> Callable[[Page], object]:
    return lambda page: page.get_by_role(role, name=name).first.click()


def press(key: str) -> Callable[[Page], object]:
    return lambda page: page.keyboard.press(key)


COUNT_OF_PEOPLE = re.compile(r"^\d+ people$")

# The five that most people see most often. They are also checked in Hindi, and as other people see them.
MAIN = {
    "home": Screen("/", "Needs attention"),
    "people": Screen("/people", COUNT_OF_PEOPLE),
    "account": Screen("/account/profile", "Photo"),
    "notifications": Screen("/notifications", "Mark all as read"),
    "polls": Screen("/polls", "Open"),
}
SIGNED_OUT = {
    "home, signed out": Screen("/", "Sign in", account=None),
    "sign in": Screen("/sign-in", "Forgot your password?", account=None),
    "sign up, which the portal does not allow": Screen("/sign-up", "To get an account, write to", account=None),
    "forgotten password": Screen("/password", "Back to sign-in", account=None),
    "polls, signed out": Screen("/polls", "Open", account=None),
    "a poll, signed out": Screen("/polls/1", re.compile(r"\d+ votes?"), account=None),
    "an app, signed out": Screen("/counter?for=you", "Counter", account=None),
    "no access, signed out": Screen("/denied", "How to get access", account=None),
    "not found, signed out": Screen("/no-such-page", "Page not found", account=None),
}
OTHERS = {
    "privacy": Screen("/account/privacy", "How others see you"),
    "security": Screen("/account/security", "Signed in on a new device", account="faculty"),
    "second factor required": Screen(
        "/account/?second-factor=required&next=/admin/", "Set one up below", account="faculty"
    ),
    "sign out": Screen("/sign-out", "Stay signed in"),
    "notification settings": Screen("/account/notifications", "Notifications"),
    "language and colours": Screen("/account/language", "Language"),
    "people of a department": Screen("/people?department=Biology", COUNT_OF_PEOPLE),
    "people found": Screen("/people?search=demo+studnet&role=student", "1 person"),
    "no people found": Screen("/people?search=xyzzy&role=student", "Search without"),
    "a person": Screen("/people/1", "Contact"),
    "a person who does not exist": Screen("/people/999999999", "Profile not found", problem=NOT_FOUND),
    "a poll": Screen("/polls/1", re.compile(r"\d+ votes?")),
    "ask a poll": Screen("/polls/new", "Question", account="faculty"),
    "announcements": Screen("/announcements", "Welcome to the new term"),
    "an announcement": Screen("/announcements/1", "The library is open until midnight"),
    "write an announcement": Screen(
        "/announcements/new", re.compile(r"Reaches \d+ people today"), account="maintainer"
    ),
    "sent announcements": Screen("/announcements/all", re.compile(r"\d+ people"), account="maintainer"),
    "overview": Screen("/overview", "Message broker", account="maintainer"),
    "manage people": Screen("/manage-people", re.compile(r"^\d+ active, \d+ deactivated$"), account="maintainer"),
    "manage people, nobody found": Screen(
        "/manage-people?search=xyzzy&role=student", "Search without", account="maintainer"
    ),
    "new person": Screen("/manage-people/new", "Create the person", account="maintainer"),
    "import people": Screen("/manage-people/import", "The format", account="maintainer"),
    "manage a person": Screen("/manage-people/1", "History of roles", account="maintainer"),
    "single sign-on": Screen(
        "/manage-clients", "No other site signs people in with this portal yet", account="maintainer"
    ),
    "new client": Screen("/manage-clients/new", "Add the client", account="maintainer"),
    "refused": Screen("/overview", "How to get access", problem=FORBIDDEN),
    "refused by role": Screen("/maintainers_only", "You don't have access", problem=FORBIDDEN),
    "refused by ring": Screen("/laboratory_only", "You don't have access", problem=FORBIDDEN),
    "not found": Screen("/no-such-page", "Page not found"),
}
OPEN = {
    "drawer": Screen("/", "Needs attention", open=click("button", "Menu"), wide=False),
    "palette": Screen("/", "Needs attention", open=press("Control+k")),
    "bell": Screen("/", "Needs attention", open=click("button", re.compile("^Notifications"))),
    "person menu": Screen("/", "Needs attention", open=click("button", re.compile("Signed in as"))),
    "give a role": Screen("/manage-people/1", "Roles", account="maintainer", open=click("button", "Give a role")),
}
