"""The pages of signing in and of the account."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.browser import BAD_REQUEST, CONFLICT, NOT_FOUND, UNAUTHORIZED, Window
from tests.support.mail import wait_for_link
from tests.support.one_time_codes import one_time_code


@pytest.mark.long
def test_an_error_is_accessible(open_window):
    window = open_window()
    page = window.open("/sign-in")
    window.submit_sign_in("no-such-name", "wrong")
    page.get_by_role("alert").wait_for()
    window.check_accessibility()
    window.open("/password/reset#1-wrong")
    window.wait_for_heading("This link no longer works")
    window.check_accessibility()
    window.open("/account/email/confirm#wrong")
    window.wait_for_heading("This link no longer works")
    window.check_accessibility()
    window.expect_problems(BAD_REQUEST)


def test_a_person_signs_in_and_out_by_keyboard(open_window):
    window = open_window()
    page = window.open("/polls?by=keyboard")
    window.focus("Sign in")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Username or email")).to_be_focused()
    page.keyboard.type("student@example.edu")
    page.keyboard.press("Tab")
    page.keyboard.type("welcome-student")
    page.keyboard.press("Enter")
    window.wait_for_heading("Polls")
    assert page.url == f"{window.url}/polls?by=keyboard"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    for choice, content in (("Account", "About you"), ("Sign out", "It is safe to leave this device")):
        window.focus("Signed in as", key="Shift+Tab")
        page.keyboard.press("Enter")
        page.get_by_role("menu", name="Demo student").wait_for()
        expect(page.get_by_role("menuitem", name="Account")).to_be_focused()
        if choice == "Sign out":
            page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.get_by_text(content).wait_for()
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()
    window.expect_problems(UNAUTHORIZED)  # the answer to signing out


def test_a_wrong_password_and_an_unknown_name_get_the_same_message(open_window):
    window = open_window()
    page = window.open("/sign-in")
    messages = set()
    for name in ("student", "no-such-name", "nobody@example.edu"):
        window.submit_sign_in(name, "wrong")
        page.get_by_role("alert").wait_for()
        messages.add(page.get_by_role("alert").inner_text())
        assert page.get_by_label("Password").evaluate("field => field === document.activeElement")
        page.reload()
    assert len(messages) == 1
    assert "Wrong username or password." in messages.pop()
    window.expect_problems(BAD_REQUEST)


def test_a_deep_link_opens_after_signing_in(open_window):
    window = open_window()
    page = window.open("/account?from=mail")
    window.wait_for_heading("Sign in")
    window.submit_sign_in("faculty", "welcome-faculty")
    window.wait_for_heading("Account")
    assert page.url == f"{window.url}/account/profile?from=mail"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//elsewhere.example",
        pytest.param("https://elsewhere.example/", marks=pytest.mark.long),
        pytest.param("/.//elsewhere.example", marks=pytest.mark.long),
        "/\\elsewhere.example",
    ],
)
def test_signing_in_never_leads_to_another_site(open_window, elsewhere):
    window = open_window()
    page = window.open(f"/sign-in?next={elsewhere}")
    window.submit_sign_in("faculty", "welcome-faculty")
    page.get_by_role("button", name="Signed in as").wait_for()
    page.wait_for_url(f"{window.url}/")


def test_the_admin_uses_the_same_sign_in_page(open_window):
    window = open_window()
    page = window.open("/admin/")
    window.wait_for_heading("Sign in")
    window.submit_sign_in("maintainer", "welcome-maintainer")
    page.wait_for_url(f"{window.url}/admin/")


def confirm_password(page, password: str) -> None:
    """Enter the password in the dialog that asks for it."""
    dialog = page.get_by_role("dialog", name="Confirm your password")
    dialog.get_by_label("Your password").fill(password)
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")


@pytest.mark.long
def test_a_second_factor_is_set_up_required_and_turned_off(open_window):
    window = open_window().sign_in("guest", then="/account/security")
    recovery = set_up_second_factor(window, "welcome-guest")
    assert window.axe_violations() == []
    assert len(set(recovery)) == 10

    other = open_window()
    page = other.open("/sign-in?next=/account/security")
    other.submit_sign_in("guest", "welcome-guest")
    other.wait_for_heading("Enter your code")
    assert other.axe_violations() == []
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.get_by_text("This code is wrong").wait_for()
    page.get_by_label("Code").fill(recovery[0])
    page.keyboard.press("Enter")
    other.wait_for_heading("Account")
    page.get_by_text("9 of 10 are left").wait_for()

    page.get_by_role("button", name="Turn off authenticator app").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Turn off").click()
    confirm_password(page, "welcome-guest")
    page.get_by_role("button", name="Set up authenticator app").wait_for()
    window.expect_problems(f"{UNAUTHORIZED}|{NOT_FOUND}")
    other.expect_problems(f"{UNAUTHORIZED}|{BAD_REQUEST}")


def test_a_maintainer_needs_more_than_a_password_for_a_first_second_factor(open_window):
    window = open_window().sign_in("maintainer", then="/account/security")
    window.page.get_by_role("button", name="Set up authenticator app").click()
    window.page.get_by_role("alert").get_by_text("Ask another maintainer to allow it in /admin/").wait_for()
    window.check_accessibility()
    window.expect_problems(CONFLICT)


@pytest.mark.long
def test_a_new_maintainer_sets_one_up_after_the_link_and_uses_it_again_for_the_admin(open_window, manage):
    link = re.search(r"\S+(/password/reset#\S+)", manage("makemaintainer", "keeper", "--email", "keeper@example.edu"))
    try:
        window = open_window()
        page = window.open(link[1])
        window.wait_for_heading("Set a new password")
        page.get_by_label("New password").fill("four words of one keeper")
        page.get_by_role("button", name="Set password").click()
        page.get_by_text("Your new password is set.").wait_for()
        window.submit_sign_in("keeper", "four words of one keeper")
        page.get_by_role("button", name="Signed in as").wait_for()
        window.open("/account/security")
        recovery = set_up_second_factor(window, "four words of one keeper")
        window.open("/account/?second-factor=required&next=/admin/core_people/")
        page.get_by_text("Enter a code from your authenticator app, or a recovery code, to continue.").wait_for()
        window.check_accessibility()
        page.get_by_label("Code").fill(recovery[0])
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{window.url}/admin/core_people/")
        window.expect_problems(f"{UNAUTHORIZED}|{NOT_FOUND}")
    finally:
        manage("shell", "-c", "from core.people.models import Person; Person.objects.get(username='keeper').delete()")


def set_up_second_factor(window: Window, password: str) -> list[str]:
    """Set up an authenticator app on the account page: the password is asked before. Returns the recovery codes."""
    page = window.page
    page.get_by_role("button", name="Set up authenticator app").click()
    confirm_password(page, password)
    page.get_by_role("img", name="QR code").wait_for()
    assert window.axe_violations() == []
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(one_time_code(secret, time.time()))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("button", name="Show recovery codes").click()
    codes = page.locator(".recovery-codes code")
    codes.first.wait_for()
    return codes.all_inner_texts()


@pytest.mark.long
def test_a_session_ended_on_another_device_leads_to_the_sign_in_page(open_window):
    here = open_window().sign_in("faculty", then="/account/security")
    there = open_window().sign_in("faculty", then="/polls")
    page = here.page
    page.reload()
    region = page.get_by_role("region", name="Where you are signed in")
    region.get_by_text("This device").wait_for()
    assert region.get_by_text("campus · 127.0.0.1").count() >= 2
    all_others = region.get_by_role("button", name="Sign out all other devices")
    one_other = region.get_by_role("button", name="Sign out Chrome on Linux")
    all_others.or_(one_other).first.wait_for()
    (all_others if all_others.is_visible() else one_other).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Sign out").click()
    page.get_by_text(re.compile("(is|are) signed out")).wait_for()
    one_other.first.wait_for(state="detached")
    there.page.goto(f"{there.url}/account")
    there.wait_for_heading("Sign in")
    there.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    there.problems = [problem for problem in there.problems if UNAUTHORIZED not in problem]


@pytest.mark.long
def test_a_forgotten_password_is_reset_by_mail(open_window):
    window = open_window()
    page = window.open("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    window.wait_for_heading("Reset your password")
    page.get_by_label("Email").fill("guest@example.edu")
    page.keyboard.press("Enter")
    window.wait_for_heading("Check your email")
    assert window.axe_violations() == []
    link = wait_for_link(window.folder, "guest@example.edu", r"/password/reset#\S+")
    for form in (link.replace("#", "/"), link):  # mails of earlier releases have the key in the path
        window.open(form)
        page.get_by_label("New password").wait_for()
        window.wait_for_heading("Set a new password")
        assert page.url.endswith("/password/reset"), "the address bar and the history do not keep the key"
    page.get_by_label("New password").fill("guest")
    page.get_by_role("button", name="Set password").click()
    page.get_by_role("alert").wait_for()
    assert window.axe_violations() == []
    page.get_by_label("New password").fill("four words of one guest")
    page.get_by_role("button", name="Set password").click()
    page.get_by_text("Your new password is set.").wait_for()
    window.expect_problems(f"{BAD_REQUEST}|{UNAUTHORIZED}")
    try:
        window.sign_in("guest", password="four words of one guest", then="/account/security")
    finally:
        change_password(window, "four words of one guest", "welcome-guest")


def change_password(window: Window, current: str, new: str) -> None:
    page = window.page
    page.get_by_role("button", name="Change password").click()
    page.get_by_label("Current password").fill(current)
    page.get_by_label("New password").fill(new)
    page.get_by_role("dialog").get_by_role("button", name="Change password").click()
    page.get_by_text("Your password is changed.").wait_for()


@pytest.mark.long
def test_a_new_email_address_is_in_use_after_it_is_confirmed(open_window):
    window = open_window().sign_in("student", then="/account/security")
    page = window.page
    try:
        change_email(window, "student", "someone-new@example.edu")
        page.get_by_text("someone-new@example.edu").wait_for()
    finally:
        window.open("/account/security")
        change_email(window, "student", "student@example.edu")


def change_email(window: Window, account: str, email: str) -> None:
    page = window.page
    page.get_by_role("button", name="Change email").click()
    page.get_by_label("New email").fill(email)
    page.get_by_role("button", name="Send link").click()
    waiting = page.get_by_text("Not confirmed").first
    dialog = page.get_by_role("dialog", name="Confirm your password")
    waiting.or_(dialog).first.wait_for()
    if dialog.is_visible():
        confirm_password(page, f"welcome-{account}")
        waiting.wait_for()
        window.expect_problems(UNAUTHORIZED)
    assert window.axe_violations() == []
    window.open(wait_for_link(window.folder, email, r"/account/email/confirm#\S+"))
    page.get_by_role("button", name="Yes, confirm").click()
    window.wait_for_heading("Email confirmed")
    assert window.axe_violations() == []
    page.get_by_role("link", name="Your account").click()
    window.wait_for_heading("Account")
    page.get_by_role("link", name="Security").click()
    page.get_by_text(email, exact=True).wait_for()
