"""The pages of signing in and of the account: by keyboard alone, with a second factor, by mail, in two windows."""

import time

import pytest
from playwright.sync_api import expect

from tests.support.browser import Window, in_every_appearance
from tests.support.mail import wait_for_link
from tests.support.one_time_codes import one_time_code

# An address → what is on its page once it is complete. Whoever signs in for it is a demo account.
PAGES = {
    "sign in": ("/sign-in", "Forgot your password?", None),
    "forgotten password": ("/password", "Back to sign-in", None),
    "making an account, where nobody may": ("/sign-up", "To get an account, write to", None),
    "closed": ("/denied", "What you need", None),
    "account": ("/account", "This device", "faculty"),
    "account, second factor required": ("/account/?second-factor=required&next=/admin/", "Set one up below", "faculty"),
    "sign out": ("/sign-out", "Stay signed in", "faculty"),
}

# What the sign-in API says with a status that browsers write into the console.
REFUSED, NOT_NOW, NONE_YET = "status of 400", "status of 401", "status of 404"


@pytest.mark.parametrize(("path", "content", "account"), PAGES.values(), ids=PAGES.keys())
@in_every_appearance
def test_a_page_is_accessible_and_fits(open_window, viewport, color_scheme, path, content, account):
    window = open_window(viewport=viewport, color_scheme=color_scheme)
    if account:
        window.sign_in(account)
    window.open(path)
    window.page.get_by_text(content).first.wait_for()
    window.page.wait_for_load_state("networkidle")
    window.check_accessibility()


@in_every_appearance
def test_what_went_wrong_is_accessible_too(open_window, viewport, color_scheme):
    window = open_window(viewport=viewport, color_scheme=color_scheme)
    page = window.open("/sign-in")
    page.get_by_label("Username or email").fill(f"nobody-{viewport['width']}-{color_scheme}")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    window.check_accessibility()
    window.open("/password/reset/1-dead")
    window.wait_for_heading("This link no longer works")
    window.check_accessibility()
    window.open("/account/email/confirm/dead")
    window.wait_for_heading("This link no longer works")
    window.check_accessibility()
    window.expect_problems(REFUSED)


def test_the_keyboard_alone_signs_in_and_out(open_window):
    window = open_window()
    page = window.open("/polls?by=keyboard")
    window.focus("Sign in")
    page.keyboard.press("Enter")
    page.get_by_label("Username or email").wait_for()  # the heading is there while the page is still loading
    window.focus("Username or email")
    page.keyboard.type("student@example.edu")
    page.keyboard.press("Tab")
    page.keyboard.type("welcome-student")
    page.keyboard.press("Enter")
    window.wait_for_heading("Polls")
    assert page.url == f"{window.url}/polls?by=keyboard"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    for choice, content in (("Account", "This device"), ("Sign out", "It is safe to leave this device")):
        window.focus("Signed in as", key="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_role("menu", name="Demo student").wait_for()
        expect(page.get_by_role("menuitem", name="Account")).to_be_focused()  # the first one has the focus
        if choice == "Sign out":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_text(content).wait_for()
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()
    window.expect_problems(NOT_NOW)  # what signing out answers: nobody is signed in


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(open_window):
    window = open_window()
    page = window.open("/sign-in")
    told = set()
    for name in ("student", "nobody-at-all", "nobody@example.edu"):
        page.get_by_label("Username or email").fill(name)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()
        told.add(page.get_by_role("alert").inner_text())
        assert page.get_by_label("Password").evaluate("field => field === document.activeElement")
        page.reload()
    assert len(told) == 1
    assert "Wrong username or password." in told.pop()
    window.expect_problems(REFUSED)


def test_a_deep_link_waits_for_signing_in(open_window):
    window = open_window()
    page = window.open("/account?from=mail")
    window.wait_for_heading("Sign in")
    page.get_by_label("Username or email").fill("faculty")
    page.get_by_label("Password").fill("welcome-faculty")
    page.keyboard.press("Enter")
    window.wait_for_heading("Your account")
    assert page.url == f"{window.url}/account?from=mail"


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example", "https://elsewhere.example/", "/.//elsewhere.example", "/\\elsewhere.example"]
)
def test_signing_in_never_leads_to_another_site(open_window, elsewhere):
    window = open_window()
    page = window.open(f"/sign-in?next={elsewhere}")
    page.get_by_label("Username or email").fill("faculty")
    page.get_by_label("Password").fill("welcome-faculty")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Signed in as").wait_for()
    page.wait_for_url(f"{window.url}/")


def test_the_admin_is_behind_the_same_door(open_window):
    window = open_window()
    page = window.open("/admin/")
    window.wait_for_heading("Sign in")
    page.get_by_label("Username or email").fill("maintainer")
    page.get_by_label("Password").fill("welcome-maintainer")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{window.url}/admin/")


def prove(page, password: str) -> None:
    """Once more the password, where it is asked for."""
    dialog = page.get_by_role("dialog", name="Confirm your password")
    dialog.get_by_label("Your password").fill(password)
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")


def test_a_second_factor_is_set_up_asked_for_and_taken_off(open_window):
    window = open_window().sign_in("guest", then="/account")
    page = window.page
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("img", name="QR code").wait_for()
    assert window.axe_violations() == []
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(one_time_code(secret, time.time()))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("dialog").wait_for()
    assert window.axe_violations() == []
    prove(page, "welcome-guest")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert window.axe_violations() == []
    recovery = page.locator(".recovery-codes code").all_inner_texts()
    assert len(set(recovery)) == 10

    other = open_window()
    page = other.open("/sign-in?next=/account")
    page.get_by_label("Username or email").fill("guest")
    page.get_by_label("Password").fill("welcome-guest")
    page.keyboard.press("Enter")
    other.wait_for_heading("Enter your code")
    assert other.axe_violations() == []
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.get_by_text("This code is wrong").wait_for()
    page.get_by_label("Code").fill(recovery[0])
    page.keyboard.press("Enter")
    other.wait_for_heading("Your account")
    page.get_by_text("You have 9 recovery codes left.").wait_for()

    page.get_by_role("button", name="Turn off").click()
    page.get_by_role("button", name="Yes, turn it off").click()
    prove(page, "welcome-guest")
    page.get_by_role("button", name="Set up").wait_for()
    window.expect_problems(f"{NOT_NOW}|{NONE_YET}")
    other.expect_problems(f"{NOT_NOW}|{REFUSED}")


def test_a_session_that_is_ended_elsewhere_leads_back_to_signing_in(open_window):
    here = open_window().sign_in("faculty", then="/account")
    there = open_window().sign_in("faculty", then="/polls")
    page = here.page
    page.reload()
    region = page.get_by_role("region", name="Where you are signed in")
    region.get_by_text("This device").wait_for()
    assert region.get_by_text("campus · 127.0.0.1").count() >= 2
    others = region.get_by_role("button", name="Sign out all other devices")
    one_other = region.get_by_role("button", name="Sign out Chrome on Linux")
    others.or_(one_other).first.wait_for()
    (others if others.is_visible() else one_other).click()
    region.get_by_role("status").wait_for()
    one_other.first.wait_for(state="detached")
    there.page.get_by_role("button", name="Signed in as").click()
    there.page.get_by_role("menuitem", name="Account").click()
    there.wait_for_heading("Sign in")
    there.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    there.expect_problems(NOT_NOW)


def test_a_forgotten_password_is_replaced_by_mail(open_window):
    window = open_window()
    page = window.open("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    window.wait_for_heading("Reset your password")
    page.get_by_label("Email").fill("guest@example.edu")
    page.keyboard.press("Enter")
    window.wait_for_heading("Check your email")
    assert window.axe_violations() == []
    window.open(wait_for_link(window.folder, "guest@example.edu", r"/password/reset/\S+"))
    window.wait_for_heading("Set a new password")
    page.get_by_label("New password").fill("guest")
    page.get_by_role("button", name="Set password").click()
    page.get_by_role("alert").wait_for()
    assert window.axe_violations() == []
    page.get_by_label("New password").fill("four words of one guest")
    page.get_by_role("button", name="Set password").click()
    page.get_by_text("Your new password is set.").wait_for()
    window.expect_problems(f"{REFUSED}|{NOT_NOW}")
    try:
        window.sign_in("guest", password="four words of one guest", then="/account")
    finally:
        restore_password(window, "four words of one guest", "welcome-guest")


def restore_password(window: Window, present: str, new: str) -> None:
    """Through the page for it, which is then tested too."""
    page = window.page
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("Current password").fill(present)
    page.get_by_label("New password").fill(new)
    page.get_by_role("button", name="Change password").click()
    page.get_by_text("Your password is changed.").wait_for()


def test_another_e_mail_is_in_use_once_its_mail_is_opened(open_window):
    window = open_window().sign_in("student", then="/account")
    page = window.page
    try:
        change_email(window, "student", "someone-new@example.edu")
        page.get_by_text("someone-new@example.edu").wait_for()
    finally:
        window.open("/account")
        change_email(window, "student", "student@example.edu")


def change_email(window: Window, account: str, email: str) -> None:
    page = window.page
    page.get_by_role("button", name="Change email").click()
    page.get_by_label("New email").fill(email)
    page.get_by_role("button", name="Send link").click()
    waiting = page.get_by_text("Not confirmed").first
    dialog = page.get_by_role("dialog")
    waiting.or_(dialog).first.wait_for()
    if dialog.is_visible():
        prove(page, f"welcome-{account}")
        waiting.wait_for()
        window.expect_problems(NOT_NOW)
    assert window.axe_violations() == []
    window.open(wait_for_link(window.folder, email, r"/account/email/confirm/\S+"))
    page.get_by_role("button", name="Yes, confirm").click()
    window.wait_for_heading("Email confirmed")
    assert window.axe_violations() == []
    page.get_by_role("link", name="Your account").click()
    window.wait_for_heading("Your account")
    page.get_by_text("Confirmed", exact=True).wait_for()
