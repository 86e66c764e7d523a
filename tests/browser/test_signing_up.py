"""Signing up, in a portal that allows it."""

import re

from playwright.sync_api import expect

from tests.support.browser import BAD_REQUEST, UNAUTHORIZED
from tests.support.mail import wait_for_link


def test_the_page_is_accessible(open_window, served_with_sign_up):
    window = open_window(served_with_sign_up)
    page = window.open("/sign-in?next=/counter")
    window.check_accessibility()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").wait_for()
    window.check_accessibility()
    page.get_by_label("Username").fill("a b")
    page.get_by_label("Email").fill("someone@elsewhere.example")
    page.get_by_label("Password").fill("12345")
    page.get_by_role("button", name="Create account").click()
    page.get_by_text("Use an email address at example.edu.").wait_for()
    window.check_accessibility()
    window.expect_problems(BAD_REQUEST)


def test_a_new_account_is_confirmed_by_mail(open_window, served_with_sign_up):
    window = open_window(served_with_sign_up)
    page = window.open("/sign-up")
    page.get_by_label("Username").fill("dev")
    page.get_by_label("Your name (optional)").fill("Dev Das")
    page.get_by_label("Email").fill("dev@example.org")
    page.get_by_label("Password").fill("four words of one person")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_focused()
    expect(page.get_by_label("Email")).to_have_accessible_description(re.compile("Use an email address at example.edu"))
    page.get_by_label("Email").fill("dev@example.edu")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_focused()
    assert window.axe_violations() == []
    window.open(wait_for_link(window.folder, "dev@example.edu", r"/account/email/confirm#\S+"))
    page.get_by_role("button", name="Yes, confirm").click()
    window.wait_for_heading("Email confirmed")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Username or email").wait_for()
    window.sign_in("dev", password="four words of one person")
    page.get_by_role("button", name="Signed in as Dev Das").wait_for()
    window.expect_problems(f"{BAD_REQUEST}|{UNAUTHORIZED}")
