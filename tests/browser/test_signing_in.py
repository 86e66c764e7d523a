"""The pages of signing in and of the account: by keyboard alone, with a second factor, by mail, in two windows."""

import re
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROWEST, Visit, in_every_appearance
from tests.one_time_codes import one_time_code

# An address → what is on its page once it is complete. Whoever signs in for it is a demo account.
PAGES = {
    "sign in": ("/sign-in", "Forgotten your password?", None),
    "forgotten password": ("/password", "Back to signing in", None),
    "making an account, where nobody may": ("/sign-up", "To get one, write to", None),
    "closed": ("/denied", "What would open the door", None),
    "account": ("/account", "This device", "faculty"),
    "account, second factor required": ("/account/?second-factor=required&next=/admin/", "Set one up below", "faculty"),
    "sign out": ("/sign-out", "Stay signed in", "faculty"),
}

# What the sign-in API says with a status that browsers write into the console.
REFUSED, NOT_NOW, NONE_YET = "status of 400", "status of 401", "status of 404"


def check(one: Visit) -> None:
    """axe finds nothing, and nothing is wider than the window, however narrow that is."""
    assert one.axe() == []
    assert one.overflow() <= 0
    size = one.page.viewport_size
    one.page.set_viewport_size(NARROWEST)
    assert one.overflow() <= 0
    one.page.set_viewport_size(size)


@pytest.mark.parametrize(("path", "content", "account"), PAGES.values(), ids=PAGES.keys())
@in_every_appearance
def test_a_page_is_accessible_and_fits(visit, sign_in, viewport, color_scheme, path, content, account):
    one = visit(viewport=viewport, color_scheme=color_scheme)
    if account:
        sign_in(one, account)
    one.open(path)
    one.page.get_by_text(content).first.wait_for()
    one.page.wait_for_load_state("networkidle")
    check(one)


@in_every_appearance
def test_what_went_wrong_is_accessible_too(visit, viewport, color_scheme):
    one = visit(viewport=viewport, color_scheme=color_scheme)
    page = one.open("/sign-in")
    page.get_by_label("Name or e-mail").fill(f"nobody-{viewport['width']}-{color_scheme}")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    check(one)
    one.open("/password/reset/1-dead")
    one.heading("This link no longer works")
    check(one)
    one.open("/account/email/confirm/dead")
    one.heading("This link no longer works")
    check(one)
    one.expects(REFUSED)


def reach(page, words: str, *, key: str = "Tab") -> None:
    """Press the key until what has the focus is called so."""
    for _ in range(40):
        page.keyboard.press(key)
        if words in page.evaluate(
            "(([one]) => one ? (one.labels?.[0] ?? one).innerText.trim() : '')([document.activeElement])"
        ):
            return
    raise AssertionError(f"the keyboard does not reach {words!r}")


def test_the_keyboard_alone_signs_in_and_out(visit):
    one = visit()
    page = one.open("/polls?by=keyboard")
    reach(page, "Sign in")
    page.keyboard.press("Enter")
    page.get_by_label("Name or e-mail").wait_for()  # the heading is there while the page is still loading
    reach(page, "Name or e-mail")
    page.keyboard.type("student@example.edu")
    page.keyboard.press("Tab")
    page.keyboard.type("welcome-student")
    page.keyboard.press("Enter")
    one.heading("Polls")
    assert page.url == f"{one.served.address}/polls?by=keyboard"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    for choice, content in (("Account", "This device"), ("Sign out", "Others who use this device")):
        reach(page, "Signed in as", key="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_role("menu", name="Demo student").wait_for()
        expect(page.get_by_role("menuitem", name="Account")).to_be_focused()  # the first one has the focus
        if choice == "Sign out":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_text(content).wait_for()
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()
    one.expects(NOT_NOW)  # what signing out answers: nobody is signed in


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(visit):
    one = visit()
    page = one.open("/sign-in")
    told = set()
    for name in ("student", "nobody-at-all", "nobody@example.edu"):
        page.get_by_label("Name or e-mail").fill(name)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()
        told.add(page.get_by_role("alert").inner_text())
        assert page.get_by_label("Password").evaluate("field => field === document.activeElement")
        page.reload()
    assert len(told) == 1
    assert "The name or the password is not right." in told.pop()
    one.expects(REFUSED)


def test_a_deep_link_waits_for_signing_in(visit):
    one = visit()
    page = one.open("/account?from=mail")
    one.heading("Sign in")
    page.get_by_label("Name or e-mail").fill("faculty")
    page.get_by_label("Password").fill("welcome-faculty")
    page.keyboard.press("Enter")
    one.heading("Your account")
    assert page.url == f"{one.served.address}/account?from=mail"


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example", "https://elsewhere.example/", "/.//elsewhere.example", "/\\elsewhere.example"]
)
def test_signing_in_never_leads_to_another_site(visit, elsewhere):
    one = visit()
    page = one.open(f"/sign-in?next={elsewhere}")
    page.get_by_label("Name or e-mail").fill("faculty")
    page.get_by_label("Password").fill("welcome-faculty")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Signed in as").wait_for()
    page.wait_for_url(f"{one.served.address}/")


def test_the_admin_is_behind_the_same_door(visit, sign_in):
    one = visit()
    page = one.open("/admin/")
    one.heading("Sign in")
    page.get_by_label("Name or e-mail").fill("maintainer")
    page.get_by_label("Password").fill("welcome-maintainer")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{one.served.address}/admin/")


def prove(page, password: str) -> None:
    """Once more the password, where it is asked for."""
    dialog = page.get_by_role("dialog", name="Is it really you?")
    dialog.get_by_label("Your password").fill(password)
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")


def test_a_second_factor_is_set_up_asked_for_and_taken_off(visit, sign_in):
    one = sign_in(visit(), "guest", then="/account")
    page = one.page
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("img", name="A picture of the key").wait_for()
    assert one.axe() == []
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(one_time_code(secret, time.time()))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("dialog").wait_for()
    assert one.axe() == []
    prove(page, "welcome-guest")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert one.axe() == []
    recovery = page.locator(".codes code").all_inner_texts()
    assert len(set(recovery)) == 10

    other = visit()
    page = other.open("/sign-in?next=/account")
    page.get_by_label("Name or e-mail").fill("guest")
    page.get_by_label("Password").fill("welcome-guest")
    page.keyboard.press("Enter")
    other.heading("One more step")
    assert other.axe() == []
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.get_by_text("This code is not right").wait_for()
    page.get_by_label("Code").fill(recovery[0])
    page.keyboard.press("Enter")
    other.heading("Your account")
    page.get_by_text("9 recovery codes are left.").wait_for()

    page.get_by_role("button", name="Turn it off").click()
    page.get_by_role("button", name="Yes, the password alone is enough").click()
    prove(page, "welcome-guest")
    page.get_by_role("button", name="Set it up").wait_for()
    one.expects(f"{NOT_NOW}|{NONE_YET}")
    other.expects(f"{NOT_NOW}|{REFUSED}")


def test_a_session_that_is_ended_elsewhere_leads_back_to_signing_in(visit, sign_in):
    here = sign_in(visit(), "faculty", then="/account")
    there = sign_in(visit(), "faculty", then="/polls")
    page = here.page
    page.reload()
    region = page.get_by_role("region", name="Where you are signed in")
    region.get_by_text("This device").wait_for()
    assert region.get_by_text("campus · 127.0.0.1").count() >= 2
    others = region.get_by_role("button", name="Sign out all others")
    one_other = region.get_by_role("button", name="Sign out Chrome on Linux")
    others.or_(one_other).first.wait_for()
    (others if others.is_visible() else one_other).click()
    region.get_by_role("status").wait_for()
    one_other.first.wait_for(state="detached")
    there.page.get_by_role("button", name="Signed in as").click()
    there.page.get_by_role("menuitem", name="Account").click()
    there.heading("Sign in")
    there.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    there.expects(NOT_NOW)


def link_in_mail(folder: Path, to: str, pattern: str, *, seconds: float = 15) -> str:
    """The path of the link in the newest mail to this address that has such a link."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for file in sorted((folder / "var" / "mail").glob("*"), key=lambda file: file.stat().st_mtime, reverse=True):
            for part in re.split(rb"\n-{20,}\n", file.read_bytes()):
                mail = message_from_bytes(part.lstrip(), policy=default)
                body = mail.get_body(("plain",))
                if to in str(mail["To"]) and body and (found := re.search(pattern, body.get_content())):
                    return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {to} with {pattern} in {folder / 'var' / 'mail'} after {seconds} s")


def test_a_forgotten_password_is_replaced_by_mail(visit, sign_in):
    one = visit()
    page = one.open("/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    one.heading("Forgotten password")
    page.get_by_label("E-mail").fill("guest@example.edu")
    page.keyboard.press("Enter")
    one.heading("Look into your mail")
    assert one.axe() == []
    one.open(link_in_mail(one.served.folder, "guest@example.edu", r"/password/reset/\S+"))
    one.heading("New password")
    page.get_by_label("New password").fill("guest")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("alert").wait_for()
    assert one.axe() == []
    page.get_by_label("New password").fill("four words of one guest")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_text("Your new password is set.").wait_for()
    one.expects(f"{REFUSED}|{NOT_NOW}")
    try:
        sign_in(one, "guest", password="four words of one guest", then="/account")
    finally:
        restore_password(one, "four words of one guest", "welcome-guest")


def restore_password(one: Visit, present: str, new: str) -> None:
    """Through the page for it, which is then tested too."""
    page = one.page
    page.get_by_role("button", name="Change the password").click()
    page.get_by_label("Present password").fill(present)
    page.get_by_label("New password").fill(new)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("Your password is changed.").wait_for()


def test_another_e_mail_is_in_use_once_its_mail_is_opened(visit, sign_in):
    one = sign_in(visit(), "student", then="/account")
    page = one.page
    try:
        change_email(one, "student", "someone-new@example.edu")
        page.get_by_text("someone-new@example.edu").wait_for()
    finally:
        one.open("/account")
        change_email(one, "student", "student@example.edu")


def change_email(one: Visit, account: str, email: str) -> None:
    page = one.page
    page.get_by_role("button", name="Change the e-mail").click()
    page.get_by_label("New e-mail").fill(email)
    page.get_by_role("button", name="Send the link").click()
    waiting = page.get_by_text("Not confirmed").first
    dialog = page.get_by_role("dialog")
    waiting.or_(dialog).first.wait_for()
    if dialog.is_visible():
        prove(page, f"welcome-{account}")
        waiting.wait_for()
        one.expects(NOT_NOW)
    assert one.axe() == []
    one.open(link_in_mail(one.served.folder, email, r"/account/email/confirm/\S+"))
    page.get_by_role("button", name="Yes, use it").click()
    one.heading("Confirmed")
    assert one.axe() == []
    page.get_by_role("link", name="Your account").click()
    one.heading("Your account")
    page.get_by_text("In use").wait_for()
